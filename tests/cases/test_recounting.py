"""A newly announced calendar reaches the limits that run, never to anybody's loss (INV-21)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.cases import office
from workflows import cases, models, procedures, scheduler, store, workdays

NEW_YEAR = datetime(2026, 12, 30, 9, tzinfo=workdays.OFFICE)


@pytest.fixture
def case_id(house: store.Store) -> int:
    """A permit asked for on 30 December: its due dates rest on a year not yet announced."""
    store.travel(house, NEW_YEAR)
    office.deploy(house)
    return office.open_permit(house)


def announce(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The State Council announces the holidays of 2027."""
    known = procedures.calendar()
    year = replace(known.years[2027], official=True, version="2027-1", **changes)
    new = workdays.build_calendar([*(y for n, y in known.years.items() if n != 2027), year])
    monkeypatch.setattr(procedures, "calendar", lambda: new)


def more_rest(known: Mapping[date, str]) -> dict[date, str]:
    return dict(known) | {date(2027, 1, day): "元旦" for day in range(4, 9)}


def limit(house: store.Store, case_id: int) -> store.Row:
    d = models.deadlines
    with house.reading() as tx:
        return tx.one(d.select().where(d.c.case_id == case_id, d.c.status == "running"))


def test_more_holidays_move_the_limit_and_the_task_and_are_told(
    house: store.Store, case_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = limit(house, case_id)
    assert before["provisional"]
    announce(monkeypatch, rest=more_rest(procedures.calendar().years[2027].rest))
    assert cases.recount_limits(house) == 1
    after = limit(house, case_id)
    assert after["due_at"] > before["due_at"]
    assert not after["provisional"]
    assert "2027-1" in after["calendar_version"]
    assert office.task(house, case_id, "apply")["due_at"] == after["due_at"]
    e = models.events
    with house.reading() as tx:
        told = tx.one(e.select().where(e.c.kind == "limit_recounted"))
    assert told["after"]["due_at"] == after["due_at"].isoformat()
    assert cases.verify_case(house, case_id) is None


def test_what_was_told_is_never_shortened(
    house: store.Store, case_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = limit(house, case_id)
    announce(monkeypatch, rest={}, work={date(2027, 1, 2): "调休", date(2027, 1, 3): "调休"})
    assert cases.recount_limits(house) == 0
    after = limit(house, case_id)
    assert after["due_at"] == before["due_at"]
    assert "不得缩短" in str(after["steps"][-1])


def test_a_second_count_changes_nothing(
    house: store.Store, case_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(monkeypatch, rest=more_rest(procedures.calendar().years[2027].rest))
    assert cases.recount_limits(house) == 1
    once = limit(house, case_id)
    assert cases.recount_limits(house) == 0
    assert limit(house, case_id) == once


def test_the_worker_counts_again_by_itself(
    house: store.Store, case_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(monkeypatch, rest=more_rest(procedures.calendar().years[2027].rest))
    scheduler.plan(house)
    scheduler.run_office(house)
    assert not limit(house, case_id)["provisional"]
    store.travel(house, house.now + timedelta(hours=1))
    scheduler.plan(house)
    assert scheduler.run_office(house) == 0
