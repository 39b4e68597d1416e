"""The diagram's words for credit repair, from the receipt to the sites' answers."""

from collections.abc import Mapping
from typing import Any

from workflows import models
from workflows.registry import (
    attachments,
    instants,
    law,
    lawful,
    reaching,
    repair_decisions,
    repair_effects,
    repairable,
    repairs,
    values,
)
from workflows.services import steps
from workflows.services.steps import Check, Outputs, Step, Topic
from workflows.store import Row, Transaction

ASSESSED: Mapping[str, str] = {
    "level": "string",
    "earliest_on": "date",
    "term_reached": "boolean",
    "performed": "boolean",
    "effects_removed": "boolean",
    "commitment_given": "boolean",
    "is_unrepairable": "boolean",
    "false_history": "boolean",
    "base_stayed": "boolean",
    "base_revoked": "boolean",
    "missing_text": "string",
}
"""What D12 and the people who read its advice are told."""


def register_repair(step: Step) -> Outputs:
    """Register the application and say by which date D11 picks its rules."""
    facts = step.facts
    applied_at = instants.read_instant(facts.get("applied_at"), "收到申请的时间")
    asked = repairs.Application(
        record_ids=[int(one) for one in values.read_texts(facts.get("record_ids"))],
        listing_ids=[int(one) for one in values.read_texts(facts.get("listing_ids"))],
        applied_at=applied_at,
        channel=values.read_text(facts, "channel"),
        applicant=values.read_text(facts, "applicant"),
        agent=values.read_text(facts, "agent"),
        ground=values.read_text(facts, "ground") or "ordinary",
    )
    repair_id = repairs.register(step.tx, step.case, asked, step.now)
    items = repairable.read_items(step.tx, repairs.find(step.tx, repair_id))
    today, asked_on = instants.office_day(step.now), instants.office_day(applied_at)
    _note(step, "repair_registered", {"repair_id": repair_id, "items": [one.id for one in items]})
    return {
        "repair_id": repair_id,
        "regime_on": repairable.regime_day(items, asked_on, today).isoformat(),
        "is_market_list": any(item.list_code == "market_regulation" for item in items),
        "counts_from": instants.write_instant(applied_at),
    }


def set_repair_regime(step: Step) -> Outputs:
    """Keep the regime D11 picked."""
    regime = str(step.inputs["repair_regime"])
    repairs.set_regime(step.tx, _repair(step), regime)
    _note(step, "repair_regime_set", {"regime": regime})
    return {}


def assess_repair(step: Step) -> Outputs:
    """Take in the materials as registered now and say how the application stands.

    After a supplement, or once the shortest term is over, the time to accept begins anew.
    """
    repair = _repair(step)
    repairs.add_materials(step.tx, step.case, repair, values.read_rows(step.facts.get("materials")))
    waited = repair["status"] in {"draft", "supplement"}
    repairs.resubmit(step.tx, repair, step.now)
    counts_from = step.now
    if not waited:
        counts_from = instants.read_instant(step.facts.get("counts_from"), "收到申请的时间")
    return {**_assess(step), "counts_from": instants.write_instant(counts_from)}


def ask_supplement(step: Step) -> Outputs:
    """Everything that is missing is asked for at once, once."""
    rows = values.read_rows(step.facts.get("supplement_items"))
    missing = [values.read_text(row, "text") for row in rows]
    repairs.ask_supplement(step.tx, _repair(step), missing, step.now)
    _note(step, "repair_supplement_asked", {"missing": missing})
    return {}


def keep_draft(step: Step) -> Outputs:
    """Keep the application until the shortest term is over; it goes on by itself then."""
    found = repairs.assess(step.tx, step.case, _repair(step), law.limits(), step.now)
    repairs.keep_draft(step.tx, _repair(step), found.earliest_on, step.now)
    earliest = str(found.earliest_on)
    _note(step, "repair_kept", {"earliest_on": earliest})
    return {"earliest_at": f"{earliest}T00:00:00+08:00"}


def refuse_acceptance(step: Step) -> Outputs:
    """不予受理, with reasons."""
    reasons = values.read_text(step.facts, "acceptance_reasons")
    repairs.refuse_acceptance(step.tx, _repair(step), reasons, step.actor.person_id, step.now)
    _note(step, "repair_not_accepted", {"reasons": reasons})
    return {}


def accept_repair(step: Step) -> Outputs:
    """Accept, and find the office that knows whether the duty was performed (R-057)."""
    repair = _repair(step)
    found = repairs.assess(step.tx, step.case, repair, law.limits(), step.now)
    note = values.read_text(step.facts, "acceptance_note")
    repairs.accept(step.tx, repair, found, note, step.actor.person_id, step.now)
    office = _verifier(step)
    _note(step, "repair_accepted", {"verifier_department": office})
    return {
        "accepted_at": instants.write_instant(step.now),
        "verifier_department": office,
    }


