"""Statements and commits of one task completion in process, counted on both databases."""

from collections.abc import Iterator

from sqlalchemy import event

from tests.bench import workload
from tests.bench.places import Place
from tests.bench.results import Row, stage
from workflows import cases
from workflows.store import Store

MOST = 8


def measure(place: Place, *, quick: bool) -> Iterator[Row]:
    """One row for each database: the costliest of the four completions of a warm case."""
    for kind in ("sqlite", "postgresql"):
        with stage(f"statements per completion, {kind}"):
            house = workload.open_house(place.new_url(kind))
            who = workload.actor(house)
            workload.run_one(house, who)
            told = _count(house, who)
            house.close()
        statements = max(len(told_of) for told_of, _commits in told.values())
        commits = {commits for _said, commits in told.values()}
        yield Row(
            measure=f"statements per completion, {kind}",
            ours=f"{statements}, {'/'.join(map(str, sorted(commits)))} commit",
            against="",
            ratio=None,
            mark=f"≤ {MOST}, exactly 1 commit",
            passed=statements <= MOST and commits == {1},
            details={element: said for element, (said, _commits) in told.items()},
        )


def _count(house: Store, who: workload.Actor) -> dict[str, tuple[list[str], int]]:
    """Element → statements said, number of commits."""
    said: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    case_id = workload.open_one(house, who)
    told: dict[str, tuple[list[str], int]] = {}
    for element, _posted in workload.STEPS:
        task_id = workload.open_task(house, case_id)["id"]
        said.clear()
        event.listen(house.engine, "before_cursor_execute", listen)
        cases.complete_task(house, who, task_id, workload.answers(element))
        event.remove(house.engine, "before_cursor_execute", listen)
        control = [one for one in said if one.split()[0] in {"BEGIN", "COMMIT", "ROLLBACK"}]
        told[element] = ([one for one in said if one not in control], control.count("COMMIT"))
    return told
