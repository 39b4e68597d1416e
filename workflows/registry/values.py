"""What JSON columns and facts hold, read into plain typed values."""

import re
from collections.abc import Mapping
from typing import Any, cast

from workflows.store import Row

Fields = Row | Mapping[str, Any]
"""A row, or a copy of one that a command has begun to change."""

_MARKS = re.compile(r"[，,、；;\s]+")


def read_rows(value: Any) -> list[dict[str, Any]]:
    """The rows of a list field; anything else has none."""
    items = cast("list[Any]", value) if isinstance(value, list | tuple) else []
    return [dict(cast("Mapping[str, Any]", item)) for item in items if isinstance(item, Mapping)]


def read_texts(value: Any) -> list[str]:
    """The texts in a list, one text, or nothing; blanks are dropped."""
    items = cast("list[Any]", value) if isinstance(value, list | tuple) else [value]
    return [str(item) for item in items if item not in (None, "")]


def read_numbers(value: Any) -> list[str]:
    """Numbers of grounds as text: from a checklist, a number, a text `1、2`, or the grounds."""
    if isinstance(value, Mapping):
        return read_numbers(cast("Mapping[str, Any]", value).get("no"))
    if isinstance(value, list | tuple):
        return [number for one in cast("list[Any]", value) for number in read_numbers(one)]
    if isinstance(value, float) and value.is_integer():
        return [str(int(value))]
    return [] if value is None else [one for one in _MARKS.split(str(value)) if one]


def is_said(value: Any) -> bool:
    """Whether a field says anything: blanks and empty lists do not."""
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {}, ())


def read_text(row: Mapping[str, Any], key: str) -> str:
    """A text field without surrounding blanks; nothing where it is missing."""
    return str(row.get(key) or "").strip()


def read_id(value: Any) -> int | None:
    """The id of a row as a form gives it (7, 7.0, "7"); None for what can be none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    whole = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) or None if whole else None
