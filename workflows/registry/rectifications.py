"""Rectifications (限期整改): what is to be mended until when, and who has verified it (R-182)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from workflows import errors, models, workdays
from workflows.registry import instants, law, values
from workflows.store import Row, Transaction

LAW = "濮信用〔2020〕3号 三（四）20"
OPEN = frozenset({"open", "overdue"})

_r = models.rectifications


def open_rectification(
    tx: Transaction,
    case: values.Fields,
    *,
    cause: str,
    requirements: Sequence[str],
    due_on: date,
    drafted_by: int | None,
    interview_id: int | None = None,
) -> int:
    """Set what is to be mended and until which day; written anew while the case's is open."""
    asked = [one.strip() for one in requirements if one.strip()]
    if not asked or not cause.strip():
        raise errors.RectificationUnlawful("须写明事由和整改要求", article=LAW)
    check_due(due_on, tx.now)
    row = {
        "interview_id": _own_interview(tx, case, interview_id),
        "cause": cause.strip(),
        "requirements": asked,
        "due_on": due_on,
        "drafted_by": drafted_by,
    }
    known = tx.first(_r.select().where(_r.c.case_id == case["id"]))
    if known is not None:
        _check_open(known)
        tx.run(_r.update().where(_r.c.id == known["id"]).values(**row))
        return known["id"]
    about = {"subject_id": case["subject_id"], "case_id": case["id"], "extensions": list[Any]()}
    return tx.insert(_r, {**about, **row})


def check_due(due_on: date, now: datetime) -> None:
    """Raise RectificationUnlawful unless there is a full workday at least to mend something."""
    earliest = workdays.next_workday(instants.office_day(now), law.calendar())
    if due_on < earliest:
        raise errors.RectificationUnlawful(
            f"整改期限应当合理，最早为 {earliest.isoformat()}", article=LAW
        )


def extend(tx: Transaction, case_id: int, due_on: date, reason: str, by: str) -> datetime:
    """Give more time; the new exclusive end. Every extension stays told."""
    row = of_case(tx, case_id)
    _check_open(row)
    check_due(due_on, tx.now)
    if due_on <= row["due_on"]:
        raise errors.RectificationUnlawful(
            f"延长以后的期限应晚于现在的 {row['due_on']}", article=LAW
        )
    if not reason.strip():
        raise errors.RectificationUnlawful("延长须写明理由", article=LAW)
    told = {"from": row["due_on"].isoformat(), "to": due_on.isoformat(), "reason": reason, "by": by}
    tx.run(
        _r.update()
        .where(_r.c.id == row["id"])
        .values(
            due_on=due_on,
            status="open",
            extensions=[*values.read_rows(row["extensions"]), told],
        )
    )
    return due_at(due_on)


def due_at(due_on: date) -> datetime:
    """The exclusive end of the last day: midnight after it."""
    return datetime.combine(due_on + workdays.ONE_DAY, datetime.min.time(), workdays.OFFICE)


def report(tx: Transaction, case_id: int, text: str, evidence: Sequence[str]) -> None:
    """The subject says what it has mended."""
    row = of_case(tx, case_id)
    _check_open(row)
    tx.run(
        _r.update()
        .where(_r.c.id == row["id"])
        .values(report=text, evidence=[*values.read_texts(row["evidence"]), *evidence])
    )


def mark_overdue(tx: Transaction, case_id: int) -> None:
    """The time has run out and nobody has reported."""
    row = of_case(tx, case_id)
    _check_open(row)
    if tx.now < due_at(row["due_on"]):
        raise errors.RectificationUnlawful(f"整改期限 {row['due_on']} 尚未届满", article=LAW)
    tx.run(_r.update().where(_r.c.id == row["id"]).values(status="overdue"))


def verify(tx: Transaction, case_id: int, *, done: bool, finding: str, by: int | None) -> int:
    """Somebody who has not drafted the demands says whether they are met.

    Raises FourEyes, RectificationUnlawful.
    """
    row = of_case(tx, case_id)
    _check_open(row)
    if by is None or by == row["drafted_by"]:
        raise errors.FourEyes("整改须由提出整改要求以外的人员核验", article=LAW)
    if not finding.strip():
        raise errors.RectificationUnlawful("须写明核验的情况", article=LAW)
    tx.run(
        _r.update()
        .where(_r.c.id == row["id"])
        .values(
            status="done" if done else "failed",
            finding=finding,
            verified_by=by,
            closed_at=tx.now,
        )
    )
    return row["id"]


def withdraw(tx: Transaction, case_id: int, reason: str) -> None:
    """The demand was wrong or has no object any more."""
    row = of_case(tx, case_id)
    _check_open(row)
    tx.run(
        _r.update()
        .where(_r.c.id == row["id"])
        .values(status="withdrawn", finding=reason, closed_at=tx.now)
    )


def of_case(tx: Transaction, case_id: int) -> Row:
    """The rectification of a case; raises RectificationUnlawful where there is none."""
    row = tx.first(_r.select().where(_r.c.case_id == case_id))
    if row is None:
        raise errors.RectificationUnlawful("本案没有提出整改要求", article=LAW)
    return row


def of_subject(tx: Transaction, subject_id: int) -> Sequence[Row]:
    """Every rectification of a subject, oldest first."""
    return tx.all(_r.select().where(_r.c.subject_id == subject_id).order_by(_r.c.id))


def _own_interview(tx: Transaction, case: values.Fields, interview_id: int | None) -> int | None:
    """The interview it follows, where that was with the same subject."""
    if interview_id is None:
        return None
    i = models.interviews
    row = tx.first(i.select().where(i.c.id == interview_id, i.c.subject_id == case["subject_id"]))
    return row["id"] if row else None


def _check_open(row: Row) -> None:
    if row["status"] not in OPEN:
        raise errors.RectificationUnlawful("整改已经办结", article=LAW)
