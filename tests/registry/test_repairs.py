"""Nothing is repaired but on what rows prove, by somebody who has not handled it; and nothing is
refused without reasons, what is missing, and the day of the next chance.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import Databases
from tests.registry import told
from tests.registry.repairing import ASKED, GOOD, HEAD, OTHER, WANG, Desk
from workflows import errors, models
from workflows.registry import repair_decisions, repair_effects, repairable, repairs

NO = repair_decisions.Decision(
    HEAD, "罚款没有缴清", missing=["缴清罚款"], again_on=date(2026, 7, 1)
)


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    made = Desk(databases.fresh())
    yield made
    made.store.close()


def test_an_application_for_nothing_is_not_registered(desk: Desk) -> None:
    with pytest.raises(errors.RepairIncomplete, match="没有选定"):
        desk.ask(record_ids=[])


@pytest.mark.parametrize("ids", [[999], [-1], [1, 999]])
def test_what_is_not_the_subjects_cannot_be_asked_about(desk: Desk, ids: list[int]) -> None:
    with pytest.raises(errors.RepairIncomplete, match="不属于该主体"):
        desk.ask(record_ids=ids)


def test_what_ended_already_cannot_be_asked_about(desk: Desk) -> None:
    desk.set_record(status="ended")
    with pytest.raises(errors.RepairIncomplete):
        desk.ask()


def test_an_application_from_tomorrow_is_not_registered(desk: Desk) -> None:
    with pytest.raises(errors.NotExpected, match="晚于现在"):
        desk.ask(applied_at=ASKED + timedelta(seconds=1))


def test_the_same_information_has_one_open_application(desk: Desk) -> None:
    desk.ask()
    with pytest.raises(errors.NotExpected, match="正在办理"):
        desk.ask(record_ids=[1, 2])


@pytest.mark.parametrize("name", ["", "  "])
def test_somebody_asks(desk: Desk, name: str) -> None:
    with pytest.raises(errors.RepairIncomplete, match="申请人"):
        desk.ask(applicant=name)


def test_materials_are_those_of_the_regime_and_no_others(desk: Desk) -> None:
    repair_id = desk.ask()
    assert desk.found(repair_id).missing == (
        "履行义务的证明材料（殷市监罚决〔2026〕18号）",
        "信用承诺书",
    )
    desk.hand_in(repair_id)
    assert desk.found(repair_id).missing == ()


def test_the_old_regime_asks_a_letter_for_every_penalty(desk: Desk) -> None:
    repair_id = desk.ask(record_ids=[1, 2])
    with desk.at(ASKED) as tx:
        repairs.set_regime(tx, repairs.find(tx, repair_id), "R2019")
    desk.hand_in(
        repair_id,
        ("commitment_letter", "record:1"),
        ("performance_proof", "record:1"),
        ("performance_proof", "record:2"),
        ("licence", ""),
        ("training_proof", ""),
        ("credit_report", ""),
    )
    assert desk.found(repair_id).missing == ("信用修复承诺书（殷市监罚决〔2026〕19号）",)


def test_evidence_of_another_case_is_no_material(desk: Desk) -> None:
    repair_id = desk.ask()
    stranger = {"material": "commitment_letter", "item": "", "evidence": ["0" * 64]}
    with desk.at(ASKED) as tx, pytest.raises(errors.EvidenceMissing):
        repairs.add_materials(tx, desk.case(tx), repairs.find(tx, repair_id), [stranger])


def test_nothing_is_accepted_while_a_material_is_missing(desk: Desk) -> None:
    repair_id = desk.ask()
    desk.hand_in(repair_id, ("commitment_letter", ""))
    with pytest.raises(errors.RepairIncomplete, match="履行义务的证明材料"):
        desk.accept(repair_id)


def test_a_supplement_is_asked_once_and_for_everything(desk: Desk) -> None:
    repair_id = desk.ask()
    with desk.at(ASKED) as tx:
        with pytest.raises(errors.RepairIncomplete, match="补正"):
            repairs.ask_supplement(tx, repairs.find(tx, repair_id), [], ASKED)
        repairs.ask_supplement(tx, repairs.find(tx, repair_id), ["承诺书"], ASKED)
        repairs.resubmit(tx, repairs.find(tx, repair_id), ASKED)
        with pytest.raises(errors.NotExpected, match="不得再次要求补正"):
            repairs.ask_supplement(tx, repairs.find(tx, repair_id), ["报告"], ASKED)


def test_too_early_is_kept_and_not_refused(desk: Desk) -> None:
    early = told.at("2026-05-24T23:59:59")
    repair_id = desk.ask(early)
    desk.hand_in(repair_id, when=early)
    assert desk.found(repair_id, early).earliest_on == date(2026, 5, 25)
    with pytest.raises(errors.RepairBarred, match="2026年5月25日"):
        desk.accept(repair_id, early)
    assert desk.found(repair_id, told.at("2026-05-25T00:00")).term_reached


def test_what_is_public_long_enough_is_not_put_off(desk: Desk) -> None:
    repair_id = desk.ask()
    with desk.at(ASKED) as tx, pytest.raises(errors.NotExpected, match="已经届满"):
        repairs.keep_draft(tx, repairs.find(tx, repair_id), date(2026, 5, 25), ASKED)


def test_every_item_is_verified(desk: Desk) -> None:
    repair_id = desk.ask()
    desk.hand_in(repair_id)
    desk.accept(repair_id)
    with desk.at(ASKED) as tx, pytest.raises(errors.RepairIncomplete, match="没有核实"):
        repairs.verify(tx, desk.case(tx), repairs.find(tx, repair_id), [], OTHER, ASKED)
    stranger = [{"item": "record:2", "performed": "yes", "evidence": [desk.photo]}]
    with desk.at(ASKED) as tx, pytest.raises(errors.RepairIncomplete):
        repairs.verify(tx, desk.case(tx), repairs.find(tx, repair_id), stranger, OTHER, ASKED)


def test_a_performed_duty_corrects_the_record(desk: Desk) -> None:
    desk.verified()
    with desk.store.reading() as tx:
        row = tx.one(models.records.select().where(models.records.c.id == 1))
    assert (row["corrected"], row["corrected_on"]) == (True, date(2026, 3, 20))


def test_a_duty_is_not_performed_tomorrow(desk: Desk) -> None:
    repair_id = desk.ask()
    desk.hand_in(repair_id)
    desk.accept(repair_id)
    with pytest.raises(errors.NotExpected, match="晚于今天"):
        desk.verify(repair_id, when=told.at("2026-03-19T09:00"))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ({"status": "withdrawn"}, "撤销更正"),
        ({"categories": ["终身禁止从事食品生产经营"]}, "终身"),
        ({"categories": ["吊销营业执照"]}, "最短公示期尚未届满"),
    ],
)
def test_no_reasons_help_where_the_law_forbids(
    desk: Desk, spoil: dict[str, Any], says: str
) -> None:
    repair_id = desk.verified()
    desk.set_record(**spoil)
    decision = repair_decisions.Decision(HEAD, "情况特殊", "情况特殊，予以照顾")
    with pytest.raises(errors.RepairBarred, match=says):
        desk.grant(repair_id, decision)
    assert desk.row(repair_id)["status"] == "verifying"


def test_what_is_not_performed_or_not_removed_is_not_granted(desk: Desk) -> None:
    repair_id = desk.verified(performed="no")
    with pytest.raises(errors.RepairBarred, match="义务尚未履行"):
        desk.grant(repair_id)
    desk.verify(repair_id, removed="no")
    with pytest.raises(errors.RepairBarred, match="不良影响尚未消除"):
        desk.grant(repair_id)


@pytest.mark.parametrize("by", [None, WANG, OTHER])
def test_who_handled_or_verified_does_not_decide_nor_does_the_machine(
    desk: Desk, by: int | None
) -> None:
    repair_id = desk.verified()
    with pytest.raises(errors.FourEyes):
        desk.grant(repair_id, repair_decisions.Decision(by, "条件齐备"))
    with pytest.raises(errors.FourEyes):
        desk.refuse(repair_id, repair_decisions.Decision(by, "不", "", ["缺"], date(2026, 7, 1)))


def test_a_decision_against_the_table_gives_reasons(desk: Desk) -> None:
    repair_id = desk.verified("manual_review")
    with pytest.raises(errors.RefusalUnreasoned, match="决策表"):
        desk.grant(repair_id)
    desk.grant(repair_id, repair_decisions.Decision(HEAD, "条件齐备", "原承诺的违反已经查明不实"))
    assert desk.row(repair_id)["status"] == "granted"


@pytest.mark.parametrize(
    "lacking",
    [
        {"reasons": " "},
        {"missing": []},
        {"missing": [""]},
        {"again_on": None},
        {"again_on": date(2026, 5, 31)},
    ],
)
def test_a_refusal_without_any_of_its_parts_is_not_written(
    desk: Desk, lacking: dict[str, Any]
) -> None:
    repair_id = desk.verified("refuse_not_corrected", performed="no")
    parts: dict[str, Any] = {
        "by": HEAD,
        "reasons": NO.reasons,
        "missing": NO.missing,
        "again_on": NO.again_on,
    }
    with pytest.raises(errors.RefusalUnreasoned):
        desk.refuse(repair_id, repair_decisions.Decision(**parts | lacking))
    assert desk.row(repair_id)["status"] == "verifying"


def test_a_grant_is_carried_out_only_over_its_document(desk: Desk) -> None:
    repair_id = desk.verified()
    desk.grant(repair_id)
    with desk.at(ASKED) as tx, pytest.raises(errors.NotExpected, match="尚未制发"):
        repair_effects.execute(tx, desk.case(tx), repairs.find(tx, repair_id), ASKED)
    document_id = desk.issue(ASKED, "repair_granted")
    with desk.at(ASKED) as tx:
        repairs.attach_decision(tx, desk.case_id, document_id)
        repair_effects.execute(tx, desk.case(tx), repairs.find(tx, repair_id), ASKED)
    with desk.at(ASKED) as tx:
        statuses = {row["id"]: row["status"] for row in tx.all(models.records.select())}
        with pytest.raises(errors.EvidenceMissing):
            repair_effects.sync(tx, repairs.find(tx, repair_id), [{"site": "x"}], ASKED)
        repair_effects.sync(tx, repairs.find(tx, repair_id), [{"site": "x", "receipt": "1"}], ASKED)
    assert statuses == {1: "ended", 2: "public"}


def test_a_revoked_repair_is_remembered_and_its_record_is_public_again(desk: Desk) -> None:
    repair_id = desk.verified()
    desk.grant(repair_id)
    document_id = desk.issue(ASKED, "repair_granted")
    with desk.at(ASKED) as tx:
        repairs.attach_decision(tx, desk.case_id, document_id)
        repair_effects.execute(tx, desk.case(tx), repairs.find(tx, repair_id), ASKED)
        with pytest.raises(errors.RefusalUnreasoned):
            repair_effects.revoke(tx, desk.case(tx), repair_id, " ", HEAD, ASKED)
        with pytest.raises(errors.FourEyes):
            repair_effects.revoke(tx, desk.case(tx), repair_id, "收据系伪造", WANG, ASKED)
        with pytest.raises(errors.FourEyes):
            repair_effects.revoke(tx, desk.case(tx), repair_id, "收据系伪造", None, ASKED)
        repair_effects.revoke(tx, desk.case(tx), repair_id, "收据系伪造", HEAD, ASKED)
        with pytest.raises(errors.NotExpected):
            repair_effects.revoke(tx, desk.case(tx), repair_id, "再撤一次", HEAD, ASKED)
    row = desk.row(repair_id)
    with desk.at(ASKED) as tx:
        record = tx.one(models.records.select().where(models.records.c.id == 1))
        late = told.at("2029-06-01T08:59")
        assert repairable.has_false_history(tx, 1, 0, late)
        assert not repairable.has_false_history(tx, 1, 0, told.at("2029-06-02T09:00"))
    assert record["status"] == "public"
    assert [one["status"] for one in row["history"]][-2:] == ["granted", "revoked"]


def test_a_repair_of_nobody_cannot_be_revoked(desk: Desk) -> None:
    repair_id = desk.verified()
    with desk.at(ASKED) as tx, pytest.raises(errors.NotExpected):
        repair_effects.revoke(tx, desk.case(tx), repair_id, "收据系伪造", HEAD, ASKED)


def test_only_a_reorganisation_that_was_accepted_is_shielded(desk: Desk) -> None:
    repair_id = desk.ask()
    with desk.at(ASKED) as tx, pytest.raises(errors.NotExpected):
        repair_effects.begin_shielding(tx, repairs.find(tx, repair_id), ASKED)


def test_a_base_that_stands_is_not_corrected_as_revoked(desk: Desk) -> None:
    repair_id = desk.ask()
    with desk.at(ASKED) as tx, pytest.raises(errors.NotExpected, match="没有被撤销"):
        repairs.leave_to_correction(tx, repairs.find(tx, repair_id), ASKED)


WORDS = st.sampled_from(["", " ", "理由", "罚款没有缴清"])
STEPS = st.one_of(
    st.tuples(st.just("accept")),
    st.tuples(st.just("verify"), st.sampled_from(["yes", "no"]), st.sampled_from(["yes", "no"])),
    st.tuples(st.just("recommend"), st.sampled_from(["grant", "refuse_not_corrected", ""])),
    st.tuples(st.just("grant"), st.sampled_from([None, WANG, HEAD, OTHER]), WORDS, WORDS),
    st.tuples(
        st.just("refuse"),
        st.sampled_from([None, WANG, HEAD]),
        WORDS,
        st.lists(WORDS, max_size=2),
        st.none() | st.dates(date(2026, 5, 1), date(2026, 8, 1)),
        WORDS,
    ),
    st.tuples(st.just("withdraw")),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEPS, min_size=2, max_size=8))
def test_on_every_path_a_refusal_is_whole_and_a_grant_is_proved(
    databases: Databases, steps: list[tuple[Any, ...]]
) -> None:
    desk = Desk(databases.fresh())
    try:
        repair_id = desk.ask()
        desk.hand_in(repair_id)
        for name, *said in steps:
            _try(desk, repair_id, name, said)
        row = desk.row(repair_id)
        if row["status"] == "refused":
            assert row["reasons"].strip()
            assert [one for one in row["missing"] if one.strip()]
            assert row["earliest_on"] >= ASKED.date()
            assert row["decided_by"] == HEAD
        if row["status"] == "granted":
            assert row["decided_by"] == HEAD
            assert row["reasons"].strip()
            assert all(
                one["performed"] == one["effects_removed"] == "yes" for one in row["findings"]
            )
        assert row["history"][-1]["status"] == row["status"]
    finally:
        desk.store.close()


def _try(desk: Desk, repair_id: int, name: str, said: list[Any]) -> None:
    try:
        if name == "accept":
            desk.accept(repair_id)
        elif name == "verify":
            desk.verify(repair_id, *said)
        elif name == "recommend":
            desk.recommend(repair_id, *said)
        elif name == "grant":
            desk.grant(repair_id, repair_decisions.Decision(*said))
        elif name == "refuse":
            by, reasons, missing, again, deviation = said
            desk.refuse(
                repair_id, repair_decisions.Decision(by, reasons, deviation, missing, again)
            )
        else:
            with desk.at(ASKED) as tx:
                repairs.withdraw(tx, repairs.find(tx, repair_id), "撤回", ASKED)
    except errors.Refusal:
        pass


def test_good_is_good(desk: Desk) -> None:
    repair_id = desk.verified()
    desk.grant(repair_id, GOOD)
    row = desk.row(repair_id)
    assert (row["status"], row["decided_by"], row["decided_at"]) == ("granted", HEAD, ASKED)
