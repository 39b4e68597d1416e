"""Disputes over credit information (信用信息异议, P-31): marked at once, verified, answered.

A dispute is about one piece of information, a record or an entry in a list. While it is open, the
information is marked as disputed wherever it is shown (Henan 41). Who entered it does not verify.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import (
    attachments,
    instants,
    listings,
    publicity,
    reaching,
    records,
    revocations,
    values,
)
from workflows.store import Row, Transaction

LAW = "河南省社会信用条例第四十一条"
ENTERS = frozenset({"draft_case", "draft_notice"})
"""Tasks whose doers brought a listing about."""

OPEN = frozenset({"marked", "asked"})
STATUSES: Mapping[str, str] = {
    "marked": "已标注，正在核查",
    "asked": "已向信息来源单位核查",
    "corrected": "异议成立，已更正",
    "upheld_as_is": "信息无误，予以维持",
    "withdrawn": "异议人撤回",
}


@dataclass(frozen=True)
class Target:
    """What is disputed: `kind` record | listing."""

    kind: str
    row: Row

    @property
    def name(self) -> str:
        """As a document names it."""
        if self.kind == "record":
            return f"{self.row['organ']}《行政处罚决定书》（{self.row['doc_no']}）的失信信息"
        return "列入严重失信主体名单的信息"


def find_target(tx: Transaction, subject_id: int, said: str) -> Target:
    """What `record:3` or `listing:5` names; raises NotExpected for what is not the subject's."""
    kind, _, number = said.partition(":")
    tables = {"record": models.records, "listing": models.listings}
    if kind not in tables or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise errors.NotExpected(f"“{said}”不是可以提出异议的信息")
    table = tables[kind]
    row = tx.first(table.select().where(table.c.id == int(number)))
    if row is None or row["subject_id"] != subject_id:
        raise errors.NotExpected("所选信息不属于本案主体")
    if kind == "listing" and row["status"] not in listings.IN_FORCE:
        raise errors.NotExpected("所选列名已经移出或者尚未作出决定")
    return Target(kind, row)


def register(tx: Transaction, case: values.Fields, said: Mapping[str, Any], now: datetime) -> Row:
    """Write the dispute and mark the information as disputed at once (Henan 41).

    `said`: target, points [{no, text}], by, channel, received_at. Raises NotExpected for a dispute
    without a point, from the future, or over what is already in dispute.
    """
    target = find_target(tx, case["subject_id"], values.read_text(said, "target"))
    points = [one for one in values.read_rows(said.get("points")) if values.read_text(one, "text")]
    if not points:
        raise errors.NotExpected("异议没有写明任何一项内容", article=LAW)
    received_at = instants.read_instant(said.get("received_at"), "收到异议的时间")
    if received_at > now:
        raise errors.NotExpected("收到异议的时间晚于现在，请核对")
    if _is_disputed(tx, target):
        raise errors.NotExpected("该信息正在核查另一件异议，请并案办理", article=LAW)
    d = models.disputes
    dispute_id = tx.insert(
        d,
        {
            "subject_id": case["subject_id"],
            "case_id": case["id"],
            "target": target.kind,
            f"{target.kind}_id": target.row["id"],
            "number": f"{case['number']}-信异",
            "points": points,
            "by": values.read_text(said, "by"),
            "channel": values.read_text(said, "channel"),
            "received_at": received_at,
            "status": "marked",
        },
    )
    mark(tx, target, on=True)
    return tx.one(d.select().where(d.c.id == dispute_id))


def mark(tx: Transaction, target: Target, *, on: bool) -> None:
    """Show the information as disputed, or no longer, wherever it is shown."""
    row_id = target.row["id"]
    if target.kind == "record":
        records.mark_disputed(tx, row_id, on=on)
        publicity.mark_disputed(tx, on=on, record_id=row_id)
    else:
        publicity.mark_disputed(tx, on=on, listing_id=row_id)


def assign(tx: Transaction, case: values.Fields, verifier_id: int | None, source: str) -> Row:
    """Name who verifies and, where it has to be asked, the source of the information.

    Raises FourEyes for whoever entered the information.
    """
    row = check_open(tx, case["id"])
    check_verifier(tx, row, verifier_id)
    return _write(tx, row, verifier_id=verifier_id, source=source)


