"""The strict profile: what a diagram may be drawn with. Every complaint at once, by element id.

It refuses what the engine would drop or run wrongly, and what a designer hardly means.
"""

from collections.abc import Iterator, Mapping, Sequence

from workflows.engine.complaints import Complaint
from workflows.engine.dmn import Decision
from workflows.engine.profile import calls, drawing, elements, extensions
from workflows.engine.profile.sheet import Sheet
from workflows.engine.reading import Diagram


def check_structure(
    diagrams: Sequence[Diagram], decisions: Mapping[str, Decision], key: str
) -> list[Complaint]:
    """Everything wrong with the drawing itself, whatever the house offers."""
    sheets = [Sheet.of(diagram, one) for diagram in diagrams for one in diagram.processes]
    found = list(_check_bundle(diagrams, sheets, key))
    for sheet in sheets:
        found += drawing.check(sheet)
        found += elements.check(sheet, decisions)
        found += extensions.check(sheet)
    found += calls.check(sheets, key)
    return found


def _check_bundle(
    diagrams: Sequence[Diagram], sheets: Sequence[Sheet], key: str
) -> Iterator[Complaint]:
    if key not in {sheet.process.key for sheet in sheets}:
        yield Complaint(f"{key}.bpmn", "", f"没有id为“{key}”的流程（bpmn:process）")
    for diagram in diagrams:
        for one in diagram.repeated:
            yield Complaint(diagram.file, one, f"编号“{one}”在本文件中重复，请改为唯一的编号")
        if not diagram.processes:
            yield Complaint(diagram.file, "", "文件中没有流程（bpmn:process）")
    seen: dict[str, str] = {}
    for sheet in sheets:
        names = [sheet.process.key, *(one.id for one in sheet.process.elements)]
        for name in names:
            if seen.setdefault(name, sheet.file) != sheet.file:
                yield sheet.complain(name, f"编号“{name}”与文件{seen[name]}中的重复，请改名")
