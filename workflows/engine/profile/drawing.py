"""Checks of the net: starts, ends, flows, gateways, what can be reached."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import re
from collections.abc import Iterator

from workflows.engine.complaints import Complaint
from workflows.engine.profile.sheet import Sheet
from workflows.engine.reading import BPMN, BPMNDI, CONTAINERS, FLOW_NODES, Element, Flow, local

CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
RACING = frozenset({"timer", "message"})
ACTIVITIES = frozenset(
    {"userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask"}
    | {"callActivity", "subProcess"}
)
_ID = re.compile(r"[^\W\d][\w.-]*")
_NOT_RUN = {
    "ioSpecification": "输入输出规格",
    "dataInputAssociation": "数据输入",
    "dataOutputAssociation": "数据输出",
}
_DRAWN = FLOW_NODES | {
    "sequenceFlow", "laneSet", "documentation", "extensionElements", "textAnnotation",
    "association", "group", "dataObject", "dataObjectReference", "dataStoreReference",
    "ioSpecification", "incoming", "outgoing", "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
}  # fmt: skip


def check(sheet: Sheet) -> Iterator[Complaint]:
    """Everything wrong with the net of one process."""
    process = sheet.process
    if not process.executable:
        yield sheet.complain(process.key, "流程未标为可执行，请设isExecutable为true")
    yield from _check_ids(sheet)
    yield from _check_unknown(sheet)
    yield from _check_flows(sheet)
    levels = [None, *(one.id for one in process.elements if one.kind in CONTAINERS)]
    for level in levels:
        yield from _check_level(sheet, level)
    for element in process.elements:
        yield from _check_exits(sheet, element)
        if element.kind == "eventBasedGateway":
            yield from _check_race(sheet, element)
        if element.kind == "boundaryEvent":
            yield from _check_boundary(sheet, element)
    yield from _check_picture(sheet)


def _check_ids(sheet: Sheet) -> Iterator[Complaint]:
    flows = [flow.id for one in sheet.process.elements for flow in one.flows]
    for name in [sheet.process.key, *sheet.elements, *flows]:
        if not _ID.fullmatch(name):
            yield sheet.complain(name, f"编号“{name[:60]}”无效，须以字母开头，只含字母、数字、._-")


def _check_unknown(sheet: Sheet) -> Iterator[Complaint]:
    for node in sheet.node.iter():
        kind, holder = local(node), local(node.getparent())
        if holder in {"process", *CONTAINERS} and kind and kind not in _DRAWN:
            yield sheet.complain(node.get("id", ""), f"不支持的图元{kind}，请删除或者改画")
        if kind in _NOT_RUN:
            owner = node.getparent().get("id", "")
            yield sheet.complain(owner, f"{_NOT_RUN[kind]}只作说明，引擎不读写", "warning")
        if kind in {"correlationSubscription", "resourceRole", "performer", "potentialOwner"}:
            yield sheet.complain(node.get("id", ""), f"不支持{kind}，请改用camunda属性或者泳道")


def _check_flows(sheet: Sheet) -> Iterator[Complaint]:
    known = set(sheet.elements)
    for node in sheet.node.iter(f"{BPMN}sequenceFlow"):
        for end in ("sourceRef", "targetRef"):
            if node.get(end) not in known:
                yield sheet.complain(node.get("id", ""), f"顺序流的{end}没有指向本流程的图元")
    for element in sheet.process.elements:
        for flow in element.flows:
            yield from _check_flow(sheet, element, flow)


def _check_flow(sheet: Sheet, source: Element, flow: Flow) -> Iterator[Complaint]:
    target = sheet.elements.get(flow.target)
    if target is None:
        return
    if target.container != source.container:
        yield sheet.complain(flow.id, "顺序流不能穿过子流程的边界")
    if target.kind in {"startEvent", "boundaryEvent"}:
        yield sheet.complain(flow.id, "顺序流不能流入开始事件或者边界事件")
    if source.triggered or target.triggered:
        yield sheet.complain(flow.id, "事件子流程由事件触发，不能有顺序流流入或者流出")
    if source.kind == "endEvent":
        yield sheet.complain(flow.id, "顺序流不能从结束事件流出")
    if flow.condition and source.kind not in CHOOSING:
        yield sheet.complain(
            flow.id, f"“{source.name or source.id}”不是排他或者包容网关，条件不起作用，请加画网关"
        )


def _check_level(sheet: Sheet, level: str | None) -> Iterator[Complaint]:
    inside = sheet.inside(level)
    where = level or sheet.process.key
    starts = [one for one in inside if one.kind == "startEvent"]
    if len(starts) != 1:
        yield sheet.complain(where, f"应有且只有一个开始事件，现有{len(starts)}个")
    if not any(one.kind == "endEvent" for one in inside):
        yield sheet.complain(where, "没有结束事件")
    first = [one.id for one in starts]
    reached = _reached(sheet, first)
    for one in inside:
        if one.kind == "parallelGateway" and one.id in reached:
            yield from _check_join(sheet, one, first)
        if starts and one.id not in reached and not one.triggered:
            yield sheet.complain(
                one.id, f"“{one.name or one.id}”从开始事件到达不了，请连线或者删除"
            )


def _reached(sheet: Sheet, first: list[str], without: str | None = None) -> set[str]:
    """The elements of one level a token can come to, also if it cannot pass `without`."""
    reached: set[str] = set()
    waiting = list(first)
    while waiting:
        one = waiting.pop()
        if one not in reached and one != without and one in sheet.elements:
            reached.add(one)
            waiting += [flow.target for flow in sheet.elements[one].flows]
            waiting += [event.id for event in sheet.boundaries(one)]
    return reached


def _check_join(sheet: Sheet, gateway: Element, first: list[str]) -> Iterator[Complaint]:
    """A flow that only leads back from the gateway itself is waited for in vain."""
    before = _reached(sheet, first, without=gateway.id)
    for flow in sheet.incoming.get(gateway.id, ()):
        if flow.source not in before:
            name = gateway.name or gateway.id
            yield sheet.complain(
                flow.id, f"并行网关“{name}”等待的这条流要先经过它自己，永远等不到；请加画排他网关"
            )


def _check_exits(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    flows = element.flows
    name = element.name or element.id
    if not flows and element.kind != "endEvent" and not element.triggered:
        yield sheet.complain(element.id, f"“{name}”没有流出的顺序流，走到这里即告结束", "warning")
    if len(flows) > 1 and "Gateway" not in element.kind:
        yield sheet.complain(
            element.id, f"“{name}”流出{len(flows)}条顺序流，将并行执行；请改画网关", "warning"
        )
    if element.kind in CHOOSING and (len(flows) > 1 or any(one.condition for one in flows)):
        yield from _check_choice(sheet, element)


def _check_choice(sheet: Sheet, element: Element) -> Iterator[Complaint]:
    asked = [one for one in element.flows if not one.default]
    conditions = [one.condition for one in asked]
    fork = element.kind == "inclusiveGateway" and not any(conditions) and len(asked) > 0
    for flow in element.flows:
        if flow.default and flow.condition:
            yield sheet.complain(flow.id, "缺省流不能带条件，请删除条件")
        if not flow.default and not flow.condition and not fork:
            yield sheet.complain(flow.id, "网关流出的非缺省顺序流没有条件，请填写或者设为缺省流")
    if len(asked) == len(element.flows) and not fork and not _exhaustive(conditions):
        yield sheet.complain(
            element.id, f"网关“{element.name or element.id}”没有缺省流，条件均不成立时案件停住",
            "warning",
        )  # fmt: skip


def _exhaustive(conditions: list[str | None]) -> bool:
    """Whether one condition is plainly the other's opposite."""
    said = [re.sub(r"\s+", "", one or "") for one in conditions]
    return any(
        f"not({one})" in said
        or (one.endswith("=true") and f"{one[:-4]}false" in said)
        or ("=" in one and one.replace("=", "!=", 1) in said)
        for one in said
        if one
    )


