"""The engine's door: parsing, decisions, the stored format, what other rooms rely on."""

import threading
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.engine.cases import NOW, Case, Topic, five_days, play
from tests.engine.diagrams import Drawing, parameters
from tests.engine.test_profile import DECISION, deciding
from workflows import engine, errors

GOLDEN = Path(__file__).parent.parent / "golden" / "states"


def draft() -> Drawing:
    return Drawing().start().user("draft").end().flow("begun > draft > ended")


def test_a_bundle_is_parsed_once() -> None:
    bundle = {"p.bpmn": draft().xml()}
    first = engine.parse(bundle, "p", {"p": {"x": "number"}})
    assert engine.parse(dict(bundle), "p", {"p": {"x": "number"}}) is first
    assert engine.parse(bundle, "p", {"p": {"x": "string"}}) is not first


def test_a_procedure_tells_its_elements_processes_messages_and_start() -> None:
    child = Drawing("child").start("c0").catch("told", "objection").end("c9")
    drawing = Drawing().start(camunda_formKey="open").call("ask", "child").end()
    drawing.flow("begun > ask > ended")
    bundle = {"a/p.bpmn": drawing.xml(), "b/c.bpmn": child.flow("c0 > told > c9").xml()}
    procedure = engine.parse(bundle, "p", {})
    assert (procedure.key, procedure.name) == ("p", "p")
    assert procedure.processes == {"p": "a/p.bpmn", "child": "b/c.bpmn"}
    assert procedure.messages == {"objection": ("told",)}
    assert (procedure.start.id, procedure.start.form) == ("begun", "open")
    assert procedure.elements["ask"].called == "child"


def test_a_procedure_that_is_not_in_its_bundle_is_refused() -> None:
    for bundle in ({}, {"p.bpmn": draft().xml()}):
        with pytest.raises(errors.ProcedureRefused, match="nosuch"):
            engine.parse(bundle, "nosuch", {})


def test_the_state_holds_no_facts() -> None:
    case = play(draft(), secret="身份证号")
    assert "身份证号" not in case.run.snapshot().decode()


@pytest.mark.parametrize(
    "state", [b"", b"{}", b"[]", b"null", b'{"v":2}', b'{"v":"1"}', b'{"v":1}', b"\xff"]
)
def test_a_state_that_is_none_or_of_an_unknown_version_is_unreadable(state: bytes) -> None:
    procedure = engine.parse({"p.bpmn": draft().xml()}, "p", {})
    with pytest.raises(errors.StateUnreadable):
        engine.resume(procedure, state, {"": {}}, NOW, five_days)


def test_a_state_of_another_procedure_is_unreadable() -> None:
    state = play(draft()).run.snapshot()
    other = Drawing().start().user("approve").end().flow("begun > approve > ended")
    procedure = engine.parse({"p.bpmn": other.xml()}, "p", {})
    with pytest.raises(errors.StateUnreadable):
        engine.resume(procedure, state, {"": {}}, NOW, five_days)


def test_a_state_without_the_facts_of_a_running_scope_is_unreadable() -> None:
    child = Drawing("child").start("c0").user("answer").end("c9").flow("c0 > answer > c9")
    case = play(Drawing().start().call("ask", "child").end().flow("begun > ask > ended"), child)
    for facts in ({}, {"": {}}):
        with pytest.raises(errors.StateUnreadable):
            engine.resume(case.procedure, case.run.snapshot(), facts, NOW, five_days)


def test_a_case_saved_before_it_has_settled_goes_on_all_the_same() -> None:
    drawing = Drawing().start().user("a").xor("merge").user("b").end()
    case = play(drawing.flow("begun > a > merge > b > ended"))
    case.run.complete(case.run.tasks()[0].id, {})
    case.again().settle()
    assert case.waits == ["b"]


def test_an_ended_case_stays_ended() -> None:
    case = play(draft()).do("draft").again()
    case.settle()
    assert (case.run.ended, case.waits) == ("ended", [])