def check_verifier(tx: Transaction, dispute: Row, verifier_id: int | None) -> None:
    """Raise FourEyes where the verifier is nobody or entered the information (R-165)."""
    if verifier_id is None or verifier_id in entered_by(tx, dispute):
        raise errors.FourEyes("录入、认定该信息的人不得核查对它的异议", article=LAW)


def entered_by(tx: Transaction, dispute: values.Fields) -> set[int]:
    """Who imported the record, or drafted the listing."""
    if dispute["target"] == "record":
        r, i = models.records, models.imports
        row = tx.first(
            r.join(i, r.c.import_id == i.c.id)
            .select()
            .with_only_columns(i.c.started_by)
            .where(r.c.id == dispute["record_id"])
        )
        return {row["started_by"]} if row and row["started_by"] else set()
    listing = listings.find_listing(tx, dispute["listing_id"])
    t = models.tasks
    done = t.select().where(t.c.case_id == listing["case_id"], t.c.element.in_(sorted(ENTERS)))
    return {row["completed_by"] for row in tx.all(done) if row["completed_by"]}


def ask_source(tx: Transaction, case_id: int, document_id: int, now: datetime) -> None:
    """Note the letter that asks the source: it answers within three workdays (Henan 41)."""
    row = check_open(tx, case_id)
    _write(tx, row, status="asked", letter_document_id=document_id, asked_at=now)


def record_source(
    tx: Transaction, case: values.Fields, answer: str, evidence: Sequence[str], now: datetime
) -> Row:
    """What the source says. Raises NotExpected where it was not asked or says nothing."""
    row = check_open(tx, case["id"])
    if row["asked_at"] is None:
        raise errors.NotExpected("尚未向信息来源单位发出核查函")
    if not answer.strip():
        raise errors.NotExpected("信息来源单位的答复没有内容", article=LAW)
    proofs = values.read_texts(row["evidence"])
    if evidence:
        proofs += attachments.check_evidence(tx, case["id"], list(evidence), "信息来源单位的答复")
    return _write(tx, row, source_answer=answer, source_answered_at=now, evidence=proofs)


@dataclass(frozen=True)
class Conclusion:
    """What was found. `action`: correct | withdraw, where a point is right; '' where none is."""

    findings: Sequence[Mapping[str, Any]]
    action: str
    correction: str
    verifier_id: int | None


def conclude(tx: Transaction, case: values.Fields, said: Conclusion, now: datetime) -> Row:
    """Write the finding on each point, put the information right, and take the mark away.

    Raises NotExpected for a point without finding or reason, for a point that is right without a
    correction and the other way round, FourEyes.
    """
    row = check_open(tx, case["id"])
    check_verifier(tx, row, said.verifier_id)
    points = _judged(row, said.findings)
    is_wrong = any(point["accepted"] for point in points)
    if is_wrong and (said.action not in {"correct", "withdraw"} or not said.correction.strip()):
        raise errors.NotExpected("异议成立的，须写明如何更正或者撤回", article=LAW)
    if not is_wrong and said.action:
        raise errors.NotExpected("各项异议均不成立，不需要更正")
    target = find_disputed(tx, row)
    mark(tx, target, on=False)
    if is_wrong:
        _put_right(tx, case, target, said, row["number"], now)
    return _write(
        tx,
        row,
        points=points,
        status="corrected" if is_wrong else "upheld_as_is",
        result=_result(points),
        correction=said.correction,
        verifier_id=said.verifier_id,
        concluded_at=now,
    )


def withdraw(tx: Transaction, case_id: int, now: datetime) -> Row:
    """The subject takes the dispute back: the mark goes, nothing else changes."""
    row = check_open(tx, case_id)
    mark(tx, find_disputed(tx, row), on=False)
    return _write(tx, row, status="withdrawn", concluded_at=now)


