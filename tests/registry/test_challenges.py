"""A challenge is looked into by others than those it is about, and who sent it is sealed."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry import told
from workflows import errors, models, store
from workflows.registry import challenges, sealing

NOW = told.DECIDING


def commitment(tx: store.Transaction, desk: told.Desk, **changes: Any) -> int:
    row: dict[str, Any] = {
        "subject_id": 1,
        "case_id": desk.case_id,
        "status": "supervised",
        "history": [],
    }
    return tx.insert(models.commitments, row | changes)


def challenge(tx: store.Transaction, desk: told.Desk, commitment_id: int, **changes: Any) -> int:
    said: dict[str, Any] = {
        "commitment_id": commitment_id,
        "content": "仍在销售不合格产品",
        "received_at": NOW,
        "anonymous": True,
    }
    return challenges.register(tx, desk.case(tx), challenges.Challenge(**said | changes), NOW)


@pytest.mark.parametrize(
    "spoilt", [{"subject_id": 2}, {"status": "signed"}, {"status": "fulfilled"}]
)
def test_only_a_commitment_of_the_subject_in_force_is_challenged(
    desk: told.Desk, spoilt: dict[str, Any]
) -> None:
    with desk.at(NOW) as tx, pytest.raises(errors.NotExpected):
        challenge(tx, desk, commitment(tx, desk, **spoilt))


def test_a_challenge_does_not_come_from_the_future(desk: told.Desk) -> None:
    with desk.at(NOW) as tx, pytest.raises(errors.NotExpected, match="晚于现在"):
        challenge(tx, desk, commitment(tx, desk), received_at=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("by", [None, 1, 2, 3])
def test_who_worked_on_the_commitment_does_not_verify(desk: told.Desk, by: int | None) -> None:
    with desk.at(NOW) as tx:
        challenge(tx, desk, commitment(tx, desk))
        challenges.screen(tx, challenges.of_case(tx, desk.case_id), taken=True, reasons="")
        row = challenges.of_case(tx, desk.case_id)
        with pytest.raises(errors.FourEyes):
            challenges.verify(tx, desk.case(tx), row, [desk.photo], by)
        challenges.verify(tx, desk.case(tx), row, [desk.photo], 4)


def test_verification_and_decision_want_evidence_and_reasons(desk: told.Desk) -> None:
    with desk.at(NOW) as tx:
        challenge(tx, desk, commitment(tx, desk))
        with pytest.raises(errors.NotExpected, match="理由"):
            challenges.screen(tx, challenges.of_case(tx, desk.case_id), taken=False, reasons=" ")
        challenges.screen(tx, challenges.of_case(tx, desk.case_id), taken=True, reasons="")
        row = challenges.of_case(tx, desk.case_id)
        with pytest.raises(errors.EvidenceMissing):
            challenges.verify(tx, desk.case(tx), row, [], 4)
        with pytest.raises(errors.NotExpected, match="不能重复办理"):
            challenges.decide(tx, desk.case(tx), row, "founded", "现场证实")
        challenges.verify(tx, desk.case(tx), row, [desk.photo], 4)
        row = challenges.of_case(tx, desk.case_id)
        for outcome, reasons in (("maybe", "现场证实"), ("founded", " "), ("", "")):
            with pytest.raises(errors.NotExpected):
                challenges.decide(tx, desk.case(tx), row, outcome, reasons)
        challenges.decide(tx, desk.case(tx), row, "founded", "现场证实")
        closed = challenges.of_case(tx, desk.case_id)
    assert (closed["status"], closed["outcome"]) == ("closed", "founded")


def test_what_is_sealed_is_opened_with_a_reason_that_is_kept(desk: told.Desk) -> None:
    with desk.at(NOW) as tx:
        said = sealing.seal(tx, desk.case_id, "contact", "石举报 13800000000")
        assert "石" not in said
        [row] = sealing.of_case(tx, desk.case_id)
        assert "value" not in row
        kept = sealing.find(tx, row["id"])
        with pytest.raises(errors.AnswersRefused, match="理由"):
            sealing.open_seal(tx, kept, "孙督导", " ", NOW)
        assert sealing.open_seal(tx, kept, "孙督导", "转交答复", NOW) == "石举报 13800000000"
        sealing.open_seal(tx, sealing.find(tx, row["id"]), "孙督导", "再次转交", NOW)
        opened = sealing.find(tx, row["id"])["opened"]
    assert [(one["by"], one["reason"]) for one in opened] == [
        ("孙督导", "转交答复"),
        ("孙督导", "再次转交"),
    ]


def test_a_reference_of_this_case_stays_one_and_a_strangers_is_sealed_as_text(
    desk: told.Desk,
) -> None:
    with desk.at(NOW) as tx:
        said = sealing.seal(tx, desk.case_id, "contact", "石举报")
        assert sealing.seal(tx, desk.case_id, "contact", said) == said
        assert sealing.seal(tx, desk.case_id, "contact", "密封第999号") != "密封第999号"
        assert sealing.seal(tx, desk.case_id, "contact", "  ") == ""


@given(st.text(min_size=1, max_size=80))
def test_the_reference_says_nothing_of_what_is_sealed(text: str) -> None:
    class Paper:
        now = NOW

        def insert(self, _table: Any, values: dict[str, Any]) -> int:
            self.kept = values["value"]
            return 7

    paper: Any = Paper()
    said = sealing.seal(paper, None, "contact", text)
    assert said == ("密封第7号" if text.strip() else "")
    assert not text.strip() or paper.kept == text
