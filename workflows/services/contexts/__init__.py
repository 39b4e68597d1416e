"""What a document says: its context built from registry rows, shaped as forms/README.md asks.

Facts of the case supply only wording (reasons, conditions, channels); grounds, measures, dates and
numbers come from the rows that the guard reads too, so that print and registry cannot disagree.
Each noun has a module with its BUILDERS, and ISSUED for what the registry must know at once.
"""

from collections.abc import Mapping

from workflows import errors
from workflows.services import clauses
from workflows.services.contexts import (
    disputes,
    hearings,
    interviews,
    listing,
    measures,
    removals,
    repairs,
    reviews,
    revocations,
    supervision,
)
from workflows.services.steps import Builder, Register, Step

BUILDERS: Mapping[str, Builder] = {
    **disputes.BUILDERS,
    **hearings.BUILDERS,
    **interviews.BUILDERS,
    **listing.BUILDERS,
    **measures.BUILDERS,
    **removals.BUILDERS,
    **repairs.BUILDERS,
    **reviews.BUILDERS,
    **revocations.BUILDERS,
    **supervision.BUILDERS,
}

ISSUED: Mapping[str, Register] = {
    **reviews.ISSUED,
    **disputes.ISSUED,
    **hearings.ISSUED,
    **interviews.ISSUED,
    **listing.ISSUED,
    **measures.ISSUED,
    **removals.ISSUED,
    **repairs.ISSUED,
    **revocations.ISSUED,
}


def build(step: Step, kind: str) -> clauses.Context:
    """The context of document `kind`; raises DocumentIncomplete for one nobody knows.

    `addressee` in it: who receives the document, where that is not the party.
    """
    builder = BUILDERS.get(kind)
    if builder is None:
        raise errors.DocumentIncomplete(f"没有名为“{kind}”的文书")
    return {"organ": clauses.organ(step), "party": clauses.party(step), **builder(step)}


def register(step: Step, kind: str, document_id: int) -> None:
    """Tell the registry that document `kind` now exists."""
    if kind in ISSUED:
        ISSUED[kind](step, document_id)
