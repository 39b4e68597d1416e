"""The diagram's words for credit commitments (信用承诺)."""

from collections.abc import Mapping

from workflows.registry import commitments, instants, reaching, values
from workflows.services.steps import Outputs, Step, Topic

CLAUSES = "forms/commitment_signing/clauses.yaml"


def draft_commitment(step: Step) -> Outputs:
    """Write the commitment in the clauses in force, within the consent that was given (C-9)."""
    facts = step.facts
    consent = values.read_text(facts, "consent")
    said = commitments.wording(step.bundle[CLAUSES], consent, instants.office_day(step.now))
    interview_id = facts.get("interview_id")
    commitment_id = commitments.draft(
        step.tx,
        step.case,
        said,
        purpose=values.read_text(facts, "commitment_purpose") or "interview",
        consent=consent,
        months=int(facts.get("commitment_months") or 0),
        interview_id=int(interview_id) if interview_id else None,
    )
    step.note(
        "commitment_drafted",
        article=commitments.LAW,
        after={"commitment_id": commitment_id, "version": said.version, "consent": consent},
    )
    return {"commitment_id": commitment_id}


def sign_commitment(step: Step) -> Outputs:
    """The subject has signed; with its consent the letter goes on to publication (R-053)."""
    commitment_id = int(step.inputs["commitment_id"])
    signing = commitments.Signing(
        on=instants.read_day(step.facts.get("signed_on"), "签署日期"),
        by=values.read_text(step.facts, "signed_by"),
        seal=values.read_text(step.facts, "seal_kind"),
        evidence=values.read_texts(step.facts.get("signed_letter")),
    )
    commitments.sign(step.tx, commitment_id, signing, step.actor.name, step.now)
    row = commitments.find(step.tx, commitment_id)
    step.note(
        "commitment_signed",
        article=commitments.LAW,
        after={"commitment_id": commitment_id, "period_end": row["period_end"].isoformat()},
        documents=list(signing.evidence),
    )
    return {"commitment_result": "signed"}


def open_commitment_publication(step: Step) -> Outputs:
    """Have the signed letter published within the consent; refused without one."""
    commitment_id = int(step.inputs["commitment_id"])
    commitments.check_publishable(step.tx, commitment_id)
    reaching.open_case(
        step.tx, step.case, step.element, "publication", {"commitment_id": commitment_id}
    )
    return {}


def decline_commitment(step: Step) -> Outputs:
    """The subject does not commit itself: noted, and nothing follows from it."""
    reasons = values.read_text(step.facts, "decline_reasons")
    commitment_id = step.inputs.get("commitment_id")
    if commitment_id is not None:
        commitments.decline(step.tx, int(commitment_id), reasons, step.actor.name, step.now)
    step.note("commitment_declined", article=commitments.LAW, after={"reasons": reasons})
    return {"commitment_result": "declined"}


TOPICS: Mapping[str, Topic] = {
    "draft_commitment": Topic(
        draft_commitment, outputs={"commitment_id": "number"}, article=commitments.LAW
    ),
    "sign_commitment": Topic(
        sign_commitment,
        inputs={"commitment_id": "number"},
        outputs={"commitment_result": "string"},
        article=commitments.LAW,
    ),
    "open_commitment_publication": Topic(
        open_commitment_publication,
        inputs={"commitment_id": "number"},
        article=commitments.CONSENT_LAW,
    ),
    "decline_commitment": Topic(
        decline_commitment,
        inputs={"commitment_id": "number"},
        outputs={"commitment_result": "string"},
        article=commitments.LAW,
    ),
}
