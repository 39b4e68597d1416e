"""Removals that are late: an entry or a publicity past its last day is an incident each.

What should have ended by itself (P-17, INV-13) and has not is told on the operator's desk, once and
until it has ended; it is not tried again and again.
"""

from datetime import datetime, time, timedelta

from workflows import models
from workflows.registry import instants, listings
from workflows.store import Store, Transaction
from workflows.workdays import OFFICE

JOB = "overdue_removals"
"""The kind of the nightly look."""

SHOWN = frozenset({"prepared", "checked", "public"})


def look(store: Store) -> int:
    """Tell of every entry and publicity whose last day has passed at 24:00; how many are new.

    Those told of before that have ended meanwhile are settled.
    """
    with store.transaction() as tx:
        late = {**_listings(tx), **_publicities(tx)}
        j = models.jobs
        told = tx.all(j.select().where(j.c.kind == listings.OVERDUE))
        over = [row["id"] for row in told if row["status"] != "done"]
        for row in told:
            if row["unique_key"] in late:
                _tell_again(tx, row["id"], late.pop(row["unique_key"]))
                over = [one for one in over if one != row["id"]]
        tx.run(j.update().where(j.c.id.in_(over)).values(status="done", ended_at=tx.now))
        for key, said in late.items():
            tx.insert(j, _incident(key, said, tx.now))
        return len(late)


def still_late(tx: Transaction, unique_key: str) -> str:
    """What an incident has to say now, or nothing where it is settled."""
    return {**_listings(tx), **_publicities(tx)}.get(unique_key, "")


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
        f"{listings.OVERDUE}:listing:{row['id']}": (
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
        .where(p.c.status.in_(sorted(SHOWN)), p.c.ends_on < instants.office_day(tx.now))
    )
    return {
        f"{listings.OVERDUE}:publicity:{row['id']}": (
            f"案件{row['number']}的公示至{instants.say_end(_end(row['ends_on']))}届满，尚未撤下"
        )
        for row in rows
    }


def _end(day: "datetime | object") -> datetime:
    last = instants.read_day(day, "期限")
    return datetime.combine(last + timedelta(days=1), time(), OFFICE)


def _incident(key: str, said: str, now: datetime) -> dict[str, object]:
    return {
        "kind": listings.OVERDUE,
        "unique_key": key,
        "status": "failed",
        "due_at": now,
        "attempts": 1,
        "error": said,
        "ended_at": now,
    }


def _tell_again(tx: Transaction, job_id: int, said: str) -> None:
    j = models.jobs
    tx.run(j.update().where(j.c.id == job_id).values(status="failed", error=said))
