"""What the forms of supervision and challenges offer: the subject's commitments, by their state."""

from collections.abc import Collection, Mapping

from workflows.registry import challenges, commitments
from workflows.services.steps import Case, Choices, Source
from workflows.store import Transaction

SUPERVISABLE = frozenset({"signed", "published", "supervised", "annulled_breach"})


def _supervisable(tx: Transaction, case: Case) -> Choices:
    return _in(tx, case, SUPERVISABLE)


def _challengeable(tx: Transaction, case: Case) -> Choices:
    return _in(tx, case, challenges.OPEN_TO_CHALLENGE)


def _breached(tx: Transaction, case: Case) -> Choices:
    return _in(tx, case, frozenset({"breached"}))


def _in(tx: Transaction, case: Case, states: Collection[str]) -> Choices:
    names = commitments.NAMES
    return [
        (
            str(row["id"]),
            f"{row['signed_on']} 签署，至 {row['period_end']}（{names[row['status']]}）",
        )
        for row in commitments.of_subject(tx, case["subject_id"])
        if row["status"] in states
    ]


SOURCES: Mapping[str, Source] = {
    "supervisable_commitments": _supervisable,
    "challengeable_commitments": _challengeable,
    "breached_commitments": _breached,
}
"""valuesKey → what it offers."""
