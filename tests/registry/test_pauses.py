"""The time to answer a notice, stopped or lengthened: the guard counts it from the orders alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.registry import told
from workflows import deadlines, errors
from workflows.registry import notices, pauses
from workflows.store import Row

MINUTE = timedelta(minutes=1)
STOPPED = told.at("2026-03-04T09:00")


def order(desk: told.Desk, when: datetime, kind: Any = "suspension", **more: Any) -> int:
    said = {"starts_at": when, "limits": [notices.WINDOW], **more}
    with desk.at(when) as tx:
        wanted = pauses.Order(kind, "洪水", "民事诉讼法第八十六条", made_by=3, **said)
        return pauses.begin(tx, desk.case_id, wanted)


def end(desk: told.Desk, pause_id: int, when: datetime) -> bool:
    with desk.at(when) as tx:
        return pauses.end(tx, pause_id, "洪水退去", 1)


def test_while_it_stands_still_the_window_is_open_however_late_it_is(desk: told.Desk) -> None:
    desk.noticed()
    order(desk, STOPPED)
    refused = desk.refusal(told.at("2026-06-01T09:00"))
    assert isinstance(refused, errors.WindowOpen)
    assert "中止" in refused.message


def test_afterwards_what_remained_is_counted(desk: told.Desk) -> None:
    desk.noticed()
    end(desk, order(desk, STOPPED), told.at("2026-03-11T09:00"))
    window_end = told.at("2026-03-18T00:00")
    assert isinstance(desk.refusal(window_end - MINUTE), errors.WindowOpen)
    assert desk.decide(window_end) == 1


def test_after_an_interruption_the_whole_of_it_is_counted(desk: told.Desk) -> None:
    desk.noticed()
    end(desk, order(desk, STOPPED, "interruption"), told.at("2026-03-11T09:00"))
    window_end = told.at("2026-03-19T00:00")
    assert isinstance(desk.refusal(window_end - MINUTE), errors.WindowOpen)
    assert desk.decide(window_end) == 1


def test_an_extension_is_counted(desk: told.Desk) -> None:
    desk.noticed()
    order(desk, STOPPED, "extension", length=3, unit="workdays")
    window_end = told.at("2026-03-13T00:00")
    assert isinstance(desk.refusal(window_end - MINUTE), errors.WindowOpen)
    assert desk.decide(window_end) == 1


@pytest.mark.parametrize("limits", [["make_decision"], ["objection_window_tax"], []])
def test_what_is_about_other_limits_does_not_touch_it(desk: told.Desk, limits: list[str]) -> None:
    desk.noticed()
    order(desk, STOPPED, limits=limits)
    assert desk.decide(told.WINDOW_END) == 1


def test_what_is_about_every_limit_does(desk: told.Desk) -> None:
    desk.noticed()
    order(desk, STOPPED, limits=None)
    assert isinstance(desk.refusal(), errors.WindowOpen)


def test_an_order_that_comes_after_the_end_does_not_open_it_again(desk: told.Desk) -> None:
    desk.noticed()
    order(desk, told.WINDOW_END, starts_at=STOPPED)
    assert desk.decide(told.WINDOW_END + MINUTE) == 1


def test_nothing_is_late_while_it_stands_still(desk: told.Desk) -> None:
    desk.noticed()
    order(desk, STOPPED)
    desk.object(told.at("2026-03-20T09:00"))
    assert not desk.late


def test_what_comes_after_an_end_that_stood_is_late(desk: told.Desk) -> None:
    desk.noticed()
    order(desk, told.at("2026-03-11T09:00"))
    desk.object(told.at("2026-03-20T09:00"))
    assert desk.late


def test_a_window_opened_while_the_clock_stands_still_is_not_over(desk: told.Desk) -> None:
    document_id = desk.announce()
    desk.serve(document_id)
    order(desk, told.at("2026-02-28T09:00"), limits=None)
    assert desk.open_window() > told.SERVED
    assert isinstance(desk.refusal(told.at("2026-06-01T09:00")), errors.WindowOpen)


def test_the_checklist_of_a_decided_case_is_told_as_it_stood(desk: told.Desk) -> None:
    desk.noticed()
    desk.decide()
    order(desk, told.DECIDING + timedelta(days=1), starts_at=STOPPED)
    assert desk.checks(told.DECIDING + timedelta(days=2))["INV-01b"].met


def test_a_pause_ends_once(desk: told.Desk) -> None:
    pause_id = order(desk, STOPPED)
    assert end(desk, pause_id, STOPPED + MINUTE)
    assert not end(desk, pause_id, STOPPED + 2 * MINUTE)
    with desk.at(told.DECIDING) as tx:
        (row,) = pauses.of_case(tx, desk.case_id)
        assert desk.case(tx)["pauses"] == 1
    assert row["ends_at"] == STOPPED + MINUTE


def test_a_row_is_read_as_the_count_takes_it(desk: told.Desk) -> None:
    order(desk, STOPPED, "extension", length=3, unit="days")
    with desk.at(told.DECIDING) as tx:
        (row,) = pauses.of_case(tx, desk.case_id)
    wanted = deadlines.Pause("extension", STOPPED, STOPPED, None, 3, "days")
    assert pauses.read(row) == wanted
    assert not pauses.is_open(row)


@pytest.mark.parametrize(
    ("limits", "covered"), [(None, True), (["a"], True), (["b"], True), (["c"], False), ([], False)]
)
def test_an_order_names_limits_by_id_or_by_family(limits: Any, covered: bool) -> None:
    row: Row = {"limits": limits}
    assert pauses.covers(row, "a", "b") is covered
