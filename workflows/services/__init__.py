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
    choices,
    commitments,
    documents,
    hearings,
    interviews,
    leniency,
    listing,
    objections,
    pausing,
    rectifications,
    removals,
    repairs,
    reviews,
    service_of_process,
    warnings,
)
from workflows.services.steps import Check, Step, Topic
from workflows.store import Transaction

__all__ = ["TOPICS", "Step", "Topic", "check_message", "choices"]

TOPICS: Mapping[str, Topic] = {
    **ceasing.TOPICS,
    **commitments.TOPICS,
    **documents.TOPICS,
    **hearings.TOPICS,
    **interviews.TOPICS,
    **leniency.TOPICS,
    **listing.TOPICS,
    **objections.TOPICS,
    **pausing.TOPICS,
    **rectifications.TOPICS,
    **removals.TOPICS,
    **repairs.TOPICS,
    **reviews.TOPICS,
    **service_of_process.TOPICS,
    **warnings.TOPICS,
}

_CHECKS: Mapping[str, Check] = {
    **ceasing.CHECKS,
    **hearings.CHECKS,
    **objections.CHECKS,
    **repairs.CHECKS,
    **reviews.CHECKS,
}


def check_message(
    tx: Transaction, case: values.Fields, message: str, said: Mapping[str, Any]
) -> None:
    """Raise a Refusal at the door for what a step would refuse when the message is delivered."""
    if message in _CHECKS:
        _CHECKS[message](tx, case["id"], said)
