"""Reads untrusted BPMN into elements and flows. Knows the notation, not how it runs."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from workflows.engine.complaints import Complaint

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"

MAX_BYTES = 5_000_000
MAX_DEPTH = 200
MAX_ELEMENTS = 5_000

EVENTS = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "errorEventDefinition": "error",
    "terminateEventDefinition": "terminate",
    "signalEventDefinition": "signal",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "linkEventDefinition": "link",
    "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "cancel",
}
FLOW_NODES = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
    | {"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask"}
    | {"businessRuleTask", "scriptTask", "callActivity"}
    | {"subProcess", "transaction", "adHocSubProcess"}
    | {"exclusiveGateway", "inclusiveGateway", "parallelGateway"}
    | {"eventBasedGateway", "complexGateway"}
)
CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `condition` is its raw text."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None = None
    default: bool = False


@dataclass(frozen=True)
class Passing:
    """One camunda:in or camunda:out: a fact name or an expression, or all facts."""

    target: str | None
    source: str | None = None
    expression: str | None = None
    all: bool = False


@dataclass(frozen=True)
class Loop:
    """Multi-instance: over a collection, or as often as a cardinality says."""

    sequential: bool
    collection: str | None
    variable: str | None
    cardinality: str | None
    until: str | None


@dataclass(frozen=True)
class Element:
    """One flow node as drawn; expressions are raw text."""

    id: str
    kind: str
    name: str
    process: str
    lane: str | None = None
    form: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due_date: str | None = None
    follow_up_date: str | None = None
    priority: str | None = None
    topic: str | None = None
    message: str | None = None
    decision: str | None = None
    called: str | None = None
    inputs: dict[str, str] = field(default_factory=dict[str, str])
    outputs: dict[str, str] = field(default_factory=dict[str, str])
    properties: dict[str, str] = field(default_factory=dict[str, str])
    documentation: str = ""
    container: str | None = None
    """The embedded sub-process it is drawn in, or None."""
    event: str | None = None
    timer: str | None = None
    error_code: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    """Of a boundary event, and of the start event of an event sub-process."""
    triggered: bool = False
    """An event sub-process: no flow leads to it, it begins when its start event fires."""
    loop: Loop | None = None
    passed_in: tuple[Passing, ...] = ()
    passed_out: tuple[Passing, ...] = ()
    result_variable: str | None = None
    result_mapping: str | None = None
    flows: tuple[Flow, ...] = ()
    """Outgoing sequence flows in document order."""


@dataclass(frozen=True)
class Process:
    """One bpmn:process with its flow nodes, those of embedded sub-processes included."""

    key: str
    name: str
    file: str
    executable: bool
    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Diagram:
    """One BPMN file as read; `nodes` keeps the XML of each flow node for the checks."""

    file: str
    root: Any
    processes: tuple[Process, ...]
    nodes: dict[str, Any]
    repeated: tuple[str, ...]
    """Ids that occur more than once in the file."""


def read_xml(file: str, data: bytes) -> tuple[Any, list[Complaint]]:
    """The root element, or None with the complaint why the bytes are not taken.

    No DOCTYPE, no entities, no network; at most 5 MB and 200 levels.
    """

    def refuse(reason: str) -> tuple[None, list[Complaint]]:
        return None, [Complaint(file, "", reason, "error")]

    if len(data) > MAX_BYTES:
        return refuse(f"文件有{len(data):,}字节，超过{MAX_BYTES:,}字节的上限，请拆分流程图")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "xcessive depth" in str(error):
            return refuse(f"XML嵌套超过{MAX_DEPTH}层，请简化流程图")
        return refuse(f"不是有效的XML文件：{str(error)[:200]}")
    info: Any = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        return refuse("不得含有DOCTYPE或者实体声明，请删除后重新上传")
    depth = 0
    for event, _node in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return refuse(f"XML嵌套超过{MAX_DEPTH}层，请简化流程图")
    return root, []


def read_diagram(file: str, data: bytes) -> tuple[Diagram | None, list[Complaint]]:
    """The file's processes and elements, or None with the complaint why it cannot be read."""
    root, complaints = read_xml(file, data)
    if root is None:
        return None, complaints
    if root.tag != f"{BPMN}definitions":
        return None, [Complaint(file, "", "不是BPMN 2.0流程图（根元素应为definitions）", "error")]
    drawn = sum(
        1 for one in root.iter() if local(one) in FLOW_NODES or local(one) == "sequenceFlow"
    )
    if drawn > MAX_ELEMENTS:
        return None, [
            Complaint(file, "", f"有{drawn:,}个图元，超过{MAX_ELEMENTS:,}个的上限，请拆分", "error")
        ]
    names = {
        kind: {one.get("id"): one for one in root.findall(f"{BPMN}{kind}")}
        for kind in ("message", "error")
    }
    nodes: dict[str, Any] = {}
    seen: set[str] = set()
    repeated = list[str]()
    for one in root.iter():
        key = one.get("id")
        if key is not None and not one.tag.startswith(BPMNDI):
            if key in seen:
                repeated.append(key)
            seen.add(key)
    processes = tuple(
        _read_process(file, node, names, nodes) for node in root.findall(f"{BPMN}process")
    )
    return Diagram(file, root, processes, nodes, tuple(repeated)), []


