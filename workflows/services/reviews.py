"""The diagram's words for the provincial review of an answered objection (省级复核)."""

from collections.abc import Mapping
from typing import Any

from workflows import errors, models
from workflows.registry import instants, listings, reviews, values
from workflows.services import steps
from workflows.services.steps import Check, Outputs, Step, Topic
from workflows.store import Transaction


def register_review(step: Step) -> Outputs:
    """Register the request for a provincial review that has just come in."""
    review = reviews.register(step.tx, step.case, step.scope, step.facts)
    step.note(
        "review_registered",
        article=reviews.LAW,
        after={"review_id": review["id"], "objection_id": review["objection_id"]},
        documents=values.read_texts(review["evidence"]),
    )
    return {
        "review_id": review["id"],
        "review_asked_at": instants.write_instant(review["requested_at"]),
    }


def record_review(step: Step) -> Outputs:
    """Write what the province found; what falls with it is struck as by an upheld objection."""
    facts = step.facts
    found = reviews.Found(
        result=values.read_text(facts, "review_result"),
        struck=values.read_numbers(facts.get("struck_grounds")),
        reasons=values.read_text(facts, "review_reasons"),
        evidence=values.read_texts(facts.get("finding_evidence")),
    )
    review_id = int(step.inputs["review_id"])
    reviews.decide(step.tx, review_id, found, step.actor.person_id, step.actor.department_id)
    step.note(
        "review_decided",
        article=reviews.LAW,
        after={"review_id": review_id, "result": found.result, "struck": list(found.struck)},
        documents=list(found.evidence),
    )
    return {}


def close_review(step: Step) -> Outputs:
    """The result has been served."""
    served_at = instants.read_instant(step.inputs["served_at"], "复核决定送达时间")
    reviews.close(step.tx, int(step.inputs["review_id"]), served_at)
    step.note(
        "review_closed",
        article=reviews.LAW,
        after={
            "review_id": int(step.inputs["review_id"]),
            "served_at": instants.write_instant(served_at),
        },
    )
    return {}


def check_review(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Refuse at the door what could not be registered."""
    listings.check_undecided(tx, case_id, "复核申请")
    if reviews.messages(tx, case_id, tx.now, "pending"):
        raise errors.NotExpected("本案已有一件复核申请等候登记", article=reviews.LAW)
    case = tx.one(models.cases.select().where(models.cases.c.id == case_id))
    reviews.check_requested(tx, case, said)


TOPICS: Mapping[str, Topic] = {
    "register_review": Topic(
        register_review,
        outputs={"review_id": "number", "review_asked_at": steps.INSTANT},
        article=reviews.LAW,
    ),
    "record_review": Topic(record_review, inputs={"review_id": "number"}, article=reviews.LAW),
    "close_review": Topic(
        close_review,
        inputs={"review_id": "number", "served_at": steps.INSTANT},
        article=reviews.LAW,
    ),
}

CHECKS: Mapping[str, Check] = {reviews.MESSAGE: check_review}
"""Message → what refuses it at the door."""
