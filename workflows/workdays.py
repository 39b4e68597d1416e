"""Which days the office works: the State Council's yearly calendar as data, read and asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

import yaml

from workflows import errors

OFFICE = timezone(timedelta(hours=8))
"""Law counts days at +08:00, wherever the machine stands."""

ONE_DAY = timedelta(days=1)
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

Kind = Literal["workday", "weekend", "holiday", "makeup"]


@dataclass(frozen=True)
class Day:
    """What one day is. `name`: the holiday it belongs to, or 周六/周日, or nothing."""

    kind: Kind
    name: str
    provisional: bool

    @property
    def is_workday(self) -> bool:
        return self.kind in ("workday", "makeup")


@dataclass(frozen=True)
class Year:
    """One year's notice. `rest`: days off; `work`: make-up workdays (调休上班); day → holiday."""

    year: int
    version: str
    source: str
    official: bool
    rest: Mapping[date, str]
    work: Mapping[date, str]


@dataclass(frozen=True)
class Calendar:
    """The loaded years. A day of a year not loaded or not official is known provisionally."""

    years: Mapping[int, Year]

    def kind_of(self, day: date) -> Day:
        """Tell what `day` is; without an announced year only weekends and statutory days rest."""
        year = self.years.get(day.year)
        provisional = year is None or not year.official
        if year and day in year.rest:
            return Day("holiday", year.rest[day], provisional)
        if year and day in year.work:
            return Day("makeup", year.work[day], provisional)
        if day.weekday() >= 5:
            return Day("weekend", WEEKDAYS[day.weekday()], provisional)
        return Day("workday", "", provisional)

    def is_workday(self, day: date) -> bool:
        return self.kind_of(day).is_workday

    @property
    def version(self) -> str:
        """The versions of all loaded years, oldest first: `2025-1 2026-1 2027-0`."""
        return " ".join(self.years[year].version for year in sorted(self.years))


def read_year(text: str) -> Year:
    """Read one calendar file (YAML); raises `LawFaulty` naming every faulty day."""
    try:
        written = yaml.safe_load(text)
        year = Year(
            year=int(written["year"]),
            version=str(written["version"]),
            source=str(written["source"]),
            official=written["official"] is True,
            rest=_named_days(written["rest"]),
            work=_named_days(written["work"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as fault:
        raise errors.LawFaulty(f"工作日历缺少或写错一项：{fault}") from fault
    complaints = [
        *(f"{day} 不在{year.year}年" for day in (*year.rest, *year.work) if day.year != year.year),
        *(f"{day} 既放假又上班" for day in year.rest if day in year.work),
        *(f"{day} 本来就是工作日，不必调休上班" for day in year.work if day.weekday() < 5),
    ]
    if complaints:
        raise errors.LawFaulty(f"{year.year}年工作日历：{'；'.join(complaints)}")
    return year


def _named_days(rows: list[dict[str, Any]]) -> dict[date, str]:
    for row in rows:
        if type(row["day"]) is not date:
            raise ValueError(f"{row['day']} 不是日期")
    return {row["day"]: str(row["name"]) for row in rows}


def build_calendar(years: Iterable[Year]) -> Calendar:
    """Put years together; raises `LawFaulty` when a year is given twice."""
    known: dict[int, Year] = {}
    for year in years:
        if year.year in known:
            raise errors.LawFaulty(f"{year.year}年的工作日历有两份")
        known[year.year] = year
    return Calendar(known)


def load_calendars(folder: Path) -> Calendar:
    """Read every `<year>.yaml` in `folder`."""
    return build_calendar(read_year(path.read_text("utf-8")) for path in folder.glob("*.yaml"))


def next_workday(day: date, calendar: Calendar) -> date:
    """Find the first workday after `day`."""
    day += ONE_DAY
    while not calendar.is_workday(day):
        day += ONE_DAY
    return day


def count_workdays(after: date, until: date, calendar: Calendar) -> int:
    """Count the workdays in (after, until]; nothing when `until` is not later."""
    days = range(1, (until - after).days + 1)
    return sum(calendar.is_workday(after + ONE_DAY * number) for number in days)
