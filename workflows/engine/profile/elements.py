"""Checks of single elements: kinds, events, tasks, decisions, loops."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Iterator, Mapping

from workflows.engine import results, timing
from workflows.engine.complaints import Complaint
from workflows.engine.dmn import Decision
from workflows.engine.dmn.tables import SINGLE
from workflows.engine.profile.sheet import Sheet
from workflows.engine.reading import BPMN, CAMUNDA, Element

HUMAN = frozenset({"userTask", "manualTask"})
LOOPING = frozenset({"userTask", "manualTask", "serviceTask", "callActivity", "subProcess"})

REFUSED_KINDS = {
    "task": "未指明类型的任务（task），请改为用户任务、服务任务等",
    "scriptTask": "脚本任务，流程图中不得含有代码，请改用服务任务或者业务规则任务",
    "complexGateway": "复杂网关，请改用包容或者排他网关",
    "adHocSubProcess": "即席子流程",
    "transaction": "事务子流程",
}
EVENTS = {
    "startEvent": {None},
    "endEvent": {None, "message", "terminate", "error"},
    "intermediateCatchEvent": {"timer", "message"},
    "intermediateThrowEvent": {None, "message"},
    "boundaryEvent": {"timer", "message", "error"},
}
TRIGGERS = {"timer", "message"}
"""What the start event of an event sub-process may be."""
EVENT_NAMES = {
    None: "空白", "timer": "定时", "message": "消息", "error": "错误", "terminate": "终止",
    "signal": "信号", "escalation": "升级", "conditional": "条件", "link": "链接",
    "compensation": "补偿", "cancel": "取消", "multiple": "多重",
}  # fmt: skip
KIND_NAMES = {
    "startEvent": "开始事件", "endEvent": "结束事件", "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件", "boundaryEvent": "边界事件",
}  # fmt: skip


def check(sheet: Sheet, decisions: Mapping[str, Decision]) -> Iterator[Complaint]:
    """Everything wrong with the elements of one process taken one by one."""
    for element in sheet.process.elements:
        if element.kind in REFUSED_KINDS:
            yield sheet.complain(element.id, f"不支持{REFUSED_KINDS[element.kind]}")
        if element.kind in EVENTS:
            yield from _check_event(sheet, element)
        if element.kind == "receiveTask" and not element.message:
            yield sheet.complain(element.id, "接收任务没有消息，请设置消息及其名称")
        if element.kind in HUMAN:
            yield from _check_human(sheet, element)
        if element.kind in {"serviceTask", "sendTask"}:
            yield from _check_service(sheet, element)
        if element.kind == "businessRuleTask":
            yield from _check_rule(sheet, element, decisions)
        if element.kind == "subProcess":
            yield from _check_sub_process(sheet, element)
        yield from _check_loop(sheet, element)


def _check_event(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    kind = KIND_NAMES[element.kind]
    if sheet.is_trigger(element) and element.event not in TRIGGERS:
        yield sheet.complain(
            element.id,
            f"事件子流程的开始事件只能是消息或者定时，不能是{EVENT_NAMES[element.event]}",
        )
    elif not sheet.is_trigger(element) and element.event not in EVENTS[element.kind]:
        yield sheet.complain(element.id, f"不支持{EVENT_NAMES[element.event]}{kind}")
    elif element.event == "message" and not element.message:
        yield sheet.complain(element.id, f"{kind}没有消息，请设置消息及其名称")
    elif element.event == "timer":
        yield from _check_timer(sheet, element)
    elif element.event == "error" and element.kind == "endEvent" and not element.error_code:
        yield sheet.complain(element.id, "错误结束事件没有错误代码（errorCode）")


def _check_timer(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    node = sheet.nodes[element.id]
    if node.find(f".//{BPMN}timeCycle") is not None:
        yield sheet.complain(
            element.id, "不支持循环定时（timeCycle），请改用timeDate或者timeDuration"
        )
    elif not element.timer:
        yield sheet.complain(element.id, "定时事件没有填写时间")
    elif isinstance(reason := timing.read_moment(element.timer), str):
        yield sheet.complain(element.id, reason)


def _check_human(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    name = element.name or element.id
    if element.kind == "userTask" and not element.form:
        yield sheet.complain(element.id, f"用户任务“{name}”没有表单，请设置camunda:formKey")
    if not element.lane:
        yield sheet.complain(element.id, f"任务“{name}”不在任何泳道中，没有办理的角色")
    for said, text in (("到期时间", element.due_date), ("跟进时间", element.follow_up_date)):
        if text and isinstance(reason := timing.read_moment(text), str):
            yield sheet.complain(element.id, f"{said}：{reason}")
    if element.priority and not element.priority.isdigit():
        yield sheet.complain(element.id, f"优先级“{element.priority}”应为非负整数")


def _check_service(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    name = element.name or element.id
    if sheet.nodes[element.id].get(f"{CAMUNDA}type") != "external" or not element.topic:
        yield sheet.complain(
            element.id, f'“{name}”应为外部任务：camunda:type="external"并填写camunda:topic'
        )


def _check_rule(
    sheet: Sheet, element: Element, decisions: Mapping[str, Decision]
) -> Iterator[Complaint]:
    if not element.decision:
        yield sheet.complain(element.id, "业务规则任务没有camunda:decisionRef")
        return
    decision = decisions.get(element.decision)
    if decision is None:
        yield sheet.complain(element.id, f"没有可用的决策“{element.decision}”")
        return
    mapping = element.result_mapping
    if mapping and mapping not in results.MAPPINGS:
        yield sheet.complain(element.id, f"mapDecisionResult不能是“{mapping}”")
    if mapping and not element.result_variable:
        yield sheet.complain(element.id, "设置了mapDecisionResult但没有resultVariable")
    if not element.result_variable and decision.hit_policy not in SINGLE:
        yield sheet.complain(
            element.id, f"决策“{element.decision}”可能命中多行，请设置camunda:resultVariable"
        )
    if mapping in {"singleEntry", "collectEntries"} and len(decision.outputs) > 1:
        yield sheet.complain(element.id, f"决策有多个输出，不能用{mapping}，请改用singleResult等")


def _check_sub_process(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    if not element.triggered:
        return
    if element.loop:
        yield sheet.complain(element.id, "事件子流程不支持多实例")
    for start in sheet.inside(element.id):
        if start.kind != "startEvent":
            continue
        if start.form:
            said = "事件子流程的开始事件没有自己的表单，消息的表单以消息命名，请删除formKey"
            yield sheet.complain(start.id, said)
        if start.message and start.message in _heard_before(sheet, element):
            said = f"同一层的事件子流程已在等候消息“{start.message}”，只能有一个"
            yield sheet.complain(start.id, said)


def _heard_before(sheet: Sheet, element: Element) -> set[str]:
    """The messages that trigger the event sub-processes drawn before it at the same level."""
    beside = [one.id for one in sheet.inside(element.container) if one.triggered]
    before = beside[: beside.index(element.id)]
    inside = [one for key in before for one in sheet.inside(key)]
    return {one.message for one in inside if one.kind == "startEvent" and one.message}


def _check_loop(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    node = sheet.nodes[element.id]
    if node.find(f"{BPMN}standardLoopCharacteristics") is not None:
        yield sheet.complain(element.id, "不支持标准循环，请用网关画出回路或者用多实例")
    loop = element.loop
    if loop is None:
        return
    if element.kind not in LOOPING:
        yield sheet.complain(element.id, "这种图元不支持多实例")
    if (loop.collection is None) == (loop.cardinality is None):
        yield sheet.complain(element.id, "多实例应有且只有camunda:collection和loopCardinality之一")
    if loop.variable and not loop.collection:
        yield sheet.complain(element.id, "设置了camunda:elementVariable但没有camunda:collection")
    native = f"{BPMN}multiInstanceLoopCharacteristics"
    for tag in ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"):
        if node.find(f"{native}/{BPMN}{tag}") is not None:
            yield sheet.complain(element.id, f"不支持多实例的{tag}，请改用camunda:collection")
