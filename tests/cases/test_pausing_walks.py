"""Pauses, extensions and time in any order: every row agrees with a count made separately."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.cases import office
from workflows import cases, engine, errors, models, procedures, scheduler, store, workdays
from workflows.cases import clocks
from workflows.stories import stage

START = datetime(2026, 9, 21, 9, tzinfo=workdays.OFFICE)
"""Before 国庆: rest days and make-up workdays lie ahead."""

LENGTH = 5
"""Workdays of make_decision."""

LIMIT = "make_decision"
CASE = 1


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which a permit waits to be filed: a task and a timer under one limit."""
    file = tmp_path_factory.mktemp("pausing") / "house.sqlite3"
    house = store.travelling(f"sqlite:///{file}", START)
    store.create_tables(house)
    stage.set_stage(house)
    office.deploy(house)
    case_id = office.open_permit(house)
    office.complete(house, case_id, "apply", "wang", title="甲")
    office.complete(house, case_id, "check", "chen", agreed=True)
    office.complete(house, case_id, "confirm", "wang")
    house.close()
    assert case_id == CASE
    return file


@dataclass
class Notes:
    """What was done, as a clerk would note it; the limit is counted from these notes alone."""

    exact: bool = True
    """False where calendars change: then the limit may end later than is counted, never earlier."""
    told: datetime = START
    stops: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    extensions: list[tuple[datetime, int, str]] = field(default_factory=list)
    stopped: tuple[str, datetime, int] | None = None
    """What stands now: kind, since when, id of the pause."""
    quiet: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When nothing may have happened to the limit: from the order to its end."""
    ordered_at: datetime = START

    def end(self) -> datetime:
        """The exclusive end of the limit, which runs."""
        begun = max((to for kind, _, to in self.stops if kind == "interruption"), default=START)
        wanted = [[LENGTH, "workdays"]]
        wanted += [[many, unit] for at, many, unit in self.extensions if at >= begun]
        day = begun.date()
        while wanted:
            day += timedelta(days=1)
            if self._is_suspended(day):
                continue
            if wanted[0][1] == "days" or procedures.calendar().is_workday(day):
                wanted[0][0] -= 1
            if wanted[0][0] == 0:
                del wanted[0]
        counted = datetime.combine(day + timedelta(days=1), time(), workdays.OFFICE)
        self.told = max(self.told, counted)
        return self.told

    def _is_suspended(self, day: date) -> bool:
        dawn = datetime.combine(day, time(), workdays.OFFICE)
        return any(
            kind == "suspension" and since < to and since < dawn + timedelta(days=1) and dawn < to
            for kind, since, to in self.stops
        )


HOURS = st.integers(1, 90).map(lambda number: timedelta(hours=number, minutes=7))
ACTS = st.one_of(
    st.tuples(
        st.just("pause"),
        st.sampled_from(["suspension", "interruption"]),
        st.sampled_from([None, (LIMIT,)]),
        st.sampled_from([timedelta(), timedelta(hours=5), timedelta(days=2)]),
    ),
    st.tuples(st.just("resume")),
    st.tuples(st.just("extend"), st.integers(1, 4), st.sampled_from(["workdays", "days"])),
    st.tuples(st.just("travel"), HOURS),
    st.tuples(st.just("travel"), HOURS),
)


@given(acts=st.lists(ACTS, max_size=14))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_stopped_and_goes_on_ends_when_a_clerk_counts_it(
    furnished: Path, acts: list[Any]
) -> None:
    tell(furnished, acts, Notes())


def calendars() -> list[workdays.Calendar]:
    """What is known, and the same with more rest and with more work in October."""
    known = procedures.calendar()
    year = known.years[2026]
    more = {date(2026, 10, day): "国庆节" for day in range(8, 14)}
    fewer = {day: name for day, name in year.rest.items() if day < date(2026, 9, 25)}
    others = [one for number, one in known.years.items() if number != 2026]
    variants = [
        replace(year, version="more rest", rest={**year.rest, **more}, work={}),
        replace(year, version="more work", rest=fewer),
    ]
    return [known, *(workdays.build_calendar([*others, one]) for one in variants)]


@given(
    acts=st.lists(st.one_of(ACTS, st.tuples(st.just("announce"), st.integers(0, 2))), max_size=14)
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_new_calendars_shorten_nothing_that_was_stopped_or_lengthened(
    furnished: Path, acts: list[Any]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        announced = calendars()
        acts = [
            (act, announced[said[0]], patched) if act == "announce" else (act, *said)
            for act, *said in acts
        ]
        tell(furnished, acts, Notes(exact=False))


def tell(furnished: Path, acts: list[Any], notes: Notes) -> None:
    """Walk through a copy of the furnished house."""
    house = store.travelling("sqlite://", START)
    with closing(sqlite3.connect(furnished)) as made:
        memory: Any = house.engine.raw_connection().driver_connection
        made.backup(memory)
    try:
        walk(house, acts, notes)
    finally:
        house.close()


def walk(house: store.Store, acts: list[Any], notes: Notes) -> None:
    """Do one act after another until the limit runs out; in the end it is let run out."""
    zhao = office.actor(house, "zhao")
    proof = cases.add_attachment(house, zhao, CASE, "a.txt", b"ground")
    reasons = cases.Reasons("当事人住所地发生洪水", "民事诉讼法第八十六条", [proof])
    notes.end()
    do = {"pause": pause, "resume": resume, "extend": extend, "announce": announce}
    for act, *said in acts:
        if act == "travel":
            due = None if notes.stopped else notes.told
            scheduler.travel(house, house.now + said[0])
            if due and house.now >= due:
                return check_over(house, notes, due)
        else:
            do[act](house, notes, reasons, *said)
        check(house, notes)
    resume(house, notes, reasons)
    check(house, notes)
    scheduler.travel(house, notes.told)
    return check_over(house, notes, notes.told)


def resume(house: store.Store, notes: Notes, reasons: cases.Reasons) -> None:
    """Let the clock go on if it stands still."""
    if notes.stopped:
        kind, since, pause_id = notes.stopped
        cases.resume_limits(house, office.actor(house, "zhao"), CASE, pause_id, reasons)
        notes.stops.append((kind, since, house.now))
        notes.quiet.append((notes.ordered_at, house.now))
        notes.stopped = None
        notes.end()
        event("resumed")


def extend(
    house: store.Store, notes: Notes, reasons: cases.Reasons, length: int, unit: str
) -> None:
    """Try to give more time; refused while the clock stands still."""
    zhao = office.actor(house, "zhao")
    try:
        cases.extend_limit(house, zhao, CASE, LIMIT, reasons, length=length, unit=unit)
    except errors.LimitPaused:
        assert notes.stopped
    else:
        assert not notes.stopped
        notes.extensions.append((house.now, length, unit))
        notes.end()
        event("extended")


def announce(
    house: store.Store,
    notes: Notes,
    _reasons: cases.Reasons,
    calendar: workdays.Calendar,
    patched: pytest.MonkeyPatch,
) -> None:
    """Another calendar is announced, and what runs is counted again."""
    patched.setattr(procedures, "calendar", lambda: calendar)
    cases.recount_limits(house)
    if not notes.stopped:
        notes.end()
    event("announced")


def pause(
    house: store.Store, notes: Notes, reasons: cases.Reasons, kind: str, limits: Any, back: Any
) -> None:
    """Try to stop the clock; what must be refused is, and nothing else."""
    since = house.now - back
    try:
        pause_id = cases.pause_limits(
            house, office.actor(house, "zhao"), CASE, kind, limits, reasons, starts_at=since
        )
    except errors.LimitPaused:
        assert notes.stopped
    except errors.AnswersRefused:
        assert since < START
    else:
        assert not notes.stopped
        assert since >= START
        notes.stopped, notes.ordered_at = (kind, since, pause_id), house.now
        event("paused")


def check(house: store.Store, notes: Notes) -> None:
    """Limits, task, timer and the engine agree with the notes; nothing was told to be earlier."""
    rows, task, job = standing(house)
    kind = notes.stopped[0] if notes.stopped else None
    wanted = {"suspension": "suspended", "interruption": "interrupted", None: "running"}[kind]
    assert {row["status"] for row in rows} == {wanted}
    if notes.stopped:
        assert (task["due_at"], job["status"]) == (None, "paused")
        assert engine_due(house) == clocks.NEVER
    else:
        if not notes.exact:
            assert min(row["due_at"] for row in rows) >= notes.told
            notes.told = rows[0]["due_at"]
        assert {row["due_at"] for row in rows} == {notes.told}
        assert (task["due_at"], job["due_at"], job["status"]) == (notes.told, notes.told, "due")
        assert engine_due(house) == notes.told
        last = max(day for row in rows for day, *_ in row["steps"])
        assert last == str((notes.told - timedelta(days=1)).date())
    undisturbed(house, notes)


def check_over(house: store.Store, notes: Notes, due: datetime) -> None:
    """The timer fired at its end and not before."""
    with house.reading() as tx:
        case = tx.one(models.cases.select().where(models.cases.c.id == CASE))
    assert (case["status"], case["ended_at"]) == ("ended", due)
    undisturbed(house, notes)
    assert cases.verify_case(house, CASE) is None


def undisturbed(house: store.Store, notes: Notes) -> None:
    """While the clock stood still nobody was reminded of anything and nothing fired."""
    e = models.events.c
    wanted = models.events.select().where(e.kind.in_(["escalated", "fired"]))
    quiet = [*notes.quiet]
    if notes.stopped:
        quiet.append((notes.ordered_at, house.now + timedelta(microseconds=1)))
    with house.reading() as tx:
        for told in tx.all(wanted):
            assert not any(since < told["at"] < to for since, to in quiet)


def standing(house: store.Store) -> tuple[Any, Any, Any]:
    """The limits that have not ended, the open task and the timer's job."""
    d, t, j = models.deadlines.c, models.tasks.c, models.jobs.c
    with house.reading() as tx:
        return (
            tx.all(models.deadlines.select().where(d.status != "ended")),
            tx.one(models.tasks.select().where(t.status == "open")),
            tx.one(models.jobs.select().where(j.kind == "timer", j.status.in_(["due", "paused"]))),
        )


def engine_due(house: store.Store) -> datetime:
    """When the engine's own timer fires, as it was saved."""
    with house.reading() as tx:
        case = tx.one(models.cases.select().where(models.cases.c.id == CASE))
        deployed = procedures.deployed(tx, case["procedure_id"])

    def limit(limit_id: str, start: datetime) -> Any:
        raise AssertionError((limit_id, start))

    run = engine.resume(deployed.procedure, case["state"], case["facts"], house.now, limit)
    return run.timers()[0].due_at
