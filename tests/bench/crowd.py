"""Puts many copies of one open case straight into the tables."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.store import Store

AT_ONCE = 50_000


def multiply(
    house: Store,
    case_id: int,
    copies: int,
    *,
    changes: dict[str, dict[str, Any]] | None = None,
    tables: tuple[sa.Table, ...] = (models.tasks, models.jobs, models.deadlines),
) -> None:
    """Copy a case and its rows in `tables`.

    `changes`: table → column → a value, or a function of the copy's number (an SQL expression).
    """
    told = changes or {}
    with house.transaction() as tx:
        tx.begin()
        for first in range(1, copies + 1, AT_ONCE):
            numbers = _numbers(first, min(first + AT_ONCE - 1, copies))
            number = numbers.c.number
            own = {"id": case_id + number, "number": sa.literal("case-") + text_of(number)}
            _copy(tx, models.cases, case_id, numbers, own | told.get("cases", {}))
            for table in tables:
                own = {"case_id": case_id + number}
                if "unique_key" in table.c:
                    own["unique_key"] = sa.literal("copy:") + text_of(number)
                _copy(tx, table, case_id, numbers, own | told.get(table.name, {}))


def settle(house: Store) -> None:
    """What the database does by itself in time: PostgreSQL's autovacuum counts the rows."""
    if house.engine.dialect.name == "postgresql":
        with house.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
            for table in (models.cases, models.tasks, models.jobs, models.deadlines):
                last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                sequence = sa.func.pg_get_serial_sequence(table.name, "id")
                connection.execute(sa.select(sa.func.setval(sequence, last)))


def text_of(number: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    """The copy's number as text."""
    return sa.cast(number, sa.Text)


def spread(number: sa.ColumnElement[int], values: list[Any]) -> sa.ColumnElement[Any]:
    """One of `values` for each copy, in turn."""
    cases = {place: value for place, value in enumerate(values) if value is not None}
    return sa.case(cases, value=number % len(values), else_=None)


def spread_instants(number: sa.ColumnElement[int], values: list[datetime]) -> Any:
    """One of the instants for each copy, in turn."""
    kind = models.tasks.c.due_at.type
    cases = {place: sa.literal(value, kind) for place, value in enumerate(values)}
    return sa.case(cases, value=number % len(values))


def _numbers(first: int, last: int) -> sa.CTE:
    numbers = sa.select(sa.literal(first).label("number")).cte("numbers", recursive=True)
    return numbers.union_all(sa.select(numbers.c.number + 1).where(numbers.c.number < last))


def _copy(tx: Any, table: sa.Table, case_id: int, numbers: sa.CTE, changes: dict[str, Any]) -> None:
    changed = {
        name: how(numbers.c.number) if callable(how) else how for name, how in changes.items()
    }
    columns = [column for column in table.c if column.name != "id" or "id" in changed]
    here = table.c.id if table is models.cases else table.c.case_id
    taken: list[Any] = [changed.get(column.name, column) for column in columns]
    rows = sa.select(*taken).select_from(table.join(numbers, sa.true())).where(here == case_id)
    tx.run(table.insert().from_select([column.name for column in columns], rows))