def test_threads_share_a_procedure() -> None:
    drawing = Drawing().start().node("parallelGateway", "fork").end()
    drawing.node("parallelGateway", "join").user("a").user("b")
    drawing.flow("begun > fork > a > join > ended").flow("fork > b > join")
    ends: list[str | None] = []

    def walk() -> None:
        ends.extend(play(drawing).do("a").do("b").run.ended for _ in range(10))

    threads = [threading.Thread(target=walk) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert ends == ["ended"] * 40


def test_a_decision_gives_facts_and_says_which_rules_it_rests_on() -> None:
    drawing, files = deciding()
    bundle = {"p.bpmn": drawing.xml(), **files}
    case = Case(bundle, {"p": {"x": "number", "grade": "string"}})
    case.run.complete(case.run.tasks()[0].id, {"x": 7})
    case.run.settle()
    [step] = [one for one in case.run.trail if one.kind == "decided"]
    assert case.top == {"x": 7, "grade": "high"}
    assert (step.detail["decision"], step.detail["rules"]) == ("rating", ("r2",))
    assert step.detail["outputs"] == {"grade": "high"}


@pytest.mark.parametrize(
    ("mapping", "policy", "value"),
    [
        ("singleEntry", "UNIQUE", "high"),
        ("singleResult", "UNIQUE", {"grade": "high"}),
        ("collectEntries", "COLLECT", ["high"]),
        ("resultList", "COLLECT", [{"grade": "high"}]),
        ("", "UNIQUE", [{"grade": "high"}]),
    ],
)
def test_a_decision_result_is_mapped_into_one_fact(mapping: str, policy: str, value: Any) -> None:
    said = {"camunda_resultVariable": "rated"}
    if mapping:
        said["camunda_mapDecisionResult"] = mapping
    drawing, files = deciding(policy=policy, **said)
    types = {"p": {"x": "number", "rated": "any"}}
    assert Case({"p.bpmn": drawing.xml(), **files}, types).do("draft", x=7).top["rated"] == value


def test_a_decision_that_no_rule_answers_gives_null() -> None:
    drawing, _ = deciding()
    text = DECISION.format(key="rating", fact="x", policy="UNIQUE").replace("&gt;= 5", "&gt; 9")
    bundle = {"p.bpmn": drawing.xml(), "p/rating.dmn": text.encode()}
    assert Case(bundle, {"p": {"x": "number"}}).do("draft", x=7).top["grade"] is None


def test_dates_are_compared_as_dates() -> None:
    drawing = Drawing().start().xor("which", default="which_to_b").user("a").user("b").end()
    drawing.flow("begun > which > b > ended").flow("which > a", "served < today")
    drawing.flow("a > ended")
    assert play(drawing, types={"served": "date"}, served="2026-03-01").waits == ["a"]
    assert play(drawing, types={"served": "date"}, served="2026-03-02").waits == ["b"]


def test_offered_topics_may_be_any_object_with_inputs_and_outputs() -> None:
    drawing = Drawing().start().service("act", parameters({"n": "${1}"})).end()
    topics = {"work": Topic({"n": "number"}, {"y": "date"})}
    offered = engine.Offered(topics, {}, set(), set(), {"subject_id": "number"})
    bundle = {"p.bpmn": drawing.flow("begun > act > ended").xml()}
    assert engine.check(bundle, "p", offered) == []
    assert engine.fact_types(bundle, "p", offered) == {"p": {"subject_id": "number", "y": "date"}}


def golden_procedure(name: str) -> engine.Procedure:
    bundle = {"p.bpmn": (GOLDEN / f"{name}.bpmn").read_bytes()}
    return engine.parse(bundle, "p", {"p": {}, "child": {}})


def test_a_state_of_release_1_is_read_and_goes_on() -> None:
    """Two objections being answered, a window running, two of three hearings held."""
    stored = orjson.loads((GOLDEN / "v1.json").read_bytes())
    state = orjson.dumps(stored["state"])
    run = engine.resume(golden_procedure("v1"), state, stored["facts"], NOW, five_days)
    waits = [*run.tasks(), *run.services(), *run.timers(), *run.catches()]
    assert sorted(one.element.id for one in waits) == stored["waits"]
    assert orjson.loads(run.snapshot()) == stored["state"]
    assert run.timers()[0].due_at.isoformat() == "2026-03-07T09:00:00+08:00"
    for _ in range(20):
        run.settle()
        for task in [*run.tasks(), *run.services()][:1]:
            run.complete(task.id, {})
        run.now = run.timers()[0].due_at if run.timers() else run.now
    assert (run.ended, run.facts) == ("ended", {"": {"people": ["甲", "乙", "丙"], "n": 2}})


def test_a_state_of_release_1_with_event_sub_processes_is_read_and_goes_on() -> None:
    """One note read, another being read; a reminder and a stop that could still come."""
    stored = orjson.loads((GOLDEN / "v1_asides.json").read_bytes())
    state = orjson.dumps(stored["state"])
    drawn = golden_procedure("v1_asides")
    run = engine.resume(drawn, state, stored["facts"], NOW, five_days)
    waits = [*run.tasks(), *run.services(), *run.timers(), *run.catches()]
    assert sorted(one.element.id for one in waits) == stored["waits"]
    assert orjson.loads(run.snapshot()) == stored["state"]
    run.send("stop", {})
    run.now = run.timers()[0].due_at
    for _ in range(4):
        run.settle()
        for task in run.tasks()[:1]:
            run.complete(task.id, {})
    run.settle()
    seen = [step.element.id for step in run.trail if step.kind in {"fired", "cancelled"}]
    assert seen == ["halt_start", "answer", "late_start"]
    assert (run.ended, run.facts) == ("ended", {"": {"text": "一"}})
