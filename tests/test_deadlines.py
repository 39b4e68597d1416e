"""Counting limits: the acceptance dates, the rules one by one, and laws that always hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import chinese_calendar
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from workflows import deadlines, settings, workdays

LIMITS = deadlines.load_limits(settings.LAW / "limits.yaml")
LADDER = deadlines.load_ladder(settings.LAW / "escalation.yaml")
CALENDAR = workdays.load_calendars(settings.LAW / "calendar")
ONE_DAY = timedelta(days=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=workdays.OFFICE)


def limit(length: int = 5, unit: Any = "workdays", **changes: Any) -> deadlines.Limit:
    return replace(
        deadlines.Limit(
            id="reply",
            name="答复期限",
            code="DP-X1",
            length=length,
            unit=unit,
            basis="办公期限（可配置）",
            confidence="L",
            status="draft-unverified",
            in_force_from=date(2020, 1, 1),
            family="reply",
        ),
        **changes,
    )


def compute(limit_id, start, *suspended):
    found = deadlines.find(LIMITS, limit_id, at(start).date())
    return deadlines.compute(found, at(start), CALENDAR, suspended)


def counted(deadline):
    return [step.day for step in deadline.steps if step.counted]


def suspension(start, end):
    return deadlines.Interval(at(start), at(end))


# The dates the acceptance scenarios ask for


def test_a_notice_served_on_monday_2_march_2026_leaves_five_workdays_until_24_00_of_the_9th():
    window = compute("objection_window", "2026-03-02T10:00")
    assert counted(window) == [date(2026, 3, day) for day in (3, 4, 5, 6, 9)]
    assert window.last_day == date(2026, 3, 9)
    assert window.due_at.isoformat() == "2026-03-10T00:00:00+08:00"
    assert not window.provisional


def test_the_window_of_11_february_2026_works_through_the_make_up_day_and_rests_at_new_year():
    window = compute("objection_window", "2026-02-11T10:00")
    assert counted(window) == [date(2026, 2, day) for day in (12, 13, 14, 24, 25)]
    assert window.due_at.isoformat() == "2026-02-26T00:00:00+08:00"


def test_the_make_up_saturday_after_new_year_is_counted():
    window = compute("objection_window", "2026-02-24T10:00")
    assert counted(window) == [
        *(date(2026, 2, day) for day in (25, 26, 27, 28)),
        date(2026, 3, 2),
    ]


def test_a_deadline_names_its_limit_its_law_and_the_versions_it_rests_on():
    window = compute("objection_window_market", "2026-03-02T10:00")
    assert (window.limit_id, window.family) == ("objection_window_market", "objection_window")
    assert "总局令第44号" in window.basis
    assert (window.confidence, window.limit_version) == ("M", "1")
    assert window.calendar_version == CALENDAR.version


# The rules one by one


@pytest.mark.parametrize("clock", ["00:00", "08:30", "23:59:59"])
def test_the_hour_of_the_act_does_not_matter(clock):
    assert compute("objection_window", f"2026-03-02T{clock}").due_at == at("2026-03-10T00:00")


def test_an_act_is_dated_by_the_office_and_not_by_the_zone_it_was_written_in():
    found = deadlines.find(LIMITS, "objection_window", date(2026, 3, 2))
    evening_in_utc = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)  # 2 March 00:00 in the office
    afternoon_in_utc = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # 3 March 00:00 in the office
    early = deadlines.compute(found, evening_in_utc, CALENDAR)
    late = deadlines.compute(found, afternoon_in_utc, CALENDAR)
    assert early.due_at == at("2026-03-10T00:00")
    assert late.due_at == at("2026-03-11T00:00")
    assert early.start.isoformat() == "2026-03-02T00:00:00+08:00"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="时刻必须带时区"):
        deadlines.compute(limit(), datetime(2026, 3, 2, 10), CALENDAR)  # noqa: DTZ001


def test_calendar_days_count_rest_days_but_do_not_end_on_one():
    window = compute("objection_window_tax", "2026-09-22T10:00")
    assert counted(window) == [date(2026, 9, day) for day in (23, 24, 25, 26, 27)]
    assert window.last_day == date(2026, 9, 28)
    assert window.steps[-1].reason == "届满日遇休假日，顺延至此"


def test_calendar_days_that_do_not_roll_end_on_the_rest_day():
    deadline = deadlines.compute(limit(5, "days"), at("2026-09-22T10:00"), CALENDAR)
    assert deadline.last_day == date(2026, 9, 27)


def test_a_make_up_day_ends_a_limit_without_rolling():
    rolling = limit(3, "days", roll="next_workday")
    deadline = deadlines.compute(rolling, at("2026-02-11T10:00"), CALENDAR)
    assert deadline.last_day == date(2026, 2, 14)


@pytest.mark.parametrize(
    ("length", "unit", "start", "last_day"),
    [
        (6, "months", "2026-01-15", date(2026, 7, 15)),
        (1, "months", "2026-01-31", date(2026, 2, 28)),
        (6, "months", "2025-08-31", date(2026, 2, 28)),
        (11, "months", "2026-01-15", date(2026, 12, 15)),
        (12, "months", "2026-01-15", date(2027, 1, 15)),
        (3, "years", "2024-02-29", date(2027, 2, 28)),
        (4, "years", "2024-02-29", date(2028, 2, 29)),
        (20, "day_of_month", "2026-03-19", date(2026, 3, 20)),
        (20, "day_of_month", "2026-03-20", date(2026, 4, 20)),
        (31, "day_of_month", "2026-01-31", date(2026, 2, 28)),
        (25, "day_of_month", "2026-12-25", date(2027, 1, 25)),
        (7, "day_of_week", "2026-03-02", date(2026, 3, 8)),
        (7, "day_of_week", "2026-03-08", date(2026, 3, 15)),
        (1, "day_of_week", "2026-03-08", date(2026, 3, 9)),
    ],
)
def test_a_term_ends_on_the_corresponding_day_or_the_last_of_the_month(
    length, unit, start, last_day
):
    deadline = deadlines.compute(limit(length, unit), at(f"{start}T09:00"), CALENDAR)
    assert deadline.last_day == last_day
    assert [step.day for step in deadline.steps] == [date.fromisoformat(start), last_day]


def test_six_months_for_litigation_that_end_on_a_holiday_roll_past_it():
    deadline = compute("litigation", "2026-04-02T10:00")
    assert deadline.steps[1].day == date(2026, 10, 2)
    assert deadline.last_day == date(2026, 10, 8)


def test_a_limit_may_end_at_the_close_of_business():
    closing = limit(5, business_close="17:30")
    deadline = deadlines.compute(closing, at("2026-03-02T10:00"), CALENDAR)
    assert deadline.due_at == at("2026-03-09T17:30")
    assert "至2026-03-09（周一）17:30届满" in deadlines.explain(deadline)[0]


def test_a_limit_that_reaches_an_unannounced_year_is_provisional():
    assert compute("objection_reply", "2026-12-25T10:00").provisional
    assert not compute("objection_window", "2026-12-24T10:00").provisional
    assert compute("reconsideration", "2026-11-21T10:00").provisional
    assert not compute("listing_term", "2026-11-21T10:00").provisional, "a term asks no calendar"


def test_a_limit_that_rolls_into_an_unannounced_year_is_provisional():
    year = CALENDAR.years[2026]
    resting = replace(year, rest={**year.rest, date(2026, 12, 31): "元旦"})
    calendar = workdays.Calendar({**CALENDAR.years, 2026: resting})
    rolling = limit(10, "days", roll="next_workday")
    deadline = deadlines.compute(rolling, at("2026-12-21T10:00"), calendar)
    assert deadline.last_day == date(2027, 1, 4)
    assert deadline.provisional


# Suspension, 中止


def test_a_suspension_keeps_what_remains():
    expertise = suspension("2026-03-04T14:00", "2026-03-12T09:00")
    deadline = compute("objection_window", "2026-03-02T10:00", expertise)
    assert counted(deadline) == [date(2026, 3, day) for day in (3, 13, 16, 17, 18)]
    suspended = [step.day for step in deadline.steps if step.reason == "期间中止"]
    assert suspended == [date(2026, 3, day) for day in range(4, 13)]


def test_a_suspension_that_ends_at_midnight_leaves_the_next_day_to_be_counted():
    expertise = suspension("2026-03-04T00:00", "2026-03-05T00:00")
    deadline = compute("objection_window", "2026-03-02T10:00", expertise)
    assert counted(deadline) == [date(2026, 3, day) for day in (3, 5, 6, 9, 10)]


def test_a_suspension_puts_off_the_end_of_a_term_by_its_days():
    expertise = suspension("2026-03-04T14:00", "2026-03-12T09:00")
    deadline = deadlines.compute(limit(1, "months"), at("2026-03-02T10:00"), CALENDAR, [expertise])
    assert deadline.last_day == date(2026, 4, 2) + 9 * ONE_DAY


def test_a_suspension_does_not_move_a_fixed_reporting_day():
    paused = suspension("2026-03-04T14:00", "2026-03-12T09:00")
    deadline = compute("monthly_report", "2026-03-02T10:00", paused)
    assert deadline.last_day == date(2026, 3, 20)


def test_a_limit_that_would_roll_onto_a_suspended_day_goes_on():
    paused = suspension("2026-09-28T09:00", "2026-09-29T17:00")
    window = compute("objection_window_tax", "2026-09-22T10:00", paused)
    assert window.last_day == date(2026, 9, 30)


def test_a_suspension_must_end_after_it_began():
    with pytest.raises(ValueError, match="中止的开始须早于结束"):
        suspension("2026-03-04T14:00", "2026-03-04T14:00")


# Recomputation, INV-21


def announced(rest, work=()):
    notice = replace(
        CALENDAR.years[2027],
        version="2027-1",
        official=True,
        rest=dict.fromkeys(rest, "春节"),
        work=dict.fromkeys(work, "春节"),
    )
    return workdays.Calendar({**CALENDAR.years, 2027: notice})


def test_an_announced_holiday_puts_a_provisional_deadline_off():
    old = compute("objection_window", "2027-02-02T10:00")
    assert old.last_day == date(2027, 2, 11)
    calendar = announced([date(2027, 2, day) for day in range(5, 13)])
    new = deadlines.recompute(old, limit(), calendar)
    assert new.last_day == date(2027, 2, 17)
    assert not new.provisional
    assert new.calendar_version.endswith("2027-1")


def test_an_announced_make_up_day_never_shortens_a_deadline_already_told():
    old = compute("objection_window", "2027-02-02T10:00")
    calendar = announced([date(2027, 2, 8)], work=[date(2027, 2, 6), date(2027, 2, 7)])
    new = deadlines.recompute(old, limit(), calendar)
    assert (new.last_day, new.due_at) == (old.last_day, old.due_at)
    assert not new.provisional
    assert new.steps[-1].day == old.last_day
    assert "不得缩短" in deadlines.explain(new)[-2]


# Windows that look back (DP-W1)


@pytest.mark.parametrize(
    ("decided_on", "as_of", "counts"),
    [
        (date(2023, 11, 21), date(2026, 11, 21), True),
        (date(2023, 11, 20), date(2026, 11, 21), False),
        (date(2024, 2, 29), date(2027, 2, 28), True),
        (date(2024, 2, 29), date(2027, 3, 1), False),
        (date(2026, 11, 21), date(2026, 11, 21), True),
        (date(2026, 11, 22), date(2026, 11, 21), False),
    ],
)
def test_a_penalty_counts_until_its_third_anniversary_included(decided_on, as_of, counts):
    assert deadlines.counts_in_window(decided_on, as_of) is counts


WINDOW = deadlines.find(LIMITS, "penalty_window", date(2026, 11, 21))
DAYS = st.dates(date(2023, 12, 1), date(2028, 6, 30))


@given(DAYS, st.integers(0, 1200))
@example(date(2024, 2, 29), 1095)
@example(date(2024, 2, 29), 1096)
@example(date(2021, 2, 28), 1096)
def test_the_window_counts_exactly_the_days_from_its_first(decided_on, ago):
    as_of = decided_on + ago * ONE_DAY
    counts = deadlines.counts_in_window(decided_on, as_of)
    assert counts == (decided_on >= deadlines.in_window_from(WINDOW, as_of))
    start = datetime.combine(decided_on, time(9), workdays.OFFICE)
    assert counts == (as_of <= deadlines.compute(WINDOW, start, CALENDAR).last_day)


@given(DAYS, st.integers(1, 40))
def test_the_first_day_of_a_window_of_months_is_the_earliest_that_reaches_today(as_of, length):
    window = limit(length, "months")

    def reaches(day):
        start = datetime.combine(day, time(9), workdays.OFFICE)
        return deadlines.compute(window, start, CALENDAR).last_day >= as_of

    first = deadlines.in_window_from(window, as_of)
    assert reaches(first)
    assert not reaches(first - ONE_DAY)


# What is left, and the ladder (D18)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-03-02T10:00", deadlines.DaysLeft(workdays=5, days=7, overdue=False)),
        ("2026-03-07T10:00", deadlines.DaysLeft(workdays=1, days=2, overdue=False)),
        ("2026-03-09T23:59:59", deadlines.DaysLeft(workdays=0, days=0, overdue=False)),
        ("2026-03-10T00:00", deadlines.DaysLeft(workdays=-1, days=-1, overdue=True)),
        ("2026-03-15T10:00", deadlines.DaysLeft(workdays=-4, days=-6, overdue=True)),
    ],
)
def test_days_left_are_counted_to_the_last_day_and_turn_negative_after_it(now, left):
    due_at = compute("objection_window", "2026-03-02T10:00").due_at
    assert deadlines.days_left(due_at, at(now), CALENDAR) == left


def test_a_limit_that_closed_today_is_overdue_with_no_day_gone():
    left = deadlines.days_left(at("2026-03-09T17:30"), at("2026-03-09T18:00"), CALENDAR)
    assert left == deadlines.DaysLeft(workdays=0, days=0, overdue=True)


def test_the_ladder_climbs_by_whole_workdays_from_the_end():
    due_at = at("2026-03-10T00:00")
    climbed = [(when, rung.action) for when, rung in deadlines.ladder(LADDER, due_at, CALENDAR)]
    assert climbed == [
        (at("2026-03-09T00:00"), "remind_assignee"),
        (at("2026-03-10T00:00"), "due"),
        (at("2026-03-11T00:00"), "notify_supervisor"),
        (at("2026-03-14T00:00"), "supervision_letter"),
        (at("2026-03-25T00:00"), "interview"),
        (at("2026-04-09T00:00"), "report_government"),
    ]


def test_the_reminder_for_an_end_on_a_sunday_comes_on_friday():
    when, rung = deadlines.ladder(LADDER, at("2026-03-16T00:00"), CALENDAR)[0]
    assert (when, rung.action) == (at("2026-03-13T00:00"), "remind_assignee")


def test_a_ladder_of_calendar_days_ignores_rest_days():
    daily = [replace(rung, unit="days") for rung in LADDER]
    instants = [when for when, _ in deadlines.ladder(daily, at("2026-03-07T00:00"), CALENDAR)]
    assert instants[0] == at("2026-03-06T00:00")
    assert instants[2:4] == [at("2026-03-08T00:00"), at("2026-03-11T00:00")]


def test_an_empty_ladder_has_no_next_step():
    assert deadlines.next_step((), at("2026-03-10T00:00"), None, CALENDAR) is None


@given(DAYS)
def test_each_next_step_leads_up_the_whole_ladder_and_then_ends(last_day):
    due_at = datetime.combine(last_day + ONE_DAY, time(), workdays.OFFICE)
    climbed, after = [], None
    for _ in LADDER:
        found = deadlines.next_step(LADDER, due_at, after, CALENDAR)
        assert found
        climbed.append(found)
        after = found[0]
    assert climbed == deadlines.ladder(LADDER, due_at, CALENDAR)
    assert deadlines.next_step(LADDER, due_at, after, CALENDAR) is None
    assert [rung.action for when, rung in climbed if when == due_at] == ["due"]


# Explanation


def test_the_explanation_is_a_head_line_a_line_for_each_day_and_the_law():
    assert deadlines.explain(compute("objection_window", "2026-03-02T10:00")) == [
        "陈述申辩、异议期限（5个工作日）：自2026-03-02 10:00起算，至2026-03-09（周一）24:00届满",
        "2026-03-02（周一） 不计 开始的当日不计入",
        "2026-03-03（周二） 第1日 工作日",
        "2026-03-04（周三） 第2日 工作日",
        "2026-03-05（周四） 第3日 工作日",
        "2026-03-06（周五） 第4日 工作日",
        "2026-03-07（周六） 不计 周六休息",
        "2026-03-08（周日） 不计 周日休息",
        "2026-03-09（周一） 第5日 工作日",
        (
            "依据：河南省社会信用条例第二十八条；日数参照行政处罚法第六十四条第一项、第八十五条"
            "（法律未定，为可配置的默认值，待确认，期限版本 1，"
            "日历版本 2024-1 2025-1 2026-1 2027-0）"
        ),
    ]


def test_the_explanation_names_the_holiday_and_the_make_up_day():
    lines = deadlines.explain(compute("objection_window", "2026-02-11T10:00"))
    assert "2026-02-14（周六） 第3日 春节调休上班" in lines
    assert "2026-02-17（周二） 不计 春节放假" in lines


def test_the_explanation_says_that_a_date_is_provisional():
    assert "暂定" in deadlines.explain(compute("objection_reply", "2026-12-25T10:00"))[0]


# Laws that always hold

STARTS = st.datetimes(datetime(2023, 12, 1), datetime(2028, 6, 30)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=workdays.OFFICE)
)
LENGTHS = st.integers(1, 40)
ROLLS = st.sampled_from(["none", "next_workday"])
COUNTED = st.builds(limit, LENGTHS, st.sampled_from(["workdays", "days"]), roll=ROLLS)
TERMS = st.builds(limit, LENGTHS, st.sampled_from(["months", "years"]), roll=ROLLS)
FIXED = st.builds(limit, st.integers(1, 7), st.sampled_from(["day_of_month", "day_of_week"]))
PAUSES = st.lists(st.tuples(st.integers(-100, 1500), st.integers(1, 400)), max_size=3)


def pauses_near(start, hours):
    """Suspensions by hours: (from the start, long)."""
    begun = [(start + timedelta(hours=begin), timedelta(hours=long)) for begin, long in hours]
    return [deadlines.Interval(begin, begin + long) for begin, long in begun]


@given(st.datetimes(datetime(2023, 12, 31), datetime(2026, 10, 1)), LENGTHS)  # noqa: DTZ001
def test_workdays_agree_with_a_naive_count_over_the_published_calendar(naive, length):
    days, day = [], naive.date()
    while len(days) < length:
        day += ONE_DAY
        if chinese_calendar.is_workday(day):
            days.append(day)
    start = naive.replace(tzinfo=workdays.OFFICE)
    deadline = deadlines.compute(limit(length), start, CALENDAR)
    assert counted(deadline) == days
    assert deadline.due_at == datetime.combine(days[-1] + ONE_DAY, time(), workdays.OFFICE)


@given(COUNTED, STARTS, PAUSES)
def test_a_limit_of_n_days_counts_exactly_n_days(wanted, start, pauses):
    suspended = pauses_near(start, pauses)
    deadline = deadlines.compute(wanted, start, CALENDAR, suspended)
    ordinals = [step.ordinal for step in deadline.steps if step.counted]
    assert ordinals == list(range(1, wanted.length + 1))


@given(COUNTED | TERMS | FIXED, STARTS, PAUSES)
def test_the_steps_are_days_in_order_from_the_act_to_the_end(wanted, start, pauses):
    suspended = pauses_near(start, pauses)
    deadline = deadlines.compute(wanted, start, CALENDAR, suspended)
    days = [step.day for step in deadline.steps]
    assert days == sorted(set(days))
    assert (days[0], days[-1]) == (start.date(), deadline.last_day)
    assert not deadline.steps[0].counted
    assert start < deadline.due_at
    assert len(deadlines.explain(deadline)) == len(days) + 2


@given(COUNTED, STARTS, st.timedeltas(timedelta(0), timedelta(days=30)), PAUSES)
def test_a_later_act_never_ends_a_count_earlier(wanted, start, later, pauses):
    suspended = pauses_near(start, pauses)
    first = deadlines.compute(wanted, start, CALENDAR, suspended)
    second = deadlines.compute(wanted, start + later, CALENDAR, suspended)
    assert first.due_at <= second.due_at


@given(TERMS | FIXED, STARTS, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_later_act_never_ends_a_term_earlier(wanted, start, later):
    first = deadlines.compute(wanted, start, CALENDAR)
    assert first.due_at <= deadlines.compute(wanted, start + later, CALENDAR).due_at


@given(COUNTED | TERMS, STARTS, PAUSES)
def test_a_limit_that_rolls_ends_on_a_workday_and_no_workday_is_lost_on_the_way(
    wanted, start, pauses
):
    suspended = pauses_near(start, pauses)
    rolling = deadlines.compute(replace(wanted, roll="next_workday"), start, CALENDAR, suspended)
    fixed = deadlines.compute(replace(wanted, roll="none"), start, CALENDAR, suspended)
    assert CALENDAR.is_workday(rolling.last_day)
    free = [
        day
        for day in (
            fixed.last_day + n * ONE_DAY for n in range((rolling.last_day - fixed.last_day).days)
        )
        if CALENDAR.is_workday(day) and not any(pause.touches(day) for pause in suspended)
    ]
    assert free == []


@given(TERMS, STARTS)
def test_a_term_ends_in_the_right_month_on_the_same_day_or_its_last(wanted, start):
    end = deadlines.compute(replace(wanted, roll="none"), start, CALENDAR).last_day
    apart = (end.year - start.year) * 12 + end.month - start.month
    assert apart == wanted.length * (12 if wanted.unit == "years" else 1)
    assert end.day == start.day or (end.day < start.day and (end + ONE_DAY).day == 1)


@given(STARTS, LENGTHS, LENGTHS)
def test_a_limit_split_in_two_ends_where_the_whole_ends(start, some, more):
    first = deadlines.compute(limit(some), start, CALENDAR)
    noon = datetime.combine(first.last_day, time(12), workdays.OFFICE)
    second = deadlines.compute(limit(more), noon, CALENDAR)
    assert second.due_at == deadlines.compute(limit(some + more), start, CALENDAR).due_at


@given(COUNTED, STARTS, st.integers(1, 1500), st.integers(1, 400))
def test_a_suspension_preserves_the_count_that_remains(wanted, start, wait, hours):
    wanted = replace(wanted, roll="none")
    begin = start + timedelta(hours=wait)
    pause = deadlines.Interval(begin, begin + timedelta(hours=hours))
    plain = deadlines.compute(wanted, start, CALENDAR)
    deadline = deadlines.compute(wanted, start, CALENDAR, [pause])
    before = [day for day in counted(plain) if day < begin.date()]
    assert counted(deadline)[: len(before)] == before
    assert not any(pause.touches(day) for day in counted(deadline))
    assert deadline.due_at >= plain.due_at
    remaining = wanted.length - len(before)
    if remaining:
        last_paused = pause.end - timedelta(microseconds=1)
        rest = deadlines.compute(replace(wanted, length=remaining), last_paused, CALENDAR)
        assert rest.due_at == deadline.due_at


@given(COUNTED | TERMS, STARTS, PAUSES)
def test_a_suspension_never_ends_a_limit_earlier(wanted, start, pauses):
    suspended = pauses_near(start, pauses)
    plain = deadlines.compute(wanted, start, CALENDAR)
    assert deadlines.compute(wanted, start, CALENDAR, suspended).due_at >= plain.due_at


@given(COUNTED | TERMS | FIXED, STARTS, st.integers(-11, 14))
def test_an_act_has_one_deadline_in_whatever_zone_it_is_written(wanted, start, hours):
    elsewhere = start.astimezone(timezone(timedelta(hours=hours)))
    here = deadlines.compute(wanted, start, CALENDAR)
    assert deadlines.compute(wanted, elsewhere, CALENDAR) == here


@given(
    COUNTED | TERMS,
    st.datetimes(datetime(2026, 9, 1), datetime(2027, 12, 1)),  # noqa: DTZ001
    st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=40),
    st.sets(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=40),
)
def test_recomputation_never_shortens_a_limit_and_settles(wanted, naive, rest, work):
    assume(not rest & work)
    start = naive.replace(tzinfo=workdays.OFFICE)
    old = deadlines.compute(wanted, start, CALENDAR)
    calendar = announced(rest, work)
    new = deadlines.recompute(old, wanted, calendar)
    assert new.due_at == max(old.due_at, deadlines.compute(wanted, start, calendar).due_at)
    assert deadlines.recompute(new, wanted, calendar) == new


@given(STARTS, LENGTHS)
def test_the_workdays_left_from_the_act_are_the_length_of_the_limit(start, length):
    due_at = deadlines.compute(limit(length), start, CALENDAR).due_at
    assert deadlines.days_left(due_at, start, CALENDAR).workdays == length
    assert not deadlines.days_left(due_at, due_at - timedelta(seconds=1), CALENDAR).overdue
    assert deadlines.days_left(due_at, due_at, CALENDAR).overdue


# 中止、中断、延长


def pause(kind: deadlines.Kind, start, end=None, length=0, unit="workdays", made_at=None):
    return deadlines.Pause(
        kind, at(made_at or start), at(start), at(end) if end else None, length, unit
    )


def count(start, *pauses, now="2026-12-31T09:00", of=None, moved=timedelta()):
    return deadlines.count(of or limit(), at(start), CALENDAR, pauses, at(now), moved)


def test_what_lasts_is_taken_to_end_now_and_today_does_not_count():
    since = pause("suspension", "2026-03-04T14:00")
    found = count("2026-03-02T10:00", since, now="2026-03-05T00:00")
    assert counted(found) == [date(2026, 3, day) for day in (3, 6, 9, 10, 11)]
    assert deadlines.is_stopped([since], at("2030-01-01T00:00"))


def test_a_pause_that_has_ended_at_midnight_leaves_the_day_that_begins():
    found = count("2026-03-02T10:00", pause("suspension", "2026-03-03T09:00", "2026-03-05T00:00"))
    assert counted(found) == [date(2026, 3, day) for day in (5, 6, 9, 10, 11)]


def test_after_an_interruption_the_limit_runs_anew_from_the_next_day_and_tells_every_day():
    broken = pause("interruption", "2026-03-04T09:00", "2026-03-06T15:00")
    found = count("2026-03-02T10:00", broken)
    assert counted(found) == [date(2026, 3, day) for day in (9, 10, 11, 12, 13)]
    assert found.start == at("2026-03-02T10:00")
    before = {step.day.day: step.reason for step in found.steps if step.day < date(2026, 3, 7)}
    assert before == {
        2: "开始的当日不计入",
        3: "中断以前经过，不再计算",
        4: "期间中断",
        5: "期间中断",
        6: "开始的当日不计入",
    }


def test_an_interrupted_term_of_years_runs_anew_without_a_line_for_each_day():
    broken = pause("interruption", "2027-03-04T09:00", "2027-06-01T15:00")
    found = count("2026-03-02T10:00", broken, of=limit(3, "years"), now="2027-07-01T09:00")
    assert found.last_day == date(2030, 6, 1)
    assert len(found.steps) == 4


@pytest.mark.parametrize(
    ("length", "unit", "last_day"),
    [
        (3, "workdays", date(2026, 3, 12)),
        (3, "days", date(2026, 3, 12)),
        (7, "days", date(2026, 3, 16)),
    ],
)
def test_an_extension_adds_exactly_what_is_granted(length, unit, last_day):
    more = pause("extension", "2026-03-05T09:00", length=length, unit=unit)
    assert count("2026-03-02T10:00", more).last_day == last_day


def test_a_limit_that_rolls_rolls_after_its_extension_too():
    rolling = limit(10, "days", roll="next_workday")
    more = pause("extension", "2026-03-05T09:00", length=2, unit="days")
    assert count("2026-03-02T10:00", of=rolling).last_day == date(2026, 3, 12)
    assert count("2026-03-02T10:00", more, of=rolling).last_day == date(2026, 3, 16)


def test_an_extension_of_what_ran_before_an_interruption_is_gone_with_it():
    more = pause("extension", "2026-03-03T09:00", length=30, unit="days")
    broken = pause("interruption", "2026-03-04T09:00", "2026-03-06T15:00")
    assert count("2026-03-02T10:00", more, broken).last_day == date(2026, 3, 13)


def test_days_of_a_suspension_do_not_use_up_an_extension():
    more = pause("extension", "2026-03-03T09:00", length=2)
    since = pause("suspension", "2026-03-10T09:00", "2026-03-12T10:00")
    found = count("2026-03-02T10:00", more, since)
    assert counted(found)[-2:] == [date(2026, 3, 13), date(2026, 3, 16)]


def test_what_comes_after_the_end_does_not_bring_it_back():
    late = pause("suspension", "2026-03-04T09:00", "2026-03-20T09:00", made_at="2026-03-10T00:00")
    told = at("2026-03-10T00:00")
    start = at("2026-03-02T10:00")
    known = deadlines.known_while_running(limit(), start, CALENDAR, [late], told)
    assert known == []
    in_time = replace(late, made_at=at("2026-03-09T23:59"))
    assert deadlines.known_while_running(limit(), start, CALENDAR, [in_time], told) == [in_time]


def test_a_second_pause_reaches_a_limit_that_the_first_one_holds_past_its_end():
    first = pause("suspension", "2026-03-09T09:00", "2026-03-20T09:00")
    second = pause("interruption", "2026-03-19T09:00")
    start, told = at("2026-03-02T10:00"), at("2026-03-10T00:00")
    known = deadlines.known_while_running(limit(), start, CALENDAR, [second, first], told)
    assert known == [first, second]


DAYS = st.integers(0, 60)
STARTS = st.integers(0, 500).map(lambda days: at("2025-01-01T10:00") + timedelta(days=days))


@given(
    start=STARTS,
    length=st.integers(1, 20),
    unit=st.sampled_from(["workdays", "days", "months"]),
    gaps=st.lists(st.tuples(DAYS, st.integers(0, 20)), max_size=4),
    by=st.timedeltas(timedelta(days=-3), timedelta(days=40)),
)
def test_with_the_time_by_which_it_was_moved_a_limit_ends_where_it_was_moved_to(
    start, length, unit, gaps, by
):
    now, of, pauses, since = at("2026-12-01T09:00"), limit(length, unit), [], start
    for after, lasts in gaps:
        since += timedelta(days=after, minutes=1)
        until = since + timedelta(days=lasts, minutes=1)
        pauses.append(deadlines.Pause("suspension", since, since, until))
        since = until
    counted_end = deadlines.count(of, start, CALENDAR, pauses, now).due_at
    wanted = counted_end + by
    moved = deadlines.moved_by(of, start, CALENDAR, pauses, now, wanted)
    found = deadlines.count(of, start, CALENDAR, pauses, now, moved)
    assert found.due_at >= wanted
    stopped = sum(lasts + 2 for _after, lasts in gaps)
    assert found.due_at <= wanted + timedelta(days=stopped)


@given(
    start=STARTS,
    unit=st.sampled_from(["workdays", "days", "months", "years"]),
    since=DAYS,
    lasts=st.integers(0, 60),
)
def test_no_pause_makes_a_limit_end_earlier(start, unit, since, lasts):
    now = at("2026-12-01T09:00")
    told = deadlines.count(limit(3, unit), start, CALENDAR, (), now).due_at
    stopped = start + timedelta(days=since)
    assume(stopped < told)
    for kind in ("suspension", "interruption"):
        one = deadlines.Pause(kind, stopped, stopped, stopped + timedelta(days=lasts, hours=1))
        assert deadlines.count(limit(3, unit), start, CALENDAR, [one], now).due_at >= told
