"""Import and screening of a million penalty rows: memory, time, and whether progress is shown."""

import csv
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
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


FILE_ROWS = 400_000
"""A file may have 200 MB: a larger batch comes in several."""


@dataclass(frozen=True)
class Run:
    """What one command took."""

    seconds: float
    megabytes: float
    looks: set[tuple[int, int]]
    """The different states of progress (import, bytes done) that were seen in the database."""


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """One row of memory and one of time, on SQLite."""
    rows = 20_000 if quick else 1_000_000
    with stage(f"writing {rows:,} rows"):
        files = list(_write(place.folder, rows))
    house = workload.open_house(place.new_url("sqlite"))
    with stage(f"importing {rows:,} rows"):
        taken = [
            _run(place, house, "import", "penalties", file, "--as", "wu", "--json")
            for file in files
        ]
    with house.reading() as tx:
        accepted = sum(receipt["accepted"] for receipt in tx.all(models.imports.select()))
    with stage("screening them"):
        screened = _run(place, house, "screen", "--json")
    house.close()
    megabytes = max(one.megabytes for one in (*taken, screened))
    importing, screening = sum(one.seconds for one in taken) / 60, screened.seconds / 60
    looks = sum(len(one.looks) for one in taken)
    yield Row(
        measure=f"memory of import and screening, {rows:,} rows",
        ours=f"{megabytes:.0f} MB",
        against="",
        ratio=None,
        mark=f"< {MOST_MEGABYTES} MB",
        passed=megabytes < MOST_MEGABYTES and accepted == rows,
        details={"import": [one.megabytes for one in taken], "screening": screened.megabytes},
    )
    yield Row(
        measure=f"minutes of import and screening, {rows:,} rows",
        ours=f"{importing:.1f} + {screening:.1f}",
        against=f"progress moved {looks} times",
        ratio=None,
        mark=f"< {MINUTES}, progress",
        passed=importing + screening < MINUTES and all(len(one.looks) > 1 for one in taken),
        details={"rows a second": rows / importing / 60, "files": len(files)},
    )


def _write(folder: Path, rows: int) -> Iterator[Path]:
    """The batch as CSV, in files that may be taken in."""
    batch = make_batch.make_batch(rows)
    for first in range(0, rows, FILE_ROWS):
        file = folder / f"penalties-{first}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, make_batch.HEADERS)
            writer.writeheader()
            writer.writerows(islice(batch, FILE_ROWS))
        yield file


def _run(place: Place, house: Store, *words: str | Path) -> Run:
    """One command in a process of its own; raises BenchFailed where it fails."""
    looks = set[tuple[int, int]]()
    ended = threading.Event()
    watching = threading.Thread(target=_watch, args=(house, looks, ended))
    watching.start()
    begun = perf_counter()
    command = [sys.executable, "-m", "workflows", *map(str, words)]
    environment = os.environ | places.ours(place, house.url)  # noqa: TID251
    with (place.folder / "command.log").open("w") as log:
        started = subprocess.Popen(
            command, cwd=places.ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        _pid, status, usage = os.wait4(started.pid, 0)
    seconds = perf_counter() - begun
    ended.set()
    watching.join()
    if status:
        raise places.BenchFailed((place.folder / "command.log").read_text()[-500:])
    return Run(seconds, usage.ru_maxrss / 1024, looks)


def _watch(house: Store, looks: set[tuple[int, int]], ended: threading.Event) -> None:
    i = models.imports
    while not ended.wait(0.2):
        with house.reading() as tx:
            row = tx.first(i.select().order_by(i.c.id.desc()).limit(1))
        if row:
            looks.add((row["id"], row["done_bytes"]))
