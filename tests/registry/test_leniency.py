"""What calls for leniency is reviewed before the notice; nothing more severe follows (INV-18)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.registry import told
from workflows import errors, models
from workflows.registry import leniency

CLAIMS = sorted(leniency.CLAIMS.items())


def claim(desk: told.Desk, name: str) -> None:
    facts = {"list_code": "market_regulation", "record_ids": [1, 2], name: True}
    desk.change(models.cases, 1, facts={"": facts})


@pytest.mark.parametrize(("name", "flag"), CLAIMS)
def test_a_claim_in_the_file_calls_for_a_review_before_the_notice(
    desk: told.Desk, name: str, flag: str
) -> None:
    desk.noticed()
    claim(desk, name)
    refused = desk.refusal()
    assert isinstance(refused, errors.LeniencyMissing)
    assert leniency.FLAGS[flag] in refused.message
    desk.review_leniency([flag], [], "list")
    assert desk.decide() == 1


@pytest.mark.parametrize(("name", "flag"), CLAIMS)
def test_a_review_after_the_notice_is_none(desk: told.Desk, name: str, flag: str) -> None:
    desk.noticed()
    claim(desk, name)
    desk.review_leniency([flag], [], "list", told.ISSUED + timedelta(minutes=1))
    assert isinstance(desk.refusal(), errors.LeniencyMissing)


def test_a_review_of_something_else_is_none(desk: told.Desk) -> None:
    desk.noticed()
    claim(desk, "claims_no_fault")
    desk.review_leniency(["first_slight"], [], "list")
    assert isinstance(desk.refusal(), errors.LeniencyMissing)


def test_a_review_by_nobody_who_reviews_is_none(desk: told.Desk) -> None:
    desk.noticed()
    claim(desk, "claims_no_fault")
    review_id = desk.review_leniency(["no_fault"], [], "list")
    desk.change(models.leniency_reviews, review_id, reviewer_id=1)
    assert "法制审核人" in desk.refusal().message


@pytest.mark.parametrize(
    "changes",
    [
        {"result": "not_list", "established": ["no_fault"]},
        {"established": ["no_fault"]},
        {"reasons": " "},
        {"result": "whatever"},
    ],
)
def test_a_review_that_does_not_let_it_go_on_stops_the_decision(
    desk: told.Desk, changes: dict[str, Any]
) -> None:
    desk.noticed()
    claim(desk, "claims_no_fault")
    review_id = desk.review_leniency(["no_fault"], [], "list")
    desk.change(models.leniency_reviews, review_id, **changes)
    assert isinstance(desk.refusal(), errors.LeniencyMissing)


@pytest.mark.parametrize("flag", leniency.FLAGS)
def test_nothing_more_severe_than_what_holds_allows_is_written(desk: told.Desk, flag: str) -> None:
    allowed = leniency.RESULTS.index(leniency.MOST[flag])
    for result in leniency.RESULTS[allowed + 1 :]:
        with pytest.raises(errors.LeniencyMissing):
            desk.review_leniency([flag], [flag], result)
    assert desk.review_leniency([flag], [flag], leniency.RESULTS[allowed]) == 1


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        (leniency.Found(["no_fault"], ["no_fault"], "not_list", "无过错"), errors.EvidenceMissing),
        (leniency.Found(["no_fault"], ["no_fault"], "not_list", "", ["x"]), errors.NotExpected),
        (leniency.Found(["no_fault"], [], "not_list", "算了"), errors.NotExpected),
        (leniency.Found([], ["no_fault"], "not_list", "无过错"), errors.NotExpected),
        (leniency.Found(["no_fault"], ["no_fault"], "not_list", "x", ["f" * 64]), errors.Refusal),
        (leniency.Found(["no_fault"], [], "恩准", "…"), errors.NotExpected),
    ],
)
def test_what_is_not_proved_or_does_not_follow_is_not_written(
    desk: told.Desk, found: leniency.Found, refusal: type[errors.Refusal]
) -> None:
    with desk.at(told.BEFORE) as tx, pytest.raises(refusal):
        leniency.record_review(tx, desk.case(tx), found, 2, 3)


@pytest.mark.parametrize("confirmed_by", [None, 2])
def test_not_to_list_needs_somebody_else_to_agree(
    desk: told.Desk, confirmed_by: int | None
) -> None:
    found = leniency.Found(["no_fault"], ["no_fault"], "not_list", "无过错", [desk.photo])
    with desk.at(told.BEFORE) as tx, pytest.raises(errors.FourEyes):
        leniency.record_review(tx, desk.case(tx), found, 2, confirmed_by)


def test_after_a_light_review_only_measures_of_class_c_may_follow(desk: told.Desk) -> None:
    measures = [*told.MEASURES, "limit_fiscal_funds"]
    document_id = desk.announce(measures=measures)
    desk.serve(document_id)
    desk.open_window()
    desk.review_leniency(["first_slight"], ["first_slight"], "list_light")
    refused = desk.refusal(measures=["limit_fiscal_funds"])
    assert isinstance(refused, errors.MeasureUnlawful)
    assert "C类" in refused.message
    assert desk.decide() == 1


def test_the_last_review_is_the_one_that_counts(desk: told.Desk) -> None:
    desk.review_leniency(["first_slight"], ["first_slight"], "list_light")
    with desk.at(told.ISSUED) as tx:
        assert leniency.is_light(tx, desk.case_id)
    desk.review_leniency(["first_slight"], [], "list")
    with desk.at(told.ISSUED) as tx:
        assert not leniency.is_light(tx, desk.case_id)
