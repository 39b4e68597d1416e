"""What the subject can do now, and until when or from when on: each with its article."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from workflows import deadlines, errors, models
from workflows.queries import due
from workflows.queries.due import Due
from workflows.registry import hearings, law
from workflows.store import Row, Transaction

OBJECT_LAW = "国办发〔2020〕49号 四（八）；河南省社会信用条例第二十八条；行政处罚法第四十五条"
HEARING_LAW = "行政处罚法第六十三条、第六十四条"
WAIVE_LAW = "行政处罚法第四十五条"
REPAIR_LAW = "国办发〔2020〕49号 六（十一）；河南省社会信用条例第四十四条"
DISPUTE_LAW = "河南省社会信用条例第四十一条"
IN_FORCE = frozenset({"decided_listed", "published"})


@dataclass(frozen=True)
class Right:
    """Something the subject can do. `kind`: object | hearing | waive | repair | dispute | …

    … reconsider | sue. `due`: until when, with the days counted; `since`: from when on, None for at
    once. `message` is what an officer of the case `case_id` registers; `procedure` is what one
    opens about `about` (listing:3).
    """

    kind: str
    article: str
    about_name: str
    due: Due | None = None
    since: date | None = None
    case_id: int | None = None
    message: str = ""
    procedure: str = ""
    about: str = ""


def rights(
    tx: Transaction,
    visible: sa.CTE,
    listings: Iterable[Mapping[str, Any]],
    records: Iterable[Mapping[str, Any]],
    lists: Mapping[str, str],
    repairable: Mapping[int, date],
) -> tuple[Right, ...]:
    """Everything that is open to the subject now. `repairable`: listing → from when on."""
    found: list[Right] = []
    for notice in tx.all(_open_notices(visible)):
        found += _of_notice(tx, notice)
    for one in listings:
        if one["status"] in IN_FORCE:
            name = lists.get(one["list_code"], one["list_code"])
            found += _of_listing(one, name, repairable.get(one["id"]), tx.now)
    public = [one for one in records if one["status"] == "public"]
    if public:
        name = public[0]["doc_no"] if len(public) == 1 else ""
        found.append(Right("dispute", DISPUTE_LAW, name, procedure="record_objection"))
    return tuple(found)


def _open_notices(visible: sa.CTE) -> sa.Select[Any]:
    """Notices whose window is open, of cases that run and that the actor sees."""
    n, c = models.notices, models.cases
    return (
        sa.select(*n.c, c.c.number.label("case_number"), c.c.procedure_key)
        .select_from(n.join(visible, visible.c.id == n.c.case_id).join(c, c.c.id == n.c.case_id))
        .where(n.c.status == "served", c.c.status == "open")
        .order_by(n.c.id)
    )


def _of_notice(tx: Transaction, notice: Row) -> list[Right]:
    if notice["served_at"] is None or notice["window_end"] is None:
        return []
    found: list[Right] = []
    told = Right("object", OBJECT_LAW, notice["case_number"], case_id=notice["case_id"])
    if notice["window_end"] > tx.now:
        until = _window(notice, tx.now)
        found.append(replace(told, due=until, message="objection_received"))
        if not notice["waiver"]:
            waive = replace(told, kind="waive", article=WAIVE_LAW)
            found.append(replace(waive, due=until, message="waiver_signed"))
    end = _hearing_end(tx, notice)
    if end is not None and end > tx.now:
        hearing = replace(told, kind="hearing", article=HEARING_LAW)
        until = due.of_instant(end, tx.now)
        found.append(replace(hearing, due=until, message="hearing_requested"))
    return found


def _window(notice: Row, now: datetime) -> Due:
    """The window as it was told, with its count of days where that is the whole story."""
    limit = deadlines.find(law.limits(), notice["limit_id"], notice["served_at"].date())
    counted = deadlines.compute(limit, notice["served_at"], law.calendar())
    if counted.due_at == notice["window_end"]:
        return _shown(counted, now)
    return due.of_instant(notice["window_end"], now)


def _hearing_end(tx: Transaction, notice: Row) -> datetime | None:
    if not hearings.is_offered(tx, notice):
        return None
    return hearings.request_end(notice, law.limits())


def _of_listing(
    one: Mapping[str, Any], name: str, repairable: date | None, now: datetime
) -> list[Right]:
    about = Right("repair", REPAIR_LAW, name, about=f"listing:{one['id']}")
    found = [
        replace(about, since=repairable, procedure="credit_repair"),
        replace(about, kind="dispute", article=DISPUTE_LAW, procedure="record_objection"),
    ]
    if one["served_at"]:
        for kind, limit_id in (("reconsider", "reconsideration"), ("sue", "litigation")):
            limit = _limit(limit_id, one["served_at"].date())
            if limit is None:
                continue
            until = _shown(deadlines.compute(limit, one["served_at"], law.calendar()), now)
            if until.due_at > now:
                found.append(Right(kind, limit.basis, due=until, about_name=name))
    return found


def _limit(limit_id: str, day: date) -> deadlines.Limit | None:
    try:
        return deadlines.find(law.limits(), limit_id, day)
    except errors.LimitUnknown:
        return None


def _shown(counted: deadlines.Deadline, now: datetime) -> Due:
    """A limit counted here rather than for a case."""
    return due.of_limit(
        {
            "name": counted.name,
            "basis": counted.basis,
            "confidence": counted.confidence,
            "starts_at": counted.start,
            "due_at": counted.due_at,
            "provisional": counted.provisional,
            "status": "running",
            "ended_at": None,
            "element": "",
            "steps": [(one.day.isoformat(), one.ordinal, one.reason) for one in counted.steps],
        },
        now,
    )
