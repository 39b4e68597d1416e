"""Prior notices (事前告知): what was announced, when it was served, and how long one may answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows import deadlines, errors, models, workdays
from workflows.registry import attachments, instants, law, objections, pauses, reviews, values
from workflows.store import Row, Transaction

WINDOW = "objection_window"
"""The family of the limits for answering a notice."""


@dataclass(frozen=True)
class Announced:
    """What a notice announces. `grounds` [{no, text, evidence_ref, records}], `measures` [code]."""

    list_code: str
    grounds: Sequence[Mapping[str, Any]]
    measures: Sequence[str]
    basis: Sequence[Mapping[str, Any]]
    limit_id: str


def issue_notice(tx: Transaction, case: values.Fields, document_id: int, said: Announced) -> int:
    """Write the notice of an issued document; an earlier one is superseded and its window with it.

    The case's listing becomes `noticed` for the list announced (INV-03: no other one may follow).
    """
    n = models.notices.c
    _enter_listing(tx, case, said.list_code)
    tx.run(models.notices.update().where(n.case_id == case["id"]).values(status="superseded"))
    return tx.insert(
        models.notices,
        {
            "case_id": case["id"],
            "document_id": document_id,
            "grounds": [dict(ground) for ground in said.grounds],
            "measures": list(said.measures),
            "basis": [dict(one) for one in said.basis],
            "limit_id": said.limit_id,
            "status": "issued",
        },
    )


def _enter_listing(tx: Transaction, case: values.Fields, list_code: str) -> None:
    """Note for which list the case announces; a case decided or ended announces nothing more."""
    entry = models.listings
    row = tx.first(entry.select().where(entry.c.case_id == case["id"]))
    if row is not None and row["status"] not in {"draft", "noticed"}:
        raise errors.NotExpected("本案已经作出决定或者已经终止，不得再行告知")
    said = {"list_code": list_code, "status": "noticed"}
    if row is None:
        tx.insert(entry, {"subject_id": case["subject_id"], "case_id": case["id"], **said})
    else:
        tx.run(entry.update().where(entry.c.id == row["id"]).values(**said))


def open_window(
    tx: Transaction,
    case_id: int,
    served_at: datetime,
    limit_id: str,
    limits: Sequence[deadlines.Limit],
) -> datetime:
    """Record when the current notice was served and its window's exclusive end.

    An end once told is never moved forward (INV-21).
    """
    notice = current_notice(tx, case_id)
    if notice is None:
        raise errors.NoticeNotServed("没有制发事前告知书")
    served = {**notice, "served_at": served_at, "limit_id": limit_id}
    known = pauses.of_window(tx, served, tx.now, limits)
    end = window_end(served_at, limit_id, limits, law.calendar(), known, tx.now)
    end = max(end, notice["window_end"] or end)
    tx.run(
        models.notices.update()
        .where(models.notices.c.id == notice["id"])
        .values(served_at=served_at, window_end=end, limit_id=limit_id, status="served")
    )
    return end


def extend_window(tx: Transaction, case_id: int, end: datetime) -> None:
    """Give more time to answer the current notice; an end once told never comes earlier."""
    notice = current_notice(tx, case_id)
    if notice is not None and notice["window_end"] is not None and notice["window_end"] < end:
        n = models.notices
        tx.run(n.update().where(n.c.id == notice["id"]).values(window_end=end))


def window_end(
    served_at: datetime,
    limit_id: str,
    limits: Sequence[deadlines.Limit],
    calendar: workdays.Calendar,
    known: Sequence[deadlines.Pause] = (),
    now: datetime | None = None,
) -> datetime:
    """The exclusive end of the time to answer a notice served at `served_at`.

    `known`: what has stopped or lengthened it by `now`; one that lasts is taken to end now.

    Raises LimitUnknown too where the limit is one for something else: a diagram cannot put a
    shorter one in its place.
    """
    limit = deadlines.find(limits, limit_id, instants.office_day(served_at))
    if limit.family != WINDOW:
        raise errors.LimitUnknown(f"{limit.name}不是陈述申辩、异议期限")
    return deadlines.count(limit, served_at, calendar, known, now or served_at).due_at


def record_waiver(tx: Transaction, case_id: int, signed_on: date, evidence: Any) -> dict[str, Any]:
    """A signed waiver (书面放弃) of the rest of the window, proved by a file of the case.

    Raises EvidenceMissing without the signed paper, NotExpected when it was signed before service
    or tomorrow, or reached the office before this notice existed: it then waived another one.
    """
    notice = current_notice(tx, case_id)
    if notice is None or notice["served_at"] is None:
        raise errors.NotExpected("事前告知书尚未送达，当事人还不能放弃陈述申辩权利")
    _check_meant(tx, notice)
    waiver = {
        "signed_on": signed_on.isoformat(),
        "evidence": attachments.check_evidence(tx, case_id, evidence, "书面放弃"),
    }
    check_signed_on(signed_on, notice["served_at"], tx.now)
    tx.run(models.notices.update().where(models.notices.c.id == notice["id"]).values(waiver=waiver))
    return waiver


def _check_meant(tx: Transaction, notice: Row) -> None:
    d, m = models.documents, models.case_messages
    document = tx.one(d.select().where(d.c.id == notice["document_id"]))
    said = tx.first(
        m.select()
        .where(
            m.c.case_id == notice["case_id"],
            m.c.message == "waiver_signed",
            m.c.status == "delivered",
        )
        .order_by(m.c.delivered_at.desc(), m.c.id.desc())
    )
    if said is not None and said["received_at"] < document["issued_at"]:
        raise errors.NotExpected("书面放弃收到于本告知书制发以前，不及于重新告知的内容")


def check_signed_on(signed_on: date, served_at: datetime, now: datetime) -> None:
    """A right can be waived only once it is known, and not in advance."""
    if not instants.office_day(served_at) <= signed_on <= instants.office_day(now):
        raise errors.NotExpected(f"书面放弃的签署日期 {signed_on} 应在告知书送达之日以后、今日以前")


def current_notice(tx: Transaction, case_id: int) -> Row | None:
    """The latest notice of a case, whatever became of it."""
    n = models.notices.c
    return tx.first(
        models.notices.select().where(n.case_id == case_id).order_by(n.id.desc()).limit(1)
    )


def struck_numbers(tx: Transaction, notice: Row, heard: Sequence[Row]) -> set[str]:
    """Numbers of the notice's grounds that upheld objections and reviews have struck."""
    d = models.documents
    document = tx.one(d.select().where(d.c.id == notice["document_id"]))
    earlier = [one for one in notices_of(tx, notice["case_id"]) if one["id"] < notice["id"]]
    every = [*heard, *reviews.as_heard(tx, notice["case_id"])]
    return objections.struck_grounds(notice, document["issued_at"], earlier, every)


def standing_grounds(tx: Transaction, notice: Row, heard: Sequence[Row]) -> list[dict[str, Any]]:
    """The announced grounds that no upheld objection has struck."""
    struck = struck_numbers(tx, notice, heard)
    return [one for one in values.read_rows(notice["grounds"]) if str(one["no"]) not in struck]


def notices_of(tx: Transaction, case_id: int) -> Sequence[Row]:
    """Every notice of a case, oldest first."""
    n = models.notices.c
    return tx.all(models.notices.select().where(n.case_id == case_id).order_by(n.id))
