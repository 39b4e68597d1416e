"""What should have ended by itself and has not is told once, until it has (INV-13, P-17)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.databases import Databases
from tests.registry.removing import EXPIRED, Desk
from workflows import access, cases, models, scheduler, store
from workflows.queries import operating
from workflows.registry import listings, overdue

OPERATOR = access.Actor(9, "wei", "魏运维", 1, "/1/", "operator")


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    made = Desk(databases.fresh())
    yield made
    made.store.close()


def look(desk: Desk, when: datetime) -> int:
    if desk.store.now < when:
        store.travel(desk.store, when)
    return overdue.look(desk.store)


def test_nothing_is_late_before_the_last_instant_of_the_term(desk: Desk) -> None:
    desk.listed_on(1)
    assert look(desk, EXPIRED - timedelta(seconds=1)) == 0
    assert desk.jobs(listings.OVERDUE) == []


def test_an_entry_past_its_term_is_one_incident_however_often_one_looks(desk: Desk) -> None:
    listing_id, _ = desk.listed_on(1), desk.listed_on(2)
    desk.change(models.listings, listing_id, term_end=EXPIRED.date().replace(year=2027))
    for night in range(3):
        assert look(desk, EXPIRED.replace(year=2028) + timedelta(days=night)) == 1
    [incident] = desk.jobs(listings.OVERDUE)
    assert incident["unique_key"] == f"{listings.OVERDUE}:listing:{listing_id}"
    assert (incident["status"], incident["case_id"]) == ("failed", None)
    assert "2027年3月13日 24:00" in incident["error"]
    assert scheduler.run_office(desk.store) == 0


def test_the_operator_sees_it_and_asking_again_changes_nothing_while_it_is_late(
    desk: Desk,
) -> None:
    desk.listed_on(1)
    look(desk, EXPIRED)
    [seen] = operating.list_jobs(desk.store, OPERATOR, status="failed").rows
    assert seen.kind == listings.OVERDUE
    cases.retry_job(desk.store, OPERATOR, seen.id)
    assert scheduler.run_office(desk.store) == 1
    [still] = operating.list_jobs(desk.store, OPERATOR, status="failed").rows
    assert (still.id, still.error) == (seen.id, seen.error)


def test_it_is_settled_in_the_instant_of_the_removal(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    look(desk, EXPIRED)
    case_id = desk.open("delisting", EXPIRED)
    desk.remove(listing_id, "term_expired", case_id, EXPIRED)
    assert [one["status"] for one in desk.jobs(listings.OVERDUE)] == ["done"]
    assert look(desk, EXPIRED) == 0


def test_a_publicity_past_its_end_is_told_of_and_settled_once_it_is_taken_down(
    desk: Desk,
) -> None:
    publicity_id = desk.publicise(desk.listed_on(1))
    desk.change(models.publicities, publicity_id, ends_on=EXPIRED.date().replace(year=2027))
    later = EXPIRED.replace(year=2027) + timedelta(days=1)
    assert look(desk, later) == 1
    assert "公示" in desk.jobs(listings.OVERDUE)[0]["error"]
    desk.change(models.publicities, publicity_id, status="ended")
    assert look(desk, later) == 0
    assert [one["status"] for one in desk.jobs(listings.OVERDUE)] == ["done"]


def test_the_night_looks_by_itself(desk: Desk) -> None:
    desk.listed_on(1)
    store.travel(desk.store, EXPIRED.replace(hour=0, minute=44))
    scheduler.plan(desk.store)
    assert overdue.JOB not in {one["kind"] for one in desk.jobs(overdue.JOB)}
    store.travel(desk.store, EXPIRED.replace(hour=0, minute=45))
    scheduler.plan(desk.store)
    [planned] = desk.jobs(overdue.JOB)
    cases.run_job(desk.store, planned["id"])
    assert [one["status"] for one in desk.jobs(overdue.JOB)] == ["done"]
    assert len(desk.jobs(listings.OVERDUE)) == 1
