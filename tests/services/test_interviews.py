"""What is said in warnings and interviews, built from rows."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.databases import Databases
from tests.registry import told
from tests.services import said
from workflows import errors, models
from workflows.registry import commitments, interviews
from workflows.services import contexts


@pytest.fixture
def desk(databases: Databases) -> Iterator[said.Desk]:
    made = said.Desk(databases.fresh())
    yield made
    made.store.close()


def build(desk: said.Desk, kind: str, when: str, **facts: Any) -> dict[str, Any]:
    with desk.at(told.at(when)) as tx:
        return contexts.build(desk.step(tx, {}, facts, said.WANG), kind)


@pytest.mark.parametrize(
    ("day", "regime", "materials"),
    [
        ("2026-04-01", "信用修复管理办法", 2),
        ("2026-03-31", "失信行为纠正后的信用信息修复管理办法（试行）", 2),
        ("2023-04-30", "国家发展改革委办公厅", 6),
        ("2019-06-30", "国务院", 1),
    ],
)
def test_the_guide_names_the_materials_of_the_rules_in_force(
    desk: said.Desk, day: str, regime: str, materials: int
) -> None:
    guide = build(desk, "repair_guide", f"{day}T09:00")["guide"]
    assert guide["regime"]["title"].startswith(regime)
    assert len(guide["materials"]) == materials
    if materials == 6:
        assert "每条信息一份" in guide["materials"][0]["description"]
        assert "事业单位法人证书" in guide["materials"][1]["description"]


def test_a_notice_is_not_written_before_the_interview_is_scheduled(desk: said.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        interviews.open_interview(tx, desk.case(tx), "多次受到处罚")
    with pytest.raises(errors.DocumentIncomplete):
        build(desk, "interview_notice", "2026-03-02T10:00")


def test_the_notice_to_an_officer_goes_to_the_superior(desk: said.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        interviews.open_interview(tx, desk.case(tx), "判决没有履行")
        interviews.schedule(tx, 1, "officer", told.at("2026-03-10T09:00"), "二楼")
    found = build(desk, "interview_notice", "2026-03-02T10:00", superior="区人民政府")
    assert found["addressee"] == "区人民政府"
    assert found["interview"]["kind"] == "约谈"


@pytest.mark.parametrize(("kind", "title"), [("prompt", "提示约谈"), ("warning", "警示约谈")])
def test_the_notice_is_named_after_the_kind(desk: said.Desk, kind: str, title: str) -> None:
    with desk.at(told.SERVED) as tx:
        interviews.open_interview(tx, desk.case(tx), "多次受到处罚")
        interviews.schedule(tx, 1, kind, told.at("2026-03-10T09:00"), "二楼")
    found = build(desk, "interview_notice", "2026-03-02T10:00")
    assert found["document"]["title"] == f"{title}通知书"
    assert found["addressee"] == ""


def test_a_record_is_not_written_of_what_was_not_held(desk: said.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        interviews.open_interview(tx, desk.case(tx), "多次受到处罚")
    with pytest.raises(errors.DocumentIncomplete):
        build(desk, "interview_record", "2026-03-02T10:00")


def test_who_declines_before_anything_is_drafted_leaves_no_commitment(desk: said.Desk) -> None:
    out = desk.say("decline_commitment", inputs={"commitment_id": None}, actor=said.WANG)
    assert out == {"commitment_result": "declined"}
    with desk.store.reading() as tx:
        assert commitments.of_subject(tx, 1) == []
    assert [kind for kind, _ in desk.events] == ["commitment_declined"]


def test_demands_are_read_line_by_line(desk: said.Desk) -> None:
    out = desk.say(
        "open_rectification",
        told.SERVED,
        facts={
            "cause_text": "检查",
            "requirements_text": "停止销售\n\n  召回  ",
            "due_on": "2026-03-10",
        },
        actor=said.WANG,
    )
    assert out["rectify_until"] == "2026-03-11T00:00:00+08:00"
    found = build(desk, "rectification_notice", "2026-03-02T10:00")["rectification"]
    assert found["requirements"] == ["停止销售", "召回"]
    assert date.fromisoformat(found["due_on"]) == date(2026, 3, 10)


@pytest.mark.parametrize("due_on", ["", None, "someday", "2026-13-01"])
def test_a_day_that_is_none_is_refused(desk: said.Desk, due_on: Any) -> None:
    facts = {"cause_text": "检查", "requirements_text": "停止", "due_on": due_on}
    with pytest.raises(errors.Refusal):
        desk.say("open_rectification", told.SERVED, facts=facts, actor=said.WANG)


def test_a_guide_is_not_handed_over_in_the_future(desk: said.Desk) -> None:
    facts = {"handed_at": "2026-03-02T10:01:00+08:00", "guide_receiver": "甄实"}
    with pytest.raises(errors.NotExpected):
        desk.say("record_guide", told.SERVED, facts=facts, actor=said.WANG)


def test_a_long_finding_still_opens_the_interview_that_follows(desk: said.Desk) -> None:
    facts = {"cause_text": "检查", "requirements_text": "停止", "due_on": "2026-03-10"}
    desk.say("open_rectification", told.SERVED, facts=facts, actor=said.WANG)
    found = {"rectified": "no", "finding": "仍在销售" * 2000}
    desk.say("close_rectification", told.DECIDING, facts=found, actor=said.ZHAO)
    with desk.store.reading() as tx:
        [job] = tx.all(models.jobs.select().where(models.jobs.c.kind == "opening"))
    assert job["payload"]["procedure"] == "warning_interview"
    assert len(job["payload"]["facts"]["cause_text"]) <= 1000
