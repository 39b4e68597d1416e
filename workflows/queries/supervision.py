"""督导: what is late or soon due in a department and below, whose it is, and who could take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import access, deadlines, models, procedures, workdays
from workflows.access import Actor
from workflows.queries import due, paging, seeing, tasklist
from workflows.queries.aside import Aside
from workflows.queries.due import Due
from workflows.queries.paging import Turn
from workflows.queries.tasklist import Conditions
from workflows.store import Row, Store, Transaction

SOON_WORKDAYS = 2
"""A task is soon due when at most so many workdays are left."""

NOBODY = "nobody"
"""In place of a login: the tasks that nobody has claimed."""

ROLES = tuple(access.ROLES)
"""Every lane: the unclaimed tasks stand in the index lane by lane."""

OFFERED = 200
"""So many people and departments at most are offered to choose from."""


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
class Choice:
    """What a filter offers: a login, a department's id or a procedure's key, and its name."""

    key: str
    name: str


@dataclass(frozen=True)
class Tiles:
    """How many tasks of the place chosen are open, late …; paging.CAP + 1 at most."""

    open: int
    late: int
    soon: int
    unclaimed: int


@dataclass(frozen=True)
class Watch:
    """One page of tasks with what its filters offer; `back`, `more`: cursors of the pages around.

    `people`: those who have a task that the actor sees.
    """

    rows: tuple[WatchedTask, ...]
    back: str
    more: str
    tiles: Tiles
    people: tuple[Choice, ...]
    procedures: tuple[Choice, ...]
    departments: tuple[Choice, ...]


def watch(
    store: Store,
    actor: Actor,
    *,
    due_filter: str = "late",
    procedure: str = "",
    person: str = "",
    department: str = "",
    after: str = "",
    before: str = "",
) -> Watch:
    """A page of 25 open tasks of the actor's department and those below, most pressing first.

    `due_filter`: late | soon (not late, at most two workdays left) | pressing (both) | all;
    `procedure` a key; `person` a login or 'nobody'; `department` an id; `after`, `before`: the
    `more` or `back` of another page. The tiles obey procedure and department alone.
    """
    with store.reading() as tx:
        soon_until = soon_end(tx.now)
        places = _places(tx, actor, department)
        late_or_soon = _due(due_filter, tx.now, soon_until)
        which = [*_procedure(procedure), *late_or_soon]
        arms = [[*arm, *which] for arm in _arms(tx, actor, places, person)]
        page = tasklist.page(tx, Turn(after, before), _select(), arms, dated=bool(late_or_soon))
        return Watch(
            rows=tuple(_task(tx, row) for row in page.rows),
            back=page.back,
            more=page.more,
            tiles=tiles(tx, [in_any(actor, places), *_procedure(procedure)], soon_until),
            people=_people(tx, actor),
            procedures=tuple(Choice(key, name) for key, name in seeing.procedures(tx)),
            departments=_departments(tx, actor),
        )


def watched_tasks(store: Store, actor: Actor, task_ids: Sequence[int]) -> tuple[WatchedTask, ...]:
    """The tasks with these ids that the actor sees, open or not, by due date."""
    with store.reading() as tx:
        rows = tx.all(
            _select()
            .where(models.tasks.c.id.in_(list(task_ids)), seeing.departments(actor))
            .order_by(*tasklist.by_due())
        )
        return tuple(_task(tx, row) for row in rows)


def soon_end(now: datetime) -> datetime:
    """The last exclusive end with at most two workdays left: the third workday's beginning."""
    calendar, day = procedures.calendar(), now.astimezone(workdays.OFFICE).date()
    for _ in range(SOON_WORKDAYS + 1):
        day = workdays.next_workday(day, calendar)
    return datetime(day.year, day.month, day.day, tzinfo=workdays.OFFICE)


