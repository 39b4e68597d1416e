"""The strict profile says, by element id, what a diagram may not be drawn with."""

# ruff: noqa: E501

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.engine.cases import Topic
from tests.engine.diagrams import Drawing, extension, many, parameters, passing, timer
from workflows import engine, errors

OFFERED = engine.Offered(
    topics={"work": Topic({"k": "string"}, {"done": "boolean"})},
    forms={
        "p/draft": {"x": "number", "when": "date", "who": "string", "at": "date and time"},
        "p/objection": {"received_at": "date and time"},
        "child/answer": {"reply": "string"},
    },
    limits={"objection"},
    roles={"caseworker"},
)


def complaints(
    *drawings: Drawing, severity: str = "error", **changes: Any
) -> list[tuple[str, str]]:
    """(element, reason) of everything said against the drawings."""
    bundle = {f"{one.key}/{one.key}.bpmn": one.xml() for one in drawings}
    bundle |= changes.pop("files", {})
    found = engine.check(bundle, drawings[0].key, replace(OFFERED, **changes))
    return [(one.element, one.reason) for one in found if one.severity == severity]


def sound() -> Drawing:
    drawing = Drawing().start().user("draft").xor("which", default="which_to_ended")
    drawing.service("act", parameters({"k": "v"})).end()
    drawing.flow("begun > draft > which > ended").flow("which > act", "x > 1")
    return drawing.flow("act > ended")


def test_a_sound_diagram_has_nothing_said_against_it() -> None:
    assert complaints(sound()) == complaints(sound(), severity="warning") == []


def test_the_types_of_facts_come_from_all_that_supply_them() -> None:
    child = Drawing("child").start("c0").user("answer").end("c9").flow("c0 > answer > c9")
    drawing = Drawing().start().user("draft").end()
    drawing.call("ask", "child", passing("in when > day", "in ${x + 1} > y", "out reply > said"))
    drawing.service("act").catch("told", "objection").flow(
        "begun > draft > ask > act > told > ended"
    )
    bundle = {"p.bpmn": drawing.xml(), "c.bpmn": child.xml()}
    assert engine.fact_types(bundle, "p", OFFERED) == {
        "p": {
            "x": "number", "when": "date", "who": "string", "at": "date and time",
            "done": "boolean", "received_at": "date and time", "said": "string",
        },
        "child": {"reply": "string", "day": "date", "y": "number"},
    }  # fmt: skip


def node(kind: str, inner: str = "", **said: str) -> Drawing:
    """begun > draft > it > ended, with a node to complain of in the middle."""
    drawing = Drawing().start().user("draft").node(kind, "it", inner, **said).end()
    return drawing.flow("begun > draft > it > ended")


def event(kind: str, definition: str) -> Drawing:
    return node(kind, f"<bpmn:{definition}/>")


