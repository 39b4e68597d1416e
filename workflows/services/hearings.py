"""The diagram's words for hearings (听证)."""

from collections.abc import Mapping
from typing import Any

from workflows import errors
from workflows.registry import hearing_proofs, hearings, instants, law, listings, values
from workflows.services import steps
from workflows.services.steps import Check, Outputs, Step, Topic
from workflows.store import Transaction


def register_hearing(step: Step) -> Outputs:
    """Register the request that has just come in, late ones too (DP-H1)."""
    hearing_id, late = hearings.register(
        step.tx, step.case, step.scope, step.facts, law.pinned_limits(_limits(step))
    )
    step.note(
        "hearing_registered",
        article=hearings.LAW,
        after={"hearing_id": hearing_id, "late": late},
        documents=values.read_texts(step.facts.get("hearing_evidence")),
    )
    return {"hearing_id": hearing_id, "hearing_late": late}


def appoint_hearing_officer(step: Step) -> Outputs:
    """Appoint who conducts it: nobody who had a hand in the case (INV-10)."""
    facts = step.facts
    officer_id = hearings.appoint(
        step.tx,
        step.case,
        _hearing(step),
        values.read_text(facts, "officer"),
        open_to_public=facts.get("hearing_mode") != "closed",
        closed_reason=values.read_text(facts, "closed_reason"),
    )
    step.note("hearing_officer_appointed", article=hearings.LAW, after={"officer_id": officer_id})
    return {}


def schedule_hearing(step: Step) -> Outputs:
    """Fix time and place, seven workdays ahead at least (DP-H2)."""
    at = instants.read_instant(step.facts.get("hearing_at"), "听证时间")
    place = values.read_text(step.facts, "hearing_place")
    hearings.schedule(step.tx, _hearing(step), at, place, law.pinned_limits(_limits(step)))
    step.note(
        "hearing_scheduled", article=hearings.LAW, after={"hearing_at": instants.write_instant(at)}
    )
    return {"hearing_at": instants.write_instant(at)}


def record_hearing_notice(step: Step) -> Outputs:
    """Note the service of the notice; whether it came seven workdays before."""
    served_at = instants.read_instant(step.inputs["served_at"], "听证通知书送达时间")
    limits = law.pinned_limits(_limits(step))
    in_time = hearings.note_served(step.tx, _hearing(step), served_at, limits)
    step.note(
        "hearing_noticed",
        article=hearings.LAW,
        after={"served_at": instants.write_instant(served_at), "in_time": in_time},
    )
    return {"notice_in_time": in_time}


def record_hearing(step: Step) -> Outputs:
    """Write how it went: held, missed without reason, or taken back."""
    facts, outcome = step.facts, values.read_text(step.facts, "hearing_outcome")
    reason = values.read_text(facts, "outcome_reason")
    if outcome == "absent":
        hearings.note_absence(step.tx, _hearing(step), reason)
    elif outcome == "withdrawn":
        hearings.withdraw(step.tx, _hearing(step), reason, facts.get("withdrawal_evidence"))
    else:
        kept = ("recorder", "investigation", "defence", "examination", "last_words")
        minutes = {name: values.read_text(facts, name) for name in kept}
        minutes |= {"attendance": values.read_rows(facts.get("attendance"))}
        held_at = instants.read_instant(facts.get("held_at"), "听证开始时间")
        hearings.hold(step.tx, _hearing(step), held_at, minutes)
    step.note("hearing_recorded", article=hearings.LAW, after={"outcome": outcome})
    return {}


def file_transcript(step: Step) -> Outputs:
    """File the signed transcript (听证笔录)."""
    scans = step.facts.get("transcript_evidence")
    signature = values.read_text(step.facts, "signature")
    hearings.sign(step.tx, _hearing(step), signature, scans)
    step.note(
        "transcript_filed",
        article=hearings.LAW,
        after={"signature": signature},
        documents=values.read_texts(scans),
    )
    return {}


def report_hearing(step: Step) -> Outputs:
    """The officer's report, which the legal review reads."""
    text = values.read_text(step.facts, "hearing_report")
    opinion = values.read_text(step.facts, "hearing_opinion")
    hearings.report(step.tx, _hearing(step), text, opinion)
    step.note("hearing_reported", article=hearings.REVIEW_LAW, after={"opinion": opinion})
    return {}


def refuse_hearing(step: Step) -> Outputs:
    """A late request has been answered and the answer served."""
    served_at = instants.read_instant(step.inputs["served_at"], "答复送达时间")
    hearings.note_refused(step.tx, _hearing(step), served_at)
    return {}


def close_hearing(step: Step) -> Outputs:
    """The request is settled."""
    hearing = hearings.close(step.tx, _hearing(step))
    step.note(
        "hearing_closed",
        article=hearings.LAW,
        after={"hearing_id": hearing["id"], "status": hearing["status"]},
    )
    return {"hearing_result": hearing["status"]}


def check_hearing(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Refuse at the door what could not be registered, and a second request while one is open."""
    listings.check_undecided(tx, case_id, "听证申请")
    if hearing_proofs.open_count(tx, case_id, tx.now):
        raise errors.NotExpected("本案已有一件听证申请正在办理", article=hearings.LAW)
    hearings.check_requested(tx, case_id, said)


def _hearing(step: Step) -> int:
    return int(step.inputs["hearing_id"])


def _limits(step: Step) -> bytes:
    return step.bundle["law/limits.yaml"]


_HEARING = {"hearing_id": "number"}
_SERVED = {**_HEARING, "served_at": steps.INSTANT}

TOPICS: Mapping[str, Topic] = {
    "register_hearing": Topic(
        register_hearing,
        outputs={"hearing_id": "number", "hearing_late": "boolean"},
        article=hearings.LAW,
    ),
    "appoint_hearing_officer": Topic(
        appoint_hearing_officer, inputs=_HEARING, article=hearings.LAW
    ),
    "schedule_hearing": Topic(
        schedule_hearing,
        inputs=_HEARING,
        outputs={"hearing_at": steps.INSTANT},
        article=hearings.LAW,
    ),
    "record_hearing_notice": Topic(
        record_hearing_notice,
        inputs=_SERVED,
        outputs={"notice_in_time": "boolean"},
        article=hearings.LAW,
    ),
    "record_hearing": Topic(record_hearing, inputs=_HEARING, article=hearings.LAW),
    "file_transcript": Topic(file_transcript, inputs=_HEARING, article=hearings.LAW),
    "report_hearing": Topic(report_hearing, inputs=_HEARING, article=hearings.REVIEW_LAW),
    "refuse_hearing": Topic(refuse_hearing, inputs=_SERVED, article=hearings.LAW),
    "close_hearing": Topic(
        close_hearing,
        inputs=_HEARING,
        outputs={"hearing_result": "string"},
        article=hearings.LAW,
    ),
}

CHECKS: Mapping[str, Check] = {
    hearings.MESSAGE: check_hearing,
}
"""Message → what refuses it at the door."""