def record_verification(step: Step) -> Outputs:
    """Write what was found of each item, and how the application stands after it."""
    findings = values.read_rows(step.facts.get("findings"))
    repairs.verify(step.tx, step.case, _repair(step), findings, step.actor.person_id, step.now)
    proof = [one for row in findings for one in values.read_texts(row.get("evidence"))]
    _note(step, "repair_verified", {"findings": findings}, documents=proof)
    return _assess(step)


def grant_repair(step: Step) -> Outputs:
    """准予, past the guard."""
    _keep_recommendation(step, _repair(step))
    repair = _repair(step)
    found = repairs.assess(step.tx, step.case, repair, law.limits(), step.now)
    decision = _decision(step)
    repair_decisions.grant(step.tx, step.case, repair, found, decision, step.now)
    after = {"reasons": decision.reasons, "deviation": decision.deviation}
    _note(step, "repair_granted", after)
    return {}


def refuse_repair(step: Step) -> Outputs:
    """不予, never without reasons, what is missing and when to come again (INV-15)."""
    _keep_recommendation(step, _repair(step))
    decision = _decision(step)
    repair_decisions.refuse(step.tx, step.case, _repair(step), decision, step.now)
    repair_effects.end_shielding(step.tx, _repair(step), step.now)
    again = str(decision.again_on or "")
    after = {"reasons": decision.reasons, "missing": decision.missing, "again_on": again}
    _note(step, "repair_refused", after)
    return {}


def shield_repair(step: Step) -> Outputs:
    """Reorganisation: hide what is public while the plan is performed (国办发〔2025〕22号)."""
    proof = attachments.check_evidence(
        step.tx, step.case["id"], step.facts.get("ruling_evidence"), "批准重整计划的裁定"
    )
    repair_effects.begin_shielding(step.tx, _repair(step), step.now)
    _note(step, "repair_shielded", {"ruling": step.facts.get("ruling_no")}, documents=proof)
    return {}


def resume_repair(step: Step) -> Outputs:
    """The plan is performed: the time to decide begins now; what is hidden stays so until then."""
    _note(step, "repair_resumed", {"performed_on": step.facts.get("plan_performed_on")})
    return {"accepted_at": instants.write_instant(step.now)}


def end_shielding(step: Step) -> Outputs:
    """The plan has failed: what was hidden is shown again, the application goes on."""
    repair_effects.end_shielding(step.tx, _repair(step), step.now)
    _note(step, "repair_unshielded", {"ruling": step.facts.get("plan_failed_no")})
    return {"accepted_at": instants.write_instant(step.now)}


def attach_commitment(step: Step) -> Outputs:
    """The commitment signed at the window belongs to the application."""
    commitment_id = step.facts.get("commitment_id")
    if step.facts.get("commitment_result") == "signed" and commitment_id is not None:
        repairs.attach_commitment(step.tx, step.case, _repair(step), int(commitment_id))
    return {}


def execute_repair(step: Step) -> Outputs:
    """Carry the grant out in this very transaction (INV-09, INV-13)."""
    repair_effects.execute(step.tx, step.case, _repair(step), step.now)
    _note(step, "repair_executed", {"document_id": step.inputs["document_id"]})
    return {}


def sync_repair(step: Step) -> Outputs:
    """Keep the receipts of the sites."""
    receipts = values.read_rows(step.facts.get("receipts"))
    repair_effects.sync(step.tx, _repair(step), receipts, step.now)
    _note(step, "repair_synced", {"receipts": receipts})
    return {}


def withdraw_repair(step: Step) -> Outputs:
    """The applicant has taken the application back."""
    reason = values.read_text(step.facts, "withdrawal_reason")
    repairs.withdraw(step.tx, _repair(step), reason, step.now)
    repair_effects.end_shielding(step.tx, _repair(step), step.now)
    proof = values.read_texts(step.facts.get("withdrawal_evidence"))
    _note(step, "repair_withdrawn", {"reason": reason}, documents=proof)
    return {}


def leave_to_correction(step: Step) -> Outputs:
    """The base was revoked: corrected ex officio, in a case of its own (INV-16)."""
    fallen = repairs.leave_to_correction(step.tx, _repair(step), step.now)
    r = models.records
    for row in step.tx.all(r.select().where(r.c.id.in_(fallen)).order_by(r.c.id)):
        reaching.open_case(
            step.tx,
            step.case,
            step.element,
            "revocation_correction",
            {
                "doc_no": row["doc_no"],
                "organ": row["organ"],
                "revoked_by": row["withdrawn_by"] or "登记簿记载已经撤销，文号待核",
                "revoked_on": str(row["withdrawn_on"] or instants.office_day(step.now)),
                "received_at": instants.write_instant(step.now),
                "revoked_records": [str(row["id"])],
            },
            record_ids=[row["id"]],
        )
    _note(step, "repair_left_to_correction", {"record_ids": fallen})
    return {}