DEFINITIONS = [
    "signalEventDefinition", "escalationEventDefinition", "conditionalEventDefinition",
    "linkEventDefinition", "compensateEventDefinition", "cancelEventDefinition",
]  # fmt: skip
REFUSED: dict[str, Drawing] = {
    "a script": node("scriptTask", "<bpmn:script>x</bpmn:script>"),
    "a task of no kind": node("task"),
    "a complex gateway": node("complexGateway"),
    "a transaction": node("transaction"),
    "an ad-hoc sub-process": node("adHocSubProcess"),
    "an event sub-process in a flow": node("subProcess", triggeredByEvent="true"),
    "a service without a topic": node("serviceTask"),
    "a delegate": node("serviceTask", camunda_class="evil.Code"),
    "an expression as service": node("serviceTask", camunda_expression="${x}"),
    "an unknown topic": node("serviceTask", camunda_type="external", camunda_topic="nosuch"),
    "a business rule without a decision": node("businessRuleTask"),
    "an unknown decision": node("businessRuleTask", camunda_decisionRef="nosuch"),
    "a user task without a form": node("userTask"),
    "an unknown form": node("userTask", camunda_formKey="nosuch"),
    "a form in the diagram": node(
        "userTask", extension("<camunda:formData/>"), camunda_formKey="draft"
    ),
    "a listener": node(
        "userTask", extension('<camunda:taskListener event="x"/>'), camunda_formKey="draft"
    ),
    "an attribute unknown": node("userTask", camunda_formKey="draft", camunda_nosuch="1"),
    "a priority that is no number": node("userTask", camunda_formKey="draft", camunda_priority="x"),
    "a due date of arithmetic": node(
        "userTask", camunda_formKey="draft", camunda_dueDate="${now + 3}"
    ),
    "a due date by an unknown limit": node(
        "userTask", camunda_formKey="draft", camunda_dueDate='limit("nosuch")'
    ),
    "a due date from a fact unknown": node(
        "userTask", camunda_formKey="draft", camunda_dueDate='limit("objection", nosuch)'
    ),
    "a due date from a text": node(
        "userTask", camunda_formKey="draft", camunda_dueDate='limit("objection", who)'
    ),
    "a due date that is a day": node("userTask", camunda_formKey="draft", camunda_dueDate="when"),
    "half an expression": node("userTask", camunda_formKey="draft", camunda_assignee="dear ${who}"),
    "a group by expression": node(
        "userTask", camunda_formKey="draft", camunda_candidateGroups="${who}"
    ),
    "a group that is no role": node(
        "userTask", camunda_formKey="draft", camunda_candidateGroups="caseworker,nosuch"
    ),
    "a receive task without a message": node("receiveTask"),
    "a call without a process": node("callActivity"),
    "a call of an unknown process": node("callActivity", calledElement="nosuch"),
    "a call by expression": node("callActivity", calledElement="${x}"),
    "a call of itself": node("callActivity", calledElement="p"),
    "a call with a binding": node(
        "callActivity", calledElement="p", camunda_calledElementBinding="latest"
    ),
    "an input unknown to the topic": node(
        "serviceTask", parameters({"nosuch": "1"}), camunda_type="external", camunda_topic="work"
    ),
    "an input of another type": node(
        "serviceTask", parameters({"k": "${x}"}), camunda_type="external", camunda_topic="work"
    ),
    "an input with a fact unknown": node(
        "serviceTask", parameters({"k": "${nosuch}"}), camunda_type="external", camunda_topic="work"
    ),
    "an output with a fact unknown": node(
        "serviceTask",
        parameters({"k": "v"}, {"o": "${nosuch}"}),
        camunda_type="external",
        camunda_topic="work",
    ),
    "an input that is a script": node(
        "serviceTask",
        extension(
            '<camunda:inputOutput><camunda:inputParameter name="k"><camunda:script/>'
            "</camunda:inputParameter></camunda:inputOutput>"
        ),
        camunda_type="external",
        camunda_topic="work",
    ),
    "a timer without a time": event("intermediateCatchEvent", "timerEventDefinition"),
    "a cycle": node("intermediateCatchEvent", timer("R3/PT1H", "timeCycle")),
    "a negative duration": node("intermediateCatchEvent", timer("-PT1H", "timeDuration")),
    "an instant without offset": node("intermediateCatchEvent", timer("2026-03-02T09:00:00")),
    "a cron": node("intermediateCatchEvent", timer("0 0 * * *")),
    "a message without a name": event("intermediateCatchEvent", "messageEventDefinition"),
    "a thrown message without a name": event("intermediateThrowEvent", "messageEventDefinition"),
    "a timer thrown": event("intermediateThrowEvent", "timerEventDefinition"),
    "two events in one": node(
        "intermediateCatchEvent", timer("P1D") + "<bpmn:messageEventDefinition/>"
    ),
    "an event of nothing": node("intermediateCatchEvent"),
    "a loop of the standard kind": node(
        "userTask", "<bpmn:standardLoopCharacteristics/>", camunda_formKey="draft"
    ),
    "several without a number": node("userTask", many(), camunda_formKey="draft"),
    "several with a collection and a number": node(
        "userTask", many("x", "y", "3"), camunda_formKey="draft"
    ),
    "several over a fact unknown": node("userTask", many("nosuch", "y"), camunda_formKey="draft"),
    "several over a number": node("userTask", many("x", "y"), camunda_formKey="draft"),
    "several until a number": node(
        "userTask", many(cardinality="3", until="x + 1"), camunda_formKey="draft"
    ),
    "several decisions": node(
        "businessRuleTask", many(cardinality="3"), camunda_decisionRef="nosuch"
    ),
    **{
        f"{kind} with {definition}": event(kind, definition)
        for kind in ("intermediateCatchEvent", "intermediateThrowEvent")
        for definition in DEFINITIONS
    },
}


