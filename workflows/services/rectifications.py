"""The diagram's words for rectifications (限期整改)."""

from collections.abc import Mapping
from datetime import date

from workflows.registry import instants, reaching, rectifications, values
from workflows.services import steps
from workflows.services.steps import Outputs, Step, Topic


def open_rectification(step: Step) -> Outputs:
    """Set demands and day; the day must leave time to mend."""
    facts = step.facts
    interview_id = facts.get("interview_id")
    due_on = instants.read_day(facts.get("due_on"), "整改期限")
    rectification_id = rectifications.open_rectification(
        step.tx,
        step.case,
        cause=values.read_text(facts, "cause_text"),
        requirements=values.read_text(facts, "requirements_text").splitlines(),
        due_on=due_on,
        drafted_by=step.actor.person_id,
        interview_id=int(interview_id) if interview_id else None,
    )
    return {"rectification_id": rectification_id, "rectify_until": _end(due_on)}


def record_rectification_report(step: Step) -> Outputs:
    """The subject has reported what it has mended."""
    evidence = values.read_texts(step.facts.get("report_evidence"))
    rectifications.report(
        step.tx, step.case["id"], values.read_text(step.facts, "report"), evidence
    )
    step.note("rectification_reported", article=rectifications.LAW, documents=evidence)
    return {}


def escalate_rectification(step: Step) -> Outputs:
    """The time has run out without a report: the head of the office has to act."""
    rectifications.mark_overdue(step.tx, step.case["id"])
    step.note("rectification_overdue", article=rectifications.LAW)
    return {}


def extend_rectification(step: Step) -> Outputs:
    """More time, with the reason; the end moves."""
    due_on = instants.read_day(step.facts.get("extended_to"), "延长以后的期限")
    reason = values.read_text(step.facts, "extension_reasons")
    before = rectifications.of_case(step.tx, step.case["id"])["due_on"]
    rectifications.extend(step.tx, step.case["id"], due_on, reason, step.actor.name)
    step.note(
        "rectification_extended",
        article=rectifications.LAW,
        before={"due_on": before.isoformat()},
        after={"due_on": due_on.isoformat(), "reason": reason},
    )
    return {"due_on": due_on.isoformat(), "rectify_until": _end(due_on)}


def close_rectification(step: Step) -> Outputs:
    """Somebody else has verified it; what failed is talked over in a 警示约谈."""
    done = values.read_text(step.facts, "rectified") == "yes"
    finding = values.read_text(step.facts, "finding")
    rectification_id = rectifications.verify(
        step.tx, step.case["id"], done=done, finding=finding, by=step.actor.person_id
    )
    step.note(
        "rectification_verified",
        article=rectifications.LAW,
        after={"rectification_id": rectification_id, "done": done, "finding": finding},
        documents=values.read_texts(step.facts.get("finding_evidence")),
    )
    if not done:
        reaching.open_case(
            step.tx,
            step.case,
            step.element,
            "warning_interview",
            {"cause": "not_rectified", "cause_text": f"限期整改不合格：{finding[:900]}"},
        )
    return {}


def withdraw_rectification(step: Step) -> Outputs:
    """The demand is taken back."""
    reasons = values.read_text(step.facts, "withdrawal_reasons")
    rectifications.withdraw(step.tx, step.case["id"], reasons)
    step.note("rectification_withdrawn", article=rectifications.LAW, after={"reasons": reasons})
    return {}


def _end(due_on: date) -> str:
    return instants.write_instant(rectifications.due_at(due_on))


TOPICS: Mapping[str, Topic] = {
    "open_rectification": Topic(
        open_rectification,
        outputs={"rectification_id": "number", "rectify_until": steps.INSTANT},
        article=rectifications.LAW,
    ),
    "record_rectification_report": Topic(record_rectification_report, article=rectifications.LAW),
    "escalate_rectification": Topic(escalate_rectification, article=rectifications.LAW),
    "extend_rectification": Topic(
        extend_rectification,
        outputs={"due_on": "date", "rectify_until": steps.INSTANT},
        article=rectifications.LAW,
    ),
    "close_rectification": Topic(close_rectification, article=rectifications.LAW),
    "withdraw_rectification": Topic(withdraw_rectification, article=rectifications.LAW),
}
