"""中止、中断、延长: a limit counted again from its start with all that stopped or lengthened it.

中止 keeps what remained; after 中断 the limit runs anew, in full; 延长 adds to a limit that runs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from workflows import workdays
from workflows.deadlines import counting
from workflows.deadlines.counting import Deadline, Interval, Step
from workflows.deadlines.limits import Limit

Kind = Literal["suspension", "interruption", "extension"]
KINDS = {"suspension": "中止", "interruption": "中断", "extension": "延长"}
"""Kind → what the law calls it."""

UNITS = {"workdays": "个工作日", "days": "日"}
"""What an extension is counted in."""

INSTANT = timedelta(microseconds=1)
MOVED = "期限经变更或者维持已告知的届满日"


@dataclass(frozen=True)
class Pause:
    """One 中止, 中断 or 延长 of a limit, aware instants; `ends_at` is None while it lasts.

    `length` of `unit` (workdays | days) is what an extension made at `made_at` adds.
    """

    kind: Kind
    made_at: datetime
    starts_at: datetime
    ends_at: datetime | None = None
    length: int = 0
    unit: str = "workdays"

    def lasts(self, at: datetime) -> bool:
        """Whether the clock stands still at `at` because of it."""
        return self.kind != "extension" and (self.ends_at is None or at < self.ends_at)


def is_stopped(pauses: Iterable[Pause], at: datetime) -> bool:
    """Whether the clock stands still at `at`: while it does, the limit has no end."""
    return any(one.lasts(at) for one in pauses)


def count(
    limit: Limit,
    start: datetime,
    calendar: workdays.Calendar,
    pauses: Sequence[Pause],
    now: datetime,
    moved: timedelta = timedelta(),
) -> Deadline:
    """Compute when `limit` ends if it began at `start`, with every pause it has known until `now`.

    What still lasts is taken to end now: the limit ends no earlier than is told. `moved`: by how
    much its end was moved by hand after all that. Steps tell each day and why it does not count.
    """
    known = [one for one in pauses if one.made_at <= now]
    begun, suspended = _begun(start, known, now), _intervals(known, now)
    counted = counting.compute(limit, begun, calendar, suspended)
    steps = [*_before(limit, start, begun, known), *counted.steps]
    for one in known:
        if one.kind == "extension" and one.made_at >= begun:
            steps += _extend(limit, steps[-1].day, one, calendar, suspended)
    found = replace(
        counted,
        start=start.astimezone(workdays.OFFICE),
        last_day=steps[-1].day,
        due_at=counting.close(steps[-1].day, limit.business_close),
        provisional=counted.provisional or _is_provisional(limit, steps, calendar),
        steps=tuple(steps),
    )
    return _move(found, moved, suspended) if moved else found


def known_while_running(
    limit: Limit,
    start: datetime,
    calendar: workdays.Calendar,
    pauses: Sequence[Pause],
    told_end: datetime,
) -> list[Pause]:
    """Those of the pauses that were made while the limit ran: an end that has passed stays passed.

    `told_end`: the end as it was last told, never earlier than what is counted (INV-21).
    """
    found: list[Pause] = []
    for one in sorted(pauses, key=lambda pause: pause.made_at):
        at = one.made_at
        end = count(limit, start, calendar, found, at).due_at
        if is_stopped(found, at) or at < max(end, told_end):
            found.append(one)
    return found


def moved_by(
    limit: Limit,
    start: datetime,
    calendar: workdays.Calendar,
    pauses: Sequence[Pause],
    now: datetime,
    due_at: datetime,
) -> timedelta:
    """By how much the end was moved where it is `due_at`: with it `count` gives that end.

    Where `due_at` lies on a suspended day, the end after it.
    """
    found, suspended = count(limit, start, calendar, pauses, now), _intervals(pauses, now)
    if due_at <= found.due_at:
        return due_at - found.due_at
    at, days = found.due_at, 0
    while at + workdays.ONE_DAY <= due_at:
        at, days = _next_day(at, suspended), days + 1
    return days * workdays.ONE_DAY + max(due_at - at, timedelta())


def _begun(start: datetime, pauses: Iterable[Pause], now: datetime) -> datetime:
    """When the count begins: by the act, or anew where the last interruption ended."""
    ends = (
        min(one.ends_at or now, now) for one in pauses if one.kind == "interruption"
    )  # fmt: skip
    return max((end for end in ends if end > start), default=start)


def _intervals(pauses: Iterable[Pause], now: datetime) -> list[Interval]:
    """What was suspended until now; today is touched as long as it lasts."""
    found: list[Interval] = []
    for one in pauses:
        end = (one.ends_at or now) if not one.lasts(now) else now + INSTANT
        if one.kind == "suspension" and one.starts_at < end:
            found.append(Interval(one.starts_at, end))
    return found


def _before(
    limit: Limit,
    start: datetime,
    begun: datetime,
    pauses: Sequence[Pause],
) -> list[Step]:
    """The days before a limit runs anew: looked at, and none of them counts any more."""
    if begun == start:
        return []
    first, last = counting.office_day(start), counting.office_day(begun)
    stopped = [
        Interval(one.starts_at, max(one.ends_at or begun, one.starts_at + INSTANT))
        for one in pauses
        if one.kind == "interruption"
    ]
    steps = [_passed(first, "开始的当日不计入")]
    if limit.unit not in UNITS:
        steps.append(_passed(counting.office_day(stopped[-1].start), "期间中断，已经过的期间作废"))
        return steps
    day = first + workdays.ONE_DAY
    while day < last:
        within = any(one.touches(day) for one in stopped)
        steps.append(_passed(day, "期间中断" if within else "中断以前经过，不再计算"))
        day += workdays.ONE_DAY
    return steps


def _extend(
    limit: Limit,
    day: date,
    pause: Pause,
    calendar: workdays.Calendar,
    suspended: Sequence[Interval],
) -> list[Step]:
    """Add the extension to a limit whose last day was `day`; it rolls as the limit does."""
    more = counting.count_days(day, pause.length, pause.unit, calendar, suspended)
    said = [replace(one, reason=f"延长，{one.reason}") if one.counted else one for one in more]
    rolled = limit.roll == "next_workday"
    return [*said, *(counting.roll(said[-1].day, calendar, suspended) if rolled else [])]


def _is_provisional(limit: Limit, steps: Sequence[Step], calendar: workdays.Calendar) -> bool:
    asked = steps if limit.unit == "workdays" else steps[-1:]
    return any(calendar.kind_of(one.day).provisional for one in asked)


def _move(found: Deadline, moved: timedelta, suspended: Sequence[Interval]) -> Deadline:
    """Its end put off, or brought forward, by `moved`; days of a suspension do not use it up."""
    days, rest = divmod(moved, workdays.ONE_DAY)
    due_at, steps = found.due_at, list(found.steps)
    for _ in range(days):
        due_at = _next_day(due_at, suspended)
    due_at += rest if days >= 0 else moved
    last_day = _last_day(due_at)
    return replace(
        found, last_day=last_day, due_at=due_at, steps=(*steps, _passed(last_day, MOVED))
    )


def _next_day(due_at: datetime, suspended: Sequence[Interval]) -> datetime:
    """An end put off by a day, and by the days of a suspension that follow."""
    due_at += workdays.ONE_DAY
    while any(one.touches(_last_day(due_at)) for one in suspended):
        due_at += workdays.ONE_DAY
    return due_at


def _last_day(due_at: datetime) -> date:
    return counting.office_day(due_at - INSTANT)


def _passed(day: date, reason: str) -> Step:
    return Step(day, counted=False, ordinal=None, reason=reason)