def _check_race(sheet: Sheet, gateway: Element) -> Iterator[Complaint]:
    name = gateway.name or gateway.id
    node = sheet.nodes[gateway.id]
    if node.get("instantiate") == "true" or node.get("eventGatewayType") == "Parallel":
        yield sheet.complain(gateway.id, "不支持启动流程的或者并行的事件网关")
    targets = [sheet.elements[one.target] for one in gateway.flows if one.target in sheet.elements]
    if len(targets) < 2:
        yield sheet.complain(gateway.id, f"事件网关“{name}”至少要有两个等待的事件")
    for one in targets:
        if one.kind not in {"intermediateCatchEvent", "receiveTask"} or one.event not in RACING:
            yield sheet.complain(one.id, f"事件网关“{name}”之后只能是消息或者定时捕获事件")
        if len(sheet.incoming.get(one.id, ())) > 1:
            yield sheet.complain(one.id, "事件网关之后的事件不能再有其他流入")
    if sum(1 for one in targets if one.event == "timer") > 1:
        yield sheet.complain(gateway.id, f"事件网关“{name}”只能有一个定时事件")


def _check_boundary(sheet: Sheet, event: Element) -> Iterator[Complaint]:
    host = sheet.elements.get(event.attached_to or "")
    if host is None or host.container != event.container or host.kind not in ACTIVITIES:
        yield sheet.complain(event.id, "边界事件没有附着在同一层的活动上")
        return
    if host.triggered:
        yield sheet.complain(event.id, "边界事件不能附着在事件子流程上")
    nested = host.kind in {"callActivity", "subProcess"}
    if event.event == "error" and not nested:
        yield sheet.complain(event.id, "错误边界事件只能附着在子流程或者调用活动上")
    if event.event == "error" and not event.interrupting:
        yield sheet.complain(event.id, "错误边界事件必须中断")
    if host.kind == "businessRuleTask":
        yield sheet.complain(event.id, "业务规则任务即时完成，不能附着边界事件")


def _check_picture(sheet: Sheet) -> Iterator[Complaint]:
    root = sheet.node.getroottree().getroot()
    shapes = {one.get("bpmnElement") for one in root.iter(f"{BPMNDI}BPMNShape")}
    missing = [one for one in sheet.elements if one not in shapes]
    if missing:
        some = "、".join(missing[:5])
        yield sheet.complain(
            sheet.process.key, f"{len(missing)}个图元没有图形（{some}…），流程图上看不到", "warning"
        )
