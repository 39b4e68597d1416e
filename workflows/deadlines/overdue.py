"""How long is left, and who is told when a limit runs out or has run out (D18)."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

import yaml

from workflows import errors, workdays
from workflows.deadlines import counting

Action = Literal[
    "remind_assignee",
    "due",
    "notify_supervisor",
    "supervision_letter",
    "interview",
    "report_government",
]
Unit = Literal["workdays", "days"]


@dataclass(frozen=True)
class DaysLeft:
    """Days from today to the last day: 0 on the last day itself, negative after it."""

    workdays: int
    days: int
    overdue: bool


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: `offset` full days before (negative) or after the end."""

    offset: int
    unit: Unit
    action: Action
    label: str
    basis: str
    confidence: str


def _last_day(due_at: datetime) -> date:
    return counting.office_day(due_at - timedelta(microseconds=1))


def days_left(due_at: datetime, now: datetime, calendar: workdays.Calendar) -> DaysLeft:
    """Count from `now` to the last day before `due_at`, in workdays and in calendar days."""
    today, last_day = counting.office_day(now), _last_day(due_at)
    return DaysLeft(
        workdays=workdays.count_workdays(today, last_day, calendar)
        - workdays.count_workdays(last_day, today, calendar),
        days=(last_day - today).days,
        overdue=now >= due_at,
    )


def read_ladder(text: str) -> tuple[Rung, ...]:
    """Read the ladder (YAML, a list under `steps`); raises `LawFaulty`.

    Offsets must rise and share one unit, so that no two steps fall on one instant.
    """
    try:
        rungs = tuple(Rung(**row) for row in yaml.safe_load(text)["steps"])
    except (yaml.YAMLError, TypeError, KeyError) as fault:
        raise errors.LawFaulty(f"督办阶梯缺少或写错一项：{fault}") from fault
    complaints = [
        *(f"{rung.action} 不是规定的动作" for rung in rungs if rung.action not in get_args(Action)),
        *(f"{rung.unit} 不是规定的单位" for rung in rungs if rung.unit not in get_args(Unit)),
    ]
    if len({rung.unit for rung in rungs}) > 1:
        complaints.append("各级须用同一单位")
    if any(lower.offset >= upper.offset for lower, upper in itertools.pairwise(rungs)):
        complaints.append("各级的 offset 须依次增大")
    if complaints:
        raise errors.LawFaulty(f"督办阶梯：{'；'.join(complaints)}")
    return rungs


def load_ladder(path: Path) -> tuple[Rung, ...]:
    return read_ladder(path.read_text("utf-8"))


def ladder(
    steps: Sequence[Rung], due_at: datetime, calendar: workdays.Calendar
) -> list[tuple[datetime, Rung]]:
    """Place every step in time, earliest first."""
    return [(_instant(step, due_at, calendar), step) for step in steps]


def next_step(
    steps: Sequence[Rung], due_at: datetime, after: datetime | None, calendar: workdays.Calendar
) -> tuple[datetime, Rung] | None:
    """Give the first step later than `after` (None: the very first); None when there is none."""
    placed = ladder(steps, due_at, calendar)
    return next(((at, step) for at, step in placed if after is None or at > after), None)


def _instant(step: Rung, due_at: datetime, calendar: workdays.Calendar) -> datetime:
    """Add full days to the end: -1 leaves one whole (work)day before it, 1 lets one go by after."""
    if step.unit == "days":
        return due_at + step.offset * workdays.ONE_DAY
    day = _last_day(due_at)
    if step.offset == 0:
        return due_at
    if step.offset > 0:
        for _ in range(step.offset):
            day = workdays.next_workday(day, calendar)
        return counting.midnight(day + workdays.ONE_DAY)
    seen = 0
    while True:
        seen += calendar.is_workday(day)
        if seen == -step.offset:
            return counting.midnight(day)
        day -= workdays.ONE_DAY
