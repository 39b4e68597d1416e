"""Instants and days as facts carry them (ISO text), read strictly."""

import calendar
from datetime import date, datetime, time, timedelta
from typing import Any

from workflows import errors
from workflows.workdays import OFFICE


def read_instant(value: Any, name: str) -> datetime:
    """An aware instant in office time from ISO text or a datetime; refused when it is naive."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise errors.NotExpected(f"{name}“{value}”不是时刻") from None
    if at.tzinfo is None:
        raise errors.NotExpected(f"{name}“{value}”没有时区，应形如 2026-03-02T09:00:00+08:00")
    return at.astimezone(OFFICE)


def read_day(value: Any, name: str) -> date:
    """A day from ISO text, a date, or the office day of an instant."""
    if isinstance(value, datetime):
        return value.astimezone(OFFICE).date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise errors.NotExpected(f"{name}“{value}”不是日期，应形如 2026-03-02") from None


def made_at(postmark: Any, received_at: datetime, what: str) -> datetime:
    """When something was asked for: the day of the postmark where it came by post.

    What was posted before the end of a period is in time (民事诉讼法第八十五条第四款).
    """
    if not postmark:
        return received_at
    day = read_day(postmark, "邮戳日期")
    if day > office_day(received_at):
        raise errors.NotExpected(f"邮戳日期 {day} 晚于收到{what}的时间，请核对")
    return min(received_at, datetime.combine(day, time(), OFFICE))


def office_day(at: datetime) -> date:
    """The office's date at an instant."""
    return at.astimezone(OFFICE).date()


def write_instant(at: datetime) -> str:
    """ISO text at +08:00, as facts carry it."""
    return at.astimezone(OFFICE).isoformat()


def say_instant(at: datetime) -> str:
    """`2026年3月10日 00:00` for people."""
    here = at.astimezone(OFFICE)
    return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"


def say_end(at: datetime) -> str:
    """The exclusive end of a period for people: midnight is 24:00 of the last day."""
    here = at.astimezone(OFFICE)
    if here.time() != time():
        return say_instant(here)
    return f"{say_instant(here - timedelta(days=1))[:-5]}24:00"


def noon(day: date) -> datetime:
    """An instant well within the office's day."""
    return datetime.combine(day, time(12), OFFICE)


def add_months(day: date, count: int) -> date:
    """The corresponding day `count` months on, or that month's last (民法典202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
