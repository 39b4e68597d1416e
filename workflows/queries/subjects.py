"""主体: found by name or number; with its records, flags and the cases the actor sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workflows import models, services
from workflows.access import Actor
from workflows.queries import finding, paging, seeing
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


@dataclass(frozen=True)
class SubjectPage:
    """One subject. Rows are those of the tables; `procedures` (key, name) can be opened on it.

    `lists`: names of lists by code.
    """

    subject: Mapping[str, Any]
    records: tuple[Mapping[str, Any], ...]
    flags: tuple[Mapping[str, Any], ...]
    listings: tuple[Mapping[str, Any], ...]
    cases: tuple[Mapping[str, Any], ...]
    procedures: tuple[tuple[str, str], ...]
    lists: Mapping[str, str]


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
                id_no=row["id_no"],
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


def subject_page(store: Store, actor: Actor, subject_id: int) -> SubjectPage:
    """One subject; raises NotFound. Cases are only those the actor sees."""
    s, r, f, li = models.subjects, models.records, models.flags, models.listings
    with store.reading() as tx:
        subject = tx.one(s.select().where(s.c.id == subject_id))
        return SubjectPage(
            subject=dict(subject),
            records=_rows(
                tx,
                r.select()
                .where(r.c.subject_id == subject_id)
                .order_by(r.c.decided_on.desc(), r.c.id.desc()),
            ),
            flags=_rows(
                tx,
                f.select().where(f.c.subject_id == subject_id).order_by(f.c.as_of.desc(), f.c.id),
            ),
            listings=_rows(tx, li.select().where(li.c.subject_id == subject_id).order_by(li.c.id)),
            cases=_cases(tx, actor, subject_id),
            procedures=seeing.procedures(tx),
            lists=dict(services.choices.choices(tx, {"subject_id": subject_id}, "law_lists")),
        )


def _cases(tx: Transaction, actor: Actor, subject_id: int) -> tuple[Mapping[str, Any], ...]:
    c, d, p = models.cases, models.departments, models.procedures
    return _rows(
        tx,
        sa.select(
            *(c.c.id, c.c.number, c.c.status, c.c.opened_at, c.c.ended_at),
            p.c.name.label("procedure_name"),
            d.c.name.label("department_name"),
        )
        .select_from(c.join(d, c.c.department_id == d.c.id).join(p, c.c.procedure_id == p.c.id))
        .where(c.c.subject_id == subject_id, seeing.departments(actor))
        .order_by(c.c.id.desc()),
    )


def _rows(tx: Transaction, statement: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(dict(row) for row in tx.all(statement))
