"""Running cases go to a new version: one command each, whole or not at all; batches; the guard."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cases import office
from workflows import (
    access,
    cases,
    designing,
    engine,
    errors,
    models,
    procedures,
    queries,
    scheduler,
    stories,
)
from workflows.store import Row, Store
from workflows.stories import stage, versions

SYSTEM = access.SYSTEM
SCENARIOS = Path(__file__).parents[1] / "scenarios" / "serious_listing"


def deploy(house: Store, *changes: tuple[str, str], **files: bytes) -> int:
    """A next version of the permit: texts of its diagram exchanged, files by form name."""
    bundle = office.bundle()
    text = bundle["permit/permit.bpmn"].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    bundle["permit/permit.bpmn"] = text.encode()
    bundle |= {f"forms/permit/{name}.form": data for name, data in files.items()}
    designing.deploy_bundle(house, bundle, "permit")
    with house.reading() as tx:
        return procedures.latest(tx, "permit").id


RENAMED = ('name="申请"', 'name="提出申请"')
EXTRA = '<bpmn:userTask id="extra" name="补充" camunda:formKey="permit/confirm"/>'
EXTRA_FLOW = '<bpmn:sequenceFlow id="check_to_extra" sourceRef="check" targetRef="extra"/>'
INSERTED = (
    ("<bpmn:exclusiveGateway", f"{EXTRA}<bpmn:exclusiveGateway"),
    ('sourceRef="check" targetRef="result"', 'sourceRef="extra" targetRef="result"'),
    ("</bpmn:process>", f"{EXTRA_FLOW}</bpmn:process>"),
    ("</bpmn:lane>", "<bpmn:flowNodeRef>extra</bpmn:flowNodeRef></bpmn:lane>"),
)
"""A step between check and its result."""


def rows(house: Store, case_id: int) -> dict[str, list[Row]]:
    """Everything a case has."""
    found: dict[str, list[Row]] = {}
    with house.reading() as tx:
        for name in ("tasks", "jobs", "deadlines", "case_messages", "documents", "events"):
            table: Any = getattr(models, name)
            wanted = table.select().where(table.c.case_id == case_id).order_by(table.c.id)
            found[name] = [dict(row) for row in tx.all(wanted)]
        c = models.cases
        found["cases"] = [dict(tx.one(c.select().where(c.c.id == case_id)))]
    return found


def move(house: Store, case_id: int, to: int) -> cases.Judged:
    return cases.move_case(house, office.actor(house, "zhou"), case_id, to, "修法")


@pytest.fixture
def case_id(house: Store) -> int:
    """A permit with a draft, claimed by wang."""
    office.deploy(house)
    case_id = office.open_permit(house)
    task = office.task(house, case_id, "apply")["id"]
    cases.claim_task(house, office.actor(house, "wang"), task)
    cases.save_draft(house, office.actor(house, "wang"), task, {"title": "甲", "place": "乙"})
    return case_id


def test_a_moved_case_keeps_everything_but_its_version_and_the_names(
    house: Store, case_id: int
) -> None:
    before = rows(house, case_id)
    to = deploy(house, RENAMED)
    assert move(house, case_id, to).moves
    after = rows(house, case_id)
    [task], [was] = after["tasks"], before["tasks"]
    assert task == {**was, "name": "提出申请"}
    assert task["draft"] == {"title": "甲", "place": "乙"}
    for name in ("jobs", "deadlines", "case_messages", "documents"):
        assert after[name] == before[name]
    [case], [old] = after["cases"], before["cases"]
    assert case["procedure_id"] == to
    assert case["version"] == old["version"] + 1
    assert case["facts"] == old["facts"]
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=False)
    assert office.elements(house, case_id) == ["apply"]
    assert office.task(house, case_id, "apply")["name"] == "提出申请"


def test_a_move_is_one_event_of_the_history_with_who_why_and_what(
    house: Store, case_id: int
) -> None:
    to = deploy(house, RENAMED)
    move(house, case_id, to)
    event = rows(house, case_id)["events"][-1]
    assert (event["kind"], event["actor"], event["role"]) == ("case_moved", "周设计", "designer")
    assert event["before"]["version"] == 1
    assert event["after"]["version"] == 2
    assert event["after"]["said"] == "由第1版转到第2版"
    assert event["after"]["reason"] == "修法"
    assert event["after"]["notes"] == ["提出申请（apply）：名称由“申请”改为“提出申请”"]
    assert cases.verify_case(house, case_id) is None


def test_a_case_that_stays_is_not_written_at_all(house: Store, case_id: int) -> None:
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=True)
    to = deploy(house, *INSERTED)
    before = rows(house, case_id)
    judged = move(house, case_id, to)
    assert [one.element for one in judged.reasons] == ["extra"]
    assert rows(house, case_id) == before


def test_a_case_at_its_version_is_not_written_again(house: Store, case_id: int) -> None:
    to = deploy(house, RENAMED)
    move(house, case_id, to)
    before = rows(house, case_id)
    assert move(house, case_id, to).moves
    assert rows(house, case_id) == before


def test_a_step_that_comes_later_is_met_after_the_move(house: Store, case_id: int) -> None:
    move(house, case_id, deploy(house, *INSERTED))
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=True)
    assert office.elements(house, case_id) == ["extra"]


def test_what_was_answered_is_read_in_the_words_of_then(house: Store, case_id: int) -> None:
    """The new version no longer has the task."""
    wang = office.actor(house, "wang")
    done = office.task(house, case_id, "apply")["id"]
    office.complete(house, case_id, "apply", "wang", title="甲", place="乙")
    before = queries.task_page(house, wang, office.task(house, case_id, "check")["id"]).before
    to = deploy(
        house,
        ('sourceRef="begun" targetRef="apply"', 'sourceRef="begun" targetRef="check"'),
        ('sourceRef="apply" targetRef="check"', 'sourceRef="fresh" targetRef="check"'),
        ('targetRef="apply"', 'targetRef="fresh"'),
        ('id="apply"', 'id="fresh"'),
        ("<bpmn:flowNodeRef>apply<", "<bpmn:flowNodeRef>fresh<"),
        ('formKey="permit/apply"', 'formKey="permit/confirm"'),
    )
    assert move(house, case_id, to).moves
    task = office.task(house, case_id, "check")["id"]
    assert queries.task_page(house, wang, task).before == before
    assert [one.text for one in before[0].said] == ["甲", "乙"]
    assert queries.task_page(house, wang, done).status == "done"


def test_a_claim_ends_where_the_claimant_may_no_longer_do_the_task(
    house: Store, case_id: int
) -> None:
    lane = '<bpmn:lane id="caseworker" name="承办人">'
    head = '<bpmn:lane id="dept_head" name="部门负责人"><bpmn:flowNodeRef>apply</bpmn:flowNodeRef>'
    to = deploy(
        house,
        ("<bpmn:flowNodeRef>apply</bpmn:flowNodeRef>", ""),
        (lane, f"{head}</bpmn:lane>{lane}"),
    )
    judged = move(house, case_id, to)
    [task] = rows(house, case_id)["tasks"]
    assert (task["role"], task["assignee_id"], task["claimed_at"]) == ("dept_head", None, None)
    assert task["draft"] == {"title": "甲", "place": "乙"}
    assert any("退回本组，草稿保留" in one.text for one in judged.notes)
    assert any("办理角色由" in one.text for one in judged.notes)


def test_what_was_typed_into_a_field_that_is_no_more_is_told_and_kept(
    house: Store, case_id: int
) -> None:
    to = deploy(house, apply=office.form({"key": "title", "label": "标题"}))
    judged = move(house, case_id, to)
    assert [str(one) for one in judged.notes] == [
        "申请（apply）：草稿中的“地点”在新表单中没有这一栏"
    ]
    assert rows(house, case_id)["tasks"][0]["draft"]["place"] == "乙"


def test_running_timers_and_limits_go_on_as_they_began(house: Store, case_id: int) -> None:
    for element, login, said in (
        ("apply", "wang", {"title": "甲"}), ("check", "chen", {"agreed": True}),
        ("confirm", "wang", {"remark": "x"}),
    ):  # fmt: skip
        office.complete(house, case_id, element, login, **said)
    before = rows(house, case_id)
    to = deploy(house, ('limit("make_decision")</bpmn:timeDate>', "P90D</bpmn:timeDate>"),
                ('${limit("make_decision")}', "P60D"))  # fmt: skip
    judged = move(house, case_id, to)
    assert {one.element for one in judged.notes} == {"file", "lapsed"}
    after = rows(house, case_id)
    assert after["jobs"] == before["jobs"]
    assert after["deadlines"] == before["deadlines"]
    [timer] = [job for job in after["jobs"] if job["status"] == "due"]
    scheduler.travel(house, timer["due_at"])
    [case] = rows(house, case_id)["cases"]
    assert (case["status"], case["ended_reason"]) == ("ended", "closed_lapsed")


def test_running_limits_climb_the_ladder_of_the_new_version(house: Store, case_id: int) -> None:
    """Its first step comes later than the step that the case waited for."""
    law = office.bundle()["law/escalation.yaml"].decode()
    later = law.replace("offset: 4", "offset: 6").encode()
    bundle = {**office.bundle(), "law/escalation.yaml": later}
    designing.deploy_bundle(house, bundle, "permit")
    with house.reading() as tx:
        to = procedures.latest(tx, "permit")
    [limit] = rows(house, case_id)["deadlines"]
    scheduler.travel(house, limit["due_at"] + timedelta(days=3))
    [late] = rows(house, case_id)["deadlines"]
    assert move(house, case_id, to.id).moves
    [moved] = rows(house, case_id)["deadlines"]
    assert moved["escalate_at"] > late["escalate_at"]
    assert dict(moved) | {"escalate_at": late["escalate_at"]} == late
    scheduler.travel(house, moved["escalate_at"])
    events = rows(house, case_id)["events"]
    told = [row["after"]["label"] for row in events if row["kind"] == "escalated"]
    assert len(told) == len(set(told)) == late["escalations"] + 1


def test_what_was_received_and_waits_keeps_a_case_where_it_will_be_taken(
    house: Store, case_id: int
) -> None:
    cases.send_message(house, office.actor(house, "wang"), case_id, "note", {"text": "收到"})
    to = deploy(
        house,
        ('name="note"', 'name="remark"'),
        remark=office.form({"key": "text", "label": "内容"}),
    )
    [reason] = move(house, case_id, to).reasons
    assert (reason.element, reason.text) == ("note", "已登记、尚未转入程序的来件，新版本不再受理")


def test_a_fact_that_is_set_keeps_its_type(house: Store, case_id: int) -> None:
    office.complete(house, case_id, "apply", "wang", title="甲", reason="3")
    number = {"type": "number", "key": "reason", "label": "理由"}
    to = deploy(house, apply=office.form({"key": "title", "label": "标题"}, number))
    [reason] = move(house, case_id, to).reasons
    assert str(reason) == "事实“reason”（reason）：类型由文本改为数字，本案已有此值"


def test_a_fact_that_the_new_version_asks_for_must_be_there_or_to_come(
    house: Store, case_id: int
) -> None:
    place = office.form({"key": "title", "label": "标题"}, {"key": "site", "label": "位置"})
    to = deploy(house, (">agreed<", '>site = "殷都"<'), apply=place)
    later = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲")
    [reason] = move(house, case_id, to).reasons
    assert str(reason) == "result（result）：要用事实“site”，新版本由已经走过的环节提供，本案没有"
    assert move(house, later, to).moves


def test_ended_cases_do_not_move_and_suspended_ones_do_and_stay_suspended(
    house: Store, case_id: int
) -> None:
    to = deploy(house, RENAMED)
    c = models.cases
    with house.transaction() as tx:
        tx.run(c.update().where(c.c.id == case_id).values(status="suspended"))
    assert move(house, case_id, to).moves
    [case] = rows(house, case_id)["cases"]
    assert (case["status"], case["procedure_id"]) == ("suspended", to)
    with house.transaction() as tx:
        tx.run(c.update().where(c.c.id == case_id).values(status="ended"))
    with pytest.raises(errors.CaseEnded):
        move(house, case_id, to)


def test_only_designers_and_the_console_move_cases(house: Store, case_id: int) -> None:
    to = deploy(house, RENAMED)
    for login in ("wang", "zhao", "sun"):
        with pytest.raises(errors.NotAllowed):
            cases.move_case(house, office.actor(house, login), case_id, to)
        with pytest.raises(errors.NotAllowed):
            cases.start_move(house, office.actor(house, login), "permit", trial=True)
    assert cases.move_case(house, SYSTEM, case_id, to).moves


def test_a_case_somebody_else_changes_meanwhile_is_judged_again(
    house: Store, case_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = deploy(house, *INSERTED)
    real, told = engine.move, list[int]()

    def outrun(*arguments: Any) -> Any:
        moved = real(*arguments)
        if not told:
            told.append(1)
            office.complete(house, case_id, "apply", "wang", title="甲")
            office.complete(house, case_id, "check", "chen", agreed=True)
        return moved

    monkeypatch.setattr(engine, "move", outrun)
    assert [one.element for one in move(house, case_id, to).reasons] == ["extra"]
    assert rows(house, case_id)["cases"][0]["procedure_id"] != to


def test_all_running_cases_move_in_batches_with_reasons_grouped(house: Store, case_id: int) -> None:
    others = [office.open_permit(house) for _ in range(6)]
    for one in others[:3]:
        office.complete(house, one, "apply", "wang", title="甲")
        office.complete(house, one, "check", "chen", agreed=True)
    deploy(house, *INSERTED)
    zhou = office.actor(house, "zhou")
    trial = cases.start_move(house, zhou, "permit", trial=True)
    seen = list[tuple[int, int, int]]()
    while not (done := cases.continue_move(house, zhou, trial, limit=3)).ended_at:
        seen.append((done.seen, done.moved, done.percent))
    assert seen == [(3, 1, 42), (6, 3, 85)]
    assert (done.total, done.seen, done.moved, done.stayed) == (7, 7, 4, 3)
    [group] = done.reasons
    assert (group.remark.element, group.cases, len(group.numbers)) == ("extra", 3, 3)
    assert rows(house, case_id)["cases"][0]["procedure_id"] == 1

    with pytest.raises(errors.AnswersRefused):
        cases.start_move(house, zhou, "permit", trial=False)
    real = cases.start_move(house, zhou, "permit", trial=False, reason="修法")
    while not (done := cases.continue_move(house, zhou, real, limit=3)).ended_at:
        assert done.percent < 100
    assert (done.seen, done.moved, done.percent) == (7, 4, 100)
    assert cases.continue_move(house, zhou, real) == done
    left = cases.preview_moves(house, zhou, "permit")
    assert [one.case_id for one in left.cases] == others[:3]
    assert not any(one.moves for one in left.cases)
    assert (left.total, left.version, left.more) == (3, 2, 0)
    assert cases.preview_moves(house, zhou, "permit", after=others[1]).cases == left.cases[2:]
    assert [one.trial for one in cases.recent_moves(house, zhou, "permit")] == [False, True]
    again = cases.start_move(house, zhou, "permit", trial=True)
    assert cases.continue_move(house, zhou, again).stayed == 3


def test_chosen_cases_and_an_older_version(house: Store, case_id: int) -> None:
    other = office.open_permit(house)
    deploy(house, RENAMED)
    chosen = cases.start_move(house, SYSTEM, "permit", trial=False, reason="试转", chosen=[other])
    assert cases.continue_move(house, SYSTEM, chosen).moved == 1
    assert rows(house, case_id)["cases"][0]["procedure_id"] == 1
    back = cases.start_move(house, SYSTEM, "permit", 1, trial=False, reason="退回")
    assert cases.continue_move(house, SYSTEM, back).moved == 1
    assert rows(house, other)["cases"][0]["procedure_id"] == 1
    assert cases.verify_case(house, other) is None
    with pytest.raises(errors.NotFound):
        cases.start_move(house, SYSTEM, "permit", 9, trial=True)


def test_two_who_continue_one_move_do_not_count_a_case_twice(house: Store, case_id: int) -> None:
    deploy(house, RENAMED)
    started = cases.start_move(house, SYSTEM, "permit", trial=False, reason="修法")
    with house.alone(f"move-{started}") as mine:
        assert mine
        assert cases.continue_move(house, SYSTEM, started).seen == 0
    assert cases.continue_move(house, SYSTEM, started).moved == 1


def test_nothing_to_move_is_over_at_once(house: Store, case_id: int) -> None:
    assert cases.read_move(
        house, SYSTEM, cases.start_move(house, SYSTEM, "permit", trial=True)
    ).ended_at


def test_a_case_that_cannot_be_read_holds_up_nobody(house: Store, case_id: int) -> None:
    other = office.open_permit(house)
    deploy(house, RENAMED)
    c = models.cases
    with house.transaction() as tx:
        tx.run(c.update().where(c.c.id == case_id).values(state=b"{}"))
    for trial in (True, False):
        started = cases.start_move(house, SYSTEM, "permit", trial=trial, reason="修法")
        done = cases.continue_move(house, SYSTEM, started)
        assert (done.moved, done.stayed) == (1, 1)
        assert "案件的运行状态不能读取" in done.reasons[0].remark.text
    assert rows(house, other)["cases"][0]["procedure_id"] != 1


ARCHIVING = """<bpmn:userTask id="archive" name="归档"
  camunda:formKey="serious_listing/confirm_termination" />
