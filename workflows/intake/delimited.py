"""CSV bytes → lines of cells: encoding found and held to, delimiter found, broken rows named."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from workflows import errors

_LINE_LIMIT = 1024 * 1024
_CELL_LIMIT = 128 * 1024
_SURELY_UTF8 = 24
"""Bytes beyond ASCII in one line that cannot be valid UTF-8 by chance if it is GB18030."""

_ASCII = bytes(range(128))

_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "这是旧版 Excel（.xls）或者加密的工作簿，请取消密码并另存为 .xlsx",
    b"%PDF": "这是 PDF 文件，请上传 CSV 或者 XLSX 表格",
    b"\xff\xfe": "这是 UTF-16 文本，请另存为“CSV UTF-8（逗号分隔）”",
    b"\xfe\xff": "这是 UTF-16 文本，请另存为“CSV UTF-8（逗号分隔）”",
}


@dataclass(frozen=True)
class Encoding:
    """How the text is written: the codec, and the byte at which the text begins."""

    codec: str
    begins: int = 0


UTF8 = Encoding("utf-8")
UTF8_BOM = Encoding("utf-8", 3)
GB18030 = Encoding("gb18030")


def detect_encoding(stream: BinaryIO) -> Encoding:
    """The one encoding in which every line reads; raises FileRefused for binary or mixed files."""
    stream.seek(0)
    start = stream.read(4)
    for mark, said in _FOREIGN.items():
        if start.startswith(mark):
            raise errors.FileRefused(said)
    marked = start.startswith(b"\xef\xbb\xbf")
    stream.seek(0)
    not_utf8 = not_gb18030 = 0
    for number, line in enumerate(_byte_lines(stream), start=1):
        if line.isascii():
            continue
        utf8 = _reads(line, "utf-8")
        if not (utf8 or not_utf8):
            not_utf8 = number
        if not not_gb18030 and ((utf8 and _surely(line)) or not _reads(line, "gb18030")):
            not_gb18030 = number
        if not_utf8 and (not_gb18030 or marked):
            raise _mixed(max(not_utf8, not_gb18030))
    if marked:
        return UTF8_BOM
    return GB18030 if not_utf8 else UTF8


def read_lines(
    stream: BinaryIO, encoding: Encoding, known: Callable[[Sequence[str]], int]
) -> Iterator[tuple[int, Sequence[str], str]]:
    """Row number, cells, and a fault where the row is broken; empty rows are counted, not given.

    `known` says how many headers of a row are known: the delimiter that gives most is taken.
    """
    delimiter = _detect_delimiter(stream, encoding, known)
    stream.seek(encoding.begins)
    csv.field_size_limit(_CELL_LIMIT)
    physical = iter(stream.readline, b"")
    rows = csv.reader(
        (line.decode(encoding.codec) for line in physical), delimiter=delimiter, strict=True
    )
    number = 0
    while True:
        number += 1
        begins = rows.line_num + 1
        try:
            values = next(rows)
        except StopIteration:
            return
        except csv.Error as broken:
            yield number, (), _broken_row(broken, begins, rows.line_num)
            continue
        if values:
            yield number, values, ""


def _detect_delimiter(
    stream: BinaryIO, encoding: Encoding, known: Callable[[Sequence[str]], int]
) -> str:
    stream.seek(encoding.begins)
    head = [stream.readline(_LINE_LIMIT).decode(encoding.codec) for _ in range(10)]

    def headers(sign: str) -> int:
        return max((known(row) for row in csv.reader(head, delimiter=sign)), default=0)

    try:
        return max(",\t;", key=headers)
    except csv.Error as broken:
        raise errors.FileRefused(
            "文件开头的引号或者换行不合 CSV 规则，请用 Excel 重新另存为 CSV 或者 XLSX"
        ) from broken


def _byte_lines(stream: BinaryIO) -> Iterator[bytes]:
    number = 0
    while line := stream.readline(_LINE_LIMIT):
        number += 1
        if b"\0" in line:
            raise errors.FileRefused(
                f"第 {number} 行含有 NUL 字节，文件不是文本或者已经损坏，请重新导出为 CSV 或者 XLSX"
            )
        if len(line) == _LINE_LIMIT:
            raise errors.FileRefused(
                f"第 {number} 行超过 1 MB，不像表格；请检查换行符和引号，重新导出为 CSV 或者 XLSX"
            )
        yield line


def _reads(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _surely(utf8: bytes) -> bool:
    return len(utf8.translate(None, _ASCII)) >= _SURELY_UTF8


def _mixed(number: int) -> errors.FileRefused:
    return errors.FileRefused(
        f"第 {number} 行不能与其余各行用同一种编码读出（UTF-8 与 GB18030 混用或者含有乱码），"
        "请在原系统中用同一种编码重新导出",
        line=number,
    )


def _broken_row(broken: csv.Error, begins: int, ends: int) -> str:
    where = f"第 {begins} 行" if begins == ends else f"第 {begins} 至 {ends} 行"
    if "field limit" in str(broken) or "unexpected end" in str(broken):
        return f"{where}的引号没有配对，其间各行未能读出；请补上引号后重新上传"
    return f"{where}的引号或者换行不合 CSV 规则；请将单元格内的引号写成两个，改正后重新上传"
