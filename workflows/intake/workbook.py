"""XLSX → lines of cells, streaming and guarded: small archives that swell, entities, formulas."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from xml.parsers import expat

import openpyxl

from workflows import errors

_UNPACKED_LIMIT = 512 * 1024 * 1024
_STRINGS_LIMIT = 128 * 1024 * 1024
"""Shared strings are held in memory, so they may be less."""
_SWELLING = 64 * 1024 * 1024, 100
"""Beyond so many bytes a table does not shrink to less than a hundredth."""
_PARTS_LIMIT = 2000
_ROWS_LIMIT = 1_048_576
_CHUNK = 65536

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError,
    SyntaxError, EOFError, StopIteration, OSError, OverflowError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What openpyxl and zipfile raise on archives that are no workbook."""


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, Sequence[str], str]]:
    """Row number, cells as text, and a fault where a cell holds a formula, of the first sheet.

    Raises FileRefused for a damaged, swelling or hostile archive.
    """
    try:
        _check_archive(stream)
        stream.seek(0)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
        sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
        sheet.reset_dimensions()  # the file's own claim about its size is not believed
        rows = sheet.iter_rows(values_only=True)
        for number, values in enumerate(rows, start=1):
            if number > _ROWS_LIMIT:
                raise errors.FileRefused("工作表超过 1048576 行，请拆分后分别上传")
            if any(value is not None for value in values):
                yield number, *_texts(values)
    except _DAMAGED as damaged:
        raise errors.FileRefused("工作簿已经损坏或者不是 XLSX，请用 Excel 重新另存") from damaged


def _texts(values: Sequence[Any]) -> tuple[list[str], str]:
    texts = [value if isinstance(value, str) else _text(value) for value in values]
    while texts and not texts[-1]:
        texts.pop()
    for place, text in enumerate(texts, start=1):
        if text.startswith("="):
            return texts, f"第 {place} 列是公式，系统不计算公式；请“选择性粘贴—数值”后重新上传"
    return texts, ""


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case bool() | int() | float() | date() | time() | timedelta():
            return str(value)
        case _:
            return "="  # array and data-table formulas come as objects


def _check_archive(stream: BinaryIO) -> None:
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        packed = sum(part.compress_size for part in parts)
        swells = unpacked > _SWELLING[0] and unpacked > packed * _SWELLING[1]
        strings = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
        too_large = unpacked > _UNPACKED_LIMIT or strings > _STRINGS_LIMIT
        if swells or too_large or len(parts) > _PARTS_LIMIT:
            raise errors.FileRefused(
                "工作簿解压后过大，可能是压缩炸弹；请另存为 CSV 或者拆分后上传"
            )
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            raise errors.FileRefused("压缩包不是 XLSX 工作簿，请上传 CSV 或者 XLSX 表格")
        for part in parts:
            with archive.open(part) as opened:
                _check_no_doctype(opened)


class _Harmless(Exception):
    """The first element has begun: no DOCTYPE can follow."""


def _check_no_doctype(part: Any) -> None:
    def doctype(*_: Any) -> None:
        raise errors.FileRefused("工作簿含有 XML 实体声明，可能被人做过手脚，请用 Excel 重新另存")

    def element(*_: Any) -> None:
        raise _Harmless

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk)
    except (_Harmless, expat.ExpatError):
        return  # what is no XML (a picture) declares nothing
