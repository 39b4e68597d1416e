"""What the forms of measures offer: those of the decision, who may carry them out, who waits."""

from collections.abc import Mapping
from typing import Any

from workflows import models
from workflows.registry import instants, law, lawful, measures, values
from workflows.services.steps import Case, Choices, Source
from workflows.store import Transaction


def _listing_measures(tx: Transaction, case: Case) -> Choices:
    """The measures of the decision that may be applied today (D09)."""
    listing_id = _fact(case, "listing_id")
    if listing_id is None:
        return []
    judged = measures.review(tx, listing_id, tx.now)
    day = instants.office_day(tx.now)
    known = {code: law.find_measure(code, day) for code, why in judged.items() if not why}
    return [(code, f"{one.name}（{one.basis}{one.article}）") for code, one in known.items() if one]


def _implementing_departments(tx: Transaction, case: Case) -> Choices:
    """The bureaus of this house, the deciding one first; governments and courts do not apply."""
    d = models.departments
    own = lawful.find_organ(tx, case)
    rows = tx.all(d.select().where(d.c.kind == "bureau").order_by(d.c.id))
    ordered = sorted(rows, key=lambda row: row["id"] != own["id"])
    return [(str(row["id"]), row["name"]) for row in ordered]


def _measures_waiting(tx: Transaction, case: Case) -> Choices:
    """The measures whose implementers answer through the caseworker."""
    listing_id = _fact(case, "listing_id")
    rows = measures.of_listing(tx, listing_id) if listing_id is not None else []
    return [
        (str(row["id"]), f"{row['name']}（{row['implementer']}）")
        for row in rows
        if row["status"] in {"notified", "lifting"} and measures.answering_office(tx, row) is None
    ]


def _fact(case: Case, name: str) -> Any:
    stored = values.read_rows([case.get("facts")])
    root = values.read_rows([one.get("") for one in stored])
    return root[0].get(name) if root else None


SOURCES: Mapping[str, Source] = {
    "listing_measures": _listing_measures,
    "implementing_departments": _implementing_departments,
    "measures_waiting": _measures_waiting,
}
"""valuesKey → what it offers."""
