"""Every path of the listing procedure, walked with the engine alone and saved between steps."""

from collections.abc import Callable
from functools import cache

import pytest

from tests.bpmn.drawings import FILES, read
from tests.bpmn.walking import Walk, procedure

WINDOW_END = "2026-03-10T00:00"


def listed() -> Walk:
    walk = Walk().to_window()
    assert (walk.waits, walk.facts["window_end"]) == ([], "2026-03-10T00:00:00+08:00")
    assert walk.at("2026-03-09T23:59:59").waits == []
    assert walk.at(WINDOW_END).waits == ["review_legality"]
    walk.review().do("decide", decision="list")
    assert walk.waits == ["choose_method", "choose_method"]
    return walk.serve().serve()


def objected() -> Walk:
    walk = Walk().to_window().object()
    assert walk.waits == []
    return walk.at(WINDOW_END).review().do("decide", decision="not_list").serve()


def upheld() -> Walk:
    walk = Walk().to_window().object(upheld=1).object(upheld=1)
    assert walk.at(WINDOW_END).waits == ["confirm_termination"]
    return walk.do("confirm_termination", termination_confirmed=True).serve()


def refused() -> Walk:
    return Walk(registry={"list_valid": False})


def lenient() -> Walk:
    walk = Walk(opening={"claims_no_fault": True})
    assert walk.waits == ["review_leniency"]
    assert walk.facts["leniency_flags"] == ["no_fault"]
    walk.do("review_leniency", leniency_result="not_list")
    walk.do("confirm_leniency", leniency_confirmed="no")
    walk.do("review_leniency", leniency_result="not_list")
    return walk.do("confirm_leniency", leniency_confirmed="yes").serve()


def lenient_and_yet_listed() -> Walk:
    walk = Walk(opening={"claims_no_fault": True})
    walk.do("review_leniency", leniency_result="list").to_window().at(WINDOW_END)
    return walk.review().do("decide", decision="list").serve().serve()


def sent_back() -> Walk:
    walk = Walk().to_window().at(WINDOW_END).review("return")
    assert walk.waits == ["draft_case"]
    walk.to_window()
    assert walk.facts["window_end"] == "2026-03-18T00:00:00+08:00"
    return walk.at("2026-03-18T00:00").review().do("decide", decision="list").serve().serve()


def waived() -> Walk:
    walk = Walk().to_window().send("waiver_signed", signed_on="2026-03-02")
    assert walk.waits == ["review_legality"]
    return walk.review().do("decide", decision="list").serve().serve()


def returned_and_refused() -> Walk:
    """Every way of serving that reached nobody, then every one that did."""
    walk = Walk()
    walk.do("draft_case", grounds=[], measures=[]).do("draft_notice", grounds=[], measures=[])
    walk.do("approve_notice", approved="no").do("draft_notice", grounds=[], measures=[])
    walk.do("approve_notice", approved="yes")
    for method, result in (
        ("mail", "returned"),
        ("direct", "refused"),
        ("left", "failed"),
        ("electronic", "failed"),
        ("entrusted", "failed"),
    ):
        walk.serve(method, result)
        assert walk.waits == ["choose_method"]
    walk.do("choose_method", method="stop")
    assert walk.waits == ["resolve_service_failure"]
    walk.do("resolve_service_failure", resolution="retry").serve("mail")
    walk.at(WINDOW_END).review().do("decide", decision="list")
    walk.do("choose_method", method="stop").do("choose_method", method="stop")
    assert walk.waits == ["choose_method", "choose_method"]
    return walk.serve("left", "left").serve("entrusted")


def announced() -> Walk:
    walk = Walk().draft()
    walk.do("choose_method", method="announcement").do("approve_announcement", approved="no")
    walk.do("choose_method", method="announcement").do("approve_announcement", approved="yes")
    walk.do("post_announcement", result="announced", posted_at="2026-03-02T10:00:00+08:00")
    assert walk.at("2026-04-01T23:59").facts.get("notice_served") is None
    walk.at("2026-04-02T00:00")
    assert walk.facts["notice_served"] is True
    walk.at(walk.facts["window_end"][:19]).review()
    return walk.do("decide", decision="list").serve("electronic", "arrived").serve()


def stopped() -> Walk:
    walk = Walk().draft().do("choose_method", method="stop")
    walk.do("resolve_service_failure", resolution="stop")
    return walk.do("choose_method", method="stop")


def objected_late() -> Walk:
    """The last second, after the window, and one whose answer is sent back and served twice."""
    walk = Walk().to_window().at("2026-03-09T23:59:59")
    walk.send("objection_received", points=[{"no": 1}]).at(WINDOW_END)
    assert walk.facts["objection_late"] is False
    assert walk.waits == ["assign_verifier"]
    walk.do("assign_verifier", verifier="chen")
    walk.do("verify_objection", findings=[{"no": 1, "fallen": 0}])
    walk.do("approve_answer", approved="no")
    walk.do("verify_objection", findings=[{"no": 1, "fallen": 0}])
    walk.do("approve_answer", approved="yes").do("choose_method", method="stop")
    assert walk.waits == ["choose_method"]
    walk.serve()
    assert walk.waits == ["review_legality"]
    walk.object()
    assert walk.facts["objection_late"] is True
    return walk.review().do("decide", decision="list").serve().serve()


