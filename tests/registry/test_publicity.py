"""What may be public, from when, until when, and what of it (INV-12, INV-13, D13, D14, D22)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.databases import Databases
from tests.registry import effects, told
from tests.registry.effects import LATER, SERVED, House
from workflows import errors, models
from workflows.registry import channels, public_view, publicity, tables


@pytest.fixture
def house(databases: Databases) -> Iterator[House]:
    made = House(databases.fresh())
    yield made
    made.store.close()


def lines(row: Any) -> dict[str, str]:
    return {one["label"]: one["value"] for one in row["content"]["lines"]}


def person(house: House, number: str = "410505199001010017") -> int:
    with house.at(told.ISSUED) as tx:
        return tx.insert(
            models.subjects,
            {
                "id_scheme": "citizen_id",
                "id_no": number,
                "name": "李堃旻",
                "kind": "自然人",
                "track": "person",
                "address": "安阳市殷都区示例小区3号楼",
                "phone": "13800000000",
                "created_at": told.ISSUED,
                "updated_at": told.ISSUED,
            },
        )


def test_a_served_listing_is_shown_until_the_listing_ends(house: House) -> None:
    publicity_id = house.publicise(house.listed())
    row = house.publicity(publicity_id)
    assert (row["status"], row["starts_on"], row["ends_on"], row["repairable_on"]) == (
        "public",
        date(2026, 3, 16),
        date(2029, 3, 12),
        date(2027, 3, 12),
    )
    assert row["channels"] == ["own_site", "credit_china", "gsxt"]


def test_the_public_sees_the_unit_and_not_the_people_in_it(house: House) -> None:
    house.change(models.subjects, 1, legal_rep="张示例", phone="13800000000")
    row = house.publicity(house.publicise(house.listed()))
    shown = lines(row)
    assert shown["主体名称"] == "安阳甲示例建材有限公司"
    assert shown["统一社会信用代码"] == "91410505MA0000019T"
    assert shown["法定代表人"] == "张**"
    assert "13800000000" not in str(row["content"])
    assert "示例大道18号" not in str(row["content"])


def test_with_a_basis_the_legal_representative_is_named(house: House) -> None:
    house.change(models.subjects, 1, legal_rep="张示例")
    publicity_id = house.prepare(house.listed())
    house.draft(publicity_id, personal_basis="河南省社会信用条例第三十五条")
    assert lines(house.publicity(publicity_id))["法定代表人"] == "张示例"


def test_nothing_is_public_before_the_decision_is_served(house: House) -> None:
    listing_id = house.list_subject()
    publicity_id = house.prepare(listing_id)
    house.draft(publicity_id)
    with pytest.raises(errors.NotPublishable, match="尚未送达"):
        house.publish(publicity_id)
    house.serve_listing(listing_id, LATER + timedelta(hours=1))
    with pytest.raises(errors.Refusal):
        house.publish(publicity_id)
    house.publish(publicity_id, LATER + timedelta(hours=1))


def test_a_day_of_service_that_nothing_proves_publishes_nothing(house: House) -> None:
    listing_id = house.list_subject()
    house.change(models.listings, listing_id, served_at=SERVED)
    publicity_id = house.prepare(listing_id)
    house.draft(publicity_id)
    with pytest.raises(errors.NotPublishable):
        house.publish(publicity_id)
    assert house.publicity(publicity_id)["status"] == "prepared"


def test_a_service_whose_proof_is_taken_away_publishes_nothing(house: House) -> None:
    listing_id = house.listed()
    house.change(models.service_attempts, 1, evidence=[])
    publicity_id = house.prepare(listing_id)
    house.draft(publicity_id)
    with pytest.raises(errors.NotPublishable):
        house.publish(publicity_id)


@pytest.mark.parametrize("status", ["noticed", "terminated", "removed_repaired", "revoked"])
def test_what_is_not_listed_is_not_public(house: House, status: str) -> None:
    listing_id = house.listed()
    publicity_id = house.prepare(listing_id)
    house.draft(publicity_id)
    house.change(models.listings, listing_id, status=status)
    with pytest.raises(errors.NotPublishable):
        house.publish(publicity_id)


def test_only_a_person_who_drafted_nothing_may_check(house: House) -> None:
    publicity_id = house.prepare(house.listed())
    house.draft(publicity_id)
    with house.at(LATER) as tx:
        tx.insert(
            models.tasks,
            {
                "case_id": house.case_id,
                "token": "draft",
                "element": "draft_public_view",
                "role": "caseworker",
                "department_id": 1,
                "status": "done",
                "created_at": LATER,
                "completed_by": effects.DRAFTER,
            },
        )
    for checker in (None, effects.DRAFTER):
        with pytest.raises(errors.FourEyes), house.at(LATER) as tx:
            publicity.check(tx, publicity_id, checker, LATER)


def test_unchecked_and_rewritten_words_are_not_published(house: House) -> None:
    publicity_id = house.prepare(house.listed())
    house.draft(publicity_id)
    with pytest.raises(errors.NotExpected), house.at(LATER) as tx:
        publicity.publish(tx, publicity_id, LATER)
    with house.at(LATER) as tx:
        publicity.check(tx, publicity_id, effects.CHECKER, LATER)
    house.draft(publicity_id, "改过的文字")
    with pytest.raises(errors.NotExpected), house.at(LATER) as tx:
        publicity.publish(tx, publicity_id, LATER)


@pytest.mark.parametrize("change", ["content", "hash", "subject"])
def test_what_was_tampered_with_after_the_check_is_seen_through(house: House, change: str) -> None:
    publicity_id = house.prepare(house.listed())
    house.draft(publicity_id)
    with house.at(LATER) as tx:
        publicity.check(tx, publicity_id, effects.CHECKER, LATER)
    if change == "content":
        spoiled = {"title": "x", "lines": [{"label": "公民身份号码", "value": "甲"}]}
        house.change(models.publicities, publicity_id, content=spoiled)
    if change == "hash":
        house.change(models.publicities, publicity_id, content_sha256="0" * 64)
    if change == "subject":
        house.change(models.subjects, 1, name="改名有限公司")
    with pytest.raises(errors.NotPublishable), house.at(LATER) as tx:
        publicity.publish(tx, publicity_id, LATER)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("当事人身份证410505199001010017", "公民身份号码"),
        ("当事人身份证４１０５０５１９９００１０１００１７", "公民身份号码"),
        ("联系电话13800000000", "手机号码"),
        ("负责人张示例指使", "法定代表人姓名"),
    ],
)
def test_numbers_and_names_that_are_kept_back_may_not_be_in_the_words(
    house: House, words: str, said: str
) -> None:
    house.change(models.subjects, 1, legal_rep="张示例")
    publicity_id = house.prepare(house.listed())
    with pytest.raises(errors.NotPublishable, match=said):
        house.draft(publicity_id, words)


def test_a_natural_person_without_a_basis_is_shared_and_not_shown(house: House) -> None:
    publicity_id = house.prepare(house.listed(subject_id=person(house)))
    house.draft(publicity_id)
    with house.at(LATER) as tx:
        assert publicity.openness(tx, publicity_id)[0] == "share_only"
    with pytest.raises(errors.NotPublishable, match="没有法律依据"):
        house.publish(publicity_id)


def test_a_natural_person_with_a_basis_is_shown_masked(house: House) -> None:
    publicity_id = house.prepare(house.listed(subject_id=person(house)))
    house.draft(publicity_id, personal_basis="某法第一条")
    house.publish(publicity_id)
    row = house.publicity(publicity_id)
    assert lines(row)["主体名称"] == "李**"
    assert not {"410505199001010017", "李堃旻", "13800000000", "3号楼"} & set(str(row["content"]))
    assert "gsxt" not in row["channels"]


@pytest.mark.parametrize("number", ["410505201001010017", "garbled", ""])
def test_nothing_of_a_minor_is_public_whatever_the_basis(house: House, number: str) -> None:
    publicity_id = house.prepare(house.listed(subject_id=person(house, number)))
    house.draft(publicity_id, personal_basis="某法第一条")
    with house.at(LATER) as tx:
        assert publicity.openness(tx, publicity_id)[0] == "none"
    with pytest.raises(errors.NotPublishable, match="未成年人"):
        house.publish(publicity_id)


def test_who_was_a_minor_when_it_happened_stays_unpublished(house: House) -> None:
    subject_id = person(house, "410505200803010017")  # 18 on 2026-03-01, record of 2026-02-24
    house.change(models.records, 1, subject_id=subject_id)
    publicity_id = house.prepare(house.listed(subject_id=subject_id))
    house.draft(publicity_id, personal_basis="某法第一条")
    with house.at(LATER) as tx:
        assert publicity.openness(tx, publicity_id)[0] == "none"


def test_a_secret_is_not_shown(house: House) -> None:
    publicity_id = house.prepare(house.listed())
    house.draft(publicity_id, secret=True)
    with pytest.raises(errors.NotPublishable, match="国家秘密"):
        house.publish(publicity_id)


def test_every_channel_is_given_the_same_content_and_term(house: House) -> None:
    publicity_id = house.publicise(house.listed())
    with house.at(LATER) as tx:
        assert publicity.waiting_channels(tx, publicity_id, "publish") == ["credit_china", "gsxt"]
        publicity.record_receipt(tx, publicity_id, "gsxt", "publish", "回执1", LATER)
        found = publicity.receipts(tx, publicity_id)
        assert {(one["content_sha256"], one["ends_on"]) for one in found} == {
            (publicity.find(tx, publicity_id)["content_sha256"], date(2029, 3, 12))
        }
        assert publicity.waiting_channels(tx, publicity_id, "publish") == ["credit_china"]


@pytest.mark.parametrize(
    ("channel", "act", "receipt", "refusal"),
    [
        ("nowhere", "publish", "1", errors.NotExpected),
        ("gsxt", "destroy", "1", errors.NotExpected),
        ("gsxt", "take_down", "1", errors.NotExpected),
        ("gsxt", "publish", "  ", errors.EvidenceMissing),
    ],
)
def test_a_receipt_that_fits_nothing_is_refused(
    house: House, channel: str, act: str, receipt: str, refusal: type[Exception]
) -> None:
    publicity_id = house.publicise(house.listed())
    with pytest.raises(refusal), house.at(LATER) as tx:
        publicity.record_receipt(tx, publicity_id, channel, act, receipt, LATER)


def test_with_the_listing_its_publicity_ends_at_once_and_every_channel_takes_it_down(
    house: House,
) -> None:
    listing_id = house.listed()
    publicity_id = house.publicise(listing_id)
    house.end_listing(listing_id, "base_revoked")
    row = house.publicity(publicity_id)
    assert (row["status"], row["ended_reason"], row["ended_at"]) == (
        "ended",
        "base_revoked",
        LATER,
    )
    with house.at(LATER) as tx:
        waiting = publicity.waiting_channels(tx, publicity_id, "take_down")
        assert waiting == ["credit_china", "gsxt"]
        assert publicity.end(tx, publicity_id, "again", LATER) is False
    assert house.publicity(publicity_id)["ended_reason"] == "base_revoked"


def test_what_never_was_public_needs_no_taking_down(house: House) -> None:
    listing_id = house.listed()
    publicity_id = house.prepare(listing_id)
    house.end_listing(listing_id)
    with house.at(LATER) as tx:
        assert publicity.waiting_channels(tx, publicity_id, "take_down") == []


def test_the_same_is_not_shown_twice_at_a_time(house: House) -> None:
    listing_id = house.listed()
    house.prepare(listing_id)
    with pytest.raises(errors.NotExpected, match="不得重复"):
        house.prepare(listing_id)


def test_nothing_of_another_subject_is_prepared(house: House) -> None:
    listing_id = house.listed()
    with house.at(LATER) as tx:
        case = {**house.case_of(tx, listing_id), "subject_id": 2}
        with pytest.raises(errors.NotExpected, match="不属于"):
            publicity.prepare(tx, case, LATER, listing_id=listing_id)


@pytest.mark.parametrize("given", [{}, {"listing_id": 1, "record_id": 1}])
def test_a_publicity_is_about_exactly_one_thing(house: House, given: dict[str, Any]) -> None:
    with pytest.raises(errors.NotExpected), house.at(LATER) as tx:
        publicity.prepare(tx, house.case(tx), LATER, **given)


def test_what_ended_is_restored_with_the_rest_of_its_term(house: House) -> None:
    listing_id = house.listed()
    publicity_id = house.publicise(listing_id)
    house.end_listing(listing_id)
    later = LATER + timedelta(days=90)
    with house.at(later) as tx:
        publicity.restore(tx, publicity_id, later)
        j = models.jobs
        job = tx.one(j.select().where(j.c.kind == "opening"))
        assert job["payload"]["facts"] == {"restores": publicity_id}
        again = publicity.prepare_again(tx, house.case_of(tx, listing_id), publicity_id, later)
        old, new = publicity.find(tx, publicity_id), publicity.find(tx, again)
    assert (new["status"], new["ends_on"], new["content_sha256"]) == (
        "prepared",
        old["ends_on"],
        old["content_sha256"],
    )
    with pytest.raises(errors.NotInForce):  # the removal still stands
        house.publish(again, later)
    with house.at(later) as tx:
        tx.insert(
            models.repairs,
            {
                "subject_id": 1,
                "case_id": house.case_id,
                "status": "revoked",
                "listing_ids": [listing_id],
                "applied_at": later,
            },
        )
    house.publish(again, later)


def test_a_term_that_is_over_is_not_restored(house: House) -> None:
    listing_id = house.listed()
    publicity_id = house.publicise(listing_id)
    house.end_listing(listing_id)
    late = told.at("2029-03-13T00:00")
    with pytest.raises(errors.NotExpected, match="届满"), house.at(late) as tx:
        publicity.restore(tx, publicity_id, late)


def test_marks_and_shields_are_put_on_what_is_shown(house: House) -> None:
    listing_id = house.listed()
    publicity_id = house.publicise(listing_id)
    with house.at(LATER) as tx:
        assert publicity.mark_disputed(tx, on=True, listing_id=listing_id) == 1
        assert publicity.shield(tx, on=True, publicity_id=publicity_id) == 1
        assert publicity.mark_disputed(tx, on=True, record_id=1) == 0
        with pytest.raises(errors.NotExpected):
            publicity.shield(tx, on=True)
    row = house.publicity(publicity_id)
    assert (row["disputed"], row["shielded"]) == (True, True)


def record(house: House, **changes: Any) -> int:
    house.change(models.records, 1, **{"facts": "销售不合格产品", **changes})
    with house.at(LATER) as tx:
        return publicity.prepare(tx, house.case(tx), LATER, record_id=1, level="一般")


def test_a_record_is_shown_for_its_term_and_ends_with_what_it_rests_on(house: House) -> None:
    publicity_id = record(house, categories=["罚款"])
    house.draft(publicity_id)
    house.publish(publicity_id)
    row = house.publicity(publicity_id)
    # a document of before 2026-04-01: three months at least, three years at most (58号令)
    assert (row["ends_on"], row["repairable_on"]) == (date(2029, 2, 24), date(2026, 5, 24))
    with house.at(LATER) as tx:
        publicity.end_of_record(tx, 1, "repair_granted", LATER)
        told_ = tx.all(models.case_messages.select())
    assert [(one["message"], one["values"]) for one in told_] == [
        ("publicity_ended", {"reason": "repair_granted"})
    ]
    assert house.publicity(publicity_id)["status"] == "ended"


def test_a_mere_warning_is_not_shown(house: House) -> None:
    publicity_id = record(house, categories=["警告"])
    house.draft(publicity_id)
    with pytest.raises(errors.NotPublishable, match="警告"):
        house.publish(publicity_id)


def test_a_record_that_was_annulled_is_not_shown(house: House) -> None:
    publicity_id = record(house, categories=["罚款"])
    house.draft(publicity_id)
    with house.at(LATER) as tx:
        tx.run(models.records.update().values(status="withdrawn"))
    with pytest.raises(errors.NotPublishable, match="撤销"):
        house.publish(publicity_id)


def test_no_publicity_of_an_annulled_record_is_begun(house: House) -> None:
    with pytest.raises(errors.NotPublishable, match="撤销"):
        record(house, categories=["罚款"], status="withdrawn")


@pytest.mark.parametrize(("consent", "rep"), [("unit", "张**"), ("both", "张示例")])
def test_a_commitment_is_shown_as_far_as_it_consents(house: House, consent: str, rep: str) -> None:
    publicity_id = commitment(house, consent)
    house.draft(publicity_id, "依法诚信经营", personal_basis="本人随口同意")
    house.publish(publicity_id)
    row = house.publicity(publicity_id)
    assert lines(row)["法定代表人"] == rep
    assert row["ends_on"] == date(2027, 3, 1)


def test_a_commitment_without_consent_is_not_shown(house: House) -> None:
    publicity_id = commitment(house, "")
    house.draft(publicity_id, "依法诚信经营", personal_basis="本人随口同意")
    with pytest.raises(errors.NotPublishable, match="没有同意"):
        house.publish(publicity_id)


def commitment(house: House, consent: str) -> int:
    house.change(models.subjects, 1, legal_rep="张示例")
    with house.at(LATER) as tx:
        commitment_id = tx.insert(
            models.commitments,
            {
                "subject_id": 1,
                "case_id": house.case_id,
                "purpose": "interview",
                "status": "signed",
                "clauses": ["依法诚信经营"],
                "signed_on": date(2026, 3, 1),
                "period_end": date(2027, 3, 1),
                "consent": consent,
            },
        )
        return publicity.prepare(tx, house.case(tx), LATER, commitment_id=commitment_id)


# -- the tables and the pieces ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "who", "field", "basis", "shown"),
    [
        ("public", "minor", "name", True, "none"),
        ("public", "person", "name", True, "surname"),
        ("public", "person", "id_no", True, "none"),
        ("public", "enterprise", "id_no", False, "full"),
        ("public", "enterprise", "legal_rep", False, "surname"),
        ("public", "enterprise", "legal_rep", True, "full"),
        ("public", "enterprise", "phone", True, "none"),
        ("peer", "person", "id_no", False, "masked_id"),
        ("peer", "person", "id_no", True, "full"),
        ("subject", "person", "id_no", False, "full"),
    ],
)
def test_who_sees_what(audience: str, who: str, field: str, basis: bool, shown: str) -> None:
    assert tables.masking(audience, who, field, has_basis=basis) == shown


def test_an_identity_number_is_masked_for_another_department() -> None:
    shown = public_view.show("peer", "person", "id_no", "410505199001010017", has_basis=False)
    assert shown == "410505********0017"


@pytest.mark.parametrize(
    ("address", "district"),
    [
        ("安阳市殷都区钢城路9号", "安阳市殷都区"),
        ("河南省安阳市滑县某镇某村", "河南省安阳市滑县"),
        ("河南省安阳市林州市某路", "河南省安阳市林州市"),
        ("示例大道18号", ""),
        ("", ""),
    ],
)
def test_an_address_is_shown_to_its_district(address: str, district: str) -> None:
    assert public_view.to_district(address) == district


@pytest.mark.parametrize(
    ("kind", "level", "longest", "until"),
    [
        ("listing", "严重", "disclosure_term", "listing"),
        ("record", "轻微", "publicity_minor_max", "limit"),
        ("record", "严重", "publicity_serious_max", "limit"),
        ("commitment", "一般", "disclosure_term", "commitment"),
    ],
)
def test_how_long_each_kind_is_shown(kind: str, level: str, longest: str, until: str) -> None:
    ruled = tables.publicity_term(kind, level, "", "R36")
    assert (ruled["longest"], ruled["until"]) == (longest, until)


def test_the_tax_list_has_a_term_of_its_own() -> None:
    assert tables.publicity_term("listing", "严重", "tax", "R36")["longest"] == "tax_publicity_term"


def test_companies_alone_go_to_the_company_register() -> None:
    places = {one: [c.code for c in channels.channels_for("listing", one)] for one in
              ("market", "gov", "person")}  # fmt: skip
    assert places["market"] == ["own_site", "credit_china", "gsxt"]
    assert places["gov"] == places["person"] == ["own_site", "credit_china"]


def test_channels_without_a_page_of_the_house_are_faulty(tmp_path: Any) -> None:
    file = tmp_path / "channels.yaml"
    file.write_text("channels: []", "utf-8")
    with pytest.raises(errors.LawFaulty):
        channels.read_channels(file)
    file.write_text("channels: [{code: x}]", "utf-8")
    with pytest.raises(errors.LawFaulty):
        channels.read_channels(file)
