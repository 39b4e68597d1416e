"""What lasts: listings, publicity, measures, commitments, rectification, and what ends when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.models import columns
from workflows.store import Row, Transaction

ORDER = ("listing", "publicity", "measure", "commitment", "rectification")


@dataclass(frozen=True)
class Term:
    """From `starts_on` to `ends_on`, its last day. `kind`: one of ORDER; `runs`: not over yet."""

    kind: str
    name: str
    starts_on: date
    ends_on: date
    basis: str
    status: str
    runs: bool


def terms(
    tx: Transaction,
    subject_id: int,
    visible: sa.CTE,
    listings: Iterable[Mapping[str, Any]],
    measures: Iterable[Mapping[str, Any]],
    lists: Mapping[str, str],
) -> tuple[Term, ...]:
    """Every term that has two ends, in the order of ORDER and time.

    Commitments and rectifications are told only of the cases in `visible`.
    """
    found = [
        Term(
            "listing",
            lists.get(one["list_code"], one["list_code"]),
            one["term_start"],
            _last(one["removed_at"], one["term_end"]),
            one["decision_number"] or "",
            one["status"],
            one["status"] in {"decided_listed", "published"},
        )
        for one in listings
        if one["term_start"] and one["term_end"]
    ]
    found += [
        Term(
            "measure",
            one["name"],
            one["starts_on"],
            _last(one["lifted_at"], one["ends_on"]),
            one["own_basis"] or one["basis"],
            one["status"],
            one["status"] in {"in_force", "lifting"},
        )
        for one in measures
        if one["starts_on"] and one["ends_on"]
    ]
    rows = tx.all(_others(subject_id, visible))
    found += [
        Term(
            row["kind"],
            row["name"],
            row["starts_on"],
            _last(row["ended_at"], row["ends_on"]),
            row["basis"],
            row["status"],
            row["status"] in {"public", "published", "supervised", "open"},
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.kind), one.starts_on)))


def listings(tx: Transaction, subject_id: int) -> tuple[Mapping[str, Any], ...]:
    """The subject's listings, each with the number of its decision and the office that decided."""
    li, c, d = models.listings, models.cases, models.departments
    p = models.documents
    home = li.join(c, li.c.case_id == c.c.id).join(d, c.c.department_id == d.c.id)
    rows = tx.all(
        sa.select(
            *li.c,
            d.c.id.label("department_id"),
            d.c.name.label("department_name"),
            p.c.number.label("decision_number"),
            c.c.number.label("case_number"),
        )
        .select_from(home.join(p, li.c.decision_document_id == p.c.id, isouter=True))
        .where(li.c.subject_id == subject_id)
        .order_by(li.c.id)
    )
    return _as_records(rows)


def measures(tx: Transaction, subject_id: int) -> tuple[Mapping[str, Any], ...]:
    """What is done because of the listings, by whom and on what basis."""
    m = models.measures
    rows = tx.all(m.select().where(m.c.subject_id == subject_id).order_by(m.c.listing_id, m.c.id))
    return _as_records(rows)


def _others(subject_id: int, visible: sa.CTE) -> Any:
    pu, co, rc = models.publicities.c, models.commitments.c, models.rectifications.c
    in_sight = sa.select(visible.c.id)
    never = sa.cast(sa.null(), columns.Instant)
    return sa.union_all(
        sa.select(
            sa.literal("publicity").label("kind"),
            pu.kind.label("name"),
            pu.starts_on.label("starts_on"),
            pu.ends_on.label("ends_on"),
            pu.ended_at.label("ended_at"),
            pu.basis.label("basis"),
            pu.status.label("status"),
        ).where(pu.subject_id == subject_id, pu.starts_on.is_not(None), pu.ends_on.is_not(None)),
        sa.select(
            sa.literal("commitment"),
            co.purpose,
            co.signed_on,
            co.period_end,
            never,
            co.clauses_version,
            co.status,
        ).where(
            co.subject_id == subject_id,
            co.case_id.in_(in_sight),
            co.signed_on.is_not(None),
            co.period_end.is_not(None),
        ),
        sa.select(
            sa.literal("rectification"),
            rc.cause,
            rc.due_on,
            rc.due_on,
            rc.closed_at,
            sa.literal(""),
            rc.status,
        ).where(rc.subject_id == subject_id, rc.case_id.in_(in_sight), rc.due_on.is_not(None)),
    )


def _last(ended_at: Any, planned: date) -> date:
    """The last day of a term that may have ended early."""
    return min(ended_at.date(), planned) if ended_at else planned


def _as_records(rows: Sequence[Row]) -> tuple[Mapping[str, Any], ...]:
    return tuple(dict(row) for row in rows)
