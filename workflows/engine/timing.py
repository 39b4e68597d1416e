"""The only words a diagram may say about time: limit("…"), an instant, a fact, an ISO duration."""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from workflows import errors, workdays
from workflows.deadlines import Deadline

LimitFn = Callable[[str, datetime], Deadline]
"""Limit id and the instant it runs from → the computed Deadline."""

_NAME = r"[^\W\d]\w*"
_PATH = rf"{_NAME}(?:\.{_NAME})*"
_LIMIT = re.compile(
    rf"""limit\(\s*(?:"(?P<id>[\w.-]+)"|'(?P<id2>[\w.-]+)'|(?P<fact>{_PATH}))\s*"""
    rf"""(?:,\s*(?P<since>{_PATH})\s*)?\)"""
)
_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?"
)


@dataclass(frozen=True)
class Moment:
    """A time text understood: exactly one of limit, limit_fact, instant, duration, fact is set.

    `since` names the fact a limit runs from; `duration` is (years, months, weeks, days, hours,
    minutes, seconds).
    """

    limit: str | None = None
    limit_fact: str | None = None
    since: str | None = None
    instant: datetime | None = None
    duration: tuple[int, ...] | None = None
    fact: str | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The top-level facts the text names."""
        paths = (self.limit_fact, self.since, self.fact)
        return tuple(path.split(".")[0] for path in paths if path)


def read_moment(text: str) -> Moment | str:
    """The Moment of a timer's or due date's text, or the Chinese reason why it is not one."""
    said = _unwrap(text)
    if found := _LIMIT.fullmatch(said):
        return Moment(
            limit=found["id"] or found["id2"], limit_fact=found["fact"], since=found["since"]
        )
    if said.startswith(("P", "-P", "R")):
        parts = _DURATION.fullmatch(said)
        numbers = tuple(int(one or 0) for one in parts.groups()) if parts else ()
        if not any(numbers):
            return f"“{said}”不是正的ISO 8601时长（例如P3D、PT2H）；不支持循环和负时长"
        return Moment(duration=numbers)
    if said[:1].isdigit():
        instant = _instant(said)
        return Moment(instant=instant) if instant else f"“{said}”应为带时区的时刻（…+08:00）"
    if re.fullmatch(_PATH, said):
        return Moment(fact=said)
    return f'“{said}”不是时间：请写limit("期限编号")、limit("期限编号", 事实)、时刻、时长或者事实名'


def compute(
    text: str, facts: Mapping[str, Any], now: datetime, limit: LimitFn
) -> tuple[datetime, Deadline | None]:
    """When the text falls due, with the Deadline where a limit says so. Errors: TimeUnknown."""
    moment = read_moment(text)
    if isinstance(moment, str):
        raise errors.TimeUnknown(moment)
    if moment.instant:
        return moment.instant, None
    if moment.duration:
        return _add(now, moment.duration), None
    if moment.fact:
        return _fact_instant(moment.fact, facts), None
    name = moment.limit or _fact(moment.limit_fact or "", facts)
    if not isinstance(name, str):
        raise errors.TimeUnknown(f"事实“{moment.limit_fact}”不是期限编号")
    start = _fact_start(moment.since, facts) if moment.since else now
    deadline = limit(name, start)
    return deadline.due_at, deadline


def _unwrap(text: str) -> str:
    said = text.strip()
    if said.startswith(("${", "#{")) and said.endswith("}"):
        said = said[2:-1].strip()
    return said


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _fact(path: str, facts: Mapping[str, Any]) -> Any:
    value: Any = facts
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise errors.TimeUnknown(f"缺少事实“{path}”")
        value = value[part]  # pyright: ignore[reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]


def _fact_instant(path: str, facts: Mapping[str, Any]) -> datetime:
    value = _fact(path, facts)
    instant = _instant(value) if isinstance(value, str) else None
    if instant is None:
        raise errors.TimeUnknown(f"事实“{path}”应为带时区的时刻，实为“{value}”")
    return instant


def _fact_start(path: str, facts: Mapping[str, Any]) -> datetime:
    """The instant in a fact; a plain date means its first instant in office time."""
    value = _fact(path, facts)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = date.fromisoformat(value)
        return datetime(day.year, day.month, day.day, tzinfo=workdays.OFFICE)
    return _fact_instant(path, facts)


def _add(start: datetime, duration: tuple[int, ...]) -> datetime:
    """`start` plus an ISO duration, months by the office calendar, the day clamped to its month."""
    years, months, weeks, days, hours, minutes, seconds = duration
    local = start.astimezone(workdays.OFFICE)
    count = local.year * 12 + local.month - 1 + years * 12 + months
    year, month = count // 12, count % 12 + 1
    try:
        day = min(local.day, calendar.monthrange(year, month)[1])
        moved = local.replace(year=year, month=month, day=day)
        return moved + timedelta(
            weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
        )
    except (ValueError, OverflowError) as error:
        raise errors.TimeUnknown("时长超出可计算的范围") from error
