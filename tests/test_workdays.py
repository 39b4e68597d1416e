"""The working calendar against the published one, day by day."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import errors, settings, workdays

CALENDAR = workdays.load_calendars(settings.LAW / "calendar")
ENGLISH = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-autumn Festival",
    "国庆节": "National Day",
}
DAYS = st.dates(date(2023, 12, 1), date(2028, 6, 30))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(("year", "working"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_published_year_agrees_with_the_published_arrangement_on_every_day(year, working):
    for day in days_of(year):
        known = CALENDAR.kind_of(day)
        assert known.is_workday == chinese_calendar.is_workday(day), day
        assert not known.provisional
        if known.kind in ("holiday", "makeup"):
            assert ENGLISH[known.name] == chinese_calendar.get_holiday_detail(day)[1], day
        else:
            assert chinese_calendar.get_holiday_detail(day)[1] is None or day.weekday() >= 5, day
    assert sum(CALENDAR.is_workday(day) for day in days_of(year)) == working


def test_the_make_up_workdays_of_the_spring_festival_2026_are_working_saturdays():
    for day in (date(2026, 2, 14), date(2026, 2, 28)):
        assert day.weekday() == 5
        assert CALENDAR.kind_of(day) == workdays.Day("makeup", "春节", provisional=False)


def test_a_day_is_a_workday_a_weekend_a_holiday_or_a_make_up_day():
    kinds = {
        date(2026, 3, 2): workdays.Day("workday", "", provisional=False),
        date(2026, 3, 7): workdays.Day("weekend", "周六", provisional=False),
        date(2026, 10, 1): workdays.Day("holiday", "国庆节", provisional=False),
        date(2026, 10, 10): workdays.Day("makeup", "国庆节", provisional=False),
    }
    assert {day: CALENDAR.kind_of(day) for day in kinds} == kinds


def test_a_year_without_a_published_arrangement_is_provisional_on_every_day():
    assert not CALENDAR.years[2027].official
    assert all(CALENDAR.kind_of(day).provisional for day in days_of(2027))
    assert CALENDAR.kind_of(date(2027, 2, 6)).kind == "holiday"
    assert not any(CALENDAR.kind_of(day).kind == "makeup" for day in days_of(2027))


def test_a_day_beyond_the_loaded_years_is_known_by_its_weekday_only():
    assert CALENDAR.kind_of(date(2031, 10, 1)) == workdays.Day("workday", "", provisional=True)
    assert CALENDAR.kind_of(date(2031, 10, 4)) == workdays.Day("weekend", "周六", provisional=True)


def test_the_calendar_names_the_version_of_every_year():
    assert CALENDAR.version == "2024-1 2025-1 2026-1 2027-0"
    assert all("国办发明电" in CALENDAR.years[year].source for year in (2024, 2025, 2026))


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_workdays_counted_in_two_parts_add_up(day, some, more):
    middle, end = day + timedelta(days=some), day + timedelta(days=some + more)
    parts = (
        workdays.count_workdays(day, middle, CALENDAR),
        workdays.count_workdays(middle, end, CALENDAR),
    )
    assert sum(parts) == workdays.count_workdays(day, end, CALENDAR)


@given(DAYS)
def test_the_next_workday_is_the_only_workday_of_the_span_it_closes(day):
    following = workdays.next_workday(day, CALENDAR)
    assert CALENDAR.is_workday(following)
    assert workdays.count_workdays(day, following, CALENDAR) == 1


WRITTEN = """
year: 2026
version: 2026-9
source: 试验
official: true
rest:
  - {{day: {rest}, name: 春节}}
work:
  - {{day: {work}, name: 春节}}
"""


def test_a_calendar_file_is_read_as_written():
    year = workdays.read_year(WRITTEN.format(rest="2026-02-16", work="2026-02-14"))
    assert year.rest == {date(2026, 2, 16): "春节"}
    assert year.work == {date(2026, 2, 14): "春节"}


@pytest.mark.parametrize(
    ("rest", "work", "complaint"),
    [
        ("2025-02-16", "2026-02-14", "2025-02-16 不在2026年"),
        ("2026-02-14", "2026-02-14", "2026-02-14 既放假又上班"),
        ("2026-02-16", "2026-02-13", "2026-02-13 本来就是工作日"),
        ("二月十六", "2026-02-14", "二月十六 不是日期"),
    ],
)
def test_a_faulty_calendar_file_is_refused_with_the_faulty_day(rest, work, complaint):
    with pytest.raises(errors.LawFaulty, match=complaint):
        workdays.read_year(WRITTEN.format(rest=rest, work=work))


@pytest.mark.parametrize("text", ["", "year: 2026", "rest: [", "- 1"])
def test_a_calendar_file_without_its_parts_is_refused(text):
    with pytest.raises(errors.LawFaulty):
        workdays.read_year(text)


def test_a_calendar_that_does_not_say_it_is_official_is_provisional():
    written = WRITTEN.format(rest="2026-02-16", work="2026-02-14").replace("true", "是")
    calendar = workdays.build_calendar([workdays.read_year(written)])
    assert calendar.kind_of(date(2026, 3, 2)).provisional


def test_two_calendars_of_one_year_are_refused():
    year = CALENDAR.years[2026]
    with pytest.raises(errors.LawFaulty, match="2026年的工作日历有两份"):
        workdays.build_calendar([year, year])
