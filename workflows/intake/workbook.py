"""XLSX → lines of cells, streaming and guarded: small archives that swell, entities, formulas.

The sheet is read by its XML events, not through openpyxl's worksheets: several times as fast, and
what is in memory at once is one row and the shared strings.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import IO, Any, BinaryIO
from xml.parsers import expat

from lxml import etree
from openpyxl.styles import numbers
from openpyxl.utils import cell as coordinates
from openpyxl.utils import datetime as serials

from workflows import errors

_UNPACKED_LIMIT = 512 * 1024 * 1024
_STRINGS_LIMIT = 128 * 1024 * 1024
"""Shared strings are held in memory, so they may be less."""
_SWELLING = 64 * 1024 * 1024, 100
"""Beyond so many bytes a table does not shrink to less than a hundredth."""
_PARTS_LIMIT = 2000
_ROWS_LIMIT = 1_048_576
_COLUMNS_LIMIT = 16_384

_TEXT_LIMIT = 1_000_000
_SMALL_LIMIT = 16 * 1024 * 1024
_CHUNK = 256 * 1024

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MAIN = f"{{{_NAMESPACE}}}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_ROW, _CELL, _VALUE, _FORMULA, _STRING, _TEXT, _PHONETIC = (
    f"{_NAMESPACE} {name}" for name in ("row", "c", "v", "f", "si", "t", "rPh")
)

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, etree.LxmlError, expat.ExpatError, KeyError, ValueError,
    TypeError, IndexError, EOFError, OSError, OverflowError, NotImplementedError, RuntimeError,
    StopIteration,
)  # fmt: skip
"""What zipfile, the parsers and the conversions raise on archives that are no workbook."""


@dataclass(frozen=True)
class _Book:
    """What a cell needs to be read."""

    strings: Sequence[str]
    days: frozenset[int]
    """Cell styles that show a number as a day."""
    epoch: datetime


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, Sequence[str], str]]:
    """Row number, cells as text, and a fault where a cell holds a formula, of the first sheet.

    Raises FileRefused for a damaged, swelling or hostile archive.
    """
    try:
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            _check_size(archive)
            sheet, epoch = _find_sheet(archive)
            book = _Book(_read_strings(archive), _day_styles(archive), epoch)
            with archive.open(sheet) as opened:
                yield from _lines(opened, book)
    except _DAMAGED as damaged:
        raise errors.FileRefused("工作簿已经损坏或者不是 XLSX，请用 Excel 重新另存") from damaged


def _lines(sheet: IO[bytes], book: _Book) -> Iterator[tuple[int, Sequence[str], str]]:
    number = 0
    for row in _events(sheet, _Sheet(book)):
        number = row.number or number + 1
        if number > _ROWS_LIMIT:
            raise errors.FileRefused("工作表超过 1048576 行，请拆分后分别上传")
        while row.values and not row.values[-1]:
            row.values.pop()
        if row.values:
            yield number, row.values, row.fault


@dataclass
class _Row:
    """A row being read."""

    number: int
    values: list[str]
    fault: str = ""


class _Texts:
    """Gathers the texts that stand in `v` and `t`, without the readings printed above them."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.parts: list[str] = []
        self.room = _TEXT_LIMIT
        self.listens = False
        self.phonetic = False

    def start(self, name: str, _: dict[str, str], /) -> None:
        """An element begins."""
        if name in {_VALUE, _TEXT}:
            self.listens = not self.phonetic
        elif name == _PHONETIC:
            self.phonetic = True
        elif name == _STRING:
            self.clear()

    def data(self, text: str) -> None:
        """Text, of which one cell may not have without end."""
        if self.listens:
            self.room -= len(text)
            if self.room < 0:
                raise ValueError("text too long")
            self.parts.append(text)

    def end(self, name: str) -> None:
        """An element ends."""
        if name in {_VALUE, _TEXT}:
            self.listens = False
        elif name == _PHONETIC:
            self.phonetic = False
        elif name == _STRING:
            self.done.append("".join(self.parts))

    def clear(self) -> None:
        """Begin the next text."""
        self.parts = []
        self.room = _TEXT_LIMIT


class _Sheet(_Texts):
    """Gathers the rows of a worksheet."""

    def __init__(self, book: _Book) -> None:
        super().__init__()
        self.book = book
        self.row = _Row(0, [])
        self.cell: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        if name == _CELL:
            self.cell = attributes
            self.clear()
        elif name == _ROW:
            self.row = _Row(int(attributes.get("r", 0)), [])
        elif name == _FORMULA:
            column = self._column()
            self.row.fault = f"第 {column} 列是公式，系统不计算公式；请“选择性粘贴—数值”后重新上传"
        else:
            super().start(name, attributes)

    def end(self, name: str) -> None:
        if name == _CELL:
            values = self.row.values
            skipped = self._column() - len(values) - 1
            if skipped < 0 or len(values) >= _COLUMNS_LIMIT:
                raise ValueError("cells out of order or without end")
            if skipped:
                values.extend([""] * skipped)
            values.append(_text("".join(self.parts), self.cell, self.book))
        elif name == _ROW:
            self.done.append(self.row)
        else:
            super().end(name)

    def _column(self) -> int:
        place = self.cell.get("r")
        return _column(place.rstrip("0123456789")) if place else len(self.row.values) + 1


