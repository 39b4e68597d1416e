"""主体: found by name or number; with its records, flags and the cases the actor sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from workflows import models, services
from workflows.access import Actor
from workflows.queries import seeing
from workflows.store import Store, Transaction


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
    """One page of subjects."""

    rows: tuple[SubjectRow, ...]
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


def find_subjects(store: Store, actor: Actor, text: str = "", after: str = "") -> SubjectList:
    """A page of 25 subjects by id; `text` is looked for in name and number."""
    del actor  # the registry of subjects is one for all departments; the route asks for the role
    s, r, f = models.subjects, models.records, models.flags
    wanted: list[sa.ColumnElement[bool]] = []
    if text.strip():
        wanted.append(seeing.like(text, s.c.name, s.c.id_no))
    if (last := seeing.row_key(after)) is not None:
        wanted.append(s.c.id > last)
    with store.reading() as tx:
        rows = tx.all(s.select().where(*wanted).order_by(s.c.id).limit(seeing.PAGE + 1))
        page = rows[: seeing.PAGE]
        ids = [row["id"] for row in page]
        counts = tx.all(
            sa.select(r.c.subject_id, sa.func.count().label("records"))
            .where(r.c.subject_id.in_(ids))
            .group_by(r.c.subject_id)
        )
        flags = tx.all(
            sa.select(f.c.subject_id, f.c.kind).where(f.c.subject_id.in_(ids), f.c.current)
        )
    known = {row["subject_id"]: row["records"] for row in counts}
    return SubjectList(
        rows=tuple(
            SubjectRow(
                id=row["id"],
                name=row["name"],
                id_no=row["id_no"],
                kind=row["kind"],
                status=row["status"],
                records=known.get(row["id"], 0),
                flags=tuple(one["kind"] for one in flags if one["subject_id"] == row["id"]),
            )
            for row in page
        ),
        more=str(page[-1]["id"]) if len(rows) > seeing.PAGE else "",
    )


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
            procedures=_procedures(tx),
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


def _procedures(tx: Transaction) -> tuple[tuple[str, str], ...]:
    """The newest version of each procedure."""
    p = models.procedures
    rows = tx.all(sa.select(p.c.key, p.c.name).order_by(p.c.key, p.c.version))
    return tuple({row["key"]: row["name"] for row in rows}.items())


def _rows(tx: Transaction, statement: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(dict(row) for row in tx.all(statement))
