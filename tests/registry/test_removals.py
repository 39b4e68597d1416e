"""A subject leaves a list only on a ground that rows prove, and nothing else of it is touched."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest

from tests.databases import Databases
from tests.registry import told
from tests.registry.removing import EXPIRED, HEAD, PROPOSER, YEAR_ON, Desk
from workflows import errors, models, settings
from workflows.engine import dmn
from workflows.registry import listings, removal_grounds


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    made = Desk(databases.fresh())
    yield made
    made.store.close()


def removed(desk: Desk, listing_id: int) -> tuple[str, str]:
    row = desk.listing(listing_id)
    return row["status"], row["removal_ground"]


def test_the_term_ends_with_the_last_instant_of_its_last_day(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.open("listing_in_force", told.DECIDING, {"listing_id": listing_id})
    with pytest.raises(errors.RemovalUnfounded, match="2029年3月12日 24:00"):
        desk.remove(listing_id, "term_expired", case_id, EXPIRED - timedelta(seconds=1))
    assert "届满" in desk.remove(listing_id, "term_expired", case_id, EXPIRED)
    assert removed(desk, listing_id) == ("removed_expired", "term_expired")


def test_what_has_left_its_list_does_not_leave_it_again(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.open("listing_in_force", told.DECIDING)
    desk.remove(listing_id, "term_expired", case_id, EXPIRED)
    with pytest.raises(errors.NotInForce, match="列名期限届满"):
        desk.remove(listing_id, "term_expired", case_id, EXPIRED)


@pytest.mark.parametrize("ground", ["", "forgiven", "TERM_EXPIRED", "removed_expired"])
def test_a_ground_that_the_law_does_not_know_removes_nothing(desk: Desk, ground: str) -> None:
    listing_id = desk.listed_on(1)
    with pytest.raises(errors.NotExpected):
        desk.remove(listing_id, ground, desk.open("delisting", told.DECIDING), EXPIRED)
    assert removed(desk, listing_id) == ("decided_listed", "")


def test_performed_obligations_remove_after_a_decision_over_evidence(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.propose_removal(listing_id, "obligations_performed")
    with pytest.raises(errors.RemovalUnfounded, match="尚未作出"):
        desk.remove(listing_id, "obligations_performed", case_id)
    desk.decide_removal(case_id)
    desk.remove(listing_id, "obligations_performed", case_id)
    row = desk.listing(listing_id)
    assert row["status"] == "removed_performed"
    assert (row["removal_case_id"], row["removed_at"]) == (case_id, YEAR_ON)


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        ({"event_on": None}, "没有写明履行完毕之日"),
        ({"settlement": True}, "和解协议履行完毕之日"),
        ({"settlement": True, "settlement_performed_on": "2031-01-01"}, "晚于今天"),
        ({"event_on": "soon"}, "不是日期"),
        ({"event_on": "2031-01-01"}, "晚于今天"),
    ],
)
def test_a_promise_to_perform_is_no_performance(
    desk: Desk, proof: dict[str, Any], says: str
) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.propose_removal(listing_id, "obligations_performed", **proof)
    desk.decide_removal(case_id)
    with pytest.raises(errors.Refusal, match=says):
        desk.remove(listing_id, "obligations_performed", case_id)
    assert removed(desk, listing_id) == ("decided_listed", "")


def test_nobody_leaves_the_market_list_before_a_year(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    early = told.at("2027-03-12T23:59")
    case_id = desk.propose_removal(listing_id, "obligations_performed", early)
    desk.decide_removal(case_id, early)
    with pytest.raises(errors.RemovalUnfounded, match="2027年3月13日 00:00"):
        desk.remove(listing_id, "obligations_performed", case_id, early)
    desk.remove(listing_id, "obligations_performed", case_id, told.at("2027-03-13T00:00"))


@pytest.mark.parametrize("status", ["存续", "吊销", "停业", "歇业", "迁出", "清算", "失联", ""])
def test_a_subject_that_still_is_does_not_leave_as_one_that_is_gone(
    desk: Desk, status: str
) -> None:
    listing_id = desk.listed_on(1)
    desk.change(models.subjects, 1, status=status)
    case_id = desk.propose_removal(listing_id, "deregistered")
    desk.decide_removal(case_id)
    with pytest.raises(errors.RemovalUnfounded, match="未注销"):
        desk.remove(listing_id, "deregistered", case_id)
    desk.change(models.subjects, 1, status="注销")
    desk.remove(listing_id, "deregistered", case_id)
    assert removed(desk, listing_id) == ("removed_exit", "deregistered")


def test_only_a_court_makes_a_subject_bankrupt(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.propose_removal(listing_id, "bankruptcy")
    desk.decide_removal(case_id)
    with pytest.raises(errors.RemovalUnfounded, match="受理破产"):
        desk.remove(listing_id, "bankruptcy", case_id)
    desk.change(models.subjects, 1, bankruptcy="accepted")
    assert "（2026）豫0505破申1号" in desk.remove(listing_id, "bankruptcy", case_id)


def test_a_court_deletes_only_from_its_own_list(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.propose_removal(listing_id, "court_deleted")
    desk.decide_removal(case_id)
    with pytest.raises(errors.RemovalUnfounded, match="不由人民法院认定"):
        desk.remove(listing_id, "court_deleted", case_id)
    desk.change(models.listings, listing_id, list_code="court")
    with pytest.raises(errors.EvidenceMissing, match="期限类型"):
        desk.remove(listing_id, "court_deleted", case_id)


@pytest.mark.parametrize(
    ("kind", "event", "is_borne_out"),
    [
        ("no_term", "performed", True),
        ("no_term", "settlement_performed", True),
        ("no_term", "bankruptcy_stay", True),
        ("no_term", "term_over", False),
        ("fixed_term", "performed", False),
        ("fixed_term", "applicant_consents", False),
        ("fixed_term", "early_by_court", True),
        ("fixed_term", "term_over", True),
    ],
)
def test_performance_alone_ends_no_fixed_term_of_a_court(
    desk: Desk, kind: str, event: str, is_borne_out: bool
) -> None:
    listing_id = desk.listed_on(1)
    desk.change(models.listings, listing_id, list_code="court")
    case_id = desk.propose_removal(listing_id, "court_deleted", court_type=kind, court_event=event)
    desk.decide_removal(case_id)
    if is_borne_out:
        desk.remove(listing_id, "court_deleted", case_id)
        assert removed(desk, listing_id) == ("removed_exit", "court_deleted")
    else:
        with pytest.raises(errors.RemovalUnfounded):
            desk.remove(listing_id, "court_deleted", case_id)


def test_a_repair_removes_only_what_it_names_in_the_case_that_granted_it(desk: Desk) -> None:
    listing_id, other = desk.listed_on(1), desk.listed_on(1)
    case_id = desk.open("credit_repair", told.DECIDING)
    with pytest.raises(errors.RemovalUnfounded, match="没有准予"):
        desk.remove(listing_id, "repair_granted", case_id)
    with desk.at(YEAR_ON) as tx:
        tx.insert(
            models.repairs,
            {
                "subject_id": 1,
                "case_id": case_id,
                "number": "R1",
                "status": "granted",
                "decided_by": HEAD,
                "listing_ids": [listing_id],
                "applied_at": YEAR_ON,
            },
        )
    with pytest.raises(errors.RemovalUnfounded, match="不包括"):
        desk.remove(other, "repair_granted", case_id)
    with pytest.raises(errors.RemovalUnfounded):
        desk.remove(listing_id, "repair_granted", desk.open("credit_repair", YEAR_ON))
    desk.remove(listing_id, "repair_granted", case_id)
    assert removed(desk, listing_id) == ("removed_repaired", "repair_granted")


def test_who_proposes_does_not_decide_and_nobody_decides_without_reasons(desk: Desk) -> None:
    case_id = desk.propose_removal(desk.listed_on(1), "obligations_performed")
    wrongs: list[tuple[dict[str, Any], type[errors.Refusal]]] = [
        ({"by": PROPOSER}, errors.FourEyes),
        ({"by": None}, errors.FourEyes),
        ({"reasons": "　"}, errors.DecisionIncomplete),
    ]
    for wrong, refusal in wrongs:
        with pytest.raises(refusal):
            desk.decide_removal(case_id, **wrong)
    desk.decide_removal(case_id)
    with pytest.raises(errors.NotExpected):
        desk.decide_removal(case_id, is_granted=False)


def test_a_decision_is_good_for_its_own_ground_and_listing_alone(desk: Desk) -> None:
    listing_id, other = desk.listed_on(1), desk.listed_on(1)
    desk.change(models.subjects, 1, status="注销")
    case_id = desk.propose_removal(listing_id, "obligations_performed")
    desk.decide_removal(case_id)
    for target, ground in ((other, "obligations_performed"), (listing_id, "deregistered")):
        with pytest.raises(errors.RemovalUnfounded, match="没有以这一事由"):
            desk.remove(target, ground, case_id)


def test_evidence_that_was_tampered_with_proves_nothing(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.propose_removal(listing_id, "obligations_performed")
    desk.decide_removal(case_id)
    with desk.at(YEAR_ON) as tx:
        a = models.attachments
        tx.run(a.update().where(a.c.case_id == case_id).values(content=b"other"))
    with pytest.raises(errors.EvidenceMissing, match="散列值不符"):
        desk.remove(listing_id, "obligations_performed", case_id)
    assert removed(desk, listing_id) == ("decided_listed", "")


@pytest.mark.parametrize("ground", ["term_expired", "obligations_performed", "base_revoked"])
def test_no_office_removes_what_another_has_listed(desk: Desk, ground: str) -> None:
    listing_id = desk.listed_on(1, office=2)
    with pytest.raises(errors.NotAllowed, match="安阳市殷都区交通运输局"):
        desk.remove(listing_id, ground, desk.open("delisting", EXPIRED), EXPIRED)
    assert removed(desk, listing_id) == ("decided_listed", "")


def test_no_case_of_another_subject_removes(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    case_id = desk.open("listing_in_force", EXPIRED)
    desk.change(models.cases, case_id, subject_id=2)
    with pytest.raises(errors.NotAllowed):
        desk.remove(listing_id, "term_expired", case_id, EXPIRED)


def test_publicity_and_measures_end_in_the_instant_of_the_removal(desk: Desk) -> None:
    listing_id = desk.listed_on(1)
    publicity_id, measure_id = desk.publicise(listing_id), desk.applied(listing_id)
    case_id = desk.propose_removal(listing_id, "obligations_performed")
    desk.decide_removal(case_id)
    desk.remove(listing_id, "obligations_performed", case_id)
    assert desk.publicity(publicity_id)["ended_at"] == YEAR_ON
    assert desk.measure(measure_id)["status"] == "lifting"
    [opening] = desk.jobs("opening")
    assert opening["case_id"] == case_id
    assert opening["payload"]["procedure"] == "lift_measures"
    assert opening["payload"]["facts"]["listing_id"] == listing_id


def test_the_cases_that_watch_and_show_the_entry_are_told_and_no_others(desk: Desk) -> None:
    listing_id, other = desk.listed_on(1), desk.listed_on(1)
    watching = desk.open("listing_in_force", told.DECIDING, {"listing_id": listing_id})
    desk.open("listing_in_force", told.DECIDING, {"listing_id": other})
    publicity_id = desk.publicise(listing_id)
    showing = desk.publicity(publicity_id)["case_id"]
    case_id = desk.propose_removal(listing_id, "obligations_performed")
    desk.decide_removal(case_id)
    desk.remove(listing_id, "obligations_performed", case_id)
    with desk.at(YEAR_ON) as tx:
        told_of = tx.all(models.case_messages.select())
    assert {(one["case_id"], one["message"]) for one in told_of} == {
        (watching, "listing_removed"),
        (showing, "publicity_ended"),
    }


def test_another_entry_of_the_subject_keeps_its_publicity_and_measures(desk: Desk) -> None:
    listing_id, other = desk.listed_on(1), desk.listed_on(1)
    kept = desk.publicise(other), desk.applied(other, code="no_commitment_market")
    case_id = desk.propose_removal(listing_id, "obligations_performed")
    desk.decide_removal(case_id)
    desk.remove(listing_id, "obligations_performed", case_id)
    assert removed(desk, other) == ("decided_listed", "")
    assert desk.publicity(kept[0])["status"] == "public"
    assert desk.measure(kept[1])["status"] == "in_force"


def test_nothing_is_published_before_its_decision_is_served(desk: Desk) -> None:
    listing_id = desk.list_subject()
    with pytest.raises(errors.NotExpected), desk.at(told.DECIDING) as tx:
        listings.mark_published(tx, listing_id, told.DECIDING)
    assert removed(desk, listing_id) == ("decided_listed", "")


@pytest.mark.parametrize("key", ["delisting_ground", "court_ground"])
def test_the_tables_of_a_removal_are_sound_and_cite_their_articles(key: str) -> None:
    file = settings.PROCEDURES / "delisting" / f"{key}.dmn"
    tables, complaints = dmn.parse_dmn(file.read_bytes(), file.name)
    assert [*complaints, *dmn.check_decision(tables[key])] == []
    assert all(rule.annotation for rule in tables[key].rules)


@pytest.mark.parametrize("key", removal_grounds.GROUNDS)
def test_the_table_of_grounds_says_what_the_guard_does(key: str) -> None:
    file = settings.PROCEDURES / "delisting" / "delisting_ground.dmn"
    tables, _ = dmn.parse_dmn(file.read_bytes(), file.name)
    types = {"removal_ground": "string"}
    decided = dmn.decide(tables["delisting_ground"], {"removal_ground": key}, types)
    said = cast("dict[str, Any]", decided.outputs)
    assert said["needs_decision"] == removal_grounds.GROUNDS[key].is_decided
    assert said["evidence_needed"]
    assert said["lift_scope"]
