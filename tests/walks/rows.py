"""What the database holds, read without the product: plain SQL over the file."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

Row = dict[str, Any]

JSON = {
    *("facts", "candidates", "locals", "draft", "steps", "values", "content", "before", "after"),
    *("documents", "grounds", "measures", "basis", "waiver", "evidence", "points", "servers"),
    *("categories",),
}


class Rows:
    """A second pair of eyes on the database file, open only for reading."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        self.connection.row_factory = sqlite3.Row

    def of(self, table: str, **where: Any) -> list[Row]:
        """The rows of a table in the order of their keys, JSON read."""
        key = "document_id" if table == "document_bytes" else "id"
        wanted = " AND ".join(f"{name} = ?" for name in where) or "1"
        said = f"SELECT * FROM {table} WHERE {wanted} ORDER BY {key}"  # noqa: S608 — own names
        found = self.connection.execute(said, list(where.values())).fetchall()
        return [dict(_read(row)) for row in found]

    def one(self, table: str, key: int) -> Row:
        """The row with that id."""
        return self.of(table, id=key)[0]

    def version(self) -> int:
        """Changes whenever anybody else has committed a change."""
        return self.connection.execute("PRAGMA data_version").fetchone()[0]

    def digest(self) -> dict[str, str]:
        """Table → hash of all its rows."""
        tables = self.connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        return {name: self._hash(name) for (name,) in tables}

    def close(self) -> None:
        self.connection.close()

    def _hash(self, table: str) -> str:
        hashed = hashlib.sha256()
        for row in self.connection.execute(f"SELECT * FROM {table} ORDER BY 1"):  # noqa: S608
            hashed.update(repr(tuple(row)).encode())
        return hashed.hexdigest()


def instant(text: str) -> datetime:
    """An instant as the file keeps it."""
    return datetime.fromisoformat(text)


def _read(row: sqlite3.Row) -> Iterator[tuple[str, Any]]:
    for name in row.keys():  # noqa: SIM118 — a sqlite3.Row iterates over its values
        value = row[name]
        if name in JSON and isinstance(value, str) and value[:1] in {"{", "["}:
            value = json.loads(value)
        yield name, value
