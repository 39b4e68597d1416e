"""Objections (异议、陈述申辩): received, verified point by point, answered; what they strike."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import attachments, instants, pauses, values
from workflows.store import Row, Transaction

MESSAGE = "objection_received"
ACCEPTED = frozenset({"true", "yes", "accepted", "upheld", "成立", "是"})
RESULTS: Mapping[str, str] = {"upheld": "成立", "partly": "部分成立", "rejected": "不成立"}


def register(
    tx: Transaction,
    case: values.Fields,
    scope: str,
    said: Mapping[str, Any],
    received_at: datetime,
) -> tuple[int, bool]:
    """Write an objection and say whether it came after the window.

    A late one is recorded and answered all the same (行政处罚法第四十五条). What was posted before
    the end is in time, whenever it arrives (民事诉讼法第八十五条第四款). Nothing is late while the
    time to answer stands still.
    """
    check_received(tx, case["id"], said, received_at)
    n = models.notices.c
    notice = tx.first(
        models.notices.select().where(n.case_id == case["id"]).order_by(n.id.desc()).limit(1)
    )
    made_at = instants.made_at(said.get("postmark_date"), received_at, "异议")
    late = bool(notice and notice["window_end"] and made_at >= notice["window_end"])
    if notice and late and pauses.window_stopped(tx, notice, tx.now):
        late = False
    count = len(of_case(tx, case["id"]))
    objection_id = tx.insert(
        models.objections,
        {
            "case_id": case["id"],
            "number": f"{case['number']}-异{count + 1}",
            "scope": scope,
            "received_at": received_at,
            "channel": values.read_text(said, "channel"),
            "by": values.read_text(said, "by"),
            "late": late,
            "points": values.read_rows(said.get("points")),
            "evidence": values.read_texts(said.get("evidence")),
        },
    )
    return objection_id, late


def check_received(
    tx: Transaction, case_id: int, said: Mapping[str, Any], received_at: datetime
) -> None:
    """Raise NotExpected, EvidenceMissing for an objection that cannot be registered as it is told.

    Asked at the door too, where the objection has to wait until the notice is served.
    """
    if not values.read_rows(said.get("points")):
        raise errors.NotExpected("异议没有写明任何一项内容")
    evidence = values.read_texts(said.get("evidence"))
    if evidence:
        attachments.check_evidence(tx, case_id, evidence, "异议")
    if received_at > tx.now:
        raise errors.NotExpected("收到异议的时间晚于现在，请核对")
    instants.made_at(said.get("postmark_date"), received_at, "异议")


def record_answer(
    tx: Transaction,
    objection: Row,
    findings: Sequence[Mapping[str, Any]],
    verifier_id: int | None,
) -> str:
    """Write the findings and return the result: upheld, partly or rejected.

    Every point needs a finding with its reason (行政处罚法第四十五条: 进行复核), else NotExpected.
    """
    by_no = {str(one.get("no")): one for one in findings}
    points = [
        _answered(point, by_no, place)
        for place, point in enumerate(values.read_rows(objection["points"]))
    ]
    accepted = [point["accepted"] for point in points]
    result = "upheld" if all(accepted) else "partly" if any(accepted) else "rejected"
    tx.run(
        models.objections.update()
        .where(models.objections.c.id == objection["id"])
        .values(points=points, result=result, verifier_id=verifier_id, answered_at=tx.now)
    )
    return result


def _answered(
    point: Mapping[str, Any], by_no: Mapping[str, Mapping[str, Any]], place: int
) -> dict[str, Any]:
    found = by_no.get(str(point.get("no"))) or by_no.get(str(place + 1))
    if found is None or not str(found.get("reason") or "").strip():
        raise errors.NotExpected(
            f"异议第 {point.get('no') or place + 1} 项没有核实结果或者理由",
            article="行政处罚法第四十五条；国办发〔2020〕49号 四（八）",
        )
    return {
        **point,
        "accepted": str(found.get("accepted")).strip().lower() in ACCEPTED,
        "finding": str(found.get("finding") or ""),
        "reason": str(found["reason"]),
        "grounds": values.read_numbers(found.get("grounds"))
        or values.read_numbers(point.get("ground")),
    }


def find_verifier(tx: Transaction, case_id: int, scope: str) -> int | None:
    """Who verified the objection dealt with in `scope`, as the tasks tell."""
    t = models.tasks.c
    row = tx.first(
        models.tasks.select()
        .where(
            t.case_id == case_id,
            t.scope == scope,
            t.element == "verify_objection",
            t.completed_by.is_not(None),
        )
        .order_by(t.id.desc())
        .limit(1)
    )
    return row["completed_by"] if row else None


def attach_answer(tx: Transaction, objection_id: int, document_id: int) -> None:
    """Note which document answers the objection."""
    tx.run(
        models.objections.update()
        .where(models.objections.c.id == objection_id)
        .values(answer_document_id=document_id)
    )


def close(tx: Transaction, objection_id: int, served_at: datetime) -> None:
    """Note when the answer reached the objector."""
    objection = find_objection(tx, objection_id)
    if objection["answered_at"] is None or objection["answer_document_id"] is None:
        raise errors.ObjectionOpen(f"异议 {objection['number']} 尚未作出答复")
    tx.run(
        models.objections.update()
        .where(models.objections.c.id == objection_id)
        .values(answer_served_at=served_at)
    )


def find_objection(tx: Transaction, objection_id: int) -> Row:
    """The objection; raises NotFound."""
    return tx.one(models.objections.select().where(models.objections.c.id == objection_id))


def of_case(tx: Transaction, case_id: int) -> Sequence[Row]:
    """Every objection of a case, oldest first."""
    o = models.objections.c
    return tx.all(models.objections.select().where(o.case_id == case_id).order_by(o.id))


def pending(tx: Transaction, case_id: int, now: datetime) -> Sequence[Row]:
    """Objections that have come in by `now` and wait to be registered: as open as any."""
    m = models.case_messages.c
    return tx.all(
        models.case_messages.select().where(
            m.case_id == case_id,
            m.message == MESSAGE,
            m.status == "pending",
            m.received_at <= now,
        )
    )


def refused(tx: Transaction, case_id: int, now: datetime) -> Sequence[Row]:
    """Objections that came in by `now` and could not be registered: nobody has heard them."""
    m = models.case_messages.c
    return tx.all(
        models.case_messages.select().where(
            m.case_id == case_id,
            m.message == MESSAGE,
            m.status == "refused",
            m.received_at <= now,
        )
    )


def is_open(objection: Row) -> bool:
    """Answered is not enough: the answer must have been served."""
    return objection["answered_at"] is None or objection["answer_served_at"] is None


def struck_grounds(
    notice: Row, issued_at: datetime, earlier: Sequence[Row], objections: Sequence[values.Fields]
) -> set[str]:
    """Numbers of the notice's grounds that upheld objections have struck.

    A ground struck from an earlier notice stays struck when it comes back in the same words.
    """
    words = {
        _bare(ground["text"])
        for old in earlier
        for objection in objections
        for ground in values.read_rows(old["grounds"])
        if objection["received_at"] < issued_at and str(ground["no"]) in _fallen(objection)
    }
    struck = {
        number
        for objection in objections
        if objection["received_at"] >= issued_at
        for number in _fallen(objection)
    }
    return struck | {
        str(ground["no"])
        for ground in values.read_rows(notice["grounds"])
        if _bare(ground["text"]) in words
    }


def _fallen(objection: values.Fields) -> set[str]:
    return {
        number
        for point in values.read_rows(objection["points"])
        if point.get("accepted") is True
        for number in values.read_numbers(point.get("grounds"))
    }


def _bare(text: Any) -> str:
    return "".join(str(text).split())
