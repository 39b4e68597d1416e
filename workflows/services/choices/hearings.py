"""What the forms of leniency reviews, hearings and reviews offer."""

from collections.abc import Mapping

from workflows import models
from workflows.registry import hearings, leniency, reviews, values
from workflows.services.steps import Case, Choices, Source
from workflows.store import Transaction


def _hearing_officers(tx: Transaction, case: Case) -> Choices:
    """People of the office who conduct hearings and had no hand in the case (INV-10)."""
    m, p = models.memberships, models.people
    barred = hearings.investigators(tx, case["id"], tx.now) if case.get("id") else set[int]()
    rows = tx.all(
        m.join(p, m.c.person_id == p.c.id)
        .select()
        .with_only_columns(p.c.id, p.c.login, p.c.name)
        .where(m.c.department_id == case["department_id"], m.c.role == hearings.OFFICER, p.c.active)
        .order_by(p.c.id)
    )
    return [(row["login"], row["name"]) for row in rows if row["id"] not in barred]


def _answered_objections(tx: Transaction, case: Case) -> Choices:
    """Objections whose answer was served and not yet reviewed."""
    return [
        (row["number"], f"{row['number']}（答复于{row['answer_served_at']:%Y-%m-%d}送达）")
        for row in (reviews.answered(tx, case["id"]) if case.get("id") else ())
    ]


def _leniency_flags(tx: Transaction, case: Case) -> Choices:
    """The circumstances that the screening has found in this case (D05)."""
    del tx
    stored = values.read_rows([case.get("facts")])
    root = values.read_rows([one.get("") for one in stored])
    found = values.read_texts(root[0].get("leniency_flags")) if root else []
    return [(flag, name) for flag, name in leniency.FLAGS.items() if flag in found]


SOURCES: Mapping[str, Source] = {
    "hearing_officers": _hearing_officers,
    "answered_objections": _answered_objections,
    "leniency_flags": _leniency_flags,
}
"""valuesKey → what it offers."""
