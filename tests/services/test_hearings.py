"""The words for hearings, reviews, leniency and what befalls a case: what they write and print."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.registry import told
from tests.services import said
from workflows import access, documents, errors, models, services

ANSWERED = told.at("2026-03-06T09:00")
ASKED = told.at("2026-03-09T09:00")
HEARD = told.at("2026-03-20T09:00")
HEARING: dict[str, Any] = {
    "hearing_asked_at": ASKED.isoformat(),
    "hearing_channel": "当面递交",
    "hearing_reasons": "货值有误",
}


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> None:
    """A press that is quick: what a document says is kept all the same."""

    def render(name: str, files: Any, context: Any, *, number: str, issued_at: Any):
        del files, context, issued_at
        pdf = f"{name} {number}".encode()
        return documents.Rendered(pdf, hashlib.sha256(pdf).hexdigest(), "c" * 64, "", 1)

    monkeypatch.setattr(documents, "render", render)


def content(desk: said.Desk, kind: str) -> Any:
    with desk.at(told.DECIDING) as tx:
        rows = tx.all(models.documents.select().where(models.documents.c.kind == kind))
    return rows[-1]


def called(desk: said.Desk) -> int:
    """A hearing asked for, appointed, told and its notice served."""
    desk.noticed()
    desk.offer_hearing()
    hearing_id = desk.say("register_hearing", ASKED, facts=HEARING)["hearing_id"]
    about = {"hearing_id": hearing_id}
    closed = {"officer": "ding", "hearing_mode": "closed", "closed_reason": "涉及商业秘密"}
    desk.say("appoint_hearing_officer", ASKED, about, closed)
    place = {"hearing_at": HEARD.isoformat(), "hearing_place": "听证室"}
    desk.say("schedule_hearing", ASKED, about, place)
    issued = desk.say("issue_document", ASKED, {**about, "kind": "hearing_notice"})
    desk.serve(issued["document_id"], ASKED)
    served = {**about, "served_at": ASKED.isoformat()}
    assert desk.say("record_hearing_notice", ASKED, served) == {"notice_in_time": True}
    return hearing_id


@pytest.mark.usefixtures("press")
def test_a_hearing_is_told_held_written_down_and_told_of_in_the_decision(desk: said.Desk) -> None:
    hearing_id = called(desk)
    notice = content(desk, "hearing_notice")["content"]
    assert notice["hearing"]["mode"] == "不公开"
    assert notice["hearing"]["closed_reason"] == "涉及商业秘密"
    assert notice["hearing"]["officer"] == "ding"
    about = {"hearing_id": hearing_id}
    minutes = {
        "hearing_outcome": "held",
        "held_at": HEARD.isoformat(),
        "attendance": [{"name": "张示例", "role": "当事人"}],
        "recorder": "钱",
        "investigation": "建议列入",
        "defence": "系退货",
        "examination": "质证退货单",
    }
    desk.say("record_hearing", HEARD, about, minutes)
    desk.say("issue_document", HEARD, {**about, "kind": "hearing_transcript"})
    transcript = content(desk, "hearing_transcript")
    assert transcript["content"]["hearing"]["defence"] == "系退货"
    assert transcript["content"]["signers"][0] == "当事人（代理人）"
    assert not transcript["sealed"]
    scans = {"signature": "signed", "transcript_evidence": [desk.photo]}
    desk.say("file_transcript", HEARD, about, scans)
    report = {"hearing_opinion": "unfounded", "hearing_report": "意见不成立"}
    desk.say("report_hearing", HEARD, about, report)
    assert desk.say("close_hearing", HEARD, about) == {"hearing_result": "held"}
    assert [kind for kind, _ in desk.events if "hearing" in kind or "transcript" in kind] == [
        "hearing_registered",
        "hearing_officer_appointed",
        "hearing_scheduled",
        "hearing_noticed",
        "hearing_recorded",
        "transcript_filed",
        "hearing_reported",
        "hearing_closed",
    ]
    later = HEARD + timedelta(days=3)
    desk.change(models.tasks, 3, ended_at=later)
    desk.decide(later)
    desk.say("issue_document", later, {"kind": "listing_decision"})
    [told_of] = content(desk, "listing_decision")["content"]["hearings"]
    assert (told_of["status"], told_of["opinion"]) == ("held", "当事人的意见不成立")
    assert told_of["transcript_number"] == transcript["number"]


@pytest.mark.usefixtures("press")
def test_the_province_numbers_and_signs_its_own_decision(desk: said.Desk) -> None:
    desk.noticed()
    desk.settle(desk.object(told.at("2026-03-05T09:00"), ground=2), ANSWERED)
    office = {"code": "henan", "name": "河南省发展和改革委员会", "short_name": "豫发改"}
    with desk.at(ASKED) as tx:
        person = {"login": "fan", "name": "范", "password_hash": "", "created_at": ASKED}
        where = {"kind": "province", "path": "/2/", "division": "410000"}
        department_id = tx.insert(models.departments, {**office, **where})
        person_id = tx.insert(models.people, person)
        role = {"department_id": department_id, "person_id": person_id}
        tx.insert(models.memberships, {**role, "role": "provincial_credit"})
    asked = {
        "review_objection": "2026-000001-异1",
        "review_asked_at": ASKED.isoformat(),
        "review_grounds": "没有核对物流记录",
    }
    review_id = desk.say("register_review", ASKED, facts=asked)["review_id"]
    fan = access.Actor(person_id, "fan", "范", department_id, "/2/", "provincial_credit")
    found = {"review_result": "annulled", "struck_grounds": ["2"], "review_reasons": "已核对"}
    about = {"review_id": review_id}
    desk.say("record_review", ASKED, about, found, fan)
    issued = desk.say("issue_document", ASKED, {**about, "kind": "review_decision"}, actor=fan)
    assert issued["document_number"] == "豫发改异复〔2026〕1号"
    row = content(desk, "review_decision")
    assert row["department_id"] == department_id
    assert row["content"]["organ"]["name"] == "河南省发展和改革委员会"
    assert row["content"]["source"] == "安阳市殷都区市场监督管理局"
    assert row["content"]["review"]["result"] == "撤销"
    assert row["content"]["review"]["struck"] == ["拒不停止销售"]
    desk.serve(issued["document_id"], ASKED)
    desk.say("close_review", ASKED, {**about, "served_at": ASKED.isoformat()})
    assert desk.say("check_objections", told.DECIDING)["grounds_left"] == 1


@pytest.mark.parametrize("message", ["hearing_requested", "review_requested"])
def test_one_request_at_a_time_is_taken_at_the_door(desk: said.Desk, message: str) -> None:
    desk.noticed()
    desk.offer_hearing()
    desk.settle(desk.object(told.at("2026-03-05T09:00")), ANSWERED)
    asked = {
        **HEARING,
        "review_objection": "2026-000001-异1",
        "review_asked_at": ASKED.isoformat(),
        "review_grounds": "没有核对物流记录",
    }
    with desk.at(ASKED) as tx:
        case = desk.case(tx)
        services.check_message(tx, case, message, asked)
        waiting = {"case_id": 1, "message": message, "status": "pending", "received_at": ASKED}
        tx.insert(models.case_messages, waiting)
        with pytest.raises(errors.NotExpected, match="已有一件"):
            services.check_message(tx, case, message, asked)


@pytest.mark.parametrize("ground", ["base_revoked", "subject_gone"])
def test_a_procedure_ends_and_says_whether_the_party_knows_of_it(
    desk: said.Desk, ground: str
) -> None:
    desk.noticed()
    assert desk.say("end_procedure", inputs={"ground": ground}) == {"was_noticed": True}
    assert desk.listing_status() == "terminated"


def test_a_decision_is_not_undone_because_the_subject_is_gone(desk: said.Desk) -> None:
    desk.noticed()
    desk.decide()
    with pytest.raises(errors.NotExpected, match="已经作出列入决定"):
        desk.say("end_procedure", told.DECIDING, {"ground": "subject_gone"})


def test_what_is_left_to_rest_on_is_counted_after_a_document_fell(desk: said.Desk) -> None:
    desk.noticed()
    news = {
        "doc_no": "殷市监罚决[2026]19号",
        "revoked_by": "殷政复决〔2026〕3号",
        "revoked_on": "2026-03-02",
    }
    desk.change(models.records, 2, status="withdrawn")
    assert desk.say("check_base", told.SERVED, facts=news) == {"base_left": 1}
    desk.change(models.records, 1, status="withdrawn")
    assert desk.say("check_base", told.SERVED, facts={}) == {"base_left": 0}


def test_officers_flags_and_answered_objections_are_offered(desk: said.Desk) -> None:
    desk.noticed()
    desk.settle(desk.object(told.at("2026-03-05T09:00")), ANSWERED)
    facts = {"": {"leniency_flags": ["no_fault"]}}
    desk.change(models.cases, 1, facts=facts)
    with desk.at(told.DECIDING) as tx:
        case = desk.case(tx)
        offer = lambda key: services.choices.choices(tx, case, key)  # noqa: E731
        assert offer("hearing_officers") == [("ding", "ding")]
        assert offer("leniency_flags") == [("no_fault", "没有主观过错")]
        assert [value for value, _ in offer("answered_objections")] == ["2026-000001-异1"]
    desk.change(models.tasks, 1, completed_by=5)
    with desk.at(told.DECIDING) as tx:
        assert services.choices.choices(tx, desk.case(tx), "hearing_officers") == []
