"""The diagram's words for an entry in force and for how it leaves the list."""

from collections.abc import Mapping

from workflows import errors, models
from workflows.registry import (
    instants,
    law,
    listings,
    reaching,
    removal_grounds,
    removals,
    revocations,
    subjects,
    values,
)
from workflows.services import steps
from workflows.services.steps import Outputs, Step, Topic
from workflows.store import Row

KEPT = "国办发〔2020〕49号 四（八）、五（九）"
PROOF = (
    "event_on",
    "document_no",
    "settlement",
    "settlement_performed_on",
    "court_type",
    "court_event",
    "remarks",
)
"""Fields of the form `assemble_evidence` that prove a ground (D17)."""


def watch_listing(step: Step) -> Outputs:
    """The entry that this case keeps, and the instant at which its term ends: 24:00, exclusive."""
    listing = listings.check_in_force(step.tx, int(step.inputs["listing_id"] or 0))
    listings.check_own(step.tx, listing, step.case)
    if set(listings.watched_by(step.tx, listing)) - {step.case["id"]}:
        raise errors.NotExpected("该列名已有在办的列名管理案件")
    ends_at = removal_grounds.term_ends_at(listing)
    step.note(
        "listing_watched",
        article=removal_grounds.GROUNDS["term_expired"].article,
        after={
            "listing_id": listing["id"],
            "term_start": listing["term_start"].isoformat(),
            "term_end": listing["term_end"].isoformat(),
            "term_ends_at": instants.write_instant(ends_at),
            "explanation": "决定书写明的期限最后一日的二十四时届满（民法典第二百零三条）",
        },
    )
    return {"term_ends_at": instants.write_instant(ends_at), "list_name": _list_name(listing)}


def open_for_listing(step: Step) -> Outputs:
    """Have a case opened that publishes the entry, or applies its measures."""
    said = {"listing_id": int(step.inputs["listing_id"])}
    reaching.open_case(step.tx, step.case, step.element, str(step.inputs["procedure"]), said)
    return {}


def remove_listing(step: Step) -> Outputs:
    """Take the subject off the list, past the guard of the ground (D17; INV-09, -13, -16, -20)."""
    listing_id, ground = int(step.inputs["listing_id"]), str(step.inputs["removal_ground"])
    proof = listings.remove(step.tx, listing_id, ground, step.case, step.now)
    rule = removal_grounds.GROUNDS[ground]
    step.note(
        "listing_removed",
        article=rule.article,
        after={"listing_id": listing_id, "ground": ground, "status": rule.status, "proof": proof},
    )
    return {"removal_proof": proof}


def open_revocation(step: Step) -> Outputs:
    """A document that the entry rests on is gone: the office corrects ex officio (INV-16).

    Another entry that rests on the same document may have had the case opened already.
    """
    facts, case = step.facts, step.case
    number = values.read_text(facts, "revoked_by")
    if revocations.is_under_way(step.tx, case["subject_id"], case["department_id"], number):
        step.note("revocation_under_way", after={"revoked_by": number})
        return {}
    listing = listings.find_listing(step.tx, int(step.inputs["listing_id"]))
    named = values.read_text(facts, "doc_no")
    cited = removal_grounds.records_of(step.tx, listing)
    said = {
        "doc_no": named,
        "organ": values.read_text(facts, "organ"),
        "revoked_by": number,
        "revoked_on": values.read_text(facts, "revoked_on"),
        "received_at": instants.write_instant(step.now),
        "revoked_records": [str(row["id"]) for row in cited if row["doc_no"] in named],
    }
    reaching.open_case(step.tx, case, step.element, "revocation_correction", said)
    return {}


def open_delisting(step: Step) -> Outputs:
    """The subject is no more, or bankrupt: a removal is begun; other news changes nothing (C-6)."""
    subject = subjects.find_subject(step.tx, step.case["subject_id"])
    ground = (
        "deregistered"
        if subject["status"] in removal_grounds.GONE
        else "bankruptcy"
        if subject["bankruptcy"] in removal_grounds.BANKRUPT
        else ""
    )
    listing_id = int(step.inputs["listing_id"])
    if not ground or _is_delisting(step, listing_id):
        step.note("status_noted", after={"status": values.read_text(step.facts, "status")})
        return {}
    said = {
        "chosen_listing": str(listing_id),
        "removal_ground": ground,
        "cause": f"主体状态变更为“{values.read_text(step.facts, 'status')}”"
        f"（{values.read_text(step.facts, 'evidence_ref')}）",
    }
    reaching.open_case(step.tx, step.case, step.element, "delisting", said)
    return {}