def tiles(tx: Transaction, place: Conditions, soon_until: datetime) -> Tiles:
    """The counts of the tasks that meet all conditions of a place."""
    t = models.tasks.c
    return Tiles(
        **paging.counted(
            tx,
            open=tasklist.rows(*place),
            late=tasklist.rows(*place, t.due_at <= tx.now),
            soon=tasklist.rows(*place, t.due_at > tx.now, t.due_at <= soon_until),
            unclaimed=tasklist.rows(*place, t.role.in_(ROLES), t.assignee_id.is_(None)),
        )
    )


def _places(tx: Transaction, actor: Actor, department: str) -> Sequence[int] | None:
    """Departments as `seeing.places`, or the one that was chosen if it is seen."""
    chosen = seeing.row_key(department)
    if not department or chosen is None:
        return seeing.places(tx, actor)
    d = models.departments
    seen = tx.first(sa.select(d.c.id).where(d.c.id == chosen, seeing.departments(actor)))
    return [chosen] if seen else []


def _arms(
    tx: Transaction, actor: Actor, places: Sequence[int] | None, person: str
) -> Sequence[Conditions]:
    """A person's tasks are walked together, those of few departments each on its own."""
    t = models.tasks.c
    if person and person != NOBODY:
        p = models.people.c
        found = tx.first(sa.select(p.id).where(p.login == person))
        here = Aside(t.department_id).in_(places) if places is not None else None
        where = seeing.within(t.department_id, actor) if here is None else here
        return [[t.assignee_id == (found["id"] if found else None), where]]
    if person and places is not None and len(places) == 1:
        nobody = t.assignee_id.is_(None)
        return [[t.department_id == places[0], t.role == role, nobody] for role in ROLES]
    nobodys = [Aside(t.assignee_id).is_(None)] if person else []
    if places is None:
        return [[seeing.within(t.department_id, actor), *nobodys]]
    return [[t.department_id == place, *nobodys] for place in places]


def in_any(actor: Actor, places: Sequence[int] | None) -> sa.ColumnElement[bool]:
    """Tasks of these departments; `places` as `seeing.places`."""
    t = models.tasks.c
    if places is None:
        return seeing.within(t.department_id, actor)
    return t.department_id.in_(places)


def _procedure(procedure: str) -> list[sa.ColumnElement[bool]]:
    return [models.tasks.c.procedure_key == procedure] if procedure else []


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


def _select() -> sa.Select[Any]:
    t, d, p = models.tasks, models.departments, models.people
    joined = t.join(d, t.c.department_id == d.c.id).outerjoin(p, t.c.assignee_id == p.c.id)
    return tasklist.select(
        joined,
        *(t.c.department_id, models.cases.c.procedure_id, d.c.name.label("department_name")),
        *(p.c.name.label("assignee"), p.c.login.label("assignee_login")),
    )


def _task(tx: Transaction, row: Row) -> WatchedTask:
    limit = due.limit_columns(row)
    return WatchedTask(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        case_id=row["case_id"],
        case_number=row["case_number"],
        subject_name=row["subject_name"] or row["case_title"],
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


def _people(tx: Transaction, actor: Actor) -> tuple[Choice, ...]:
    """Who has an open task and works in a department that the actor sees."""
    p, m, d, t = models.people.c, models.memberships, models.departments, models.tasks.c
    works_here = m.join(d, m.c.department_id == d.c.id)
    rows = tx.all(
        sa.select(p.login, p.name)
        .where(
            p.id.in_(
                sa.select(m.c.person_id).select_from(works_here).where(seeing.departments(actor))
            ),
            tasklist.any_of(t.assignee_id == p.id),
        )
        .order_by(p.name, p.login)
        .limit(OFFERED)
    )
    return tuple(Choice(row["login"], row["name"]) for row in rows)


def _departments(tx: Transaction, actor: Actor) -> tuple[Choice, ...]:
    """Those where somebody works, as the tree has them."""
    d, m = models.departments.c, models.memberships.c
    rows = tx.all(
        sa.select(d.id, d.name)
        .where(seeing.departments(actor), d.id.in_(sa.select(m.department_id)))
        .order_by(d.path)
        .limit(OFFERED)
    )
    return tuple(Choice(str(row["id"]), row["name"]) for row in rows)
