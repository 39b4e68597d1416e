"""中止、中断、延长 of limits: who may, what follows, and what must not."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.cases import office
from tests.engine import diagrams
from workflows import (
    access,
    cases,
    designing,
    errors,
    models,
    procedures,
    scheduler,
    store,
    workdays,
)
from workflows.registry import pauses
from workflows.store import Row, Store

LIMIT = "make_decision"
pytestmark = pytest.mark.usefixtures("permits")


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=workdays.OFFICE)


@pytest.fixture
def permits(house: Store) -> None:
    office.deploy(house)


@pytest.fixture
def case_id(house: Store) -> int:
    """Applied for on 2 March: the task is due at the end of the 9th."""
    return office.open_permit(house)


def reasons(house: Store, case_id: int, **changes: Any) -> cases.Reasons:
    zhao = office.actor(house, "zhao")
    proof = cases.add_attachment(house, zhao, case_id, "flood.txt", b"flood")
    said = cases.Reasons("当事人住所地发生洪水", "民事诉讼法第八十六条", [proof])
    return replace(said, **changes)


def pause(
    house: Store, case_id: int, kind: str = "suspension", limits: Any = None, **more: Any
) -> int:
    said = reasons(house, case_id)
    zhao = office.actor(house, "zhao")
    return cases.pause_limits(house, zhao, case_id, kind, limits, said, **more)


def resume(house: Store, case_id: int, pause_id: int, login: str = "wang") -> None:
    said = cases.Reasons("洪水退去")
    cases.resume_limits(house, office.actor(house, login), case_id, pause_id, said)


def extend(house: Store, case_id: int, length: int = 3, unit: str = "workdays") -> int:
    said = reasons(house, case_id)
    zhao = office.actor(house, "zhao")
    return cases.extend_limit(house, zhao, case_id, LIMIT, said, length=length, unit=unit)


def limit(house: Store, case_id: int) -> Row:
    """The newest limit that has not ended."""
    d = models.deadlines
    wanted = d.select().where(d.c.case_id == case_id, d.c.status != "ended")
    with house.reading() as tx:
        return tx.one(wanted.order_by(d.c.id.desc()))


def told(house: Store, case_id: int, kind: str) -> list[Row]:
    e = models.events
    wanted = e.select().where(e.c.case_id == case_id, e.c.kind == kind).order_by(e.c.seq)
    with house.reading() as tx:
        return list(tx.all(wanted))


def to_filing(house: Store) -> int:
    """A case whose timer runs beside its last task."""
    case_id = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=True)
    office.complete(house, case_id, "confirm", "wang", remark="")
    return case_id


# What is told


def test_the_history_tells_who_stopped_which_limit_why_and_what_became_of_its_end(
    house: Store, case_id: int
) -> None:
    pause_id = pause(house, case_id, limits=[LIMIT])
    store.travel(house, at(11, 9))
    resume(house, case_id, pause_id)
    extend(house, case_id)
    (stopped,), (resumed,), (extended,) = (
        told(house, case_id, kind) for kind in ("limit_paused", "limit_resumed", "limit_extended")
    )
    assert stopped["role"] == "dept_head"
    assert stopped["article"] == "民事诉讼法第八十六条"
    assert stopped["before"]["due_at"] == at(10).isoformat()
    assert (stopped["after"]["due_at"], stopped["after"]["kind"]) == (None, "中止")
    assert len(stopped["documents"]) == 1
    assert resumed["role"] == "caseworker"
    assert resumed["after"]["due_at"] == at(19).isoformat()
    assert resumed["after"]["reason"] == "洪水退去"
    assert extended["before"]["due_at"] == at(19).isoformat()
    assert extended["after"]["due_at"] == at(24).isoformat()
    assert limit(house, case_id)["due_at"] == at(24)
    assert office.task(house, case_id, "apply")["due_at"] == at(24)
    assert cases.verify_case(house, case_id) is None


def test_the_row_explains_each_day(house: Store, case_id: int) -> None:
    store.travel(house, at(4, 9))
    pause_id = pause(house, case_id)
    store.travel(house, at(5, 9))
    resume(house, case_id, pause_id)
    steps = limit(house, case_id)["steps"]
    assert [reason for _day, _no, reason in steps] == [
        *("开始的当日不计入", "工作日", "期间中止", "期间中止", "工作日"),
        *("周六休息", "周日休息", "工作日", "工作日", "工作日"),
    ]
    assert limit(house, case_id)["pauses"] == [pause_id]


# Who, and what for


@pytest.mark.parametrize("login", ["wang", "li", "sun", "qian", "zhou"])
def test_only_a_head_of_department_stops_a_clock(house: Store, case_id: int, login: str) -> None:
    said = reasons(house, case_id)
    with pytest.raises(errors.Refusal):
        cases.pause_limits(house, office.actor(house, login), case_id, "suspension", None, said)
    actor = office.actor(house, login)
    with pytest.raises(errors.Refusal):
        cases.extend_limit(house, actor, case_id, LIMIT, said, length=1, unit="days")
    assert limit(house, case_id)["status"] == "running"


def test_the_head_of_another_department_does_not(house: Store, case_id: int) -> None:
    feng = office.actor(house, "feng")
    assert feng.role == "dept_head"
    with pytest.raises(errors.NotFound):
        cases.pause_limits(house, feng, case_id, "suspension", None, reasons(house, case_id))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ground": " "}, "ground"),
        ({"article": ""}, "article"),
        ({"evidence": []}, "evidence"),
        ({"evidence": ["0" * 64]}, "evidence"),
        ({"evidence": ["'; drop table"]}, "evidence"),
    ],
)
def test_what_is_missing_is_said_field_by_field(
    house: Store, case_id: int, changes: Mapping[str, Any], field: str
) -> None:
    said = reasons(house, case_id, **changes)
    with pytest.raises(errors.AnswersRefused) as refused:
        cases.pause_limits(house, office.actor(house, "zhao"), case_id, "suspension", None, said)
    assert list(refused.value.complaints) == [field]
    with house.reading() as tx:
        assert not pauses.of_case(tx, case_id)


@pytest.mark.parametrize(
    ("length", "unit"), [(0, "days"), (-1, "days"), (367, "days"), (3, "weeks"), (3, "")]
)
def test_an_extension_is_so_many_days(house: Store, case_id: int, length: int, unit: str) -> None:
    with pytest.raises(errors.AnswersRefused):
        extend(house, case_id, length, unit)


def test_a_kind_that_is_no_stop_is_refused(house: Store, case_id: int) -> None:
    with pytest.raises(errors.AnswersRefused):
        pause(house, case_id, "extension")


def test_no_limit_at_all_is_not_every_limit(house: Store, case_id: int) -> None:
    with pytest.raises(errors.AnswersRefused):
        pause(house, case_id, limits=[])


def test_what_another_case_has_stopped_is_not_found_here(house: Store, case_id: int) -> None:
    other = office.open_permit(house)
    pause_id = pause(house, other)
    with pytest.raises(errors.NotFound):
        resume(house, case_id, pause_id)


# What stands still


def test_nothing_fires_and_nobody_is_reminded_while_the_clock_stands_still(house: Store) -> None:
    case_id = to_filing(house)
    pause_id = pause(house, case_id)
    scheduler.travel(house, at(31, 9))
    assert office.elements(house, case_id) == ["file"]
    assert told(house, case_id, "escalated") == []
    assert office.task(house, case_id, "file")["due_at"] is None
    resume(house, case_id, pause_id)
    due = limit(house, case_id)["due_at"]
    assert due > house.now
    scheduler.travel(house, due)
    assert told(house, case_id, "case_ended")[0]["at"] == due


def test_a_task_may_be_done_meanwhile_and_the_next_limit_waits_too(
    house: Store, case_id: int
) -> None:
    pause_id = pause(house, case_id)
    store.travel(house, at(4, 9))
    office.complete(house, case_id, "apply", "wang", title="甲")
    check = office.task(house, case_id, "check")
    assert check["due_at"] is None
    assert limit(house, case_id)["status"] == "suspended"
    store.travel(house, at(11, 9))
    resume(house, case_id, pause_id)
    assert office.task(house, case_id, "check")["due_at"] == at(19)
    assert limit(house, case_id)["due_at"] == at(19)


def test_a_timer_that_begins_meanwhile_waits_too(house: Store, case_id: int) -> None:
    pause_id = pause(house, case_id)
    for element, login, answers in (
        ("apply", "wang", {"title": "甲"}),
        ("check", "chen", {"agreed": True}),
        ("confirm", "wang", {}),
    ):
        office.complete(house, case_id, element, login, **answers)
    scheduler.travel(house, at(31, 9))
    assert office.elements(house, case_id) == ["file"]
    resume(house, case_id, pause_id)
    due = limit(house, case_id)["due_at"]
    scheduler.travel(house, due)
    assert office.elements(house, case_id) == []


def test_a_limit_that_begins_after_the_pause_knows_nothing_of_it(
    house: Store, case_id: int
) -> None:
    resume(house, case_id, pause(house, case_id))
    store.travel(house, at(11, 9))
    office.complete(house, case_id, "apply", "wang", title="甲")
    assert limit(house, case_id)["due_at"] == at(19)
    assert limit(house, case_id)["pauses"] == []


def test_an_extension_reaches_the_limit_that_runs_and_not_the_next_of_its_kind(
    house: Store, case_id: int
) -> None:
    extend(house, case_id)
    office.complete(house, case_id, "apply", "wang", title="甲")
    assert limit(house, case_id)["due_at"] == at(10)
    extend(house, case_id, 1)
    assert limit(house, case_id)["due_at"] == at(11)


def test_two_pauses_must_both_end(house: Store, case_id: int) -> None:
    named = pause(house, case_id, limits=[LIMIT])
    office.complete(house, case_id, "apply", "wang", title="甲")
    with pytest.raises(errors.LimitPaused):
        pause(house, case_id)
    resume(house, case_id, named)
    assert limit(house, case_id)["status"] == "running"


def test_what_has_passed_stays_passed(house: Store, case_id: int) -> None:
    scheduler.travel(house, at(12, 9))
    with pytest.raises(errors.LimitPassed):
        pause(house, case_id, limits=[LIMIT], starts_at=at(4, 9))
    with pytest.raises(errors.LimitPassed):
        extend(house, case_id)
    with pytest.raises(errors.NotExpected):
        pause(house, case_id, starts_at=at(4, 9))


# Twice, at once, half-way


def test_a_second_click_is_refused_and_changes_nothing(house: Store, case_id: int) -> None:
    pause_id = pause(house, case_id)
    with pytest.raises(errors.LimitPaused):
        pause(house, case_id)
    resume(house, case_id, pause_id)
    once = limit(house, case_id)
    with pytest.raises(errors.NotExpected):
        resume(house, case_id, pause_id)
    assert limit(house, case_id) == once
    assert len(told(house, case_id, "limit_resumed")) == 1


def test_of_two_heads_at_once_one_stops_the_clock(house: Store, case_id: int) -> None:
    said, zhao = reasons(house, case_id), office.actor(house, "zhao")

    def stop(_: int) -> bool:
        try:
            cases.pause_limits(house, zhao, case_id, "suspension", None, said)
        except (errors.CaseChanged, errors.LimitPaused):
            return False
        return True

    with ThreadPoolExecutor(4) as crowd:
        assert sum(crowd.map(stop, range(4))) == 1
    with house.reading() as tx:
        assert len(pauses.of_case(tx, case_id)) == 1
    assert cases.verify_case(house, case_id) is None


def test_killed_before_the_commit_nothing_is_kept(
    house: Store, case_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = limit(house, case_id)

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(store.Transaction, "commit", die)
        with pytest.raises(SystemExit):
            pause(house, case_id)
    assert limit(house, case_id) == before
    with house.reading() as tx:
        assert not pauses.of_case(tx, case_id)
    pause(house, case_id)
    assert limit(house, case_id)["status"] == "suspended"


# With what else moves limits


def test_an_operator_s_suspension_and_a_pause_end_each_by_itself(house: Store) -> None:
    case_id, operator = to_filing(house), office.actor(house, "wei")
    pause_id = pause(house, case_id)
    cases.suspend_case(house, operator, case_id, "系统检修")
    with pytest.raises(errors.CaseSuspended):
        resume(house, case_id, pause_id)
    scheduler.travel(house, at(20, 9))
    cases.resume_case(house, operator, case_id, "检修完毕")
    scheduler.travel(house, at(25, 9))
    assert office.elements(house, case_id) == ["file"]
    resume(house, case_id, pause_id)
    due = limit(house, case_id)["due_at"]
    scheduler.travel(house, due)
    assert told(house, case_id, "case_ended")[0]["at"] == due


def test_a_supervisor_moves_nothing_that_stands_still(house: Store) -> None:
    case_id = to_filing(house)
    sun, task = office.actor(house, "sun"), office.task(house, case_id, "file")
    pause_id = pause(house, case_id)
    with house.reading() as tx:
        job = tx.one(models.jobs.select().where(models.jobs.c.status == "paused"))
    with pytest.raises(errors.LimitPaused):
        cases.change_task_due(house, sun, task["id"], at(20), "督办")
    with pytest.raises(errors.LimitPaused):
        cases.change_timer(house, sun, job["id"], at(20), "督办")
    resume(house, case_id, pause_id)
    cases.change_task_due(house, sun, task["id"], at(20), "督办")
    assert office.task(house, case_id, "file")["due_at"] == at(20)


@pytest.mark.parametrize(("moved_to", "ends"), [(at(17), at(18)), (at(6), at(7))])
def test_what_a_supervisor_has_moved_keeps_what_remained_of_it(
    house: Store, case_id: int, moved_to: datetime, ends: datetime
) -> None:
    """Counted to the 9th; moved to the 16th or the 5th; one workday (the 4th) is suspended."""
    sun, task = office.actor(house, "sun"), office.task(house, case_id, "apply")
    cases.change_task_due(house, sun, task["id"], moved_to, "督办")
    store.travel(house, at(4, 9))
    pause_id = pause(house, case_id)
    store.travel(house, at(4, 15))
    resume(house, case_id, pause_id)
    assert limit(house, case_id)["due_at"] == ends


def test_a_new_calendar_counts_with_what_was_stopped_and_extended(
    house: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.travel(house, datetime(2026, 12, 28, 9, tzinfo=workdays.OFFICE))
    case_id = office.open_permit(house)
    pause_id = pause(house, case_id)
    store.travel(house, datetime(2026, 12, 30, 9, tzinfo=workdays.OFFICE))
    resume(house, case_id, pause_id)
    extend(house, case_id, 2)
    before = limit(house, case_id)["due_at"]
    known = procedures.calendar()
    year = known.years[2027]
    rest = dict(year.rest) | {date(2027, 1, day): "元旦" for day in (4, 5)}
    new = [replace(year, official=True, version="2027-1", rest=rest)]
    others = [one for number, one in known.years.items() if number != 2027]
    calendar = workdays.build_calendar([*others, *new])
    monkeypatch.setattr(procedures, "calendar", lambda: calendar)
    assert cases.recount_limits(house) == 1
    after = limit(house, case_id)
    assert (
        workdays.count_workdays(
            date(2026, 12, 30), (after["due_at"] - timedelta(days=1)).date(), calendar
        )
        == 5 + 2
    )
    assert after["due_at"] > before
    assert cases.recount_limits(house) == 0
    assert any("期间中止" in reason for _day, _no, reason in after["steps"])


def test_what_was_told_later_than_counted_keeps_what_remained(
    house: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A calendar with more workdays shortens nothing, nor what a pause leaves of it."""
    store.travel(house, datetime(2026, 12, 30, 9, tzinfo=workdays.OFFICE))
    case_id = office.open_permit(house)
    before = limit(house, case_id)["due_at"]
    known = procedures.calendar()
    work = {date(2027, 1, 2): "调休", date(2027, 1, 3): "调休"}
    year = replace(known.years[2027], official=True, version="2027-1", rest={}, work=work)
    others = [one for number, one in known.years.items() if number != 2027]
    calendar = workdays.build_calendar([*others, year])
    monkeypatch.setattr(procedures, "calendar", lambda: calendar)
    cases.recount_limits(house)
    assert limit(house, case_id)["due_at"] == before
    pause_id = pause(house, case_id)
    store.travel(house, house.now + timedelta(days=1))
    resume(house, case_id, pause_id)
    assert limit(house, case_id)["due_at"] > before


