"""What the forms of a dispute offer: what may be disputed, and who may verify it."""

from collections.abc import Mapping

from workflows import models
from workflows.registry import disputes, listings, records
from workflows.services.choices import removals
from workflows.services.steps import Case, Choices, Source
from workflows.store import Transaction


def _disputable(tx: Transaction, case: Case) -> Choices:
    """The subject's records and its entries in force."""
    shown = [
        (f"record:{row['id']}", f"失信记录　{row['doc_no']}（{row['organ']}）")
        for row in reversed(records.of_subject(tx, case["subject_id"]))
    ]
    entered = listings.in_force(tx, case["subject_id"])
    return shown + [
        (f"listing:{one['id']}", f"列名　{removals.describe(tx, one)}") for one in entered
    ]


def _dispute_verifiers(tx: Transaction, case: Case) -> Choices:
    """Caseworkers of the office who did not enter what is disputed."""
    d, m, p = models.disputes, models.memberships, models.people
    dispute = tx.first(d.select().where(d.c.case_id == case.get("id")))
    barred = disputes.entered_by(tx, dispute) if dispute else set[int]()
    rows = tx.all(
        m.join(p, m.c.person_id == p.c.id)
        .select()
        .with_only_columns(p.c.id, p.c.login, p.c.name)
        .where(m.c.department_id == case["department_id"], m.c.role == "caseworker", p.c.active)
        .order_by(p.c.id)
    )
    return [(row["login"], row["name"]) for row in rows if row["id"] not in barred]


SOURCES: Mapping[str, Source] = {
    "disputable": _disputable,
    "dispute_verifiers": _dispute_verifiers,
}
"""valuesKey → what it offers."""
