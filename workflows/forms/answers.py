"""Turns what a person typed into facts, or says field by field what is wrong and how to mend it."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any, cast

from workflows import errors
from workflows.forms import schema

OFFICE = timezone(timedelta(hours=8))
FIRST_YEAR, LAST_YEAR = 1900, 2200
LARGEST = 10**15
"""A JSON number keeps whole numbers exactly up to here."""

Choices = Callable[[str], Sequence[tuple[str, str]]]
"""valuesKey -> (value, label)."""

Shown = Callable[[str, Mapping[str, Any]], bool]
"""(hide condition, facts and answers) -> whether a field with this hide condition is to be seen,
that is: the condition is not true."""

DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")
SHA256 = re.compile(r"[0-9a-f]{64}\Z")
FORBIDDEN = {"Cc", "Cs"}
TURNERS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of text: a printed name could read otherwise than stored."""


class Wrong(Exception):
    """An answer cannot be taken; says why and how to mend it."""


@dataclass
class _Reading:
    """One pass over a form: what is asked of the house, and the complaints found so far."""

    shown: Shown
    choices: Choices
    complaints: dict[str, str] = field(default_factory=dict[str, str])


def clean(
    form: schema.Form,
    answers: Mapping[str, Any],
    *,
    facts: Mapping[str, Any],
    shown: Shown,
    choices: Choices,
) -> dict[str, Any]:
    """The facts in `answers`, with JSON types; raises AnswersRefused(complaints by path).

    Text is trimmed, empty text is ''; an empty number, date or choice is None; an empty list is [];
    dates are 'YYYY-MM-DD', instants ISO at +08:00. Answers nobody asked for are ignored. A field
    hidden by its condition is neither checked nor taken, a read-only one is not taken.
    """
    reading = _Reading(shown, choices)
    taken = _clean(form.fields, answers, facts, reading, "")
    if reading.complaints:
        raise errors.AnswersRefused(reading.complaints)
    return taken


def visible(
    several: Sequence[schema.Field],
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    shown: Shown,
) -> set[str]:
    """The keys of the fields that are to be seen with these answers (for groups: 'group:<n>')."""
    context = _context(several, answers, facts)
    seen: set[str] = set()
    for number, one in enumerate(several):
        if one.hide is None or shown(one.hide, context):
            seen.add(one.key or f"{one.kind}:{number}")
        else:
            context |= dict.fromkeys(_keys(one))
    return seen


def _clean(
    several: Sequence[schema.Field],
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    reading: _Reading,
    path: str,
) -> dict[str, Any]:
    context = _context(several, answers, facts)
    taken: dict[str, Any] = {}
    for one in several:
        if one.hide is not None and not reading.shown(one.hide, context):
            context |= dict.fromkeys(_keys(one))
        elif one.kind == "group" and not one.key:
            taken |= _clean(one.fields, answers, context, reading, path)
        elif one.key and not one.readonly:
            where = path + one.key
            try:
                taken[one.key] = _take(one, answers.get(one.key), context, reading, where)
            except Wrong as wrong:
                reading.complaints[where] = str(wrong)
    return taken


def _take(
    one: schema.Field, raw: Any, context: Mapping[str, Any], reading: _Reading, where: str
) -> Any:
    if one.kind == "group":
        return _clean(one.fields, _mapping(raw), context, reading, f"{where}.")
    if one.kind == "dynamiclist":
        return _rows(one, raw, context, reading, where)
    value = _value(one, raw)
    if _empty(value):
        if one.required:
            raise Wrong(_missing(one))
        return value
    if one.kind in schema.CHOSEN:
        offered = reading.choices(one.values_key) if one.values_key else one.options or ()
        return _chosen(one, value, [key for key, _ in offered])
    return value


