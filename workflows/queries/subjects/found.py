"""Subjects found by name or number."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import finding, paging, reading
from workflows.queries.paging import Turn
from workflows.store import Row, Store, Transaction


@dataclass(frozen=True)
class SubjectRow:
    """One subject in a list."""

    id: int
    name: str
    id_no: str
    kind: str
    status: str
    records: int
    flags: tuple[str, ...]


@dataclass(frozen=True)
class SubjectList:
    """One page of subjects; `back` and `more`: cursors of the pages around it."""

    rows: tuple[SubjectRow, ...]
    back: str
    more: str


def find_subjects(
    store: Store, actor: Actor, text: str = "", after: str = "", before: str = ""
) -> SubjectList:
    """A page of 25 subjects by id; `text`: a code or number, or a part of a name.

    `after`, `before`: the `more` or `back` of another page.
    """
    del actor  # the registry of subjects is one for all departments; the route asks for the role
    s = models.subjects
    wanted = s.select()
    with store.reading() as tx:
        if text.strip():
            found = finding.find_subjects(tx, text)
            fits = finding.named_so(text) if found is None else s.c.id.in_(found)
            wanted = wanted.where(fits)
        page = paging.by_id(tx, Turn(after, before), wanted, s.c.id)
        ids = [row["id"] for row in page.rows]
        counts, flags = _records(tx, ids), _flags(tx, ids)
    return SubjectList(
        rows=tuple(
            SubjectRow(
                id=row["id"],
                name=row["name"],
                id_no=reading.shown_number(row),
                kind=row["kind"],
                status=row["status"],
                records=counts.get(row["id"], 0),
                flags=tuple(one["kind"] for one in flags if one["subject_id"] == row["id"]),
            )
            for row in page.rows
        ),
        back=page.back,
        more=page.more,
    )


def _records(tx: Transaction, subject_ids: Sequence[int]) -> dict[int, int]:
    """How many records each subject has."""
    r = models.records.c
    rows = tx.all(
        sa.select(r.subject_id, sa.func.count().label("records"))
        .where(r.subject_id.in_(subject_ids))
        .group_by(r.subject_id)
    )
    return {row["subject_id"]: row["records"] for row in rows}


def _flags(tx: Transaction, subject_ids: Sequence[int]) -> Sequence[Row]:
    f = models.flags.c
    return tx.all(sa.select(f.subject_id, f.kind).where(f.subject_id.in_(subject_ids), f.current))
