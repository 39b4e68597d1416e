"""The diagram's words for the window to answer a notice, objections and waivers."""

from collections.abc import Mapping
from typing import Any

from workflows.registry import (
    hearing_proofs,
    instants,
    law,
    listings,
    notices,
    objections,
    pauses,
    reviews,
    values,
)
from workflows.services import steps
from workflows.services.steps import Check, Outputs, Step, Topic
from workflows.store import Transaction

HEARD = "国办发〔2020〕49号 四（八）；行政处罚法第四十五条"


def open_window(step: Step) -> Outputs:
    """Let the time to answer run from the service of the notice (INV-21)."""
    served_at = instants.read_instant(step.inputs["served_at"], "送达时间")
    limit_id = str(step.inputs["notice_limit"])
    limits = law.pinned_limits(step.bundle["law/limits.yaml"])
    end = notices.open_window(step.tx, step.case["id"], served_at, limit_id, limits)
    step.note(
        "window_opened",
        article="河南省社会信用条例第二十八条；国办发〔2020〕49号 四（八）",
        after={
            "limit": limit_id,
            "served_at": instants.write_instant(served_at),
            "window_end": instants.write_instant(end),
        },
    )
    return {"window_end": instants.write_instant(end)}


def check_received(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Refuse at the door what could not be registered later (see `register_objection`).

    Against a decision that is made the law gives other relief; nobody would hear an objection.
    """
    listings.check_undecided(tx, case_id, "异议")
    received_at = instants.read_instant(said.get("received_at"), "收到异议的时间")
    objections.check_received(tx, case_id, said, received_at)


def register_objection(step: Step) -> Outputs:
    """Register the objection that has just come in; late ones too."""
    received_at = instants.read_instant(step.facts.get("received_at"), "收到异议的时间")
    objection_id, late = objections.register(
        step.tx, step.case, step.scope, step.facts, received_at
    )
    step.note(
        "objection_registered",
        article=HEARD,
        after={
            "objection_id": objection_id,
            "received_at": instants.write_instant(received_at),
            "late": late,
            "postmark_date": step.facts.get("postmark_date"),
        },
        documents=values.read_texts(step.facts.get("evidence")),
    )
    return {
        "objection_id": objection_id,
        "received_at": instants.write_instant(received_at),
        "objection_late": late,
    }


def check_objections(step: Step) -> Outputs:
    """What is still open, the grounds left, the waiver and the window, as the registry knows."""
    case_id = step.case["id"]
    heard = objections.of_case(step.tx, case_id)
    waiting = sum(objections.is_open(one) for one in heard)
    others = {
        "open_hearings": hearing_proofs.open_count(step.tx, case_id, step.now),
        "open_reviews": reviews.open_count(step.tx, case_id, step.now),
    }
    notice = notices.current_notice(step.tx, case_id)
    if notice is None:
        return {
            **others,
            "open_objections": waiting,
            "grounds_left": 0,
            "waived": False,
            "window_passed": False,
        }
    end = notice["window_end"]
    passed = end is not None and end <= step.now
    return {
        **others,
        "open_objections": waiting + len(objections.pending(step.tx, case_id, step.now)),
        "grounds_left": len(notices.standing_grounds(step.tx, notice, heard)),
        "waived": bool(notice["waiver"]),
        "window_passed": passed and not pauses.window_stopped(step.tx, notice, step.now),
    }


def record_waiver(step: Step) -> Outputs:
    """Record the signed waiver of the rest of the window (书面放弃)."""
    signed_on = instants.read_day(step.facts.get("signed_on"), "签署日期")
    waiver = notices.record_waiver(step.tx, step.case["id"], signed_on, step.facts.get("evidence"))
    step.note("waiver_recorded", article=HEARD, after=waiver, documents=waiver["evidence"])
    return {}


def record_answer(step: Step) -> Outputs:
    """Write what was found on each point; upheld points strike grounds."""
    objection = objections.find_objection(step.tx, int(step.inputs["objection_id"]))
    findings = values.read_rows(step.facts.get("findings"))
    verifier_id = objections.find_verifier(step.tx, step.case["id"], step.scope)
    result = objections.record_answer(step.tx, objection, findings, verifier_id)
    step.note(
        "objection_answered",
        article=HEARD,
        before={"points": objection["points"]},
        after={"objection_id": objection["id"], "result": result, "findings": findings},
    )
    return {"objection_result": result}


def close_objection(step: Step) -> Outputs:
    """The answer has been served: the objection is closed."""
    objection_id = int(step.inputs["objection_id"])
    served_at = instants.read_instant(step.inputs["served_at"], "答复送达时间")
    objections.close(step.tx, objection_id, served_at)
    step.note(
        "objection_closed",
        article=HEARD,
        after={
            "objection_id": objection_id,
            "answer_served_at": instants.write_instant(served_at),
        },
    )
    return {}


TOPICS: Mapping[str, Topic] = {
    "open_window": Topic(
        open_window,
        inputs={"served_at": steps.INSTANT, "notice_limit": "string"},
        outputs={"window_end": steps.INSTANT},
        article="河南省社会信用条例第二十八条",
    ),
    "register_objection": Topic(
        register_objection,
        outputs={
            "objection_id": "number",
            "received_at": steps.INSTANT,
            "objection_late": "boolean",
        },
        article="行政处罚法第四十五条",
    ),
    "check_objections": Topic(
        check_objections,
        outputs={
            "open_objections": "number",
            "open_hearings": "number",
            "open_reviews": "number",
            "grounds_left": "number",
            "waived": "boolean",
            "window_passed": "boolean",
        },
        article="国办发〔2020〕49号 四（八）",
    ),
    "record_waiver": Topic(record_waiver, article="行政处罚法第四十五条"),
    "record_answer": Topic(
        record_answer,
        inputs={"objection_id": "number"},
        outputs={"objection_result": "string"},
        article="行政处罚法第四十五条",
    ),
    "close_objection": Topic(
        close_objection,
        inputs={"objection_id": "number", "served_at": steps.INSTANT},
        article="行政处罚法第四十五条",
    ),
}

CHECKS: Mapping[str, Check] = {"objection_received": check_received}
"""Message → what refuses it at the door."""
