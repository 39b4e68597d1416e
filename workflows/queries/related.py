"""The cases before and after a case: what had it opened, and what it had opened."""

from dataclasses import dataclass

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import seeing
from workflows.store import Row, Transaction


@dataclass(frozen=True)
class Related:
    """A case that had this one opened (`cause`), or that this one had opened."""

    id: int
    number: str
    procedure_name: str
    status: str
    cause: bool


def cases_beside(tx: Transaction, case: Row, actor: Actor) -> tuple[Related, ...]:
    """The cases before and after this one in the chain, of those that the actor sees."""
    c, p, d = models.cases, models.procedures, models.departments
    rows = tx.all(
        sa.select(c.c.id, c.c.number, c.c.status, p.c.name)
        .select_from(c.join(p, c.c.procedure_id == p.c.id).join(d, c.c.department_id == d.c.id))
        .where((c.c.id == case["cause_id"]) | (c.c.cause_id == case["id"]), seeing.case(actor))
        .order_by(c.c.id)
    )
    return tuple(
        Related(row["id"], row["number"], row["name"], row["status"], row["id"] == case["cause_id"])
        for row in rows
    )
