"""A bundle of diagrams and decisions, parsed once and never changed."""

# pyright: reportUnknownMemberType=false

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

from workflows import errors
from workflows.engine import dmn, kinds, nets, profile, reading, specs
from workflows.engine.complaints import Complaint
from workflows.engine.reading import Diagram, Element, Process

Bundle = Mapping[str, bytes]
"""File name in the bundle → its bytes."""

FactTypes = Mapping[str, Mapping[str, str]]
"""Process key → fact name → FEEL type."""

CACHED = 64


@dataclass(frozen=True, eq=False)
class Procedure:
    """What `parse` gives; shared between threads, never changed."""

    key: str
    name: str
    elements: Mapping[str, Element]
    processes: Mapping[str, str]
    """Process key → file in the bundle."""
    messages: Mapping[str, tuple[str, ...]]
    """Message name → ids of the elements that can receive it."""
    start: Element
    nets: Mapping[str, specs.ProcessSpec]
    decisions: Mapping[str, dmn.Decision]
    types: FactTypes
    locals: Mapping[str, Mapping[str, str]]
    """Element id → local variable → FEEL type."""


@dataclass(frozen=True)
class Reading:
    """All files of a bundle read, with what was wrong with them."""

    diagrams: tuple[Diagram, ...]
    decisions: Mapping[str, dmn.Decision]
    complaints: tuple[Complaint, ...]

    @property
    def processes(self) -> tuple[Process, ...]:
        """The processes of all files."""
        return tuple(one for diagram in self.diagrams for one in diagram.processes)


_parsed: OrderedDict[str, Procedure] = OrderedDict()
_lock = Lock()


def read(bundle: Bundle) -> Reading:
    """Read every .bpmn and .dmn file of the bundle."""
    diagrams: list[Diagram] = []
    decisions: dict[str, dmn.Decision] = {}
    complaints: list[Complaint] = []
    for file, data in sorted(bundle.items()):
        if file.endswith(".bpmn"):
            diagram, faults = reading.read_diagram(file, data)
            complaints += faults
            diagrams += [diagram] if diagram else []
        elif file.endswith(".dmn"):
            found, faults = dmn.parse_dmn(data, file)
            decisions.update(found)
            complaints += faults
    return Reading(tuple(diagrams), decisions, tuple(complaints))


def parse(bundle: Bundle, key: str, fact_types: FactTypes) -> Procedure:
    """The procedure whose process is `key`. Errors: ProcedureRefused with every complaint.

    `fact_types` as `supply.fact_types` gives them. Cached by the bundle's content.
    """
    digest = _digest(bundle, key, fact_types)
    with _lock:
        if known := _parsed.get(digest):
            _parsed.move_to_end(digest)
            return known
    procedure = _parse(read(bundle), key, fact_types)
    with _lock:
        _parsed[digest] = procedure
        while len(_parsed) > CACHED:
            _parsed.popitem(last=False)
    return procedure


def _parse(found: Reading, key: str, fact_types: FactTypes) -> Procedure:
    faults = [*found.complaints, *profile.check_structure(found.diagrams, found.decisions, key)]
    serious = [one for one in faults if one.severity == "error"]
    if serious:
        raise errors.ProcedureRefused(serious)
    elements = {one.id: one for process in found.processes for one in process.elements}
    top = next(one for one in found.processes if one.key == key)
    start = next(one for one in top.elements if one.kind == "startEvent" and one.container is None)
    return Procedure(
        key=key,
        name=top.name,
        elements=MappingProxyType(elements),
        processes=MappingProxyType({one.key: one.file for one in found.processes}),
        messages=MappingProxyType(_receivers(elements.values())),
        start=start,
        nets=MappingProxyType(nets.build(found.processes)),
        decisions=MappingProxyType(dict(found.decisions)),
        types=fact_types,
        locals=kinds.local_types(elements.values(), fact_types),
    )


def _receivers(elements: Iterable[Element]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in elements:
        catches = one.kind not in ("intermediateThrowEvent", "endEvent", "sendTask")
        if catches and one.event == "message" and one.message:
            found[one.message] = (*found.get(one.message, ()), one.id)
    return found


def _digest(bundle: Bundle, key: str, fact_types: FactTypes) -> str:
    whole = hashlib.sha256(key.encode())
    for file, data in sorted(bundle.items()):
        whole.update(f"\0{file}\0{len(data)}\0".encode())
        whole.update(data)
    for process, types in sorted(fact_types.items()):
        whole.update(f"\0{process}\0{sorted(types.items())}".encode())
    return whole.hexdigest()
