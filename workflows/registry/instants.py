"""Instants and days as facts carry them (ISO text), read strictly."""

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