def test_a_case_moved_to_another_version_keeps_its_pause(house: Store) -> None:
    case_id = to_filing(house)
    pause_id = pause(house, case_id)
    bundle = office.bundle()
    text = bundle["permit/permit.bpmn"].decode().replace('name="归档"', 'name="立卷归档"')
    designing.deploy_bundle(house, {**bundle, "permit/permit.bpmn": text.encode()}, "permit")
    with house.reading() as tx:
        newest = procedures.latest(tx, "permit").id
    assert cases.move_case(house, access.SYSTEM, case_id, newest).moves
    scheduler.travel(house, at(20, 9))
    assert office.elements(house, case_id) == ["file"]
    resume(house, case_id, pause_id)
    due = limit(house, case_id)["due_at"]
    assert due == at(28)
    scheduler.travel(house, due)
    assert told(house, case_id, "case_ended")[0]["at"] == due


def test_a_version_without_the_limit_lets_it_go_on_all_the_same(house: Store) -> None:
    case_id = to_filing(house)
    pause_id = pause(house, case_id)
    bundle = office.bundle()
    text = bundle["permit/permit.bpmn"].decode().replace(LIMIT, "draft_case")
    law = bundle["law/limits.yaml"].decode().replace(f"- id: {LIMIT}\n", "- id: another\n")
    changed = {"permit/permit.bpmn": text.encode(), "law/limits.yaml": law.encode()}
    designing.deploy_bundle(house, bundle | changed, "permit")
    with house.reading() as tx:
        newest = procedures.latest(tx, "permit").id
    assert cases.move_case(house, access.SYSTEM, case_id, newest).moves
    store.travel(house, at(4, 9))
    resume(house, case_id, pause_id)
    assert limit(house, case_id)["due_at"] == at(12)


