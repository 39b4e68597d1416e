"""Whose rows an actor sees, and how a long list is cut into pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import access, models
from workflows.access import Actor

PAGE = 25
LONGEST_KEY = 9


def departments(actor: Actor) -> sa.ColumnElement[bool]:
    """Rows of the actor's department; for those who look after others also of those below."""
    d = models.departments.c
    own = d.id == actor.department_id
    if actor.role in access.SEES_BELOW:
        return own | d.path.startswith(actor.department_path, autoescape=True)
    return own


def like(text: str, *columns: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Any of the columns contains the text, taken literally."""
    return sa.or_(*(column.contains(text.strip(), autoescape=True) for column in columns))


def by_due() -> Sequence[sa.ColumnElement[Any]]:
    """Tasks: late first, then as they fall due, undated last."""
    t = models.tasks.c
    return (t.due_at.is_(None), t.due_at, t.id)


def beyond(after: str) -> list[sa.ColumnElement[bool]]:
    """The rows behind a cursor; a cursor that cannot be read is the beginning."""
    t = models.tasks.c
    at, _, number = after.partition("~")
    if not number.isdecimal():
        return []
    last = int(number)
    if not at:
        return [t.due_at.is_(None) & (t.id > last)]
    try:
        due_at = datetime.fromisoformat(at)
    except ValueError:
        return []
    if due_at.tzinfo is None:
        return []
    later = (t.due_at > due_at) | ((t.due_at == due_at) & (t.id > last))
    return [later | t.due_at.is_(None)]


def cursor(row: Mapping[Any, Any]) -> str:
    """Where the page after this task begins."""
    at = row["due_at"].isoformat() if row["due_at"] else ""
    return f"{at}~{row['id']}"


def row_key(text: str) -> int | None:
    """The key of a row in a cursor; None for anything else."""
    known = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
    return int(text) if known else None
