"""What a story may expect of the world, each in the shape in which it is written."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from workflows import cases, models
from workflows.registry import pauses
from workflows.store import Row, Transaction
from workflows.stories.stage import Stage, StoryFailed, instant


def found(stage: Stage, name: str, wanted: Any) -> Any:
    """What is true under `name`: equal to `wanted` where the expectation is met."""
    if name == "verified":
        return cases.verify_case(stage.store, stage.case_id) is None
    with stage.store.reading() as tx:
        if name == "flags":
            return _flags(tx, wanted)
        if name == "rows":
            return _rows(tx, wanted)
        if name not in _OF_A_CASE:
            raise StoryFailed(
                f"expect 不认识“{name}”；可用：flags, rows, verified, {', '.join(_OF_A_CASE)}"
            )
        case = tx.one(models.cases.select().where(models.cases.c.id == stage.case_id))
        return _OF_A_CASE[name](tx, case, wanted)


def _flags(tx: Transaction, wanted: Mapping[str, Any]) -> dict[str, Any]:
    f, s = models.flags, models.subjects
    rows = tx.all(
        f.join(s, f.c.subject_id == s.c.id)
        .select()
        .with_only_columns(s.c.id_no, f.c.kind)
        .where(f.c.current)
    )
    kinds = {row["id_no"]: row["kind"] for row in rows}
    return {key: kinds.get(str(key)) for key in wanted}


def _rows(tx: Transaction, wanted: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, Any]:
    """All rows of each table named, in order, with the columns that the story names."""
    found: dict[str, Any] = {}
    for name, rows in wanted.items():
        table = getattr(models, name)
        there = tx.all(table.select().order_by(table.c.id))
        columns = [set(row) for row in rows] + [set[str]()] * (len(there) - len(rows))
        told = [
            {column: _written(row[column]) for column in some}
            for row, some in zip(there, columns, strict=False)
        ]
        is_so = len(there) == len(rows) and told == [
            {column: _written(value) for column, value in row.items()} for row in rows
        ]
        found[name] = rows if is_so else told
    return found


def _written(value: Any) -> Any:
    """Days and instants as ISO text, so that YAML and rows can be compared."""
    if isinstance(value, datetime):
        return instant(value).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _tasks(tx: Transaction, case: Row, wanted: list[str]) -> list[str]:
    t = models.tasks
    rows = tx.all(t.select().where(t.c.case_id == case["id"], t.c.status == "open"))
    elements = sorted(row["element"] for row in rows)
    return wanted if elements == sorted(wanted) else elements


def _deadlines(tx: Transaction, case: Row, wanted: Mapping[str, Any]) -> dict[str, Any]:
    d = models.deadlines
    ends: dict[str, datetime] = {}
    for row in tx.all(d.select().where(d.c.case_id == case["id"]).order_by(d.c.id)):
        ends[row["family"]] = ends[row["limit_id"]] = row["due_at"]
    return {
        name: said if ends.get(name) == instant(said) else ends.get(name)
        for name, said in wanted.items()
    }


def _documents(tx: Transaction, case: Row, wanted: list[str]) -> list[str]:
    d = models.documents
    rows = tx.all(d.select().where(d.c.case_id == case["id"], d.c.status == "issued"))
    kinds = {row["kind"] for row in rows}
    return wanted if set(wanted) <= kinds else sorted(kinds)


def _facts(tx: Transaction, case: Row, wanted: Mapping[str, Any]) -> dict[str, Any]:
    del tx
    return {key: case["facts"][""].get(key) for key in wanted}


def _listed(tx: Transaction, case: Row, wanted: Any) -> bool:
    del wanted
    listing = models.listings
    row = tx.first(listing.select().where(listing.c.case_id == case["id"]))
    return bool(row and row["status"] in {"decided_listed", "published"})


def _open_objections(tx: Transaction, case: Row, wanted: Any) -> int:
    del wanted
    o = models.objections
    rows = tx.all(o.select().where(o.c.case_id == case["id"]))
    return sum(row["answer_served_at"] is None for row in rows)


def _ended(tx: Transaction, case: Row, wanted: Any) -> str | None:
    del tx, wanted
    return case["ended_reason"]


def _ended_at(tx: Transaction, case: Row, wanted: Any) -> Any:
    del tx
    return wanted if case["ended_at"] == instant(wanted) else case["ended_at"]


def _escalations(tx: Transaction, case: Row, wanted: Mapping[str, int]) -> dict[str, Any]:
    d = models.deadlines
    rows = tx.all(d.select().where(d.c.case_id == case["id"]).order_by(d.c.id))
    taken = {row["element"]: row["escalations"] for row in rows}
    return {key: taken.get(key) for key in wanted}


def _alerts(tx: Transaction, case: Row, wanted: Any) -> int:
    del wanted
    e = models.events
    return tx.count(e.select().where(e.c.case_id == case["id"], e.c.kind == "fee_alert"))


def _paused(tx: Transaction, case: Row, wanted: list[str]) -> list[str]:
    """Limits (id or family) whose clock stands still."""
    d = models.deadlines
    still = d.select().where(d.c.case_id == case["id"], d.c.status.in_(sorted(pauses.STOPPED)))
    rows = tx.all(still)
    names = sorted({row["family"] for row in rows})
    return wanted if names == sorted(wanted) else names


_OF_A_CASE: Mapping[str, Callable[[Transaction, Row, Any], Any]] = {
    "alerts": _alerts,
    "tasks": _tasks,
    "deadlines": _deadlines,
    "documents": _documents,
    "facts": _facts,
    "listed": _listed,
    "open_objections": _open_objections,
    "ended": _ended,
    "ended_at": _ended_at,
    "escalations": _escalations,
    "paused": _paused,
}