def test_an_ended_case_has_nothing_to_stop_and_nothing_stopped(house: Store) -> None:
    case_id = to_filing(house)
    pause(house, case_id)
    office.complete(house, case_id, "file", "wang", remark="")
    with house.reading() as tx:
        (row,) = pauses.of_case(tx, case_id)
    assert (row["ends_at"], row["end_reason"]) == (house.now, "案件已经办结")
    with pytest.raises(errors.CaseEnded):
        cases.pause_limits(
            house, office.actor(house, "zhao"), case_id, "suspension", None, cases.Reasons("事由")
        )


# What a diagram says


def stopping(house: Store, limit_id: str = LIMIT, ground: str = "委托专家") -> int:
    """A procedure whose diagram stops the clock of a task while an expert works."""
    d = diagrams.Drawing("expert")
    due = {"camunda_dueDate": '${limit("make_decision")}'}
    d.start("begun", camunda_formKey="expert/begun")
    d.node("parallelGateway", "both")
    d.user("report", name="报告", camunda_formKey="expert/begun", **due)
    d.user("entrust", name="委托", camunda_formKey="expert/begun")
    inputs = {"limit": limit_id, "ground": ground}
    d.service("stop", diagrams.parameters(inputs), topic="stop_clock")
    d.user("hear", name="收到意见", camunda_formKey="expert/begun", **due)
    start = diagrams.parameters({"limit": limit_id})
    d.service("go_on", start, topic="start_clock")
    d.user("read", name="研究意见", camunda_formKey="expert/begun")
    d.end("reported")
    d.end("read_through")
    d.flow("begun > both > report > reported")
    d.flow("both > entrust > stop > hear > go_on > read > read_through")
    form = office.form({"key": "topic", "label": "事项"})
    law = {path: data for path, data in office.bundle().items() if path.startswith("law/")}
    bundle = {"expert/expert.bpmn": d.xml(), "forms/expert/begun.form": form, **law}
    designing.deploy_bundle(house, bundle, "expert")
    wang = office.actor(house, "wang")
    return cases.open_case(house, wang, "expert", {"topic": "测试"}, subject_id=1)


