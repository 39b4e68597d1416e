"""Instances per second over HTTP, and how even the completions are, with 1 and 8 clients.

Ours on SQLite and on PostgreSQL with sign-in, permissions, audit and history on; against the naive
application in `competitors/naive.py`. All three run under the same gunicorn settings, side by side
from the first round to the last, and take turns, so that what slows the machine slows all three.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack

from tests.bench import browsers, places, workload
from tests.bench.places import Place
from tests.bench.results import Row, p50, p95, stage

SHARE = {"sqlite": 0.8, "postgresql": 0.6}
"""Of the naive application's instances per second."""
UNEVEN = 4
CLIENTS = (1, 8)

Loads = dict[str, list[browsers.Load]]


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """Rows of throughput for each database and number of clients, then of p95 against p50."""
    seconds, rounds = (1.5, 3) if quick else (3.0, 10)
    with ExitStack() as running:
        with stage("starting three web applications"):
            ports = _start(place, running)
        for clients in CLIENTS:
            with stage(f"over HTTP, {clients} client(s)"):
                loads = _take_turns(ports, clients, seconds, rounds)
            yield from (_speed(kind, clients, loads) for kind in SHARE)
        yield from (_evenness(kind, loads) for kind in SHARE)


def _start(place: Place, running: ExitStack) -> dict[str, tuple[int, str]]:
    """Kind of application → its port and database."""
    ports: dict[str, tuple[int, str]] = {}
    folder = place.new_folder("naive")
    diagram = folder / "workload.bpmn"
    diagram.write_bytes(workload.drawing().xml())
    application = f"create_app('{diagram}', '{folder / 'naive.sqlite3'}')"
    gunicorn = (sys.executable, "-m", "gunicorn", f"tests.bench.competitors.naive:{application}")
    settings = ("--workers", "2", "--threads", "8", "--log-level", "warning")
    naive = places.web_server(place, (*gunicorn, *settings, "--bind", "127.0.0.1:{port}"))
    ports["naive"] = (running.enter_context(naive), "")
    for kind in SHARE:
        url = place.new_url(kind)
        workload.open_house(url, signing=True).close()
        server = places.our_web(place, url)
        ports[kind] = (running.enter_context(server), url)
    return ports


def _take_turns(
    ports: dict[str, tuple[int, str]], clients: int, seconds: float, rounds: int
) -> Loads:
    persons = {
        kind: [
            browsers.OurPerson(port, url, login) if url else browsers.NaivePerson(port)
            for login in workload.LOGINS[:clients]
        ]
        for kind, (port, url) in ports.items()
    }
    for one in persons.values():
        browsers.drive(one, 1.0)
    loads: Loads = {kind: [] for kind in persons}
    for _round in range(rounds):
        for kind, one in persons.items():
            loads[kind].append(browsers.drive(one, seconds))
    for one in persons.values():
        browsers.close(one)
    return loads


def _speed(kind: str, clients: int, loads: Loads) -> Row:
    ours, theirs = ([load.instances_per_second for load in loads[who]] for who in (kind, "naive"))
    ratio = p50([one / other for one, other in zip(ours, theirs, strict=True)])
    return Row(
        measure=f"instances over HTTP, {kind}, {clients} client{'s' * (clients > 1)}",
        ours=f"{p50(ours):.1f}/s",
        against=f"naive Flask + SpiffWorkflow {p50(theirs):.1f}/s",
        ratio=ratio,
        mark=f"≥ {SHARE[kind]:.2f} ×",
        passed=ratio >= SHARE[kind],
        details={"ours": ours, "theirs": theirs},
    )


def _evenness(kind: str, loads: Loads) -> Row:
    took = [one for load in loads[kind] for one in load.completions]
    naive = [one for load in loads["naive"] for one in load.completions]
    ratio = p95(took) / p50(took)
    return Row(
        measure=f"p95 of a completion, {kind}, {CLIENTS[-1]} clients",
        ours=f"{p95(took) * 1000:.0f} ms",
        against=f"its p50 {p50(took) * 1000:.0f} ms",
        ratio=ratio,
        mark=f"≤ {UNEVEN} ×",
        passed=ratio <= UNEVEN,
        details={"completions": len(took), "naive": p95(naive) / p50(naive)},
    )
