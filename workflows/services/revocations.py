"""The diagram's words for what is put right when a document that findings rest on is gone."""

from collections.abc import Mapping

from workflows.registry import instants, records, revocations, values
from workflows.services import steps
from workflows.services.steps import Outputs, Step, Topic


def withdraw_records(step: Step) -> Outputs:
    """Withdraw what was revoked; entries that rested on nothing else are revoked at once (INV-16).

    `standing`: how many entries of this office other documents still hold up, for a person to see.
    `correction_limit`: that of 总局令第44号 where entries are concerned, else of 行政处罚法 48.
    """
    facts = step.facts
    said = revocations.Said(
        kind=values.read_text(facts, "revocation_kind"),
        document_no=values.read_text(facts, "revoked_by"),
        organ=values.read_text(facts, "revoking_organ"),
        revoked_on=instants.read_day(facts.get("revoked_on"), "撤销、变更的日期"),
        received_at=instants.read_instant(facts.get("received_at"), "收到的时间"),
        records=[int(one) for one in values.read_texts(facts.get("revoked_records"))],
        correction=values.read_text(facts, "corrected_content"),
        evidence=values.read_texts(facts.get("evidence")),
        harm=facts.get("harm_done") is True,
        by=step.actor.person_id,
    )
    row = revocations.register(step.tx, step.case, said, step.now)
    left = revocations.resting_on(step.tx, step.case, said.records)
    named = records.by_ids(step.tx, said.records)
    step.note(
        "records_withdrawn",
        article=revocations.LAW,
        before={"records": [[one["id"], one["doc_no"]] for one in named]},
        after={"kind": said.kind, "by": said.document_no, "revoked_listings": row["fallen"]},
        documents=said.evidence,
    )
    concerned = len(row["fallen"]) + len(left)
    return {
        "fallen": len(row["fallen"]),
        "standing": len(left),
        "correction_limit": "listing_revocation" if concerned else "penalty_withdrawal",
    }


def decide_correction(step: Step) -> Outputs:
    """Revoke what a named person has just decided, with reasons; the rest stands."""
    chosen = [int(one) for one in values.read_texts(step.facts.get("revoked_listings"))]
    row = revocations.decide(
        step.tx,
        step.case,
        chosen,
        values.read_text(step.facts, "reasons"),
        step.actor.person_id,
        step.now,
    )
    said = {"revoked": row["chosen"], "kept": row["kept"], "reasons": row["reasons"]}
    step.note("correction_decided", article=revocations.LAW, after=said)
    return {"revoked": len(row["fallen"]) + len(row["chosen"])}


def record_redress(step: Step) -> Outputs:
    """What was done to undo the harm: apology, name restored, receivers told (Henan 66)."""
    evidence = values.read_texts(step.facts.get("redress_evidence"))
    redress = values.read_text(step.facts, "redress")
    revocations.record_redress(step.tx, step.case, redress, evidence, step.now)
    step.note(
        "harm_redressed",
        article=revocations.REDRESS_LAW,
        after={"redress": redress},
        documents=evidence,
    )
    return {}


def close_correction(step: Step) -> Outputs:
    """The correction notice was served."""
    served_at = instants.read_instant(step.inputs["served_at"], "更正文书送达时间")
    revocations.close(step.tx, step.case["id"], served_at)
    step.note("correction_served", after={"served_at": instants.write_instant(served_at)})
    return {}


TOPICS: Mapping[str, Topic] = {
    "withdraw_records": Topic(
        withdraw_records,
        outputs={"fallen": "number", "standing": "number", "correction_limit": "string"},
        article=revocations.LAW,
    ),
    "decide_correction": Topic(
        decide_correction, outputs={"revoked": "number"}, article=revocations.LAW
    ),
    "record_redress": Topic(record_redress, article=revocations.REDRESS_LAW),
    "close_correction": Topic(
        close_correction, inputs={"served_at": steps.INSTANT}, article=revocations.LAW
    ),
}
