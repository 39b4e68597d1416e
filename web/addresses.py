"""Numbers that come in addresses and forms: only those that can be the key of a row."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class RowKey(IntegerConverter):
    """A number that can be the key of a row; a larger one is no address."""

    def __init__(self, map: Map) -> None:  # noqa: A002
        super().__init__(map, min=1, max=LARGEST)


def install(app: Flask) -> None:
    """Every <int:…> of a route is the key of a row."""
    app.url_map.converters["int"] = RowKey


def row_keys(texts: list[str]) -> list[int]:
    """The texts that are keys of rows."""
    numbers = [int(one) for one in texts if one.isascii() and one.isdecimal()]
    return [one for one in numbers if 0 < one <= LARGEST]
