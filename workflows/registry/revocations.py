"""Revocations: a document that findings rest on is gone, and so is what rested on it (INV-16).

Ex officio and not by repair: the records are withdrawn within a workday (Henan 42), what is public
of them ends, every entry of this office that rested on nothing else is revoked at once; where other
documents still hold an entry up, a person says with reasons whether it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows import errors, models
from workflows.registry import (
    attachments,
    instants,
    listings,
    publicity,
    reaching,
    records,
    removal_grounds,
    values,
)
from workflows.store import Row, Transaction

LAW = "河南省社会信用条例第四十二条；行政处罚法第四十八条第二款"
REDRESS_LAW = "河南省社会信用条例第六十六条；国办发〔2020〕49号 六（十一）"
KINDS: Mapping[str, str] = {
    "revoked": "撤销",
    "annulled": "确认无效",
    "unlawful": "确认违法",
    "changed": "变更",
    "wrong": "认定有误",
    "unfounded": "列名认定有误",
}
"""`unfounded`: the documents stand, but they do not bear out the entry."""

GONE = frozenset({"revoked", "annulled", "unlawful", "wrong"})


@dataclass(frozen=True)
class Said:
    """What came in and was found. `records` [id]; `correction`: what a changed record says now."""

    kind: str
    document_no: str
    organ: str
    revoked_on: date
    received_at: datetime
    records: Sequence[int]
    correction: str
    evidence: Sequence[str]
    harm: bool
    by: int | None


def register(tx: Transaction, case: values.Fields, said: Said, now: datetime) -> Row:
    """Write what is revoked, withdraw the records and revoke what rested on nothing else.

    Raises EvidenceMissing without the revoking document, NotExpected for records of others, for a
    day to come, or for a change that does not say what the record says now.
    """
    _check(tx, case, said, now)
    if removal_grounds.find_revocation(tx, case["id"]) is not None:
        raise errors.NotExpected("本案已经登记过撤销、变更")
    tx.insert(
        models.revocations,
        {
            "subject_id": case["subject_id"],
            "case_id": case["id"],
            "kind": said.kind,
            "document_no": said.document_no,
            "organ": said.organ,
            "revoked_on": said.revoked_on,
            "received_at": said.received_at,
            "record_ids": [int(one) for one in said.records],
            "correction": said.correction,
            "evidence": list(said.evidence),
            "registered_by": said.by,
            "withdrawn_at": now,
            "harm": said.harm,
        },
    )
    for record in records.by_ids(tx, said.records):
        if said.kind in GONE:
            records.withdraw(tx, record["id"], instants.office_day(now), said.document_no)
        if said.kind == "changed":
            records.correct(tx, record, said.correction, said.document_no)
        if said.kind != "unfounded":
            publicity.end_of_record(tx, record["id"], "base_revoked", now)
    fallen = [one for one in resting_on(tx, case, said.records) if not stands(tx, one)]
    for listing in fallen:
        listings.remove(tx, listing["id"], "base_revoked", case, now)
    if said.kind != "unfounded":
        tell_others(tx, case, said.records, said.document_no, said.revoked_on)
    return _write(tx, case["id"], fallen=[one["id"] for one in fallen])


def decide(
    tx: Transaction,
    case: values.Fields,
    chosen: Sequence[int],
    reasons: str,
    by: int | None,
    now: datetime,
) -> Row:
    """A named person revokes, with reasons, entries that other documents still hold up, or not.

    Raises FourEyes for who registered, DecisionIncomplete without reasons, NotExpected for entries
    that this revocation does not concern.
    """
    row = of_case(tx, case["id"])
    if row["decided_at"] is not None:
        raise errors.NotExpected("本案已经作出更正决定")
    if by is None or by == row["registered_by"]:
        raise errors.FourEyes("登记撤销的人不得决定更正")
    if not reasons.strip():
        raise errors.DecisionIncomplete("更正决定没有写明理由", article=LAW)
    left = [one["id"] for one in resting_on(tx, case, values.read_texts(row["record_ids"]))]
    strangers = set(chosen) - set(left)
    if strangers:
        raise errors.NotExpected(f"列名 {sorted(strangers)} 与本次撤销无关或者已经移出")
    kept = [one for one in left if one not in chosen]
    said = {"chosen": list(chosen), "kept": kept, "reasons": reasons}
    row = _write(tx, case["id"], decided_by=by, decided_at=now, **said)
    for listing_id in chosen:
        listings.remove(tx, listing_id, "base_revoked", case, now)
    return row


def record_redress(
    tx: Transaction, case: values.Fields, redress: str, evidence: Sequence[str], now: datetime
) -> Row:
    """What was done to undo the harm: apology, name restored, receivers told (Henan 66).

    Raises EvidenceMissing without proof of it, DecisionIncomplete without saying what was done.
    """
    row = of_case(tx, case["id"])
    if not redress.strip():
        raise errors.DecisionIncomplete("没有写明消除影响的措施", article=REDRESS_LAW)
    proofs = attachments.check_evidence(tx, case["id"], list(evidence), "消除影响")
    kept = [*values.read_texts(row["evidence"]), *proofs]
    return _write(tx, case["id"], redress=redress, redressed_at=now, evidence=kept)


def close(tx: Transaction, case_id: int, served_at: datetime) -> Row:
    """Note when the correction notice was served."""
    row = of_case(tx, case_id)
    if row["notice_document_id"] is None:
        raise errors.DocumentIncomplete("更正文书尚未制发")
    return _write(tx, case_id, served_at=served_at)


def attach_notice(tx: Transaction, case_id: int, document_id: int) -> None:
    """Note which document tells the subject."""
    _write(tx, case_id, notice_document_id=document_id)


def of_case(tx: Transaction, case_id: int) -> Row:
    """What a case has registered; raises NotExpected where it has not yet."""
    row = removal_grounds.find_revocation(tx, case_id)
    if row is None:
        raise errors.NotExpected("本案尚未登记依据文书的撤销、变更")
    return row


def resting_on(tx: Transaction, case: values.Fields, record_ids: Sequence[Any]) -> list[Row]:
    """The subject's entries in force, made by this office, that cite one of the records."""
    wanted = {int(one) for one in record_ids}
    return [
        listing
        for listing in listings.in_force(tx, case["subject_id"])
        if _department(tx, listing) == case["department_id"]
        and wanted & {row["id"] for row in removal_grounds.records_of(tx, listing)}
    ]


