"""The diagram's words for a dispute over credit information (信用信息异议, P-31)."""

from collections.abc import Mapping

from workflows import errors, models
from workflows.registry import (
    disputes,
    instants,
    reaching,
    removal_grounds,
    revocations,
    values,
)
from workflows.services import steps
from workflows.services.steps import Check, Outputs, Step, Topic
from workflows.store import Row, Transaction

OWN, SOURCE = "record_objection_own", "record_objection_source"
"""Three workdays, or seven where the source has to be asked (Henan 41)."""


def register_dispute(step: Step) -> Outputs:
    """Register the dispute and mark what is shown as disputed, in the same instant."""
    row = disputes.register(step.tx, step.case, step.facts, step.now)
    target = disputes.find_disputed(step.tx, row)
    step.note(
        "dispute_registered",
        article=disputes.LAW,
        after={"number": row["number"], "target": target.name, "points": row["points"]},
    )
    points = [
        {"no": point.get("no") or place, "text": values.read_text(point, "text")}
        for place, point in enumerate(values.read_rows(row["points"]), 1)
    ]
    return {
        "dispute_id": row["id"],
        "target_name": target.name,
        "received_at": instants.write_instant(row["received_at"]),
        "findings": points,
    }


def assign_dispute(step: Step) -> Outputs:
    """Who verifies, and whether the source has to be asked: the limit follows (Henan 41)."""
    asks = step.facts.get("asks_source") == "yes"
    source = values.read_text(step.facts, "source") if asks else ""
    if asks and not source:
        raise errors.NotExpected("须写明信息来源单位", article=disputes.LAW)
    login = values.read_text(step.facts, "verifier")
    verifier_id = _person(step.tx, login)
    disputes.assign(step.tx, step.case, verifier_id, source)
    step.note("dispute_assigned", article=disputes.LAW, after={"verifier": login, "source": source})
    return {"dispute_limit": SOURCE if asks else OWN}


def note_source_asked(step: Step) -> Outputs:
    """The letter to the source is out: its three workdays run (Henan 41)."""
    disputes.ask_source(step.tx, step.case["id"], int(step.inputs["document_id"]), step.now)
    return {"asked_at": instants.write_instant(step.now)}


def record_source(step: Step) -> Outputs:
    """What the source of the information says."""
    evidence = values.read_texts(step.facts.get("source_evidence"))
    answer = values.read_text(step.facts, "source_answer")
    disputes.record_source(step.tx, step.case, answer, evidence, step.now)
    step.note("source_answered", article=disputes.LAW, after={"answer": answer}, documents=evidence)
    return {}


def note_source_silent(step: Step) -> Outputs:
    """The source has let its time pass: the finding rests on what is there."""
    step.note("source_silent", article=disputes.LAW, after={"source": step.facts.get("source")})
    return {"source_answer": "信息来源单位逾期未答复"}


def conclude_dispute(step: Step) -> Outputs:
    """Write the finding, put the information right, take the mark away.

    Where a listing of this office rests on a record that was withdrawn, or is itself found to be
    wrong, its correction is opened; what was shown with an error is published anew.
    """
    facts, case = step.facts, step.case
    row = disputes.of_case(step.tx, case["id"])
    target = disputes.find_disputed(step.tx, row)
    shown = disputes.is_shown(step.tx, target)
    row = disputes.conclude(
        step.tx,
        case,
        disputes.Conclusion(
            findings=values.read_rows(facts.get("findings")),
            action=values.read_text(facts, "action"),
            correction=values.read_text(facts, "correction"),
            verifier_id=_verifier(step),
        ),
        step.now,
    )
    if row["status"] == "corrected" and facts.get("action") == "withdraw":
        _open_revocation(step, row, target)
    if row["status"] == "corrected" and facts.get("action") == "correct" and shown:
        said = {f"{target.kind}_id": target.row["id"]}
        reaching.open_case(step.tx, case, step.element, "publication", said)
    step.note(
        "dispute_concluded",
        article=disputes.LAW,
        after={"result": row["result"], "status": row["status"], "points": row["points"]},
    )
    return {"dispute_status": row["status"]}


def withdraw_dispute(step: Step) -> Outputs:
    """The subject takes the dispute back: the mark goes."""
    row = disputes.withdraw(step.tx, step.case["id"], step.now)
    step.note("dispute_withdrawn", article=disputes.LAW, after={"number": row["number"]})
    return {}


def close_dispute(step: Step) -> Outputs:
    """The answer was served."""
    served_at = instants.read_instant(step.inputs["served_at"], "答复送达时间")
    disputes.close(step.tx, step.case["id"], served_at)
    step.note("dispute_closed", after={"served_at": instants.write_instant(served_at)})
    return {}


def check_open(tx: Transaction, case_id: int, said: Mapping[str, object]) -> None:
    """Refuse at the door to take back an answered dispute, or to have it examined."""
    del said
    disputes.check_open(tx, case_id)


def _open_revocation(step: Step, row: Row, target: disputes.Target) -> None:
    if target.kind == "record":
        cited = [target.row]
    else:
        cited = removal_grounds.records_of(step.tx, target.row)
    ids = [one["id"] for one in cited]
    if not revocations.resting_on(step.tx, step.case, ids):
        return
    said = {
        "doc_no": "、".join(one["doc_no"] for one in cited),
        "organ": "、".join(dict.fromkeys(one["organ"] for one in cited)),
        "revoked_by": row["number"],
        "revoked_on": instants.office_day(step.now).isoformat(),
        "received_at": instants.write_instant(step.now),
        "revoked_records": [str(one) for one in ids],
    }
    reaching.open_case(step.tx, step.case, step.element, "revocation_correction", said)


def _person(tx: Transaction, login: str) -> int | None:
    p = models.people
    row = tx.first(p.select().where(p.c.login == login, p.c.active))
    return row["id"] if row else None


def _verifier(step: Step) -> int | None:
    """Who did the verifying, as the tasks tell."""
    t = models.tasks
    row = step.tx.first(
        t.select()
        .where(t.c.case_id == step.case["id"], t.c.element == "verify_dispute")
        .where(t.c.completed_by.is_not(None))
        .order_by(t.c.id.desc())
    )
    return row["completed_by"] if row else None


TOPICS: Mapping[str, Topic] = {
    "register_dispute": Topic(
        register_dispute,
        outputs={
            "dispute_id": "number",
            "target_name": "string",
            "received_at": steps.INSTANT,
            "findings": "list",
        },
        article=disputes.LAW,
    ),
    "assign_dispute": Topic(
        assign_dispute, outputs={"dispute_limit": "string"}, article=disputes.LAW
    ),
    "note_source_asked": Topic(
        note_source_asked,
        inputs={"document_id": "number"},
        outputs={"asked_at": steps.INSTANT},
        article=disputes.LAW,
    ),
    "record_source": Topic(record_source, article=disputes.LAW),
    "note_source_silent": Topic(
        note_source_silent, outputs={"source_answer": "string"}, article=disputes.LAW
    ),
    "conclude_dispute": Topic(
        conclude_dispute, outputs={"dispute_status": "string"}, article=disputes.LAW
    ),
    "withdraw_dispute": Topic(withdraw_dispute, article=disputes.LAW),
    "close_dispute": Topic(
        close_dispute, inputs={"served_at": steps.INSTANT}, article=disputes.LAW
    ),
}

CHECKS: Mapping[str, Check] = {"dispute_withdrawn": check_open, "expertise_begun": check_open}
"""Message → what refuses it at the door."""
