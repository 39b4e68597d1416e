"""The words a diagram may say: topic → what it does, with the types of what goes in and out.

A topic that is no job runs inside the command's transaction and may refuse the whole command; a
job runs in its own transaction, and its outputs complete the service task. Each noun has a module
with its TOPICS, and CHECKS for the messages it refuses at the door.
"""

from collections.abc import Mapping
from typing import Any

from workflows.registry import values
from workflows.services import (
    ceasing,
    challenges,
    choices,
    commitments,
    disputes,
    documents,
    hearings,
    interviews,
    leniency,
    listing,
    measures,
    objections,
    pausing,
    publicity,
    rectifications,
    removals,
    repair_revocation,
    repairs,
    reviews,
    revocations,
    service_of_process,
    supervision,
    warnings,
)
from workflows.services.steps import Check, Step, Topic
from workflows.store import Transaction

__all__ = ["TOPICS", "Step", "Topic", "check_message", "choices"]

TOPICS: Mapping[str, Topic] = {
    **ceasing.TOPICS,
    **challenges.TOPICS,
    **commitments.TOPICS,
    **disputes.TOPICS,
    **documents.TOPICS,
    **hearings.TOPICS,
    **interviews.TOPICS,
    **leniency.TOPICS,
    **listing.TOPICS,
    **measures.TOPICS,
    **objections.TOPICS,
    **pausing.TOPICS,
    **publicity.TOPICS,
    **rectifications.TOPICS,
    **removals.TOPICS,
    **repair_revocation.TOPICS,
    **repairs.TOPICS,
    **reviews.TOPICS,
    **revocations.TOPICS,
    **service_of_process.TOPICS,
    **supervision.TOPICS,
    **warnings.TOPICS,
}

_CHECKS: Mapping[str, Check] = {
    **ceasing.CHECKS,
    **disputes.CHECKS,
    **hearings.CHECKS,
    **measures.CHECKS,
    **objections.CHECKS,
    **repairs.CHECKS,
    **reviews.CHECKS,
    **supervision.CHECKS,
}


def check_message(
    tx: Transaction, case: values.Fields, message: str, said: Mapping[str, Any]
) -> None:
    """Raise a Refusal at the door for what a step would refuse when the message is delivered."""
    if message in _CHECKS:
        _CHECKS[message](tx, case["id"], said)
