"""The worklist page at 1,000, 100,000 and 1,000,000 open tasks of one department.

Pages are asked over HTTP by a person signed in: rows, filters, counts, the page as sent. All open
tasks are of the lane of the person who asks, one in four claimed, by eight people in turn; due
dates from last month to next year. Three databases stand side by side and take turns.
"""

import html
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from time import perf_counter

from tests.bench import browsers, crowd, places, workload
from tests.bench.places import Place
from tests.bench.results import Row, p50, stage
from workflows import models
from workflows.store import Store

GROWTH = 1.5
NEXT = re.compile(r'rel="next" href="([^"]+)"')
PAGES = {
    "mine": "/tasks",
    "group": "/tasks?box=group",
    "overdue": "/tasks?box=group&due=overdue",
    "soon": "/tasks?box=group&due=soon",
    "procedure": f"/tasks?box=group&procedure={workload.KEY}",
    "next page": "/tasks?box=group",
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
                    told = {
                        name: _ask(persons, name, page, quick=quick) for name, page in pages.items()
                    }
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


def _ask(
    persons: dict[int, browsers.OurPerson], name: str, page: str, *, quick: bool
) -> dict[int, float]:
    """Size → median seconds of a page; the sizes take turns. Each web process is warm before."""
    asked = {
        size: _next(person, page) if name == "next page" else page
        for size, person in persons.items()
    }
    took: dict[int, list[float]] = {size: [] for size in persons}
    for size, person in persons.items():
        for _process in range(4):
            _time(person, asked[size])
    until = perf_counter() + (2 if quick else 4)
    while perf_counter() < until or len(took[max(took)]) < 3:
        for size, person in persons.items():
            took[size].append(_time(person, asked[size]))
    return {size: p50(samples) for size, samples in took.items()}


def _next(person: browsers.OurPerson, page: str) -> str:
    """The address that the page's own link to the next page has, ten pages on."""
    for _turn in range(10):
        page = html.unescape(NEXT.findall(person.browser.get(page))[0])
    return page


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
    _limit_task(house, case_id)
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


def _limit_task(house: Store, case_id: int) -> None:
    """Let the open task rest on a limit, which the page shows beside it."""
    t = models.tasks
    with house.transaction() as tx:
        task = tx.one(t.select().where(t.c.case_id == case_id))
        tx.run(t.update().where(t.c.id == task["id"]).values(limit_id="make_decision"))
        tx.insert(
            models.deadlines,
            {
                "case_id": case_id,
                "token": task["token"],
                "element": task["element"],
                "limit_id": "make_decision",
                "family": "make_decision",
                "name": "作出处理决定",
                "basis": "行政处罚法第六十条",
                "starts_at": tx.now,
                "due_at": tx.now,
            },
        )
