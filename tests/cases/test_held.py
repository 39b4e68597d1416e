"""A suspended case takes no command; an instant the operator has moved is the one that counts."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cases import office
from workflows import access, cases, errors, models, scheduler, store
from workflows.cases import opening, writing
from workflows.store import Row

pytestmark = pytest.mark.usefixtures("permits")


@pytest.fixture
def permits(house: store.Store) -> None:
    office.deploy(house)


def to_filing(house: store.Store) -> int:
    """A case whose timer runs beside its last task."""
    case_id = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=True)
    office.complete(house, case_id, "confirm", "wang", remark="")
    return case_id


def suspend(house: store.Store, case_id: int) -> None:
    c = models.cases
    with house.transaction() as tx:
        tx.run(c.update().where(c.c.id == case_id).values(status="suspended"))


def move(house: store.Store, case_id: int, token: str, days: int) -> None:
    c = models.cases
    with house.transaction() as tx:
        case = tx.one(c.select().where(c.c.id == case_id))
        handling = opening.take_up(tx, case, access.SYSTEM)
        writing.move_timer(handling, token, tx.now + timedelta(days=days), "系统故障")
        handling.proceed()
        handling.save()


def only(house: store.Store, statement: object) -> Row:
    with house.reading() as tx:
        return tx.one(statement)


@pytest.mark.parametrize(
    "command",
    [
        lambda house, wang, task: cases.claim_task(house, wang, task["id"]),
        lambda house, wang, task: cases.complete_task(house, wang, task["id"], {"title": "甲"}),
        lambda house, wang, task: cases.send_message(
            house, wang, task["case_id"], "note", {"text": "来件"}
        ),
    ],
)
def test_a_suspended_case_takes_no_command(
    house: store.Store, command: Callable[..., object]
) -> None:
    case_id = office.open_permit(house)
    suspend(house, case_id)
    wang, task = office.actor(house, "wang"), office.task(house, case_id, "apply")
    with pytest.raises(errors.CaseSuspended):
        command(house, wang, task)
    assert office.task(house, case_id, "apply") == task


def test_what_is_typed_into_a_suspended_case_is_kept(house: store.Store) -> None:
    case_id = office.open_permit(house)
    suspend(house, case_id)
    task = office.task(house, case_id, "apply")
    cases.save_draft(house, office.actor(house, "wang"), task["id"], {"title": "未完"})
    assert office.task(house, case_id, "apply")["draft"] == {"title": "未完"}


def test_nothing_is_opened_on_a_suspended_procedure(house: store.Store) -> None:
    with house.transaction() as tx:
        tx.run(models.procedures.update().values(suspended_at=tx.now))
    with pytest.raises(errors.CaseSuspended):
        office.open_permit(house)


@pytest.mark.parametrize("days", [3, 90])
def test_a_moved_timer_fires_at_its_new_instant(house: store.Store, days: int) -> None:
    case_id = to_filing(house)
    timer = only(house, models.jobs.select())
    move(house, case_id, timer["token"], days)
    moved = only(house, models.jobs.select())
    assert moved["due_at"] == house.now + timedelta(days=days)
    limit = only(house, models.deadlines.select().where(models.deadlines.c.token == timer["token"]))
    assert limit["due_at"] == moved["due_at"]
    assert limit["steps"][-1] == [f"{moved['due_at']:%Y-%m-%d}", None, "系统故障"]
    store.travel(house, moved["due_at"] - timedelta(microseconds=1))
    scheduler.run_due(house)
    assert only(house, models.cases.select())["status"] == "open"
    store.travel(house, moved["due_at"])
    scheduler.run_due(house)
    assert only(house, models.cases.select())["ended_reason"] == "closed_lapsed"


def test_a_task_whose_due_date_moved_is_reminded_of_by_the_new_one(house: store.Store) -> None:
    case_id = office.open_permit(house)
    token = office.task(house, case_id, "apply")["token"]
    scheduler.travel(house, house.now + timedelta(days=60))
    move(house, case_id, token, 30)
    limit = only(house, models.deadlines.select())
    assert office.task(house, case_id, "apply")["due_at"] == limit["due_at"]
    assert house.now < limit["escalate_at"] < limit["due_at"]
    scheduler.travel(house, limit["due_at"] + timedelta(days=20))
    e = models.events
    with house.reading() as tx:
        said = tx.all(e.select().where(e.c.kind == "escalated").order_by(e.c.seq))
    assert [row["after"]["action"] for row in said[-4:]] == [
        "due",
        "notify_supervisor",
        "supervision_letter",
        "interview",
    ]
    assert cases.verify_case(house, case_id) is None
