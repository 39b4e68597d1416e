"""One command, one transaction, one instant; refused commands leave nothing behind."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from tests.cases import office
from workflows import cases, errors, models, scheduler, store

pytestmark = pytest.mark.usefixtures("permits")


@pytest.fixture
def permits(house: store.Store) -> None:
    office.deploy(house)


def count(house: store.Store, table: sa.Table) -> int:
    with house.reading() as tx:
        return len(tx.all(table.select()))


def test_a_case_runs_from_opening_to_its_end(house: store.Store) -> None:
    case_id = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲", place="殷都", reason="")
    office.complete(house, case_id, "check", "chen", agreed=True)
    office.complete(house, case_id, "confirm", "wang", remark="")
    office.complete(house, case_id, "file", "wang", remark="")
    with house.reading() as tx:
        case = tx.one(models.cases.select())
    assert (case["status"], case["ended_reason"]) == ("ended", "filed")
    assert case["number"] == f"2026-{case_id:06d}"
    assert case["facts"][""]["title"] == "甲"
    assert cases.verify_case(house, case_id) is None


def test_completing_a_task_takes_eight_statements_and_one_commit(house: store.Store) -> None:
    case_id = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲", place="殷都", reason="")
    office.complete(house, case_id, "check", "chen", agreed=True)
    wang, task = office.actor(house, "wang"), office.task(house, case_id, "confirm")
    said: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(house.engine, "before_cursor_execute", listen)
    cases.complete_task(house, wang, task["id"], {"remark": "可"})
    event.remove(house.engine, "before_cursor_execute", listen)
    control = [one for one in said if one.split()[0] in {"BEGIN", "COMMIT", "ROLLBACK"}]
    assert [one.split()[0] for one in control] == ["BEGIN", "COMMIT"]
    assert len(said) - len(control) <= 8, "\n".join(said)


def test_a_task_that_is_not_there_yet_is_no_matter_of_the_listing_guard(house: store.Store) -> None:
    case_id = office.open_permit(house)
    with pytest.raises(errors.NotExpected, match="没有待办的"):
        cases.attempt(house, office.actor(house, "wang"), case_id, "file", {})


def test_four_eyes_bar_the_hand_that_applied(house: store.Store) -> None:
    case_id = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲")
    with pytest.raises(errors.FourEyes):
        office.complete(house, case_id, "check", "wang", agreed=True)
    assert office.elements(house, case_id) == ["check"]


@pytest.mark.parametrize(
    ("login", "refusal"),
    [("zhao", errors.NotYourTask), ("zheng", errors.NotFound), ("sun", errors.NotYourTask)],
)
def test_another_role_or_department_does_not_get_in(
    house: store.Store, login: str, refusal: type[errors.Refusal]
) -> None:
    case_id = office.open_permit(house)
    with pytest.raises(refusal):
        office.complete(house, case_id, "apply", login, title="甲")


def test_a_second_click_finds_the_task_gone(house: store.Store) -> None:
    case_id = office.open_permit(house)
    task = office.task(house, case_id, "apply")
    wang = office.actor(house, "wang")
    cases.complete_task(house, wang, task["id"], {"title": "甲"})
    with pytest.raises(errors.TaskGone):
        cases.complete_task(house, wang, task["id"], {"title": "甲"})
    assert count(house, models.tasks) == 2


def test_refused_answers_name_the_field_and_keep_the_draft(house: store.Store) -> None:
    case_id = office.open_permit(house)
    task = office.task(house, case_id, "apply")
    wang = office.actor(house, "wang")
    cases.save_draft(house, wang, task["id"], {"title": "", "reason": "写了一半"})
    with pytest.raises(errors.AnswersRefused) as refused:
        cases.complete_task(house, wang, task["id"], {"title": ""})
    assert set(refused.value.complaints) == {"title"}
    assert office.task(house, case_id, "apply")["draft"]["reason"] == "写了一半"


def test_a_claimed_task_is_not_done_by_a_colleague(house: store.Store) -> None:
    case_id = office.open_permit(house)
    task = office.task(house, case_id, "apply")
    cases.claim_task(house, office.actor(house, "chen"), task["id"])
    with pytest.raises(errors.NotYourTask):
        office.complete(house, case_id, "apply", "wang", title="甲")
    with pytest.raises(errors.NotYourTask):
        cases.claim_task(house, office.actor(house, "wang"), task["id"])
    cases.release_task(house, office.actor(house, "chen"), task["id"])
    office.complete(house, case_id, "apply", "wang", title="甲")


def test_two_people_at_once_end_with_one_completion(
    house: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chen completes between Wang's reading and Wang's writing: Wang is told, nothing doubles."""
    case_id = office.open_permit(house)
    task = office.task(house, case_id, "apply")
    wang, chen = office.actor(house, "wang"), office.actor(house, "chen")
    begin = store.Transaction.begin
    raced: list[int] = []

    def begin_after_chen(tx: store.Transaction) -> None:
        if not raced:
            raced.append(1)
            cases.complete_task(house, chen, task["id"], {"title": "陈"})
        begin(tx)

    monkeypatch.setattr(store.Transaction, "begin", begin_after_chen)
    with pytest.raises(errors.TaskGone):
        cases.complete_task(house, wang, task["id"], {"title": "王"})
    with house.reading() as tx:
        assert tx.one(models.cases.select())["facts"][""]["title"] == "陈"
    assert count(house, models.tasks) == 2
    assert cases.verify_case(house, case_id) is None


