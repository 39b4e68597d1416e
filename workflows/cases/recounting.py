"""重算: what a newly announced calendar changes in the limits that run (INV-21)."""

from datetime import timedelta

import structlog

from workflows import access, deadlines, models, procedures
from workflows.cases import opening, writing
from workflows.store import Row, Store, Transaction

BATCH = 200

log = structlog.get_logger()


def recount_limits(store: Store) -> int:
    """Count every running limit again that another calendar has counted; returns how many moved.

    No limit ends earlier than was told. Each is a command of its own, so that it may be stopped and
    begun again; a case that cannot be read, or is suspended, keeps its limits until the next time.
    """
    version, moved, last = procedures.calendar().version, 0, 0
    while rows := _counted_otherwise(store, version, last):
        last = rows[-1]["id"]
        moved += sum(_is_moved(store, row["id"]) for row in rows)
    return moved


def _counted_otherwise(store: Store, version: str, last: int) -> list[Row]:
    d, c = models.deadlines, models.cases
    with store.reading() as tx:
        return list(
            tx.all(
                d.join(c, d.c.case_id == c.c.id)
                .select()
                .with_only_columns(d.c.id)
                .where(d.c.status == "running", d.c.calendar_version != version, d.c.id > last)
                .where(c.c.status == "open")
                .order_by(d.c.id)
                .limit(BATCH)
            )
        )


def _is_moved(store: Store, deadline_id: int) -> bool:
    try:
        with store.transaction() as tx:
            return _recount(tx, deadline_id)
    except Exception:  # tried again the next time; the other cases are not to wait for it
        log.exception("recount_failed", deadline=deadline_id)
        return False


def _recount(tx: Transaction, deadline_id: int) -> bool:
    d, c = models.deadlines, models.cases
    row = tx.one(d.select().where(d.c.id == deadline_id))
    case = tx.one(c.select().where(c.c.id == row["case_id"]))
    handling = opening.take_up(tx, case, access.SYSTEM)
    limit = deadlines.find(handling.deployed.limits, row["limit_id"], row["starts_at"].date())
    new = deadlines.recompute(_told(row), limit, procedures.calendar())
    moves = new.due_at != row["due_at"]
    if moves:
        handling.note(
            "limit_recounted",
            row["element"],
            article=row["basis"],
            before={"due_at": row["due_at"].isoformat(), "calendar": row["calendar_version"]},
            after={"due_at": new.due_at.isoformat(), "calendar": new.calendar_version},
        )
        writing.move_timer(handling, row["token"], new.due_at, "按新公布的放假安排重新计算")
        handling.proceed()
        handling.save()
    tx.run(
        d.update()
        .where(d.c.id == deadline_id)
        .values(
            steps=[[str(one.day), one.ordinal, one.reason] for one in new.steps],
            provisional=new.provisional,
            calendar_version=new.calendar_version,
        )
    )
    return moves


def _told(row: Row) -> deadlines.Deadline:
    """The limit as it was told to the case."""
    same = ("limit_id", "family", "name", "basis", "confidence", "due_at", "provisional")
    return deadlines.Deadline(
        **{name: row[name] for name in same},
        amount="",
        start=row["starts_at"],
        last_day=(row["due_at"] - timedelta(microseconds=1)).date(),
        limit_version=row["limit_version"],
        calendar_version=row["calendar_version"],
        steps=(),
    )