def _rows(
    one: schema.Field, raw: Any, context: Mapping[str, Any], reading: _Reading, where: str
) -> list[dict[str, Any]]:
    given = _sequence(raw)
    most = min(int(one.maximum or schema.MAX_ROWS), schema.MAX_ROWS)
    if len(given) > most:
        raise Wrong(f"“{one.label}”最多填 {most} 行，请合并或者删除多余的行")
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(map(_mapping, given)):
        if not _blank(one, row):
            rows.append(_clean(one.fields, row, context, reading, f"{where}[{number}]."))
    least = int(one.minimum or 0) or int(one.required)
    if len(rows) < least:
        raise Wrong(f"“{one.label}”至少填 {least} 行")
    return rows


def _blank(one: schema.Field, row: Mapping[str, Any]) -> bool:
    """Whether nothing was typed into a row: a form without scripts always offers a spare one.

    Its number alone (序号, filled in by the page) says nothing.
    """
    said = {key: one.strip() if isinstance(one, str) else one for key, one in row.items()}
    return all(
        _empty(said.get(key)) or said.get(key) == child.default
        for child in one.fields
        for key in _keys(child)
        if key != schema.ORDINAL
    )


def _context(
    several: Sequence[schema.Field], answers: Mapping[str, Any], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """What a condition sees: the facts, and over them the answers as far as they can be read."""
    context = dict(facts)
    for one in several:
        if one.kind == "group" and not one.key:
            context = _context(one.fields, answers, context)
        elif one.key and one.readonly:
            context.setdefault(one.key, None)
        elif one.kind == "dynamiclist":
            rows = _sequence(answers.get(one.key))[: schema.MAX_ROWS]
            context[one.key] = [_context(one.fields, _mapping(row), {}) for row in rows]
        elif one.kind == "group":
            context[one.key] = _context(one.fields, _mapping(answers.get(one.key)), {})
        elif one.key:
            try:
                context[one.key] = _value(one, answers.get(one.key))
            except Wrong:
                context[one.key] = None
    return context


def _keys(one: schema.Field) -> list[str]:
    if one.key:
        return [one.key]
    return [key for child in one.fields for key in _keys(child)]


def _value(one: schema.Field, raw: Any) -> Any:
    """The answer with its JSON type, before anything is required of it."""
    if one.kind in {"select", "radio"}:
        said = _plain(one, raw)
        if len(said) > schema.LONGEST["textfield"]:
            raise Wrong(f"“{one.label}”请从列出的选项中选择一项")
        return said or None
    return READERS[one.kind](one, raw)


def _plain(one: schema.Field, raw: Any) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise Wrong(f"“{one.label}”应为文字")
    if len(raw) > 2 * schema.MAX_TEXT:
        raise Wrong(f"“{one.label}”过长，请删减或者作为附件上传")
    said = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    for character in said:
        allowed = character == "\t" or (character == "\n" and one.kind == "textarea")
        if not allowed and (unicodedata.category(character) in FORBIDDEN or character in TURNERS):
            raise Wrong(f"“{one.label}”含有不能打印的字符，请删除后重新填写")
    return said


def _text(one: schema.Field, raw: Any) -> str:
    said = _plain(one, raw)
    if one.max_length is not None and len(said) > one.max_length:
        raise Wrong(f"“{one.label}”最多 {one.max_length} 个字，现有 {len(said)} 个字，请删减")
    if said and one.min_length and len(said) < one.min_length:
        raise Wrong(f"“{one.label}”至少 {one.min_length} 个字，现有 {len(said)} 个字，请补充")
    if said and one.pattern and not re.search(one.pattern, said):
        raise Wrong(f"“{one.label}”格式不对{f'：{one.description}' if one.description else ''}")
    return said


def _number(one: schema.Field, raw: Any) -> int | float | None:
    if isinstance(raw, str):
        said = unicodedata.normalize("NFKC", raw).replace(",", "").strip()
        if not said:
            return None
        if not re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,15})?", said):
            raise Wrong(f"“{one.label}”应为数字，例如 3 或者 3.5")
        value: Any = float(said) if "." in said else int(said)
    else:
        value = raw
    if value is None:
        return None
    whole_or_not = isinstance(value, int | float) and not isinstance(value, bool)
    if not (whole_or_not and -math.inf < value < math.inf):
        raise Wrong(f"“{one.label}”应为数字，例如 3 或者 3.5")
    if one.minimum is not None and value < one.minimum:
        raise Wrong(f"“{one.label}”不得小于 {one.minimum:g}")
    if one.maximum is not None and value > one.maximum:
        raise Wrong(f"“{one.label}”不得大于 {one.maximum:g}")
    if abs(value) >= LARGEST:
        raise Wrong(f"“{one.label}”的数字过大")
    if one.decimals is not None and round(value, one.decimals) != value:
        raise Wrong(f"“{one.label}”最多 {one.decimals} 位小数")
    return int(value) if value == int(value) else value


