"""The machine's clock steps forward and back: nothing fires early, nothing fires twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from tests.faults import errands
from tests.faults.checking import Ledger, check
from workflows import scheduler, store

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
