"""Listings: the only place where a subject is put on a list, behind the guard."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflows import errors, models
from workflows.registry import guards, instants, notices, values
from workflows.store import Row, Transaction

DECIDED = "decided_listed"
OPEN = frozenset({"draft", "noticed"})


def decide_listing(
    tx: Transaction,
    case: values.Fields,
    decider_id: int | None,
    decision: Mapping[str, Any],
    now: datetime,
) -> int:
    """Put the case's subject on the list, if the guard finds nothing missing.

    The only function that writes `decided_listed` (INV-01): no diagram, command or migration gets
    past `guards.check_listing`, which raises what is missing with its article.
    `decision`: list_code, grounds [no], measures [code], reasons, term_months, removal_conditions,
    removal_procedure.
    """
    guards.check_listing(tx, case, decider_id, dict(decision), now)
    listing = of_case(tx, case["id"])
    notice = notices.current_notice(tx, case["id"])
    if notice is None or listing is None or listing["status"] not in OPEN:
        raise errors.NotExpected("本案已经作出决定或者已经终止，不得再次列入")
    start = instants.office_day(now)
    kept = values.read_numbers(decision["grounds"])
    announced = values.read_rows(notice["grounds"])
    tx.run(
        models.listings.update()
        .where(models.listings.c.id == listing["id"])
        .values(
            status=DECIDED,
            grounds=[ground for ground in announced if str(ground["no"]) in kept],
            measures=values.read_texts(decision["measures"]),
            term_start=start,
            term_end=add_months(start, int(decision["term_months"])),
            decided_at=now,
            decided_by=decider_id,
        )
    )
    return listing["id"]


def terminate(tx: Transaction, case: values.Fields, list_code: str, now: datetime) -> int:
    """End the case without listing: nothing is recorded against the subject (§2.8)."""
    listing = of_case(tx, case["id"])
    if listing is None:
        return tx.insert(
            models.listings,
            {
                "subject_id": case["subject_id"],
                "case_id": case["id"],
                "list_code": list_code,
                "status": "terminated",
                "decided_at": now,
            },
        )
    if listing["status"] not in OPEN:
        raise errors.NotExpected("本案已经作出列入决定，不得终止；须依法撤销")
    tx.run(
        models.listings.update()
        .where(models.listings.c.id == listing["id"])
        .values(status="terminated", decided_at=now)
    )
    return listing["id"]


def attach_decision(tx: Transaction, case_id: int, document_id: int) -> None:
    """Note which document carries the decision."""
    tx.run(
        models.listings.update()
        .where(models.listings.c.case_id == case_id)
        .values(decision_document_id=document_id)
    )


def close_listing(tx: Transaction, case: values.Fields, served_at: datetime) -> int:
    """Note when the decision was served; nothing is public before (INV-13)."""
    listing = of_case(tx, case["id"])
    if listing is None or listing["status"] != DECIDED:
        raise errors.NotExpected("本案没有列入决定")
    if listing["decision_document_id"] is None:
        raise errors.DocumentIncomplete("列入决定书尚未制发")
    tx.run(
        models.listings.update()
        .where(models.listings.c.id == listing["id"])
        .values(served_at=served_at)
    )
    return listing["id"]


def of_case(tx: Transaction, case_id: int) -> Row | None:
    """The listing of a case, whatever its status."""
    return tx.first(models.listings.select().where(models.listings.c.case_id == case_id))


def add_months(day: date, count: int) -> date:
    """The corresponding day `count` months on, or that month's last (民法典202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