@pytest.mark.parametrize("limit_id", [LIMIT, "all"])
def test_a_diagram_stops_a_clock_and_lets_it_go_on(house: Store, limit_id: str) -> None:
    case_id = stopping(house, limit_id)
    store.travel(house, at(4, 9))
    office.complete(house, case_id, "entrust", "wang", topic="甲")
    assert office.task(house, case_id, "report")["due_at"] is None
    assert office.task(house, case_id, "hear")["due_at"] is None
    scheduler.travel(house, at(11, 9))
    assert told(house, case_id, "escalated") == []
    office.complete(house, case_id, "hear", "wang", topic="乙")
    # the 3rd counts; 4 to 11 are the expert's; 12, 13, 16, 17
    assert office.task(house, case_id, "report")["due_at"] == at(18)
    (stopped,), (resumed,) = (
        told(house, case_id, "limit_paused"),
        told(house, case_id, "limit_resumed"),
    )
    assert stopped["after"]["ground"] == "委托专家"
    assert "第四十一条第三款" in stopped["article"]
    assert resumed["after"]["due_at"] == at(18).isoformat()
    assert cases.verify_case(house, case_id) is None


def test_the_timer_of_an_event_sub_process_stands_still_too(house: Store) -> None:
    d, inner = diagrams.Drawing("aside"), diagrams.Drawing("inner")
    d.start("begun", camunda_formKey="aside/begun")
    d.user("report", camunda_formKey="aside/begun")
    d.end("reported")
    d.flow("begun > report > reported")
    inner.trigger("late", diagrams.timer('limit("make_decision")'))
    inner.user("explain", camunda_formKey="aside/begun")
    inner.end("explained")
    inner.flow("late > explain > explained")
    d.aside("lateness", inner)
    form = office.form({"key": "topic", "label": "事项"})
    law = {path: data for path, data in office.bundle().items() if path.startswith("law/")}
    bundle = {"aside/aside.bpmn": d.xml(), "forms/aside/begun.form": form, **law}
    designing.deploy_bundle(house, bundle, "aside")
    wang = office.actor(house, "wang")
    case_id = cases.open_case(house, wang, "aside", {"topic": "测试"}, subject_id=1)
    pause_id = pause(house, case_id)
    scheduler.travel(house, at(16, 9))
    assert office.elements(house, case_id) == ["report"]
    resume(house, case_id, pause_id)
    scheduler.travel(house, at(23, 23))
    assert office.elements(house, case_id) == ["report"]
    scheduler.travel(house, at(24))
    assert office.elements(house, case_id) == ["explain"]


