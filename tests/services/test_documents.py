"""Documents: checked, numbered without gaps or doubles, printed once, kept as issued."""

import hashlib
from concurrent import futures
from typing import Any

import pytest

from tests.registry import told
from tests.services import said
from workflows import documents, errors, models
from workflows.registry import lawful

NOTICE = {"kind": "prior_notice"}


def _press(name: str, files: Any, context: Any, *, number: str, issued_at: Any):
    """A press that is quick: the words are checked elsewhere."""
    pdf = f"{name} {number}".encode()
    return documents.Rendered(pdf, hashlib.sha256(pdf).hexdigest(), "c" * 64, "", 1)


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "render", _press)


def _kept(desk: said.Desk) -> list[Any]:
    with desk.at(told.DECIDING) as tx:
        return list(tx.all(models.documents.select().order_by(models.documents.c.id)))


def test_a_notice_is_printed_numbered_hashed_and_entered_in_the_registry(desk: said.Desk) -> None:
    outputs = desk.say("issue_document", inputs=NOTICE)
    assert outputs["document_number"] == "殷市监列告〔2026〕1号"
    with desk.at(told.ISSUED) as tx:
        row = tx.one(models.documents.select())
        kept = tx.one(models.document_bytes.select())
        notice = tx.one(models.notices.select())
        listing = tx.one(models.listings.select())
    assert kept["pdf"].startswith(b"%PDF")
    assert hashlib.sha256(kept["pdf"]).hexdigest() == row["sha256"]
    assert row["sealed"]
    assert row["template_sha256"]
    assert row["content"]["rights"]["window_days"] == 5
    assert row["content"]["grounds"][0]["evidence"][-1] == "现场笔录2份"
    assert notice["grounds"][0]["records"] == [1, 2]
    assert notice["limit_id"] == "objection_window_market"
    assert (listing["status"], listing["list_code"]) == ("noticed", "market_regulation")
    kind, event = desk.events[-1]
    assert (kind, event["documents"]) == ("document_issued", [row["sha256"]])


@pytest.mark.usefixtures("press")
def test_issued_twice_it_is_the_same_document(desk: said.Desk) -> None:
    first = desk.say("issue_document", inputs=NOTICE)
    assert desk.say("issue_document", inputs=NOTICE) == first
    assert len(_kept(desk)) == 1
    with desk.at(told.ISSUED) as tx:
        assert len(tx.all(models.notices.select())) == 1


@pytest.mark.usefixtures("press")
def test_what_says_something_else_is_another_document(desk: said.Desk) -> None:
    desk.say("issue_document", inputs=NOTICE)
    outputs = desk.say("issue_document", inputs=NOTICE, facts={"contact_person": "钱承办"})
    assert outputs["document_number"] == "殷市监列告〔2026〕2号"
    with desk.at(told.ISSUED) as tx:
        rows = tx.all(models.notices.select().order_by(models.notices.c.id))
    assert [row["status"] for row in rows] == ["superseded", "issued"]


@pytest.mark.usefixtures("press")
def test_each_year_begins_anew(desk: said.Desk) -> None:
    desk.say("issue_document", inputs=NOTICE)
    outputs = desk.say(
        "issue_document", told.at("2027-01-04T09:00"), NOTICE, {"contact_person": "钱承办"}
    )
    assert outputs["document_number"] == "殷市监列告〔2027〕1号"


