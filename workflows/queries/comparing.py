"""What a changed bundle changes: files line by line, elements field by field. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import Any, cast

from workflows import engine

DIFF_LINES = 400
"""Of one file at most so many lines are shown."""

FIELDS = (
    "name",
    "kind",
    "process",
    "lane",
    "form",
    "assignee",
    "candidate_groups",
    "candidate_users",
    "due_date",
    "follow_up_date",
    "priority",
    "topic",
    "message",
    "decision",
    "called",
    "inputs",
    "outputs",
    "properties",
    "documentation",
    "container",
    "event",
    "timer",
    "error_code",
    "attached_to",
    "interrupting",
    "triggered",
    "loop",
    "passed_in",
    "passed_out",
    "result_variable",
    "result_mapping",
    "flows",
)
"""What of an element is compared."""


@dataclass(frozen=True)
class FileChange:
    """One file. `change`: added | removed | changed; `lines` are those of a unified diff."""

    path: str
    change: str
    lines: tuple[str, ...]
    cut: bool


@dataclass(frozen=True)
class ElementChange:
    """One element. `change`: added | removed | changed; `fields` are (what, before, after)."""

    process: str
    id: str
    name: str
    change: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Comparison:
    """What a changed bundle changes; `running` cases stay on the version they began with."""

    files: tuple[FileChange, ...]
    elements: tuple[ElementChange, ...]
    running: int


def changed_files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[FileChange, ...]:
    """Every file that is not the same in both, with the lines that differ."""
    found: list[FileChange] = []
    for path in sorted({*old, *new}):
        before, after = old.get(path), new.get(path)
        if before == after:
            continue
        change = "added" if before is None else "removed" if after is None else "changed"
        told = unified_diff(_lines(before), _lines(after), n=2, lineterm="")
        lines = list(islice(told, 2, DIFF_LINES + 3))
        found.append(FileChange(path, change, tuple(lines[:DIFF_LINES]), len(lines) > DIFF_LINES))
    return tuple(found)


def changed_elements(old: engine.Procedure, new: engine.Procedure) -> tuple[ElementChange, ...]:
    """Every element that is not the same in both; where it is drawn does not count."""
    found: list[ElementChange] = []
    for key in [*old.elements, *(key for key in new.elements if key not in old.elements)]:
        before, after = old.elements.get(key), new.elements.get(key)
        one = after or before
        if one is None or before == after:
            continue
        change = "added" if before is None else "removed" if after is None else "changed"
        fields = _changed_fields(before, after) if before and after else ()
        found.append(ElementChange(one.process, key, one.name, change, fields))
    return tuple(found)


def _changed_fields(
    before: engine.Element, after: engine.Element
) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, _told(getattr(before, name)), _told(getattr(after, name)))
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    )


def _told(value: Any) -> str:
    """A value of an element as a designer writes it."""
    match value:
        case None | bool():
            return {True: "是", False: "否", None: ""}[value]
        case str():
            return value
        case dict():
            named = cast("dict[str, Any]", value)
            return "；".join(f"{name}={_told(one)}" for name, one in named.items())
        case tuple():
            return "；".join(_told(one) for one in cast("tuple[Any, ...]", value))
        case engine.Flow():
            when = f"（{value.condition}）" if value.condition else "（默认）" * value.default
            return f"→ {value.target}{when}"
        case _:
            parts = cast("dict[str, Any]", vars(value))
            return "，".join(f"{name}={_told(one)}" for name, one in parts.items() if one)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode(errors="replace").splitlines()