def _yes_no(one: schema.Field, raw: Any) -> bool:
    if raw in (None, "", False, "false", "off"):
        return False
    if raw in (True, "true", "on"):
        return True
    raise Wrong(f"“{one.label}”应为勾选或者不勾选")


def _day(one: schema.Field, raw: Any) -> str | None:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw.isoformat()
    said = unicodedata.normalize("NFKC", _plain(one, raw))
    if not said:
        return None
    found = DAY.match(said)
    if not found:
        raise Wrong(f"“{one.label}”应为日期，例如 2026-03-02")
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        raise Wrong(f"“{one.label}”没有这一天，请检查年月日") from None
    _check_year(day, one)
    return day.isoformat()


def _check_year(day: date, one: schema.Field) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Wrong(f"“{one.label}”的年份应在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间")


def _instant(one: schema.Field, raw: Any) -> str | None:
    at = raw
    if not isinstance(raw, datetime):
        said = unicodedata.normalize("NFKC", _plain(one, raw)).replace(" ", "T", 1)
        if not said:
            return None
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            raise Wrong(f"“{one.label}”应为日期和时间，例如 2026-03-02 09:30") from None
        if "T" not in said:
            raise Wrong(f"“{one.label}”还须填写时间，例如 2026-03-02 09:30")
    _check_year(at, one)
    at = at.replace(tzinfo=OFFICE) if at.tzinfo is None else at.astimezone(OFFICE)
    return at.isoformat(timespec="seconds")


def _several(one: schema.Field, raw: Any) -> list[str]:
    given = [raw] if isinstance(raw, str) else raw or []
    if not isinstance(given, list):
        raise Wrong(f"“{one.label}”应为若干项")
    if len(cast("list[Any]", given)) > schema.MAX_ROWS:
        raise Wrong(f"“{one.label}”最多 {schema.MAX_ROWS} 项，请删减")
    items = [_plain(one, item) for item in cast("list[Any]", given)]
    items = list(dict.fromkeys(item for item in items if item))
    if one.kind == "checklist":
        return items
    if not all(SHA256.match(item) for item in items):
        raise Wrong(f"“{one.label}”的文件没有上传成功，请重新选择文件")
    if len(items) > (schema.MAX_ROWS if one.multiple else 1):
        raise Wrong(f"“{one.label}”只能上传一个文件，请删除多余的文件")
    return items


def _chosen(one: schema.Field, value: Any, offered: list[str]) -> Any:
    if one.kind == "checklist":
        if not set(value) <= set(offered):
            raise Wrong(f"“{one.label}”含有不可选的项，请重新勾选")
        return [key for key in offered if key in value]
    if value not in offered:
        raise Wrong(f"“{one.label}”请从列出的选项中选择一项")
    return value


def _empty(value: Any) -> bool:
    """Whether an answer says nothing; nought says something."""
    return value is None or value is False or value in ("", [])


def _missing(one: schema.Field) -> str:
    if one.kind == "checkbox":
        return f"请勾选“{one.label}”"
    if one.kind == "filepicker":
        return f"请上传“{one.label}”"
    return f"请{'选择' if one.kind in schema.CHOSEN else '填写'}“{one.label}”"


def _mapping(raw: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", raw) if isinstance(raw, Mapping) else {}


def _sequence(raw: Any) -> list[Any]:
    return cast("list[Any]", raw) if isinstance(raw, list) else []


READERS: Mapping[str, Callable[[schema.Field, Any], Any]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _yes_no,
    "date": _day,
    "datetime": _instant,
    "checklist": _several,
    "filepicker": _several,
}
