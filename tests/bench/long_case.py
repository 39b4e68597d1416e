"""What step N of a long case costs: a task that is done again five hundred times."""

from collections.abc import Iterator
from time import perf_counter

from tests.bench import workload
from tests.bench.places import Place
from tests.bench.results import Row, p50, stage
from tests.engine import diagrams
from workflows import cases
from workflows.access import Actor
from workflows.store import Store

LOOPS = 500
COMPARED = 50
FLAT = 1.3


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """The median of the last fifty steps against that of the first fifty, on both databases.

    The last steps of a long case and the first of a new one take turns.
    """
    for kind in ("sqlite", "postgresql"):
        with stage(f"{LOOPS} loops, {kind}"):
            first, last = _loop(place.new_url(kind), number=1 if quick else 4)
        ratio = p50(last) / p50(first)
        yield Row(
            measure=f"last {COMPARED} of {LOOPS} loops, {kind}",
            ours=f"{p50(last) * 1000:.1f} ms",
            against=f"first {COMPARED} {p50(first) * 1000:.1f} ms",
            ratio=ratio,
            mark=f"≤ {FLAT} ×",
            passed=ratio <= FLAT,
        )


def _loop(url: str, number: int) -> tuple[list[float], list[float]]:
    """Seconds of the first and of the last steps of so many cases."""
    house = workload.open_house(url, _drawing())
    who = workload.actor(house)
    first, last = list[float](), list[float]()
    for _case in range(number):
        old = workload.open_one(house, who)
        for _step in range(LOOPS - COMPARED):
            _time(house, who, old)
        new = workload.open_one(house, who)
        for _step in range(COMPARED):
            first.append(_time(house, who, new))
            last.append(_time(house, who, old))
    house.close()
    return first, last


def _time(house: Store, who: Actor, case_id: int) -> float:
    task_id = workload.open_task(house, case_id)["id"]
    begun = perf_counter()
    cases.complete_task(house, who, task_id, {"agreed": False})
    return perf_counter() - begun


def _drawing() -> diagrams.Drawing:
    """start → check → gateway → [agreed] end, or check again."""
    d = diagrams.Drawing(workload.KEY)
    d.start("begun", camunda_formKey="workload/begun")
    d.user("check", name="check", camunda_formKey="workload/check")
    d.xor("result", default="result_to_check")
    d.end("filed")
    d.flow("begun > check > result")
    d.flow("result > filed", "agreed")
    return d.flow("result > check")