def check_withdrawal(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Refuse a withdrawal that nobody signed."""
    attachments.check_evidence(tx, case_id, said.get("withdrawal_evidence"), "撤回申请")


def _repair(step: Step) -> Row:
    return repairs.of_case(step.tx, step.case["id"])


def _decision(step: Step) -> repair_decisions.Decision:
    """What the person who has just decided wrote down."""
    again = step.facts.get("again_on")
    rows = values.read_rows(step.facts.get("missing_conditions"))
    return repair_decisions.Decision(
        by=step.actor.person_id,
        reasons=values.read_text(step.facts, "decision_reasons"),
        deviation=values.read_text(step.facts, "deviation_reason"),
        missing=[one for row in rows if (one := values.read_text(row, "text"))],
        again_on=instants.read_day(again, "最早可以再次申请的日期") if again else None,
    )


def _keep_recommendation(step: Step, repair: Row) -> None:
    repairs.recommend(step.tx, repair, values.read_text(step.facts, "recommendation"))


def _assess(step: Step) -> Outputs:
    found = repairs.assess(step.tx, step.case, _repair(step), law.limits(), step.now)
    missing = [*found.missing, *([found.unrepairable] if found.unrepairable else [])]
    return {
        "level": found.level,
        "earliest_on": found.earliest_on.isoformat() if found.earliest_on else None,
        "term_reached": found.term_reached,
        "performed": found.performed,
        "effects_removed": found.effects_removed,
        "commitment_given": found.commitment_given,
        "is_unrepairable": bool(found.unrepairable),
        "false_history": found.false_history,
        "base_stayed": found.base_stayed,
        "base_revoked": found.base_revoked,
        "missing_text": "；".join(missing) or "材料齐全",
    }


def _verifier(step: Step) -> int:
    """The office of the house that made the first document of another organ, else our own."""
    d = models.departments
    own = lawful.find_organ(step.tx, step.case)
    for item in repairable.read_items(step.tx, _repair(step)):
        if item.organ != own["name"]:
            office = step.tx.first(d.select().where(d.c.name == item.organ))
            if office is not None:
                return office["id"]
    return own["id"]


def _note(step: Step, kind: str, after: Mapping[str, Any], documents: Any = ()) -> None:
    step.note(kind, article=repairs.LAW, after=dict(after), documents=list(documents))


TOPICS: Mapping[str, Topic] = {
    "register_repair": Topic(
        register_repair,
        outputs={
            "repair_id": "number",
            "regime_on": "date",
            "is_market_list": "boolean",
            "counts_from": steps.INSTANT,
        },
        article=repairs.LAW,
    ),
    "set_repair_regime": Topic(
        set_repair_regime, inputs={"repair_regime": "string"}, article=repairs.LAW
    ),
    "assess_repair": Topic(
        assess_repair, outputs={**ASSESSED, "counts_from": steps.INSTANT}, article=repairs.LAW
    ),
    "ask_supplement": Topic(ask_supplement, article=repairs.LAW),
    "keep_draft": Topic(keep_draft, outputs={"earliest_at": steps.INSTANT}, article=repairs.LAW),
    "refuse_acceptance": Topic(refuse_acceptance, article=repairs.LAW),
    "accept_repair": Topic(
        accept_repair,
        outputs={"accepted_at": steps.INSTANT, "verifier_department": "number"},
        article=repairs.LAW,
    ),
    "record_verification": Topic(record_verification, outputs=ASSESSED, article=repairs.LAW),
    "grant_repair": Topic(grant_repair, article=repairs.LAW),
    "refuse_repair": Topic(refuse_repair, article=repairs.LAW),
    "shield_repair": Topic(shield_repair, article="国办发〔2025〕22号"),
    "resume_repair": Topic(
        resume_repair, outputs={"accepted_at": steps.INSTANT}, article="国办发〔2025〕22号"
    ),
    "end_shielding": Topic(
        end_shielding, outputs={"accepted_at": steps.INSTANT}, article="国办发〔2025〕22号"
    ),
    "attach_commitment": Topic(attach_commitment, article="国办发〔2025〕22号"),
    "execute_repair": Topic(
        execute_repair, inputs={"document_id": "number"}, article="河南省社会信用条例第四十三条"
    ),
    "sync_repair": Topic(sync_repair, article=repairs.LAW),
    "withdraw_repair": Topic(withdraw_repair, article=repairs.LAW),
    "leave_to_correction": Topic(leave_to_correction, article="河南省社会信用条例第四十二条"),
}

CHECKS: Mapping[str, Check] = {"withdraw_application": check_withdrawal}
"""Message → what refuses it at the door."""
