"""筛查: whom the screening found and why, and how far the one that runs now is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import paging
from workflows.queries.paging import Turn
from workflows.registry import screening
from workflows.store import Row, Store, Transaction

KINDS = ("governed_penalty", "governed_list", "watch", "watch_closed")
"""The classes of D02, the most severe first."""

COUNTED = 30
"""So many counted records are named in an explanation; the subject's page shows them all."""


@dataclass(frozen=True)
class Run:
    """The screening asked for last. `status`: due | done | failed | cancelled.

    `percent` of the subjects are done; `found` subjects were looked at in all, `changed` results
    are new, both 0 until it is done. `error`: what stopped the last attempt, else ''.
    """

    id: int
    as_of: date
    by: str
    status: str
    percent: int
    found: int
    changed: int
    error: str
    ended_at: datetime | None

    @property
    def finished(self) -> bool:
        return self.status != "due"


@dataclass(frozen=True)
class Flagged:
    """A subject the screening found; `explanation` as the screening kept it (registry.screening).

    `counted`: the records that count, newest first, (number, organ, decided on, corrected, status);
    no more than 30 of them.
    """

    subject_id: int
    name: str
    id_no: str
    kind: str
    ledger: str
    as_of: date
    explanation: Mapping[str, Any]
    counted: tuple[Row, ...]


@dataclass(frozen=True)
class Screened:
    """The current findings: how many in each class, paging.CAP + 1 at most; a page of them.

    `latest`: as of when a result last changed; `back`, `more`: cursors of the pages around.
    """

    counts: Mapping[str, int]
    run: Run | None
    latest: date | None
    rows: tuple[Flagged, ...]
    back: str
    more: str


def screened(
    store: Store, actor: Actor, kind: str = "", after: str = "", before: str = ""
) -> Screened:
    """The current flags: counts by class and a page of 25, all classes or one.

    `after`, `before`: the `more` or `back` of another page.
    """
    del actor  # the registry of subjects is one for all departments; the route asks for the role
    f = models.flags.c
    with store.reading() as tx:
        latest = tx.first(sa.select(f.as_of).order_by(f.id.desc()).limit(1))
        page = _page(tx, Turn(after, before), [one for one in KINDS if kind in {"", one}])
        records = _counted(tx, page.rows)
        return Screened(
            run=_last_run(tx),
            counts=paging.counted(tx, **{one: _current(one) for one in KINDS}),
            latest=latest["as_of"] if latest else None,
            rows=tuple(_flagged(row, records) for row in page.rows),
            back=page.back,
            more=page.more,
        )


def _current(kind: str) -> sa.Select[Any]:
    f = models.flags.c
    return sa.select(f.id).where(f.current, f.kind == kind)


def _page(tx: Transaction, turn: Turn, kinds: Sequence[str]) -> paging.Cut:
    f, s = models.flags, models.subjects
    shown = sa.select(f, s.c.name, s.c.id_no).select_from(f.join(s, f.c.subject_id == s.c.id))

    def ask(cursor: str, backwards: bool) -> sa.Select[Any]:
        order = f.c.id.desc() if backwards else f.c.id
        here = paging.past(f.c.id, cursor, falling=backwards)
        arms = [_current(kind).where(*here).order_by(order) for kind in kinds]
        ids = paging.merged(arms, lambda of: (of.id.desc() if backwards else of.id,))
        return shown.where(f.c.id.in_(ids)).order_by(order)

    return paging.cut(tx, paging.known(turn), ask, paging.last_id)


def last_run(store: Store, actor: Actor) -> Run | None:
    """The screening asked for last; None before the first."""
    del actor  # as `screened`
    with store.reading() as tx:
        return _last_run(tx)


def _last_run(tx: Transaction) -> Run | None:
    j = models.jobs
    asked = j.select().where(j.c.case_id.is_(None), j.c.kind == screening.JOB)
    row = tx.first(asked.order_by(j.c.id.desc()).limit(1))
    if row is None:
        return None
    told = row["payload"]
    done = 100 * told.get("done", 0) // max(told.get("total", 0), 1)
    return Run(
        id=row["id"],
        as_of=date.fromisoformat(told["as_of"]),
        by=told.get("by", ""),
        status=row["status"],
        percent=100 if row["status"] == "done" else min(done, 99),
        found=sum(told.get("counts", {}).values()),
        changed=told.get("changed", 0),
        error=row["error"],
        ended_at=row["ended_at"],
    )


def _counted(tx: Transaction, flags: Any) -> dict[int, Row]:
    r = models.records.c
    ids = {one for flag in flags for one in flag["explanation"]["counted"][-COUNTED:]}
    shown = (r.id, r.doc_no, r.organ, r.behaviour, r.decided_on, r.corrected, r.status)
    rows = tx.all(sa.select(*shown).where(r.id.in_(ids)))
    return {row["id"]: row for row in rows}


def _flagged(row: Mapping[Any, Any], records: Mapping[int, Row]) -> Flagged:
    counted = row["explanation"]["counted"][-COUNTED:]
    return Flagged(
        subject_id=row["subject_id"],
        name=row["name"],
        id_no=row["id_no"],
        kind=row["kind"],
        ledger=row["ledger"],
        as_of=row["as_of"],
        explanation=row["explanation"],
        counted=tuple(records[one] for one in reversed(counted) if one in records),
    )
