"""Hearings: who may ask, when, who conducts, how long before it is told, and what proves it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.registry import told
from workflows import errors, models
from workflows.registry import hearing_proofs, hearings, law

MINUTE = timedelta(minutes=1)
ASKED = told.at("2026-03-09T15:00")
CALLED = told.at("2026-03-10T09:00")
FIRST = told.at("2026-03-20T00:00")
"""Told on the 10th: 11, 12, 13, 16, 17, 18 and 19 are the seven workdays."""
HEARD = told.at("2026-03-20T09:00")
REVIEWED = told.at("2026-03-23T09:00")
DECIDING = told.at("2026-03-24T09:00")


def offered(desk: told.Desk) -> told.Desk:
    desk.noticed()
    desk.offer_hearing()
    return desk


def asked(desk: told.Desk) -> int:
    hearing_id = offered(desk).ask_hearing(ASKED)
    desk.appoint(hearing_id, ASKED)
    return hearing_id


def heard(desk: told.Desk) -> int:
    hearing_id = asked(desk)
    assert desk.call_hearing(hearing_id, CALLED, HEARD)
    desk.hold(hearing_id, HEARD)
    return hearing_id


def reviewed(desk: told.Desk) -> int:
    hearing_id = heard(desk)
    desk.change(models.tasks, 3, ended_at=REVIEWED)
    return hearing_id


def test_a_hearing_held_as_the_law_says_clears_the_way_after_a_legal_review(
    desk: told.Desk,
) -> None:
    heard(desk)
    assert isinstance(desk.refusal(DECIDING), errors.LegalReviewMissing)
    desk.change(models.tasks, 3, ended_at=REVIEWED)
    assert desk.decide(DECIDING) == 1
    checks = desk.checks(DECIDING)
    assert checks["INV-01d"].detail == "1 件听证申请均已办结"
    assert checks["INV-11"].met


def test_a_notice_that_offers_none_is_not_answered_by_a_hearing(desk: told.Desk) -> None:
    desk.noticed()
    with pytest.raises(errors.NotExpected, match="没有告知听证权利"):
        desk.ask_hearing(ASKED)


def test_before_any_notice_there_is_nothing_to_be_heard_about(desk: told.Desk) -> None:
    with pytest.raises(errors.NotExpected):
        desk.ask_hearing(ASKED)


@pytest.mark.parametrize(
    ("when", "postmark", "late"),
    [
        ("2026-03-09T23:59", None, False),
        ("2026-03-10T00:00", None, True),
        ("2026-03-12T09:00", "2026-03-09", False),
        ("2026-03-12T09:00", "2026-03-10", True),
    ],
)
def test_five_workdays_after_the_notice_a_request_is_late(
    desk: told.Desk, when: str, postmark: str | None, late: bool
) -> None:
    offered(desk).ask_hearing(told.at(when), hearing_postmark=postmark)
    assert desk.late is late


def test_a_request_from_tomorrow_is_refused(desk: told.Desk) -> None:
    offered(desk)
    with pytest.raises(errors.NotExpected, match="晚于现在"):
        desk.ask_hearing(ASKED, hearing_asked_at="2026-03-10T09:00:00+08:00")
    with pytest.raises(errors.NotExpected, match="晚于收到"):
        desk.ask_hearing(ASKED, hearing_postmark="2026-03-10")


def test_while_a_hearing_may_still_be_asked_for_nothing_is_decided(desk: told.Desk) -> None:
    offered(desk)
    limit = {"limit_id": "objection_window_tax", "window_end": told.at("2026-03-08T00:00")}
    desk.change(models.notices, 1, **limit)
    refused = desk.refusal(told.at("2026-03-09T23:59"))
    assert isinstance(refused, errors.HearingOpen | errors.WindowOpen)
    assert desk.decide(told.WINDOW_END) == 1


@pytest.mark.parametrize("login", ["wang", "li", "zhao", "nobody"])
def test_only_an_officer_without_a_hand_in_the_case_conducts(desk: told.Desk, login: str) -> None:
    hearing_id = offered(desk).ask_hearing(ASKED)
    with pytest.raises(errors.HearingUnlawful):
        desk.appoint(hearing_id, ASKED, login)


def test_an_officer_who_handled_the_case_is_excluded(desk: told.Desk) -> None:
    hearing_id = offered(desk).ask_hearing(ASKED)
    desk.change(models.tasks, 1, completed_by=5)
    with pytest.raises(errors.FourEyes):
        desk.appoint(hearing_id, ASKED)


def test_the_public_is_kept_out_only_for_a_reason(desk: told.Desk) -> None:
    hearing_id = offered(desk).ask_hearing(ASKED)
    closed: dict[str, Any] = {"open_to_public": False, "closed_reason": " "}
    with desk.at(ASKED) as tx:
        case = desk.case(tx)
        with pytest.raises(errors.HearingUnlawful, match="不公开"):
            hearings.appoint(tx, case, hearing_id, "ding", **closed)


def test_a_date_within_seven_workdays_is_refused_and_the_first_named(desk: told.Desk) -> None:
    hearing_id = asked(desk)
    with pytest.raises(errors.HearingUnlawful, match="2026年3月20日"):
        desk.call_hearing(hearing_id, CALLED, FIRST - MINUTE)
    assert desk.call_hearing(hearing_id, CALLED, FIRST)


def test_a_notice_served_too_late_asks_for_a_new_date(desk: told.Desk) -> None:
    hearing_id = asked(desk)
    with desk.at(ASKED) as tx:
        hearings.schedule(tx, hearing_id, told.at("2026-03-19T09:00"), "听证室", law.limits())
    document_id = desk.issue(ASKED, kind="hearing_notice")
    with desk.at(CALLED) as tx:
        hearings.attach_notice(tx, hearing_id, document_id)
        assert not hearings.note_served(tx, hearing_id, CALLED, law.limits())
        with pytest.raises(errors.HearingUnlawful, match="尚未送达"):
            hearings.hold(tx, hearing_id, CALLED, {"attendance": [{"name": "甲"}]})


@pytest.mark.parametrize("when", [HEARD - MINUTE, HEARD + timedelta(days=1)])
def test_it_is_held_neither_before_the_time_told_nor_tomorrow(desk: told.Desk, when: Any) -> None:
    hearing_id = asked(desk)
    desk.call_hearing(hearing_id, CALLED, HEARD)
    with desk.at(HEARD) as tx, pytest.raises(errors.HearingUnlawful):
        hearings.hold(tx, hearing_id, when, {"attendance": [{"name": "甲", "role": "当事人"}]})


def test_it_is_not_held_without_anybody(desk: told.Desk) -> None:
    hearing_id = asked(desk)
    desk.call_hearing(hearing_id, CALLED, HEARD)
    with desk.at(HEARD) as tx, pytest.raises(errors.HearingUnlawful, match="出席"):
        hearings.hold(tx, hearing_id, HEARD, {"attendance": "甲"})


def test_nobody_is_absent_before_the_time_told_or_without_a_word_why(desk: told.Desk) -> None:
    hearing_id = asked(desk)
    desk.call_hearing(hearing_id, CALLED, HEARD)
    with desk.at(HEARD - MINUTE) as tx, pytest.raises(errors.HearingUnlawful, match="未到"):
        hearings.note_absence(tx, hearing_id, "没有来")
    with desk.at(HEARD) as tx:
        with pytest.raises(errors.HearingUnlawful, match="查明"):
            hearings.note_absence(tx, hearing_id, " ")
        hearings.note_absence(tx, hearing_id, "电话联系，表示不来")
        hearings.close(tx, hearing_id)
    assert desk.decide(DECIDING) == 1


def test_a_withdrawal_needs_its_paper(desk: told.Desk) -> None:
    hearing_id = asked(desk)
    with desk.at(CALLED) as tx:
        with pytest.raises(errors.EvidenceMissing):
            hearings.withdraw(tx, hearing_id, "来函", [])
        hearings.withdraw(tx, hearing_id, "来函", [desk.photo])
        hearings.close(tx, hearing_id)
        with pytest.raises(errors.NotExpected):
            hearings.withdraw(tx, hearing_id, "来函", [desk.photo])
    assert desk.decide() == 1
    desk.change(models.attachments, 1, content=b"another")
    assert "散列值" in str(_told(desk).detail)


def _told(desk: told.Desk) -> errors.Refusal:
    with desk.at(told.DECIDING) as tx, pytest.raises(errors.HearingOpen) as caught:
        hearing_proofs.check_settled(tx, desk.case(tx), None, told.DECIDING)
    return caught.value


def test_only_a_late_request_is_answered_by_a_refusal(desk: told.Desk) -> None:
    hearing_id = offered(desk).ask_hearing(ASKED)
    document_id = desk.issue(CALLED, kind="hearing_refusal")
    with desk.at(CALLED) as tx:
        hearings.attach_refusal(tx, hearing_id, document_id)
        with pytest.raises(errors.HearingUnlawful, match="期限内"):
            hearings.note_refused(tx, hearing_id, CALLED)


def test_a_late_request_holds_the_decision_up_until_its_answer_is_served(desk: told.Desk) -> None:
    hearing_id = offered(desk).ask_hearing(CALLED)
    assert desk.late
    assert isinstance(desk.refusal(), errors.HearingOpen)
    document_id = desk.issue(CALLED, kind="hearing_refusal")
    with desk.at(CALLED) as tx:
        hearings.attach_refusal(tx, hearing_id, document_id)
        hearings.note_refused(tx, hearing_id, CALLED)
        hearings.close(tx, hearing_id)
    assert "送达回证" in desk.refusal().message
    desk.serve(document_id, CALLED)
    assert desk.decide() == 1


def test_a_hearing_is_closed_with_transcript_and_report_alone(desk: told.Desk) -> None:
    hearing_id = asked(desk)
    desk.call_hearing(hearing_id, CALLED, HEARD)
    with desk.at(HEARD) as tx:
        with pytest.raises(errors.HearingUnlawful):
            hearings.sign(tx, hearing_id, "signed", [desk.photo])
        with pytest.raises(errors.HearingOpen):
            hearings.close(tx, hearing_id)
        hearings.hold(tx, hearing_id, HEARD, {"attendance": [{"name": "甲", "role": "当事人"}]})
        with pytest.raises(errors.HearingUnlawful):
            hearings.report(tx, hearing_id, "报告", "founded")
        with pytest.raises(errors.HearingOpen):
            hearings.close(tx, hearing_id)


@pytest.mark.parametrize("status", ["pending", "refused"])
def test_a_request_nobody_has_registered_stops_the_decision(desk: told.Desk, status: str) -> None:
    offered(desk)
    message = {"case_id": 1, "message": hearings.MESSAGE, "status": status, "received_at": CALLED}
    with desk.at(CALLED) as tx:
        tx.insert(models.case_messages, message)
    assert isinstance(desk.refusal(), errors.HearingOpen)


@pytest.mark.parametrize(
    "changes",
    [
        {"closed_at": None},
        {"status": "noticed"},
        {"held_at": CALLED},
        {"scheduled_at": CALLED},
        {"officer_id": 1},
        {"report": ""},
        {"signature": ""},
        {"evidence": []},
        {"transcript_document_id": None},
        {"notice_document_id": None},
        {"status": "refused"},
        {"status": "withdrawn", "evidence": []},
    ],
)
def test_a_row_that_was_tampered_with_is_seen_through(
    desk: told.Desk, changes: dict[str, Any]
) -> None:
    hearing_id = reviewed(desk)
    desk.change(models.hearings, hearing_id, **changes)
    assert isinstance(desk.refusal(DECIDING), errors.HearingOpen)


def test_a_measure_that_bars_from_a_trade_needs_a_hearing_told(desk: told.Desk) -> None:
    changes = {"id_scheme": "citizen_id", "id_no": "410505199001010017", "track": "person"}
    desk.change(models.subjects, 1, **changes)
    document_id = desk.announce(measures=["food_ban"])
    desk.serve(document_id)
    desk.open_window()
    refused = desk.refusal(measures=["food_ban"])
    assert isinstance(refused, errors.NoticeIncomplete)
    assert "行政处罚法第六十三条" in refused.message
    desk.offer_hearing()
    assert desk.decide(measures=["food_ban"]) == 1
