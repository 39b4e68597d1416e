"""Commitments: every step of §2.8 and none besides; wording by consent; nothing is forgotten."""

import contextlib
import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry import told
from workflows import errors, settings, store
from workflows.registry import commitments
from workflows.registry.commitments import Signing

CLAUSES = (settings.FORMS / "commitment_signing" / "clauses.yaml").read_bytes()
TODAY = date(2026, 3, 2)
LATER = told.at("2027-03-03T09:00")


def wording(consent: str) -> commitments.Wording:
    return commitments.wording(CLAUSES, consent, TODAY)


def drafted(desk: told.Desk, tx: store.Transaction, consent: str = "unit", months: int = 12) -> int:
    return commitments.draft(
        tx, desk.case(tx), wording(consent), purpose="interview", consent=consent, months=months
    )


def signed(desk: told.Desk, consent: str = "unit", **changes: Any) -> int:
    document_id = desk.issue(told.SERVED, "commitment_letter")
    with desk.at(told.SERVED) as tx:
        commitment_id = drafted(desk, tx, consent)
        commitments.attach_letter(tx, commitment_id, document_id)
        said = {"on": TODAY, "by": "张示例", "seal": "seal", "evidence": [desk.attach(tx, b"x")]}
        commitments.sign(tx, commitment_id, Signing(**{**said, **changes}), "王玥", told.SERVED)
    return commitment_id


def test_the_corrected_wording_has_five_clauses_and_no_slip_of_the_annex() -> None:
    said = wording("both")
    assert len(said.clauses) == 5
    text = said.preamble + "".join(said.clauses)
    assert "本单及" not in text
    assert "在前纠正" not in text
    assert "本单位及法定代表人" in text
    assert "{" not in text


def test_without_consent_nothing_is_said_to_be_published() -> None:
    text = "".join(wording("none").clauses)
    assert "不对外公示" in text
    assert "网站" not in text
    assert "法定代表人" not in wording("none").preamble


def test_with_consent_of_the_unit_alone_its_officer_is_not_bound() -> None:
    said = wording("unit")
    assert "法定代表人信用记录" not in "".join(said.clauses)
    assert "法定代表人的信息不公示" in said.clauses[4]


@pytest.mark.parametrize("consent", ["", "all", "{unit.__class__}"])
def test_an_unknown_scope_of_consent_is_refused(consent: str) -> None:
    with pytest.raises(errors.CommitmentUnlawful):
        wording(consent)


def test_no_version_is_in_force_before_the_first() -> None:
    with pytest.raises(errors.LawFaulty):
        commitments.wording(CLAUSES, "unit", date(2020, 1, 1))


@pytest.mark.parametrize("months", [0, -1, 61, 10**9])
def test_a_term_out_of_bounds_is_refused(desk: told.Desk, months: int) -> None:
    with pytest.raises(errors.CommitmentUnlawful), desk.at(told.SERVED) as tx:
        drafted(desk, tx, months=months)


