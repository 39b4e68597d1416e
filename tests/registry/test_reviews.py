"""Provincial review: of which answers, once, by whom, what it strikes; the decision waits."""

from datetime import timedelta
from typing import Any

import pytest

from tests.registry import told
from workflows import errors, models
from workflows.registry import notices, objections, reviews

MINUTE = timedelta(minutes=1)
ANSWERED = told.at("2026-03-06T09:00")
ASKED = told.at("2026-03-09T09:00")
FOUND = told.at("2026-03-10T09:00")
NUMBER = "2026-000001-异1"


def said(**changes: Any) -> dict[str, Any]:
    return {
        "review_objection": NUMBER,
        "review_asked_at": ASKED.isoformat(),
        "review_grounds": "没有核对物流记录",
        **changes,
    }


def answered(desk: told.Desk) -> told.Desk:
    desk.noticed()
    desk.settle(desk.object(told.at("2026-03-05T09:00"), ground=2), ANSWERED)
    return desk


def asked(desk: told.Desk) -> int:
    with answered(desk).at(ASKED) as tx:
        return reviews.register(tx, desk.case(tx), "scope", said())["id"]


def province(desk: told.Desk) -> tuple[int, int]:
    """Somebody of the province's office, and the office."""
    office = {"code": "henan", "name": "河南省发展和改革委员会", "kind": "province", "path": "/2/"}
    person = {"login": "fan", "name": "fan", "password_hash": "", "created_at": told.ISSUED}
    with desk.at(ASKED) as tx:
        department_id = tx.insert(models.departments, office)
        person_id = tx.insert(models.people, person)
        role = {"person_id": person_id, "department_id": department_id, "role": reviews.REVIEWER}
        tx.insert(models.memberships, role)
    return person_id, department_id


def find(desk: told.Desk, review_id: int, result: str, struck: list[str], by: tuple[int, int]):
    with desk.at(FOUND) as tx:
        found = reviews.Found(result, struck, "已核对物流记录")
        reviews.decide(tx, review_id, found, *by)


def settle(desk: told.Desk, review_id: int, result: str, struck: list[str]) -> None:
    """Decide, issue, serve and close."""
    find(desk, review_id, result, struck, province(desk))
    document_id = desk.issue(FOUND, kind="review_decision")
    desk.serve(document_id, FOUND)
    with desk.at(FOUND) as tx:
        reviews.attach_decision(tx, review_id, document_id)
        reviews.close(tx, review_id, FOUND)


def test_a_review_upheld_and_served_clears_the_way(desk: told.Desk) -> None:
    review_id = asked(desk)
    assert isinstance(desk.refusal(), errors.ReviewOpen)
    settle(desk, review_id, "upheld", [])
    assert desk.decide() == 1
    assert desk.checks()["INV-01e"].detail == "1 件复核均已决定并送达"


@pytest.mark.parametrize("result", ["changed", "annulled"])
def test_what_the_province_strikes_stays_struck_even_in_a_new_notice(
    desk: told.Desk, result: str
) -> None:
    settle(desk, asked(desk), result, ["2"])
    refused = desk.refusal()
    assert isinstance(refused, errors.BeyondNotice)
    again = told.at("2026-03-16T09:00")
    document_id = desk.announce(again)
    desk.serve(document_id, again)
    desk.open_window(again)
    with desk.at(again) as tx:
        notice = notices.current_notice(tx, desk.case_id)
        assert notice is not None
        heard = objections.of_case(tx, desk.case_id)
        assert notices.struck_numbers(tx, notice, heard) == {"2"}
    assert desk.decide(told.at("2026-03-30T09:00"), grounds=["1"]) == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"review_objection": "2026-000001-异9"}, "没有编号"),
        ({"review_grounds": " "}, "没有写明理由"),
        ({"review_asked_at": (ANSWERED - MINUTE).isoformat()}, "答复送达以后"),
        ({"review_asked_at": (ASKED + MINUTE).isoformat()}, "现在以前"),
        ({"review_asked_at": "昨天"}, "不是时刻"),
    ],
)
def test_a_request_that_cannot_be_is_refused(
    desk: told.Desk, changes: dict[str, str], why: str
) -> None:
    with answered(desk).at(ASKED) as tx:
        case = desk.case(tx)
        with pytest.raises(errors.NotExpected, match=why):
            reviews.check_requested(tx, case, said(**changes))


def test_an_answer_that_was_not_served_is_not_reviewed(desk: told.Desk) -> None:
    desk.noticed()
    desk.answer(desk.object(told.at("2026-03-05T09:00")), ANSWERED)
    with desk.at(ASKED) as tx:
        case = desk.case(tx)
        assert reviews.answered(tx, desk.case_id) == []
        with pytest.raises(errors.NotExpected, match="尚未送达"):
            reviews.check_requested(tx, case, said())


def test_an_answer_is_reviewed_once(desk: told.Desk) -> None:
    asked(desk)
    with desk.at(ASKED) as tx:
        case = desk.case(tx)
        with pytest.raises(errors.NotExpected, match="已经申请过"):
            reviews.register(tx, case, "", said())


def test_only_the_law_of_henan_knows_this_review(desk: told.Desk) -> None:
    answered(desk)
    desk.change(models.departments, 1, division="320812")
    with desk.at(ASKED) as tx:
        case = desk.case(tx)
        with pytest.raises(errors.NotExpected, match="河南省"):
            reviews.check_requested(tx, case, said())


@pytest.mark.parametrize(
    ("result", "struck"),
    [
        ("upheld", ["1"]),
        ("changed", []),
        ("annulled", []),
        ("annulled", ["9"]),
        ("maybe", []),
        ("", ["1"]),
    ],
)
def test_a_result_that_contradicts_itself_is_refused(
    desk: told.Desk, result: str, struck: list[str]
) -> None:
    review_id = asked(desk)
    people = province(desk)
    with pytest.raises(errors.NotExpected):
        find(desk, review_id, result, struck, people)


def test_only_the_province_reviews_and_only_once(desk: told.Desk) -> None:
    review_id = asked(desk)
    with pytest.raises(errors.NotYourTask):
        find(desk, review_id, "upheld", [], (3, 1))
    people = province(desk)
    find(desk, review_id, "upheld", [], people)
    with pytest.raises(errors.NotExpected, match="已经作出决定"):
        find(desk, review_id, "upheld", [], people)


def test_a_review_is_closed_only_with_its_decision(desk: told.Desk) -> None:
    review_id = asked(desk)
    with desk.at(FOUND) as tx, pytest.raises(errors.ReviewOpen):
        reviews.close(tx, review_id, FOUND)


@pytest.mark.parametrize(
    "changes",
    [
        {"served_at": None},
        {"served_at": FOUND - MINUTE},
        {"decided_at": None},
        {"decision_document_id": None},
    ],
)
def test_a_row_that_was_tampered_with_is_seen_through(
    desk: told.Desk, changes: dict[str, Any]
) -> None:
    review_id = asked(desk)
    settle(desk, review_id, "upheld", [])
    desk.change(models.reviews, review_id, **changes)
    assert isinstance(desk.refusal(), errors.ReviewOpen)


@pytest.mark.parametrize("status", ["pending", "refused"])
def test_a_request_nobody_has_registered_stops_the_decision(desk: told.Desk, status: str) -> None:
    desk.noticed()
    message = {"case_id": 1, "message": reviews.MESSAGE, "status": status, "received_at": ASKED}
    with desk.at(ASKED) as tx:
        tx.insert(models.case_messages, message)
    assert isinstance(desk.refusal(), errors.ReviewOpen)
