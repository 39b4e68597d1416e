"""Open tasks in the order they fall due, undated last: what the worklist and the supervision share.

Open tasks have indexes of their own (`models.casework`), which give each page in its order.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.queries import paging, seeing
from workflows.queries.paging import Cut, Turn
from workflows.store import Transaction

OPEN = models.tasks.c.status == sa.literal_column("'open'")
"""Written out, so that the database sees that the indexes of open tasks answer it."""

Conditions = Sequence[sa.ColumnElement[bool]]
Cursor = tuple[datetime | None, int]


def page(
    tx: Transaction,
    turn: Turn,
    statement: sa.Select[Any],
    arms: Sequence[Conditions],
    *,
    dated: bool,
) -> Cut:
    """The page of the open tasks that meet all conditions of one of the arms.

    `statement` selects from the tasks what is shown of each, `id` and `due_at` among it. No task
    may meet two arms; each should be answered in order by an index. `dated`: the conditions ask for
    a due date, so that those without one need not be looked for.
    """
    t = models.tasks.c

    def ask(text: str, backwards: bool) -> sa.Select[Any]:
        cursor = _read(text)
        order = _falling if backwards else _rising
        within = (t.due_at.desc(), t.id.desc()) if backwards else (t.due_at, t.id)
        parts = [
            sa.select(t.id, t.due_at).where(OPEN, *conditions, *part).order_by(*within)
            for conditions in arms
            for part in _parts(cursor, backwards=backwards)[: 1 if dated else 2]
        ]
        return statement.where(t.id.in_(paging.merged(parts, order))).order_by(*order(t))

    return paging.cut(tx, turn if _read(turn.before or turn.after) else Turn(), ask, seeing.cursor)


def select(joined: sa.FromClause, *columns: Any) -> sa.Select[Any]:
    """What every list shows of a task; `joined`: tasks, departments and what else is named."""
    t, c, s, p, d = (
        models.tasks,
        models.cases,
        models.subjects,
        models.procedures,
        models.deadlines,
    )
    whole = (
        joined.join(c, t.c.case_id == c.c.id)
        .join(p, c.c.procedure_id == p.c.id)
        .outerjoin(s, c.c.subject_id == s.c.id)
        .outerjoin(d, (d.c.case_id == t.c.case_id) & (d.c.token == t.c.token))
    )
    return sa.select(
        *(t.c.id, t.c.name, t.c.role, t.c.case_id, t.c.due_at, t.c.procedure_key),
        *(c.c.number.label("case_number"), c.c.title.label("case_title")),
        (c.c.status == "suspended").label("suspended"),
        p.c.name.label("procedure_name"),
        s.c.name.label("subject_name"),
        *(one.label(f"limit_{one.name}") for one in d.c),
        *columns,
    ).select_from(whole)


def rows(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The open tasks that meet all conditions, to be counted."""
    return sa.select(models.tasks.c.id).where(OPEN, *conditions)


def any_of(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether there is such an open task: the first to fall due is looked for in their index."""
    t = models.tasks
    first = rows(*conditions).order_by(t.c.due_at, t.c.id).limit(1).correlate_except(t)
    return first.scalar_subquery().is_not(None)


def by_due() -> Sequence[Any]:
    """The order of the pages."""
    return _rising(models.tasks.c)


def _rising(columns: Any) -> Sequence[Any]:
    return columns.due_at.asc().nulls_last(), columns.id


def _falling(columns: Any) -> Sequence[Any]:
    return columns.due_at.desc().nulls_first(), columns.id.desc()


def _parts(cursor: Cursor | None, *, backwards: bool) -> Sequence[Conditions]:
    """What lies behind the cursor: first (going back: last) the dated, then the undated tasks."""
    t = models.tasks.c
    dated, undated = t.due_at.is_not(None), t.due_at.is_(None)
    if cursor is None:
        return (dated,), (undated,)
    due_at, last = cursor
    if due_at is None:
        further = (undated, t.id < last) if backwards else (undated, t.id > last)
        return ((dated,), further) if backwards else (further,)
    here = sa.tuple_(sa.literal(due_at, t.due_at.type), sa.literal(last))
    if backwards:
        return ((sa.tuple_(t.due_at, t.id) < here,),)
    return (sa.tuple_(t.due_at, t.id) > here,), (undated,)


def _read(text: str) -> Cursor | None:
    at, _, number = text.partition("~")
    last = seeing.row_key(number)
    if last is None:
        return None
    if not at:
        return None, last
    try:
        due_at = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (due_at, last) if due_at.tzinfo is not None else None
