"""What a form's `valuesKey` offers in a case. Each noun has a module with its SOURCES."""

from collections.abc import Mapping

from workflows.services.choices import (
    disputes,
    hearings,
    interviews,
    listing,
    measures,
    removals,
    repairs,
    revocations,
    supervision,
)
from workflows.services.steps import Case, Choices, Source
from workflows.store import Transaction

SOURCES: Mapping[str, Source] = {
    **disputes.SOURCES,
    **hearings.SOURCES,
    **interviews.SOURCES,
    **listing.SOURCES,
    **measures.SOURCES,
    **removals.SOURCES,
    **repairs.SOURCES,
    **revocations.SOURCES,
    **supervision.SOURCES,
}
"""valuesKey → what it offers."""


def choices(tx: Transaction, case: Case, key: str) -> Choices:
    """(value, label) pairs for `key`, none for a key nobody knows.

    `case` may be one that is only being opened: it has no id yet.
    """
    source = SOURCES.get(key)
    return source(tx, case) if source else []
