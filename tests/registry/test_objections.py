"""Objections, notices and the end of a case without listing."""

from datetime import timedelta

import pytest

from tests.registry import told
from workflows import errors, models
from workflows.registry import listings, notices, objections, records, values


def test_an_objection_at_the_last_minute_is_in_time_and_at_the_end_late(desk: told.Desk) -> None:
    desk.noticed()
    desk.object(told.WINDOW_END - timedelta(seconds=30))
    assert not desk.late
    desk.object(told.WINDOW_END)
    assert desk.late


@pytest.mark.parametrize(
    ("postmark", "late"), [("2026-03-09", False), ("2026-03-10", True), (None, True)]
)
def test_what_was_posted_before_the_end_is_in_time_whenever_it_arrives(
    desk: told.Desk, postmark: str | None, late: bool
) -> None:
    desk.noticed()
    said = {"points": [{"no": 1, "text": "甲"}], "postmark_date": postmark}
    when = told.at("2026-03-11T09:00")
    with desk.at(when) as tx:
        assert objections.register(tx, desk.case(tx), "", said, when)[1] is late


def test_a_postmark_after_the_arrival_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    said = {"points": [{"no": 1, "text": "甲"}], "postmark_date": "2026-03-12"}
    when = told.at("2026-03-11T09:00")
    with desk.at(when) as tx:
        case = desk.case(tx)
        with pytest.raises(errors.NotExpected, match="邮戳日期"):
            objections.register(tx, case, "", said, when)


def test_objections_are_numbered_in_their_case(desk: told.Desk) -> None:
    desk.noticed()
    for hour in (9, 10):
        desk.object(told.at(f"2026-03-05T{hour:02}:00"))
    with desk.at(told.DECIDING) as tx:
        numbers = [one["number"] for one in objections.of_case(tx, desk.case_id)]
    assert numbers == ["2026-000001-异1", "2026-000001-异2"]


def test_an_objection_without_content_or_from_tomorrow_is_refused(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.SERVED) as tx:
        case = desk.case(tx)
        with pytest.raises(errors.NotExpected, match="没有写明"):
            objections.register(tx, case, "", {"points": []}, told.SERVED)
        with pytest.raises(errors.NotExpected, match="晚于现在"):
            objections.register(tx, case, "", {"points": [{"no": 1}]}, told.DECIDING)


@pytest.mark.parametrize(
    ("accepted", "result"),
    [((True, True), "upheld"), ((True, False), "partly"), ((False, False), "rejected")],
)
def test_the_result_follows_from_the_points(
    desk: told.Desk, accepted: tuple[bool, bool], result: str
) -> None:
    desk.noticed()
    points = [{"no": 1, "text": "甲", "ground": 1}, {"no": 2, "text": "乙", "ground": 2}]
    when = told.at("2026-03-05T09:00")
    with desk.at(when) as tx:
        objection_id, _ = objections.register(tx, desk.case(tx), "", {"points": points}, when)
    findings = [
        {"no": number, "accepted": one, "reason": "核实"}
        for number, one in enumerate(accepted, start=1)
    ]
    with desk.at(when) as tx:
        row = objections.find_objection(tx, objection_id)
        assert objections.record_answer(tx, row, findings, 4) == result
        heard = objections.of_case(tx, desk.case_id)
        notice = notices.current_notice(tx, desk.case_id)
        assert notice is not None
        left = notices.standing_grounds(tx, notice, heard)
    assert len(left) == 2 - sum(accepted)


