"""Removals that are late: an entry or a publicity past its last day is an incident each.

What should have ended by itself (P-17, INV-13) and has not is told on the operator's desk, once and
until it has ended; it is not tried again and again.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from workflows import models
from workflows.registry import instants, listings
from workflows.registry.listings import OVERDUE
from workflows.store import Row, Store, Transaction
from workflows.workdays import OFFICE

JOB = "overdue_removals"
"""The kind of the nightly look."""


def look(store: Store) -> int:
    """Tell of every entry and publicity whose last day has passed at 24:00; how many are late.

    Those told of before that have ended meanwhile are settled.
    """
    with store.transaction() as tx:
        late = _late(tx)
        j = models.jobs
        told = {row["unique_key"]: row for row in tx.all(j.select().where(j.c.kind == OVERDUE))}
        for key, row in told.items():
            _settle(tx, row, late.get(key, ""))
        for key in late.keys() - told.keys():
            fresh = {"kind": OVERDUE, "unique_key": key, "due_at": tx.now}
            tx.insert(j, fresh | _said(tx, late[key]))
        return len(late)


def look_again(store: Store, job_id: int) -> None:
    """Look at one incident again, as an operator asks: it is settled, or stays as it was."""
    with store.transaction() as tx:
        row = tx.one(models.jobs.select().where(models.jobs.c.id == job_id))
        _settle(tx, row, _late(tx).get(row["unique_key"], ""))


def _settle(tx: Transaction, job: Row, late: str) -> None:
    j = models.jobs
    said = _said(tx, late) if late else {"status": "done", "error": "", "ended_at": tx.now}
    if (job["status"], job["error"]) != (said["status"], said["error"]):
        tx.run(j.update().where(j.c.id == job["id"]).values(**said, handed_at=None))


def _said(tx: Transaction, late: str) -> dict[str, Any]:
    return {"status": "failed", "attempts": 1, "error": late, "ended_at": tx.now}


def _late(tx: Transaction) -> dict[str, str]:
    """Unique key of each incident that is called for → what it says."""
    return {**_listings(tx), **_publicities(tx)}


def _listings(tx: Transaction) -> dict[str, str]:
    entry, c = models.listings, models.cases
    rows = tx.all(
        entry.join(c, entry.c.case_id == c.c.id)
        .select()
        .with_only_columns(entry.c.id, entry.c.term_end, c.c.number)
        .where(entry.c.status.in_(sorted(listings.IN_FORCE)))
        .where(entry.c.term_end < instants.office_day(tx.now))
    )
    return {
        f"{OVERDUE}:listing:{row['id']}": (
            f"案件{row['number']}的列名期限至{instants.say_end(_end(row['term_end']))}"
            "届满，尚未移出；请由认定部门办理“名单移出”（列名期限届满）"
        )
        for row in rows
    }


def _publicities(tx: Transaction) -> dict[str, str]:
    p, c = models.publicities, models.cases
    rows = tx.all(
        p.join(c, p.c.case_id == c.c.id)
        .select()
        .with_only_columns(p.c.id, p.c.ends_on, c.c.number)
        .where(p.c.status == "public", p.c.ends_on < instants.office_day(tx.now))
    )
    return {
        f"{OVERDUE}:publicity:{row['id']}": (
            f"案件{row['number']}的公示至{instants.say_end(_end(row['ends_on']))}届满，尚未撤下"
        )
        for row in rows
    }


def _end(last_day: date) -> datetime:
    return datetime.combine(last_day + timedelta(days=1), time(), OFFICE)