def heard() -> Walk:
    """A hearing whose notice misses once and comes late once, postponed, held, then decided."""
    walk = Walk().to_window().ask_for_hearing().at(WINDOW_END)
    walk.do("appoint_officer", officer="ding")
    walk.do("schedule_hearing").do("choose_method", method="stop")
    walk.notice_in_time = False
    walk.schedule()
    walk.notice_in_time = True
    assert walk.schedule().waits == ["hold_hearing"]
    assert walk.hold("postponed").waits == ["schedule_hearing"]
    assert walk.schedule().hold().waits == ["review_legality"]
    walk.review().do("decide", decision="review_again").review()
    return walk.do("decide", decision="list").serve().serve()


def heard_late() -> Walk:
    """Two hearings asked for too late: one is missed, one refused and the refusal served twice."""
    walk = Walk().to_window().at(WINDOW_END).ask_for_hearing()
    assert walk.waits == ["review_legality", "decide_late_request"]
    walk.do("decide_late_request", late_outcome="hold").do("appoint_officer", officer="ding")
    walk.schedule().hold("missed")
    walk.ask_for_hearing().do("decide_late_request", late_outcome="refuse")
    walk.do("choose_method", method="stop").serve()
    assert walk.waits == ["review_legality"]
    return walk.review().do("decide", decision="list").serve().serve()


def reviewed() -> Walk:
    """An objection answered, the province asked to look again, its answer served twice."""
    walk = Walk().to_window().object().send("review_requested", review_grounds="…")
    assert walk.at(WINDOW_END).waits == ["review_answer"]
    walk.do("review_answer").do("choose_method", method="stop").serve()
    assert walk.waits == ["review_legality"]
    return walk.review().do("decide", decision="list").serve().serve()


def base_fell() -> Walk:
    """One basis falls while another stands, then the last one before anybody was told."""
    walk = Walk(base_left=1).send("base_document_revoked", doc_no="1")
    assert walk.waits == ["draft_case"]
    walk.base_left = 0
    return walk.send("base_document_revoked", doc_no="2")


def base_fell_after_notice() -> Walk:
    """While an objection is answered; whoever was given notice is told."""
    walk = Walk().to_window().send("objection_received", points=[{"no": 1}])
    assert walk.waits == ["assign_verifier"]
    walk.send("base_document_revoked", doc_no="1")
    assert walk.waits == ["choose_method"]
    assert walk.run.timers() == []
    return walk.serve()


def gone() -> Walk:
    """A remedy is recorded; the subject changed and goes on, then is no more."""
    walk = Walk().to_window().send("remedy_filed", remedy_kind="litigation")
    walk.send("subject_status_changed", status="…")
    assert walk.waits == ["judge_subject_change"]
    walk.do("judge_subject_change", subject_outcome="goes_on")
    walk.at(WINDOW_END).send("subject_status_changed", status="…")
    assert walk.waits == ["review_legality", "judge_subject_change"]
    return walk.do("judge_subject_change", subject_outcome="end")


WALKS: list[tuple[Callable[[], Walk], str]] = [
    (listed, "listed"),
    (objected, "not_listed"),
    (upheld, "objection_upheld"),
    (refused, "refused_no_basis"),
    (lenient, "not_listed"),
    (lenient_and_yet_listed, "listed"),
    (sent_back, "listed"),
    (waived, "listed"),
    (returned_and_refused, "listed"),
    (announced, "listed"),
    (stopped, "not_listed"),
    (objected_late, "listed"),
    (heard, "listed"),
    (heard_late, "listed"),
    (reviewed, "listed"),
    (base_fell, "revoked_base"),
    (base_fell_after_notice, "revoked_base"),
    (gone, "subject_gone"),
]


@cache
def walked(walk: Callable[[], Walk]) -> Walk:
    """The walk, walked once."""
    return walk()


@pytest.mark.parametrize(("walk", "end"), WALKS, ids=[walk.__name__ for walk, _ in WALKS])
def test_a_walk_comes_to_its_end(walk: Callable[[], Walk], end: str) -> None:
    assert (walked(walk).run.ended, walked(walk).waits) == (end, [])


def test_every_element_and_every_flow_is_walked() -> None:
    seen = {id_ for walk, _ in WALKS for id_ in walked(walk).seen}
    files = [file for file in FILES if file.stem in procedure().processes]
    drawn = {id_ for file in files for id_ in [*read(file).nodes, *read(file).flows]}
    assert drawn - seen == set()


def test_three_objections_at_once_are_answered_one_by_one() -> None:
    walk = Walk().to_window()
    for _ in range(3):
        walk.send("objection_received", points=[{"no": 1}])
    assert walk.waits == ["assign_verifier"] * 3
    walk.at(WINDOW_END)
    for left in (2, 1, 0):
        walk.do("assign_verifier", verifier="chen")
        walk.do("verify_objection", findings=[{"no": 1, "fallen": 0}])
        walk.do("approve_answer", approved="yes").serve()
        assert walk.facts["open_objections"] == left
    assert walk.waits == ["review_legality"]


def test_an_objection_under_way_does_not_hold_up_a_decision_not_to_list() -> None:
    walk = Walk().to_window().at(WINDOW_END).review()
    walk.send("objection_received", points=[{"no": 1}]).do("decide", decision="not_list")
    walk.do("choose_method", method="direct").do("serve_direct", result="signed")
    assert (walk.run.ended, walk.waits) == ("not_listed", [])


def test_the_reply_to_an_objection_runs_from_the_day_it_was_received() -> None:
    walk = Walk().to_window().at("2026-03-05T15:00")
    walk.send("objection_received", points=[{"no": 1}]).at("2026-03-06T10:00")
    walk.do("assign_verifier", verifier="chen")
    [task] = walk.run.tasks()
    due = walk.run.task_due(task.id)
    assert str(getattr(due, "due_at", due)) == "2026-03-20 00:00:00+08:00"
