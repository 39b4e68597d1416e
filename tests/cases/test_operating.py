"""An operator suspends, resumes and retries; a supervisor moves due dates within the law."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cases import office
from workflows import access, cases, errors, models, people, procedures, scheduler, store

pytestmark = pytest.mark.usefixtures("permits")

DAY = timedelta(days=1)
WHY = "系统升级"


@pytest.fixture
def permits(house: store.Store) -> None:
    office.deploy(house)


@pytest.fixture
def operator(house: store.Store) -> access.Actor:
    return office.actor(house, "wei")


def rows(house: store.Store, statement: Any) -> list[Mapping[str, Any]]:
    with house.reading() as tx:
        return list(tx.all(statement))


def case_row(house: store.Store, case_id: int) -> Mapping[str, Any]:
    return rows(house, models.cases.select().where(models.cases.c.id == case_id))[0]


def events(house: store.Store, case_id: int) -> list[str]:
    e = models.events
    return [
        row["kind"]
        for row in rows(house, e.select().where(e.c.case_id == case_id).order_by(e.c.seq))
    ]


def last_event(house: store.Store, case_id: int) -> Mapping[str, Any]:
    e = models.events
    return rows(house, e.select().where(e.c.case_id == case_id).order_by(e.c.seq.desc()))[0]


def to_filing(house: store.Store) -> int:
    """A case whose timer runs beside its last task."""
    case_id = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=True)
    office.complete(house, case_id, "confirm", "wang", remark="")
    return case_id


def timer(house: store.Store, case_id: int) -> Mapping[str, Any]:
    j = models.jobs
    return rows(house, j.select().where(j.c.case_id == case_id, j.c.kind == "timer"))[0]


def fail(house: store.Store, job_id: int, error: str = "打印机没有纸") -> None:
    j = models.jobs
    with house.transaction() as tx:
        tx.run(
            j.update()
            .where(j.c.id == job_id)
            .values(status="failed", attempts=5, error=error, ended_at=tx.now)
        )


def law(house: store.Store, basis: str) -> None:
    """Every limit rests on this."""
    with house.transaction() as tx:
        tx.run(models.deadlines.update().values(basis=basis))


# Suspending a case


def test_a_suspended_case_sleeps_until_it_is_resumed_and_then_catches_up(
    house: store.Store, operator: access.Actor
) -> None:
    case_id = to_filing(house)
    cases.suspend_case(house, operator, case_id, WHY)
    assert (case_row(house, case_id)["status"], timer(house, case_id)["status"]) == (
        "suspended",
        "held",
    )
    with pytest.raises(errors.CaseSuspended):
        office.complete(house, case_id, "file", "wang", remark="")
    scheduler.travel(house, house.now + 90 * DAY)
    assert case_row(house, case_id)["status"] == "suspended"
    assert "escalated" not in events(house, case_id)
    cases.resume_case(house, operator, case_id, "升级完成")
    scheduler.run_due(house)
    assert case_row(house, case_id)["ended_reason"] == "closed_lapsed"
    assert cases.verify_case(house, case_id) is None


def test_the_history_says_who_suspended_a_case_and_why(
    house: store.Store, operator: access.Actor
) -> None:
    case_id = office.open_permit(house)
    cases.suspend_case(house, operator, case_id, f"  {WHY} ")
    said = last_event(house, case_id)
    assert (said["kind"], said["actor_id"], said["role"]) == (
        "case_suspended",
        operator.person_id,
        "operator",
    )
    assert said["after"] == {"with": "case", "reason": WHY}


def test_the_ladder_of_a_suspended_case_goes_on_after_it_is_resumed(
    house: store.Store, operator: access.Actor
) -> None:
    case_id = office.open_permit(house)
    cases.suspend_case(house, operator, case_id, WHY)
    scheduler.travel(house, house.now + 60 * DAY)
    assert "escalated" not in events(house, case_id)
    cases.resume_case(house, operator, case_id, WHY)
    scheduler.run_due(house)
    assert "escalated" in events(house, case_id)


@pytest.mark.parametrize("reason", ["", "  ", "停"])
def test_nothing_is_suspended_without_a_reason(
    house: store.Store, operator: access.Actor, reason: str
) -> None:
    case_id = office.open_permit(house)
    with pytest.raises(errors.AnswersRefused):
        cases.suspend_case(house, operator, case_id, reason)
    with pytest.raises(errors.AnswersRefused):
        cases.suspend_procedure(house, operator, "permit", reason)
    assert case_row(house, case_id)["status"] == "open"
    assert rows(house, models.procedures.select())[0]["suspended_at"] is None


def test_only_an_operator_operates(house: store.Store) -> None:
    case_id = office.open_permit(house)
    for login in ("wang", "zhao", "sun", "zhou"):
        somebody = office.actor(house, login)
        for command in (
            lambda who: cases.suspend_case(house, who, case_id, WHY),
            lambda who: cases.resume_case(house, who, case_id, WHY),
            lambda who: cases.suspend_procedure(house, who, "permit", WHY),
            lambda who: cases.resume_procedure(house, who, "permit", WHY),
            lambda who: cases.retry_job(house, who, 1),
            lambda who: cases.retry_all(house, who),
        ):
            with pytest.raises(errors.NotAllowed):
                command(somebody)


def test_a_case_that_runs_or_has_ended_is_not_resumed_or_suspended(
    house: store.Store, operator: access.Actor
) -> None:
    case_id = to_filing(house)
    with pytest.raises(errors.NotExpected):
        cases.resume_case(house, operator, case_id, WHY)
    cases.suspend_case(house, operator, case_id, WHY)
    with pytest.raises(errors.CaseSuspended):
        cases.suspend_case(house, operator, case_id, WHY)
    cases.resume_case(house, operator, case_id, WHY)
    office.complete(house, case_id, "file", "wang", remark="")
    with pytest.raises(errors.CaseEnded):
        cases.suspend_case(house, operator, case_id, WHY)
    with pytest.raises(errors.NotFound):
        cases.suspend_case(house, operator, 999, WHY)


def test_a_case_whose_state_is_broken_can_be_suspended(
    house: store.Store, operator: access.Actor
) -> None:
    case_id = office.open_permit(house)
    with house.transaction() as tx:
        tx.run(models.cases.update().values(state=b"garbage"))
    cases.suspend_case(house, operator, case_id, WHY)
    assert case_row(house, case_id)["status"] == "suspended"


# Suspending a procedure


def test_a_suspended_procedure_takes_all_its_cases_along_and_nothing_new(
    house: store.Store, operator: access.Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.cases.operating.BATCH", 2)
    ids = [office.open_permit(house) for _ in range(5)]
    done: list[int] = []
    assert cases.suspend_procedure(house, operator, "permit", WHY, done.append) == 5
    assert sum(done) == 5
    assert {case_row(house, one)["suspended_with"] for one in ids} == {"procedure"}
    with pytest.raises(errors.CaseSuspended):
        office.open_permit(house)
    assert cases.resume_procedure(house, operator, "permit", WHY) == 5
    assert {case_row(house, one)["status"] for one in ids} == {"open"}
    assert all(cases.verify_case(house, one) is None for one in ids)
    office.open_permit(house)


def test_a_suspension_stopped_half_way_goes_on_where_it_was(
    house: store.Store, operator: access.Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.cases.operating.BATCH", 2)
    for _ in range(5):
        office.open_permit(house)
    assert cases.suspend_procedure(house, operator, "permit", WHY, at_most=2) == 2
    assert cases.suspend_procedure(house, operator, "permit", WHY) == 3
    assert cases.resume_procedure(house, operator, "permit", WHY, at_most=1) == 2
    assert cases.resume_procedure(house, operator, "permit", WHY) == 3


def test_a_case_suspended_by_itself_outlasts_its_procedure(
    house: store.Store, operator: access.Actor
) -> None:
    alone, along, both = (office.open_permit(house) for _ in range(3))
    cases.suspend_case(house, operator, alone, WHY)
    cases.suspend_procedure(house, operator, "permit", WHY)
    cases.suspend_case(house, operator, both, WHY)
    with pytest.raises(errors.NotExpected):
        cases.resume_case(house, operator, along, WHY)
    cases.resume_procedure(house, operator, "permit", WHY)
    found = [case_row(house, one)["status"] for one in (alone, along, both)]
    assert found == ["suspended", "open", "suspended"]
    cases.resume_case(house, operator, alone, WHY)


def test_a_new_version_of_a_suspended_procedure_is_suspended_too(
    house: store.Store, operator: access.Actor
) -> None:
    cases.suspend_procedure(house, operator, "permit", WHY)
    changed = office.bundle()
    changed["forms/permit/note.form"] = office.form({"key": "text", "label": "附言"})
    from workflows import designing

    assert designing.deploy_bundle(house, changed, "permit") == 2
    with pytest.raises(errors.CaseSuspended):
        office.open_permit(house)
    with pytest.raises(errors.NotFound):
        cases.suspend_procedure(house, operator, "unknown", WHY)


def test_two_operators_do_not_work_on_one_procedure_at_once(
    house: store.Store, operator: access.Actor
) -> None:
    with house.alone("suspension-permit"), pytest.raises(errors.NotExpected):
        cases.suspend_procedure(house, operator, "permit", WHY)


# Retrying


def test_a_failed_job_is_retried_and_its_error_stays_in_the_history(
    house: store.Store, operator: access.Actor
) -> None:
    case_id = to_filing(house)
    job = timer(house, case_id)
    scheduler.travel(house, job["due_at"] - DAY)
    fail(house, job["id"])
    cases.retry_job(house, operator, job["id"])
    again = timer(house, case_id)
    assert (again["status"], again["attempts"], again["error"]) == ("due", 0, "")
    assert again["due_at"] == house.now
    assert last_event(house, case_id)["before"]["error"] == "打印机没有纸"
    assert cases.verify_case(house, case_id) is None
    with pytest.raises(errors.NotExpected):
        cases.retry_job(house, operator, job["id"])


def test_a_failed_job_of_a_suspended_case_waits_for_its_resuming(
    house: store.Store, operator: access.Actor
) -> None:
    case_id = to_filing(house)
    job = timer(house, case_id)
    fail(house, job["id"])
    cases.suspend_case(house, operator, case_id, WHY)
    assert timer(house, case_id)["status"] == "failed"
    cases.retry_job(house, operator, job["id"])
    assert timer(house, case_id)["status"] == "held"
    cases.resume_case(house, operator, case_id, WHY)
    assert timer(house, case_id)["status"] == "due"


def test_all_failed_jobs_are_retried_in_batches(
    house: store.Store, operator: access.Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.cases.operating.BATCH", 2)
    ids = [to_filing(house) for _ in range(5)]
    for case_id in ids:
        fail(house, timer(house, case_id)["id"])
    assert cases.retry_all(house, operator, procedure="another") == 0
    assert cases.retry_all(house, operator, kind="service") == 0
    done: list[int] = []
    assert cases.retry_all(house, operator, procedure="permit", progress=done.append) == 5
    assert sum(done) == 5
    assert {timer(house, case_id)["status"] for case_id in ids} == {"due"}


def test_a_failed_job_without_a_case_is_retried(house: store.Store, operator: access.Actor) -> None:
    with house.transaction() as tx:
        values = {"kind": "screening", "unique_key": "screening:x", "due_at": tx.now}
        job_id = tx.insert(models.jobs, values)
    fail(house, job_id)
    cases.retry_job(house, operator, job_id)
    assert rows(house, models.jobs.select())[0]["status"] == "due"


# Moving what is due


def ends(house: store.Store, case_id: int) -> datetime:
    return timer(house, case_id)["due_at"]


def test_an_office_limit_moves_either_way_with_a_reason(house: store.Store) -> None:
    case_id = office.open_permit(house)
    sun, task = office.actor(house, "sun"), office.task(house, case_id, "apply")
    for days in (5, -2):
        due_at = task["due_at"] + days * DAY
        cases.change_task_due(house, sun, task["id"], due_at, "节前集中办理")
        assert office.task(house, case_id, "apply")["due_at"] == due_at
    said = last_event(house, case_id)
    assert said["kind"] == "due_changed"
    assert said["after"] == {"due_at": due_at.isoformat(), "reason": "节前集中办理"}
    assert cases.verify_case(house, case_id) is None


def test_the_end_the_law_has_set_comes_later_only_on_an_article(house: store.Store) -> None:
    case_id = office.open_permit(house)
    law(house, "行政处罚法第六十条")
    sun, task = office.actor(house, "sun"), office.task(house, case_id, "apply")
    later = task["due_at"] + 5 * DAY
    with pytest.raises(errors.LimitFixed, match="行政处罚法第六十条"):
        cases.change_task_due(house, sun, task["id"], later, "人手不足")
    cases.change_task_due(house, sun, task["id"], later, "案情复杂", "经负责人批准延长")
    assert last_event(house, case_id)["article"] == "经负责人批准延长"
    cases.change_task_due(house, sun, task["id"], later - 8 * DAY, "提前办结")


def test_a_period_of_the_law_is_never_made_shorter(house: store.Store) -> None:
    case_id = to_filing(house)
    law(house, "行政处罚法第六十四条")
    sun, job = office.actor(house, "sun"), timer(house, case_id)
    with pytest.raises(errors.LimitFixed):
        cases.change_timer(house, sun, job["id"], job["due_at"] - timedelta(seconds=1), "从速")
    assert ends(house, case_id) == job["due_at"]
    cases.change_timer(house, sun, job["id"], job["due_at"] + DAY, "不可抗力顺延")
    assert ends(house, case_id) == job["due_at"] + DAY


def test_what_is_due_is_moved_by_a_supervisor_into_the_future_and_with_a_reason(
    house: store.Store, operator: access.Actor
) -> None:
    case_id = to_filing(house)
    task, job = office.task(house, case_id, "file"), timer(house, case_id)
    sun, later = office.actor(house, "sun"), house.now + 30 * DAY
    for login in ("wang", "zhao", "wei"):
        with pytest.raises(errors.NotAllowed):
            cases.change_task_due(house, office.actor(house, login), task["id"], later, WHY)
        with pytest.raises(errors.NotAllowed):
            cases.change_timer(house, office.actor(house, login), job["id"], later, WHY)
    for due_at, reason in ((later, ""), (house.now, WHY)):
        with pytest.raises(errors.AnswersRefused):
            cases.change_task_due(house, sun, task["id"], due_at, reason)
        with pytest.raises(errors.AnswersRefused):
            cases.change_timer(house, sun, job["id"], due_at, reason)
    cases.suspend_case(house, operator, case_id, WHY)
    with pytest.raises(errors.CaseSuspended):
        cases.change_timer(house, sun, job["id"], later, WHY)
    assert ends(house, case_id) == job["due_at"]


def test_a_supervisor_of_another_department_finds_nothing_to_move(house: store.Store) -> None:
    case_id = to_filing(house)
    with house.transaction() as tx:
        d = models.departments
        other = tx.one(d.select().where(d.c.code == "longan_emergency"))["id"]
        people.add_person(tx, "far", "远督导", None, [(other, "supervisor")])
    far, later = office.actor(house, "far"), house.now + 30 * DAY
    with pytest.raises(errors.NotFound):
        cases.change_task_due(house, far, office.task(house, case_id, "file")["id"], later, WHY)
    with pytest.raises(errors.NotFound):
        cases.change_timer(house, far, timer(house, case_id)["id"], later, WHY)


def test_the_ladder_counts_its_rungs_anew_from_a_moved_due_date(house: store.Store) -> None:
    case_id = office.open_permit(house)
    scheduler.travel(house, house.now + 60 * DAY)
    sun, task = office.actor(house, "sun"), office.task(house, case_id, "apply")
    d = models.deadlines
    running = d.select().where(d.c.status == "running", d.c.token == task["token"])
    assert rows(house, running)[0]["escalations"] > 1
    cases.change_task_due(house, sun, task["id"], house.now + 30 * DAY, WHY)
    (limit,) = rows(house, running)
    assert limit["escalations"] == 0
    assert limit["escalate_at"] > house.now


def test_a_version_deployed_in_the_instant_of_a_suspension_is_suspended_too(
    house: store.Store, operator: access.Actor
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with house.transaction() as tx:
            procedures.hold_versions(tx, "permit")
            old = dict(tx.one(models.procedures.select()))
            suspending = pool.submit(cases.suspend_procedure, house, operator, "permit", WHY)
            wait([suspending], timeout=0.2)  # it stands at the versions by now
            tx.insert(models.procedures, {**old, "id": old["id"] + 1, "version": 2})
        suspending.result()
    assert all(row["suspended_at"] for row in rows(house, models.procedures.select()))
