"""工作台: the open tasks of a person and of the lane the person works in, most pressing first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import due, seeing
from workflows.queries.due import Due
from workflows.store import Store, Transaction


@dataclass(frozen=True)
class TaskRow:
    """One open task in a list. `mine`: claimed by the person who asks."""

    id: int
    name: str
    element: str
    process: str
    role: str
    case_id: int
    case_number: str
    case_title: str
    procedure_key: str
    procedure_name: str
    subject_name: str
    assignee_id: int | None
    mine: bool
    drafted: bool
    created_at: datetime
    due: Due | None


@dataclass(frozen=True)
class Worklist:
    """One page of tasks, how many there are in each box, and where the next page begins."""

    rows: tuple[TaskRow, ...]
    more: str
    mine: int
    group: int
    overdue: int
    procedures: tuple[tuple[str, str], ...]


def worklist(
    store: Store,
    actor: Actor,
    *,
    box: str = "mine",
    procedure: str = "",
    due_filter: str = "",
    text: str = "",
    after: str = "",
) -> Worklist:
    """A page of 25 open tasks. `box`: mine | group (unclaimed in the actor's lane).

    `due_filter`: overdue | soon (three days) | ''; `text` is looked for in number, title, subject,
    task; `after` is the `more` of the page before. Overdue first, then by due date, undated last.
    """
    t = models.tasks.c
    with store.reading() as tx:
        boxes = {"mine": _mine(actor), "group": _unclaimed(actor)}
        asked = boxes.get(box, boxes["mine"])
        wanted = [asked, *_filters(tx, procedure, due_filter, text)]
        page = _select().where(*wanted, *seeing.beyond(after)).order_by(*seeing.by_due())
        rows = tx.all(page.limit(seeing.PAGE + 1))
        shown = rows[: seeing.PAGE]
        return Worklist(
            rows=tuple(_task_row(row, actor, tx.now) for row in shown),
            more=seeing.cursor(shown[-1]) if len(rows) > seeing.PAGE else "",
            mine=_count(tx, boxes["mine"]),
            group=_count(tx, boxes["group"]),
            overdue=_count(tx, asked, t.due_at <= tx.now),
            procedures=_procedures(tx, boxes["mine"] | boxes["group"]),
        )


def _open_here(actor: Actor) -> sa.ColumnElement[bool]:
    t = models.tasks.c
    return (t.status == "open") & (t.department_id == actor.department_id) & (t.role == actor.role)


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    return _open_here(actor) & (models.tasks.c.assignee_id == actor.person_id)


def _unclaimed(actor: Actor) -> sa.ColumnElement[bool]:
    """Unclaimed, and not kept for other people by the diagram."""
    t = models.tasks.c
    kept = sa.type_coerce(t.candidates, sa.Text)
    anybody = t.candidates.is_(None) | kept.contains('"users":[]')
    named = kept.contains(f'"{actor.login}"', autoescape=True)
    return _open_here(actor) & t.assignee_id.is_(None) & (anybody | named)


def _filters(
    tx: Transaction, procedure: str, due_filter: str, text: str
) -> list[sa.ColumnElement[bool]]:
    t, c, s = models.tasks.c, models.cases.c, models.subjects.c
    found: list[sa.ColumnElement[bool]] = []
    if procedure:
        found.append(t.procedure_key == procedure)
    if due_filter == "overdue":
        found.append(t.due_at <= tx.now)
    if due_filter == "soon":
        found.append(t.due_at <= due.days_on(tx.now, 3))
    if text.strip():
        found.append(seeing.like(text, c.number, c.title, s.name, t.name))
    return found


def _select() -> sa.Select[Any]:
    t, c, s, p, d = (
        models.tasks,
        models.cases,
        models.subjects,
        models.procedures,
        models.deadlines,
    )
    joined = (
        t.join(c, t.c.case_id == c.c.id)
        .join(p, c.c.procedure_id == p.c.id)
        .outerjoin(s, c.c.subject_id == s.c.id)
        .outerjoin(d, (d.c.case_id == t.c.case_id) & (d.c.token == t.c.token))
    )
    return sa.select(
        *(t.c.id, t.c.name, t.c.element, t.c.process, t.c.role, t.c.case_id, t.c.due_at),
        *(t.c.procedure_key, t.c.assignee_id, t.c.drafted_at, t.c.created_at),
        c.c.number.label("case_number"),
        c.c.title.label("case_title"),
        p.c.name.label("procedure_name"),
        s.c.name.label("subject_name"),
        *(one.label(f"limit_{one.name}") for one in d.c),
    ).select_from(joined)


def _count(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> int:
    counted = sa.select(sa.func.count()).select_from(models.tasks).where(*conditions)
    return int(tx.one(counted)["count"])


def _procedures(tx: Transaction, asked: sa.ColumnElement[bool]) -> tuple[tuple[str, str], ...]:
    t, c, p = models.tasks, models.cases, models.procedures
    rows = tx.all(
        sa.select(t.c.procedure_key, sa.func.max(p.c.name).label("name"))
        .select_from(t.join(c, t.c.case_id == c.c.id).join(p, c.c.procedure_id == p.c.id))
        .where(asked)
        .group_by(t.c.procedure_key)
        .order_by(t.c.procedure_key)
    )
    return tuple((row["procedure_key"], row["name"]) for row in rows)


def _task_row(row: Mapping[Any, Any], actor: Actor, now: datetime) -> TaskRow:
    return TaskRow(
        id=row["id"],
        name=row["name"],
        element=row["element"],
        process=row["process"],
        role=row["role"],
        case_id=row["case_id"],
        case_number=row["case_number"],
        case_title=row["case_title"],
        procedure_key=row["procedure_key"],
        procedure_name=row["procedure_name"],
        subject_name=row["subject_name"] or "",
        assignee_id=row["assignee_id"],
        mine=row["assignee_id"] is not None and row["assignee_id"] == actor.person_id,
        drafted=row["drafted_at"] is not None,
        created_at=row["created_at"],
        due=due.of_task(row["due_at"], due.limit_columns(row), now),
    )
