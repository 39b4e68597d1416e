"""中止、中断、延长 of limits: who stopped which clock, since when, why, and on which law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workflows import deadlines, models
from workflows.deadlines import Interval, Pause
from workflows.registry import instants, law
from workflows.store import Row, Transaction

ALL = "all"
"""How a form or a diagram says every limit of the case."""

STATUS = {"suspension": "suspended", "interruption": "interrupted"}
"""Kind of pause → status of a limit whose clock it stops."""

STOPPED = frozenset(STATUS.values())

_ORDERED = (
    *("kind", "ground", "article", "starts_at", "length", "unit", "document_no", "made_by"),
    "element",
)
_p, _c = models.pauses, models.cases
_OF_CASE = _p.select().where(_p.c.case_id == models.given("of_case")).order_by(_p.c.id)


@dataclass(frozen=True)
class Order:
    """What is ordered, why, on which law, by whom. `limits`: ids or families, None for every one.

    `evidence` are sha256 of files of the case; `element` of the diagram where no person orders it.
    """

    kind: deadlines.Kind
    ground: str
    article: str
    starts_at: datetime
    limits: Sequence[str] | None = None
    length: int = 0
    unit: str = ""
    document_no: str = ""
    evidence: Sequence[str] = field(default_factory=tuple[str, ...])
    made_by: int | None = None
    element: str = ""


def begin(tx: Transaction, case_id: int, order: Order) -> int:
    """Write the order and return its id; the clocks themselves follow when the case is saved."""
    pause_id = tx.insert(
        _p,
        {
            "case_id": case_id,
            **{name: getattr(order, name) for name in _ORDERED},
            "limits": list(order.limits) if order.limits is not None else None,
            "evidence": list(order.evidence),
            "created_at": tx.now,
        },
    )
    tx.run(_c.update().where(_c.c.id == case_id).values(pauses=_c.c.pauses + 1))
    return pause_id


def end(tx: Transaction, pause_id: int, reason: str, ended_by: int | None) -> bool:
    """The obstacle is gone, now; False where somebody has ended it already."""
    return bool(
        tx.run(
            _p.update()
            .where(_p.c.id == pause_id, _p.c.ends_at.is_(None))
            .values(ends_at=tx.now, end_reason=reason, ended_by=ended_by)
        )
    )


def of_case(tx: Transaction, case_id: int) -> Sequence[Row]:
    """Every pause of a case, oldest first."""
    return tx.all(_OF_CASE, of_case=case_id)


def covers(row: Mapping[str, Any], limit_id: str, family: str) -> bool:
    """Whether the order is about this limit."""
    return row["limits"] is None or bool({limit_id, family} & set(row["limits"]))


def is_open(row: Mapping[str, Any]) -> bool:
    """Whether it still stops a clock."""
    return row["kind"] != "extension" and row["ends_at"] is None


def read(row: Mapping[str, Any]) -> Pause:
    """The row as the count of a limit takes it."""
    return Pause(
        kind=row["kind"],
        made_at=row["created_at"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        length=row["length"],
        unit=row["unit"],
    )


def intervals(tx: Transaction, case_id: int, limit: str, now: datetime) -> list[Interval]:
    """When the limit (id or family) of a case was suspended, as known at `now`.

    A suspension that lasts reaches to just after `now`.
    """
    found: list[Interval] = []
    for row in of_case(tx, case_id):
        if row["kind"] == "suspension" and row["created_at"] <= now and covers(row, limit, limit):
            ends_at: datetime | None = row["ends_at"]
            until = ends_at if ends_at and ends_at <= now else now + timedelta(microseconds=1)
            if row["starts_at"] < until:
                found.append(Interval(row["starts_at"], until))
    return found


def of_window(
    tx: Transaction, notice: Row, now: datetime, limits: Sequence[deadlines.Limit] | None = None
) -> list[Pause]:
    """The pauses that the time to answer a served notice has known by `now`.

    One that was ordered after the time had run out does not bring it back. `limits`: as they stand
    now unless given. Raises LimitUnknown.
    """
    ordered = [row for row in of_case(tx, notice["case_id"]) if row["created_at"] <= now]
    if not ordered:
        return []
    day = instants.office_day(notice["served_at"])
    limit = deadlines.find(limits or law.limits(), notice["limit_id"], day)
    known = [read(row) for row in ordered if covers(row, limit.id, limit.family)]
    start, told = notice["served_at"], notice["window_end"] or notice["served_at"]
    return deadlines.known_while_running(limit, start, law.calendar(), known, told)


def window_stopped(tx: Transaction, notice: Row, now: datetime) -> bool:
    """Whether the time to answer a served notice stands still at `now`: it has not run out."""
    return notice["served_at"] is not None and deadlines.is_stopped(of_window(tx, notice, now), now)