@lru_cache(maxsize=_COLUMNS_LIMIT)
def _column(letters: str) -> int:
    column = coordinates.column_index_from_string(letters)
    if column > _COLUMNS_LIMIT:
        raise ValueError(letters)
    return column


def _text(value: str, cell: dict[str, str], book: _Book) -> str:
    kind = cell.get("t", "n")
    if not value or kind in {"inlineStr", "str", "e", "d"}:
        return value
    if kind == "s":
        return book.strings[int(value)]
    if kind == "b":
        return "是" if value == "1" else "否"
    number = float(value)
    if int(cell.get("s", 0)) in book.days:
        return _day(number, book.epoch)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(number)


def _day(serial: float, epoch: datetime) -> str:
    at = str(serials.from_excel(serial, epoch))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return at.removesuffix(" 00:00:00")


def _events(part: IO[bytes], reader: _Texts) -> Iterator[Any]:
    """Parse a part and give what the reader has done, chunk by chunk."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    last = False
    while not last:
        chunk = part.read(_CHUNK)
        last = not chunk
        parser.Parse(chunk, last)
        yield from reader.done
        reader.done = []


def _refuse_doctype(*_: Any) -> None:
    raise errors.FileRefused("工作簿含有 XML 实体声明，可能被人做过手脚，请用 Excel 重新另存")


def _find_sheet(archive: zipfile.ZipFile) -> tuple[str, datetime]:
    """Where the first visible sheet is, and the day its days are counted from."""
    root = _root(archive, "xl/workbook.xml")
    sheets = root.iter(_MAIN + "sheet")
    visible = next(one for one in sheets if one.get("state", "visible") == "visible")
    targets = {
        one.get("Id"): one.get("Target")
        for one in _root(archive, "xl/_rels/workbook.xml.rels").iter(_PACKAGE + "Relationship")
    }
    target = targets[visible.get(_LINK)]
    about = root.find(_MAIN + "workbookPr")
    since_1904 = about is not None and about.get("date1904") in {"1", "true"}
    epoch = serials.MAC_EPOCH if since_1904 else serials.WINDOWS_EPOCH
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}", epoch


def _read_strings(archive: zipfile.ZipFile) -> list[str]:
    name = _part(archive, "xl/sharedStrings.xml")
    if not name:
        return []
    with archive.open(name) as part:
        return list(_events(part, _Texts()))


def _day_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    name = _part(archive, "xl/styles.xml")
    if not name:
        return frozenset()
    root = _root(archive, name)
    formats = {
        int(one.get("numFmtId")): one.get("formatCode", "") for one in root.iter(_MAIN + "numFmt")
    }
    cells = root.find(_MAIN + "cellXfs")
    used = [int(one.get("numFmtId", 0)) for one in cells] if cells is not None else []
    shown = [formats.get(one) or numbers.BUILTIN_FORMATS.get(one, "") for one in used]
    return frozenset(
        style
        for style, (one, code) in enumerate(zip(used, shown, strict=True))
        if numbers.is_date_format(code) or 27 <= one <= 36 or 50 <= one <= 58
    )  # 27–36 and 50–58 are the days of Chinese Excel (GB/T 7408), listed nowhere else


def _part(archive: zipfile.ZipFile, name: str) -> str | None:
    """The part by that name; some programs spell it otherwise in capitals."""
    return next((one for one in archive.namelist() if one.lower() == name.lower()), None)


def _root(archive: zipfile.ZipFile, name: str) -> Any:
    """A small part as a tree."""
    if archive.getinfo(name).file_size > _SMALL_LIMIT:
        raise ValueError(name)
    root: Any = etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False))
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse_doctype()
    return root


def _check_size(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    swells = unpacked > _SWELLING[0] and unpacked > packed * _SWELLING[1]
    strings = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    too_large = unpacked > _UNPACKED_LIMIT or strings > _STRINGS_LIMIT
    if swells or too_large or len(parts) > _PARTS_LIMIT:
        raise errors.FileRefused("工作簿解压后过大，可能是压缩炸弹；请另存为 CSV 或者拆分后上传")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise errors.FileRefused("压缩包不是 XLSX 工作簿，请上传 CSV 或者 XLSX 表格")
