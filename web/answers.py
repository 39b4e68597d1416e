"""Between an HTML form and answers: 'points[0].text' is the text of the first row of points."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from werkzeug.datastructures import MultiDict

from workflows import forms
from workflows.queries import Filling

STEP = re.compile(r"([A-Za-z_]\w*)(?:\[(\d{1,3})\])?\.?")
ORDINAL = "no"
Answers = dict[str, Any]


def read(fields: Sequence[forms.Field], posted: "MultiDict[str, str]", prefix: str = "") -> Answers:
    """The answers as typed: text as it came, lists for checklists, files and rows."""
    answers: Answers = {}
    for one in fields:
        path = prefix + one.key
        if one.kind == "group":
            inner = read(one.fields, posted, f"{path}." if one.key else prefix)
            answers |= {one.key: inner} if one.key else inner
        elif one.kind == "dynamiclist":
            numbers = _row_numbers(posted, path)
            answers[one.key] = [read(one.fields, posted, f"{path}[{no}].") for no in numbers]
        elif one.kind in {"checklist", "filepicker"}:
            answers[one.key] = posted.getlist(path)
        elif one.key and not one.readonly:
            answers[one.key] = posted.get(path, "")
    return answers


def _row_numbers(posted: "MultiDict[str, str]", path: str) -> list[int]:
    start = re.compile(re.escape(path) + r"\[(\d{1,3})\]")
    return sorted({int(found[1]) for name in posted if (found := start.match(name))})


def lay_out(fields: Sequence[forms.Field], answers: Mapping[str, Any]) -> Answers:
    """The answers as a page shows them: a required list has a first row, rows are numbered."""
    laid = dict(answers)
    for one in fields:
        if one.kind == "group":
            inner = lay_out(one.fields, _mapping(answers.get(one.key)) if one.key else answers)
            laid |= {one.key: inner} if one.key else inner
        elif one.kind == "dynamiclist":
            rows = rows_of(answers.get(one.key)) or ([{}] if one.required else [])
            laid[one.key] = [lay_out(one.fields, row) for row in rows]
            if any(child.key == ORDINAL for child in one.fields):
                _number(laid[one.key])
    return laid


def _number(rows: list[Answers]) -> None:
    """Give the rows without a number the next one; others refer to a row by it."""
    taken = [int(row[ORDINAL]) for row in rows if str(row.get(ORDINAL) or "").isdecimal()]
    following = max(taken, default=0) + 1
    for row in rows:
        if not row.get(ORDINAL):
            row[ORDINAL] = following
            following += 1


def add_row(answers: Answers, path: str) -> str:
    """Add a blank row to the list at `path`; returns the path of the new row."""
    rows = cast("list[Answers]", _list_at(answers, path))
    rows.append({})
    return f"{path}[{len(rows) - 1}]"


def remove_row(answers: Answers, path: str, number: int) -> None:
    """Remove a row from the list at `path`, if it is there."""
    rows = _list_at(answers, path)
    if 0 <= number < len(rows):
        del rows[number]


def add_file(answers: Answers, path: str, sha256: str, *, multiple: bool) -> None:
    """Put a stored file into the answer at `path`; it takes the place of the old one if single."""
    files = cast("list[str]", _list_at(answers, path))
    if not multiple:
        files.clear()
    if sha256 not in files:
        files.append(sha256)


def remove_file(answers: Answers, path: str, sha256: str) -> None:
    """Take a file out of the answer; it stays with the case."""
    files = _list_at(answers, path)
    if sha256 in files:
        files.remove(sha256)


def _list_at(answers: Answers, path: str) -> list[Any]:
    """The list that `path` leads to, made on the way; a path that leads nowhere gives a spare."""
    place: Any = answers
    steps = list(STEP.finditer(path))
    for step in steps[:-1]:
        place = cast("Answers", place).get(step[1])
        if step[2] is not None:
            rows = cast("list[Any]", place) if isinstance(place, list) else []
            place = rows[int(step[2])] if int(step[2]) < len(rows) else None
        if not isinstance(place, dict):
            return []
    if not steps:
        return []
    kept = cast("Answers", place).setdefault(steps[-1][1], [])
    return cast("list[Any]", kept) if isinstance(kept, list) else []


def field_at(fields: Sequence[forms.Field], path: str) -> forms.Field | None:
    """The field that a path names."""
    wanted = re.sub(r"\[\d+\]", "", path)
    for one in fields:
        if one.kind == "group" and not one.key:
            found = field_at(one.fields, path)
            if found:
                return found
        elif one.key == wanted:
            return one
        elif one.fields and wanted.startswith(f"{one.key}."):
            return field_at(one.fields, wanted.removeprefix(f"{one.key}."))
    return None


def file_fields(
    fields: Sequence[forms.Field], answers: Mapping[str, Any], prefix: str = ""
) -> list[tuple[str, forms.Field]]:
    """Every place for files, with its path, in each row."""
    found: list[tuple[str, forms.Field]] = []
    for one in fields:
        path = prefix + one.key
        if one.kind == "filepicker":
            found.append((path, one))
        elif one.kind == "group":
            inner = answers.get(one.key) if one.key else answers
            found += file_fields(one.fields, _mapping(inner), f"{path}." if one.key else prefix)
        elif one.kind == "dynamiclist":
            for number, row in enumerate(rows_of(answers.get(one.key))):
                found += file_fields(one.fields, row, f"{path}[{number}].")
    return found


def hidden(filling: Filling, answers: Mapping[str, Any]) -> set[str]:
    """The paths of the fields that these answers hide ('group:<n>' for one without a key)."""
    return set(_hidden(filling, filling.form.fields, answers, filling.facts, ""))


def _hidden(
    filling: Filling,
    fields: Sequence[forms.Field],
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    prefix: str,
) -> list[str]:
    seen = forms.visible(fields, answers, facts, filling.shown)
    found: list[str] = []
    for number, one in enumerate(fields):
        name = one.key or f"{one.kind}:{number}"
        path = prefix + name
        if name not in seen:
            found.append(path)
        elif one.kind == "group":
            inner = _mapping(answers.get(one.key)) if one.key else answers
            found += _hidden(filling, one.fields, inner, facts, f"{path}." if one.key else prefix)
        elif one.kind == "dynamiclist":
            for no, row in enumerate(rows_of(answers.get(one.key))):
                context = {**facts, **answers}
                found += _hidden(filling, one.fields, row, context, f"{path}[{no}].")
    return found


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    """The rows of a dynamic list, as far as they are rows."""
    several = cast("list[Any]", value) if isinstance(value, list) else []
    return [_mapping(row) for row in several]


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