def close(tx: Transaction, case_id: int, served_at: datetime) -> Row:
    """Note when the answer reached who asked; raises NotExpected before there is one."""
    row = of_case(tx, case_id)
    if row["concluded_at"] is None or row["answer_document_id"] is None:
        raise errors.NotExpected("信息异议尚未答复")
    return _write(tx, row, answered_at=served_at)


def attach_answer(tx: Transaction, case_id: int, document_id: int) -> None:
    """Note which document answers."""
    _write(tx, of_case(tx, case_id), answer_document_id=document_id)


def of_case(tx: Transaction, case_id: int) -> Row:
    """The dispute of a case; raises NotExpected where none is registered."""
    d = models.disputes
    row = tx.first(d.select().where(d.c.case_id == case_id))
    if row is None:
        raise errors.NotExpected("本案没有登记信息异议")
    return row


def check_open(tx: Transaction, case_id: int) -> Row:
    """The dispute of a case that is still open; raises NotExpected for one that is answered."""
    row = of_case(tx, case_id)
    if row["status"] not in OPEN:
        raise errors.NotExpected(f"信息异议{STATUSES.get(row['status'], '')}，不能再办理")
    return row


def find_disputed(tx: Transaction, dispute: Row) -> Target:
    """The row that is disputed, whatever became of it meanwhile."""
    kind = dispute["target"]
    table = models.records if kind == "record" else models.listings
    return Target(kind, tx.one(table.select().where(table.c.id == dispute[f"{kind}_id"])))


def _is_disputed(tx: Transaction, target: Target) -> bool:
    d = models.disputes
    same = d.c.record_id if target.kind == "record" else d.c.listing_id
    return tx.first(d.select().where(same == target.row["id"], d.c.status.in_(OPEN))) is not None


def _judged(row: Row, findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    by_no = {str(one.get("no")): one for one in findings}
    judged: list[dict[str, Any]] = []
    for place, point in enumerate(values.read_rows(row["points"]), 1):
        found = by_no.get(str(point.get("no") or place))
        if found is None or not all(values.read_text(found, key) for key in ("finding", "reason")):
            raise errors.NotExpected(f"异议第 {point.get('no') or place} 项没有核实结果或者理由")
        judged.append(
            {
                **point,
                "accepted": found.get("accepted") is True,
                "finding": values.read_text(found, "finding"),
                "reason": values.read_text(found, "reason"),
            }
        )
    return judged


def is_shown(tx: Transaction, target: Target) -> bool:
    """Whether anybody can see the information now, or is about to."""
    p = models.publicities
    same = p.c.record_id if target.kind == "record" else p.c.listing_id
    open_ = p.c.status != "ended"
    return tx.first(p.select().where(same == target.row["id"], open_)) is not None


def _result(points: Sequence[Mapping[str, Any]]) -> str:
    accepted = [point["accepted"] for point in points]
    return "upheld" if all(accepted) else "partly" if any(accepted) else "rejected"


def _put_right(
    tx: Transaction,
    case: values.Fields,
    target: Target,
    said: Conclusion,
    number: str,
    now: datetime,
) -> None:
    """A record is corrected or withdrawn; what is shown with the wrong content ends (INV-13).

    An entry in a list is never revoked here: `revocation_correction` does, with its own reasons.
    """
    today = instants.office_day(now)
    if target.kind == "record":
        publicity.end_of_record(tx, target.row["id"], "corrected", now)
    else:
        showing = listings.published_by(tx, target.row["id"])
        publicity.end_of_listing(tx, target.row["id"], "corrected", now)
        reaching.tell(tx, showing, "publicity_ended", {"reason": "corrected"})
    if target.kind == "record" and said.action == "correct":
        records.correct(tx, target.row, said.correction, number)
    if target.kind == "record" and said.action == "withdraw":
        records.withdraw(tx, target.row["id"], today, number)
        revocations.tell_others(tx, case, [target.row["id"]], number, today)


def _write(tx: Transaction, dispute: Row, **changes: Any) -> Row:
    d = models.disputes
    tx.run(d.update().where(d.c.id == dispute["id"]).values(**changes))
    return tx.one(d.select().where(d.c.id == dispute["id"]))
