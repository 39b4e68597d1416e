"""The worklist page at 1,000, 100,000 and 1,000,000 open tasks of one department.

Pages are asked over HTTP by a person signed in: rows, filters, counts, the page as sent. All open
tasks are of the lane of the person who asks, one in four claimed, by eight people in turn; due
dates from last month to next year. Three databases stand side by side and take turns.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from time import perf_counter

from tests.bench import browsers, crowd, places, workload
from tests.bench.places import Place
from tests.bench.results import Row, p50, stage

GROWTH = 1.5
PAGES = {
    "mine": "/tasks",
    "group": "/tasks?box=group",
    "overdue": "/tasks?box=group&due=overdue",
    "soon": "/tasks?box=group&due=soon",
    "procedure": f"/tasks?box=group&procedure={workload.KEY}",
}
SEARCHES = {
    "common word": "/tasks?box=group&q=%E6%AE%B7%E9%83%BD%E7%94%B2",
    "one case": "/tasks?box=group&q=case-777",
}


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """For each database, how the page that grows most does, then the searches in it."""
    sizes = (1_000, 20_000, 100_000) if quick else (1_000, 100_000, 1_000_000)
    for kind in ("sqlite", "postgresql"):
        with ExitStack() as running:
            persons: dict[int, browsers.OurPerson] = {}
            for size in sizes:
                with stage(f"{size} open tasks, {kind}"):
                    url = place.new_url(kind)
                    _fill(url, size)
                    port = running.enter_context(places.our_web(place, url))
                    persons[size] = browsers.OurPerson(port, url, workload.LOGINS[0])
            for what, pages in (("worklist page", PAGES), ("worklist search", SEARCHES)):
                with stage(f"{what}, {kind}"):
                    told = {name: _ask(persons, page, quick=quick) for name, page in pages.items()}
                yield _row(f"{what}, {kind}", told, sizes)


def _row(what: str, told: dict[str, dict[int, float]], sizes: tuple[int, ...]) -> Row:
    grown = {name: times[sizes[-1]] / times[sizes[0]] for name, times in told.items()}
    worst = max(grown, key=lambda name: grown[name])
    return Row(
        measure=f"{what}, {sizes[-1]:,} open tasks ({worst})",
        ours=f"{told[worst][sizes[-1]] * 1000:.1f} ms",
        against=f"{sizes[0]:,} tasks {told[worst][sizes[0]] * 1000:.1f} ms",
        ratio=grown[worst],
        mark=f"< {GROWTH} ×",
        passed=grown[worst] < GROWTH,
        details={
            name: {str(size): took for size, took in one.items()} for name, one in told.items()
        },
    )


def _ask(persons: dict[int, browsers.OurPerson], page: str, *, quick: bool) -> dict[int, float]:
    """Size → median seconds of a page; the sizes take turns. Each web process is warm before."""
    took: dict[int, list[float]] = {size: [] for size in persons}
    for person in persons.values():
        for _process in range(4):
            _time(person, page)
    until = perf_counter() + (2 if quick else 4)
    while perf_counter() < until or len(took[max(took)]) < 3:
        for size, person in persons.items():
            took[size].append(_time(person, page))
    return {size: p50(samples) for size, samples in took.items()}


def _time(person: browsers.OurPerson, page: str) -> float:
    begun = perf_counter()
    shown = person.browser.get(page)
    took = perf_counter() - begun
    if not re.search(r'href="/tasks/\d+"', shown):
        raise places.BenchFailed(f"GET {page} shows no tasks")
    return took


def _fill(url: str, size: int) -> None:
    house = workload.open_house(url, signing=True)
    case_id = workload.open_one(house, workload.actor(house))
    claimed = [workload.actor(house, login).person_id for login in workload.LOGINS]
    turns = [who for one in claimed for who in (one, None, None, None)]
    days = [house.now + timedelta(days=day) for day in range(-30, 366, 12)]
    crowd.multiply(
        house,
        case_id,
        size - 1,
        changes={
            "tasks": {
                "assignee_id": lambda number: crowd.spread(number, turns),
                "due_at": lambda number: crowd.spread_instants(number, days),
            },
        },
    )
    crowd.settle(house)
    house.close()