def local(node: Any) -> str:
    """The tag of a BPMN element without its namespace; '' for other namespaces."""
    tag = node.tag
    return tag[len(BPMN) :] if isinstance(tag, str) and tag.startswith(BPMN) else ""


def text_of(node: Any, path: str) -> str | None:
    """The stripped text of the first descendant at `path`, or None when absent or empty."""
    found = node.find(path)
    return ((found.text or "").strip() or None) if found is not None else None


def flow_nodes(process: Any) -> Iterator[tuple[Any, str | None]]:
    """Every flow node with the id of the sub-process it is drawn in, which comes before it."""
    waiting: list[tuple[Any, str | None]] = [(process, None)]
    while waiting:
        holder, container = waiting.pop()
        for node in holder:
            kind = local(node)
            if kind in FLOW_NODES:
                yield node, container
            if kind in CONTAINERS:
                waiting.append((node, node.get("id")))


def _read_process(file: str, process: Any, names: Any, nodes: dict[str, Any]) -> Process:
    key = process.get("id", "")
    flows = _read_flows(process)
    lanes = _read_lanes(process)
    found = list[Element]()
    for node, container in flow_nodes(process):
        identity = node.get("id", "")
        nodes[identity] = node
        lane = lanes.get(identity) or (lanes.get(container) if container else None)
        if lane:
            lanes[identity] = lane
        found.append(_read_element(node, key, container, lane, flows.get(identity, ()), names))
    return Process(
        key, process.get("name") or key, file, process.get("isExecutable") == "true", tuple(found)
    )


def _read_flows(process: Any) -> dict[str, tuple[Flow, ...]]:
    defaults = {one.get("default") for one in process.iter() if one.get("default")}
    flows: dict[str, list[Flow]] = {}
    for one in process.iter(f"{BPMN}sequenceFlow"):
        flow = Flow(
            one.get("id", ""), one.get("name", ""), one.get("sourceRef", ""),
            one.get("targetRef", ""), text_of(one, f"{BPMN}conditionExpression"),
            one.get("id") in defaults,
        )  # fmt: skip
        flows.setdefault(flow.source, []).append(flow)
    return {source: tuple(several) for source, several in flows.items()}


def _read_lanes(process: Any) -> dict[str, str]:
    """Flow node id → id of the innermost lane that holds it."""
    lanes: dict[str, str] = {}
    for lane in process.iter(f"{BPMN}lane"):  # outer lanes come first, inner ones overwrite
        for reference in lane.findall(f"{BPMN}flowNodeRef"):
            lanes[(reference.text or "").strip()] = lane.get("id", "")
    return lanes


