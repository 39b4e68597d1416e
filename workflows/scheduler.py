"""Runs what is due: the only door to APScheduler. The rows say what is due; this only looks.

Every worker process of every machine looks. On PostgreSQL what is found is handed out to all of
them (`queueing`); on SQLite it is run here.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import logging
import threading
from collections.abc import Callable
from datetime import datetime, time

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from workflows import cases, intake, queueing, workdays
from workflows.registry import overdue
from workflows.store import Store
from workflows.store import travel as clock_travel

LOOK_EVERY_SECONDS = 1
PLAN_EVERY_SECONDS = 60
DAILY = {
    "recount": time(0, 15, tzinfo=workdays.OFFICE),
    "screening": time(0, 30, tzinfo=workdays.OFFICE),
    overdue.JOB: time(0, 45, tzinfo=workdays.OFFICE),
}
"""The office's own work: a new calendar reaches the limits that run, D02 is screened (§2.7), and
what should have left its list or the public by itself is looked for.
"""

log = structlog.get_logger()


def run_due(store: Store, stopping: threading.Event | None = None) -> int:
    """Run every job and escalation that is due now, until told to stop; returns how many.

    What was missed — for a week, or because the clock jumped — is run once, oldest first.
    """
    done = 0
    seen: set[int] = set()
    while True:
        now = store.now
        ids = [job_id for job_id in cases.due_jobs(store, now) if job_id not in seen]
        for job_id in ids:
            if stopping and stopping.is_set():
                return done
            cases.run_job(store, job_id)
        seen.update(ids)
        late = cases.escalate(store, now)
        done += len(ids) + late
        if not ids and not late:
            return done


def travel(store: Store, at: datetime) -> int:
    """Let time pass to `at`, running everything at the instant it falls due; returns how many.

    For demonstrations and stories only; raises ClockFixed elsewhere.
    """
    done = run_due(store)
    while (due := cases.next_due(store)) is not None and due <= at:
        clock_travel(store, max(due, store.now))
        ran = run_due(store)
        done += ran
        if not ran:  # what is due cannot be done: it must not stop the clock
            break
    clock_travel(store, at)
    return done + run_due(store)


def start(store: Store, stopping: threading.Event) -> BackgroundScheduler:
    """Start looking for due work every second, and plan the nightly screening; end with `stop`.

    `stopping`: set when the process is told to stop, so that what is not begun is left.
    """
    # That a long piece of work is still under way when one looks again is no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone=workdays.OFFICE)

    def every(seconds: int, work: Callable[..., object], *given: object) -> None:
        scheduler.add_job(
            _look,
            "interval",
            args=[work, store, *given],
            name=work.__name__,
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    if queueing.is_used(store):
        every(LOOK_EVERY_SECONDS, queueing.hand_out)
        every(LOOK_EVERY_SECONDS, escalate)
        every(queueing.HEARTBEAT_SECONDS, queueing.take_up_lost)
    else:
        every(LOOK_EVERY_SECONDS, run_due, stopping)
        every(LOOK_EVERY_SECONDS, run_office)
    every(LOOK_EVERY_SECONDS, intake.run_queued)
    every(PLAN_EVERY_SECONDS, plan)
    scheduler.start()
    return scheduler


def stop(scheduler: BackgroundScheduler) -> None:
    """Stop looking; what is under way is finished first."""
    scheduler.shutdown(wait=True)


def _look(work: Callable[..., object], store: Store, *given: object) -> None:
    """Look once; a database that is away is asked again at the next look."""
    try:
        work(store, *given)
    except queueing.DATABASE_GONE:
        log.warning("database_unavailable", work=work.__name__)


def escalate(store: Store) -> int:
    """Take what steps of the ladder are due, on one machine at a time; returns how many."""
    with store.alone("escalation") as mine:
        return cases.escalate(store, store.now) if mine else 0


def run_office(store: Store) -> int:
    """Run the jobs that belong to no case, such as the screening; returns how many."""
    ids = cases.due_jobs(store, store.now, of_cases=False)
    for job_id in ids:
        cases.run_job(store, job_id)
    return len(ids)


def plan(store: Store) -> None:
    """Plan the office's work of today once its hour has come; also where the night was missed."""
    for kind, hour in DAILY.items():
        if store.now.timetz() >= hour:
            cases.plan_daily(store, kind, store.now.date())
