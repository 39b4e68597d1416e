"""What the forms of a correction offer: any record, and entries that are held up elsewhere."""

from collections.abc import Mapping

from workflows.registry import records, removal_grounds, revocations, values
from workflows.services.choices import removals
from workflows.services.steps import Case, Choices, Source
from workflows.store import Transaction


def _revocable_records(tx: Transaction, case: Case) -> Choices:
    """The subject's records, newest first; one that is withdrawn already may yet be corrected."""
    rows = records.of_subject(tx, case["subject_id"])
    return [
        (str(row["id"]), f"{row['doc_no']}（{row['organ']}，{row['decided_on']}）")
        for row in reversed(rows)
    ]


def _listings_held_up(tx: Transaction, case: Case) -> Choices:
    """Entries that cite what this case has withdrawn and that other documents still hold up."""
    row = removal_grounds.find_revocation(tx, case["id"]) if case.get("id") else None
    if row is None:
        return []
    left = revocations.resting_on(tx, case, values.read_texts(row["record_ids"]))
    return [(str(one["id"]), removals.describe(tx, one)) for one in left]


SOURCES: Mapping[str, Source] = {
    "revocable_records": _revocable_records,
    "listings_held_up": _listings_held_up,
}
"""valuesKey → what it offers."""
