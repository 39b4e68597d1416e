"""Remedies: recorded as told; nothing stays but by an order, and then nothing is decided."""

from datetime import timedelta
from typing import Any

import pytest

from tests.registry import told
from workflows import errors, models
from workflows.registry import remedies

WHEN = told.at("2026-03-11T09:00")


def told_of(desk: told.Desk, act: str, **changes: Any) -> dict[str, Any]:
    return {
        "remedy_kind": "reconsideration",
        "remedy_act": act,
        "remedy_organ": "安阳市殷都区人民政府",
        "remedy_on": "2026-03-11",
        "remedy_document": "殷政复停〔2026〕1号",
        "remedy_evidence": [desk.photo],
        **changes,
    }


def tell(desk: told.Desk, act: str, when: Any = WHEN, **changes: Any) -> int:
    with desk.at(when) as tx:
        return remedies.record(tx, desk.case(tx), told_of(desk, act, **changes))


def test_filing_stays_nothing(desk: told.Desk) -> None:
    desk.noticed()
    tell(desk, "filed", remedy_evidence=[])
    assert desk.decide() == 1


def test_while_an_order_to_stay_stands_nothing_is_decided(desk: told.Desk) -> None:
    desk.noticed()
    tell(desk, "filed")
    tell(desk, "stayed")
    refused = desk.refusal()
    assert isinstance(refused, errors.Stayed)
    assert "殷政复停〔2026〕1号" in refused.message
    assert "行政复议法第四十二条" in refused.message
    tell(desk, "resumed", told.DECIDING)
    assert desk.decide() == 1


def test_the_outcome_ends_a_stay(desk: told.Desk) -> None:
    desk.noticed()
    tell(desk, "filed")
    tell(desk, "stayed")
    tell(desk, "concluded", told.DECIDING, remedy_outcome="维持")
    assert desk.decide() == 1
    with desk.at(told.DECIDING) as tx:
        [row] = remedies.of_case(tx, desk.case_id)
    assert (row["outcome"], row["stayed_to"]) == ("维持", told.DECIDING)


def test_a_stay_is_asked_for_by_listing_too(desk: told.Desk) -> None:
    desk.noticed()
    tell(desk, "filed")
    tell(desk, "stayed")
    with desk.at(told.DECIDING) as tx:
        with pytest.raises(errors.Stayed):
            remedies.check_not_stayed(tx, told.DECIDING, listing_id=1)
        assert remedies.check_not_stayed(tx, told.DECIDING, listing_id=2)
        assert remedies.check_not_stayed(tx, WHEN - timedelta(days=1), listing_id=1)


def test_a_remedy_told_by_another_case_is_of_its_listing(desk: told.Desk) -> None:
    tell(desk, "filed", listing_id=None)
    with desk.at(WHEN) as tx:
        [row] = remedies.of_case(tx, desk.case_id)
    assert row["listing_id"] is None
    desk.noticed()
    tell(desk, "filed", listing_id=1)
    with desk.at(WHEN) as tx:
        assert [one["listing_id"] for one in remedies.of_case(tx, desk.case_id)] == [None, 1]


@pytest.mark.parametrize(
    ("act", "changes", "refusal"),
    [
        ("filed", {"remedy_kind": "petition"}, errors.NotExpected),
        ("filed", {"remedy_kind": None}, errors.NotExpected),
        ("reversed", {}, errors.NotExpected),
        ("filed", {"remedy_organ": " "}, errors.NotExpected),
        ("filed", {"remedy_on": "2026-03-12"}, errors.NotExpected),
        ("filed", {"remedy_on": "春天"}, errors.NotExpected),
        ("filed", {"remedy_evidence": ["f" * 64]}, errors.EvidenceMissing),
        ("stayed", {"remedy_organ": "另一机关"}, errors.NotExpected),
        ("stayed", {"remedy_kind": "litigation"}, errors.NotExpected),
        ("stayed", {"remedy_document": ""}, errors.EvidenceMissing),
        ("stayed", {"remedy_evidence": []}, errors.EvidenceMissing),
        ("resumed", {}, errors.NotExpected),
        ("concluded", {"remedy_evidence": []}, errors.EvidenceMissing),
    ],
)
def test_what_is_told_without_paper_or_sense_is_not_recorded(
    desk: told.Desk, act: str, changes: dict[str, Any], refusal: type[errors.Refusal]
) -> None:
    tell(desk, "filed")
    with pytest.raises(refusal):
        tell(desk, act, **changes)
    with desk.at(WHEN) as tx:
        [row] = tx.all(models.remedies.select())
    assert row["stayed_from"] is None


def test_one_order_stays_once(desk: told.Desk) -> None:
    tell(desk, "filed")
    tell(desk, "stayed")
    with pytest.raises(errors.NotExpected, match="已经登记停止执行"):
        tell(desk, "stayed")
