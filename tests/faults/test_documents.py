"""The real prior notice, printed by two at once or by one who dies: one document, one number."""

import threading
from collections.abc import Iterator

import pytest

from tests.cases import office as people
from tests.databases import Databases
from tests.faults import conftest
from tests.faults.crashing import Mortal
from tests.web.conftest import NOTICE, OPENING
from workflows import cases, designing, models, procedures, scheduler, store, stories
from workflows.stories import stage

KEY = "serious_listing"
TO_APPROVAL = NOTICE[:2]
APPROVED = {"approved": "yes", "opinion": "同意。"}


def furnish(url: str) -> None:
    """Two cases whose prior notice waits for approval."""
    house = store.travelling(url, conftest.AT)
    stage.set_stage(house)
    told = stage.Stage(house)
    stage.add_registry(told, {})
    designing.deploy_bundle(house, procedures.load(KEY), KEY)
    for case in ("one", "two"):
        for step in ({"open": KEY, "as": "wang", "with": OPENING}, *TO_APPROVAL):
            stories.act(told, {"case": case, **step})
    house.close()


@pytest.fixture
def mortal(databases: Databases) -> Iterator[Mortal]:
    """The office, where somebody may die."""
    made = Mortal(databases.like("notices", furnish), conftest.AT)
    yield made
    made.house.close()


def approve(house: store.Store) -> list[int]:
    """Approve both notices; the jobs that will print them."""
    for case_id in (1, 2):
        people.complete(house, case_id, "approve_notice", "zhao", **APPROVED)
    return cases.due_jobs(house, house.now)


def numbers(house: store.Store) -> list[str]:
    """The numbers of all documents, each document proved by its case."""
    d = models.documents
    with house.reading() as tx:
        rows = tx.all(d.select().order_by(d.c.number))
    assert [row["case_id"] for row in sorted(rows, key=lambda row: row["case_id"])] == [1, 2]
    assert all(cases.verify_case(house, case_id) is None for case_id in (1, 2))
    return [row["number"].partition("〕")[2] for row in rows]


def test_notices_that_several_print_at_once_are_one_each_with_the_next_number(
    mortal: Mortal,
) -> None:
    house = mortal.house
    printers = [
        threading.Thread(target=cases.run_job, args=(house, job)) for job in approve(house) * 2
    ]
    for printer in printers:
        printer.start()
    for printer in printers:
        printer.join(60)
    scheduler.run_due(house)
    assert numbers(house) == ["1号", "2号"]


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_printer_who_dies_at_the_commit_leaves_one_document(mortal: Mortal, where: str) -> None:
    first, _second = approve(mortal.house)
    with mortal.dying(where):
        cases.run_job(mortal.house, first)
    scheduler.run_due(mortal.house)
    assert numbers(mortal.house) == ["1号", "2号"]