def test_a_number_taken_while_printing_makes_the_job_try_again(
    desk: said.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = {"department_id": 1, "series": "列告", "year": 2026, "last": 1}
    with desk.at(told.ISSUED) as tx:
        tx.insert(models.document_numbers, series)
        numbers = models.document_numbers

        def overtaken(*given: Any, **named: Any):
            tx.run(numbers.update().values(last=2))
            return _press(*given, **named)

        monkeypatch.setattr(documents, "render", overtaken)
        step = desk.step(tx, NOTICE, {}, said.WANG)
        with pytest.raises(errors.CaseChanged):
            said.services.TOPICS["issue_document"].run(step)
        assert tx.all(models.documents.select()) == []


def _issued(desk: said.Desk, contact: str) -> bool:
    """Whether the notice was issued at this try; False when another one took its number."""
    try:
        desk.say("issue_document", inputs=NOTICE, facts={"contact_person": contact})
    except errors.CaseChanged:
        return False
    return True


@pytest.mark.usefixtures("press")
def test_many_at_once_leave_no_gap_and_no_double(desk: said.Desk) -> None:
    said.bundle()

    def issue(person: str) -> None:
        for number in range(5):
            while not _issued(desk, f"{person}{number}"):
                pass

    with futures.ThreadPoolExecutor(3) as crowd:
        list(crowd.map(issue, "甲乙丙"))
    numbers = {row["number"] for row in _kept(desk)}
    assert numbers == {f"殷市监列告〔2026〕{serial}号" for serial in range(1, 16)}


@pytest.mark.usefixtures("press")
def test_a_document_that_fails_takes_no_number(desk: said.Desk) -> None:
    desk.change(models.departments, 1, short_name="")
    with pytest.raises(errors.DocumentIncomplete):
        desk.say("issue_document", inputs=NOTICE)
    desk.change(models.departments, 1, short_name="殷市监")
    outputs = desk.say("issue_document", inputs=NOTICE)
    assert outputs["document_number"] == "殷市监列告〔2026〕1号"


@pytest.mark.parametrize(
    ("facts", "refusal", "wanting"),
    [
        ({"grounds": []}, errors.BasisMissing, "事由"),
        ({"measures": []}, errors.NoticeIncomplete, "惩戒措施提示"),
        ({"measures": ["limit_credit"]}, errors.MeasureUnlawful, "金融机构"),
        ({"list_code": "court"}, errors.ListUnlawful, "人民法院"),
        ({"list_code": "tax"}, errors.ListUnlawful, "无权认定"),
        ({"list_code": "pedestrian_red_light"}, errors.ListUnlawful, "废止"),
        ({"notice_limit": ""}, errors.LimitUnknown, ""),
    ],
)
def test_an_unlawful_or_incomplete_notice_is_refused_before_anybody_receives_it(
    desk: said.Desk, facts: dict[str, Any], refusal: type[errors.Refusal], wanting: str
) -> None:
    with pytest.raises(refusal) as caught:
        desk.say("check_document", inputs=NOTICE, facts=facts)
    assert wanting in caught.value.message


def test_a_notice_without_the_partys_or_the_organs_address_is_refused(desk: said.Desk) -> None:
    desk.change(models.subjects, 1, address="")
    with pytest.raises(errors.NoticeIncomplete, match="当事人"):
        desk.say("check_document", inputs=NOTICE)
    desk.change(models.subjects, 1, address="示例大道18号")
    desk.change(models.departments, 1, phone="")
    with pytest.raises(errors.NoticeIncomplete, match="方式和地址"):
        desk.say("check_document", inputs=NOTICE)


def test_a_list_whose_text_is_not_entered_gives_no_notice(desk: said.Desk) -> None:
    facts = {"list_code": "henan_commitment", "measures": ["key_review"]}
    with pytest.raises(errors.NoticeIncomplete, match="依据"):
        desk.say("check_document", inputs=NOTICE, facts=facts)


def test_a_sound_notice_is_checked_without_being_issued(desk: said.Desk) -> None:
    assert desk.say("check_document", inputs=NOTICE) == {}
    assert _kept(desk) == []
    assert desk.events[-1][0] == "document_checked"


def test_a_document_nobody_knows_is_refused(desk: said.Desk) -> None:
    with pytest.raises(errors.DocumentIncomplete, match="没有名为"):
        desk.say("issue_document", inputs={"kind": "love_letter"})


def test_no_decision_is_printed_before_it_is_registered(desk: said.Desk) -> None:
    desk.noticed()
    for kind in ("listing_decision", "repair_notice"):
        with pytest.raises(errors.DocumentIncomplete):
            desk.say("issue_document", told.DECIDING, {"kind": kind})


WORDS = {
    "reasons": "性质恶劣、情节严重",
    "removal_conditions": "满一年且已履行义务",
    "removal_procedure": "书面申请",
}


def test_the_decision_tells_its_history_and_the_way_out(desk: said.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    desk.settle(objection_id, told.at("2026-03-11T09:00"))
    desk.decide()
    outputs = desk.say("issue_document", told.DECIDING, {"kind": "listing_decision"}, WORDS)
    with desk.at(told.DECIDING) as tx:
        listing = tx.one(models.listings.select())
    row = _kept(desk)[-1]
    content = row["content"]
    assert outputs["document_number"] == "殷市监列决〔2026〕1号"
    assert listing["decision_document_id"] == row["id"]
    assert content["notice"]["served_on"] == "2026-03-02"
    assert content["notice"]["method"] == "直接送达"
    assert content["objections"][0]["result"] == "不成立"
    assert (content["decision"]["term_start"], content["decision"]["term_end"]) == (
        "2026-03-12",
        "2029-03-12",
    )
    assert content["relief"]["court"] == "安阳市殷都区人民法院"
    assert "殷市监罚决〔2026〕18号" in content["case"]["base_document"]


def test_the_repair_notice_goes_with_the_decision_and_asks_no_fee(desk: said.Desk) -> None:
    desk.noticed()
    desk.decide()
    desk.say("issue_document", told.DECIDING, {"kind": "listing_decision"}, WORDS)
    desk.say("issue_document", told.DECIDING, {"kind": "repair_notice"})
    repair = _kept(desk)[-1]["content"]["repair"]
    assert repair["information"][0]["document_number"] == "殷市监列决〔2026〕1号"
    assert repair["information"][0]["ends_on"] == "2029-03-12"
    assert "费" not in "".join([*repair["materials"], *repair["conditions"]])


@pytest.mark.parametrize(
    ("day", "order"), [("2026-03-12T09:00", "第58号"), ("2026-04-01T09:00", "第36号")]
)
def test_the_repair_regime_follows_the_day(desk: said.Desk, day: str, order: str) -> None:
    desk.noticed()
    desk.decide()
    desk.say("issue_document", told.DECIDING, {"kind": "listing_decision"}, WORDS)
    desk.say("issue_document", told.at(day), {"kind": "repair_notice"})
    assert order in _kept(desk)[-1]["content"]["repair"]["basis"][0]["article"]


def test_a_notice_of_not_listing_says_why_even_without_a_served_notice(desk: said.Desk) -> None:
    outputs = desk.say("issue_document", inputs={"kind": "no_listing_notice"})
    assert outputs["document_number"] == "殷市监不列〔2026〕1号"
    assert "未能送达" in _kept(desk)[-1]["content"]["decision"]["reasons"]


def test_a_persons_number_is_masked_in_print_and_the_names_of_servers_stand(
    desk: said.Desk,
) -> None:
    document_id = desk.announce()
    desk.serve(document_id)
    desk.say("issue_document", told.SERVED, {"kind": "service_record", "service_id": 1})
    service = _kept(desk)[-1]["content"]["service"]
    assert [one["name"] for one in service["servers"]] == ["王", "钱"]
    assert service["receiver"] == "张示例"
    assert service["evidence"][0].startswith("证据.jpg")
    assert service["documents"][0]["number"] == "殷市监列告〔2026〕1号"


def test_an_answer_is_entered_where_the_guard_looks_for_it(desk: said.Desk) -> None:
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"))
    with desk.at(told.DECIDING) as tx:
        from workflows.registry import objections

        row = objections.find_objection(tx, objection_id)
        finding = {"no": 1, "accepted": True, "finding": "有入库单", "reason": "属实"}
        objections.record_answer(tx, row, [finding], 4)
    outputs = desk.say(
        "issue_document", told.DECIDING, {"kind": "objection_answer", "objection_id": objection_id}
    )
    with desk.at(told.DECIDING) as tx:
        answered = tx.one(models.objections.select())
    assert answered["answer_document_id"] == outputs["document_id"]
    content = _kept(desk)[-1]["content"]
    assert content["objection"]["result"] == "成立"
    assert "第1项事由不再作为列入的依据" in content["objection"]["consequence"]
    assert content["review"]["organ"] == "河南省社会信用工作主管部门"


@pytest.mark.parametrize(
    ("division", "kind", "level"),
    [
        ("410505", "bureau", "county"),
        ("410500", "bureau", "city"),
        ("410000", "bureau", "province"),
        ("410505001", "bureau", "township"),
        ("410505000", "bureau", "county"),
        ("410505", "court", "court"),
        ("", "bureau", ""),
        ("殷都", "bureau", ""),
    ],
)
def test_the_level_of_an_organ_follows_from_its_division(
    division: str, kind: str, level: str
) -> None:
    organ: Any = {"division": division, "kind": kind}
    assert lawful.organ_level(organ) == level
