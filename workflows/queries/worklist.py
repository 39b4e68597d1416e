"""工作台: the open tasks of a person and of the lane the person works in, most pressing first."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import due, finding, paging, seeing, tasklist
from workflows.queries.aside import Aside
from workflows.queries.due import Due
from workflows.queries.paging import Turn
from workflows.store import Row, Store, Transaction


@dataclass(frozen=True)
class TaskRow:
    """One open task in a list. `mine`: claimed by the person who asks; `suspended`: its case."""

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
    suspended: bool
    created_at: datetime
    due: Due | None


@dataclass(frozen=True)
class Worklist:
    """One page of tasks; how many there are in each box, paging.CAP + 1 at most.

    `back` and `more` are cursors of the pages before and after.
    """

    rows: tuple[TaskRow, ...]
    back: str
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
    before: str = "",
) -> Worklist:
    """A page of 25 open tasks. `box`: mine | group (unclaimed in the actor's lane).

    `due_filter`: overdue | soon (three days) | ''; `text`: a case's number, a subject's code or a
    part of its name; `after`, `before`: the `more` or `back` of another page. Overdue first,
    then by due date, undated last.
    """
    t = models.tasks.c
    with store.reading() as tx:
        few = finding.find_cases(tx, text) if text.strip() else None
        lane = LOOKED_UP if few is not None else OF_PROCEDURE if procedure else WALKED
        asked = _unclaimed if box == "group" else _mine
        arm = [asked(actor, lane), *_filters(procedure, due_filter, tx.now)]
        if few is not None:
            arm.append(t.case_id.in_(few))
        elif text.strip():
            arm.append(finding.of_such_a_case(t.case_id, text))
        page = tasklist.page(
            tx, Turn(after, before), _select(), [arm], dated=due_filter in {"overdue", "soon"}
        )
        return Worklist(
            rows=tuple(_task_row(row, actor, tx.now) for row in page.rows),
            back=page.back,
            more=page.more,
            procedures=seeing.procedures(tx),
            **_counts(tx, actor, of_group=box == "group"),
        )


def _counts(tx: Transaction, actor: Actor, *, of_group: bool) -> dict[str, int]:
    """Of both boxes, and of what is overdue in the one that is open."""
    late = models.tasks.c.due_at <= tx.now
    mine, group = _mine(actor, WALKED), _unclaimed(actor, WALKED)
    if not of_group:
        wanted = {"group": tasklist.rows(group), "overdue": tasklist.rows(mine, late)}
        return paging.counted(tx, mine=tasklist.rows(mine), **wanted)
    told = paging.counted(tx, mine=tasklist.rows(mine), overdue=tasklist.rows(group, late))
    if told["overdue"] > paging.CAP:  # then so is the group that they are part of
        return told | {"group": told["overdue"]}
    return told | paging.counted(tx, group=tasklist.rows(group))


@dataclass(frozen=True)
class Lane:
    """Columns that say whose tasks they are, or the same kept aside from the choice of an index.

    A list that is narrowed is to be found by what narrows it, and then told whose it is.
    """

    department_id: sa.ColumnElement[int]
    role: sa.ColumnElement[str]
    assignee_id: sa.ColumnElement[int]


_T = models.tasks.c
WALKED = Lane(_T.department_id, _T.role, _T.assignee_id)
OF_PROCEDURE = Lane(_T.department_id, Aside(_T.role), Aside(_T.assignee_id))
LOOKED_UP = Lane(Aside(_T.department_id), Aside(_T.role), Aside(_T.assignee_id))


def _in_lane(actor: Actor, lane: Lane) -> sa.ColumnElement[bool]:
    return (lane.department_id == actor.department_id) & (lane.role == actor.role)


def _mine(actor: Actor, lane: Lane) -> sa.ColumnElement[bool]:
    claimed = WALKED if lane is OF_PROCEDURE else lane  # few of a procedure's tasks are one's own
    return _in_lane(actor, claimed) & (claimed.assignee_id == actor.person_id)


def _unclaimed(actor: Actor, lane: Lane) -> sa.ColumnElement[bool]:
    """Unclaimed, and not kept for other people by the diagram."""
    kept = sa.type_coerce(_T.candidates, sa.Text)
    anybody = _T.candidates.is_(None) | kept.contains('"users":[]')
    named = kept.contains(f'"{actor.login}"', autoescape=True)
    return _in_lane(actor, lane) & lane.assignee_id.is_(None) & (anybody | named)


def _filters(procedure: str, due_filter: str, now: datetime) -> list[sa.ColumnElement[bool]]:
    t = models.tasks.c
    found: list[sa.ColumnElement[bool]] = []
    if procedure:
        found.append(t.procedure_key == procedure)
    if due_filter == "overdue":
        found.append(t.due_at <= now)
    if due_filter == "soon":
        found.append(t.due_at <= due.days_on(now, 3))
    return found


def _select() -> sa.Select[tuple[object, ...]]:
    t = models.tasks
    return tasklist.select(
        t, t.c.element, t.c.process, t.c.assignee_id, t.c.drafted_at, t.c.created_at
    )


def _task_row(row: Row, actor: Actor, now: datetime) -> TaskRow:
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
        suspended=bool(row["suspended"]),
        created_at=row["created_at"],
        due=due.of_task(row["due_at"], due.limit_columns(row), now),
    )
