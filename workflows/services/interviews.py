"""The diagram's words for interviews (约谈)."""

from collections.abc import Mapping

from workflows import errors
from workflows.registry import instants, interviews, reaching, subjects, values
from workflows.services import steps
from workflows.services.steps import Outputs, Step, Topic

GUIDED = "安信用办〔2023〕5号 三（三）"
ESCALATED = "濮信用〔2020〕3号 三（四）20；国办发〔2019〕35号"


def open_interview(step: Step) -> Outputs:
    """Begin an interview: what the table of its kind (D20) asks of the registry."""
    interview_id = interviews.open_interview(
        step.tx, step.case, values.read_text(step.facts, "cause_text")
    )
    known = interviews.standing(step.tx, step.case["subject_id"])
    subject = subjects.find_subject(step.tx, step.case["subject_id"])
    _, track = subjects.classify(subject)
    return {
        "interview_id": interview_id,
        "track": track,
        "flag_kind": known.flag,
        "is_listed": known.listed,
        "has_breach": known.breached,
        "missed_before": known.missed,
        "first_interview": known.first,
    }


def schedule_interview(step: Step) -> Outputs:
    """Fix kind, time and place; refused where the notice could not come early enough."""
    interviews.schedule(
        step.tx,
        step.case["id"],
        values.read_text(step.facts, "interview_kind"),
        instants.read_instant(step.facts.get("scheduled_at"), "约谈时间"),
        values.read_text(step.facts, "place"),
    )
    return {}


def record_interview_notice(step: Step) -> Outputs:
    """The notice is served: in time for the day it names, or not."""
    served_at = instants.read_instant(step.inputs["served_at"], "通知书送达时间")
    timely = interviews.record_notice(step.tx, step.case["id"], served_at)
    step.note(
        "interview_noticed",
        article=interviews.LAW,
        after={"served_at": instants.write_instant(served_at), "timely": timely},
    )
    return {"notice_timely": timely}


def record_absence(step: Step) -> Outputs:
    """Nobody came: with good reason, for the first time, or a no-show that escalates."""
    excused = values.read_text(step.facts, "attendance") == "excused"
    absences = interviews.record_absence(step.tx, step.case["id"], excused=excused)
    missed = absences >= interviews.ABSENCES
    reasons = values.read_text(step.facts, "absence_reasons")
    step.note(
        "interview_missed",
        article=interviews.LAW,
        after={"excused": excused, "absences": absences, "reasons": reasons},
    )
    if missed:
        step.note(
            "supervision_escalated",
            article=ESCALATED,
            after={"reason": "经两次通知无正当理由未参加约谈", "next_interview": "警示约谈"},
        )
    return {"absences": absences, "second_notice": absences > 0}


def record_interview(step: Step) -> Outputs:
    """Write down an interview that took place, before its record is printed and signed."""
    facts = step.facts
    due = facts.get("rectify_by")
    held = interviews.Held(
        at=instants.read_instant(facts.get("held_at"), "约谈时间"),
        place=values.read_text(facts, "held_place"),
        interviewers=values.read_texts(facts.get("interviewers")),
        recused=values.read_texts(facts.get("recused")),
        attendee=values.read_text(facts, "attendee"),
        attendee_role=values.read_text(facts, "attendee_role"),
        authority=values.read_text(facts, "authority"),
        statements=values.read_text(facts, "statements"),
        requirements=values.read_text(facts, "requirements"),
        rectify_by=instants.read_day(due, "整改期限") if due else None,
    )
    interview_id = interviews.hold(step.tx, step.case, held)
    step.note("interview_held", article=interviews.LAW, after={"interview_id": interview_id})
    return {}


def sign_interview_record(step: Step) -> Outputs:
    """The record is signed on every page, or the refusal is noted with a witness."""
    signature = interviews.Signature(
        outcome=values.read_text(step.facts, "signature"),
        reason=values.read_text(step.facts, "signature_refusal"),
        witness=values.read_text(step.facts, "witness"),
        evidence=values.read_texts(step.facts.get("signed_pages")),
    )
    interviews.sign_record(step.tx, step.case["id"], signature)
    step.note(
        "interview_signed",
        article=interviews.LAW,
        after={"signature": signature.outcome, "witness": signature.witness},
        documents=list(signature.evidence),
    )
    return {}


def record_guide(step: Step) -> Outputs:
    """The repair guide has been handed over against a receipt (R-052)."""
    handed_at = instants.read_instant(step.facts.get("handed_at"), "发放时间")
    if handed_at > step.now:
        raise errors.NotExpected("发放时间不得晚于现在", article=GUIDED)
    interviews.hand_guide(step.tx, step.case["id"], handed_at)
    step.note(
        "guide_handed",
        article=GUIDED,
        after={
            "at": instants.write_instant(handed_at),
            "receiver": values.read_text(step.facts, "guide_receiver"),
        },
        documents=values.read_texts(step.facts.get("guide_receipt")),
    )
    return {}


def file_interview(step: Step) -> Outputs:
    """The record enters the subject's credit record; it may begin a rectification (R-182)."""
    interview_id = interviews.file_interview(step.tx, step.case["id"])
    step.note("interview_filed", article=interviews.LAW, after={"interview_id": interview_id})
    row = interviews.of_case(step.tx, step.case["id"])
    if row["rectify_by"] is not None:
        day, kind = instants.office_day(row["held_at"]), interviews.KINDS[row["kind"]]
        reaching.open_case(
            step.tx,
            step.case,
            step.element,
            "rectification",
            {
                "interview_id": interview_id,
                "cause_text": f"{day.year}年{day.month}月{day.day}日{kind}提出整改要求",
                "requirements_text": row["requirements"],
                "due_on": row["rectify_by"].isoformat(),
            },
        )
    return {}


def cancel_interview(step: Step) -> Outputs:
    """The interview is called off."""
    interviews.cancel(step.tx, step.case["id"])
    step.note(
        "interview_cancelled",
        article=interviews.LAW,
        after={"reasons": values.read_text(step.facts, "cancel_reasons")},
    )
    return {}


TOPICS: Mapping[str, Topic] = {
    "open_interview": Topic(
        open_interview,
        outputs={
            "interview_id": "number",
            "track": "string",
            "flag_kind": "string",
            "is_listed": "boolean",
            "has_breach": "boolean",
            "missed_before": "boolean",
            "first_interview": "boolean",
        },
        article=interviews.LAW,
    ),
    "schedule_interview": Topic(schedule_interview, article=interviews.LAW),
    "record_interview_notice": Topic(
        record_interview_notice,
        inputs={"served_at": steps.INSTANT},
        outputs={"notice_timely": "boolean"},
        article=interviews.LAW,
    ),
    "record_absence": Topic(
        record_absence,
        outputs={"absences": "number", "second_notice": "boolean"},
        article=interviews.LAW,
    ),
    "record_interview": Topic(record_interview, article=interviews.LAW),
    "sign_interview_record": Topic(sign_interview_record, article=interviews.LAW),
    "record_guide": Topic(record_guide, article=GUIDED),
    "file_interview": Topic(file_interview, article=interviews.LAW),
    "cancel_interview": Topic(cancel_interview, article=interviews.LAW),
}