<bpmn:sequenceFlow id="begin_in_force_to_archive" sourceRef="begin_in_force" targetRef="archive" />
"""
LISTED, REFERENCE = '<bpmn:endEvent id="listed"', "<bpmn:flowNodeRef>listed</bpmn:flowNodeRef>"
ARCHIVE = {
    "serious_listing.bpmn": [
        ('sourceRef="begin_in_force" targetRef="listed"', 'sourceRef="archive" targetRef="listed"'),
        (LISTED, f"{ARCHIVING}{LISTED}"),
        (REFERENCE, f"{REFERENCE}<bpmn:flowNodeRef>archive</bpmn:flowNodeRef>"),
    ]
}
"""A step at the very end of the listing procedure."""


@pytest.mark.parametrize("told", ["a02_objection_partly_upheld", "renotice_restarts_window"])
def test_a_listing_moves_at_every_stage_of_its_life(house: Store, told: str) -> None:
    """To the version with a step at the end and back again, between all steps of a story."""
    story = stories.read(SCENARIOS / f"{told}.yaml")
    told_on = stage.Stage(house, folder=SCENARIOS)
    stage.add_registry(told_on, story)
    for one in procedures.known_keys():  # a listing opens what follows it
        designing.deploy_bundle(house, procedures.load(one), one)
    key = "serious_listing"
    versions.change(told_on, {"change": key, "files": ARCHIVE})
    moves = 0
    for step in story["steps"]:
        if told_on.cases and not _ended(house, told_on.case_id):
            versions.move(told_on, {"move": key, "to": 2 - moves % 2})
            moves += 1
        stories.act(told_on, step)
    assert moves > 15
    assert cases.verify_case(house, told_on.case_id) is None


def _ended(house: Store, case_id: int) -> bool:
    return rows(house, case_id)["cases"][0]["status"] == "ended"
