"""Runs what is due: the only door to APScheduler. The rows say what is due; this only looks."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import logging
from datetime import datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from workflows import cases, intake, workdays
from workflows.registry import screening
from workflows.store import Store
from workflows.store import travel as clock_travel

LOOK_EVERY_SECONDS = 1
SCREENING_AT = (0, 30)
"""D02 is screened daily at 00:30 office time (domain §2.7)."""

log = structlog.get_logger()


def run_due(store: Store) -> int:
    """Run every job and escalation that is due now; returns how many.

    What was missed — for a week, or because the clock jumped — is run once, oldest first.
    """
    done = 0
    seen: set[int] = set()
    while True:
        now = store.now
        ids = [job_id for job_id in cases.due_jobs(store, now) if job_id not in seen]
        for job_id in ids:
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


def start(store: Store) -> BackgroundScheduler:
    """Start looking for due work every second, and screen every night; end with `stop`."""
    # That a long import is still under way when one looks again is no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone=workdays.OFFICE)
    scheduler.add_job(
        run_due,
        "interval",
        args=[store],
        seconds=LOOK_EVERY_SECONDS,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.add_job(
        intake.run_queued,
        "interval",
        args=[store],
        seconds=LOOK_EVERY_SECONDS,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    hour, minute = SCREENING_AT
    scheduler.add_job(
        _screen,
        "cron",
        args=[store],
        hour=hour,
        minute=minute,
        coalesce=True,
        misfire_grace_time=None,
    )
    scheduler.start()
    return scheduler


def stop(scheduler: BackgroundScheduler) -> None:
    """Stop looking; what is under way is finished first."""
    scheduler.shutdown(wait=True)


def _screen(store: Store) -> None:
    screening.screen(store, store.now.date())
