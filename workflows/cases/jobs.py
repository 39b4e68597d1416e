"""What the machine does to a case: timers, slow service steps, and the escalation ladder."""

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from workflows import deadlines, errors, logs, metrics, models, procedures
from workflows.access import SYSTEM
from workflows.cases import opening, recounting
from workflows.registry import listings, overdue, screening
from workflows.store import Row, Store, Transaction

ATTEMPTS = 5
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))

log = structlog.get_logger()

_j, _c = models.jobs, models.cases
_JOB = _j.select().where(_j.c.id == models.given("job_id"))
_CASE = _c.select().where(_c.c.id == models.given("case_id"))
_END = (
    _j.update()
    .where(_j.c.id == models.given("of_job"))
    .values(status="done", attempts=_j.c.attempts + 1, error="")
)


def due_jobs(store: Store, at: datetime, limit: int = 200, *, of_cases: bool = True) -> list[int]:
    """Ids of the jobs that are due at `at`, oldest first: of cases, or of the whole office."""
    j = models.jobs
    with store.reading() as tx:
        rows = tx.all(
            j.select()
            .with_only_columns(j.c.id)
            .where(j.c.status == "due", j.c.due_at <= at)
            .where(j.c.case_id.is_not(None) if of_cases else j.c.case_id.is_(None))
            .order_by(j.c.due_at, j.c.id)
            .limit(limit)
        )
    return [row["id"] for row in rows]


def run_job(store: Store, job_id: int) -> None:
    """Do one job, once: run again or killed half-way it leaves the same rows.

    What fails is tried again after growing pauses; the fifth time it becomes an incident (failed).
    """
    began = time.perf_counter()
    with logs.bound(job=job_id, case=None, kind=None):
        outcome = _attempt(store, job_id)
        took = time.perf_counter() - began
        log.info("job_ran", outcome=outcome, ms=round(took * 1000, 1))
    metrics.JOBS.labels(outcome).observe(took)


def _attempt(store: Store, job_id: int) -> str:
    """What became of it: done | outrun | refused | failed; raises DatabaseUnavailable."""
    try:
        _run(store, job_id)
    except (errors.CaseChanged, errors.CaseSuspended):
        give_back(store, [job_id])
        return "outrun"
    except errors.DatabaseUnavailable:
        raise
    except errors.NotInForce as refusal:
        if not _let_go(store, job_id) and not _refuse_message(store, job_id, refusal):
            _put_off(store, job_id, refusal)
        return "refused"
    except errors.Refusal as refusal:
        if not _refuse_message(store, job_id, refusal):
            _put_off(store, job_id, refusal)
        return "refused"
    except Exception as fault:  # whatever a step does must not stop the other jobs
        log.exception("job_failed")
        _put_off(store, job_id, fault)
        return "failed"
    return "done"


def give_back(store: Store, job_ids: Sequence[int]) -> None:
    """Jobs that were handed out and not done are free to be handed out again."""
    j = models.jobs
    with store.transaction() as tx:
        tx.run(
            j.update()
            .where(j.c.id.in_(list(job_ids)), j.c.status == "due", j.c.handed_at.is_not(None))
            .values(handed_at=None)
        )


def plan_daily(store: Store, kind: str, day: date) -> None:
    """Have the office's work of a kind (screening, recount) done for `day`.

    It is one job on all machines, whoever asks and however often.
    """
    key = f"{kind}:{day}"
    j = models.jobs
    with store.alone("plan") as mine, store.transaction() as tx:
        if mine and tx.first(j.select().where(j.c.unique_key == key)) is None:
            planned = {"kind": kind, "unique_key": key, "due_at": tx.now}
            tx.insert(j, {**planned, "payload": {"as_of": day.isoformat()}})


def escalate(store: Store, at: datetime, limit: int = 200) -> int:
    """Take the next step of the ladder (D18) for every task that is late; returns how many.

    A step missed for a week is taken late, once, one after another; never twice. One case that
    cannot be read does not hold up the others.
    """
    d = models.deadlines
    with store.reading() as tx:
        rows = tx.all(
            _awake().where(d.c.escalate_at <= at).order_by(d.c.escalate_at, d.c.id).limit(limit)
        )
    return sum(_is_escalated(store, row) for row in rows)


def _is_escalated(store: Store, row: Row) -> bool:
    try:
        _escalate_one(store, row)
    except errors.DatabaseUnavailable:
        raise
    except Exception:  # tried again at the next tick; the other cases are not to wait for it
        log.exception("escalation_failed", case=row["case_id"], deadline=row["id"])
        return False
    return True


def _run(store: Store, job_id: int) -> None:
    with store.transaction() as tx:
        job = tx.one(_JOB, job_id=job_id)
        logs.bind(case=job["case_id"], kind=job["kind"])
        if job["status"] != "due":
            return
        if job["due_at"] > tx.now:  # handed out by a machine whose clock is ahead of this one's
            raise errors.CaseChanged
        if job["kind"] == "opening":
            cause = tx.one(_CASE, case_id=job["case_id"])
            opening.open_because(tx, cause, job["payload"])
            _end(tx, job["id"])
            return
        if job["case_id"]:
            _run_for_case(tx, job)
            return
    if job["kind"] == listings.OVERDUE:
        overdue.look_again(store, job_id)
        return
    if job["kind"] == "recount":
        recounting.recount_limits(store)
    elif job["kind"] == overdue.JOB:
        overdue.look(store)
    else:
        screening.carry_out(store, job_id)
    with store.transaction() as tx:
        _end(tx, job_id)


