"""People work while an operator suspends and resumes: nothing sticks, nothing slips through."""

import random
import threading
from collections.abc import Callable

import pytest

from tests.cases import office
from workflows import cases, errors, models, people, scheduler, store

pytestmark = pytest.mark.usefixtures("permits")

WHY = "系统升级"
LATER = (errors.CaseSuspended, errors.CaseChanged, errors.TaskGone)


@pytest.fixture
def permits(house: store.Store) -> None:
    office.deploy(house)


def together(*works: Callable[[], object]) -> None:
    """Do them at once; whatever one raises is raised here."""
    faults: list[BaseException] = []

    def safely(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as fault:  # noqa: BLE001  # told below, in the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=safely, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults:
        raise fault


def consistent(house: store.Store) -> None:
    """Open cases hold nothing back, suspended ones have nothing to run, and histories are whole."""
    c, j = models.cases, models.jobs
    with house.reading() as tx:
        joined = j.join(c, j.c.case_id == c.c.id).select()
        wrong = tx.all(
            joined.where(
                ((c.c.status == "open") & (j.c.status == "held"))
                | ((c.c.status == "suspended") & (j.c.status == "due"))
            )
        )
        ids = [row["id"] for row in tx.all(c.select())]
    assert wrong == []
    assert [cases.verify_case(house, one) for one in ids] == [None] * len(ids)


def test_work_goes_on_around_suspending_and_resuming(house: store.Store) -> None:
    ids = [office.open_permit(house) for _ in range(6)]
    wei = office.actor(house, "wei")

    def clerk(login: str, element: str, **answers: object) -> None:
        chance = random.Random(login)  # noqa: S311
        for _ in range(25):
            try:
                office.complete(house, chance.choice(ids), element, login, **answers)
            except (*LATER, errors.NotFound, errors.FourEyes):
                continue

    def operator() -> None:
        for _ in range(6):
            cases.suspend_procedure(house, wei, "permit", WHY)
            cases.resume_procedure(house, wei, "permit", WHY)

    together(
        operator,
        lambda: clerk("wang", "apply", title="甲"),
        lambda: clerk("chen", "check", agreed=True),
        lambda: clerk("wang", "confirm", remark=""),
    )
    consistent(house)
    with house.reading() as tx:
        assert {row["status"] for row in tx.all(models.cases.select())} == {"open"}


def test_no_case_is_opened_past_a_suspension(house: store.Store) -> None:
    wei = office.actor(house, "wei")
    begun = threading.Barrier(3)

    def opener() -> None:
        begun.wait()
        for _ in range(12):
            try:
                office.open_permit(house)
            except errors.CaseSuspended:
                return

    def operator() -> None:
        begun.wait()
        cases.suspend_procedure(house, wei, "permit", WHY)

    together(operator, opener, opener)
    with house.reading() as tx:
        assert tx.all(models.cases.select().where(models.cases.c.status == "open")) == []
    consistent(house)


def test_a_timer_and_a_suspension_in_the_same_instant(house: store.Store) -> None:
    ids: list[int] = []
    for _ in range(5):
        ids.append(office.open_permit(house))
        office.complete(house, ids[-1], "apply", "wang", title="甲")
        office.complete(house, ids[-1], "check", "chen", agreed=True)
        office.complete(house, ids[-1], "confirm", "wang", remark="")
    with house.reading() as tx:
        due_at = max(row["due_at"] for row in tx.all(models.jobs.select()))
    store.travel(house, due_at)
    wei = office.actor(house, "wei")

    def operator() -> None:
        for case_id in reversed(ids):
            try:
                cases.suspend_case(house, wei, case_id, WHY)
            except errors.CaseEnded:
                continue

    together(operator, lambda: scheduler.run_due(house))
    consistent(house)
    for case_id in ids:
        try:
            cases.resume_case(house, wei, case_id, WHY)
        except errors.NotExpected:
            continue
    scheduler.run_due(house)
    with house.reading() as tx:
        ended = {row["ended_reason"] for row in tx.all(models.cases.select())}
    assert ended == {"closed_lapsed"}


def test_machines_that_start_at_once_share_one_key(house: store.Store) -> None:
    found: list[str] = []
    together(*(lambda: found.append(people.signing_key(house)) for _ in range(4)))
    assert len(set(found)) == 1
    assert len(found[0]) == 64