def test_a_message_that_comes_early_is_kept_until_somebody_waits(house: store.Store) -> None:
    case_id = office.open_permit(house)
    wang = office.actor(house, "wang")
    cases.send_message(house, wang, case_id, "note", {"text": "早到"})
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=True)
    scheduler.run_due(house)
    cases.send_message(house, wang, case_id, "note", {"text": "再来"})
    with house.reading() as tx:
        rows = tx.all(models.case_messages.select())
    assert [row["status"] for row in rows] == ["delivered", "delivered"]
    assert office.elements(house, case_id) == ["confirm"]


def test_a_message_the_procedure_does_not_know_is_refused(house: store.Store) -> None:
    case_id = office.open_permit(house)
    with pytest.raises(errors.NotExpected):
        cases.send_message(house, office.actor(house, "wang"), case_id, "unheard_of", {})
    assert count(house, models.case_messages) == 0


def to_filing(house: store.Store) -> int:
    case_id = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=True)
    office.complete(house, case_id, "confirm", "wang", remark="")
    return case_id


def test_a_timer_fires_exactly_at_its_instant_and_once(house: store.Store) -> None:
    to_filing(house)
    with house.reading() as tx:
        job = tx.one(models.jobs.select().where(models.jobs.c.kind == "timer"))
    store.travel(house, job["due_at"] - timedelta(microseconds=1))
    scheduler.run_due(house)
    with house.reading() as tx:
        assert tx.one(models.cases.select())["status"] == "open"
    store.travel(house, job["due_at"])
    scheduler.run_due(house)
    cases.run_job(house, job["id"])
    with house.reading() as tx:
        case = tx.one(models.cases.select())
        events = tx.all(models.events.select().where(models.events.c.kind == "fired"))
    assert (case["ended_reason"], len(events)) == ("closed_lapsed", 1)


def test_a_week_without_ticks_loses_nothing_and_doubles_nothing(house: store.Store) -> None:
    case_id = to_filing(house)
    store.travel(house, house.now + timedelta(days=30))
    scheduler.run_due(house)
    scheduler.run_due(house)
    with house.reading() as tx:
        e = models.events
        fired = tx.all(e.select().where(e.c.kind == "fired"))
        steps = [
            row["after"]["action"] for row in tx.all(e.select().where(e.c.kind == "escalated"))
        ]
    assert len(fired) == 1
    assert len(steps) == len(set(steps))
    assert cases.verify_case(house, case_id) is None