def test_two_experts_must_both_have_answered(house: Store) -> None:
    """Both branches stop the same clock: it goes on when the second one lets it."""
    d = diagrams.Drawing("experts")
    d.start("begun", camunda_formKey="experts/begun")
    d.node("parallelGateway", "both")
    due = {"camunda_dueDate": '${limit("make_decision")}'}
    d.user("report", camunda_formKey="experts/begun", **due)
    d.end("reported")
    d.flow("begun > both > report > reported")
    for name in ("first", "second"):
        inputs = {"limit": LIMIT, "ground": "委托专家"}
        d.service(f"stop_{name}", diagrams.parameters(inputs), topic="stop_clock")
        d.user(f"hear_{name}", camunda_formKey="experts/begun")
        again = diagrams.parameters({"limit": LIMIT})
        d.service(f"start_{name}", again, topic="start_clock")
        d.end(f"heard_{name}")
        d.flow(f"both > stop_{name} > hear_{name} > start_{name} > heard_{name}")
    form = office.form({"key": "topic", "label": "事项"})
    law = {path: data for path, data in office.bundle().items() if path.startswith("law/")}
    bundle = {"experts/experts.bpmn": d.xml(), "forms/experts/begun.form": form, **law}
    designing.deploy_bundle(house, bundle, "experts")
    wang = office.actor(house, "wang")
    case_id = cases.open_case(house, wang, "experts", {"topic": "测试"}, subject_id=1)
    assert office.task(house, case_id, "report")["due_at"] is None
    store.travel(house, at(4, 9))
    office.complete(house, case_id, "hear_second", "wang", topic="甲")
    assert office.task(house, case_id, "report")["due_at"] is None
    store.travel(house, at(6, 9))
    office.complete(house, case_id, "hear_first", "wang", topic="乙")
    assert office.task(house, case_id, "report")["due_at"] == at(14)
    assert len(told(house, case_id, "limit_resumed")) == 2
    assert cases.verify_case(house, case_id) is None


