"""Service of process: what serves, what does not, and what has to be proved (D07)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry import told
from workflows import errors, models
from workflows.registry import law, service_of_process
from workflows.registry.service_of_process import METHODS, RESULTS, RULES, Attempt

TWO = ("王", "钱")


def judge(method: str, result: str, at: datetime = told.SERVED, **said: Any):
    attempt = Attempt(method, result, at, **{"servers": TWO, "evidence": ("a",), **said})
    return service_of_process.judge(attempt, law.limits(), law.calendar())


@pytest.mark.parametrize(
    ("method", "result", "said", "rule"),
    [
        ("direct", "signed", {"receiver": "张"}, "D07-1"),
        ("direct", "signed_by_other", {"receiver": "李", "relation": "收发室"}, "D07-2"),
        ("left", "left", {"witness": "社区干部"}, "D07-3"),
        ("left", "left", {"evidence": ("录像",)}, "D07-3"),
        ("electronic", "arrived", {"consent_evidence": ("确认书",)}, "D07-4"),
        ("mail", "signed", {}, "D07-5"),
        ("mail", "received", {}, "D07-5"),
        ("entrusted", "signed", {"receiver": "张"}, "D07-6"),
    ],
)
def test_what_reached_the_addressee_serves_on_its_day(
    method: str, result: str, said: dict[str, Any], rule: str
) -> None:
    effect = judge(method, result, **said)
    assert (effect.served_at, effect.rule) == (told.SERVED, rule)


@pytest.mark.parametrize(
    ("method", "result", "said", "missing"),
    [
        ("direct", "signed", {}, "签收人"),
        ("direct", "signed_by_other", {"receiver": "李"}, "关系"),
        ("direct", "signed", {"receiver": "张", "evidence": ()}, "证据"),
        ("left", "left", {"evidence": ()}, "见证人"),
        ("left", "left", {"servers": ("王",)}, "两名送达人"),
        ("mail", "signed", {"servers": ()}, "两名送达人"),
        ("electronic", "arrived", {}, "确认书"),
        ("mail", "signed", {"evidence": ()}, "证据"),
        ("announcement", "announced", {"evidence": ()}, "证据"),
    ],
)
def test_what_cannot_be_proved_is_not_written_down_as_served(
    method: str, result: str, said: dict[str, Any], missing: str
) -> None:
    with pytest.raises(errors.EvidenceMissing) as caught:
        judge(method, result, **said)
    assert missing in caught.value.message
    assert "依据" in caught.value.message


@given(st.sampled_from(sorted(METHODS)), st.sampled_from(sorted(RESULTS)))
def test_every_other_result_serves_nothing(method: str, result: str) -> None:
    if (method, result) not in RULES:
        assert judge(method, result, evidence=()).served_at is None


def test_an_announcement_serves_when_thirty_days_have_passed() -> None:
    effect = judge("announcement", "announced", told.at("2026-03-02T10:00"))
    assert effect.served_at == told.at("2026-04-02T00:00")


@pytest.mark.parametrize(("method", "result"), [("pigeon", "signed"), ("direct", "eaten")])
def test_unknown_ways_and_results_are_refused(method: str, result: str) -> None:
    with pytest.raises(errors.NotExpected):
        judge(method, result)


def test_an_announcement_before_the_other_ways_is_too_early(desk: told.Desk) -> None:
    document_id = desk.announce()
    desk.serve(document_id, method="direct", result="absent", evidence=())
    with pytest.raises(errors.AnnouncementTooEarly) as caught:
        desk.serve(document_id, method="announcement", result="announced")
    assert "邮寄送达" in caught.value.message
    desk.serve(document_id, told.SERVED + timedelta(days=1), method="mail", result="returned")
    served = desk.serve(
        document_id, told.SERVED + timedelta(days=2), method="announcement", result="announced"
    )
    assert served is None


def test_whereabouts_unknown_opens_the_announcement_at_once(desk: told.Desk) -> None:
    document_id = desk.announce()
    desk.serve(document_id, method="direct", result="not_found")
    assert desk.serve(document_id, method="announcement", result="announced") is None


def test_an_announcement_is_closed_only_after_its_thirty_days(desk: told.Desk) -> None:
    document_id = desk.announce()
    desk.serve(document_id, method="direct", result="not_found")
    desk.serve(document_id, method="announcement", result="announced")
    end = told.at("2026-04-02T00:00")
    with (
        desk.at(end - timedelta(seconds=1)) as tx,
        pytest.raises(errors.NotExpected, match="公告期尚未届满"),
    ):
        service_of_process.close_service(tx, 2)
    with desk.at(end) as tx:
        assert service_of_process.close_service(tx, 2).served_at == end
    desk.open_window(end)
    assert desk.checks(end)["INV-01a"].met


def test_evidence_must_be_a_file_of_the_case(desk: told.Desk) -> None:
    document_id = desk.announce()
    with pytest.raises(errors.EvidenceMissing, match="不在本案附件中"):
        desk.serve(document_id, evidence=("f" * 64,))


@pytest.mark.parametrize("at", [told.SERVED + timedelta(minutes=1), told.ISSUED.replace(hour=8)])
def test_nothing_is_served_tomorrow_or_before_it_was_issued(desk: told.Desk, at: datetime) -> None:
    document_id = desk.announce()
    with pytest.raises(errors.NotExpected, match="请核对"):
        desk.serve(document_id, told.SERVED, at=at)


def test_what_has_been_served_is_not_served_again(desk: told.Desk) -> None:
    desk.noticed()
    attempt = Attempt("direct", "signed", told.SERVED, receiver="张", servers=TWO)
    with desk.at(told.DECIDING) as tx, pytest.raises(errors.NotExpected):
        service_of_process.record_attempt(tx, 1, attempt)


def test_a_second_service_counts_its_own_attempts_and_knows_the_first(desk: told.Desk) -> None:
    document_id = desk.announce()
    desk.serve(document_id, method="mail", result="returned")
    desk.serve(document_id, told.SERVED + timedelta(days=1), method="direct", result="absent")
    with desk.at(told.DECIDING) as tx:
        tries = service_of_process.attempts(tx, document_id)
        first = service_of_process.find_service(tx, 1)
    assert [(one["service_id"], one["no"]) for one in tries] == [(1, 1), (2, 1)]
    assert first["status"] == "failed"


@pytest.mark.parametrize("changes", [{"status": "withdrawn"}, {"number": None}])
def test_only_an_issued_document_can_be_served(desk: told.Desk, changes: dict[str, object]) -> None:
    document_id = desk.announce()
    desk.change(models.documents, document_id, **changes)
    with desk.at(told.SERVED) as tx, pytest.raises(errors.DocumentIncomplete):
        service_of_process.open_service(tx, desk.case_id, document_id)


def test_the_document_of_another_case_is_not_found(desk: told.Desk) -> None:
    document_id = desk.announce()
    with desk.at(told.SERVED) as tx, pytest.raises(errors.NotFound):
        service_of_process.open_service(tx, desk.case_id + 1, document_id)
