"""Import and screening of a million penalty rows: memory, time, and whether progress is shown."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.bench import places, workload
from tests.bench.places import Place
from tests.bench.results import Row, stage
from tests.intake import make_batch
from workflows import models
from workflows.store import Store

MOST_MEGABYTES = 600
MINUTES = 10
"""What "minutes" is held to, for import and screening together."""


@dataclass(frozen=True)
class Run:
    """What one command took."""

    seconds: float
    megabytes: float
    looks: set[int]
    """The different states of progress that were seen in the database."""


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """One row of memory and one of time, on SQLite."""
    rows = 20_000 if quick else 1_000_000
    file = place.folder / "penalties.csv"
    with stage(f"writing {rows:,} rows"):
        make_batch.write_batch(file, rows)
    url = place.new_url("sqlite")
    house = workload.open_house(url)
    with stage(f"importing {rows:,} rows"):
        taken = _run(place, house, "import", "penalties", file, "--as", "wu", "--json")
    with house.reading() as tx:
        receipt = tx.one(models.imports.select())
    with stage("screening them"):
        screened = _run(place, house, "screen", "--json")
    house.close()
    megabytes = max(taken.megabytes, screened.megabytes)
    minutes = (taken.seconds + screened.seconds) / 60
    yield Row(
        measure=f"memory of import and screening, {rows:,} rows",
        ours=f"{megabytes:.0f} MB",
        against="",
        ratio=None,
        mark=f"< {MOST_MEGABYTES} MB",
        passed=megabytes < MOST_MEGABYTES and receipt["accepted"] == rows,
        details={"import": taken.megabytes, "screening": screened.megabytes},
    )
    yield Row(
        measure=f"minutes of import and screening, {rows:,} rows",
        ours=f"{taken.seconds / 60:.1f} + {screened.seconds / 60:.1f}",
        against=f"progress shown {len(taken.looks)} times",
        ratio=None,
        mark=f"< {MINUTES}, progress",
        passed=minutes < MINUTES and len(taken.looks) > 1,
        details={"rows per second": rows / taken.seconds},
    )


def _run(place: Place, house: Store, *words: str | Path) -> Run:
    """One command in a process of its own; raises BenchFailed where it fails."""
    looks = set[int]()
    ended = threading.Event()
    watching = threading.Thread(target=_watch, args=(house, looks, ended))
    watching.start()
    begun = perf_counter()
    command = [sys.executable, "-m", "workflows", *map(str, words)]
    environment = os.environ | places.ours(place, house.url)  # noqa: TID251
    with (place.folder / "command.log").open("w") as log:
        started = subprocess.Popen(
            command, cwd=places.ROOT, env=environment, stdout=log, stderr=log
        )
        _pid, status, usage = os.wait4(started.pid, 0)
    seconds = perf_counter() - begun
    ended.set()
    watching.join()
    if status:
        raise places.BenchFailed((place.folder / "command.log").read_text()[-500:])
    return Run(seconds, usage.ru_maxrss / 1024, looks)


def _watch(house: Store, looks: set[int], ended: threading.Event) -> None:
    while not ended.wait(0.2):
        with house.reading() as tx:
            row = tx.first(models.imports.select())
        if row:
            looks.add(row["done_bytes"])
