"""A hundred thousand timers due at one instant: how fast workers run them, and what people feel.

Each timer is the end of a statutory limit in a case of its own; firing it opens a task. The rate is
that of windows of time out of the storm, which need not come to its end; on PostgreSQL windows with
one worker process and with two take turns. Before and during the storm four people complete tasks
over HTTP, each pausing a fifth of a second between steps.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter

import sqlalchemy as sa

from tests.bench import browsers, crowd, places, workload
from tests.bench.places import Place
from tests.bench.results import Row, p50, p95, stage
from tests.engine import diagrams
from workflows import cases, clock, designing, models
from workflows.store import Store

RATE = 300
TWO_WORKERS = 1.7
SLOWER = 2
PEOPLE, PAUSE = 4, 0.2
KEY = "storm"
SETTLING = 2.0
"""Seconds a worker is given to be fully at work."""


@dataclass(frozen=True)
class Size:
    """How many timers, how many seconds a window takes, how many windows of each sort."""

    timers: int
    window: float
    windows: int


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """Rows of the rate, the gain of a second worker (PostgreSQL) and the web, for each database."""
    size = Size(20_000, 4.0, 1) if quick else Size(100_000, 12.0, 2)
    for kind in ("sqlite", "postgresql"):
        url = place.new_url(kind)
        with stage(f"{size.timers:,} timers, {kind}"):
            house = gather(url, size.timers)
        with ExitStack() as running, stage(f"a storm of timers, {kind}"):
            port = running.enter_context(places.our_web(place, url))
            people = [browsers.OurPerson(port, url, one) for one in workload.LOGINS[:PEOPLE]]
            running.enter_context(places.our_worker(place, url))
            before = _complete(people, size.window)
            break_loose(house)
            time.sleep(SETTLING)
            during = _complete(people, size.window)
            alone, together = _rates(place, url, house, size, second=kind == "postgresql")
        house.close()
        yield _rate_row(kind, size, alone)
        if together:
            yield _gain_row(alone, together)
        yield _web_row(kind, before, during)


def _rates(
    place: Place, url: str, house: Store, size: Size, *, second: bool
) -> tuple[list[float], list[float]]:
    """Timers a second with one worker and, if there is to be a second one, with two, in turn."""
    alone, together = list[float](), list[float]()
    for _window in range(size.windows):
        alone.append(_rate(house, size.window))
        if second:
            with places.our_worker(place, url):
                time.sleep(SETTLING)
                together.append(_rate(house, size.window))
    return alone, together


def _rate(house: Store, seconds: float) -> float:
    """Timers done a second over so many seconds, or until there are none left."""
    begun, done = perf_counter(), _count(house, "done")
    while perf_counter() < begun + seconds:
        time.sleep(min(0.5, seconds / 4))
        if not _count(house, "due"):
            break
    return (_count(house, "done") - done) / (perf_counter() - begun)


def _complete(people: list[browsers.OurPerson], seconds: float) -> list[float]:
    """Seconds of each completion by people at work."""
    return browsers.drive([*people], seconds, PAUSE).completions


def _count(house: Store, status: str) -> int:
    j = models.jobs
    with house.reading() as tx:
        told = sa.select(sa.func.count().label("number")).where(j.c.status == status)
        return int(tx.one(told)["number"])


def gather(url: str, timers: int) -> Store:
    """So many cases whose limit has run out, their timers held until the storm breaks loose."""
    house = workload.open_house(url, signing=True)
    forms = {"forms/storm/describe.form": workload.bundle()["forms/workload/describe.form"]}
    law = {path: data for path, data in workload.bundle().items() if "law/" in path}
    designing.deploy_bundle(house, {"storm/storm.bpmn": _drawing(), **forms, **law}, KEY)
    past = Store(url, clock.TravellingClock(house.now - timedelta(days=200)))
    first = cases.open_case(past, workload.actor(past), KEY, {}, subject_id=workload.SUBJECT)
    past.close()
    crowd.multiply(house, first, timers - 1)
    with house.transaction() as tx:
        tx.run(models.jobs.update().values(status="held"))
    crowd.settle(house)
    return house


def break_loose(house: Store) -> None:
    """Let every timer be due."""
    with house.transaction() as tx:
        tx.run(models.jobs.update().where(models.jobs.c.case_id.is_not(None)).values(status="due"))


def _drawing() -> bytes:
    """start → a limit runs out → describe → end."""
    d = diagrams.Drawing(KEY)
    d.start("begun")
    d.wait("limit_run_out", 'limit("make_decision")')
    d.user("describe", name="describe", camunda_formKey="storm/describe")
    d.end("filed")
    return d.flow("begun > limit_run_out > describe > filed").xml()


def _rate_row(kind: str, size: Size, alone: list[float]) -> Row:
    return Row(
        measure=f"{size.timers:,} timers due at once, {kind}, 1 worker",
        ours=f"{p50(alone):.0f}/s",
        against="",
        ratio=None,
        mark=f"≥ {RATE}/s",
        passed=p50(alone) >= RATE,
        details={"windows": alone, "seconds": size.window},
    )


def _gain_row(alone: list[float], together: list[float]) -> Row:
    ratio = p50([two / one for one, two in zip(alone, together, strict=True)])
    return Row(
        measure="the same, postgresql, 2 workers",
        ours=f"{p50(together):.0f}/s",
        against=f"1 worker {p50(alone):.0f}/s",
        ratio=ratio,
        mark=f"≥ {TWO_WORKERS} ×",
        passed=ratio >= TWO_WORKERS,
        details={"windows": together},
    )


def _web_row(kind: str, before: list[float], during: list[float]) -> Row:
    ratio = p95(during) / p95(before)
    return Row(
        measure=f"p95 of a completion during it, {kind}",
        ours=f"{p95(during) * 1000:.0f} ms",
        against=f"before {p95(before) * 1000:.0f} ms",
        ratio=ratio,
        mark=f"≤ {SLOWER} ×",
        passed=ratio <= SLOWER,
        details={"completions": [len(before), len(during)], "p50": [p50(before), p50(during)]},
    )
