"""督导: what is late or soon due in a department and below, whose it is, and who could take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import deadlines, models, procedures, workdays
from workflows.access import Actor
from workflows.queries import due, seeing
from workflows.queries.due import Due
from workflows.store import Store, Transaction

SOON_WORKDAYS = 2
"""A task is soon due when at most so many workdays are left."""

NOBODY = "nobody"
"""In place of a login: the tasks that nobody has claimed."""

BUSIEST = 200
"""So many people at most are told apart in the picture of the workload."""


@dataclass(frozen=True)
class Ladder:
    """How far the escalation (D18) of a task has come; labels are those of its own version."""

    taken: str
    basis: str
    following: str
    following_at: datetime | None


@dataclass(frozen=True)
class WatchedTask:
    """One open task as a supervisor sees it. `assignee`: '' while nobody has claimed it."""

    id: int
    name: str
    role: str
    case_id: int
    case_number: str
    subject_name: str
    procedure_key: str
    procedure_name: str
    department_id: int
    department_name: str
    assignee: str
    assignee_login: str
    due: Due | None
    ladder: Ladder


@dataclass(frozen=True)
class Load:
    """Open tasks of one person, procedure or department; late + soon <= open."""

    key: str
    name: str
    department: str
    open: int
    late: int
    soon: int


@dataclass(frozen=True)
class Watch:
    """One page of tasks, and the counts of all that the filters of place leave."""

    rows: tuple[WatchedTask, ...]
    more: str
    open: int
    late: int
    soon: int
    unclaimed: int
    people: tuple[Load, ...]
    procedures: tuple[Load, ...]
    departments: tuple[Load, ...]


def watch(
    store: Store,
    actor: Actor,
    *,
    due_filter: str = "late",
    procedure: str = "",
    person: str = "",
    department: str = "",
    after: str = "",
) -> Watch:
    """A page of 25 open tasks of the actor's department and those below, most pressing first.

    `due_filter`: late | soon (not late, at most two workdays left) | pressing (both) | all;
    `procedure` a key; `person` a login or 'nobody'; `department` an id; `after` is the `more` of
    the page before. Counts and workloads obey procedure and department alone.
    """
    with store.reading() as tx:
        soon_until = _soon_until(tx.now)
        place = [models.tasks.c.status == "open", seeing.departments(actor)]
        if department.isdecimal():
            place.append(models.tasks.c.department_id == int(department))
        if procedure:
            place.append(models.tasks.c.procedure_key == procedure)
        wanted = [*place, *_person(person), *_due(due_filter, tx.now, soon_until)]
        rows = tx.all(
            _select()
            .where(*wanted, *seeing.beyond(after))
            .order_by(*seeing.by_due())
            .limit(seeing.PAGE + 1)
        )
        shown = rows[: seeing.PAGE]
        counts = _counts(tx, place, tx.now, soon_until)
        return Watch(
            rows=tuple(_task(tx, row) for row in shown),
            more=seeing.cursor(shown[-1]) if len(rows) > seeing.PAGE else "",
            people=_people(tx, place, tx.now, soon_until),
            procedures=_procedures(tx, actor, tx.now, soon_until),
            departments=_departments(tx, actor, tx.now, soon_until),
            **counts,
        )


def watched_tasks(store: Store, actor: Actor, task_ids: Sequence[int]) -> tuple[WatchedTask, ...]:
    """The tasks with these ids that the actor sees, open or not, by due date."""
    with store.reading() as tx:
        rows = tx.all(
            _select()
            .where(models.tasks.c.id.in_(list(task_ids)), seeing.departments(actor))
            .order_by(*seeing.by_due())
        )
        return tuple(_task(tx, row) for row in rows)


def successors(store: Store, actor: Actor, department_id: int, role: str) -> tuple[Load, ...]:
    """Who works in that role of that department, least burdened first; `key` is the login."""
    m, p, d, t = models.memberships, models.people, models.departments, models.tasks
    with store.reading() as tx:
        mine = (t.c.assignee_id == p.c.id) & (t.c.status == "open")
        counted = _burden(t.c, tx.now, _soon_until(tx.now))
        rows = tx.all(
            sa.select(p.c.login, p.c.name, d.c.name.label("department"), *counted)
            .select_from(
                m.join(p, m.c.person_id == p.c.id)
                .join(d, m.c.department_id == d.c.id)
                .outerjoin(t, mine)
            )
            .where(m.c.department_id == department_id, m.c.role == role, p.c.active)
            .where(seeing.departments(actor))
            .group_by(p.c.login, p.c.name, d.c.name)
            .order_by(sa.func.count(t.c.id), p.c.login)
        )
    return tuple(_load(row, row["login"], row["name"]) for row in rows)


def _soon_until(now: datetime) -> datetime:
    """The last exclusive end with at most two workdays left: the third workday's beginning."""
    calendar, day = procedures.calendar(), now.astimezone(workdays.OFFICE).date()
    for _ in range(SOON_WORKDAYS + 1):
        day = workdays.next_workday(day, calendar)
    return datetime(day.year, day.month, day.day, tzinfo=workdays.OFFICE)


def _due(due_filter: str, now: datetime, soon_until: datetime) -> list[sa.ColumnElement[bool]]:
    due_at = models.tasks.c.due_at
    match due_filter:
        case "late":
            return [due_at <= now]
        case "soon":
            return [due_at > now, due_at <= soon_until]
        case "pressing":
            return [due_at <= soon_until]
        case _:
            return []


def _person(person: str) -> list[sa.ColumnElement[bool]]:
    if person == NOBODY:
        return [models.tasks.c.assignee_id.is_(None)]
    return [models.people.c.login == person] if person else []


