"""Tables for spreadsheets: UTF-8 with its mark, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from flask import Response

BYTE_ORDER_MARK = "\ufeff"
RUN = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A cell that begins so is a formula to a spreadsheet; an apostrophe before it makes it a text."""


def send(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """The table as a download, written as it is read."""
    response = Response(_lines(header, rows), content_type="text/csv; charset=utf-8")
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Disposition"] = disposition
    return response


def _lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + _line(header)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{one}" if one.startswith(RUN) else one for one in cells])
    return out.getvalue()