WHY = {
    "a script": "请改用服务任务或者业务规则任务",
    "a task of no kind": "不支持未指明类型的任务（task）",
    "a complex gateway": "请改用包容或者排他网关",
    "a transaction": "不支持事务子流程",
    "an ad-hoc sub-process": "不支持即席子流程",
    "an event sub-process in a flow": "应有且只有一个开始事件",
    "a service without a topic": 'camunda:type="exte',
    "a delegate": 'camunda:class="evi',
    "an expression as service": "camunda:expression",
    "an unknown topic": "没有服务主题“nosuch”",
    "a business rule without a decision": "业务规则任务没有camunda:de",
    "an unknown decision": "没有可用的决策",
    "a user task without a form": "请设置camunda:formKey",
    "an unknown form": "请加上forms/p/nosuch.",
    "a form in the diagram": "camunda:formData",
    "a listener": "camunda:taskListen",
    "an attribute unknown": 'camunda:nosuch="1"',
    "a priority that is no number": "优先级“x”应为非负整数",
    "a due date of arithmetic": 'limit("期限编号", 事实)',
    "a due date by an unknown limit": "没有期限“nosuch”",
    "a due date from a fact unknown": '“limit("objection"',
    "a due date from a text": '“limit("objection"',
    "a due date that is a day": "“when”中的事实“when”不能",
    "half an expression": "“dear ${who}”应整个是文",
    "a group by expression": "“${who}”应整个是文字或者整个",
    "a group that is no role": "候选组“nosuch”",
    "a receive task without a message": "请设置消息及其名称",
    "a call without a process": "调用活动没有calledElemen",
    "a call of an unknown process": "没有被调用的流程“nosuch”",
    "a call by expression": "被调用的流程必须写死",
    "a call of itself": "调用“p”形成循环调用",
    "a call with a binding": "calledElementBinding",
    "an input unknown to the topic": "服务主题“work”没有名为“nos",
    "an input of another type": "应为文本，却是数字",
    "an input with a fact unknown": "“nosuch”",
    "an output with a fact unknown": "“nosuch”",
    "an input that is a script": "参数“k”只能是文字或者${表达式}",
    "a timer without a time": "定时事件没有填写时间",
    "a cycle": "请改用timeDate或者timeD",
    "a negative duration": "“-PT1H”不是正的ISO 860",
    "an instant without offset": "“2026-03-02T09:00:",
    "a cron": "“0 0 * * *”应为带时区的时",
    "a message without a name": "中间捕获事件没有消息",
    "a thrown message without a name": "中间抛出事件没有消息",
    "a timer thrown": "不支持定时中间抛出事件",
    "two events in one": "不支持多重中间捕获事件",
    "an event of nothing": "不支持空白中间捕获事件",
    "a loop of the standard kind": "请用网关画出回路或者用多实例",
    "several without a number": "多实例应有且只有camunda:co",
    "several with a collection and a number": "多实例应有且只有camunda:co",
    "several over a fact unknown": "“nosuch”",
    "several over a number": "多实例的集合“x”应为列表",
    "several until a number": "多实例的完成条件“x + 1”应为真",
    "several decisions": "这种图元不支持多实例",
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_diagram_is_refused_for(what: str) -> None:
    reasons = [reason for element, reason in complaints(REFUSED[what]) if element == "it"]
    assert any(WHY.get(what, "不支持") in reason for reason in reasons)


def test_the_node_in_the_middle_is_sound_by_itself() -> None:
    assert complaints(node("userTask", camunda_formKey="draft")) == []


@pytest.mark.parametrize("definition", [*DEFINITIONS, "timerEventDefinition"])
def test_an_end_event_is_refused_for(definition: str) -> None:
    drawing = Drawing().start().user("draft").end("it", f"<bpmn:{definition}/>")
    found = complaints(drawing.flow("begun > draft > it"))
    assert [element for element, _ in found] == ["it"]


@pytest.mark.parametrize(
    "definition", ["timerEventDefinition", "messageEventDefinition", "signalEventDefinition"]
)
def test_a_start_event_is_refused_for(definition: str) -> None:
    drawing = Drawing().node("startEvent", "it", f"<bpmn:{definition}/>").user("draft").end()
    assert [one for one, _ in complaints(drawing.flow("it > draft > ended"))] == ["it"]


def said(drawing: Drawing, element: str, *others: Drawing, **changes: Any) -> str:
    """The one complaint about an element."""
    [reason] = [why for one, why in complaints(drawing, *others, **changes) if one == element]
    return reason


def test_a_condition_that_would_be_ignored_is_refused() -> None:
    drawing = Drawing().start().user("draft").end().flow("begun > draft")
    drawing.flow("draft > ended", "x > 1")
    assert "条件不起作用" in said(drawing, "draft_to_ended")


@pytest.mark.parametrize("condition", ["nosuch = 1", "x +", 'x > "text"', "x + 1"])
def test_a_condition_must_compile_over_known_facts_and_say_yes_or_no(condition: str) -> None:
    drawing = Drawing().start().user("draft").xor("which", default="which_to_ended").end()
    drawing.end("other").flow("begun > draft > which > ended").flow("which > other", condition)
    assert said(drawing, "which_to_other").startswith("条件")


def test_a_gateway_with_a_path_without_condition_is_refused() -> None:
    drawing = Drawing().start().user("draft").xor("which").end().end("other")
    drawing.flow("begun > draft > which > ended").flow("which > other", "x > 1")
    assert "没有条件" in said(drawing, "which_to_ended")


def test_a_gateway_that_may_get_stuck_is_a_warning() -> None:
    drawing = Drawing().start().user("draft").xor("which").end().end("other")
    drawing.flow("begun > draft > which").flow("which > ended", "x < 1").flow(
        "which > other", "x > 1"
    )
    assert complaints(drawing) == []
    assert [one for one, _ in complaints(drawing, severity="warning")] == ["which"]


def test_a_gateway_of_a_condition_and_its_opposite_cannot_get_stuck() -> None:
    drawing = Drawing().start().user("draft").xor("which").end().end("other")
    drawing.flow("begun > draft > which").flow("which > ended", "x = 1").flow(
        "which > other", "x != 1"
    )
    assert complaints(drawing, severity="warning") == []


def test_a_default_flow_has_no_condition() -> None:
    drawing = Drawing().start().user("draft").xor("which", default="which_to_ended").end()
    drawing.end("other").flow("begun > draft > which").flow("which > ended", "x < 1")
    drawing.flow("which > other", "x > 1")
    assert "缺省流" in said(drawing, "which_to_ended")


def test_what_cannot_be_reached_is_refused() -> None:
    drawing = sound().user("island", camunda_formKey="draft").flow("island > ended")
    assert "到达不了" in said(drawing, "island")


def test_two_starts_or_none_and_no_end_are_refused() -> None:
    two = sound().start("again").flow("again > draft")
    assert "2个" in said(two, "p")
    none = Drawing().user("draft").end().flow("draft > ended")
    assert "0个" in said(none, "p")
    endless = Drawing().start().user("draft").flow("begun > draft")
    assert "没有结束事件" in said(endless, "p")


def test_an_empty_sub_process_is_refused() -> None:
    found = complaints(node("subProcess"))
    assert [one for one, _ in found] == ["it", "it"]


def test_flows_stay_on_their_level_and_enter_nothing_that_starts() -> None:
    inner = Drawing().start("s0").end("s9").flow("s0 > s9")
    drawing = Drawing().start().user("draft").sub("block", inner).end()
    drawing.flow("begun > draft > block > ended").flow("draft > s9").flow("draft > begun")
    drawing.flow("ended > draft")
    found = dict(complaints(drawing))
    assert "穿过" in found["draft_to_s9"]
    assert "流入开始事件" in found["draft_to_begun"]
    assert "结束事件流出" in found["ended_to_draft"]


def test_a_flow_to_nowhere_is_refused() -> None:
    assert "targetRef" in said(sound().flow("draft > nowhere"), "draft_to_nowhere")


def test_an_implicit_fork_is_a_warning() -> None:
    drawing = Drawing().start().user("draft").end().end("other")
    drawing.flow("begun > draft > ended").flow("draft > other")
    assert [one for one, _ in complaints(drawing, severity="warning")] == ["draft"]


def test_a_parallel_gateway_that_waits_for_itself_is_refused() -> None:
    drawing = Drawing().start().user("draft").node("parallelGateway", "fork").end()
    drawing.flow("begun > fork > draft > fork").flow("fork > ended")
    assert "永远等不到" in said(drawing, "draft_to_fork")


def test_an_event_gateway_races_messages_and_one_timer() -> None:
    drawing = Drawing().start().node("eventBasedGateway", "race").user("draft").end()
    drawing.wait("one", "P1D").wait("two", "P2D").flow("begun > race > one > ended")
    drawing.flow("race > two > ended").flow("race > draft > ended")
    found = dict(complaints(drawing))
    assert "只能有一个定时" in found["race"]
    assert "只能是" in found["draft"]


def test_an_event_gateway_needs_something_to_race() -> None:
    drawing = Drawing().start().node("eventBasedGateway", "race").wait("one", "P1D").end()
    assert "至少" in said(drawing.flow("begun > race > one > ended"), "race")


@pytest.mark.parametrize(
    ("host", "definition"),
    [
        ("draft", "<bpmn:signalEventDefinition/>"),
        ("draft", "<bpmn:escalationEventDefinition/>"),
        ("draft", "<bpmn:compensateEventDefinition/>"),
        ("draft", "<bpmn:errorEventDefinition/>"),
        ("which", timer("P1D")),
        ("nosuch", timer("P1D")),
    ],
)
def test_a_boundary_event_is_refused(host: str, definition: str) -> None:
    drawing = sound().boundary("edge", host, definition).flow("edge > ended")
    assert "edge" in [one for one, _ in complaints(drawing)]


def test_an_error_that_nobody_catches_is_refused() -> None:
    inner = Drawing().start("s0")
    inner.end("failed", inner.error("E1")).flow("s0 > failed")
    drawing = Drawing().start().user("draft").sub("block", inner).end()
    drawing.flow("begun > draft > block > ended")
    assert "没有边界事件接住" in said(drawing, "failed")
    drawing.boundary("caught", "block", drawing.error("E1")).flow("caught > ended")
    assert complaints(drawing) == []


def test_an_error_of_a_called_process_is_refused_until_its_caller_catches_it() -> None:
    child = Drawing("child").start("c0").end("c9")
    child.end("failed", child.error("E1")).user("answer").xor("ok", default="ok_to_c9")
    child.flow("c0 > answer > ok > c9").flow("ok > failed", 'reply = "no"')
    drawing = Drawing().start().call("ask", "child").end().flow("begun > ask > ended")
    assert "没有边界事件接住" in said(drawing, "failed", child)
    drawing.boundary("caught", "ask", drawing.error("E1")).flow("caught > ended")
    assert complaints(drawing, child) == []


def test_calls_in_a_circle_are_refused() -> None:
    child = Drawing("child").start("c0").call("back", "p").end("c9").flow("c0 > back > c9")
    drawing = Drawing().start().call("ask", "child").end().flow("begun > ask > ended")
    assert "循环调用" in said(drawing, "ask", child)


def test_facts_carried_by_a_call_must_exist_on_their_side() -> None:
    child = Drawing("child").start("c0").user("answer").end("c9").flow("c0 > answer > c9")
    inner = passing("in nosuch > a", "in ${nix} > b", "out none > c", "out ${nil} > d")
    drawing = Drawing().start().call("ask", "child", inner).end().flow("begun > ask > ended")
    found = [reason for one, reason in complaints(drawing, child) if one == "ask"]
    assert len(found) == 4


def test_a_fact_of_two_types_is_refused() -> None:
    forms = {**OFFERED.forms, "p/other": {"x": "string"}}
    drawing = Drawing().start().user("draft").user("other").end()
    drawing.flow("begun > draft > other > ended")
    assert "类型不同" in said(drawing, "p", forms=forms)


def test_a_role_unknown_is_refused_and_a_task_in_no_lane() -> None:
    assert "角色" in said(sound(), "draft", roles={"dept_head"})
    bare = sound()
    bundle = {"p.bpmn": bare.xml().replace(b"<bpmn:flowNodeRef>draft</bpmn:flowNodeRef>", b"")}
    found = engine.check(bundle, "p", OFFERED)
    assert [(one.element, one.severity) for one in found] == [("draft", "error")]


def test_the_innermost_lane_is_the_role() -> None:
    inner = '<bpmn:childLaneSet id="i"><bpmn:lane id="chief"><bpmn:flowNodeRef>draft</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>'
    xml = sound().xml().decode().replace("</bpmn:lane>", inner, 1)
    procedure = engine.parse({"p.bpmn": xml.encode()}, "p", {"p": {"x": "number"}})
    assert procedure.elements["draft"].lane == "chief"
    assert procedure.elements["begun"].lane == "caseworker"


def replaced(old: str, new: str) -> list[tuple[str, str]]:
    xml = sound().xml().decode()
    assert old in xml
    found = engine.check({"p.bpmn": xml.replace(old, new, 1).encode()}, "p", OFFERED)
    return [(one.element, one.reason) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ('isExecutable="true"', 'isExecutable="false"', "p"),
        ('<bpmn:userTask id="draft"', '<bpmn:userTask id="which"', "which"),
        ('<bpmn:userTask id="draft"', '<bpmn:userTask id="1 draft"', "1 draft"),
        ("</bpmn:process>", '<bpmn:callChoreography id="odd"/></bpmn:process>', "odd"),
        (
            'isExecutable="true"',
            'isExecutable="true" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" zeebe:x="1"',
            "p",
        ),
    ],
)
def test_a_diagram_with_odd_xml_is_refused(old: str, new: str, element: str) -> None:
    assert element in [one for one, _ in replaced(old, new)]