def test_every_point_needs_a_finding_with_its_reason(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    with desk.at(told.DECIDING) as tx:
        row = objections.find_objection(tx, objection_id)
        for findings in ([], [{"no": 1, "accepted": True, "reason": "  "}]):
            with pytest.raises(errors.NotExpected, match="没有核实结果或者理由"):
                objections.record_answer(tx, row, findings, 4)


def test_an_objection_is_closed_only_after_it_was_answered(desk: told.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    with desk.at(told.DECIDING) as tx, pytest.raises(errors.ObjectionOpen):
        objections.close(tx, objection_id, told.DECIDING)


def test_an_upheld_point_that_names_no_ground_strikes_the_one_it_was_aimed_at(
    desk: told.Desk,
) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"), ground=2)
    desk.settle(objection_id, told.at("2026-03-11T09:00"), accepted=True)
    with desk.at(told.DECIDING) as tx:
        notice = notices.current_notice(tx, desk.case_id)
        assert notice is not None
        heard = objections.of_case(tx, desk.case_id)
        assert notices.struck_numbers(tx, notice, heard) == {"2"}


def test_a_new_notice_supersedes_the_earlier_and_its_window(desk: told.Desk) -> None:
    desk.noticed()
    desk.announce(told.at("2026-03-11T09:00"))
    with desk.at(told.DECIDING) as tx:
        rows = notices.notices_of(tx, desk.case_id)
        listing = listings.of_case(tx, desk.case_id)
    assert [row["status"] for row in rows] == ["superseded", "issued"]
    assert listing is not None
    assert listing["status"] == "noticed"


def test_a_decided_case_announces_nothing_more(desk: told.Desk) -> None:
    desk.noticed()
    desk.decide()
    with pytest.raises(errors.NotExpected, match="不得再行告知"):
        desk.announce(told.DECIDING)
    assert desk.listing_status() == "decided_listed"


def test_a_window_told_once_is_never_moved_forward(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.DECIDING) as tx:
        tx.run(models.notices.update().values(window_end=told.WINDOW_END + timedelta(days=2)))
    assert desk.open_window() == told.WINDOW_END + timedelta(days=2)


def test_a_case_can_end_without_listing_at_any_stage_but_not_after_the_decision(
    desk: told.Desk,
) -> None:
    desk.noticed()
    desk.decide()
    with desk.at(told.DECIDING) as tx, pytest.raises(errors.NotExpected, match="撤销"):
        listings.terminate(tx, desk.case(tx), "market_regulation", told.DECIDING)


def test_a_terminated_case_cannot_be_decided_after_all(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.SERVED) as tx:
        listings.terminate(tx, desk.case(tx), "market_regulation", told.SERVED)
    with pytest.raises(errors.NotExpected):
        desk.decide()
    assert desk.listing_status() == "terminated"


def test_a_case_that_never_reached_a_notice_is_terminated_too(desk: told.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        listings.terminate(tx, desk.case(tx), "market_regulation", told.SERVED)
    assert desk.listing_status() == "terminated"


def test_a_listing_is_closed_only_with_its_decision_issued(desk: told.Desk) -> None:
    desk.noticed()
    with desk.at(told.DECIDING) as tx, pytest.raises(errors.NotExpected):
        listings.close_listing(tx, desk.case(tx), told.DECIDING)
    desk.decide()
    with desk.at(told.DECIDING) as tx, pytest.raises(errors.DocumentIncomplete):
        listings.close_listing(tx, desk.case(tx), told.DECIDING)
    document_id = desk.issue(told.DECIDING, kind="listing_decision")
    with desk.at(told.DECIDING) as tx:
        listings.attach_decision(tx, desk.case_id, document_id)
        listings.close_listing(tx, desk.case(tx), told.DECIDING)
        row = tx.one(models.listings.select())
    assert row["served_at"] == told.DECIDING


@pytest.mark.parametrize(
    ("reference", "cited"),
    [
        ("殷市监罚决〔2026〕18号", [1]),
        ("行政处罚决定书（殷市监罚决[2026]19号）及现场笔录", [2]),
        ("殷市监罚决（2026）18号、殷市监罚决〔2026〕19号", [1, 2]),
        ("2", [2]),
        ("", [1]),
        ("现场笔录", [1]),
    ],
)
def test_a_ground_cites_by_number_or_rests_on_what_the_case_was_opened_with(
    desk: told.Desk, reference: str, cited: list[int]
) -> None:
    with desk.at(told.SERVED) as tx:
        known = records.of_subject(tx, 1)
    ground = {"no": 1, "text": "事由", "evidence_ref": reference}
    assert records.cite([ground], known, [1, 99])[0]["records"] == cited


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        (None, []),
        (["1", 2], ["1", "2"]),
        (3, ["3"]),
        (3.0, ["3"]),
        ("1、2，3", ["1", "2", "3"]),
        ([{"no": 1, "text": "甲"}], ["1"]),
        ("", []),
    ],
)
def test_numbers_of_grounds_are_read_however_they_are_written(
    value: object, numbers: list[str]
) -> None:
    assert values.read_numbers(value) == numbers