def test_a_draft_is_written_anew_while_it_is_not_signed(desk: told.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        first = drafted(desk, tx)
        assert drafted(desk, tx, consent="none", months=6) == first
        assert commitments.find(tx, first)["consent"] == "none"


def test_a_signed_commitment_knows_its_term(desk: told.Desk) -> None:
    commitment_id = signed(desk)
    with desk.store.reading() as tx:
        row = commitments.find(tx, commitment_id)
    assert row["period_end"] == date(2027, 3, 2)
    assert [one["status"] for one in row["history"]] == ["signed"]


@pytest.mark.parametrize(
    "changes",
    [
        {"on": date(2026, 3, 1)},
        {"on": date(2026, 3, 3)},
        {"by": " "},
        {"seal": "thumb"},
        {"evidence": []},
        {"evidence": ["0" * 64]},
    ],
)
def test_a_signature_without_day_signer_seal_or_original_is_refused(
    desk: told.Desk, changes: dict[str, Any]
) -> None:
    with pytest.raises((errors.CommitmentUnlawful, errors.EvidenceMissing)):
        signed(desk, **changes)


def test_nothing_is_signed_before_there_is_a_letter(desk: told.Desk) -> None:
    signing = Signing(TODAY, "张示例", "seal", [])
    with pytest.raises(errors.CommitmentUnlawful), desk.at(told.SERVED) as tx:
        commitments.sign(tx, drafted(desk, tx), signing, "王玥", told.SERVED)


def test_without_consent_it_is_never_published(desk: told.Desk) -> None:
    commitment_id = signed(desk, consent="none")
    with pytest.raises(errors.NotPublishable), desk.at(told.DECIDING) as tx:
        commitments.publish(tx, commitment_id, "顾中心", told.DECIDING)


def test_a_breach_that_is_annulled_stays_told_and_does_not_stand(desk: told.Desk) -> None:
    commitment_id = signed(desk)
    with desk.at(told.DECIDING) as tx:
        commitments.publish(tx, commitment_id, "顾中心", told.DECIDING)
        commitments.supervise(tx, commitment_id, "顾中心", told.DECIDING)
        commitments.breach(tx, commitment_id, "再次违法", "王玥", told.DECIDING)
        assert commitments.has_breach(tx, 1)
        assert commitments.has_breach(tx, 1, told.DECIDING.date())
        assert not commitments.has_breach(tx, 1, date(2026, 3, 13))
        commitments.annul_breach(tx, commitment_id, "处罚被撤销", "赵昇", told.DECIDING)
        assert not commitments.has_breach(tx, 1)
        row = commitments.find(tx, commitment_id)
        assert [row["id"] for row in commitments.public_of(tx, 1)] == [commitment_id]
    told_all = [(one["status"], one["reason"], one["by"]) for one in row["history"]]
    assert told_all[-2:] == [
        ("breached", "再次违法", "王玥"),
        ("annulled_breach", "处罚被撤销", "赵昇"),
    ]


def test_a_breach_needs_a_reason(desk: told.Desk) -> None:
    commitment_id = signed(desk)
    with pytest.raises(errors.CommitmentUnlawful), desk.at(told.DECIDING) as tx:
        commitments.breach(tx, commitment_id, "  ", "王玥", told.DECIDING)


def test_it_is_fulfilled_only_when_its_term_has_run_out(desk: told.Desk) -> None:
    commitment_id = signed(desk)
    with desk.at(told.DECIDING) as tx:
        commitments.supervise(tx, commitment_id, "顾中心", told.DECIDING)
        with pytest.raises(errors.CommitmentUnlawful):
            commitments.fulfil(tx, commitment_id, "顾中心", told.DECIDING)
    with desk.at(LATER) as tx:
        commitments.fulfil(tx, commitment_id, "顾中心", LATER)
        with pytest.raises(errors.CommitmentUnlawful):
            commitments.breach(tx, commitment_id, "太迟", "王玥", LATER)


ACTS = {
    "declined": lambda tx, one: commitments.decline(tx, one, "不愿", "王玥", LATER),
    "published": lambda tx, one: commitments.publish(tx, one, "王玥", LATER),
    "supervised": lambda tx, one: commitments.supervise(tx, one, "王玥", LATER),
    "breached": lambda tx, one: commitments.breach(tx, one, "再犯", "王玥", LATER),
    "annulled_breach": lambda tx, one: commitments.annul_breach(tx, one, "有误", "王玥", LATER),
    "fulfilled": lambda tx, one: commitments.fulfil(tx, one, "王玥", LATER),
}


def test_no_walk_leaves_the_drawn_states(desk: told.Desk) -> None:
    commitment_id = signed(desk)

    @given(st.lists(st.sampled_from(sorted(ACTS)), max_size=8))
    def walk(acts: list[str]) -> None:
        class Undone(Exception):
            pass

        with contextlib.suppress(Undone), desk.at(LATER) as tx:
            for act in acts:
                before = commitments.find(tx, commitment_id)["status"]
                try:
                    ACTS[act](tx, commitment_id)
                except errors.Refusal:
                    assert commitments.find(tx, commitment_id)["status"] == before
                else:
                    assert act in commitments.STEPS[before]
            row = commitments.find(tx, commitment_id)
            went = [one["status"] for one in row["history"]]
            assert went[-1] == row["status"]
            pairs = itertools.pairwise(["drafted", *went])
            assert all(after in commitments.STEPS[before] for before, after in pairs)
            raise Undone

    walk()
