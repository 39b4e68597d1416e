"""The diagram's words for what befalls a listing procedure: remedies, a fallen basis, its end."""

from collections.abc import Mapping
from typing import Any

from workflows import errors, identifiers, models
from workflows.registry import (
    attachments,
    changes,
    instants,
    listings,
    notices,
    records,
    remedies,
    values,
)
from workflows.services.steps import Check, Outputs, Step, Topic
from workflows.store import Row, Transaction

REVOKED = "河南省社会信用条例第二十条第二项、第四十二条"
GONE = "河南省社会信用条例第三十七条；市场主体登记管理条例第三十一条"


def record_remedy(step: Step) -> Outputs:
    """Record a reconsideration or a lawsuit; only an order stays anything."""
    remedy_id = remedies.record(step.tx, step.case, step.facts)
    step.note(
        "remedy_recorded",
        article=remedies.LAW,
        after={"remedy_id": remedy_id, "act": step.facts.get("remedy_act")},
        documents=values.read_texts(step.facts.get("remedy_evidence")),
    )
    return {}


def check_base(step: Step) -> Outputs:
    """What the case still rests on after a document was annulled: how many are in force.

    The record of the annulled document is withdrawn where that has not been done yet, and the
    other cases that rest on it are told.
    """
    row = _named(step.tx, step.case, step.facts)
    if row is not None and row["status"] != records.WITHDRAWN:
        day = instants.read_day(step.facts.get("revoked_on"), "撤销日期")
        document = values.read_text(step.facts, "revoked_by")
        changes.revoke_document(
            step.tx, row["doc_no"], row["organ_uscc"], day, document, told_by=step.case["id"]
        )
    left = [one for one in _base(step.tx, step.case) if records.is_in_force(one)]
    step.note(
        "base_checked",
        article=REVOKED,
        after={"revoked": row["doc_no"] if row else None, "left": [one["doc_no"] for one in left]},
    )
    return {"base_left": len(left)}


def end_procedure(step: Step) -> Outputs:
    """End the procedure for `ground`, base_revoked or subject_gone, without asking anything more.

    A decision already taken is revoked where its basis fell (INV-16); where only the subject is
    gone it stands, and leaves its list by the procedure made for that. Says whether the subject
    has been given notice and so is owed an answer.
    """
    ground = str(step.inputs["ground"])
    noticed = notices.current_notice(step.tx, step.case["id"])
    listing = listings.of_case(step.tx, step.case["id"])
    if listing is not None and listing["status"] == listings.DECIDED and ground == "base_revoked":
        listings.remove(step.tx, listing["id"], ground, step.case, step.now)
    else:
        code = values.read_text(step.facts, "list_code")
        listings.terminate(step.tx, step.case, code, step.now)
    article = REVOKED if ground == "base_revoked" else GONE
    step.note("procedure_ended", article=article, after={"ground": ground})
    return {"was_noticed": noticed is not None and noticed["served_at"] is not None}


def check_revoked(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Refuse news of a document on which this case does not rest, or without proof."""
    case = tx.one(models.cases.select().where(models.cases.c.id == case_id))
    if _named(tx, case, said) is None:
        raise errors.NotExpected("本案不以该文书为依据，请核对文号", article=REVOKED)
    day = instants.read_day(said.get("revoked_on"), "撤销日期")
    if day > instants.office_day(tx.now):
        raise errors.NotExpected(f"撤销日期 {day} 晚于今日，请核对")
    attachments.check_evidence(tx, case_id, said.get("revocation_evidence"), "撤销")


def check_changed(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Refuse news of the subject's status without proof, or of a day to come."""
    day = instants.read_day(said.get("changed_on"), "变更日期")
    if day > instants.office_day(tx.now):
        raise errors.NotExpected(f"变更日期 {day} 晚于今日，请核对")
    attachments.check_evidence(tx, case_id, said.get("change_evidence"), "主体状态变更")


def _named(tx: Transaction, case: values.Fields, said: Mapping[str, Any]) -> Row | None:
    """The document named, if the case rests on it."""
    number = identifiers.normalise_document_number(values.read_text(said, "doc_no"))
    return next((one for one in _base(tx, case) if one["doc_no"] == number), None)


def _base(tx: Transaction, case: values.Fields) -> list[Row]:
    """The documents a case rests on: those its decision cites, else its notice, else its opening.

    Grounds that upheld objections struck count no more.
    """
    listing = listings.of_case(tx, case["id"])
    notice = notices.current_notice(tx, case["id"])
    grounds: list[dict[str, Any]] = []
    if listing is not None and listing["decided_by"] is not None:
        grounds = values.read_rows(listing["grounds"])
    elif notice is not None:
        grounds = values.read_rows(notice["grounds"])
    cited = {one for ground in grounds for one in records.cited(ground)}
    stored = values.read_rows([case.get("facts")])
    root = values.read_rows([one.get("") for one in stored])
    opened = values.read_texts(root[0].get("record_ids")) if root else []
    return [
        one
        for one in records.by_ids(tx, cited or opened)
        if one["subject_id"] == case["subject_id"]
    ]


TOPICS: Mapping[str, Topic] = {
    "record_remedy": Topic(record_remedy, article=remedies.LAW),
    "check_base": Topic(check_base, outputs={"base_left": "number"}, article=REVOKED),
    "end_procedure": Topic(
        end_procedure,
        inputs={"ground": "string"},
        outputs={"was_noticed": "boolean"},
        article=REVOKED,
    ),
}

CHECKS: Mapping[str, Check] = {
    remedies.MESSAGE: remedies.check_told,
    changes.REVOKED: check_revoked,
    changes.STATUS: check_changed,
}
"""Message → what refuses it at the door."""
