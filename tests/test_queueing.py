"""Jobs handed out to several machines: each due job reaches one worker, and none is lost."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests import databases as throw_away
from tests.cases import office
from tests.databases import Databases
from workflows import cases, models, queueing, scheduler, workdays
from workflows.store import Store, travel, travelling
from workflows.stories import stage

AT = datetime(2026, 3, 2, 9, tzinfo=workdays.OFFICE)

pytestmark = pytest.mark.skipif(
    throw_away.programs() is None, reason=f"the queue lives in PostgreSQL: {throw_away.MISSING}"
)


@pytest.fixture
def server(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Store]:
    """A house on PostgreSQL with three cases, each at its last task with a timer."""
    made = Databases("postgresql", tmp_path)
    house = travelling(made.like("three_permits", _furnish), AT)
    yield house
    house.close()
    made.drop()


def test_each_due_job_is_handed_out_once(server: Store) -> None:
    due = make_due(server)
    assert queueing.hand_out(server) == due == 3
    assert queueing.hand_out(server) == 0
    assert pieces(server) == 1  # three timers are one piece


def test_what_is_not_due_or_held_is_not_handed_out(server: Store) -> None:
    assert queueing.hand_out(server) == 0
    make_due(server)
    change(server, status="held")
    assert queueing.hand_out(server) == 0


def test_a_claim_and_its_hand_out_are_one(server: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    make_due(server)

    def fail(*rows: object) -> Any:
        raise RuntimeError

    monkeypatch.setattr(queueing, "_pieces", fail)
    with pytest.raises(RuntimeError):
        queueing.hand_out(server)
    monkeypatch.undo()
    assert queueing.hand_out(server) == 3


def test_a_worker_does_what_was_handed_out_and_forgets_it(server: Store) -> None:
    make_due(server)
    queueing.hand_out(server)
    work_until_done(server)
    assert {row["status"] for row in timers(server)} == {"done"}
    assert ended(server) == 3
    assert pieces(server) == 0


def test_a_worker_told_to_stop_gives_back_what_it_has_not_begun(server: Store) -> None:
    make_due(server)
    queueing.hand_out(server)
    run_some(server, stop_after=1)
    assert sorted(row["status"] for row in timers(server)) == ["done", "due", "due"]
    assert queueing.hand_out(server) == 2
    work_until_done(server)
    assert ended(server) == 3


def test_what_a_dead_worker_held_is_taken_up(server: Store) -> None:
    make_due(server)
    queueing.hand_out(server)
    with server.engine.connect() as connection:
        connection.exec_driver_sql(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour')"
        )
        connection.exec_driver_sql("select procrastinate_fetch_job_v2(null, 1)")
    assert take_up_lost(server) == 1
    assert take_up_lost(server) == 0
    work_until_done(server)
    assert ended(server) == 3


def test_what_the_queue_has_forgotten_is_handed_out_again(server: Store) -> None:
    make_due(server)
    queueing.hand_out(server)
    with server.engine.connect() as connection:
        connection.exec_driver_sql("delete from procrastinate_jobs")
    travel(server, server.now + queueing.FORGOTTEN_AFTER * 2)
    assert queueing.hand_out(server) == 3


def test_a_job_that_fails_is_handed_out_again_after_its_pause(server: Store) -> None:
    make_due(server)
    with server.transaction() as tx:
        tx.run(models.cases.update().where(models.cases.c.id == 1).values(state=b"no state"))
    queueing.hand_out(server)
    work_until_done(server)
    broken = next(row for row in timers(server) if row["case_id"] == 1)
    assert (broken["status"], broken["attempts"], broken["handed_at"]) == ("due", 1, None)
    travel(server, broken["due_at"])
    assert queueing.hand_out(server) == 1


def test_a_step_that_takes_long_goes_alone_under_the_lock_of_its_case(server: Store) -> None:
    make_due(server)
    change(server, kind="service")
    queueing.hand_out(server)
    with server.engine.connect() as connection:
        locks = connection.exec_driver_sql("select lock from procrastinate_jobs order by 1")
        assert [row[0] for row in locks] == ["case-1", "case-2", "case-3"]


def test_the_work_of_a_day_is_planned_once_on_all_machines(server: Store) -> None:
    other = travelling(server.url, server.now)
    for machine in (server, other, server):
        scheduler.plan(machine)
    other.close()
    assert queueing.hand_out(server) == 3
    work_until_done(server)
    j = models.jobs
    with server.reading() as tx:
        done = tx.all(j.select().where(j.c.case_id.is_(None)))
    assert {row["unique_key"]: row["status"] for row in done} == {
        "recount:2026-03-02": "done",
        "screening:2026-03-02": "done",
        "overdue_removals:2026-03-02": "done",
    }


def make_due(house: Store) -> int:
    """Go to the instant at which the three timers fall due."""
    due = max(row["due_at"] for row in timers(house))
    travel(house, due)
    return len(timers(house))


def timers(house: Store) -> Any:
    j = models.jobs
    with house.reading() as tx:
        return tx.all(j.select().where(j.c.case_id.is_not(None)).order_by(j.c.id))


def change(house: Store, **values: Any) -> None:
    with house.transaction() as tx:
        tx.run(models.jobs.update().values(**values))


def ended(house: Store) -> int:
    with house.reading() as tx:
        return len(tx.all(models.cases.select().where(models.cases.c.status == "ended")))


def pieces(house: Store) -> int:
    with house.engine.connect() as connection:
        found = connection.exec_driver_sql("select count(*) from procrastinate_jobs")
        return int(found.scalar_one())


def work_until_done(house: Store) -> None:
    """Let a worker run until the queue is empty."""
    stopping = threading.Event()
    with ThreadPoolExecutor(1) as worker:
        working = worker.submit(queueing.work, house, stopping)
        while pieces(house) and not working.done():
            stopping.wait(0.05)
        stopping.set()
        working.result()


def take_up_lost(house: Store) -> int:
    with ThreadPoolExecutor(1) as other:  # the thread of the test may have an event loop already
        return other.submit(queueing.take_up_lost, house).result()


def run_some(house: Store, stop_after: int) -> None:
    """Let a worker run and tell it to stop when it has done so many jobs."""
    stopping = threading.Event()
    done: list[int] = []
    run_job = cases.run_job

    def run(at: Store, job_id: int) -> None:
        run_job(at, job_id)
        done.append(job_id)
        if len(done) == stop_after:
            stopping.set()

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as worker:
        patch.setattr(cases, "run_job", run)
        worker.submit(queueing.work, house, stopping).result()


def _furnish(url: str) -> None:
    house = travelling(url, AT)
    stage.set_stage(house)
    office.deploy(house)
    for _ in range(3):
        case_id = office.open_permit(house)
        office.complete(house, case_id, "apply", "wang", title="一")
        office.complete(house, case_id, "check", "chen", agreed=True)
        office.complete(house, case_id, "confirm", "wang")
    house.close()