def _run_for_case(tx: Transaction, job: Row) -> None:
    case = tx.one(_CASE, case_id=job["case_id"])
    if case["status"] == "ended":
        _end(tx, job["id"])
        return
    handling = opening.take_up(tx, case, SYSTEM)
    if job["kind"] == "service":
        for call in handling.run.services():
            if call.id == job["token"]:
                handling.perform(call)
    if job["kind"] == "message":
        handling.deliver(_kept(tx, job))
    handling.proceed()
    handling.save()
    _end(tx, job["id"])


def _kept(tx: Transaction, job: Row) -> Row:
    m = models.case_messages
    return tx.one(m.select().where(m.c.id == job["payload"]["message_id"]))


def _refuse_message(store: Store, job_id: int, refusal: errors.Refusal) -> bool:
    """A kept message that the case cannot accept is told in its history, and the case goes on."""
    with store.transaction() as tx:
        job = tx.one(_JOB, job_id=job_id)
        if job["kind"] != "message":
            return False
        kept = _kept(tx, job)
        case = tx.one(_CASE, case_id=job["case_id"])
        handling = opening.take_up(tx, case, SYSTEM)
        handling.note(
            "message_refused",
            kept["message"],
            article=refusal.article,
            after={"values": kept["values"], "reason": refusal.message},
        )
        m = models.case_messages
        tx.run(
            m.update().where(m.c.id == kept["id"]).values(status="refused", reason=refusal.message)
        )
        handling.save()
        _end(tx, job_id)
    return True


def _let_go(store: Store, job_id: int) -> bool:
    """A case that was to be opened for a listing that has ended meanwhile: nobody needs it."""
    with store.transaction() as tx:
        job = tx.one(_JOB, job_id=job_id)
        if job["kind"] == "opening":
            _end(tx, job_id)
        return job["kind"] == "opening"


def _end(tx: Transaction, job_id: int) -> None:
    tx.run(_END, [{"of_job": job_id, "ended_at": tx.now}])


def _put_off(store: Store, job_id: int, fault: Exception) -> None:
    said = fault.message if isinstance(fault, errors.ZhengchengError) else repr(fault)
    with store.transaction() as tx:
        j = models.jobs
        job = tx.one(j.select().where(j.c.id == job_id))
        tries = job["attempts"] + 1
        again = tries < ATTEMPTS
        tx.run(
            j.update()
            .where(j.c.id == job_id, j.c.status == "due")
            .values(
                attempts=tries,
                error=said,
                handed_at=None,
                status="due" if again else "failed",
                due_at=tx.now + PAUSES[tries - 1] if again else job["due_at"],
                ended_at=None if again else tx.now,
            )
        )


def _escalate_one(store: Store, row: Row) -> None:
    """Take one step and arrange for the next; the row's `escalate_at` makes it happen once."""
    with store.transaction() as tx:
        case = tx.one(models.cases.select().where(models.cases.c.id == row["case_id"]))
        deployed = procedures.deployed(tx, case["procedure_id"])
        placed = deadlines.ladder(deployed.ladder, row["due_at"], procedures.calendar())
        at, rung = next(one for one in placed if one[0] >= row["escalate_at"])
        following = [when for when, _ in placed if when > at]
        d = models.deadlines
        taken = tx.run(
            d.update()
            .where(d.c.id == row["id"], d.c.escalate_at == row["escalate_at"])
            .where(d.c.status == "running")
            .values(
                escalate_at=following[0] if following else None, escalations=d.c.escalations + 1
            )
        )
        if not taken:
            return
        handling = opening.take_up(tx, case, SYSTEM)
        handling.note(
            "escalated",
            row["element"],
            article=rung.basis,
            after={"action": rung.action, "label": rung.label, "due_at": row["due_at"].isoformat()},
        )
        handling.save()


def next_due(store: Store) -> datetime | None:
    """The instant of the next job or escalation, or None where nothing waits."""
    j, d = models.jobs, models.deadlines
    with store.reading() as tx:
        job = tx.first(
            j.select()
            .where(j.c.status == "due", j.c.case_id.is_not(None))
            .order_by(j.c.due_at)
            .limit(1)
        )
        late = tx.first(
            _awake().where(d.c.escalate_at.is_not(None)).order_by(d.c.escalate_at).limit(1)
        )
    waiting = [row[name] for row, name in ((job, "due_at"), (late, "escalate_at")) if row]
    return min(waiting) if waiting else None


def _awake() -> Any:
    """Limits that run in cases that nobody has suspended: the others' ladder waits."""
    d, c = models.deadlines, models.cases
    joined = d.join(c, d.c.case_id == c.c.id).select().with_only_columns(*d.c)
    return joined.where(d.c.status == "running", c.c.status == "open")
