"""改期: the due date of a task or the end of a running period that a supervisor may move."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import access, errors, models, procedures
from workflows.access import Actor
from workflows.queries import due, seeing
from workflows.queries.due import Due
from workflows.store import Row, Store, Transaction


@dataclass(frozen=True)
class Dated:
    """A task (`task_id`) or a timer (`job_id`), the other being 0, and when it ends now."""

    task_id: int
    job_id: int
    name: str
    case_id: int
    case_number: str
    subject_name: str
    due: Due

    @property
    def due_at(self) -> datetime:
        return self.due.due_at


def dated_task(store: Store, actor: Actor, task_id: int) -> Dated:
    """An open task with a due date, if the actor sees it; raises NotAllowed, NotFound."""
    access.check_role(actor, access.REASSIGNS, "变更期限")
    t = models.tasks
    with store.reading() as tx:
        row = _row(tx, actor, t, t.c.id == task_id, t.c.status == "open")
        return _dated(tx, row, row["name"], task_id=task_id)


def dated_timer(store: Store, actor: Actor, job_id: int) -> Dated:
    """A timer that runs, if the actor sees its case; raises NotAllowed, NotFound."""
    access.check_role(actor, access.REASSIGNS, "变更期限")
    j = models.jobs
    with store.reading() as tx:
        row = _row(tx, actor, j, j.c.id == job_id, j.c.kind == "timer", j.c.status == "due")
        known = procedures.deployed(tx, row["procedure_id"]).procedure.elements.get(row["element"])
        return _dated(tx, row, known.name if known else row["element"], job_id=job_id)


def timers(store: Store, actor: Actor, case_id: int) -> Mapping[str, int]:
    """Element → id of the job of each timer that runs in a case the actor sees."""
    j, c, d = models.jobs, models.cases, models.departments
    joined = j.join(c, j.c.case_id == c.c.id).join(d, c.c.department_id == d.c.id)
    running = (j.c.kind == "timer") & (j.c.status == "due")
    with store.reading() as tx:
        rows = tx.all(
            sa.select(j.c.element, j.c.id)
            .select_from(joined)
            .where(j.c.case_id == case_id, running, seeing.departments(actor))
        )
    return {row["element"]: row["id"] for row in rows}


def _row(tx: Transaction, actor: Actor, table: sa.Table, *wanted: Any) -> Row:
    c, d, s = models.cases, models.departments, models.subjects
    joined = (
        table.join(c, table.c.case_id == c.c.id)
        .join(d, c.c.department_id == d.c.id)
        .outerjoin(s, c.c.subject_id == s.c.id)
    )
    columns = (table, c.c.number, c.c.title, c.c.procedure_id, s.c.name.label("subject_name"))
    row = tx.one(sa.select(*columns).select_from(joined).where(*wanted, seeing.departments(actor)))
    if row["due_at"] is None:
        raise errors.NotFound
    return row


def _dated(tx: Transaction, row: Row, name: str, *, task_id: int = 0, job_id: int = 0) -> Dated:
    li = models.deadlines
    limit = tx.first(li.select().where(li.c.case_id == row["case_id"], li.c.token == row["token"]))
    ends = due.of_limit(limit, tx.now) if limit else due.of_instant(row["due_at"], tx.now)
    return Dated(
        task_id=task_id,
        job_id=job_id,
        name=name,
        case_id=row["case_id"],
        case_number=row["number"],
        subject_name=row["subject_name"] or row["title"],
        due=ends,
    )
