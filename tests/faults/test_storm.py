"""Very many timers due at one instant, a worker struck half-way: each fires once."""

from collections import Counter

from tests.faults import errands
from tests.faults.checking import check, is_idle
from tests.faults.installation import Begin
from tests.faults.waiting import until
from workflows import models, store

STORM, STORM_IN_FULL = 500, 100_000
SECONDS = 60


def fired(house: store.Store) -> int:
    e = models.events
    with house.reading() as tx:
        return tx.count(e.select().where(e.c.kind == "fired"))


def test_every_timer_of_a_storm_fires_once_though_a_worker_dies(
    office: store.Store, today: store.Store, begin: Begin, full: bool
) -> None:
    number = STORM_IN_FULL if full else STORM
    errands.brew(office, number)
    workers = ["worker"] if today.file else ["worker", "worker2"]
    with begin(today.url, workers) as processes:
        seconds = SECONDS * (20 if full else 1)
        until(lambda: fired(today) > number // 2, seconds, "the storm does not pass")
        processes.kill("worker")
        if today.file:
            processes.start("worker")
        until(lambda: is_idle(today), seconds, "the storm does not end")
    e = models.events
    with today.reading() as tx:
        rows = tx.all(e.select().with_only_columns(e.c.case_id).where(e.c.kind == "fired"))
    times = Counter(row["case_id"] for row in rows)
    assert (len(times), set(times.values())) == (number, {1})
    check(today, first=STORM)
