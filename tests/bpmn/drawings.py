"""Reads the drawings of the house as they stand in bpmn/: elements, shapes, edges."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from lxml import etree

from workflows import settings

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"

FILES = sorted(settings.PROCEDURES.glob("*/*.bpmn"))
EVENTS = {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"}
GATEWAYS = {"exclusiveGateway", "parallelGateway", "eventBasedGateway", "inclusiveGateway"}
ACTIVITIES = {"userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"}
NODES = EVENTS | GATEWAYS | ACTIVITIES | {"boundaryEvent"}


@dataclass(frozen=True)
class Box:
    """A rectangle on the canvas."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        """Whether they share more than an edge."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def holds(self, other: "Box") -> bool:
        """Whether the other lies wholly inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )

    def touches(self, x: float, y: float) -> bool:
        """Whether the point lies on the border."""
        inside = self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height
        edge = x in (self.x, self.x + self.width) or y in (self.y, self.y + self.height)
        return inside and edge


@dataclass(frozen=True)
class Drawing:
    """One file: `nodes` id → XML, `shapes` and `labels` id → box, `edges` flow id → points."""

    path: Path
    root: Any
    nodes: dict[str, Any]
    flows: dict[str, Any]
    shapes: dict[str, Box]
    labels: dict[str, Box]
    edges: dict[str, list[tuple[float, float]]]

    def of(self, *kinds: str) -> list[Any]:
        """The flow nodes of these kinds."""
        return [node for node in self.nodes.values() if kind(node) in kinds]

    def leaving(self, node: Any) -> list[Any]:
        """The sequence flows out of a node."""
        return [flow for flow in self.flows.values() if flow.get("sourceRef") == node.get("id")]

    def lanes(self) -> Iterator[tuple[str, str]]:
        """(lane id, node id) of every node that a lane holds."""
        for lane in self.root.iter(f"{BPMN}lane"):
            for held in lane.findall(f"{BPMN}flowNodeRef"):
                yield lane.get("id"), held.text


def kind(node: Any) -> str:
    """The tag without its namespace."""
    return etree.QName(node).localname


def extra(node: Any, name: str) -> str:
    """The value of a camunda:property, '' where there is none; not of what is drawn inside."""
    for one in node.iterfind(f"{BPMN}extensionElements//{CAMUNDA}property"):
        if one.get("name") == name:
            return one.get("value")
    return ""


@cache
def read(path: Path) -> Drawing:
    """The drawing in a file."""
    root: Any = etree.fromstring(path.read_bytes())
    nodes = {one.get("id"): one for one in root.iter() if _tag(one) in NODES}
    flows = {one.get("id"): one for one in root.iter(f"{BPMN}sequenceFlow")}
    shapes, labels = {}, {}
    edges: dict[str, list[tuple[float, float]]] = {}
    for one in root.iter(f"{BPMNDI}BPMNShape"):
        shapes[one.get("bpmnElement")] = _box(one.find(f"{DC}Bounds"))
    for one in root.iter(f"{BPMNDI}BPMNEdge"):
        points = one.findall(f"{DI}waypoint")
        edges[one.get("bpmnElement")] = [(float(p.get("x")), float(p.get("y"))) for p in points]
    for one in root.iter(f"{BPMNDI}BPMNLabel"):
        labels[one.getparent().get("bpmnElement")] = _box(one.find(f"{DC}Bounds"))
    return Drawing(path, root, nodes, flows, shapes, labels, edges)


def crosses(points: list[tuple[float, float]], box: Box) -> bool:
    """Whether a line runs through the inside of a box."""
    for (x1, y1), (x2, y2) in pairwise(points):
        line = Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
        inner = Box(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
        if line.overlaps(inner):
            return True
    return False


def _tag(node: Any) -> str:
    tag = node.tag
    return tag.removeprefix(BPMN) if isinstance(tag, str) and tag.startswith(BPMN) else ""


def _box(bounds: Any) -> Box:
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))