def choose_listing(step: Step) -> Outputs:
    """The entry whose removal is asked for: in force, and this office's own."""
    chosen = str(step.inputs["chosen_listing"])
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
        raise errors.NotExpected(f"“{chosen}”不是列名的编号")
    listing = listings.check_in_force(step.tx, int(chosen))
    listings.check_own(step.tx, listing, step.case)
    ground = removal_grounds.GROUNDS.get(values.read_text(step.facts, "removal_ground"))
    return {
        "listing_id": listing["id"],
        "list_name": _list_name(listing),
        "ground_name": ground.name if ground else "",
    }


def propose_removal(step: Step) -> Outputs:
    """Write what the caseworker proposes, with its evidence (D17)."""
    removal_id = removals.propose(
        step.tx,
        step.case,
        removals.Proposal(
            listing_id=int(step.inputs["listing_id"]),
            ground=values.read_text(step.facts, "removal_ground"),
            proof={key: step.facts.get(key) for key in PROOF},
            evidence=values.read_texts(step.facts.get("evidence")),
            by=step.actor.person_id,
        ),
        step.now,
    )
    step.note(
        "removal_proposed",
        article=removals.LAW,
        after={"removal_id": removal_id},
        documents=values.read_texts(step.facts.get("evidence")),
    )
    return {}


def decide_removal(step: Step) -> Outputs:
    """Write the decision that a named person has just taken, with its reasons."""
    row = removals.decide(
        step.tx,
        step.case,
        is_granted=step.facts.get("decision") == "remove",
        reasons=values.read_text(step.facts, "reasons"),
        by=step.actor.person_id,
        now=step.now,
    )
    said = {"removal_id": row["id"], "status": row["status"], "reasons": row["reasons"]}
    step.note("removal_decided", article=removals.LAW, after=said)
    return {}


def _list_name(listing: Row) -> str:
    rule = law.describe_list(listing["list_code"])
    return rule.name if rule else listing["list_code"]


def _is_delisting(step: Step, listing_id: int) -> bool:
    """Whether a removal of the entry is under way in another case."""
    c = models.cases
    known = reaching.cases_of_subject(step.tx, step.case["subject_id"], ["delisting"])
    rows = step.tx.all(c.select().where(c.c.id.in_(known)))
    return any(reaching.read_fact(row, "chosen_listing") == str(listing_id) for row in rows)


TOPICS: Mapping[str, Topic] = {
    "watch_listing": Topic(
        watch_listing,
        inputs={"listing_id": "number"},
        outputs={"term_ends_at": steps.INSTANT, "list_name": "string"},
        article="市场监督管理严重违法失信名单管理办法第二十一条",
    ),
    "open_for_listing": Topic(
        open_for_listing, inputs={"listing_id": "number", "procedure": "string"}, article=KEPT
    ),
    "remove_listing": Topic(
        remove_listing,
        inputs={"listing_id": "number", "removal_ground": "string"},
        outputs={"removal_proof": "string"},
        article="河南省社会信用条例第三十七条",
    ),
    "open_revocation": Topic(
        open_revocation, inputs={"listing_id": "number"}, article="河南省社会信用条例第四十二条"
    ),
    "open_delisting": Topic(
        open_delisting, inputs={"listing_id": "number"}, article="河南省社会信用条例第三十七条"
    ),
    "choose_listing": Topic(
        choose_listing,
        inputs={"chosen_listing": "string"},
        outputs={"listing_id": "number", "list_name": "string", "ground_name": "string"},
        article="河南省社会信用条例第三十七条",
    ),
    "propose_removal": Topic(
        propose_removal, inputs={"listing_id": "number"}, article=removals.LAW
    ),
    "decide_removal": Topic(decide_removal, article=removals.LAW),
}
