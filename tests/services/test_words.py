"""The words of a diagram, each said once on a real case."""

from datetime import timedelta
from typing import Any

import pytest

from tests.registry import told
from tests.services import said
from workflows import errors, models, services
from workflows.engine import feel
from workflows.registry import listings

ATTEMPT: dict[str, Any] = {
    "at": "2026-03-02T10:00:00+08:00",
    "place": "示例大道18号",
    "receiver": "张示例",
    "server_1": "王",
    "server_2": "钱",
}


def test_every_topic_speaks_types_that_diagrams_know() -> None:
    for topic in services.TOPICS.values():
        assert {*topic.inputs.values(), *topic.outputs.values()} <= set(feel.TYPES)


def test_only_printing_leaves_the_transaction() -> None:
    assert [name for name, topic in services.TOPICS.items() if topic.job] == ["issue_document"]


def test_the_registry_tells_the_gates_what_they_ask(desk: said.Desk) -> None:
    outputs = desk.say("read_registry", facts={"record_ids": [1, 2]})
    assert outputs == {
        "subject_name": "安阳甲示例建材有限公司",
        "subject_kind": "企业",
        "track": "market",
        "is_person": False,
        "age": None,
        "list_name": "市场监督管理严重违法失信名单",
        "list_registered": True,
        "list_valid": True,
        "list_scope": "national",
        "basis_level": 40,
        "recogniser_level": "county",
        "base_documents": 2,
        "base_in_force": True,
        "superior_consent": True,
    }


@pytest.mark.parametrize(
    ("code", "registered", "valid"),
    [
        ("court", True, False),
        ("tax", True, False),
        ("pedestrian_red_light", True, False),
        ("made_up", False, False),
    ],
)
def test_a_list_not_ours_to_use_is_not_valid(
    desk: said.Desk, code: str, registered: bool, valid: bool
) -> None:
    outputs = desk.say("read_registry", facts={"list_code": code})
    assert (outputs["list_registered"], outputs["list_valid"]) == (registered, valid)
    assert (outputs["base_documents"], outputs["base_in_force"]) == (0, False)


def test_a_withdrawn_base_document_is_not_in_force(desk: said.Desk) -> None:
    desk.change(models.records, 2, status="withdrawn")
    assert not desk.say("read_registry", facts={"record_ids": [1, 2]})["base_in_force"]


@pytest.mark.parametrize(
    ("number", "day", "age"),
    [
        ("410505200803020016", "2026-03-02T09:00", 18),
        ("410505200803030019", "2026-03-02T09:00", 17),
        ("410505200402290018", "2026-02-28T09:00", 21),
        ("410505200402290018", "2026-03-01T09:00", 22),
    ],
)
def test_a_person_is_as_old_as_on_that_day_birthday_included(
    desk: said.Desk, number: str, day: str, age: int
) -> None:
    desk.change(models.subjects, 1, id_scheme="citizen_id", id_no=number, track="person")
    outputs = desk.say("read_registry", told.at(day))
    assert (outputs["is_person"], outputs["age"]) == (True, age)


def test_a_service_is_opened_attempted_and_tells_when_it_served(desk: said.Desk) -> None:
    document_id = desk.announce()
    service_id = desk.say("open_service", inputs={"document_id": document_id})["service_id"]
    inputs = {"service_id": service_id, "method": "direct", "result": "signed"}
    outputs = desk.say("record_attempt", told.SERVED, inputs, {**ATTEMPT, "evidence": [desk.photo]})
    assert outputs == {
        "attempt_count": 1,
        "served": True,
        "served_at": "2026-03-02T10:00:00+08:00",
        "all_failed": False,
    }
    kind, event = desk.events[-1]
    assert (kind, event["after"]["rule"]) == ("service_attempted", "D07-1")
    assert event["documents"] == [desk.photo]


def test_when_every_way_has_failed_it_says_so(desk: said.Desk) -> None:
    document_id = desk.announce()
    service_id = desk.say("open_service", inputs={"document_id": document_id})["service_id"]
    told_failed: list[bool] = []
    for method, result in (("direct", "absent"), ("mail", "returned")):
        inputs = {"service_id": service_id, "method": method, "result": result}
        outputs = desk.say("record_attempt", told.SERVED, inputs, ATTEMPT)
        assert (outputs["served"], outputs["served_at"]) == (False, None)
        told_failed.append(outputs["all_failed"])
    assert told_failed == [False, True]


