"""A limit as a person sees it: the last day, what is left, and how the days were counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from workflows import deadlines, procedures
from workflows.registry import pauses


@dataclass(frozen=True)
class Day:
    """One day of the count: `ordinal` where it counts, None where it was passed over, and why."""

    day: date
    ordinal: int | None
    reason: str


@dataclass(frozen=True)
class Due:
    """A limit. `due_at` is the exclusive end: acts before it are in time. `workdays` < 0 is late.

    `status`: running | suspended | interrupted | ended; while the clock stands still nothing is
    late. `days` is empty where the instant was set without a limit.
    """

    name: str
    basis: str
    confidence: str
    starts_at: datetime | None
    due_at: datetime
    last_day: date
    workdays: int
    overdue: bool
    provisional: bool
    status: str
    ended_at: datetime | None
    element: str
    days: tuple[Day, ...]


def of_limit(row: Mapping[Any, Any], now: datetime) -> Due:
    """From a row of `deadlines`; a limit that ended is measured at its end."""
    left = _left(row["due_at"], row["ended_at"] or now)
    return Due(
        name=row["name"],
        basis=row["basis"],
        confidence=row["confidence"],
        starts_at=row["starts_at"],
        due_at=row["due_at"],
        last_day=_last_day(row["due_at"]),
        workdays=left.workdays,
        overdue=left.overdue and row["status"] not in pauses.STOPPED,
        provisional=row["provisional"],
        status=row["status"],
        ended_at=row["ended_at"],
        element=row["element"],
        days=tuple(Day(date.fromisoformat(day), no, why) for day, no, why in row["steps"] or ()),
    )


def of_task(due_at: datetime | None, limit: Mapping[Any, Any], now: datetime) -> Due | None:
    """The due date of a task: by its limit where it rests on one, else the bare instant."""
    if limit["id"] is not None:
        return of_limit(limit, now)
    return of_instant(due_at, now) if due_at else None


def limit_columns(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The columns of `deadlines` that a statement selected with the prefix limit_."""
    return {key[6:]: row[key] for key in row if key.startswith("limit_")}


def days_on(now: datetime, days: int) -> datetime:
    """The instant so many calendar days on."""
    return now + timedelta(days=days)


def of_instant(due_at: datetime, now: datetime) -> Due:
    """From a bare instant that rests on no limit of the law."""
    left = _left(due_at, now)
    return Due(
        name="",
        basis="",
        confidence="",
        starts_at=None,
        due_at=due_at,
        last_day=_last_day(due_at),
        workdays=left.workdays,
        overdue=left.overdue,
        provisional=False,
        status="running",
        ended_at=None,
        element="",
        days=(),
    )


def _left(due_at: datetime, at: datetime) -> deadlines.DaysLeft:
    return deadlines.days_left(due_at, at, procedures.calendar())


def _last_day(due_at: datetime) -> date:
    return (due_at - timedelta(microseconds=1)).date()
