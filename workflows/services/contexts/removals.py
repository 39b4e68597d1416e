"""What the documents of a removal say: granted or refused, each from the rows of the removal."""

from collections.abc import Mapping
from typing import Any

from workflows import errors, models
from workflows.registry import instants, law, listings, removal_grounds, removals, values
from workflows.services import clauses
from workflows.services.steps import Builder, Register, Step
from workflows.store import Row

Context = clauses.Context


def listing_said(step: Step, listing: Row) -> Context:
    """An entry as a document names it: list, decision, day and term."""
    document = listing["decision_document_id"]
    return {
        **clauses.list_named(listing["list_code"]),
        "decision_number": clauses.find_document(step, document)["number"] if document else "",
        "listed_on": instants.office_day(listing["decided_at"]).isoformat(),
        "term_start": listing["term_start"].isoformat(),
        "term_end": listing["term_end"].isoformat(),
    }


def effects_said(step: Step, listing: Row) -> Context:
    """What ends with an entry: its measures by name, and its publicity (Henan 37)."""
    m, p = models.measures, models.publicities
    rows = step.tx.all(m.select().where(m.c.listing_id == listing["id"]).order_by(m.c.id))
    shown = step.tx.all(p.select().where(p.c.listing_id == listing["id"]))
    codes = values.read_texts(listing["measures"])
    day = instants.office_day(step.now)
    known = [law.find_measure(code, day) for code in codes]
    named = [row["name"] for row in rows] or [one.name for one in known if one]
    return {
        "measures": list(dict.fromkeys(named)),
        "channels": list(
            dict.fromkeys(one for row in shown for one in values.read_texts(row["channels"]))
        ),
    }


def _removal_decision(step: Step) -> Context:
    row, listing = _decided(step, "granted")
    if listing["removal_case_id"] != step.case["id"] or listing["removed_at"] is None:
        raise errors.DocumentIncomplete("列名尚未移出，不得制发移出决定书")
    removed_on = instants.office_day(listing["removed_at"]).isoformat()
    return {
        **_said(step, row, listing),
        "removal": {**_ground(row), "removed_on": removed_on},
        "effects": effects_said(step, listing),
    }


def _removal_refusal(step: Step) -> Context:
    row, listing = _decided(step, "refused")
    asked_on = instants.office_day(row["proposed_at"]).isoformat()
    return {
        **_said(step, row, listing),
        "removal": {
            **_ground(row),
            "asked_on": asked_on,
        },
        "relief": clauses.relief(step),
    }


def _decided(step: Step, status: str) -> tuple[Row, Row]:
    row = removals.of_case(step.tx, step.case["id"])
    if row is None or row["status"] != status:
        raise errors.DocumentIncomplete("是否移出尚未作出决定")
    return row, listings.find_listing(step.tx, row["listing_id"])


def _said(step: Step, row: Row, listing: Row) -> Context:
    day = instants.office_day(step.now)
    return {
        "case": clauses.case_named(step, []),
        "listing": listing_said(step, listing),
        "decision": {"reasons": row["reasons"]},
        "evidence": clauses.filenames(step, values.read_texts(row["evidence"])),
        "basis": [*clauses.basis_of(step, listing["list_code"])[1:], law.quote("henan_37", day)],
    }


def _ground(row: Row) -> Context:
    rule = removal_grounds.GROUNDS[row["ground"]]
    proof: dict[str, Any] = next(iter(values.read_rows([row["proof"]])), dict[str, Any]())
    return {
        "ground": rule.name,
        "article": rule.article.replace(" ", ""),
        "event_on": values.read_text(proof, "event_on"),
        "document_no": values.read_text(proof, "document_no"),
        "remarks": values.read_text(proof, "remarks"),
    }


def _removed(step: Step, document_id: int) -> None:
    listings.attach_removal(step.tx, step.case["id"], document_id)


BUILDERS: Mapping[str, Builder] = {
    "removal_decision": _removal_decision,
    "removal_refusal": _removal_refusal,
}

ISSUED: Mapping[str, Register] = {"removal_decision": _removed}
