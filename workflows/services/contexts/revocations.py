"""What a correction tells the subject: what was withdrawn, what is revoked, how harm is undone."""

from collections.abc import Mapping

from workflows import errors
from workflows.registry import instants, law, listings, records, revocations, values
from workflows.services import clauses
from workflows.services.contexts import removals
from workflows.services.steps import Builder, Register, Step
from workflows.store import Row

Context = clauses.Context


def _revocation_decision(step: Step) -> Context:
    """The entries are revoked; only where there are any."""
    row = _decided(step)
    ids = values.read_texts(row["fallen"]) + values.read_texts(row["chosen"])
    if not ids:
        raise errors.DocumentIncomplete("没有列名被撤销，应制发更正通知书")
    revoked = [listings.find_listing(step.tx, int(one)) for one in ids]
    names = [name for one in revoked for name in removals.effects_said(step, one)["measures"]]
    return {
        **_said(step, row),
        "listings": [removals.listing_said(step, one) for one in revoked],
        "effects": {"measures": list(dict.fromkeys(names))},
        "relief": clauses.relief(step),
    }


def _correction_notice(step: Step) -> Context:
    row = _decided(step)
    kept = [listings.find_listing(step.tx, int(one)) for one in values.read_texts(row["kept"])]
    said = [removals.listing_said(step, one) for one in kept]
    return {**_said(step, row), "listings": said, "relief": clauses.relief(step)}


def _decided(step: Step) -> Row:
    row = revocations.of_case(step.tx, step.case["id"])
    if row["decided_at"] is None:
        raise errors.DocumentIncomplete("尚未作出更正决定")
    return row


def _said(step: Step, row: Row) -> Context:
    day = instants.office_day(step.now)
    ids = values.read_texts(row["record_ids"])
    return {
        "case": clauses.case_named(step, []),
        "revocation": {
            "kind": revocations.KINDS[row["kind"]],
            "changed": row["kind"] == "changed",
            "unfounded": row["kind"] == "unfounded",
            "document_no": row["document_no"],
            "organ": row["organ"],
            "revoked_on": row["revoked_on"].isoformat(),
            "withdrawn_on": instants.office_day(row["withdrawn_at"]).isoformat(),
            "correction": row["correction"],
        },
        "records": [
            {"name": clauses.cite(one), "decided_on": one["decided_on"].isoformat()}
            for one in records.by_ids(step.tx, ids)
        ],
        "decision": {"reasons": row["reasons"]},
        "redress": {
            "harm": row["harm"],
            "apology": step.facts.get("apology") is True,
            "text": values.read_text(step.facts, "redress_promise"),
        },
        "basis": [law.quote("henan_42", day)],
    }


def _told(step: Step, document_id: int) -> None:
    revocations.attach_notice(step.tx, step.case["id"], document_id)


BUILDERS: Mapping[str, Builder] = {
    "revocation_decision": _revocation_decision,
    "correction_notice": _correction_notice,
}

ISSUED: Mapping[str, Register] = {"revocation_decision": _told, "correction_notice": _told}
