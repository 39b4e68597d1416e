"""The diagram's word for the review of leniency (宽容审慎审查)."""

from collections.abc import Mapping

from workflows import models
from workflows.registry import leniency, values
from workflows.services.steps import Outputs, Step, Topic

REVIEWED = "行政处罚法第三十条、第三十三条"


def check_leniency(step: Step) -> Outputs:
    """Refuse to the reviewer what could not be written later."""
    leniency.check_found(step.tx, step.case, _found(step))
    return {}


def record_leniency(step: Step) -> Outputs:
    """Write what the review of leniency found; not to list has been agreed to by the head."""
    facts = step.facts
    result = values.read_text(facts, "leniency_result")
    agreed = result == "not_list"
    reviewer = _who_did(step, "review_leniency") if agreed else step.actor.person_id
    found = _found(step)
    review_id = leniency.record_review(
        step.tx, step.case, found, reviewer, step.actor.person_id if agreed else None
    )
    step.note(
        "leniency_reviewed",
        article=REVIEWED,
        after={"review_id": review_id, "result": result, "established": list(found.established)},
        documents=list(found.evidence),
    )
    return {}


def _found(step: Step) -> leniency.Found:
    facts = step.facts
    return leniency.Found(
        flags=values.read_texts(facts.get("leniency_flags")),
        established=values.read_texts(facts.get("established_flags")),
        result=values.read_text(facts, "leniency_result"),
        reasons=values.read_text(facts, "leniency_reasons"),
        evidence=values.read_texts(facts.get("leniency_evidence")),
    )


def _who_did(step: Step, element: str) -> int | None:
    """Who last completed the task of `element` in this scope, in an earlier command."""
    t = models.tasks.c
    row = step.tx.first(
        models.tasks.select()
        .where(
            t.case_id == step.case["id"],
            t.scope == step.scope,
            t.element == element,
            t.completed_by.is_not(None),
        )
        .order_by(t.id.desc())
        .limit(1)
    )
    return row["completed_by"] if row else None


TOPICS: Mapping[str, Topic] = {
    "check_leniency": Topic(check_leniency, article=REVIEWED),
    "record_leniency": Topic(record_leniency, article=REVIEWED),
}
