"""From an act to the end of its limit, day by day, each day with its reason."""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from workflows import workdays
from workflows.deadlines.limits import Limit

NOT_SHORTENED = "重新计算的结果早于已经告知的期限，维持原期限，不得缩短"


@dataclass(frozen=True)
class Interval:
    """A suspension (中止) from `start` until `end`, aware instants, the end exclusive."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"中止的开始须早于结束：{self.start} — {self.end}")

    def touches(self, day: date) -> bool:
        return self.start < midnight(day + workdays.ONE_DAY) and midnight(day) < self.end


@dataclass(frozen=True)
class Step:
    """One day looked at. `ordinal`: its number in the count, for a day counted by number."""

    day: date
    counted: bool
    ordinal: int | None
    reason: str


@dataclass(frozen=True)
class Deadline:
    """A computed limit. `due_at` is the exclusive end in office time: acts before it are in time.

    `provisional`: rests on a year whose holidays are not announced; recompute it when they are.
    """

    limit_id: str
    family: str
    name: str
    amount: str
    basis: str
    confidence: str
    start: datetime
    last_day: date
    due_at: datetime
    provisional: bool
    limit_version: str
    calendar_version: str
    steps: tuple[Step, ...]


def midnight(day: date) -> datetime:
    """Tell the instant at which `day` begins in the office."""
    return datetime.combine(day, time(), workdays.OFFICE)


def office_day(instant: datetime) -> date:
    """Tell the office's date at an aware instant; a naive one is a programming error."""
    if instant.tzinfo is None:
        raise ValueError(f"时刻必须带时区：{instant}")
    return instant.astimezone(workdays.OFFICE).date()


def compute(
    limit: Limit,
    start: datetime,
    calendar: workdays.Calendar,
    suspended: Sequence[Interval] = (),
) -> Deadline:
    """Compute when `limit` ends if it starts to run by an act at `start` (aware, any zone).

    The day of the act is not counted (民法典201); months and years end on the corresponding day or
    the month's last (202); the last day ends at 24:00 unless the limit says otherwise (203). A
    limit that rolls ends on the first workday after a rest day (民事诉讼法85). A day touched by a
    suspension is not counted, what remains is kept.
    """
    first = Step(office_day(start), counted=False, ordinal=None, reason="开始的当日不计入")
    if limit.unit in ("workdays", "days"):
        count = count_days(first.day, limit.length, limit.unit, calendar, suspended)
    else:
        count = _reach_corresponding_day(limit, first.day, suspended)
    rolled = roll(count[-1].day, calendar, suspended) if limit.roll == "next_workday" else []
    last_day = (rolled or count)[-1].day
    asked = [step.day for step in count] if limit.unit == "workdays" else []
    asked += [count[-1].day, *(step.day for step in rolled)] if limit.roll != "none" else []
    return Deadline(
        limit_id=limit.id,
        family=limit.family,
        name=limit.name,
        amount=limit.amount,
        basis=limit.basis,
        confidence=limit.confidence,
        start=start.astimezone(workdays.OFFICE),
        last_day=last_day,
        due_at=close(last_day, limit.business_close),
        provisional=any(calendar.kind_of(day).provisional for day in asked),
        limit_version=limit.version,
        calendar_version=calendar.version,
        steps=(first, *count, *rolled),
    )


def count_days(
    day: date,
    length: int,
    unit: str,
    calendar: workdays.Calendar,
    suspended: Sequence[Interval],
) -> list[Step]:
    """Look at the days after `day` until `length` of them have counted; workdays or all days."""
    steps: list[Step] = []
    ordinal = 0
    while ordinal < length:
        day += workdays.ONE_DAY
        known = calendar.kind_of(day)
        if _is_suspended(day, suspended):
            steps.append(_passed_over(day, "期间中止"))
        elif unit == "workdays" and not known.is_workday:
            steps.append(_passed_over(day, _rest_reason(known)))
        else:
            ordinal += 1
            reason = _work_reason(known) if unit == "workdays" else "自然日"
            steps.append(Step(day, counted=True, ordinal=ordinal, reason=reason))
    return steps


def _reach_corresponding_day(
    limit: Limit, first: date, suspended: Sequence[Interval]
) -> list[Step]:
    """Go to the corresponding day; a suspension puts off a term, but not a fixed reporting day."""
    if limit.unit == "day_of_month":
        end = _next_day_of_month(first, limit.length)
        return [Step(end, counted=True, ordinal=None, reason=f"每月{limit.length}日")]
    if limit.unit == "day_of_week":
        ahead = (limit.length - first.isoweekday() - 1) % 7 + 1
        end = first + ahead * workdays.ONE_DAY
        return [Step(end, counted=True, ordinal=None, reason=limit.amount)]
    steps: list[Step] = []
    day = first
    remaining = (_add_months(first, _in_months(limit)) - first).days
    while remaining:
        day += workdays.ONE_DAY
        if _is_suspended(day, suspended):
            steps.append(_passed_over(day, "期间中止"))
        else:
            remaining -= 1
    reason = f"满{limit.amount}的对应日" + ("，中止的日数顺延" if steps else "")
    return [*steps, Step(day, counted=True, ordinal=None, reason=reason)]


