"""The diagram's words for early warnings (失信预警)."""

from collections.abc import Mapping

from workflows.registry import instants, reaching, screening, values, warnings
from workflows.services.steps import Outputs, Step, Topic


def open_warning(step: Step) -> Outputs:
    """See whom the warning concerns and by which records; nobody is warned without a flag."""
    warnings.check_due(step.tx, step.case)
    return _counted(step)


def screen_subject(step: Step) -> Outputs:
    """Screen the subject again; by then nothing may hang on the warning."""
    warnings.check_mere_prompt(step.tx, step.case)
    day = instants.office_day(step.now)
    kind = screening.screen_subject(step.tx, step.case["subject_id"], day)
    found = _counted(step) if kind != "none" else {"penalty_count": 0, "warning_window": ""}
    step.note("subject_screened", article=warnings.LAW, after={"class": kind, **found})
    return {"flag_kind": kind, **found}


def offer_interview(step: Step) -> Outputs:
    """Have a 提示约谈 opened for the subject."""
    reaching.open_case(
        step.tx,
        step.case,
        step.element,
        "warning_interview",
        {"cause": "watch", "cause_text": values.read_text(step.facts, "interview_cause")},
    )
    return {}


def _counted(step: Step) -> Outputs:
    said = warnings.counted(step.tx, step.case["subject_id"])
    return {
        "penalty_count": len(said.records),
        "warning_window": f"{said.since.isoformat()}至{said.as_of.isoformat()}",
    }


_COUNTED = {"penalty_count": "number", "warning_window": "string"}

TOPICS: Mapping[str, Topic] = {
    "open_warning": Topic(open_warning, outputs=_COUNTED, article=warnings.LAW),
    "screen_subject": Topic(
        screen_subject, outputs={"flag_kind": "string", **_COUNTED}, article=warnings.LAW
    ),
    "offer_interview": Topic(offer_interview, article=warnings.LAW),
}
