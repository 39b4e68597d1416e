"""What the forms of a removal offer: entries in force, and the grounds that one may propose."""

from collections.abc import Mapping

from workflows import models
from workflows.registry import instants, law, listings, removal_grounds
from workflows.services.steps import Case, Choices, Source
from workflows.store import Row, Transaction

OFFERED = ("obligations_performed", "deregistered", "bankruptcy", "court_deleted", "term_expired")
"""Repair and revocation have procedures of their own."""


def _own_listings(tx: Transaction, case: Case) -> Choices:
    """The subject's entries in force that this office made."""
    c = models.cases
    offered: Choices = []
    for listing in listings.in_force(tx, case["subject_id"]):
        own = tx.one(c.select().where(c.c.id == listing["case_id"]))
        if own["department_id"] == case["department_id"]:
            offered.append((str(listing["id"]), describe(tx, listing)))
    return offered


def describe(tx: Transaction, listing: Row) -> str:
    """An entry as a form names it: list, decision, term."""
    rule = law.describe_list(listing["list_code"])
    d = models.documents
    decision = listing["decision_document_id"]
    document = tx.first(d.select().where(d.c.id == decision)) if decision else None
    number = f"，{document['number']}" if document else ""
    end = instants.say_end(removal_grounds.term_ends_at(listing))
    return (
        f"{rule.name if rule else listing['list_code']}（{listing['term_start']}起至{end}{number}）"
    )


def _removal_grounds(tx: Transaction, case: Case) -> Choices:
    """The grounds of D17 that are proposed here."""
    del tx, case
    return [(one, removal_grounds.GROUNDS[one].name) for one in OFFERED]


SOURCES: Mapping[str, Source] = {
    "own_listings": _own_listings,
    "removal_grounds": _removal_grounds,
}
"""valuesKey → what it offers."""
