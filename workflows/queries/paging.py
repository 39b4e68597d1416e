"""A long list, one page at a time: found where the last page ended, by an index, and never counted.

A page of the millionth row costs what the first page costs. The last row shown is the address of
the page behind it, so that rows that come or go meanwhile neither repeat nor hide others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workflows.queries import seeing
from workflows.store import Row, Transaction

CAP = 1000
"""Counts go no further: CAP + 1 stands for more."""


@dataclass(frozen=True)
class Turn:
    """Which page: the one behind the row `after` or that before the row `before`, else the first.

    Both are cursors, as a `Cut` gives them; one that cannot be read is the first page.
    """

    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Cut:
    """The rows of a page; `back`, `more`: cursors of the pages before and after, '' = none."""

    rows: Sequence[Row]
    back: str
    more: str


def cut(
    tx: Transaction,
    turn: Turn,
    ask: Callable[[str, bool], Any],
    cursor: Callable[[Row], str],
) -> Cut:
    """The page. `ask(cursor, backwards)` gives the select of its rows and one more.

    Going backwards the rows come in reverse; what would be less than a page is the first page.
    """
    backwards = bool(turn.before)
    rows = list(tx.all(ask(turn.before or turn.after, backwards)))
    if backwards and len(rows) <= seeing.PAGE:
        return cut(tx, Turn(), ask, cursor)
    further = len(rows) > seeing.PAGE
    shown = rows[: seeing.PAGE]
    if backwards:
        shown.reverse()
    return Cut(
        rows=shown,
        back=cursor(shown[0]) if shown and (turn.after or backwards) else "",
        more=cursor(shown[-1]) if shown and (further or backwards) else "",
    )


def by_id(
    tx: Transaction,
    turn: Turn,
    statement: sa.Select[Any],
    column: sa.Column[int],
    *,
    newest_first: bool = False,
) -> Cut:
    """The page of a list in the order of its ids, which the rows call `id`."""

    def ask(cursor: str, backwards: bool) -> sa.Select[Any]:
        falling = newest_first != backwards
        asked = statement.where(*past(column, cursor, falling=falling))
        return asked.order_by(column.desc() if falling else column).limit(seeing.PAGE + 1)

    return cut(tx, known(turn), ask, last_id)


def past(column: sa.Column[int], cursor: str, *, falling: bool) -> Sequence[sa.ColumnElement[bool]]:
    """Ids behind a cursor in the order they are walked in."""
    last = seeing.row_key(cursor)
    if last is None:
        return ()
    return (column < last,) if falling else (column > last,)


def known(turn: Turn) -> Turn:
    """The turn, or the first page where its cursor is no id."""
    return turn if seeing.row_key(turn.before or turn.after) is not None else Turn()


def last_id(row: Row) -> str:
    """The cursor of a row in a list that is ordered by id."""
    return str(row["id"])


def merged(arms: Sequence[sa.Select[Any]], order: Callable[[Any], Sequence[Any]]) -> Any:
    """The first ids of several selects together, each of which an index answers in its order.

    Each arm gives `id`, and what `order(columns)` names, of its own first rows. Together they cost
    as many rows as there are arms times a page, however many rows each has.
    """
    most = seeing.PAGE + 1
    parts = [sa.select(arm.limit(most).subquery()) for arm in arms]
    if not parts:
        return sa.select(sa.cast(sa.null(), sa.Integer))
    together = sa.union_all(*parts).subquery()
    first = sa.select(together).order_by(*order(together.c)).limit(most).subquery()
    return sa.select(first.c.id)


def counted(tx: Transaction, **wanted: sa.Select[Any]) -> dict[str, int]:
    """How many rows each select has, CAP + 1 at most, in one statement."""
    columns = [
        sa.select(sa.func.count())
        .select_from(rows.limit(CAP + 1).subquery())
        .scalar_subquery()
        .label(name)
        for name, rows in wanted.items()
    ]
    return {**tx.one(sa.select(*columns))}