def test_elements_without_a_picture_are_a_warning() -> None:
    xml = sound().xml().replace(b'<bpmndi:BPMNShape bpmnElement="draft"/>', b"")
    [one] = engine.check({"p.bpmn": xml}, "p", OFFERED)
    assert (one.element, one.severity, "draft" in one.reason) == ("p", "warning", True)


def test_one_id_in_two_files_is_refused() -> None:
    child = Drawing("child").start("c0").user("draft", camunda_formKey="answer").end("c9")
    child.flow("c0 > draft > c9")
    found = complaints(sound(), child)
    assert "draft" in [one for one, _ in found]


DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="n"><decision id="{key}" name="k"><decisionTable id="t" hitPolicy="{policy}">
 <input id="i"><inputExpression id="e" typeRef="number"><text>{fact}</text></inputExpression></input>
 <output id="o" name="grade" typeRef="string"/>
 <rule id="r1"><inputEntry id="a"><text>&lt; 5</text></inputEntry><outputEntry id="b">
 <text>"low"</text></outputEntry></rule>
 <rule id="r2"><inputEntry id="a2"><text>&gt;= 5</text></inputEntry><outputEntry id="b2">
 <text>"high"</text></outputEntry></rule></decisionTable></decision></definitions>"""


def deciding(
    fact: str = "x", policy: str = "UNIQUE", **said: str
) -> tuple[Drawing, Mapping[str, bytes]]:
    drawing = Drawing().start().user("draft").rule("rate", "rating", **said).end()
    text = DECISION.format(key="rating", fact=fact, policy=policy)
    return drawing.flow("begun > draft > rate > ended"), {"p/rating.dmn": text.encode()}


def test_a_decision_over_known_facts_is_sound_and_supplies_its_outputs() -> None:
    drawing, files = deciding()
    assert complaints(drawing, files=files) == []
    bundle = {"p.bpmn": drawing.xml(), **files}
    assert engine.fact_types(bundle, "p", OFFERED)["p"]["grade"] == "string"


def test_a_decision_over_a_fact_that_nobody_supplies_is_refused() -> None:
    drawing, files = deciding("nosuch")
    assert complaints(drawing, files=files) != []


@pytest.mark.parametrize(
    "said_", [{"camunda_mapDecisionResult": "singleEntry"}, {"camunda_mapDecisionResult": "odd"}]
)
def test_a_decision_result_must_be_mapped_to_something(said_: dict[str, str]) -> None:
    drawing, files = deciding(**said_)
    assert "rate" in [one for one, _ in complaints(drawing, files=files)]


def test_a_decision_of_several_rows_needs_a_variable() -> None:
    drawing, files = deciding(policy="COLLECT")
    assert "resultVariable" in said(drawing, "rate", files=files)


def test_every_complaint_comes_at_once() -> None:
    drawing = node("scriptTask").user("island").wait("odd", "R/P1D")
    found = [one for one, _ in complaints(drawing)]
    assert {"it", "island", "odd"} <= set(found)


def test_parse_refuses_with_every_complaint_and_the_message_names_them() -> None:
    with pytest.raises(errors.ProcedureRefused) as refused:
        engine.parse({"p.bpmn": node("scriptTask").xml()}, "p", {})
    [one] = refused.value.complaints
    assert (one.file, one.element) == ("p.bpmn", "it")
    assert "脚本任务" in refused.value.message
