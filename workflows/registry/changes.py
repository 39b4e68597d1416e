"""News that touch running cases: a subject's status, a document that was annulled, a court's list.

Each is written into the registry and left as a message in the cases that can receive it, in one
transaction: what the registry knows and what the cases are told cannot differ (domain §2.7).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows import errors, identifiers, models, procedures
from workflows.registry import reaching, records, values
from workflows.store import Row, Transaction

GONE = frozenset({"注销", "撤销", "吊销，已注销"})
"""The subject no longer exists (市场主体登记管理条例第三十一条)."""

BANKRUPTCY: Mapping[str, str] = {
    "破产受理": "accepted",
    "破产重整": "reorganising",
    "重整计划执行完毕": "reorganised",
    "宣告破产": "declared",
}
"""What a court's ruling says → how far the bankruptcy is (企业破产法第十、七十、一百零七条)."""

TOLD = GONE | {"吊销，未注销", *BANKRUPTCY}
"""What running cases must know of."""

STATUS, REVOKED, COURT = "subject_status_changed", "base_document_revoked", "court_list_changed"


def change_status(
    tx: Transaction, subject_id: int, status: str, changed_on: date, document: str
) -> list[int] | None:
    """The registrar or a court says what the subject is now; returns the cases that are told.

    None where that is known already: nothing is told twice.
    """
    s = models.subjects
    subject = tx.one(s.select().where(s.c.id == subject_id))
    said = {"bankruptcy": BANKRUPTCY[status]} if status in BANKRUPTCY else {"status": status}
    if all(subject[name] == value for name, value in said.items()):
        return None
    tx.run(s.update().where(s.c.id == subject_id).values(**said, updated_at=tx.now))
    return tell_status(tx, subject_id, status, changed_on, document)


def tell_status(
    tx: Transaction, subject_id: int, status: str, changed_on: date, document: str
) -> list[int]:
    """Tell the cases of a subject what it is now; the registry knows it already."""
    said = {"status": status, "changed_on": changed_on.isoformat(), "evidence_ref": document}
    return _tell(tx, [row["id"] for row in receivers(tx, subject_id, STATUS)], STATUS, said)


def revoke_document(
    tx: Transaction,
    doc_no: str,
    organ_uscc: str,
    revoked_on: date,
    document: str,
    *,
    told_by: int | None = None,
) -> list[int] | None:
    """A document that findings rest on was annulled; returns the cases that are told (INV-16).

    The record proves nothing from now on (INV-07). `told_by`: the case that brings the news and
    needs not be told. None where that is known already. Raises NotFound for a document that is not
    in the registry, or that only the organ's code could tell apart.
    """
    record = _find_record(tx, doc_no, organ_uscc)
    if record["status"] == "withdrawn":
        return None
    r = models.records
    tx.run(
        r.update()
        .where(r.c.id == record["id"])
        .values(status="withdrawn", withdrawn_on=revoked_on, withdrawn_by=document)
    )
    told = [
        row["id"]
        for row in receivers(tx, record["subject_id"], REVOKED)
        if row["id"] != told_by and _rests_on(tx, row, record["id"])
    ]
    said = {
        "doc_no": record["doc_no"],
        "organ": record["organ"],
        "revoked_by": document,
        "revoked_on": revoked_on.isoformat(),
    }
    return _tell(tx, told, REVOKED, said)


def change_court_list(
    tx: Transaction, subject_id: int, act: str, entry: str, changed_on: date
) -> list[int] | None:
    """A court put the subject on its list (`added`) or took it off (`deleted`); who is told.

    The court alone decides (法释〔2017〕7号): this only writes down what it did.
    """
    r = models.records
    known = tx.first(
        r.select().where(r.c.subject_id == subject_id, r.c.kind == "listing", r.c.doc_no == entry)
    )
    status = "public" if act == "added" else "ended"
    if known is not None and known["status"] == status:
        return None
    if known is not None:
        tx.run(r.update().where(r.c.id == known["id"]).values(status=status))
    elif act == "added":
        tx.insert(r, _court_entry(subject_id, entry, changed_on, tx))
    else:
        raise errors.NotFound(f"登记簿中没有案号为“{entry}”的失信被执行人信息")
    said = {"act": act, "entry": entry, "on": changed_on.isoformat()}
    return _tell(tx, [row["id"] for row in receivers(tx, subject_id, COURT)], COURT, said)


def receivers(tx: Transaction, subject_id: int, message: str) -> list[Row]:
    """The open cases of a subject whose version can receive the message."""
    c = models.cases.c
    rows = tx.all(
        models.cases.select().where(c.subject_id == subject_id, c.status != "ended").order_by(c.id)
    )
    return [
        row
        for row in rows
        if message in procedures.deployed(tx, row["procedure_id"]).procedure.messages
    ]


def _tell(tx: Transaction, case_ids: list[int], message: str, said: Mapping[str, Any]) -> list[int]:
    reaching.tell(tx, case_ids, message, said)
    return case_ids


def _find_record(tx: Transaction, doc_no: str, organ_uscc: str) -> Row:
    r = models.records
    number = identifiers.normalise_document_number(doc_no)
    rows = [
        row
        for row in tx.all(r.select().where(r.c.doc_no == number))
        if not organ_uscc or row["organ_uscc"] == organ_uscc
    ]
    if not rows:
        raise errors.NotFound(f"登记簿中没有文书“{number}”")
    if len(rows) > 1:
        raise errors.NotFound(f"有{len(rows)}份文书的文号是“{number}”，请填写作出机关的代码")
    return rows[0]


def _rests_on(tx: Transaction, case: Row, record_id: int) -> bool:
    """Whether a case was opened with the record, or is about a listing whose grounds cite it."""
    stored = values.read_rows([case["facts"]])
    top = [one.get("") for one in stored]
    facts = next(iter(values.read_rows(top)), dict[str, Any]())
    if str(record_id) in values.read_texts(facts.get("record_ids")):
        return True
    entry = models.listings
    about = tx.all(
        entry.select().where(
            (entry.c.case_id == case["id"]) | (entry.c.id == facts.get("listing_id"))
        )
    )
    cited = (one for row in about for one in values.read_rows(row["grounds"]))
    return any(record_id in records.cited(ground) for ground in cited)


def _court_entry(subject_id: int, entry: str, listed_on: date, tx: Transaction) -> dict[str, Any]:
    return {
        "subject_id": subject_id,
        "kind": "listing",
        "doc_no": entry,
        "organ": "人民法院",
        "behaviour": "失信被执行人",
        "decided_on": listed_on,
        "status": "public",
        "created_at": tx.now,
    }
