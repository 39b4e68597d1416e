"""The diagram's words for undoing a repair that was got by false material."""

from collections.abc import Mapping

from workflows import errors
from workflows.registry import attachments, repair_effects, repairs, values
from workflows.services.steps import Outputs, Step, Topic


def register_falsity(step: Step) -> Outputs:
    """Which repair is doubted; only one that stands can be revoked."""
    chosen = values.read_text(step.facts, "chosen_repair")
    if not chosen.isdecimal():
        raise errors.NotExpected("没有选定准予的修复", article=repairs.LAW)
    row = repairs.find(step.tx, int(chosen))
    if row["subject_id"] != step.case["subject_id"] or row["status"] not in repairs.REPAIRED:
        raise errors.NotExpected("该修复不属于本案主体，或者已经撤销", article=repairs.LAW)
    step.note("false_material_reported", article=repairs.LAW, after={"repair_id": row["id"]})
    return {"repair_id": row["id"], "repair_number": row["number"]}


def record_falsity(step: Step) -> Outputs:
    """Keep the evidence of what was found."""
    proof = attachments.check_evidence(
        step.tx, step.case["id"], step.facts.get("falsity_evidence"), "核查虚假材料"
    )
    found = values.read_text(step.facts, "falsity_findings")
    step.note("falsity_checked", article=repairs.LAW, after={"findings": found}, documents=proof)
    return {}


def revoke_repair(step: Step) -> Outputs:
    """Revoke; the rest of the publicity term comes back, the record of both stays."""
    repair_id = int(step.inputs["repair_id"])
    reasons = values.read_text(step.facts, "revocation_reasons")
    restored = repair_effects.revoke(
        step.tx, step.case, repair_id, reasons, step.actor.person_id, step.now
    )
    step.note(
        "repair_revoked",
        article=repairs.LAW,
        after={"repair_id": repair_id, "reasons": reasons, "restored": restored},
    )
    return {}


TOPICS: Mapping[str, Topic] = {
    "register_falsity": Topic(
        register_falsity,
        outputs={"repair_id": "number", "repair_number": "string"},
        article=repairs.LAW,
    ),
    "record_falsity": Topic(record_falsity, article=repairs.LAW),
    "revoke_repair": Topic(revoke_repair, inputs={"repair_id": "number"}, article=repairs.LAW),
}