def test_an_announcement_waits_and_is_deemed_served(desk: said.Desk) -> None:
    document_id = desk.announce()
    service_id = desk.say("open_service", inputs={"document_id": document_id})["service_id"]
    inputs = {"service_id": service_id, "method": "announcement", "result": "announced"}
    facts = {
        **ATTEMPT,
        "posted_at": "2026-03-02T10:00:00+08:00",
        "channels": ["本机关网站", "报纸"],
        "evidence": [desk.photo],
    }
    with pytest.raises(errors.AnnouncementTooEarly):
        desk.say("record_attempt", told.SERVED, inputs, facts)
    with pytest.raises(errors.EvidenceMissing, match="下落不明"):
        desk.say("record_attempt", told.SERVED, inputs, {**facts, "whereabouts_unknown": True})
    known = {**facts, "whereabouts_unknown": True, "whereabouts_evidence": [desk.photo]}
    assert not desk.say("record_attempt", told.SERVED, inputs, known)["served"]
    outputs = desk.say("close_service", told.at("2026-04-02T00:00"), {"service_id": service_id})
    assert outputs == {"served": True, "served_at": "2026-04-02T00:00:00+08:00"}


def test_an_instant_without_its_offset_is_refused(desk: said.Desk) -> None:
    document_id = desk.announce()
    service_id = desk.say("open_service", inputs={"document_id": document_id})["service_id"]
    inputs = {"service_id": service_id, "method": "direct", "result": "signed"}
    with pytest.raises(errors.NotExpected, match="时区"):
        desk.say("record_attempt", told.SERVED, inputs, {**ATTEMPT, "at": "2026-03-02T10:00"})


def test_the_window_runs_from_service_by_the_limit_named(desk: said.Desk) -> None:
    document_id = desk.announce()
    desk.serve(document_id)
    inputs = {"served_at": told.SERVED.isoformat(), "notice_limit": "objection_window_market"}
    outputs = desk.say("open_window", told.SERVED, inputs)
    assert outputs == {"window_end": "2026-03-10T00:00:00+08:00"}


def test_no_window_runs_without_a_notice(desk: said.Desk) -> None:
    inputs = {"served_at": told.SERVED.isoformat(), "notice_limit": "objection_window_market"}
    with pytest.raises(errors.NoticeNotServed):
        desk.say("open_window", told.SERVED, inputs)


def test_an_objection_goes_all_its_way(desk: said.Desk) -> None:
    desk.noticed()
    received = told.at("2026-03-05T09:00")
    registered = desk.say(
        "register_objection",
        received,
        facts={
            "received_at": received.isoformat(),
            "points": [{"no": 1, "text": "系退货", "ground": 2}],
            "evidence": [desk.photo],
        },
    )
    assert not registered["objection_late"]
    assert desk.say("check_objections", received) == {
        "open_objections": 1,
        "open_hearings": 0,
        "open_reviews": 0,
        "grounds_left": 2,
        "waived": False,
        "window_passed": False,
    }
    objection_id = registered["objection_id"]
    findings = [{"no": 1, "accepted": True, "finding": "属实", "reason": "有入库单"}]
    answered = desk.say(
        "record_answer", received, {"objection_id": objection_id}, {"findings": findings}
    )
    assert answered == {"objection_result": "upheld"}
    document_id = desk.issue(received, kind="objection_answer")
    with desk.at(received) as tx:
        from workflows.registry import objections

        objections.attach_answer(tx, objection_id, document_id)
    desk.serve(document_id, received)
    closing = {"objection_id": objection_id, "served_at": received.isoformat()}
    desk.say("close_objection", received, closing)
    assert desk.say("check_objections", told.WINDOW_END) == {
        "open_objections": 0,
        "open_hearings": 0,
        "open_reviews": 0,
        "grounds_left": 1,
        "waived": False,
        "window_passed": True,
    }


def test_without_a_notice_nothing_is_left_to_decide(desk: said.Desk) -> None:
    assert desk.say("check_objections") == {
        "open_objections": 0,
        "open_hearings": 0,
        "open_reviews": 0,
        "grounds_left": 0,
        "waived": False,
        "window_passed": False,
    }


def test_a_waiver_is_recorded_with_its_paper(desk: said.Desk) -> None:
    desk.noticed()
    facts = {"signed_on": "2026-03-03T09:00:00+08:00", "evidence": [desk.photo]}
    desk.say("record_waiver", told.at("2026-03-03T10:00"), facts=facts)
    assert desk.say("check_objections", told.at("2026-03-03T10:00"))["waived"]
    assert desk.events[-1][1]["documents"] == [desk.photo]


