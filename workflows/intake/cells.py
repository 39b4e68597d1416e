"""One row being understood: its cells as texts, days and codes, and what was found on the way."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from workflows import errors, identifiers
from workflows.intake import reading


class Reason(NamedTuple):
    """Why a row was rejected, or what is to be looked at: column, code, and how to mend it."""

    field: str
    code: str
    text: str


class Change(NamedTuple):
    """A normalisation: column, what was given, what was understood, and why."""

    field: str
    given: str
    understood: str
    why: str


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be taken, with every reason at once."""

    row_no: int
    reasons: tuple[Reason, ...]
    raw: dict[str, str]


_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_NOTHING = {"无", "/", "-", "—", "--", "——", "空", "NULL", "null", "N/A", "n/a"}
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+\d+")
_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
)


_PERSONAL = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?!\d)")


def without_personal_numbers(row: reading.Row, columns: tuple[str, ...]) -> dict[str, str]:
    """The row as it came, identity numbers masked wherever they stand (R-129)."""
    numbers = {text for column in columns if (text := row.cells.get(column))}
    if not numbers and not _PERSONAL.search("\n".join(row.raw.values())):
        return row.raw
    return {
        header: identifiers.mask_citizen_id(text) if text in numbers else mask_numbers(text)
        for header, text in row.raw.items()
    }


def mask_numbers(text: str) -> str:
    """The text with every number in it that looks like a 公民身份号码 masked."""
    return _PERSONAL.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    code = identifiers.normalise_width(found.group()).upper()
    if identifiers.citizen_check_digit(code[:17]) != code[17]:
        with suppress(errors.IdentifierInvalid):  # codes of 北京延庆 (110119) look alike
            return identifiers.check_uscc(code) and found.group()
    return identifiers.mask_citizen_id(code)


class Cells:
    """Hands out the cells of one row, and gathers reasons, warnings and changes."""

    def __init__(self, row: reading.Row, names: dict[str, str]) -> None:
        self.row = row
        self.names = names
        self.reasons: list[Reason] = []
        self.warnings: list[Reason] = []
        self.changes: list[Change] = []
        if row.fault:
            self.reasons.append(Reason("", "row_malformed", row.fault))

    def name(self, column: str) -> str:
        """`处罚决定日期（CF_JDRQ）`."""
        named = self.names[column]
        return named if named == column else f"{named}（{column}）"

    def reject(self, column: str, code: str, text: str) -> None:
        """Note why the row cannot be taken; `text` follows the column's name."""
        self.reasons.append(Reason(column, code, f"{self.name(column)}{text}"))

    def warn(self, column: str, code: str, text: str) -> None:
        """Note what somebody should look at though the row is taken."""
        self.warnings.append(Reason(column, code, f"{self.name(column)}{text}"))

    def change(self, column: str, given: str, understood: str, why: str) -> None:
        """Note a normalisation, unless nothing was changed."""
        if given != understood:
            self.changes.append(Change(column, given, understood, why))

    def text(self, column: str) -> str:
        """The cell without blanks at its ends and without invisible characters."""
        given = self.row.cells.get(column, "")
        if not given:
            return ""
        text = given.strip()
        if not text.isprintable():
            text = _INVISIBLE.sub("", text).strip()
        if text != given:
            self.change(column, given, text, "去除首尾空白和不可见字符")
        return text

    def required(self, column: str, article: str = "") -> str:
        """The text; an empty cell rejects the row, by the article that asks for it."""
        text = self.text(column)
        if not text:
            basis = f"（依据：{article}）" if article else ""
            self.reject(column, "missing", f"未填写，请按决定书或者证照补填{basis}")
        return text

    def optional(self, column: str) -> str:
        """The text of a code, day or amount; `无`, `/` and the like mean an empty cell."""
        text = self.text(column)
        if text in _NOTHING:
            self.change(column, text, "", "以符号表示的空值")
            return ""
        return text

    def uscc(self, column: str) -> str:
        """A valid 统一社会信用代码, or an empty text and a reason."""
        text = self.optional(column)
        if not text:
            return ""
        try:
            code = identifiers.check_uscc(text)
        except errors.IdentifierInvalid as invalid:
            hint = ""
            if _SCIENTIFIC.fullmatch(text):
                hint = "；表格软件把代码变成了科学计数，请将该列设为文本格式后重新录入"
            shown = mask_numbers(text)
            self.reject(column, "uscc_invalid", f"“{shown}”有误：{invalid.detail}{hint}")
            return ""
        if code != text:
            self.change(column, text, code, "代码统一为半角大写")
        return code

    def citizen_id(self, column: str, text: str, on: date) -> str:
        """A valid 公民身份号码, or an empty text and a reason that does not repeat the number."""
        try:
            code = identifiers.check_citizen_id(text, on)
        except errors.IdentifierInvalid as invalid:
            self.reject(column, "citizen_id_invalid", f"有误：{invalid.detail}")
            return ""
        if code != text:
            shown = identifiers.mask_citizen_id(code)
            self.changes.append(Change(column, "", shown, "证件号码统一为半角大写"))
        return code

    def day(self, column: str, text: str) -> date | None:
        """The day a non-empty text means, or None and a reason."""
        day = read_day(text)
        if day is None:
            self.reject(column, "day_invalid", _day_complaint(text))
        elif text != (written := day.isoformat()):
            self.changes.append(Change(column, text, written, "日期统一写法"))
        return day


@lru_cache(maxsize=16384)
def read_day(text: str) -> date | None:
    """The real day of `2024-02-05`, `2024/2/5`, `2024.2.5`, `2024年2月5日`, `20240205`, or None."""
    found = _DAY.fullmatch(identifiers.normalise_width(text))
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_complaint(text: str) -> str:
    if _DAY.fullmatch(identifiers.normalise_width(text)):
        return f"“{text}”不是真实存在的日期，请按决定书更正"
    return f"“{text}”不是日期，请写成 2026-03-09 的样式"