def test_the_ladder_is_climbed_step_by_step_as_days_go_by(house: store.Store) -> None:
    case_id = office.open_permit(house)
    scheduler.travel(house, house.now + timedelta(days=60))
    e = models.events
    with house.reading() as tx:
        rows = tx.all(e.select().where(e.c.kind == "escalated").order_by(e.c.seq))
    assert [row["after"]["action"] for row in rows] == [
        "remind_assignee",
        "due",
        "notify_supervisor",
        "supervision_letter",
        "interview",
        "report_government",
    ]
    assert cases.verify_case(house, case_id) is None


def test_a_job_that_fails_five_times_becomes_an_incident(
    house: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_filing(house)

    def broken(*_: object) -> None:
        raise RuntimeError("磁盘已满")

    monkeypatch.setattr("workflows.cases.opening.take_up", broken)
    for _ in range(8):
        store.travel(house, house.now + timedelta(days=10))
        for job_id in cases.due_jobs(house, house.now):
            cases.run_job(house, job_id)
    with house.reading() as tx:
        job = tx.one(models.jobs.select())
    assert (job["status"], job["attempts"]) == ("failed", 5)
    assert "磁盘已满" in job["error"]


def test_history_names_the_first_event_that_was_changed(house: store.Store) -> None:
    case_id = to_filing(house)
    e = models.events
    with house.transaction() as tx:
        tx.run(e.update().where(e.c.seq == 2).values(actor="他人"))
    fault = cases.verify_case(house, case_id)
    assert fault is not None
    assert fault.seq == 2


def test_history_notices_a_missing_last_event(house: store.Store) -> None:
    case_id = to_filing(house)
    e = models.events
    with house.transaction() as tx:
        newest = max(row["seq"] for row in tx.all(e.select()))
        tx.run(e.delete().where(e.c.seq == newest))
    assert cases.verify_case(house, case_id) is not None


def test_reassigning_says_who_may_not_and_moves_the_rest(house: store.Store) -> None:
    first, second = office.open_permit(house), office.open_permit(house)
    office.complete(house, first, "apply", "chen", title="甲")
    ids = [office.task(house, first, "check")["id"], office.task(house, second, "apply")["id"]]
    sun = office.actor(house, "sun")
    refused = cases.reassign_tasks(house, sun, ids, "chen", "王承办休假")
    assert [(one.task["id"], "前道任务" in one.refusal) for one in refused] == [(ids[0], True)]
    moved = office.task(house, second, "apply")
    assert moved["assignee_id"] == office.actor(house, "chen").person_id
    with pytest.raises(errors.NotAllowed):
        cases.reassign_tasks(house, office.actor(house, "wang"), ids, "chen", "想改")
    with pytest.raises(errors.AnswersRefused):
        cases.reassign_tasks(house, sun, ids, "chen", " ")


def test_evidence_is_judged_by_its_bytes(house: store.Store) -> None:
    case_id = office.open_permit(house)
    wang = office.actor(house, "wang")
    digest = cases.add_attachment(house, wang, case_id, "../../回执.pdf", b"%PDF-1.7 x")
    assert cases.add_attachment(house, wang, case_id, "again.pdf", b"%PDF-1.7 x") == digest
    with house.reading() as tx:
        rows = tx.all(models.attachments.select())
    assert [row["filename"] for row in rows] == ["回执.pdf"]
    for hostile in (b"", b"MZ\x90\x00", b"<html>\x00", b"PK\x03\x04junk", b"x" * (20 * 2**20 + 1)):
        with pytest.raises(errors.FileRefused):
            cases.add_attachment(house, wang, case_id, "evil.pdf", hostile)


def test_running_cases_stay_on_their_version(house: store.Store) -> None:
    from workflows import designing

    case_id = office.open_permit(house)
    changed = office.bundle() | {
        "forms/permit/apply.form": office.form({"key": "other", "label": "其他"})
    }
    assert designing.deploy_bundle(house, changed, "permit") == 2
    assert designing.deploy_bundle(house, changed, "permit") == 2
    office.complete(house, case_id, "apply", "wang", title="甲")
    with house.reading() as tx:
        assert tx.one(models.cases.select())["facts"][""]["title"] == "甲"
