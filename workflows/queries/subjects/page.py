"""The page of one subject: records, flags, lists, measures, terms, rights and its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from workflows import models, procedures, services
from workflows.access import Actor
from workflows.queries import due, seeing
from workflows.queries.due import Due
from workflows.queries.paging import Turn
from workflows.queries.subjects import history, rights, terms
from workflows.queries.subjects.history import History
from workflows.queries.subjects.rights import Right
from workflows.queries.subjects.terms import Term
from workflows.store import Store, Transaction


@dataclass(frozen=True)
class SubjectPage:
    """One subject. Rows are those of the tables; `procedures` (key, name) people open on it.

    `lists`: names of lists by code. `limits`: what runs, with the case's id and number.
    `today` is the day that divides what was from what will be.
    """

    subject: Mapping[str, Any]
    records: tuple[Mapping[str, Any], ...]
    flags: tuple[Mapping[str, Any], ...]
    listings: tuple[Mapping[str, Any], ...]
    measures: tuple[Mapping[str, Any], ...]
    cases: tuple[Mapping[str, Any], ...]
    procedures: tuple[tuple[str, str], ...]
    lists: Mapping[str, str]
    terms: tuple[Term, ...]
    limits: tuple[tuple[int, str, Due], ...]
    rights: tuple[Right, ...]
    history: History
    today: date


def subject_page(
    store: Store, actor: Actor, subject_id: int, after: str = "", before: str = ""
) -> SubjectPage:
    """One subject; raises NotFound. What hangs on cases is told of those that the actor sees.

    `after`, `before`: which page of its history.
    """
    s, r, f = models.subjects, models.records, models.flags
    with store.reading() as tx:
        subject = tx.one(s.select().where(s.c.id == subject_id))
        visible = _visible(actor, subject_id)
        lists = dict(services.choices.choices(tx, {"subject_id": subject_id}, "law_lists"))
        records = _rows(
            tx,
            r.select()
            .where(r.c.subject_id == subject_id)
            .order_by(r.c.decided_on.desc(), r.c.id.desc()),
        )
        listings = terms.listings(tx, subject_id)
        measures = terms.measures(tx, subject_id)
        return SubjectPage(
            subject=dict(subject),
            records=records,
            flags=_rows(
                tx,
                f.select().where(f.c.subject_id == subject_id).order_by(f.c.as_of.desc(), f.c.id),
            ),
            listings=listings,
            measures=measures,
            cases=_cases(tx, actor, subject_id),
            procedures=_opened_by_people(tx),
            lists=lists,
            terms=terms.terms(tx, subject_id, visible, listings, measures, lists),
            limits=_limits(tx, visible),
            rights=rights.rights(
                tx, visible, listings, records, lists, _repairable(tx, subject_id, listings)
            ),
            history=history.history(tx, subject_id, visible, Turn(after, before)),
            today=tx.now.date(),
        )


def _visible(actor: Actor, subject_id: int) -> sa.CTE:
    """Id and procedure's name of the subject's cases that the actor sees."""
    c, d, p = models.cases, models.departments, models.procedures
    home = c.join(d, c.c.department_id == d.c.id).join(p, c.c.procedure_id == p.c.id)
    return (
        sa.select(c.c.id, p.c.name)
        .select_from(home)
        .where(c.c.subject_id == subject_id, seeing.case(actor))
        .cte("visible")
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
        .where(c.c.subject_id == subject_id, seeing.case(actor))
        .order_by(c.c.id.desc()),
    )


def _limits(tx: Transaction, visible: sa.CTE) -> tuple[tuple[int, str, Due], ...]:
    """Limits that run in the cases, the next one first."""
    d, c = models.deadlines, models.cases
    rows = tx.all(
        sa.select(*d.c, c.c.number.label("case_number"))
        .select_from(d.join(visible, visible.c.id == d.c.case_id).join(c, c.c.id == d.c.case_id))
        .where(d.c.status.in_(["running", "suspended", "interrupted"]))
        .order_by(d.c.due_at, d.c.id)
        .limit(seeing.PAGE)
    )
    return tuple((row["case_id"], row["case_number"], due.of_limit(row, tx.now)) for row in rows)


def _opened_by_people(tx: Transaction) -> tuple[tuple[str, str], ...]:
    """Key and name of the procedures that people open; the others are opened by other cases.

    Those ask in their start form for the key of a row, which nobody knows by heart.
    """
    p = models.procedures
    rows = tx.all(sa.select(p.c.id, p.c.key, p.c.name).order_by(p.c.key, p.c.version))
    newest = {row["key"]: row for row in rows}
    return tuple(
        (key, row["name"])
        for key, row in newest.items()
        if not _asks_for_a_key(procedures.deployed(tx, row["id"]))
    )


def _asks_for_a_key(deployed: procedures.Deployed) -> bool:
    form = deployed.forms.get(deployed.procedure.start.form or "")
    return form is not None and any(
        one.kind == "number" and one.key.endswith("_id") for one in form.fields
    )


def _repairable(
    tx: Transaction, subject_id: int, listings: Sequence[Mapping[str, Any]]
) -> dict[int, date]:
    """From when on each listing may be repaired, where it is public."""
    if not listings:
        return {}
    p = models.publicities
    rows = tx.all(p.select().where(p.c.subject_id == subject_id, p.c.repairable_on.is_not(None)))
    return {row["listing_id"]: row["repairable_on"] for row in rows if row["listing_id"]}


def _rows(tx: Transaction, statement: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(dict(row) for row in tx.all(statement))
