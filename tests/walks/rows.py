"""What the database holds, read without the product: plain SQL over either database."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg

Row = dict[str, Any]

JSON = {
    *("facts", "candidates", "locals", "draft", "steps", "values", "content", "before", "after"),
    *("documents", "grounds", "measures", "basis", "waiver", "evidence", "points", "servers"),
    *("categories", "limits", "pauses", "channels", "history", "pool", "excluded", "drawn"),
    *("record_ids", "listing_ids", "materials", "missing", "interviewers", "clauses", "payload"),
    *("opened", "explanation"),
}
OFFICE = timezone(timedelta(hours=8))


class _Database(Protocol):
    """How either database is asked; `where` compares a column with a value."""

    where: str
    tables: str

    def ask(self, said: str, given: Iterable[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of the columns, and the rows with values as an SQLite file keeps them."""
        ...

    def version(self) -> object: ...

    def close(self) -> None: ...


class Rows:
    """A second pair of eyes on the database, open only for reading."""

    def __init__(self, url: str) -> None:
        """`url`: as the product is told it."""
        embedded = url.startswith("sqlite:///")
        self.database: _Database = (
            _File(Path(url.removeprefix("sqlite:///"))) if embedded else _Server(url)
        )

    def of(self, table: str, **where: Any) -> list[Row]:
        """The rows of a table in the order of their keys, JSON read."""
        key = "document_id" if table == "document_bytes" else "id"
        wanted = " AND ".join(self.database.where.format(name) for name in where) or "1 = 1"
        said = f"SELECT * FROM {table} WHERE {wanted} ORDER BY {key}"  # noqa: S608 — own names
        names, found = self.database.ask(said, where.values())
        return [dict(_read(names, row)) for row in found]

    def one(self, table: str, key: int) -> Row:
        """The row with that id."""
        return self.of(table, id=key)[0]

    def version(self) -> object:
        """Changes whenever anybody else has committed a change."""
        return self.database.version()

    def digest(self) -> dict[str, str]:
        """Table → hash of all its rows."""
        return {
            str(name): self._hash(name) for (name,) in self.database.ask(self.database.tables)[1]
        }

    def close(self) -> None:
        self.database.close()

    def _hash(self, table: str) -> str:
        hashed = hashlib.sha256()
        for row in self.database.ask(f"SELECT * FROM {table} ORDER BY 1")[1]:  # noqa: S608
            hashed.update(repr(row).encode())
        return hashed.hexdigest()


class _File:
    where = "{} = ?"
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)

    def ask(self, said: str, given: Iterable[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        with closing(self.connection.execute(said, tuple(given))) as found:
            return [column[0] for column in found.description], found.fetchall()

    def version(self) -> object:
        return self.ask("PRAGMA data_version")[1]

    def close(self) -> None:
        self.connection.close()


class _Server:
    where = "{} = %s"
    tables = (
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
        "AND table_name NOT LIKE 'procrastinate%' ORDER BY table_name"
    )

    def __init__(self, url: str) -> None:
        plain = urlunsplit(urlsplit(url)._replace(scheme="postgresql"))
        self.connection = psycopg.connect(plain, autocommit=True)
        # A row that is written names its writer; a row that is deleted is missed.
        names = [row[0] for row in self.ask(self.tables)[1]]
        each = [f"SELECT count(*), max(xmin::text::bigint) FROM {name}" for name in names]  # noqa: S608
        self.written = " UNION ALL ".join(each)

    def ask(self, said: str, given: Iterable[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        with self.connection.execute(said.encode(), tuple(given) or None) as found:
            names = [column.name for column in found.description or ()]
            return names, [tuple(_as_in_file(value) for value in row) for row in found]

    def version(self) -> object:
        return self.ask(self.written)[1]

    def close(self) -> None:
        self.connection.close()


def instant(text: str) -> datetime:
    """An instant as the file keeps it."""
    return datetime.fromisoformat(text)


def _as_in_file(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(OFFICE).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    return value


def _read(names: list[str], row: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    for name, value in zip(names, row, strict=True):
        if name in JSON and isinstance(value, str) and value[:1] in {"{", "["}:
            yield name, json.loads(value)
        else:
            yield name, value
