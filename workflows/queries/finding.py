"""Looking for subjects and cases by what a person types, without reading all of them.

A number or code is meant whole; a name is found by its beginning. What fits few is looked up one
by one; where a text fits many, the list is walked in its own order until the page is full.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workflows import identifiers, models
from workflows.queries import paging
from workflows.store import Transaction

BEYOND = "\U0010ffff"
"""Sorts behind every character: names from x to x + BEYOND begin with x."""

SCHEMES = (
    *("uscc", "organisation", "registration", "institution", "social", "tax"),
    *("citizen_id", "other_id", "unknown"),
)


@dataclass(frozen=True)
class Found:
    """Ids of what a text fits; None where they are many."""

    ids: Collection[int] | None


def find_subjects(tx: Transaction, text: str) -> Found:
    """The subjects whose name begins with the text, or whose code or number it is."""
    s = models.subjects.c
    numbered = sa.select(s.id).where(s.id_scheme.in_(SCHEMES), s.id_no == _code(text))
    named = sa.select(s.id).where(named_so(text)).limit(paging.CAP + 1).subquery()
    return _few(tx, sa.union(numbered, sa.select(named)))


def find_cases(tx: Transaction, text: str) -> Found:
    """The cases of this number, and those of the subjects that the text fits."""
    c = models.cases.c
    found = find_subjects(tx, text)
    if found.ids is None:
        return found
    numbered = sa.select(c.id).where(c.number == identifiers.normalise_width(text.strip()))
    theirs = sa.select(c.id).where(c.subject_id.in_(found.ids)).limit(paging.CAP + 1).subquery()
    return _few(tx, sa.union(numbered, sa.select(theirs)))


def named_so(text: str) -> sa.ColumnElement[bool]:
    """Subjects whose name begins so."""
    name = models.subjects.c.name
    return name.between(text.strip(), text.strip() + BEYOND)


def of_such_a_case(case_id: sa.ColumnElement[int], text: str) -> sa.ColumnElement[bool]:
    """Rows of a case whose subject has such a name: for walking where the text fits many."""
    c, s = models.cases.alias(), models.subjects.c
    return (
        sa.exists()
        .where(c.c.id == case_id, s.id == c.c.subject_id, named_so(text))
        .correlate_except(c, models.subjects)
    )


def _code(text: str) -> str:
    return "".join(identifiers.normalise_width(text).split()).upper()


def _few(tx: Transaction, ids: sa.CompoundSelect[Any]) -> Found:
    rows = tx.all(ids.limit(paging.CAP + 1))
    return Found(None if len(rows) > paging.CAP else [row["id"] for row in rows])
