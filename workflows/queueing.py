"""Jobs over several machines, on PostgreSQL: the only door to procrastinate.

The `jobs` table stays the truth. Whoever looks first claims what is due, marks it as handed out and
defers it to the queue in one transaction; a worker of any machine runs it by `cases.run_job`, which
does it once. What a dead worker held is taken up by its missing heartbeat.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import procrastinate
import structlog
from procrastinate import exceptions, jobs

from workflows import cases, errors, models
from workflows.store import Row, Store, Transaction

AT_ONCE = 5_000
"""Jobs claimed in one look."""
WAITING_PIECES = 100
"""No more is handed out while so many pieces wait: 100,000 due at midnight stay in their table."""
BATCH = 50
"""Timers and messages given to a worker as one piece: the queue costs more than a short job."""
SHORT, LONG = "short", "long"
SHORT_KINDS = ("timer", "message")
AT_A_TIME = {SHORT: 1, LONG: 2}
"""Pieces a worker process has in hand of each queue: what takes long holds up no timer. More
threads for the short ones only get into each other's way; for more speed start more processes.
"""
LOOK_EVERY_SECONDS = 0.2
FETCH_EVERY_SECONDS = 1
"""The queue tells of new work at once, but for half a minute not after its connection was lost."""
HEARTBEAT_SECONDS = 5
DEAD_AFTER_SECONDS = 20
FORGOTTEN_AFTER = timedelta(hours=1)
"""What was handed out and never came back is handed out again: a queue may be lost or emptied."""
AGAIN_AFTER_SECONDS = 5
TASK = "run_jobs"
DATABASE_GONE = (exceptions.ConnectorException, errors.DatabaseUnavailable)

log = structlog.get_logger()


def _run_jobs(context: procrastinate.JobContext, job_ids: list[int]) -> None:
    """Run a piece of work; told to stop, give back what is not begun."""
    given = cast("dict[str, Any]", context.additional_context)
    store: Store = given["store"]
    stopping: threading.Event = given["stopping"]
    for place, job_id in enumerate(job_ids):
        if stopping.is_set():
            cases.give_back(store, job_ids[place:])
            return
        cases.run_job(store, job_id)


def is_used(store: Store) -> bool:
    """Whether this installation hands its jobs to the queue: it runs on PostgreSQL."""
    return store.engine.dialect.name == "postgresql"


def hand_out(store: Store) -> int:
    """Claim what is due and give it to the queue, all or nothing; returns how many jobs."""
    with store.transaction() as tx:
        return sum(_hand_out(store, tx, length) for length in AT_A_TIME)


def work(store: Store, stopping: threading.Event) -> None:
    """Run what the queue gives until `stopping` is set; a database that goes away is waited for."""
    while not stopping.is_set():
        try:
            asyncio.run(_work(store, stopping))
        except DATABASE_GONE:
            log.warning("queue_unreachable", again_after=AGAIN_AFTER_SECONDS)
            stopping.wait(AGAIN_AFTER_SECONDS)


def take_up_lost(store: Store) -> int:
    """Give what dead workers held to the living; returns how many pieces."""
    return asyncio.run(_take_up_lost(store))


def _hand_out(store: Store, tx: Transaction, length: str) -> int:
    if _waiting(tx, length) >= WAITING_PIECES:
        return 0
    j = models.jobs
    free = j.c.handed_at.is_(None) | (j.c.handed_at < tx.now - FORGOTTEN_AFTER)
    tx.begin()
    rows = tx.all(
        j.select()
        .with_only_columns(j.c.id, j.c.case_id)
        .where(j.c.status == "due", j.c.due_at <= tx.now, free)
        .where(j.c.kind.in_(SHORT_KINDS) if length == SHORT else j.c.kind.not_in(SHORT_KINDS))
        .order_by(j.c.due_at, j.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    if rows:
        tx.run(j.update().where(j.c.id.in_([row["id"] for row in rows])).values(handed_at=tx.now))
        _queue(store).job_manager.batch_defer_jobs(
            jobs=_pieces(rows, length), connection=tx.connection.connection.driver_connection
        )
    return len(rows)


def _pieces(rows: Sequence[Row], length: str) -> list[jobs.Job]:
    """Short jobs in batches; a service step, which may take seconds, alone under its case's lock.

    So does what has no case, such as a screening.
    """
    ids = [row["id"] for row in rows]
    if length == SHORT:
        return [_piece(ids[at : at + BATCH], SHORT) for at in range(0, len(ids), BATCH)]
    locks = [f"case-{row['case_id']}" if row["case_id"] else None for row in rows]
    return [_piece([one], LONG, lock) for one, lock in zip(ids, locks, strict=True)]


def _piece(job_ids: list[int], length: str, lock: str | None = None) -> jobs.Job:
    return jobs.Job(
        id=None,
        queue=length,
        lock=lock,
        queueing_lock=None,
        task_name=TASK,
        task_kwargs={"job_ids": list[Any](job_ids)},
    )


def _waiting(tx: Transaction, length: str) -> int:
    found = tx.connection.exec_driver_sql(
        "select count(*) from (select 1 from procrastinate_jobs"
        " where status = 'todo' and queue_name = %s limit %s) few",
        (length, WAITING_PIECES),
    )
    return int(found.scalar_one())


async def _work(store: Store, stopping: threading.Event) -> None:
    queue = _queue(store)
    async with queue.open_async():
        workers = {
            asyncio.create_task(
                queue.run_worker_async(
                    queues=[length],
                    concurrency=at_a_time,
                    delete_jobs="always",
                    fetch_job_polling_interval=FETCH_EVERY_SECONDS,
                    install_signal_handlers=False,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=DEAD_AFTER_SECONDS,
                    additional_context={"store": store, "stopping": stopping},
                )
            )
            for length, at_a_time in AT_A_TIME.items()
        }
        ended: set[asyncio.Task[None]] = set()
        while not (ended or stopping.is_set()):
            ended, _ = await asyncio.wait(
                workers, timeout=LOOK_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        for worker in ended:
            worker.result()


async def _take_up_lost(store: Store) -> int:
    queue = _queue(store)
    async with queue.open_async():
        lost = list(
            await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS)
        )
        for job in lost:
            await queue.job_manager.retry_job(job)
    if lost:
        log.warning("jobs_of_dead_workers_taken_up", pieces=len(lost))
    return len(lost)


def _queue(store: Store) -> procrastinate.App:
    address = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, min_size=1))
    again = procrastinate.RetryStrategy(wait=AGAIN_AFTER_SECONDS)
    app.task(name=TASK, pass_context=True, retry=again)(_run_jobs)
    return app
