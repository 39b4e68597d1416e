"""The machine's clock steps forward and back: nothing fires early, nothing fires twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.faults import checking, errands
from tests.faults.checking import Ledger, check, is_idle
from tests.faults.installation import Begin
from tests.faults.waiting import until
from workflows import cases, models, scheduler, store
from workflows import clock as clocks

STORM = 40
STORM = 40
SECOND, HOUR, YEAR = timedelta(seconds=1), timedelta(hours=1), timedelta(days=365)


class SteppingClock:
    """A clock that goes wherever it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock(office: store.Store) -> SteppingClock:
    stepping = SteppingClock(office.now)
    office.clock = stepping
    return stepping


def to_check(office: store.Store, clock: SteppingClock) -> int:
    """A case at `check`, whose timer is due in two seconds."""
    case_id = errands.open_errand(office, "opened")
    errands.complete(office, case_id, "apply", "applied")
    scheduler.run_due(office)
    clock.at += SECOND
    scheduler.run_due(office)
    assert errands.jobs(office, case_id=case_id, element="lapsed", status="due")
    return case_id


def fired(office: store.Store, case_id: int) -> Sequence[str]:
    return [row["element"] for row in errands.events(office, case_id, "fired")]


@pytest.mark.parametrize("step", [SECOND, HOUR, YEAR])
def test_a_clock_that_steps_back_fires_nothing_early_and_nothing_twice(
    office: store.Store, clock: SteppingClock, step: timedelta
) -> None:
    case_id = to_check(office, clock)
    due = errands.jobs(office, element="lapsed")[0]["due_at"]
    clock.at -= step
    scheduler.run_due(office)
    clock.at = due - timedelta(microseconds=1)
    scheduler.run_due(office)
    assert fired(office, case_id) == ["pause"]
    clock.at = due
    scheduler.run_due(office)
    assert fired(office, case_id) == ["pause", "lapsed"]
    clock.at = due - step
    scheduler.run_due(office)
    clock.at = due + YEAR
    scheduler.run_due(office)
    assert fired(office, case_id) == ["pause", "lapsed"]
    check(office)


def told(office: store.Store, case_id: int) -> list[datetime]:
    return [row["at"] for row in errands.events(office, case_id)]


def test_machines_whose_clocks_differ_a_little_write_one_order(
    office: store.Store, clock: SteppingClock
) -> None:
    """What a machine that is behind does comes no earlier than what it follows."""
    case_id = errands.open_errand(office, "opened")
    opened = clock.at
    clock.at -= 5 * SECOND
    errands.complete(office, case_id, "apply", "applied")
    assert set(told(office, case_id)) == {opened}
    clock.at = opened + HOUR
    scheduler.run_due(office)
    check(office, Ledger(accepted={"opened", "applied"}))


@pytest.mark.parametrize("step", [HOUR, YEAR])
def test_a_clock_set_back_is_told_in_the_history(
    office: store.Store, clock: SteppingClock, step: timedelta
) -> None:
    """What is done then has the true instant, from which the law's periods are counted."""
    case_id = errands.open_errand(office, "opened")
    opened = clock.at
    clock.at -= step
    errands.complete(office, case_id, "apply", "applied")
    back, done = errands.events(office, case_id)[-2:]
    assert (back["kind"], back["at"], done["at"]) == ("clock_set_back", clock.at, clock.at)
    assert back["before"] == {"at": opened.isoformat()}
    scheduler.run_due(office)
    (pause,) = errands.jobs(office, element="pause")
    assert pause["due_at"] == clock.at + SECOND
    clock.at += SECOND
    scheduler.run_due(office)
    assert fired(office, case_id) == ["pause"]
    kinds = [row["kind"] for row in errands.events(office, case_id)]
    assert kinds.count("clock_set_back") == 1
    check(office, Ledger(accepted={"opened", "applied"}))


def test_what_a_machine_that_is_ahead_has_handed_out_is_free_again(
    office: store.Store, clock: SteppingClock
) -> None:
    """A worker whose clock is behind does nothing early, nor keeps it from being done in time."""
    case_id = errands.open_errand(office, "opened")
    errands.complete(office, case_id, "apply", "applied")
    (job,) = errands.jobs(office, case_id=case_id)
    j = models.jobs
    with office.transaction() as tx:
        tx.run(j.update().values(handed_at=tx.now))
    clock.at -= SECOND
    cases.run_job(office, job["id"])
    (given_back,) = errands.jobs(office, case_id=case_id)
    assert (given_back["status"], given_back["handed_at"]) == ("due", None)
    clock.at += SECOND
    cases.run_job(office, job["id"])
    assert errands.events(office, case_id, "document_issued")
    scheduler.run_due(office)
    check(office, Ledger(accepted={"opened", "applied"}))


def test_processes_whose_clock_is_moved_while_they_run_fire_each_timer_once(
    office: store.Store, today: store.Store, begin: Begin, tmp_path: Path
) -> None:
    """A demonstration's clock, which all its processes read from a file, jumps to and fro."""
    errands.brew(office, STORM)
    (tmp_path / "data").mkdir()
    moved = clocks.DemonstrationClock(tmp_path / "data" / "clock")
    moved.travel(office.now)
    today.clock = moved
    fires = errands.jobs(today, kind="timer")[0]["due_at"]
    with begin(today.url, ["worker"] if today.file else ["worker", "worker2"]):
        for number, before in enumerate((HOUR / 2, 3 * HOUR, HOUR / 4, -HOUR, HOUR / 2, -YEAR / 2)):
            moved.travel(fires - before)
            watch(today, f"{number}")
            assert fired_in_all(today) == (STORM if number > 2 else 0)
        until(lambda: is_idle(today), 60)
    check(today)


def watch(house: store.Store, mark: str) -> None:
    """Come back when the processes have done what there was to do at this instant."""
    case_id = errands.open_errand(house, mark)
    errands.complete(house, case_id, "apply", f"{mark}-applied")
    until(lambda: errands.events(house, case_id, "document_issued"), 30, "nobody looks")
    until(lambda: not checking.left_over(house), 30, "not all is done")


def fired_in_all(house: store.Store) -> int:
    e = models.events
    with house.reading() as tx:
        storm = tx.all(models.cases.select().where(models.cases.c.procedure_key == "storm"))
        ids = [row["id"] for row in storm]
        return tx.count(e.select().where(e.c.kind == "fired", e.c.case_id.in_(ids)))