def roll(day: date, calendar: workdays.Calendar, suspended: Sequence[Interval]) -> list[Step]:
    """Put off an end on a rest day to the first workday after it (民事诉讼法85, 民法典203)."""
    steps: list[Step] = []
    known = calendar.kind_of(day)
    while not known.is_workday or _is_suspended(day, suspended):
        day += workdays.ONE_DAY
        known = calendar.kind_of(day)
        if _is_suspended(day, suspended):
            steps.append(_passed_over(day, "期间中止"))
        elif known.is_workday:
            steps.append(_passed_over(day, "届满日遇休假日，顺延至此"))
        else:
            steps.append(_passed_over(day, _rest_reason(known)))
    return steps


def _passed_over(day: date, reason: str) -> Step:
    return Step(day, counted=False, ordinal=None, reason=reason)


def _is_suspended(day: date, suspended: Sequence[Interval]) -> bool:
    return any(interval.touches(day) for interval in suspended)


def _rest_reason(known: workdays.Day) -> str:
    return f"{known.name}放假" if known.kind == "holiday" else f"{known.name}休息"


def _work_reason(known: workdays.Day) -> str:
    return f"{known.name}调休上班" if known.kind == "makeup" else "工作日"


def _in_months(limit: Limit) -> int:
    return limit.length * (12 if limit.unit == "years" else 1)


def _add_months(day: date, count: int) -> date:
    """Give the corresponding day `count` months on, or that month's last day (民法典202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _next_day_of_month(first: date, number: int) -> date:
    this = _day_of_month(first, number)
    return this if this > first else _day_of_month(_add_months(first.replace(day=1), 1), number)


def _day_of_month(month: date, number: int) -> date:
    return month.replace(day=min(number, months.monthrange(month.year, month.month)[1]))


def close(day: date, business_close: str) -> datetime:
    """Tell when a last day ends: at 24:00 unless the limit says otherwise (民法典203)."""
    hours, minutes = business_close.split(":")
    return midnight(day) + timedelta(hours=int(hours), minutes=int(minutes))


def recompute(
    old: Deadline,
    limit: Limit,
    calendar: workdays.Calendar,
    suspended: Sequence[Interval] = (),
) -> Deadline:
    """Compute again, under a newer calendar or with suspensions; never to an earlier end (INV-21).

    Hand over every suspension of the limit, those already counted too.
    """
    return later(old, compute(limit, old.start, calendar, suspended))


def later(old: Deadline, new: Deadline) -> Deadline:
    """`new`, but never with an earlier end than `old` has told (INV-21)."""
    if new.due_at >= old.due_at:
        return new
    kept = _passed_over(old.last_day, NOT_SHORTENED)
    return replace(new, last_day=old.last_day, due_at=old.due_at, steps=(*new.steps, kept))


CONFIDENCE = {
    "V": "已核对原文",
    "H": "内容可靠，未核对原文",
    "M": "条款待核实",
    "L": "法律未定，为可配置的默认值，待确认",
}
"""What a confidence mark tells a reader."""


def explain(deadline: Deadline) -> list[str]:
    """Say in Chinese how the end was found: a head line, a line for each day, the law."""
    ends = f"{deadline.due_at:%H:%M}" if deadline.due_at.time() != time() else "24:00"
    marks = [
        CONFIDENCE[deadline.confidence],
        f"期限版本 {deadline.limit_version}",
        f"日历版本 {deadline.calendar_version}",
    ]
    return [
        f"{deadline.name}（{deadline.amount}）：自{deadline.start:%Y-%m-%d %H:%M}起算，"
        f"至{_written(deadline.last_day)}{ends}届满"
        + ("（暂定，所涉年份的放假安排尚未公布）" if deadline.provisional else ""),
        *(_line(step) for step in deadline.steps),
        f"依据：{deadline.basis}（{'，'.join(marks)}）",
    ]


def _line(step: Step) -> str:
    if step.ordinal:
        return f"{_written(step.day)} 第{step.ordinal}日 {step.reason}"
    return f"{_written(step.day)} {'届满' if step.counted else '不计'} {step.reason}"


def _written(day: date) -> str:
    return f"{day}（{workdays.WEEKDAYS[day.weekday()]}）"


def in_window_from(limit: Limit, as_of: date) -> date:
    """Find the earliest day an act may have and still lie in a window of months or years (DP-W1).

    The window includes the day of correspondence (民法典1259: 以内 includes the number itself).
    """
    earliest = _add_months(as_of, -_in_months(limit))
    if _add_months(earliest, _in_months(limit)) < as_of:
        return earliest + workdays.ONE_DAY
    return earliest


def counts_in_window(decided_on: date, as_of: date, years: int = 3) -> bool:
    """Say whether an act of `decided_on` counts on `as_of`: until its anniversary, included."""
    return decided_on <= as_of <= _add_months(decided_on, 12 * years)
