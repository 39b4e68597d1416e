"""What rested on a document that is gone falls with it, ex officio (INV-16); nothing else does."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import Databases
from tests.registry.removing import HEAD, PROPOSER, YEAR_ON, Desk
from workflows import errors, models
from workflows.registry import revocations


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    made = Desk(databases.fresh())
    yield made
    made.store.close()


def test_an_entry_that_rested_on_nothing_else_is_revoked_in_the_same_instant(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    publicity_id, measure_id = desk.publicise(listing_id), desk.applied(listing_id)
    desk.revoke(1)
    row = desk.listing(listing_id)
    assert (row["status"], row["removal_ground"], row["removed_at"]) == (
        "revoked",
        "base_revoked",
        YEAR_ON,
    )
    assert desk.publicity(publicity_id)["status"] == "ended"
    assert desk.measure(measure_id)["status"] == "lifting"
    record = desk.record(1)
    assert (record["status"], record["withdrawn_by"]) == ("withdrawn", "殷政复决〔2026〕2号")
    assert desk.record(2)["status"] == "public"


@pytest.mark.parametrize("records", [(1, 2), (2, 1)])
def test_an_entry_that_another_document_holds_up_waits_for_a_person(
    desk: Desk, records: tuple[int, ...]
) -> None:
    listing_id = desk.listed_on(*records)
    case_id = desk.revoke(1)
    assert desk.listing(listing_id)["status"] == "decided_listed"
    wrongs: list[tuple[dict[str, Any], type[errors.Refusal]]] = [
        ({"by": PROPOSER}, errors.FourEyes),
        ({"by": None}, errors.FourEyes),
        ({"reasons": " "}, errors.DecisionIncomplete),
    ]
    for wrong, refusal in wrongs:
        with pytest.raises(refusal):
            desk.correct(case_id, listing_id, **wrong)
    row = desk.correct(case_id, listing_id)
    assert desk.listing(listing_id)["status"] == "revoked"
    assert (row["chosen"], row["kept"], row["decided_by"]) == ([listing_id], [], HEAD)


def test_what_a_person_keeps_stands_and_no_other_case_revokes_it(desk: Desk) -> None:
    listing_id = desk.listed_on(1, 2)
    case_id = desk.revoke(1)
    assert desk.correct(case_id)["kept"] == [listing_id]
    with pytest.raises(errors.RemovalUnfounded, match="尚有其他有效依据"):
        desk.remove(listing_id, "base_revoked", desk.open("revocation_correction", YEAR_ON))
    assert desk.listing(listing_id)["status"] == "decided_listed"


def test_when_the_last_document_falls_too_the_entry_falls(desk: Desk) -> None:
    listing_id = desk.listed_on(1, 2)
    desk.revoke(1)
    desk.revoke(2)
    assert desk.listing(listing_id)["status"] == "revoked"


def test_an_entry_whose_documents_all_stand_is_not_revoked(desk: Desk) -> None:
    listing_id = desk.listed_on(2)
    case_id = desk.revoke(1)
    with pytest.raises(errors.NotExpected, match="无关"):
        desk.correct(case_id, listing_id)
    with pytest.raises(errors.RemovalUnfounded, match="均未被撤销"):
        desk.remove(listing_id, "base_revoked", case_id)


def test_a_stay_revokes_nothing(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    desk.change(models.records, 1, status="stayed")
    with pytest.raises(errors.RemovalUnfounded):
        desk.remove(listing_id, "base_revoked", desk.open("revocation_correction", YEAR_ON))


def test_another_office_is_told_and_revokes_its_own(desk: Desk) -> None:
    ours, theirs = desk.listed_on(1), desk.listed_on(1, office=2)
    watching = desk.open("listing_in_force", YEAR_ON, {"listing_id": theirs}, office=2)
    desk.revoke(1)
    assert desk.listing(ours)["status"] == "revoked"
    assert desk.listing(theirs)["status"] == "decided_listed"
    with desk.at(YEAR_ON) as tx:
        news = tx.all(models.case_messages.select())
    assert [(one["case_id"], one["message"]) for one in news] == [
        (watching, "base_document_revoked")
    ]
    assert news[0]["values"]["revoked_by"] == "殷政复决〔2026〕2号"
    desk.revoke(1, office=2)
    assert desk.listing(theirs)["status"] == "revoked"
    assert desk.record(1)["withdrawn_on"] == YEAR_ON.date()


def test_a_changed_document_keeps_its_record_and_leaves_the_entry_to_a_person(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.revoke(1, kind="changed")
    record = desk.record(1)
    assert (record["status"], record["content"]) == ("public", "罚款减为五万元")
    assert record["changes"][-1]["by"] == "殷政复决〔2026〕2号"
    assert desk.listing(listing_id)["status"] == "decided_listed"
    desk.correct(case_id, listing_id)
    assert desk.listing(listing_id)["status"] == "revoked"


def test_an_entry_found_to_be_wrong_is_revoked_and_its_documents_stand(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.revoke(1, kind="unfounded")
    assert desk.record(1)["status"] == "public"
    desk.correct(case_id, listing_id)
    assert desk.listing(listing_id)["status"] == "revoked"


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": "forgiven"}, errors.NotExpected),
        ({"document_no": " "}, errors.EvidenceMissing),
        ({"organ": ""}, errors.EvidenceMissing),
        ({"evidence": []}, errors.EvidenceMissing),
        ({"evidence": ["0" * 64]}, errors.EvidenceMissing),
        ({"records": []}, errors.NotExpected),
        ({"records": [1, 99]}, errors.NotExpected),
        ({"kind": "changed", "correction": " "}, errors.NotExpected),
        ({"received_at": YEAR_ON.replace(year=2031)}, errors.NotExpected),
        ({"revoked_on": YEAR_ON.date().replace(year=2031)}, errors.NotExpected),
    ],
)
def test_nothing_is_withdrawn_on_hearsay(
    desk: Desk, wrong: dict[str, Any], refusal: type[errors.Refusal]
) -> None:
    listing_id = desk.listed_on(1)
    with pytest.raises(refusal):
        desk.revoke(1, **wrong)
    assert desk.record(1)["status"] == "public"
    assert desk.listing(listing_id)["status"] == "decided_listed"


def test_no_record_of_another_subject_is_withdrawn(desk: Desk) -> None:
    desk.change(models.records, 2, subject_id=2)
    with pytest.raises(errors.NotExpected, match="不属于本案主体"):
        desk.revoke(1, 2)
    assert desk.record(1)["status"] == "public"


def test_harm_is_undone_with_proof(desk: Desk) -> None:
    case_id = desk.revoke(1)
    digest = desk.proof(case_id, YEAR_ON, b"apology")
    with desk.at(YEAR_ON) as tx:
        case = desk.case_row(tx, case_id)
        with pytest.raises(errors.DecisionIncomplete):
            revocations.record_redress(tx, case, " ", [digest], YEAR_ON)
        with pytest.raises(errors.EvidenceMissing):
            revocations.record_redress(tx, case, "已经道歉", [], YEAR_ON)
        row = revocations.record_redress(tx, case, "已经道歉", [digest], YEAR_ON)
    assert row["redressed_at"] == YEAR_ON


def test_one_case_of_an_office_deals_with_a_revoking_document(desk: Desk) -> None:
    facts = {"revoked_by": "殷政复决〔2026〕2号"}
    desk.open("revocation_correction", YEAR_ON, facts)
    with desk.at(YEAR_ON) as tx:
        assert revocations.is_under_way(tx, 1, 1, "殷政复决〔2026〕2号")
        assert not revocations.is_under_way(tx, 1, 2, "殷政复决〔2026〕2号")
        assert not revocations.is_under_way(tx, 1, 1, "殷政复决〔2026〕3号")
