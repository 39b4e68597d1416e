"""Bytes of an uploaded table → rows of text, one by one; a file that is no table is refused.

CSV in UTF-8 or GB18030 and XLSX are told apart by what they are, not by how they are called.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import BinaryIO

from workflows import errors
from workflows.intake import delimited, workbook

SIZE_LIMIT = 500 * 1024 * 1024
"""Bytes of one upload."""

_HEADER_SEARCHED = 10
"""A title may stand above the header row."""

_UNIT = re.compile(r"[(（](?:单位[::：])?(元|万元)[)）]$")
_REMARK = re.compile(r"[(（][^()（）]*[)）]$|[*＊]$")


@dataclass(frozen=True)
class Layout:
    """The columns a table must and may have."""

    names: dict[str, str]
    """Column → its Chinese name."""
    required: tuple[str, ...]
    aliases: dict[str, str]
    """Other headers (older sets, Chinese wordings) → column."""
    one_of: tuple[str, ...] = ()
    """At least one of these columns must be there."""

    def column(self, header: str) -> str | None:
        """The column a header means; brackets and stars at its end are remarks."""
        text = _plain(header)
        while text:
            found = self._lookup.get(text)
            shorter = _REMARK.sub("", text)
            if found or shorter == text:
                return found
            text = shorter
        return None

    @cached_property
    def _lookup(self) -> dict[str, str]:
        named = {_plain(name): column for column, name in self.names.items()}
        itself = {column: column for column in self.names}
        return named | itself | {_plain(one): column for one, column in self.aliases.items()}


@dataclass(frozen=True)
class Row:
    """One row: what stands in each known column, and the row as it came."""

    number: int
    """As a spreadsheet counts: the first row of the file is 1."""
    cells: dict[str, str]
    raw: dict[str, str]
    fault: str = ""
    """Why the row cannot be read, with how to mend; cells are then empty."""


@dataclass(frozen=True)
class Table:
    """A readable file: how it is written and its rows, which are read as they are taken."""

    units: dict[str, str]
    """Amount columns whose header names the unit, 元 or 万元."""
    rows: Iterator[Row]


@dataclass(frozen=True)
class Line:
    """A row of the file before its columns are known."""

    number: int
    values: Sequence[str]
    fault: str = ""


def open_table(stream: BinaryIO, layout: Layout) -> Table:
    """Recognise the file and find its header; `stream` must be seekable and is left open.

    Raises FileRefused for what is no table, is too large, is damaged or lacks required columns.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if size == 0:
        raise errors.FileRefused("文件是空的，请重新导出后再上传")
    if size > SIZE_LIMIT:
        raise errors.FileRefused(
            f"文件大小为 {size / 1048576:.0f} MB，超过 500 MB，请拆分成几个文件分别上传"
        )
    if stream.read(4) == b"PK\x03\x04":
        return _table(workbook.read_lines(stream), layout)
    encoding = delimited.detect_encoding(stream)
    lines = delimited.read_lines(stream, encoding, lambda row: _known(row, layout))
    return _table(lines, layout)


def _table(lines: Iterable[tuple[int, Sequence[str], str]], layout: Layout) -> Table:
    following = (Line(*line) for line in lines)
    first = list(islice(following, _HEADER_SEARCHED))
    if not first:
        raise errors.FileRefused("文件中没有数据，请重新导出后再上传")
    header = max(first, key=lambda line: _known(line.values, layout))
    columns = _columns(header, layout)
    rest = chain((line for line in first if line.number > header.number), following)
    units = {
        column: unit.group(1)
        for column, text in zip(columns, header.values, strict=True)
        if column and (unit := _UNIT.search(text.strip()))
    }
    return Table(units, _rows(header.values, columns, rest))


def _columns(header: Line, layout: Layout) -> list[str | None]:
    if header.fault:
        raise errors.FileRefused(f"表头不能读取，{header.fault}")
    columns = [layout.column(text) for text in header.values]
    missing = [one for one in layout.required if one not in columns]
    if layout.one_of and not set(layout.one_of) & set(columns):
        missing.append(layout.one_of[0])
    if missing:
        named = "、".join(f"{layout.names[one]}（{one}）" for one in missing)
        raise errors.FileRefused(
            f"缺少必需的列：{named}；请在第 {header.number} 行表头中补上这些列名后重新上传",
            missing=missing,
        )
    return [_only(place, columns, header, layout) for place in range(len(columns))]


def _only(place: int, columns: list[str | None], header: Line, layout: Layout) -> str | None:
    """The column at a place; where several headers mean it, only the one that says it exactly."""
    column = columns[place]
    if column is None or columns.count(column) == 1:
        return column
    same = [header.values[other] for other, one in enumerate(columns) if one == column]
    exact = [text for text in same if _plain(text) in {column, _plain(layout.names[column])}]
    if len(exact) != 1:
        named = "”、“".join(same)
        raise errors.FileRefused(f"有几列都是{layout.names[column]}（“{named}”），请只保留一列")
    return column if header.values[place] == exact[0] else None


def _rows(header: Sequence[str], columns: list[str | None], lines: Iterable[Line]) -> Iterator[Row]:
    names = _raw_names(header)
    width = len(names)
    standard = names == columns
    known = [(place, column) for place, column in enumerate(columns) if column]
    for line in lines:
        values = line.values
        if line.fault:
            yield Row(line.number, {}, dict(_by_place(values)), line.fault)
            continue
        if len(values) > width and any(values[width:]):
            fault = (
                f"该行有 {len(values)} 列，表头只有 {width} 列；"
                "请检查是否有未加引号的逗号或者换行，改正后重新上传"
            )
            yield Row(line.number, {}, dict(_by_place(values)), fault)
            continue
        if not any(values):
            continue
        missing = width - len(values)
        filled = [*values, *[""] * missing] if missing > 0 else values
        raw = dict(zip(names, filled, strict=False))
        cells = raw if standard else {column: filled[place] for place, column in known}
        yield Row(line.number, cells, raw)


def _by_place(values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Cells of a row that does not fit the header, named by their place."""
    return ((f"第{place}列", text) for place, text in enumerate(values, start=1))


def _raw_names(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for place, text in enumerate(header, start=1):
        name = text.strip() or f"第{place}列"
        names.append(name if name not in names else f"{name}（第{place}列）")
    return names


def _known(values: Sequence[str], layout: Layout) -> int:
    return sum(layout.column(text) is not None for text in values)


def _plain(header: str) -> str:
    return "".join(unicodedata.normalize("NFKC", header).split()).upper().strip("\ufeff\"'")
