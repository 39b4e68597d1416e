"""The diagram's words for the registry: what it knows at the start, the listing at the end."""

from collections.abc import Mapping
from typing import Any

from workflows import errors
from workflows.registry import (
    instants,
    law,
    lawful,
    listings,
    reaching,
    records,
    subjects,
    values,
)
from workflows.services import steps
from workflows.services.steps import Outputs, Step, Topic

DECIDED = (
    "国办发〔2020〕49号 四（八）；河南省社会信用条例第二十八条；行政处罚法第四十四条、第四十五条"
)


LISTS = "record_listing"
"""A procedure that says this word can put a subject on a list: the guard watches over it."""


def read_registry(step: Step) -> Outputs:
    """Subject, list, organ and base documents as the gates ask for them (INV-06, INV-07).

    `list_valid` is false too where the list is not for this organ to use; `age` is that on the day
    of the earliest document, as the guard counts it.
    """
    day = instants.office_day(step.now)
    subject = subjects.find_subject(step.tx, step.case["subject_id"])
    code = values.read_text(step.facts, "list_code")
    known = law.describe_list(code)
    rule = law.find_list(code, day) or known
    kind, track = subjects.classify(subject)
    organ = lawful.find_organ(step.tx, step.case)
    level = lawful.organ_level(organ)
    base = [
        row
        for row in records.by_ids(step.tx, values.read_texts(step.facts.get("record_ids")))
        if row["subject_id"] == subject["id"]
    ]
    acted_on = min((row["decided_on"] for row in base), default=day)
    return {
        "subject_name": subject["name"],
        "subject_kind": kind,
        "track": track,
        "is_person": subjects.is_person(subject),
        "age": subjects.age_on(subject, acted_on),
        "list_name": rule.name if rule else code,
        "list_registered": known is not None,
        "list_valid": rule is not None and lawful.is_usable(rule, organ, day),
        "list_scope": rule.scope if rule else "",
        "basis_level": rule.level if rule else 0,
        "recogniser_level": level,
        "base_documents": len(base),
        "base_in_force": bool(base) and all(records.is_in_force(row) for row in base),
        "superior_consent": rule is not None and level in rule.superior_consent,
    }


def record_listing(step: Step) -> Outputs:
    """Put the subject on the list, past the guard: INV-01 … -08, -10, -23."""
    decision = read_decision(step)
    listing_id = listings.decide_listing(
        step.tx, step.case, step.actor.person_id, decision, step.now
    )
    step.note("listing_decided", article=DECIDED, after={"listing_id": listing_id, **decision})
    return {"listing_id": listing_id}


def record_no_listing(step: Step) -> Outputs:
    """End the procedure without a listing."""
    code = values.read_text(step.facts, "list_code")
    listing_id = listings.terminate(step.tx, step.case, code, step.now)
    step.note(
        "listing_terminated", article="行政处罚法第四十五条", after={"listing_id": listing_id}
    )
    return {}


def close_listing(step: Step) -> Outputs:
    """The decision has been served: from now on it may be public (INV-13)."""
    served_at = instants.read_instant(step.inputs["served_at"], "决定书送达时间")
    listing_id = listings.close_listing(step.tx, step.case, served_at)
    step.note(
        "listing_served",
        article="行政处罚法第五十九条、第六十一条",
        after={"listing_id": listing_id, "served_at": instants.write_instant(served_at)},
    )
    return {}


def open_in_force(step: Step) -> Outputs:
    """The decision is served: from now on a case of its own watches the entry on the list."""
    listing = listings.of_case(step.tx, step.case["id"])
    if listing is None or listing["served_at"] is None:
        raise errors.NotExpected("列入决定尚未送达，不能转入列名管理")
    told = {"listing_id": listing["id"]}
    reaching.open_case(step.tx, step.case, step.element, "listing_in_force", told)
    return {}


def read_decision(step: Step) -> dict[str, Any]:
    """The decision a person has just taken, as the guard wants it."""
    facts = step.facts
    return {
        "list_code": values.read_text(facts, "list_code"),
        "grounds": values.read_numbers(facts.get("decided_grounds")),
        "measures": values.read_texts(facts.get("decided_measures")),
        "reasons": values.read_text(facts, "reasons"),
        "term_months": facts.get("term_months"),
        "removal_conditions": values.read_text(facts, "removal_conditions"),
        "removal_procedure": values.read_text(facts, "removal_procedure"),
    }


TOPICS: Mapping[str, Topic] = {
    "read_registry": Topic(
        read_registry,
        outputs={
            "subject_name": "string",
            "subject_kind": "string",
            "track": "string",
            "is_person": "boolean",
            "age": "number",
            "list_name": "string",
            "list_registered": "boolean",
            "list_valid": "boolean",
            "list_scope": "string",
            "basis_level": "number",
            "recogniser_level": "string",
            "base_documents": "number",
            "base_in_force": "boolean",
            "superior_consent": "boolean",
        },
        article="国办发〔2020〕49号 四（六）、（七）",
    ),
    LISTS: Topic(record_listing, outputs={"listing_id": "number"}, article=DECIDED),
    "record_no_listing": Topic(record_no_listing, article="行政处罚法第四十五条"),
    "open_in_force": Topic(open_in_force, article="河南省社会信用条例第三十六条、第三十七条"),
    "close_listing": Topic(
        close_listing, inputs={"served_at": steps.INSTANT}, article="行政处罚法第六十一条"
    ),
}
