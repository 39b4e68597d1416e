"""Which measures follow from a listing, when, by whom, and how they end (INV-08, -09, -20, D10)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.registry.effects import LATER, OWN, SERVED, House
from workflows import errors, models, settings
from workflows.registry import law, lawful, measures, tables


@pytest.fixture
def house(databases: Databases) -> Iterator[House]:
    made = House(databases.fresh())
    yield made
    made.store.close()


def test_a_measure_of_the_decision_is_proposed_told_and_applied(house: House) -> None:
    measure_id = house.applied(house.listed())
    row = house.measure(measure_id)
    assert (row["status"], row["starts_on"], row["ends_on"], row["own_basis"]) == (
        "in_force",
        LATER.date(),
        date(2029, 3, 12),
        "河南省社会信用条例第三十二条",
    )


@pytest.mark.parametrize(
    ("code", "implementer", "said"),
    [
        ("key_review", OWN, "不在列入决定之内"),
        ("limit_credit", OWN, "不在列入决定之内"),
        ("focus_supervision", "安阳某某商业银行股份有限公司", "不得强制要求"),
        ("focus_supervision", "安阳市商会", "不得强制要求"),
        ("focus_supervision", "安阳日报社", "不得强制要求"),
        ("focus_supervision", "  ", "没有写明实施单位"),
        ("focus_supervision_market", "安阳市殷都区交通运输局", "无权实施"),
    ],
)
def test_what_may_not_be_applied_is_refused_with_its_reason(
    house: House, code: str, implementer: str, said: str
) -> None:
    listing_id = house.listed()
    with pytest.raises(errors.MeasureUnlawful, match=said):
        house.propose(listing_id, code, implementer)


@pytest.mark.parametrize("code", ["limit_credit", "public_censure", "market_ban", "no_such"])
def test_a_blocked_measure_stays_blocked_though_the_decision_names_it(
    house: House, code: str
) -> None:
    listing_id = house.listed(codes=[code])
    with pytest.raises(errors.MeasureUnlawful):
        house.propose(listing_id, code)


def test_a_supervisory_authority_of_banks_is_a_public_authority(house: House) -> None:
    name = "安阳金融监督管理局（银行保险监督管理局）"
    measure = law.find_measure("focus_supervision", LATER.date())
    assert measure is not None
    assert "强制" in lawful.refuse_implementer(measure, "安阳市商业银行信贷中心")
    assert lawful.refuse_implementer(measure, name.split("（", maxsplit=1)[0]) == ""


def test_nothing_is_applied_before_the_decision_is_served(house: House) -> None:
    listing_id = house.list_subject()
    with pytest.raises(errors.NotExpected, match="尚未送达"):
        house.propose(listing_id)
    house.serve_listing(listing_id)
    with pytest.raises(errors.NotExpected, match="尚未送达"):
        house.propose(listing_id, when=SERVED - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("starts_on", "said"),
    [(date(2026, 3, 12), "早于"), (date(2029, 3, 13), "晚于")],
)
def test_a_measure_starts_within_the_listing(house: House, starts_on: date, said: str) -> None:
    measure_id = house.propose(house.listed())
    house.notify(measure_id)
    with pytest.raises(errors.MeasureUnlawful, match=said):
        house.answer(measure_id, starts_on)
    house.answer(measure_id, SERVED.date())


def test_an_answer_without_basis_or_reason_is_none(house: House) -> None:
    measure_id = house.propose(house.listed())
    house.notify(measure_id)
    with pytest.raises(errors.BasisMissing):
        house.answer(measure_id, LATER.date(), own_basis=" ")
    with pytest.raises(errors.BasisMissing):
        house.answer(measure_id, None, reason="")
    house.answer(measure_id, None, reason="本单位没有此类事项")
    assert house.measure(measure_id)["status"] == "no_basis"
    with pytest.raises(errors.NotExpected):
        house.answer(measure_id, LATER.date())


def test_the_same_is_not_asked_of_the_same_twice(house: House) -> None:
    listing_id = house.listed()
    house.propose(listing_id)
    with pytest.raises(errors.NotExpected, match="已经请"):
        house.propose(listing_id)
    house.propose(listing_id, implementer="安阳市殷都区交通运输局")


def test_a_department_answers_to_its_own_name(house: House) -> None:
    listing_id = house.listed()
    with house.at(LATER) as tx:
        case = house.case_of(tx, listing_id)
        target = measures.Target("focus_supervision", "别的局", 1)
        with pytest.raises(errors.NotExpected, match="不符"):
            measures.propose(tx, listing_id, case, [target], LATER)
        stranger = {**case, "subject_id": 2}
        with pytest.raises(errors.NotExpected, match="不属于"):
            measures.propose(tx, listing_id, stranger, [], LATER)


def test_with_the_listing_every_measure_ends_each_in_its_way(house: House) -> None:
    listing_id = house.listed()
    proposed = house.propose(listing_id, "focus_supervision_market")
    notified = house.propose(listing_id, "no_commitment_market")
    house.notify(notified)
    applied = house.applied(listing_id)
    house.end_listing(listing_id)
    found = {one: house.measure(one)["status"] for one in (proposed, notified, applied)}
    assert found == {proposed: "lifted", notified: "lifting", applied: "lifting"}
    with house.at(LATER) as tx:
        assert measures.to_lift(tx, listing_id) == [notified, applied]
        measures.notify_lift(tx, applied, 1, LATER)
        measures.lifted(tx, applied, LATER)
        assert measures.to_lift(tx, listing_id) == [notified]
        with pytest.raises(errors.NotExpected):
            measures.lifted(tx, applied, LATER)
        with pytest.raises(errors.NotExpected):
            measures.notify_lift(tx, proposed, 1, LATER)


def test_after_the_listing_nothing_new_is_applied(house: House) -> None:
    listing_id = house.listed()
    measure_id = house.propose(listing_id)
    house.end_listing(listing_id)
    with pytest.raises(errors.NotExpected):
        house.notify(measure_id)
    with pytest.raises(errors.NotInForce):
        house.propose(listing_id, "no_commitment_market")


@pytest.mark.parametrize(
    ("ground", "status"), [("repair_granted", "in_force"), ("base_revoked", "lifting")]
)
def test_a_ban_whose_term_a_law_fixes_runs_on_unless_its_base_is_annulled(
    house: House, ground: str, status: str
) -> None:
    listing_id = house.listed(list_code="procurement", codes=["procurement_ban"])
    finance = "安阳市殷都区财政局"
    measure_id = house.applied(listing_id, code="procurement_ban", implementer=finance)
    assert house.measure(measure_id)["ends_on"] == date(2029, 3, 16)  # 36 months, the law's own
    house.end_listing(listing_id, ground)
    assert house.measure(measure_id)["status"] == status


def test_what_another_listing_carries_stays_and_the_other_is_untouched(house: House) -> None:
    first, second = house.listed(), house.listed()
    mine, other = house.applied(first), house.applied(second)
    before = house.measure(other)
    house.end_listing(first)
    row = house.measure(mine)
    assert (row["status"], row["carried_by"]) == ("lifted", other)
    assert house.measure(other) == before
    with house.at(LATER) as tx:
        assert measures.to_lift(tx, first) == [mine]
        measures.notify_lift(tx, mine, 1, LATER)
        assert measures.to_lift(tx, first) == []
    house.end_listing(second)
    assert house.measure(other)["status"] == "lifting"


def test_a_measure_of_another_implementer_carries_nothing(house: House) -> None:
    first, second = house.listed(), house.listed()
    mine = house.applied(first)
    house.applied(second, implementer="安阳市殷都区交通运输局")
    house.end_listing(first)
    assert house.measure(mine)["status"] == "lifting"


def test_a_measure_of_a_listing_that_ended_carries_nothing(house: House) -> None:
    first, second = house.listed(), house.listed()
    mine, other = house.applied(first), house.applied(second)
    house.end_listing(second)
    assert house.measure(other)["carried_by"] == mine
    house.end_listing(first)
    assert house.measure(mine)["status"] == "lifting"


def test_who_does_not_answer_is_let_go_with_a_reason(house: House) -> None:
    measure_id = house.propose(house.listed())
    house.notify(measure_id)
    with house.at(LATER) as tx:
        with pytest.raises(errors.BasisMissing):
            measures.drop(tx, measure_id, " ", LATER)
        measures.drop(tx, measure_id, "三次催办未答复", LATER)
    assert house.measure(measure_id)["status"] == "no_basis"


def test_the_effect_is_told_of_what_was_applied(house: House) -> None:
    listing_id = house.listed()
    measure_id, other = house.applied(listing_id), house.propose(listing_id, "no_commitment_market")
    with house.at(LATER) as tx:
        measures.note_effect(tx, measure_id, "检查四次，已改正")
        for one, said in ((other, "x"), (measure_id, " ")):
            with pytest.raises(errors.NotExpected):
                measures.note_effect(tx, one, said)
    assert house.measure(measure_id)["effect"] == "检查四次，已改正"


def test_cases_that_apply_the_measures_are_told_that_the_listing_ended(house: House) -> None:
    listing_id = house.listed()
    measure_id = house.applied(listing_id)
    with house.at(LATER) as tx:
        case = {**house.case_of(tx, listing_id)}
        case.pop("id")
        ids = {
            key: tx.insert(
                models.cases,
                {**case, "number": key, "procedure_key": key, "facts": {"": facts}},
            )
            for key, facts in (
                ("apply_measures", {"listing_id": listing_id}),
                ("implement_measure", {"measure_id": measure_id}),
                ("publication", {"listing_id": listing_id}),
            )
        }
    house.end_listing(listing_id)
    with house.at(LATER) as tx:
        told_ = tx.all(models.case_messages.select())
    assert {(one["case_id"], one["message"]) for one in told_} == {
        (ids["apply_measures"], "measures_withdrawn"),
        (ids["implement_measure"], "measures_withdrawn"),
    }


def test_an_office_with_nobody_to_answer_answers_through_the_caseworker(house: House) -> None:
    listing_id = house.listed()
    with house.at(LATER) as tx:
        d = models.departments
        own = {name: value for name, value in tx.one(d.select()).items() if name != "id"}
        for code in ("peerless", "peered"):
            tx.insert(d, {**own, "code": code, "name": f"{code}局", "path": f"/{code}/"})
        tx.insert(models.memberships, {"person_id": 4, "department_id": 3, "role": "dept_peer"})
        case = house.case_of(tx, listing_id)
        targets = [measures.Target("focus_supervision", name, id_) for name, id_ in
                   ((OWN, 1), ("peerless局", 2), ("peered局", 3))]  # fmt: skip
        ids = measures.propose(tx, listing_id, case, targets, LATER)
        found = [measures.answering_office(tx, measures.find(tx, one)) for one in ids]
    assert found == [None, None, 3]


# -- the tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gravity", "corrected", "most"),
    [
        ("minor", False, "none"),
        ("general", True, "none"),
        ("general", False, "C"),
        ("serious", True, "C"),
        ("serious", False, "B"),
        ("grave", True, "B"),
        ("grave", False, "A"),
    ],
)
def test_the_heaviest_measure_answers_to_the_gravity(
    gravity: str, corrected: bool, most: str
) -> None:
    assert tables.proportionality(gravity, corrected=corrected) == most


SOUND: dict[str, Any] = {
    "status": "active",
    "class": "C",
    "level": 40,
    "implementer_kind": "public_authority",
    "local": False,
    "in_force": True,
    "is_triggered": True,
    "fits_object": True,
    "region_applies": True,
}


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        ({}, []),
        ({"in_force": False}, ["not_in_force"]),
        ({"status": "blocked"}, ["blocked"]),
        ({"is_triggered": False}, ["not_triggered"]),
        ({"fits_object": False}, ["wrong_object"]),
        ({"region_applies": False}, ["wrong_region"]),
        ({"implementer_kind": "financial_institution"}, ["compelled"]),
        ({"implementer_kind": "court"}, ["court_only"]),
        ({"class": "A", "level": 40}, ["no_basis"]),
        ({"class": "B", "level": 30}, []),
        ({"class": "B", "level": 50, "local": True}, []),
        ({"class": "B", "level": 40, "local": True}, ["no_basis"]),
        ({"class": "B", "level": 60, "local": True}, ["no_basis"]),
        ({"level": 50}, []),
        ({"level": 60}, ["no_basis"]),
        ({"level": 80, "implementer_kind": "media"}, ["compelled", "no_basis"]),
    ],
)
def test_every_reason_against_a_measure_is_listed(
    wrong: dict[str, object], codes: list[str]
) -> None:
    assert [code for code, _ in tables.measure_faults({**SOUND, **wrong})] == codes  # type: ignore[arg-type]


def test_designers_cannot_add_a_measure_that_stops_bank_credit(tmp_path: Path) -> None:
    text = (settings.LAW / "measures.yaml").read_text("utf-8")
    old = "    name: 限制授信\n    class: B\n    status: blocked"
    assert old in text
    file = tmp_path / "measures.yaml"
    file.write_text(
        text.replace(old, "    name: 责令银行停止授信\n    class: B\n    status: active")
    )
    with pytest.raises(errors.LawFaulty, match="不得强制要求金融机构") as caught:
        law.read_measures(file)
    assert "五（九）" in caught.value.message
