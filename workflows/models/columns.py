"""Column types shared by all tables: instants with offset, JSON as text, and the metadata."""

from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
import sqlalchemy as sa

OFFICE = timezone(timedelta(hours=8))
"""Instants are kept in office time so that a row reads as the law counts."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant: `timestamptz`, or sortable ISO text at +08:00 on SQLite."""

    impl = sa.String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(32))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant needs its offset"
            raise ValueError(msg)
        at = value.astimezone(OFFICE)
        return at.isoformat(timespec="microseconds") if dialect.name == "sqlite" else at

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        at = datetime.fromisoformat(value) if dialect.name == "sqlite" else value
        return at.astimezone(OFFICE)


class Json(sa.types.TypeDecorator[Any]):
    """JSON kept as text, byte for byte: key order is part of what is hashed."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        del dialect
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        del dialect
        return None if value is None else orjson.loads(value)


def given(name: str, *, several: bool = False) -> sa.BindParameter[Any]:
    """A value that is told when the statement runs, so that the statement is built only once.

    `several`: a list, for `in_`. The name is no column's: in an update those are what is set.
    """
    return sa.bindparam(name, expanding=several)


def key() -> sa.Column[int]:
    """The surrogate key of a table."""
    return sa.Column("id", sa.Integer, primary_key=True)


def to(target: str, name: str | None = None, *, null: bool = False) -> sa.Column[int]:
    """A reference to the row `id` of the table `target`."""
    column = name or f"{target.rstrip('s')}_id"
    return sa.Column(column, sa.Integer, sa.ForeignKey(f"{target}.id"), nullable=null)


def text(name: str, *, null: bool = False, default: str = "") -> sa.Column[str]:
    """A short text; empty unless given."""
    if null:
        return sa.Column(name, sa.Text)
    return sa.Column(name, sa.Text, nullable=False, server_default=default, default=default)


def number(name: str, *, null: bool = False, default: int = 0) -> sa.Column[int]:
    """A whole number, a count."""
    if null:
        return sa.Column(name, sa.Integer)
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default), default=default)


def amount(name: str, *, null: bool = False) -> sa.Column[int]:
    """A whole number that may pass two thousand million: fen, bytes of a file."""
    large = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    if null:
        return sa.Column(name, large)
    return sa.Column(name, large, nullable=False, server_default="0", default=0)


def yes_no(name: str, *, default: bool = False) -> sa.Column[bool]:
    """A truth value."""
    return sa.Column(
        name,
        sa.Boolean(create_constraint=False),
        nullable=False,
        server_default=sa.true() if default else sa.false(),
        default=default,
    )


def instant(name: str, *, null: bool = True) -> sa.Column[datetime]:
    """An aware instant."""
    return sa.Column(name, Instant, nullable=null)


def json(name: str, *, null: bool = True) -> sa.Column[Any]:
    """A JSON value as text."""
    return sa.Column(name, Json, nullable=null)
