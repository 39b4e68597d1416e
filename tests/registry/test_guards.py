"""The due-process guard as stories: what is missing, and that nothing gets past it."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.registry import told
from workflows import errors, models, settings
from workflows.registry import guards, law, notices

MINUTE = timedelta(minutes=1)


def test_a_case_with_every_step_proved_is_listed(desk: told.Desk) -> None:
    desk.noticed()
    desk.decide()
    with desk.at(told.DECIDING) as tx:
        row = tx.one(models.listings.select())
    assert (row["status"], row["term_start"].isoformat(), row["term_end"].isoformat()) == (
        "decided_listed",
        "2026-03-12",
        "2029-03-12",
    )
    assert row["decided_by"] == 3


def test_without_any_notice_nothing_can_be_decided(desk: told.Desk) -> None:
    assert isinstance(desk.refusal(), errors.NoticeNotServed)


def test_a_notice_that_was_only_issued_is_not_served(desk: told.Desk) -> None:
    desk.announce()
    refused = desk.refusal()
    assert isinstance(refused, errors.NoticeNotServed)
    assert "送达回证" in refused.message
    assert "行政处罚法第六十一条" in refused.message


def test_a_date_typed_into_the_notice_is_no_service(desk: told.Desk) -> None:
    desk.announce()
    desk.open_window()
    assert isinstance(desk.refusal(), errors.NoticeNotServed)


def test_a_service_whose_evidence_is_taken_away_is_no_service(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.service_attempts, 1, evidence=[])
    assert "证据" in desk.refusal().message


def test_evidence_whose_bytes_were_changed_proves_nothing(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.attachments, 1, content=b"another photo")
    refused = desk.refusal()
    assert isinstance(refused, errors.NoticeNotServed)
    assert "散列值不符" in refused.message


def test_a_returned_letter_starts_no_window(desk: told.Desk) -> None:
    document_id = desk.announce()
    assert desk.serve(document_id, method="mail", result="returned") is None
    desk.open_window()
    assert isinstance(desk.refusal(), errors.NoticeNotServed)


def test_a_returned_letter_dressed_up_as_served_is_seen_through(desk: told.Desk) -> None:
    document_id = desk.announce()
    desk.serve(document_id, method="mail", result="returned")
    desk.change(models.services, 1, status="served", served_at=told.SERVED)
    desk.open_window()
    refused = desk.refusal()
    assert isinstance(refused, errors.NoticeNotServed)
    assert "退回" in refused.message


def test_a_day_of_service_moved_back_is_seen_through(desk: told.Desk) -> None:
    desk.noticed()
    earlier = told.SERVED - timedelta(days=10)
    desk.change(models.services, 1, served_at=earlier)
    assert "不符" in desk.refusal().message


def test_a_notice_that_says_another_day_than_its_service_is_seen_through(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, served_at=told.SERVED - timedelta(days=3))
    refused = desk.refusal()
    assert isinstance(refused, errors.NoticeNotServed)
    assert "不符" in refused.message


def test_a_notice_not_marked_as_served_opens_nothing(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, status="issued")
    assert isinstance(desk.refusal(), errors.NoticeNotServed)


def test_an_announcement_still_running_has_served_nothing(desk: told.Desk) -> None:
    document_id = desk.announce()
    desk.serve(document_id, method="direct", result="not_found")
    desk.serve(document_id, method="announcement", result="announced")
    deemed = told.at("2026-04-02T00:00")
    desk.change(models.services, 2, status="served", served_at=deemed)
    desk.open_window(deemed)
    assert isinstance(desk.refusal(deemed - MINUTE), errors.NoticeNotServed)


def test_evidence_from_another_case_proves_nothing_here(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.DECIDING) as tx:
        other = {**desk.case(tx), "number": "2026-000002"}
        other.pop("id")
        case_id = tx.insert(models.cases, other)
    desk.change(models.attachments, 1, case_id=case_id)
    refused = desk.refusal()
    assert isinstance(refused, errors.NoticeNotServed)
    assert "不在本案附件中" in refused.message


def test_one_minute_before_the_end_the_window_is_open(desk: told.Desk) -> None:
    desk.noticed()
    refused = desk.refusal(told.WINDOW_END - MINUTE)
    assert isinstance(refused, errors.WindowOpen)
    assert "2026年3月9日 24:00" in refused.message


def test_at_the_exclusive_end_the_window_is_closed(desk: told.Desk) -> None:
    desk.noticed()
    assert desk.decide(told.WINDOW_END) == 1


def test_a_window_shortened_by_hand_is_computed_again(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, window_end=told.SERVED)
    assert isinstance(desk.refusal(told.WINDOW_END - MINUTE), errors.WindowOpen)


def test_a_window_already_told_to_be_longer_stays_longer(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, window_end=told.WINDOW_END + timedelta(days=3))
    assert isinstance(desk.refusal(told.WINDOW_END), errors.WindowOpen)


def test_an_unknown_limit_keeps_the_window_open(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, limit_id="no_such_limit")
    assert isinstance(desk.refusal(), errors.WindowOpen)


def test_a_limit_made_for_something_else_is_no_window(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, limit_id="source_reply")
    assert isinstance(desk.refusal(), errors.WindowOpen)


def test_a_waiver_without_a_signed_paper_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.SERVED + MINUTE) as tx, pytest.raises(errors.EvidenceMissing):
        notices.record_waiver(tx, desk.case_id, told.SERVED.date(), [])
    desk.change(models.notices, 1, waiver={"signed_on": "2026-03-02", "evidence": []})
    assert isinstance(desk.refusal(told.SERVED + MINUTE), errors.WindowOpen)


def test_a_waiver_signed_before_the_notice_arrived_is_worth_nothing(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, waiver={"signed_on": "2026-03-01", "evidence": [desk.photo]})
    assert isinstance(desk.refusal(told.SERVED + MINUTE), errors.WindowOpen)


def test_a_signed_waiver_ends_the_window_at_once(desk: told.Desk) -> None:
    desk.noticed()
    when = told.SERVED + MINUTE
    with desk.at(when) as tx:
        notices.record_waiver(tx, desk.case_id, when.date(), [desk.photo])
    assert desk.decide(when) == 1


def test_a_right_cannot_be_waived_before_it_is_known(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.DECIDING) as tx, pytest.raises(errors.NotExpected):
        notices.record_waiver(tx, desk.case_id, told.ISSUED.date(), [desk.photo])


def test_an_unanswered_objection_stops_the_decision(desk: told.Desk) -> None:
    desk.noticed()
    desk.object(told.at("2026-03-09T23:59"))
    assert not desk.late
    assert isinstance(desk.refusal(), errors.ObjectionOpen)


def test_a_waiver_does_not_answer_an_objection(desk: told.Desk) -> None:
    desk.noticed()
    desk.object(told.at("2026-03-03T09:00"))
    when = told.at("2026-03-04T09:00")
    with desk.at(when) as tx:
        notices.record_waiver(tx, desk.case_id, when.date(), [desk.photo])
    assert isinstance(desk.refusal(), errors.ObjectionOpen)


def test_an_answer_that_was_not_served_is_no_answer(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    desk.answer(objection_id, told.at("2026-03-10T09:00"))
    refused = desk.refusal()
    assert isinstance(refused, errors.ObjectionOpen)
    assert "尚未送达" in refused.message


def test_an_answer_said_to_be_served_needs_its_own_proof(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    desk.answer(objection_id, told.at("2026-03-10T09:00"))
    desk.change(models.objections, objection_id, answer_served_at=told.at("2026-03-10T10:00"))
    refused = desk.refusal()
    assert isinstance(refused, errors.ObjectionOpen)
    assert "送达回证" in refused.message


def test_an_answer_without_a_result_is_no_answer(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    desk.settle(objection_id, told.at("2026-03-11T09:00"))
    for changes in ({"result": ""}, {"result": "rejected", "answered_at": None}):
        desk.change(models.objections, objection_id, **changes)
        refused = desk.refusal()
        assert isinstance(refused, errors.ObjectionOpen)
        assert "尚未答复" in refused.message


def test_an_objection_answered_and_served_clears_the_way(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    desk.settle(objection_id, told.at("2026-03-11T09:00"))
    assert desk.decide() == 1


def test_answering_early_does_not_cut_the_window(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-03T09:00"))
    desk.settle(objection_id, told.at("2026-03-05T09:00"))
    assert isinstance(desk.refusal(told.at("2026-03-06T09:00")), errors.WindowOpen)


def test_a_late_objection_must_be_answered_too(desk: told.Desk) -> None:
    desk.noticed()
    desk.object(told.WINDOW_END)
    assert desk.late
    refused = desk.refusal()
    assert isinstance(refused, errors.ObjectionOpen)
    assert "逾期" in refused.message


def test_an_objection_waiting_in_the_tray_counts_as_open(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.DECIDING) as tx:
        tx.insert(
            models.case_messages,
            {"case_id": 1, "message": "objection_received", "received_at": told.DECIDING},
        )
    assert isinstance(desk.refusal(), errors.ObjectionOpen)


def test_grounds_beyond_the_notice_ask_for_a_new_notice(desk: told.Desk) -> None:
    desk.noticed()
    assert isinstance(desk.refusal(grounds=["1", "3"]), errors.BeyondNotice)


def test_a_decision_without_grounds_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    assert isinstance(desk.refusal(grounds=[]), errors.BeyondNotice)


def test_a_ground_struck_by_an_objection_cannot_be_used(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"), ground=2)
    desk.settle(objection_id, told.at("2026-03-11T09:00"), accepted=True)
    refused = desk.refusal()
    assert isinstance(refused, errors.BeyondNotice)
    assert "异议成立" in refused.message
    assert desk.decide(grounds=["1"]) == 1


def test_a_struck_ground_does_not_come_back_in_a_new_notice(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"), ground=2)
    desk.settle(objection_id, told.at("2026-03-11T09:00"), accepted=True)
    again = told.at("2026-03-16T09:00")
    renumbered = [{**told.GROUNDS[1], "no": 1}, {**told.GROUNDS[0], "no": 2}]
    document_id = desk.announce(again, grounds=renumbered)
    desk.serve(document_id, again)
    desk.open_window(again)
    later = told.at("2026-03-30T09:00")
    assert isinstance(desk.refusal(later, grounds=["1"]), errors.BeyondNotice)
    assert desk.decide(later, grounds=["2"]) == 1


def test_another_list_than_announced_is_beyond_the_notice(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.DECIDING) as tx:
        tx.run(models.departments.update().values(name="殷都区市场监督管理和税务局"))
    assert isinstance(desk.refusal(list_code="tax", measures=["key_review"]), errors.BeyondNotice)


def test_a_basis_that_was_not_announced_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    basis = [{"title": "河南省社会信用条例", "article": "第三十四条"}]
    assert isinstance(desk.refusal(basis=basis), errors.BeyondNotice)


def test_measures_beyond_the_notice_aggravate(desk: told.Desk) -> None:
    desk.noticed()
    refused = desk.refusal(measures=[*told.MEASURES, "no_honours_market"])
    assert isinstance(refused, errors.Aggravated)


def test_a_term_longer_than_the_list_allows_aggravates(desk: told.Desk) -> None:
    desk.noticed()
    assert isinstance(desk.refusal(term_months=48), errors.Aggravated)


@pytest.mark.parametrize(
    "missing", ["reasons", "removal_conditions", "removal_procedure", "measures"]
)
def test_a_decision_must_say_everything(desk: told.Desk, missing: str) -> None:
    desk.noticed()
    empty = [] if missing == "measures" else "  "
    changes: dict[str, Any] = {missing: empty}
    assert isinstance(desk.refusal(**changes), errors.DecisionIncomplete)


@pytest.mark.parametrize("months", [None, 0, -1, 1.5, "36", True, float("nan")])
def test_a_term_must_be_a_whole_number_of_months(desk: told.Desk, months: object) -> None:
    desk.noticed()
    assert isinstance(desk.refusal(term_months=months), errors.DecisionIncomplete)


def test_a_decision_must_name_where_it_can_be_fought(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.departments, 1, court="")
    refused = desk.refusal()
    assert isinstance(refused, errors.DecisionIncomplete)
    assert "管辖法院" in refused.message


@pytest.mark.parametrize("person", [1, 2])
def test_who_handled_or_reviewed_the_case_cannot_decide_it(desk: told.Desk, person: int) -> None:
    desk.noticed()
    assert isinstance(desk.refusal(decider=person), errors.FourEyes)


def test_who_verified_an_objection_cannot_decide(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    desk.settle(objection_id, told.at("2026-03-11T09:00"))
    assert isinstance(desk.refusal(decider=4), errors.FourEyes)


def test_the_machine_cannot_decide(desk: told.Desk) -> None:
    desk.noticed()
    refused = desk.refusal(decider=None)
    assert isinstance(refused, errors.FourEyes)
    assert "具名" in refused.message


def test_somebody_who_has_left_cannot_decide(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.people, 3, active=False)
    assert isinstance(desk.refusal(), errors.FourEyes)


def test_a_file_that_names_no_caseworker_cannot_be_decided(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.tasks, 1, completed_by=None)
    desk.change(models.tasks, 3, completed_by=None)
    assert isinstance(desk.refusal(), errors.FourEyes)


def _make_person(desk: told.Desk, number: str) -> None:
    changes = {"id_scheme": "citizen_id", "id_no": number, "track": "person"}
    desk.change(models.subjects, 1, **changes)


def test_a_child_under_fourteen_is_never_listed(desk: told.Desk) -> None:
    desk.noticed()
    _make_person(desk, "410505201202250013")
    refused = desk.refusal()
    assert isinstance(refused, errors.ListUnlawful)
    assert "13 周岁" in refused.message
    assert "行政处罚法第三十条" in refused.message


def test_a_minor_is_listed_only_after_a_review_before_the_notice(desk: told.Desk) -> None:
    desk.noticed()
    _make_person(desk, "410505201002240012")
    assert "从宽审查" in desk.refusal().message
    desk.review_leniency(["minor_under_18"], ["minor_under_18"], "list_light", told.SERVED)
    assert "从宽审查" in desk.refusal().message
    desk.change(models.leniency_reviews, 1, reviewed_at=told.ISSUED - MINUTE)
    assert desk.decide() == 1


def test_a_person_whose_age_is_unknown_is_not_listed(desk: told.Desk) -> None:
    desk.noticed()
    _make_person(desk, "不详")
    assert "年龄" in desk.refusal().message


def test_an_adult_is_listed_like_an_enterprise(desk: told.Desk) -> None:
    desk.noticed()
    _make_person(desk, "410505199001010017")
    assert desk.decide() == 1


def test_a_decided_case_is_told_as_it_stood_when_it_was_decided(desk: told.Desk) -> None:
    desk.noticed()
    desk.decide()
    with desk.at(told.DECIDING) as tx:
        tx.insert(
            models.case_messages,
            {
                "case_id": 1,
                "message": "objection_received",
                "received_at": told.DECIDING + MINUTE,
            },
        )
    checks = desk.checks(told.DECIDING + timedelta(days=4000))
    assert all(check.met for check in checks.values())
    assert checks["INV-10"].detail == "由zhao决定"


def test_a_superseded_notice_no_longer_carries_a_decision(desk: told.Desk) -> None:
    desk.noticed()
    desk.announce(told.at("2026-03-11T09:00"))
    assert isinstance(desk.refusal(), errors.NoticeNotServed)


def test_a_notice_marked_superseded_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, status="superseded")
    assert "取代" in desk.refusal().message


def test_a_withdrawn_notice_no_longer_carries_a_decision(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.documents, 1, status="withdrawn", withdrawn_reason="笔误")
    assert isinstance(desk.refusal(), errors.DocumentIncomplete)


def test_a_notice_whose_bytes_do_not_match_their_hash_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.document_bytes, 1, pdf=b"%PDF forged")
    refused = desk.refusal()
    assert isinstance(refused, errors.DocumentIncomplete)
    assert "散列值不符" in refused.message


@pytest.mark.parametrize(
    "changes",
    [
        {"number": None},
        {"number": "1号"},
        {"sealed": False},
        {"template_sha256": ""},
        {"content_sha256": ""},
    ],
)
def test_a_notice_without_number_seal_or_template_is_refused(
    desk: told.Desk, changes: dict[str, object]
) -> None:
    desk.noticed()
    desk.change(models.documents, 1, **changes)
    assert isinstance(desk.refusal(), errors.DocumentIncomplete)


def test_a_notice_whose_bytes_are_gone_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.DECIDING) as tx:
        tx.run(models.document_bytes.delete())
    assert "丢失" in desk.refusal().message


@pytest.mark.parametrize(
    ("row", "wanting"),
    [
        ({"grounds": []}, "拟列入事由"),
        ({"basis": []}, "依据"),
        ({"measures": []}, "惩戒措施提示"),
    ],
)
def test_a_notice_that_leaves_something_out_is_refused(
    desk: told.Desk, row: dict[str, object], wanting: str
) -> None:
    desk.noticed()
    desk.change(models.notices, 1, **row)
    refused = desk.refusal()
    assert isinstance(refused, errors.NoticeIncomplete)
    assert wanting in refused.message


def test_a_notice_that_does_not_say_how_to_answer_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.documents, 1, content={**told.CONTENT, "rights": {"window_days": 5}})
    assert "提出的方式" in desk.refusal().message


@pytest.mark.parametrize("status", ["withdrawn", "stayed"])
def test_a_base_document_that_fell_takes_its_ground_along(desk: told.Desk, status: str) -> None:
    desk.noticed()
    desk.change(models.records, 2, status=status)
    assert isinstance(desk.refusal(), errors.BasisMissing)
    assert desk.decide(grounds=["1"]) == 1


def test_a_document_of_another_subject_proves_nothing(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.records, 1, subject_id=2)
    assert isinstance(desk.refusal(), errors.BasisMissing)


def test_a_ground_that_cites_nothing_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, grounds=[{"no": 1, "text": "听说", "records": []}])
    assert isinstance(desk.refusal(grounds=["1"]), errors.BasisMissing)


def _rewrite_lists(monkeypatch: pytest.MonkeyPatch, folder: Path, old: str, new: str) -> None:
    """The law changes on disk after the case began."""
    for path in settings.LAW.glob("*.yaml"):
        (folder / path.name).write_text(path.read_text("utf-8"), "utf-8")
    for path in settings.LAW.glob("*.dmn"):
        (folder / path.name).symlink_to(path)
    (folder / "calendar").symlink_to(settings.LAW / "calendar")
    text = (folder / "lists.yaml").read_text("utf-8")
    assert old in text
    (folder / "lists.yaml").write_text(text.replace(old, new, 1), "utf-8")
    monkeypatch.setattr(settings, "LAW", folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("valid_to: null", "valid_to: 2026-03-11", "已经废止"),
        ("court_only: false", "court_only: true", "人民法院"),
        ("level: 40", "level: 70", "层级不足"),
        ("lowest_recogniser: county", "lowest_recogniser: city", "低于认定单位"),
        ('region: "000000"', 'region: "320000"', "地区施行"),
        ("recognisers: [市场监督管理,", "recognisers: [税务,", "无权认定"),
        ("code: market_regulation", "code: renamed", "不在名单目录"),
    ],
)
def test_a_list_that_is_no_longer_lawful_stops_the_decision(
    desk: told.Desk,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    old: str,
    new: str,
    said: str,
) -> None:
    desk.noticed()
    _rewrite_lists(monkeypatch, tmp_path, old, new)
    refused = desk.refusal()
    assert isinstance(refused, errors.ListUnlawful)
    assert said in refused.message


def test_an_organ_without_a_known_division_may_not_list_anybody(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.departments, 1, division="")
    assert isinstance(desk.refusal(), errors.ListUnlawful)


def test_a_measure_that_is_blocked_stops_the_decision(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, measures=[*told.MEASURES, "limit_credit"])
    refused = desk.refusal(measures=["limit_credit"])
    assert isinstance(refused, errors.MeasureUnlawful)
    assert "不得强制要求金融机构" in refused.message


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("procurement_ban", "不适用于本名单"),
        ("food_ban", "不适用于这类主体"),
        ("made_up", "不在措施目录"),
        ("limit_bidding", "尚未录入"),
    ],
)
def test_a_measure_made_for_something_else_stops_the_decision(
    desk: told.Desk, measure: str, said: str
) -> None:
    desk.noticed()
    desk.change(models.notices, 1, measures=[*told.MEASURES, measure])
    refused = desk.refusal(measures=[measure])
    assert isinstance(refused, errors.MeasureUnlawful)
    assert said in refused.message


def test_a_provincial_measure_stays_in_its_province(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, measures=[*told.MEASURES, "key_review"])
    desk.change(models.departments, 1, division="320812")
    refused = desk.refusal(measures=["key_review"])
    assert isinstance(refused, errors.MeasureUnlawful)
    assert "地区" in refused.message


def test_a_case_is_decided_only_once(desk: told.Desk) -> None:
    desk.noticed()
    desk.decide()
    with pytest.raises(errors.NotExpected):
        desk.decide()


def test_the_checklist_tells_each_demand_with_its_article(desk: told.Desk) -> None:
    before = desk.checks(told.ISSUED)
    assert not before["INV-01a"].met
    assert "没有制发事前告知书" in before["INV-01a"].detail
    desk.noticed()
    open_window = desk.checks(told.SERVED + MINUTE)
    assert open_window["INV-01a"].met
    assert not open_window["INV-01b"].met
    assert "届满" in open_window["INV-01b"].detail
    after = desk.checks()
    assert all(check.met and check.detail and check.article for check in after.values())


def test_the_checklist_of_a_case_never_raises(desk: told.Desk) -> None:
    desk.noticed()
    desk.change(models.notices, 1, grounds=None, measures=None, basis=None, limit_id="")
    desk.change(models.documents, 1, content=None)
    assert not desk.checks()["INV-02"].met


def test_before_any_decision_the_guard_says_what_the_case_lacks(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.SERVED + MINUTE) as tx, pytest.raises(errors.WindowOpen):
        guards.check_listing(tx, desk.case(tx), 3, None, tx.now)
    with desk.at(told.DECIDING) as tx:
        guards.check_listing(tx, desk.case(tx), 3, None, tx.now)


def test_only_one_function_of_the_house_writes_a_decided_listing() -> None:
    """No path avoids the guard: the status is written in one place, right after the guard."""
    writers: list[str] = []
    for path in sorted((settings.ROOT / "workflows").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                writers += [f"{path.name}:{function.name}"] * _writes_decided(function)
    assert writers == ["listings.py:decide_listing"]
    source = ast.parse((settings.ROOT / "workflows/registry/listings.py").read_text("utf-8"))
    decide = next(
        one
        for one in source.body
        if isinstance(one, ast.FunctionDef) and one.name == "decide_listing"
    )
    assert ast.unparse(decide.body[1]).startswith("guards.check_listing(")


def _writes_decided(function: ast.FunctionDef) -> bool:
    """Whether it inserts into or updates listings with the status `decided_listed`."""
    text = ast.unparse(function)
    touches = "models.listings.update" in text or "models.listings," in text
    return touches and ("status=DECIDED" in text or "decided_listed" in text)


def test_every_guard_names_its_article() -> None:
    assert all(guard.article and guard.name for guard in guards.GUARDS)
    assert {guard.id[:6] for guard in guards.GUARDS} == {
        *("INV-01", "INV-02", "INV-03", "INV-04", "INV-05"),
        *("INV-06", "INV-07", "INV-08", "INV-10", "INV-11", "INV-18", "INV-23"),
    }


def test_the_seeded_law_is_read_without_complaint() -> None:
    assert {"market_regulation", "tax", "wage", "procurement", "safety", "court"} <= {
        rule.code for rule in law.lists()
    }
