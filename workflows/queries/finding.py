"""Looking for subjects and cases by what a person types, without reading all of them.

A number or code is meant whole, a name may be meant in part: its pairs of characters have an index
(`models.names`). What fits few is looked up one by one; where a text fits many, the list is walked
in its own order until the page is full.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from workflows import identifiers, models
from workflows.queries import paging
from workflows.store import Transaction

SCHEMES = (
    *("uscc", "organisation", "registration", "institution", "social", "tax"),
    *("citizen_id", "other_id", "unknown"),
)

Few = Sequence[int] | None
"""Ids of what a text fits; None where they are many, or where the text is a single character."""


def find_subjects(tx: Transaction, text: str) -> Few:
    """The subjects whose name has the text in it, or whose code or number it is."""
    s = models.subjects.c
    named = _named(tx, text)
    if named is None:
        return None
    numbered = tx.all(sa.select(s.id).where(s.id_scheme.in_(SCHEMES), s.id_no == _code(text)))
    return [*named, *(row["id"] for row in numbered)]


def find_cases(tx: Transaction, text: str) -> Few:
    """The cases of this number, and those of the subjects that the text fits."""
    c = models.cases.c
    found = find_subjects(tx, text)
    if found is None:
        return None
    numbered = sa.select(c.id).where(c.number == identifiers.normalise_width(text.strip()))
    theirs = sa.select(c.id).where(c.subject_id.in_(found)).limit(paging.CAP + 1).subquery()
    rows = tx.all(sa.union(numbered, sa.select(theirs)))
    return None if len(rows) > paging.CAP else [row["id"] for row in rows]


def named_so(text: str) -> sa.ColumnElement[bool]:
    """Subjects with the text in their name, as it is written: for walking."""
    return models.subjects.c.name.contains(text.strip(), autoescape=True)


def of_such_a_case(case_id: sa.ColumnElement[int], text: str) -> sa.ColumnElement[bool]:
    """Rows of a case whose subject is named so: for walking."""
    c, s = models.cases.alias(), models.subjects
    wanted = sa.exists().where(c.c.id == case_id, s.c.id == c.c.subject_id, named_so(text))
    return wanted.correlate_except(c, s)


def _named(tx: Transaction, text: str) -> Few:
    s = models.subjects.c
    plain = models.plain(text)
    if len(plain) < 2:
        return None if plain else []
    wanted = models.pairs(text)
    rows = tx.all(sa.select(s.id, s.name).where(_has_pairs(tx, wanted)).limit(paging.CAP + 1))
    if len(rows) > paging.CAP:
        return None
    return [row["id"] for row in rows if plain in models.plain(row["name"])]


def _has_pairs(tx: Transaction, wanted: Sequence[str]) -> sa.ColumnElement[bool]:
    """Subjects whose name has all these pairs, in whatever order."""
    s = models.subjects.c
    if tx.connection.dialect.name == "postgresql":
        array = postgresql.ARRAY(sa.Text)
        return sa.type_coerce(s.pairs, array).contains(sa.cast(list(wanted), array))
    names = sa.table("subject_names", sa.column("rowid", sa.Integer))
    asked = " AND ".join(f'"{pair}"' for pair in wanted)
    matching = sa.literal_column("subject_names").op("MATCH")(asked)
    return s.id.in_(sa.select(names.c.rowid).where(matching).limit(paging.CAP + 1))


def _code(text: str) -> str:
    return "".join(identifiers.normalise_width(text).split()).upper()
