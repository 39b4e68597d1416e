"""Turns elements and flows into token nets, one per process and per embedded sub-process."""

# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false, reportUnknownArgumentType=false

from collections.abc import Iterable

from workflows.engine import gateways, repeating, specs
from workflows.engine.reading import CONTAINERS, Element, Flow, Process

KINDS: dict[str, type[specs.Place]] = {
    "startEvent": specs.Place,
    "endEvent": specs.End,
    "intermediateThrowEvent": specs.Throw,
    "intermediateCatchEvent": specs.Catch,
    "receiveTask": specs.Catch,
    "boundaryEvent": specs.Boundary,
    "task": specs.Human,
    "userTask": specs.Human,
    "manualTask": specs.Human,
    "serviceTask": specs.Service,
    "sendTask": specs.Service,
    "businessRuleTask": specs.Rule,
    "exclusiveGateway": gateways.Exclusive,
    "inclusiveGateway": gateways.Inclusive,
    "parallelGateway": gateways.Parallel,
    "eventBasedGateway": specs.EventGateway,
}
"""What runs; the profile refuses every other kind."""


def net_name(process: str, container: str | None) -> str:
    """The net of a process, or of a sub-process embedded in it."""
    return f"{process}/{container}" if container else process


def build(processes: Iterable[Process]) -> dict[str, specs.ProcessSpec]:
    """The nets of all processes, by net_name."""
    nets: dict[str, specs.ProcessSpec] = {}
    for process in processes:
        drawn: dict[str | None, list[Element]] = {None: []}
        for element in process.elements:
            drawn.setdefault(element.container, []).append(element)
        for container, elements in drawn.items():
            net = specs.ProcessSpec(net_name(process.key, container), process.key, container)
            _fill(net, elements)
            for element in elements:
                if element.triggered:
                    _watch(net, element, drawn[element.id])
            nets[net.name] = net
    return nets


def _fill(net: specs.ProcessSpec, elements: list[Element]) -> None:
    watched: dict[str, list[Element]] = {}
    for element in elements:
        if element.attached_to:
            watched.setdefault(element.attached_to, []).append(element)
    for element in elements:
        place = _place(net, element)
        net.entries[element.id] = place.name
        if element.kind == "startEvent":
            net.start.connect(place)
    for host, events in watched.items():
        split = specs.Split(net, f"{host} [split]", net.task_specs[host].element)
        for name in [host, *(event.id for event in events)]:
            split.connect(net.task_specs[name])
        net.entries[host] = split.name
    flows = [flow for element in elements for flow in element.flows]
    for element in elements:
        if element.kind in ("parallelGateway", "inclusiveGateway"):
            net.incoming[element.id] = tuple(one.id for one in flows if one.target == element.id)
        if element.kind == "inclusiveGateway":
            net.upstream[element.id] = _upstream(element.id, elements, flows)
            net.inclusive.append(net.task_specs[element.id])


def _watch(net: specs.ProcessSpec, element: Element, inside: list[Element]) -> None:
    """The start event of an event sub-process waits from the beginning of what holds it."""
    start = next(one for one in inside if one.kind == "startEvent")
    watch = specs.Watch(net, start.id, start, element.id)
    net.watches[element.id] = watch
    net.start.connect(watch)


def _place(net: specs.ProcessSpec, element: Element) -> specs.Place:
    """The element's specification; for a multi-instance activity that of the whole."""
    if element.loop is None:
        return _single(net, element.id, element, many=False)
    each = _single(net, f"{element.id} [each]", element, many=True)
    return repeating.Many(net, element.id, element, each.name)


def _single(net: specs.ProcessSpec, name: str, element: Element, *, many: bool) -> specs.Place:
    if element.kind == "callActivity":
        return specs.Nested(net, name, element, element.called or "", many=many)
    if element.kind in CONTAINERS:
        inner = net_name(net.process, element.id)
        return specs.Nested(net, name, element, inner, many=many)
    return KINDS[element.kind](net, name, element, many=many)


def _upstream(
    gateway: str, elements: list[Element], flows: list[Flow]
) -> dict[str, frozenset[str]]:
    """Incoming flow id → elements from which a token can reach it without passing the gateway."""
    sources: dict[str, list[str]] = {}
    for flow in flows:
        sources.setdefault(flow.target, []).append(flow.source)
    for element in elements:
        if element.attached_to:
            sources.setdefault(element.id, []).append(element.attached_to)
    found: dict[str, frozenset[str]] = {}
    for flow in flows:
        if flow.target == gateway:
            reached: set[str] = set()
            waiting = [flow.source]
            while waiting:
                one = waiting.pop()
                if one != gateway and one not in reached:
                    reached.add(one)
                    waiting.extend(sources.get(one, ()))
            found[flow.id] = frozenset(reached)
    return found
