"""The diagram's words for supervising commitments: samples, checks, breaches, annulments."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from workflows import errors, workdays
from workflows.registry import (
    attachments,
    challenges,
    commitments,
    draws,
    instants,
    reaching,
    values,
)
from workflows.services import steps
from workflows.services.steps import Check, Outputs, Step, Topic
from workflows.store import Row, Transaction

LAW = draws.LAW
BREACH_LAW = "安信用办〔2023〕5号 三（四）；河南省社会信用条例第三十三条第八项"


def supervise_commitment(step: Step) -> Outputs:
    """Put a commitment under supervision until its period ends (R-053)."""
    row = _chosen(step, "chosen_commitment")
    if row["status"] != "supervised":
        commitments.supervise(step.tx, row["id"], step.actor.name, step.now)
    elif challenges.supervising(step.tx, row["subject_id"], row["id"]):
        raise errors.NotExpected("该信用承诺已经纳入践诺监督", article=LAW)
    end = _period_end(row)
    _note(step, "commitment_supervised", {"commitment_id": row["id"], "period_end": end})
    return {
        "commitment_id": row["id"],
        "period_end_at": end,
        "sampled_from": instants.write_instant(step.now),
    }


def draw_commitments(step: Step) -> Outputs:
    """Hold this month's draw, or look at the one that was held; say whether this one is drawn."""
    commitment_id = int(step.inputs["commitment_id"])
    row = draws.of_month(step.tx, step.case, step.now)
    is_drawn = commitment_id in row["drawn"]
    kept = {name: row[name] for name in ("period", "seed", "pool_sha256", "excluded", "drawn")}
    _note(step, "commitments_drawn", {"draw_id": row["id"], "is_drawn": is_drawn, **kept})
    return {
        "draw_id": row["id"],
        "is_drawn": is_drawn,
        "sampled_from": instants.write_instant(step.now),
    }


def record_commitment_check(step: Step) -> Outputs:
    """Keep what a check found; a breach that it found is heard before it is decided.

    Nobody has spoken to it yet: what was said to an earlier check is no statement to this one.
    """
    evidence = attachments.check_evidence(
        step.tx, step.case["id"], step.facts.get("check_evidence"), "践诺检查"
    )
    result = values.read_text(step.facts, "check_result")
    after = {"result": result, "findings": step.facts.get("check_findings")}
    _note(step, "commitment_checked", after, documents=evidence)
    return {"statement_text": ""}


def breach_commitment(step: Step) -> Outputs:
    """A named person has found a breach, after the subject could speak."""
    if step.actor.person_id is None:
        raise errors.FourEyes("违诺须由具名的负责人认定", article=BREACH_LAW)
    commitment_id = int(step.inputs["commitment_id"])
    reasons = values.read_text(step.facts, "breach_reasons")
    commitments.breach(step.tx, commitment_id, reasons, step.actor.name, step.now)
    after = {"commitment_id": commitment_id, "reasons": reasons}
    _note(step, "commitment_breached", after, article=BREACH_LAW)
    return {}


def fulfil_commitment(step: Step) -> Outputs:
    """The period is over and nothing was broken."""
    commitment_id = int(step.inputs["commitment_id"])
    commitments.fulfil(step.tx, commitment_id, step.actor.name, step.now)
    _note(step, "commitment_fulfilled", {"commitment_id": commitment_id})
    return {}


def register_annulment(step: Step) -> Outputs:
    """Somebody asks that the finding of a breach be annulled; only one that stands can be."""
    row = _chosen(step, "chosen_breach")
    if row["status"] != "breached":
        raise errors.NotExpected("该信用承诺没有违诺认定，或者已经撤销", article=BREACH_LAW)
    _note(step, "annulment_registered", {"commitment_id": row["id"]}, article=BREACH_LAW)
    return {"commitment_id": row["id"]}


def annul_breach(step: Step) -> Outputs:
    """Annul the finding; the history keeps both, and what followed is rolled back.

    Repair (D12) and every count read the rows, so that from now on they know of no breach; the
    commitment is supervised again for the rest of its period, or fulfilled where it is over.
    """
    if step.actor.person_id is None:
        raise errors.FourEyes("撤销违诺认定须由具名的负责人决定", article=BREACH_LAW)
    commitment_id = int(step.inputs["commitment_id"])
    reasons = values.read_text(step.facts, "annulment_reasons")
    commitments.annul_breach(step.tx, commitment_id, reasons, step.actor.name, step.now)
    row = commitments.find(step.tx, commitment_id)
    if row["period_end"] is None or row["period_end"] >= instants.office_day(step.now):
        said = {"chosen_commitment": str(commitment_id)}
        reaching.open_case(step.tx, step.case, step.element, "commitment_supervision", said)
    else:
        commitments.fulfil(step.tx, commitment_id, step.actor.name, step.now)
    after = {"commitment_id": commitment_id, "reasons": reasons}
    _note(step, "breach_annulled", after, article=BREACH_LAW)
    return {}


def check_statement(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Evidence that comes with a statement must be a file of the case."""
    if values.read_texts(said.get("statement_evidence")):
        attachments.check_evidence(tx, case_id, said["statement_evidence"], "当事人的陈述")


def _chosen(step: Step, field: str) -> Row:
    chosen = values.read_text(step.facts, field)
    if not chosen.isdecimal():
        raise errors.NotExpected("没有选定信用承诺", article=LAW)
    row = commitments.find(step.tx, int(chosen))
    if row["subject_id"] != step.case["subject_id"]:
        raise errors.NotExpected("该信用承诺不属于本案主体", article=LAW)
    return row


def _period_end(row: Row) -> str:
    """The exclusive end of the period: 24:00 of its last day (民法典第二百零三条)."""
    if row["period_end"] is None:
        raise errors.NotExpected("信用承诺书没有写明期限", article=LAW)
    end = datetime.combine(row["period_end"] + timedelta(days=1), time(), workdays.OFFICE)
    return instants.write_instant(end)


def _note(
    step: Step,
    kind: str,
    after: Mapping[str, Any],
    *,
    documents: Any = (),
    article: str = LAW,
) -> None:
    step.note(kind, article=article, after=dict(after), documents=list(documents))


_ONE = {"commitment_id": "number"}

TOPICS: Mapping[str, Topic] = {
    "supervise_commitment": Topic(
        supervise_commitment,
        outputs={**_ONE, "period_end_at": steps.INSTANT, "sampled_from": steps.INSTANT},
        article=LAW,
    ),
    "draw_commitments": Topic(
        draw_commitments,
        inputs=_ONE,
        outputs={"draw_id": "number", "is_drawn": "boolean", "sampled_from": steps.INSTANT},
        article=LAW,
    ),
    "record_commitment_check": Topic(
        record_commitment_check, outputs={"statement_text": "string"}, article=LAW
    ),
    "breach_commitment": Topic(breach_commitment, inputs=_ONE, article=BREACH_LAW),
    "fulfil_commitment": Topic(fulfil_commitment, inputs=_ONE, article=LAW),
    "register_annulment": Topic(register_annulment, outputs=_ONE, article=BREACH_LAW),
    "annul_breach": Topic(annul_breach, inputs=_ONE, article=BREACH_LAW),
}

CHECKS: Mapping[str, Check] = {"breach_statement_received": check_statement}
"""Message → what refuses it at the door."""
