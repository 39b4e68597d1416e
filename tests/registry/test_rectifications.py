"""Rectifications: a reasonable day, told extensions, and somebody else who verifies."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry import told
from workflows import errors
from workflows.registry import law, rectifications

WANG, ZHAO = 1, 3


def opened(desk: told.Desk, **changes: Any) -> int:
    said: dict[str, Any] = {
        "cause": "检查发现的问题",
        "requirements": ["停止销售", "召回"],
        "due_on": date(2026, 3, 20),
        "drafted_by": WANG,
    }
    with desk.at(told.SERVED) as tx:
        return rectifications.open_rectification(tx, desk.case(tx), **{**said, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"requirements": []},
        {"requirements": ["", "  "]},
        {"cause": " "},
        {"due_on": date(2026, 3, 2)},
        {"due_on": date(2020, 1, 1)},
    ],
)
def test_demands_need_a_cause_words_and_time(desk: told.Desk, changes: dict[str, Any]) -> None:
    with pytest.raises(errors.RectificationUnlawful):
        opened(desk, **changes)


def test_the_next_workday_is_the_earliest() -> None:
    friday = told.at("2026-03-06T09:00")
    rectifications.check_due(date(2026, 3, 9), friday)
    with pytest.raises(errors.RectificationUnlawful):
        rectifications.check_due(date(2026, 3, 8), friday)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(0, 30))
def test_there_is_always_a_whole_workday_before_the_end(day: date, days: int) -> None:
    now = told.at(f"{day}T17:00")
    due = date.fromordinal(day.toordinal() + days)
    try:
        rectifications.check_due(due, now)
    except errors.RectificationUnlawful:
        return
    between = [date.fromordinal(one) for one in range(day.toordinal() + 1, due.toordinal() + 1)]
    assert any(law.calendar().is_workday(one) for one in between)


def test_an_interview_of_somebody_else_is_not_cited(desk: told.Desk) -> None:
    opened(desk, interview_id=10**6)
    with desk.store.reading() as tx:
        assert rectifications.of_case(tx, 1)["interview_id"] is None


def test_every_extension_stays_told_and_only_goes_forward(desk: told.Desk) -> None:
    opened(desk)
    with desk.at(told.DECIDING) as tx:
        end = rectifications.extend(tx, 1, date(2026, 3, 25), "物流延误", "赵局长")
        assert end == told.at("2026-03-26T00:00")
        for due, reason in ((date(2026, 3, 25), "再延"), (date(2026, 4, 1), " ")):
            with pytest.raises(errors.RectificationUnlawful):
                rectifications.extend(tx, 1, due, reason, "赵局长")
        rectifications.extend(tx, 1, date(2026, 4, 1), "再延", "赵局长")
        [first, second] = rectifications.of_case(tx, 1)["extensions"]
    assert (first["from"], first["to"], second["to"]) == ("2026-03-20", "2026-03-25", "2026-04-01")


def test_it_is_overdue_at_midnight_and_not_before(desk: told.Desk) -> None:
    opened(desk)
    with desk.at(told.at("2026-03-20T23:59:59")) as tx, pytest.raises(errors.RectificationUnlawful):
        rectifications.mark_overdue(tx, 1)
    with desk.at(told.at("2026-03-21T00:00")) as tx:
        rectifications.mark_overdue(tx, 1)
        assert rectifications.of_case(tx, 1)["status"] == "overdue"


@pytest.mark.parametrize("by", [WANG, None])
def test_who_demanded_it_or_nobody_does_not_verify_it(desk: told.Desk, by: int | None) -> None:
    opened(desk)
    with pytest.raises(errors.FourEyes), desk.at(told.DECIDING) as tx:
        rectifications.verify(tx, 1, done=True, finding="已核对", by=by)


def test_what_is_closed_stays_closed(desk: told.Desk) -> None:
    opened(desk)
    with desk.at(told.DECIDING) as tx:
        with pytest.raises(errors.RectificationUnlawful):
            rectifications.verify(tx, 1, done=True, finding=" ", by=ZHAO)
        rectifications.verify(tx, 1, done=False, finding="仍在销售", by=ZHAO)
        for act in (
            lambda: rectifications.verify(tx, 1, done=True, finding="改了", by=ZHAO),
            lambda: rectifications.extend(tx, 1, date(2026, 4, 1), "再延", "赵局长"),
            lambda: rectifications.report(tx, 1, "改了", []),
            lambda: rectifications.withdraw(tx, 1, "算了"),
        ):
            with pytest.raises(errors.RectificationUnlawful):
                act()
        assert rectifications.of_case(tx, 1)["status"] == "failed"
