"""登记变动: the form in which one change of a subject is told."""

from dataclasses import dataclass

from workflows import access, models, procedures
from workflows.access import Actor
from workflows.queries import filling
from workflows.queries.filling import Filling
from workflows.store import Store


@dataclass(frozen=True)
class ChangeForm:
    """What is asked about a change of a subject."""

    subject_id: int
    subject_name: str
    filling: Filling


def change_form(store: Store, actor: Actor, subject_id: int) -> ChangeForm:
    """The empty form; raises NotFound, NotAllowed."""
    access.check_role(actor, access.IMPORTS, "登记变动")
    s = models.subjects
    with store.reading() as tx:
        subject = tx.one(s.select().where(s.c.id == subject_id))
        form = procedures.house_form("shared/change")
        case = {"id": None, "department_id": actor.department_id, "subject_id": subject_id}
        return ChangeForm(subject_id, subject["name"], filling.filling(tx, case, form, {}))