def stands(tx: Transaction, listing: Row) -> bool:
    """Whether any document that the entry cites has not been withdrawn."""
    cited = removal_grounds.records_of(tx, listing)
    return not all(removal_grounds.is_withdrawn(row) for row in cited)


def tell_others(
    tx: Transaction, case: values.Fields, record_ids: Sequence[int], document_no: str, on: date
) -> None:
    """Other offices' entries are theirs to revoke: their cases are told, no more (INV-20)."""
    rows = records.by_ids(tx, record_ids)
    told = {
        "doc_no": "、".join(row["doc_no"] for row in rows),
        "organ": "、".join(dict.fromkeys(row["organ"] for row in rows)),
        "revoked_by": document_no,
        "revoked_on": on.isoformat(),
    }
    wanted = {row["id"] for row in rows}
    for listing in listings.in_force(tx, case["subject_id"]):
        cited = {row["id"] for row in removal_grounds.records_of(tx, listing)}
        if wanted & cited and _department(tx, listing) != case["department_id"]:
            watching = listings.watched_by(tx, listing)
            reaching.tell(tx, watching, "base_document_revoked", told)


def is_under_way(tx: Transaction, subject_id: int, department_id: int, document_no: str) -> bool:
    """Whether a case of the office deals with this revoking document, or is about to be opened."""
    c, j = models.cases, models.jobs
    mine = c.c.subject_id == subject_id, c.c.department_id == department_id
    open_cases = c.select().where(*mine, c.c.procedure_key == "revocation_correction")
    for case in tx.all(open_cases.where(c.c.status != "ended")):
        if reaching.read_fact(case, "revoked_by") == document_no:
            return True
    asked = j.join(c, j.c.case_id == c.c.id).select().with_only_columns(j.c.payload)
    waiting = asked.where(*mine, j.c.kind == "opening", j.c.status == "due")
    return any(
        row["payload"]["procedure"] == "revocation_correction"
        and values.read_text(row["payload"]["facts"], "revoked_by") == document_no
        for row in tx.all(waiting)
    )


def _check(tx: Transaction, case: values.Fields, said: Said, now: datetime) -> None:
    if said.kind not in KINDS:
        raise errors.NotExpected(f"“{said.kind}”不是撤销、变更的情形")
    if not said.document_no.strip() or not said.organ.strip():
        raise errors.EvidenceMissing("没有写明撤销、变更文书的文号和机关", article=LAW)
    attachments.check_evidence(tx, case["id"], list(said.evidence), "撤销、变更")
    rows = records.by_ids(tx, said.records)
    if not rows or len(rows) != len(set(said.records)):
        raise errors.NotExpected("没有选定被撤销、变更的失信记录")
    if any(row["subject_id"] != case["subject_id"] for row in rows):
        raise errors.NotExpected("所选失信记录不属于本案主体")
    if said.kind == "changed" and not said.correction.strip():
        raise errors.NotExpected("依据文书变更的，须写明变更后的内容")
    if said.revoked_on > instants.office_day(now) or said.received_at > now:
        raise errors.NotExpected("撤销、变更的日期或者收到的时间晚于现在，请核对")


def _department(tx: Transaction, listing: Row) -> int:
    c = models.cases
    return tx.one(c.select().where(c.c.id == listing["case_id"]))["department_id"]


def _write(tx: Transaction, case_id: int, **changes: Any) -> Row:
    v = models.revocations
    tx.run(v.update().where(v.c.case_id == case_id).values(**changes))
    return of_case(tx, case_id)
