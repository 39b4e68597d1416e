"""Whose rows an actor sees, and how a long list is cut into pages."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from workflows import access, models
from workflows.access import Actor
from workflows.queries.aside import Aside
from workflows.store import Transaction

PAGE = 25
FEW = 24
"""So many departments are asked one by one for their first rows; more are walked together."""

LONGEST_KEY = 9


def departments(actor: Actor) -> sa.ColumnElement[bool]:
    """Rows of the actor's department; for those who look after others also of those below."""
    d = models.departments.c
    own = d.id == actor.department_id
    if actor.role in access.SEES_BELOW:
        return own | d.path.startswith(actor.department_path, autoescape=True)
    return own


def case(actor: Actor) -> sa.ColumnElement[bool]:
    """Cases of the departments the actor sees, and those in which the own office has a task."""
    c, t = models.cases.c, models.tasks.c
    helps = sa.exists().where(t.case_id == c.id, t.department_id == actor.department_id)
    return departments(actor) | helps


def letter(actor: Actor) -> sa.ColumnElement[bool]:
    """Letters to the actor's own office: what it was asked to do about a measure, or to end."""
    d, m = models.documents.c, models.measures.c
    told = (m.notice_document_id == d.id) | (m.lift_document_id == d.id)
    return sa.exists().where(told, m.implementer_id == actor.department_id)


def places(tx: Transaction, actor: Actor) -> Sequence[int] | None:
    """Ids of the departments whose rows the actor sees; None where they are more than FEW."""
    if actor.role not in access.SEES_BELOW:
        return [actor.department_id] if actor.department_id else []
    d = models.departments
    rows = tx.all(sa.select(d.c.id).where(departments(actor)).order_by(d.c.path).limit(FEW + 1))
    return [row["id"] for row in rows] if len(rows) <= FEW else None


def within(column: sa.Column[int], actor: Actor) -> sa.ColumnElement[bool]:
    """Rows of the departments the actor sees, where those are too many to be named.

    No index of departments answers it: the list is walked in its own order, of which the actor sees
    most.
    """
    d = models.departments
    return Aside(column).in_(sa.select(d.c.id).where(departments(actor)))


def procedures(tx: Transaction) -> tuple[tuple[str, str], ...]:
    """Key and name of every procedure, as its newest version calls it."""
    p = models.procedures
    rows = tx.all(sa.select(p.c.key, p.c.name).order_by(p.c.key, p.c.version))
    return tuple({row["key"]: row["name"] for row in rows}.items())


def cursor(row: Mapping[Any, Any]) -> str:
    """Where the page after this task begins."""
    at = row["due_at"].isoformat() if row["due_at"] else ""
    return f"{at}~{row['id']}"


def row_key(text: str) -> int | None:
    """The key of a row in a cursor; None for anything else."""
    known = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
    return int(text) if known else None