def _read_element(
    node: Any, process: str, container: str | None, lane: str | None,
    flows: tuple[Flow, ...], names: Any,
) -> Element:  # fmt: skip
    kind = local(node)
    definitions = [one for one in node if local(one) in EVENTS]
    definition = definitions[0] if definitions else None
    event = EVENTS[local(definition)] if definition is not None else None
    if len(definitions) > 1:
        event = "multiple"
    if kind == "receiveTask":
        event, definition = "message", node
    interrupts = "isInterrupting" if kind == "startEvent" else "cancelActivity"
    return Element(
        id=node.get("id", ""),
        kind=kind,
        name=node.get("name") or "",
        process=process,
        lane=lane,
        form=node.get(f"{CAMUNDA}formKey"),
        assignee=node.get(f"{CAMUNDA}assignee"),
        candidate_groups=_split(node.get(f"{CAMUNDA}candidateGroups")),
        candidate_users=_split(node.get(f"{CAMUNDA}candidateUsers")),
        due_date=node.get(f"{CAMUNDA}dueDate"),
        follow_up_date=node.get(f"{CAMUNDA}followUpDate"),
        priority=node.get(f"{CAMUNDA}priority"),
        topic=node.get(f"{CAMUNDA}topic"),
        message=_named(definition, "messageRef", names["message"], "name"),
        decision=node.get(f"{CAMUNDA}decisionRef"),
        called=node.get("calledElement"),
        inputs=_parameters(node, "inputParameter"),
        outputs=_parameters(node, "outputParameter"),
        properties=_properties(node),
        documentation=text_of(node, f"{BPMN}documentation") or "",
        container=container,
        event=event,
        timer=_timer_text(definition),
        error_code=_named(definition, "errorRef", names["error"], "errorCode"),
        attached_to=node.get("attachedToRef"),
        interrupting=_is_true(node, interrupts, "true"),
        triggered=kind == "subProcess" and _is_true(node, "triggeredByEvent", "false"),
        loop=_read_loop(node),
        passed_in=_passings(node, "in"),
        passed_out=_passings(node, "out"),
        result_variable=node.get(f"{CAMUNDA}resultVariable"),
        result_mapping=node.get(f"{CAMUNDA}mapDecisionResult"),
        flows=flows,
    )


def _is_true(node: Any, name: str, default: str) -> bool:
    return node.get(name, default) in {"true", "1"}


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in (text or "").split(",") if one.strip())


def _named(definition: Any, reference: str, known: dict[str, Any], attribute: str) -> str | None:
    target = known.get(definition.get(reference)) if definition is not None else None
    return target.get(attribute) if target is not None else None


def _timer_text(definition: Any) -> str | None:
    if definition is None:
        return None
    return text_of(definition, f"{BPMN}timeDate") or text_of(definition, f"{BPMN}timeDuration")


def _parameters(node: Any, tag: str) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{CAMUNDA}inputOutput/{CAMUNDA}{tag}"
    return {one.get("name", ""): (one.text or "").strip() for one in node.findall(path)}


def _properties(node: Any) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"
    return {one.get("name", ""): one.get("value", "") for one in node.findall(path)}


def _passings(node: Any, tag: str) -> tuple[Passing, ...]:
    return tuple(
        Passing(
            one.get("target"), one.get("source"), one.get("sourceExpression"),
            one.get("variables") == "all",
        )
        for one in node.findall(f"{BPMN}extensionElements/{CAMUNDA}{tag}")
        if not one.get("businessKey")
    )  # fmt: skip


def _read_loop(node: Any) -> Loop | None:
    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    return Loop(
        loop.get("isSequential") == "true",
        loop.get(f"{CAMUNDA}collection"),
        loop.get(f"{CAMUNDA}elementVariable"),
        text_of(loop, f"{BPMN}loopCardinality"),
        text_of(loop, f"{BPMN}completionCondition"),
    )
