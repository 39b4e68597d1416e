"""The diagram's words for public challenges of commitments (质疑举报)."""

from collections.abc import Mapping
from typing import Any

from workflows import errors
from workflows.registry import challenges, instants, values
from workflows.services.steps import Outputs, Step, Topic
from workflows.store import Row


def register_challenge(step: Step) -> Outputs:
    """Register what somebody says; who they are stays sealed, and only whether they can be reached
    is told.
    """
    facts = step.facts
    chosen = values.read_text(facts, "chosen_commitment")
    if not chosen.isdecimal():
        raise errors.NotExpected("没有选定被质疑的信用承诺", article=challenges.LAW)
    said = challenges.Challenge(
        commitment_id=int(chosen),
        content=values.read_text(facts, "content"),
        received_at=instants.read_instant(facts.get("received_at"), "收到质疑的时间"),
        anonymous=facts.get("anonymous") is True,
    )
    challenge_id = challenges.register(step.tx, step.case, said, step.now)
    row = challenges.of_case(step.tx, step.case["id"])
    reachable = bool(values.read_text(facts, "challenger_contact"))
    after = {"challenge_id": challenge_id, "number": row["number"], "reachable": reachable}
    _note(step, "challenge_registered", after)
    return {
        "commitment_id": said.commitment_id,
        "challenge_id": challenge_id,
        "challenge_number": row["number"],
        "reachable": reachable,
    }


def record_screening(step: Step) -> Outputs:
    """Whether the challenge is looked into."""
    taken = step.facts.get("screening") == "verify"
    reasons = values.read_text(step.facts, "screening_reasons")
    challenges.screen(step.tx, _challenge(step), taken=taken, reasons=reasons)
    _note(step, "challenge_screened", {"taken": taken, "reasons": reasons})
    return {}


def record_challenge_findings(step: Step) -> Outputs:
    """Keep what was found, by somebody without a hand in the commitment."""
    evidence = values.read_texts(step.facts.get("challenge_evidence"))
    row = _challenge(step)
    challenges.verify(step.tx, step.case, row, evidence, step.actor.person_id)
    found = values.read_text(step.facts, "challenge_findings")
    step.note(
        "challenge_verified",
        article=challenges.LAW,
        after={"findings": found},
        documents=evidence,
    )
    return {}


def decide_challenge(step: Step) -> Outputs:
    """属实 or 不属实; a founded one goes on to the supervision of the commitment."""
    if step.actor.person_id is None:
        raise errors.FourEyes("须由具名的负责人认定", article=challenges.EYES_LAW)
    outcome = values.read_text(step.facts, "challenge_outcome")
    reasons = values.read_text(step.facts, "challenge_reasons")
    challenges.decide(step.tx, step.case, _challenge(step), outcome, reasons)
    _note(step, "challenge_decided", {"outcome": outcome, "reasons": reasons})
    return {}


def close_challenge(step: Step) -> Outputs:
    """The answer has gone to whoever challenged."""
    challenges.answer(step.tx, _challenge(step), step.now)
    _note(step, "challenge_answered", {"number": _challenge(step)["number"]})
    return {}


def _challenge(step: Step) -> Row:
    return challenges.of_case(step.tx, step.case["id"])


def _note(step: Step, kind: str, after: Mapping[str, Any]) -> None:
    step.note(kind, article=challenges.LAW, after=dict(after))


TOPICS: Mapping[str, Topic] = {
    "register_challenge": Topic(
        register_challenge,
        outputs={
            "commitment_id": "number",
            "challenge_id": "number",
            "challenge_number": "string",
            "reachable": "boolean",
        },
        article=challenges.LAW,
    ),
    "record_screening": Topic(record_screening, article=challenges.LAW),
    "record_challenge_findings": Topic(record_challenge_findings, article=challenges.EYES_LAW),
    "decide_challenge": Topic(decide_challenge, article=challenges.LAW),
    "close_challenge": Topic(close_challenge, article=challenges.LAW),
}