DECIDED: dict[str, Any] = {
    "decided_grounds": ["1"],
    "decided_measures": ["focus_supervision_market"],
    "reasons": "情节严重",
    "term_months": 36,
    "removal_conditions": "满一年",
    "removal_procedure": "申请",
}


def test_a_listing_is_recorded_by_the_person_who_decides(desk: said.Desk) -> None:
    desk.noticed()
    outputs = desk.say("record_listing", told.DECIDING, facts=DECIDED, actor=said.ZHAO)
    with desk.at(told.DECIDING) as tx:
        row = listings.of_case(tx, desk.case_id)
    assert row is not None
    assert (row["id"], row["status"]) == (outputs["listing_id"], "decided_listed")
    assert [ground["no"] for ground in row["grounds"]] == [1]
    assert row["measures"] == ["focus_supervision_market"]


def test_a_diagram_that_lets_the_machine_decide_is_refused(desk: said.Desk) -> None:
    desk.noticed()
    with pytest.raises(errors.FourEyes):
        desk.say("record_listing", told.DECIDING, facts=DECIDED)


def test_a_diagram_that_skips_the_window_is_refused(desk: said.Desk) -> None:
    desk.noticed()
    with pytest.raises(errors.WindowOpen):
        desk.say("record_listing", told.SERVED + timedelta(hours=1), facts=DECIDED, actor=said.ZHAO)
    assert desk.events == []


def test_a_case_ends_without_listing(desk: said.Desk) -> None:
    desk.noticed()
    assert desk.say("record_no_listing", told.DECIDING) == {}
    assert desk.listing_status() == "terminated"


def test_a_listing_is_closed_when_its_decision_was_served(desk: said.Desk) -> None:
    desk.noticed()
    desk.decide()
    document_id = desk.issue(told.DECIDING, kind="listing_decision")
    with desk.at(told.DECIDING) as tx:
        listings.attach_decision(tx, desk.case_id, document_id)
    desk.serve(document_id, told.DECIDING)
    desk.say("close_listing", told.DECIDING, {"served_at": told.DECIDING.isoformat()})
    with desk.at(told.DECIDING) as tx:
        assert tx.one(models.listings.select())["served_at"] == told.DECIDING


def _choices(desk: said.Desk, key: str) -> dict[str, str]:
    with desk.at(told.DECIDING) as tx:
        return dict(services.choices.choices(tx, desk.case(tx), key))


def test_lists_are_offered_with_a_warning_where_they_may_not_be_used(desk: said.Desk) -> None:
    offered = _choices(desk, "law_lists")
    assert offered["market_regulation"] == "市场监督管理严重违法失信名单"
    assert "人民法院" in offered["court"]
    assert "已失效" in offered["pedestrian_red_light"]


def test_only_measures_for_this_list_region_and_subject_are_offered(desk: said.Desk) -> None:
    offered = set(_choices(desk, "law_measures"))
    assert {"focus_supervision_market", "key_review", "food_inspection"} <= offered
    assert not {"procurement_ban", "food_ban", "limit_credit", "limit_bidding"} & offered
    desk.change(models.departments, 1, division="320812")
    assert "key_review" not in _choices(desk, "law_measures")


def test_a_case_not_yet_opened_is_offered_the_lists_too(desk: said.Desk) -> None:
    with desk.at(told.ISSUED) as tx:
        opening = {"subject_id": 1, "department_id": 1}
        assert services.choices.choices(tx, opening, "law_lists")
        assert services.choices.choices(tx, opening, "grounds") == []
        assert len(services.choices.choices(tx, opening, "colleagues")) == 2


def test_who_drafted_is_not_offered_as_verifier(desk: said.Desk) -> None:
    assert _choices(desk, "colleagues") == {"qian": "qian"}


def test_only_effective_records_are_offered(desk: said.Desk) -> None:
    desk.change(models.records, 1, status="stayed")
    assert list(_choices(desk, "subject_records")) == ["2"]


def test_announced_grounds_and_measures_are_offered_and_struck_ones_are_not(
    desk: said.Desk,
) -> None:
    assert _choices(desk, "grounds") == {}
    desk.noticed()
    objection_id = desk.object(told.at("2026-03-05T09:00"), ground=2)
    desk.settle(objection_id, told.at("2026-03-11T09:00"), accepted=True)
    assert _choices(desk, "grounds") == {"1": "1．销售不合格胶合板1260张"}
    assert list(_choices(desk, "measures_noticed")) == told.MEASURES


def test_a_key_nobody_knows_offers_nothing(desk: said.Desk) -> None:
    assert _choices(desk, "sandwiches") == {}