def _joined() -> sa.FromClause:
    t, d, p = models.tasks, models.departments, models.people
    return t.join(d, t.c.department_id == d.c.id).outerjoin(p, t.c.assignee_id == p.c.id)


def _select() -> sa.Select[Any]:
    t, c, s, pr = models.tasks, models.cases, models.subjects, models.procedures
    li, d, p = models.deadlines, models.departments, models.people
    joined = (
        _joined()
        .join(c, t.c.case_id == c.c.id)
        .join(pr, c.c.procedure_id == pr.c.id)
        .outerjoin(s, c.c.subject_id == s.c.id)
        .outerjoin(li, (li.c.case_id == t.c.case_id) & (li.c.token == t.c.token))
    )
    return sa.select(
        *(t.c.id, t.c.name, t.c.role, t.c.case_id, t.c.due_at, t.c.department_id),
        *(t.c.procedure_key, c.c.procedure_id, c.c.number, c.c.title),
        pr.c.name.label("procedure_name"),
        s.c.name.label("subject_name"),
        d.c.name.label("department_name"),
        p.c.name.label("assignee"),
        p.c.login.label("assignee_login"),
        *(one.label(f"limit_{one.name}") for one in li.c),
    ).select_from(joined)


def _task(tx: Transaction, row: Mapping[Any, Any]) -> WatchedTask:
    limit = due.limit_columns(row)
    return WatchedTask(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        case_id=row["case_id"],
        case_number=row["number"],
        subject_name=row["subject_name"] or row["title"],
        procedure_key=row["procedure_key"],
        procedure_name=row["procedure_name"],
        department_id=row["department_id"],
        department_name=row["department_name"],
        assignee=row["assignee"] or "",
        assignee_login=row["assignee_login"] or "",
        due=due.of_task(row["due_at"], limit, tx.now),
        ladder=_ladder(procedures.deployed(tx, row["procedure_id"]).ladder, limit),
    )


def _ladder(rungs: Sequence[deadlines.Rung], limit: Mapping[str, Any]) -> Ladder:
    """`escalations` counts the rungs taken, one after another from the first."""
    taken: int = limit["escalations"] or 0
    last = rungs[min(taken, len(rungs)) - 1] if taken else None
    waits = limit["escalate_at"] is not None and taken < len(rungs)
    return Ladder(
        taken=last.label if last else "",
        basis=last.basis if last else "",
        following=rungs[taken].label if waits else "",
        following_at=limit["escalate_at"] if waits else None,
    )


def _burden(t: Any, now: datetime, soon_until: datetime) -> list[sa.ColumnElement[int]]:
    """How many tasks, how many late, how many soon due."""

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    return [
        sa.func.count(t.id).label("open"),
        number(t.due_at <= now).label("late"),
        number((t.due_at > now) & (t.due_at <= soon_until)).label("soon"),
    ]


def _load(row: Mapping[Any, Any], key: str, name: str) -> Load:
    return Load(
        key=key,
        name=name,
        department=row["department"],
        open=row["open"],
        late=row["late"],
        soon=row["soon"],
    )


def _counts(
    tx: Transaction, place: list[sa.ColumnElement[bool]], now: datetime, soon_until: datetime
) -> dict[str, int]:
    t = models.tasks.c
    nobody = sa.func.coalesce(sa.func.sum(sa.case((t.assignee_id.is_(None), 1), else_=0)), 0)
    counted = sa.select(*_burden(t, now, soon_until), nobody.label("unclaimed"))
    return {**tx.one(counted.select_from(_joined()).where(*place))}


def _people(
    tx: Transaction, place: list[sa.ColumnElement[bool]], now: datetime, soon_until: datetime
) -> tuple[Load, ...]:
    """Whose tasks they are, most late first; those of nobody as one."""
    t, p, d = models.tasks.c, models.people.c, models.departments.c
    burden = _burden(t, now, soon_until)
    rows = tx.all(
        sa.select(p.login, p.name, sa.func.min(d.name).label("department"), *burden)
        .select_from(_joined())
        .where(*place)
        .group_by(p.login, p.name)
        .order_by(sa.desc("late"), sa.desc("open"), p.login)
        .limit(BUSIEST)
    )
    return tuple(_load(row, row["login"] or NOBODY, row["name"] or "") for row in rows)


def _procedures(
    tx: Transaction, actor: Actor, now: datetime, soon_until: datetime
) -> tuple[Load, ...]:
    t, c, pr = models.tasks.c, models.cases, models.procedures
    burden = _burden(t, now, soon_until)
    rows = tx.all(
        sa.select(t.procedure_key, sa.func.max(pr.c.name).label("name"), *burden)
        .add_columns(sa.literal("").label("department"))
        .select_from(_joined().join(c, t.case_id == c.c.id).join(pr, c.c.procedure_id == pr.c.id))
        .where(t.status == "open", seeing.departments(actor))
        .group_by(t.procedure_key)
        .order_by(sa.desc("late"), sa.desc("open"), t.procedure_key)
    )
    return tuple(_load(row, row["procedure_key"], row["name"]) for row in rows)


def _departments(
    tx: Transaction, actor: Actor, now: datetime, soon_until: datetime
) -> tuple[Load, ...]:
    t, d = models.tasks.c, models.departments.c
    rows = tx.all(
        sa.select(d.id, d.name, d.name.label("department"), *_burden(t, now, soon_until))
        .select_from(_joined())
        .where(t.status == "open", seeing.departments(actor))
        .group_by(d.id, d.name)
        .order_by(sa.desc("late"), sa.desc("open"), d.id)
    )
    return tuple(_load(row, str(row["id"]), row["name"]) for row in rows)
