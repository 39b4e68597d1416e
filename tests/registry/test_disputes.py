"""What is disputed is marked at once, verified by another, put right or upheld (Henan 41)."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import Databases
from tests.registry import told
from tests.registry.removing import OTHER, PROPOSER, YEAR_ON, Desk
from workflows import errors, models
from workflows.registry import disputes


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    made = Desk(databases.fresh())
    yield made
    made.store.close()


def test_a_disputed_record_is_marked_until_it_is_answered(desk: Desk) -> None:
    case_id = desk.dispute("record:1")
    assert desk.record(1)["disputed"]
    assert not desk.record(2)["disputed"]
    row = desk.conclude(case_id, accepted=False)
    assert (row["status"], row["result"]) == ("upheld_as_is", "rejected")
    assert not desk.record(1)["disputed"]
    assert desk.record(1)["status"] == "public"


def test_a_disputed_entry_is_marked_where_it_is_shown(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    publicity_id = desk.publicise(listing_id)
    case_id = desk.dispute(f"listing:{listing_id}")
    assert desk.publicity(publicity_id)["disputed"]
    desk.conclude(case_id, accepted=False)
    shown = desk.publicity(publicity_id)
    assert (shown["disputed"], shown["status"]) == (False, "public")


def test_an_error_is_corrected_and_what_showed_it_ends(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    publicity_id = desk.publicise(listing_id)
    desk.conclude(desk.dispute(f"listing:{listing_id}"), accepted=True)
    assert desk.publicity(publicity_id)["ended_reason"] == "corrected"
    assert desk.listing(listing_id)["status"] == "decided_listed"


def test_a_wrong_record_is_withdrawn_and_kept_in_the_registry(desk: Desk) -> None:
    case_id = desk.dispute("record:1")
    row = desk.conclude(case_id, accepted=True, action="withdraw", correction="被冒名登记")
    record = desk.record(1)
    assert (record["status"], record["withdrawn_by"]) == ("withdrawn", row["number"])
    assert record["doc_no"] == "殷市监罚决〔2026〕18号"


def test_who_takes_a_dispute_back_leaves_everything_as_it_was(desk: Desk) -> None:
    before = dict(desk.record(1))
    case_id = desk.dispute("record:1")
    with desk.at(YEAR_ON) as tx:
        assert disputes.withdraw(tx, case_id, YEAR_ON)["status"] == "withdrawn"
    assert dict(desk.record(1)) == before
    with pytest.raises(errors.NotExpected, match="撤回"):
        desk.conclude(case_id, accepted=True)


def test_who_entered_the_record_does_not_verify_it(desk: Desk) -> None:
    with desk.at(told.ISSUED) as tx:
        import_id = tx.insert(
            models.imports,
            {"kind": "penalties", "started_by": PROPOSER, "started_at": told.ISSUED},
        )
    desk.change(models.records, 1, import_id=import_id)
    case_id = desk.dispute("record:1")
    for verifier in (PROPOSER, None):
        with pytest.raises(errors.FourEyes):
            desk.conclude(case_id, accepted=False, verifier_id=verifier)
    assert desk.record(1)["disputed"]
    desk.conclude(case_id, accepted=False, verifier_id=OTHER)


def test_who_drafted_the_listing_does_not_verify_it(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    with desk.at(told.ISSUED) as tx:
        tx.insert(
            models.tasks,
            {
                "case_id": desk.listing(listing_id)["case_id"],
                "token": "t",
                "element": "draft_case",
                "department_id": 1,
                "status": "done",
                "created_at": told.ISSUED,
                "completed_by": PROPOSER,
            },
        )
    case_id = desk.dispute(f"listing:{listing_id}")
    with desk.at(YEAR_ON) as tx, pytest.raises(errors.FourEyes):
        disputes.assign(tx, desk.case_row(tx, case_id), PROPOSER, "")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"findings": []}, "没有核实结果"),
        ({"findings": [{"no": 1, "accepted": True, "finding": "有误", "reason": ""}]}, "理由"),
        ({"action": ""}, "如何更正"),
        ({"action": "forget"}, "如何更正"),
        ({"correction": " "}, "如何更正"),
    ],
)
def test_a_finding_says_what_why_and_how_it_is_put_right(
    desk: Desk, wrong: dict[str, Any], says: str
) -> None:
    case_id = desk.dispute("record:1")
    with pytest.raises(errors.NotExpected, match=says):
        desk.conclude(case_id, accepted=True, **wrong)
    assert desk.record(1)["disputed"]


def test_what_is_right_is_not_corrected(desk: Desk) -> None:
    case_id = desk.dispute("record:1")
    with pytest.raises(errors.NotExpected, match="不需要更正"):
        desk.conclude(case_id, accepted=False, action="withdraw")


@pytest.mark.parametrize(
    "target",
    [
        *("", "record", "record:", "record:99", "record:-1", "record:1 or 1=1", "listing:1"),
        *("子:1", "record:²", "subject:1", f"record:{'9' * 30}", "record:1:2"),
    ],
)
def test_only_information_about_the_subject_is_disputed(desk: Desk, target: str) -> None:
    with pytest.raises(errors.NotExpected):
        desk.dispute(target)


def test_a_record_of_another_subject_is_not_disputed_here(desk: Desk) -> None:
    desk.change(models.records, 2, subject_id=2)
    with pytest.raises(errors.NotExpected, match="不属于本案主体"):
        desk.dispute("record:2")
    assert not desk.record(2)["disputed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": []},
        {"points": [{"no": 1, "text": " "}]},
        {"points": "all of it"},
        {"received_at": "2031-01-01T00:00:00+08:00"},
        {"received_at": "2027-03-15T09:00:00"},
        {"received_at": None},
    ],
)
def test_a_dispute_says_what_is_wrong_and_when_it_came(desk: Desk, wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.NotExpected):
        desk.dispute("record:1", **wrong)
    assert not desk.record(1)["disputed"]


def test_one_piece_of_information_is_verified_once_at_a_time(desk: Desk) -> None:
    case_id = desk.dispute("record:1")
    with pytest.raises(errors.NotExpected, match="并案"):
        desk.dispute("record:1")
    desk.conclude(case_id, accepted=False)
    desk.dispute("record:1")
    assert desk.record(1)["disputed"]


def test_a_source_that_was_not_asked_says_nothing(desk: Desk) -> None:
    case_id = desk.dispute("record:1")
    with desk.at(YEAR_ON) as tx:
        case = desk.case_row(tx, case_id)
        with pytest.raises(errors.NotExpected, match="尚未"):
            disputes.record_source(tx, case, "属实", [], YEAR_ON)
        disputes.ask_source(tx, case_id, desk.issue(), YEAR_ON)
        with pytest.raises(errors.NotExpected, match="没有内容"):
            disputes.record_source(tx, case, " ", [], YEAR_ON)
        with pytest.raises(errors.EvidenceMissing):
            disputes.record_source(tx, case, "属实", ["0" * 64], YEAR_ON)
        row = disputes.record_source(tx, case, "属实", [], YEAR_ON)
    assert (row["status"], row["source_answered_at"]) == ("asked", YEAR_ON)


def test_an_answer_is_served_before_the_dispute_is_closed(desk: Desk) -> None:
    case_id = desk.dispute("record:1")
    with desk.at(YEAR_ON) as tx, pytest.raises(errors.NotExpected, match="尚未答复"):
        disputes.close(tx, case_id, YEAR_ON)
    desk.conclude(case_id, accepted=False)
    document_id = desk.issue(YEAR_ON)
    with desk.at(YEAR_ON) as tx:
        disputes.attach_answer(tx, case_id, document_id)
        assert disputes.close(tx, case_id, YEAR_ON)["answered_at"] == YEAR_ON
