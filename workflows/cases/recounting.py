"""重算: what a newly announced calendar changes in the limits that run (INV-21)."""

import structlog

from workflows import access, models, procedures
from workflows.cases import clocks, opening, writing
from workflows.store import Row, Store, Transaction

BATCH = 200

log = structlog.get_logger()


def recount_limits(store: Store) -> int:
    """Count every running limit again that another calendar has counted; returns how many moved.

    No limit ends earlier than was told, and what has stopped or lengthened it stays counted; one
    that stands still is counted again when it goes on. Each is a command of its own, so that it may
    be stopped and begun again; a case that cannot be read, or is suspended, keeps its limits until
    the next time.
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
    new, moved = clocks.count_again(handling, row, clocks.known_to(handling, row))
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
        .where(d.c.id == deadline_id, d.c.status == "running")
        .values(
            steps=clocks.steps(new),
            moved=moved,
            provisional=new.provisional,
            calendar_version=new.calendar_version,
        )
    )
    return moves
