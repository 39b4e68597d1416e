"""案件列表: the cases of a department; for those who look after others, of those below too."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import seeing
from workflows.store import Store


@dataclass(frozen=True)
class CaseRow:
    """One case in a list; `waiting` are the names of its open tasks."""

    id: int
    number: str
    title: str
    procedure_name: str
    subject_id: int | None
    subject_name: str
    department_name: str
    status: str
    opened_at: datetime
    ended_at: datetime | None
    waiting: tuple[str, ...]


@dataclass(frozen=True)
class CaseList:
    """One page of cases, newest first."""

    rows: tuple[CaseRow, ...]
    more: str
    procedures: tuple[tuple[str, str], ...]


def list_cases(
    store: Store,
    actor: Actor,
    *,
    status: str = "",
    procedure: str = "",
    text: str = "",
    after: str = "",
) -> CaseList:
    """A page of 25. `status`: open | ended | ''; `after` is the `more` of the page before."""
    c, s, p, d = models.cases, models.subjects, models.procedures, models.departments
    wanted: list[sa.ColumnElement[bool]] = [seeing.departments(actor)]
    if status:
        wanted.append(c.c.status == status)
    if procedure:
        wanted.append(c.c.procedure_key == procedure)
    if text.strip():
        wanted.append(seeing.like(text, c.c.number, c.c.title, s.c.name, s.c.id_no))
    if (last := seeing.row_key(after)) is not None:
        wanted.append(c.c.id < last)
    joined = (
        c.join(d, c.c.department_id == d.c.id)
        .join(p, c.c.procedure_id == p.c.id)
        .outerjoin(s, c.c.subject_id == s.c.id)
    )
    with store.reading() as tx:
        rows = tx.all(
            sa.select(
                *(c.c.id, c.c.number, c.c.title, c.c.status, c.c.opened_at, c.c.ended_at),
                c.c.subject_id,
                p.c.name.label("procedure_name"),
                s.c.name.label("subject_name"),
                d.c.name.label("department_name"),
            )
            .select_from(joined)
            .where(*wanted)
            .order_by(c.c.id.desc())
            .limit(seeing.PAGE + 1)
        )
        page = rows[: seeing.PAGE]
        t = models.tasks
        open_tasks = tx.all(
            sa.select(t.c.case_id, t.c.name)
            .where(t.c.case_id.in_([row["id"] for row in page]), t.c.status == "open")
            .order_by(t.c.id)
        )
        names = tx.all(
            sa.select(c.c.procedure_key, sa.func.max(p.c.name).label("name"))
            .select_from(joined)
            .where(seeing.departments(actor))
            .group_by(c.c.procedure_key)
            .order_by(c.c.procedure_key)
        )
    return CaseList(
        rows=tuple(
            CaseRow(
                id=row["id"],
                number=row["number"],
                title=row["title"],
                procedure_name=row["procedure_name"],
                subject_id=row["subject_id"],
                subject_name=row["subject_name"] or "",
                department_name=row["department_name"],
                status=row["status"],
                opened_at=row["opened_at"],
                ended_at=row["ended_at"],
                waiting=tuple(one["name"] for one in open_tasks if one["case_id"] == row["id"]),
            )
            for row in page
        ),
        more=str(page[-1]["id"]) if len(rows) > seeing.PAGE else "",
        procedures=tuple((row["procedure_key"], row["name"]) for row in names),
    )
