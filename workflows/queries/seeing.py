"""Whose rows an actor sees, and how a long list is cut into pages."""

from typing import Any

import sqlalchemy as sa

from workflows import access, models
from workflows.access import Actor

PAGE = 25


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