def test_what_a_person_has_stopped_no_diagram_lets_go_on(house: Store) -> None:
    case_id = stopping(house)
    pause_id = pause(house, case_id)
    office.complete(house, case_id, "entrust", "wang", topic="甲")
    store.travel(house, at(3, 9))
    office.complete(house, case_id, "hear", "wang", topic="乙")
    assert limit(house, case_id)["status"] == "suspended"
    assert office.task(house, case_id, "report")["due_at"] is None
    store.travel(house, at(4, 9))
    resume(house, case_id, pause_id)
    assert office.task(house, case_id, "report")["due_at"] == at(12)


# The registry's own view


def test_the_registry_tells_when_a_limit_was_suspended(house: Store, case_id: int) -> None:
    pause_id = pause(house, case_id, limits=[LIMIT])
    since = house.now
    store.travel(house, at(11, 9))
    with house.reading() as tx:
        (lasting,) = pauses.intervals(tx, case_id, LIMIT, house.now)
        assert pauses.intervals(tx, case_id, "objection_window", house.now) == []
    assert (lasting.start, lasting.end > house.now) == (since, True)
    resume(house, case_id, pause_id)
    with house.reading() as tx:
        (ended,) = pauses.intervals(tx, case_id, LIMIT, at(30))
        (then,) = pauses.intervals(tx, case_id, LIMIT, at(5))
    assert (ended.start, ended.end) == (since, at(11, 9))
    assert then.end > at(5)
