"""One process laid out for checking."""

from dataclasses import dataclass
from typing import Any, Literal

from workflows.engine.complaints import Complaint
from workflows.engine.reading import BPMN, Diagram, Element, Flow, Process


@dataclass(frozen=True)
class Sheet:
    """A process with its elements by id, its flows and its XML."""

    file: str
    process: Process
    node: Any
    """The XML of the process."""
    nodes: dict[str, Any]
    """Element id → XML."""
    elements: dict[str, Element]
    incoming: dict[str, tuple[Flow, ...]]
    """Element id → flows that end at it."""

    @classmethod
    def of(cls, diagram: Diagram, process: Process) -> "Sheet":
        """Lay out one process of a diagram."""
        incoming: dict[str, tuple[Flow, ...]] = {}
        for element in process.elements:
            for flow in element.flows:
                incoming[flow.target] = (*incoming.get(flow.target, ()), flow)
        nodes = diagram.root.findall(f"{BPMN}process")
        node = next(one for one in nodes if one.get("id", "") == process.key)
        elements = {one.id: one for one in process.elements}
        return cls(diagram.file, process, node, diagram.nodes, elements, incoming)

    def complain(
        self, element: str, reason: str, severity: Literal["error", "warning"] = "error"
    ) -> Complaint:
        """A complaint about an element of this process."""
        return Complaint(self.file, element, reason, severity)

    def inside(self, container: str | None) -> list[Element]:
        """The elements of one level: of the process itself, or of an embedded sub-process."""
        return [one for one in self.process.elements if one.container == container]

    def is_trigger(self, element: Element) -> bool:
        """Whether it is a start event of an event sub-process."""
        held = self.elements.get(element.container or "")
        return element.kind == "startEvent" and held is not None and held.triggered

    def boundaries(self, host: str) -> list[Element]:
        """The boundary events of an activity."""
        return [one for one in self.process.elements if one.attached_to == host]
