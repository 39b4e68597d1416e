"""工作量: how the open tasks are spread over people, procedures and departments.

The one question of a screen that looks at every open task: once, in an index that holds all it
asks for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import paging, seeing, supervision, tasklist
from workflows.store import Row, Store, Transaction

BUSIEST = 200
"""So many people at most are told apart in the picture of the workload."""


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
class Workload:
    """Whose the open tasks are, most late first; those that nobody has claimed as one."""

    tiles: supervision.Tiles
    people: tuple[Load, ...]
    procedures: tuple[Load, ...]
    departments: tuple[Load, ...]


def workload(store: Store, actor: Actor) -> Workload:
    """The open tasks of the actor's department and those below."""
    with store.reading() as tx:
        soon_until = supervision.soon_end(tx.now)
        here = supervision.in_any(actor, seeing.places(tx, actor))
        groups = _groups(tx, here, soon_until)
        people, places = _people(tx, groups), _departments(tx, groups)
        names = dict(seeing.procedures(tx))
        return Workload(
            tiles=supervision.tiles(tx, [here], soon_until),
            people=_loads(
                groups,
                lambda row: people.get(row["assignee_id"], (supervision.NOBODY, "", "")),
            )[:BUSIEST],
            procedures=_loads(
                groups,
                lambda row: (row["procedure_key"], names.get(row["procedure_key"], ""), ""),
            ),
            departments=_loads(
                groups, lambda row: (str(row["department_id"]), places[row["department_id"]], "")
            ),
        )


def successors(store: Store, actor: Actor, department_id: int, role: str) -> tuple[Load, ...]:
    """Who works in that role of that department, least burdened first; `key` is the login.

    Counts are paging.CAP + 1 at most.
    """
    m, p, d = models.memberships, models.people, models.departments
    t = models.tasks.c
    with store.reading() as tx:
        late, soon = t.due_at <= tx.now, t.due_at > tx.now
        soon_until = supervision.soon_end(tx.now)
        rows = tx.all(
            sa.select(
                *(p.c.login, p.c.name, d.c.name.label("department")),
                _has("open"),
                _has("late", late),
                _has("soon", soon, t.due_at <= soon_until),
            )
            .select_from(m.join(p, m.c.person_id == p.c.id).join(d, m.c.department_id == d.c.id))
            .where(m.c.department_id == department_id, m.c.role == role, p.c.active)
            .where(seeing.departments(actor))
            .order_by("open", p.c.login)
        )
    return tuple(_load(row["login"], row["name"], row["department"], row) for row in rows)


def _has(name: str, *conditions: sa.ColumnElement[bool]) -> sa.Label[int]:
    """How many open tasks a person of the outer statement has."""
    p = models.people
    theirs = tasklist.rows(models.tasks.c.assignee_id == p.c.id, *conditions)
    capped = theirs.limit(paging.CAP + 1).correlate(p).subquery()
    return sa.select(sa.func.count()).select_from(capped).scalar_subquery().label(name)


def _groups(
    tx: Transaction, here: sa.ColumnElement[bool], soon_until: datetime
) -> list[Mapping[str, Any]]:
    """Open, late and soon due tasks by department, procedure and person."""
    t = models.tasks.c

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    rows = tx.all(
        sa.select(
            *(t.department_id, t.procedure_key, t.assignee_id),
            sa.func.count().label("open"),
            number(t.due_at <= tx.now).label("late"),
            number((t.due_at > tx.now) & (t.due_at <= soon_until)).label("soon"),
        )
        .where(tasklist.OPEN, here)
        .group_by(t.department_id, t.procedure_key, t.assignee_id)
    )
    return [dict(row) for row in rows]


def _loads(
    groups: Iterable[Mapping[str, Any]],
    of: Callable[[Mapping[str, Any]], tuple[str, str, str]],
) -> tuple[Load, ...]:
    """The groups put together by (key, name, department), most late first."""
    sums: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in groups:
        for name in ("open", "late", "soon"):
            sums[of(row)][name] += row[name]
    loads = [_load(*key, counts) for key, counts in sums.items()]
    return tuple(sorted(loads, key=lambda one: (-one.late, -one.open, one.key)))


def _load(key: str, name: str, department: str, counts: Mapping[str, int]) -> Load:
    return Load(key, name, department, counts["open"], counts["late"], counts["soon"])


def _people(
    tx: Transaction, groups: Iterable[Mapping[str, Any]]
) -> dict[int | None, tuple[str, str, str]]:
    """Person → login, name and a department they work in."""
    p, m, d = models.people, models.memberships, models.departments
    wanted = {row["assignee_id"] for row in groups} - {None}
    rows: list[Row] = [
        *tx.all(
            sa.select(p.c.id, p.c.login, p.c.name, sa.func.min(d.c.name).label("department"))
            .select_from(
                p.outerjoin(m, m.c.person_id == p.c.id).outerjoin(d, m.c.department_id == d.c.id)
            )
            .where(p.c.id.in_(wanted))
            .group_by(p.c.id, p.c.login, p.c.name)
        )
    ]
    return {row["id"]: (row["login"], row["name"], row["department"] or "") for row in rows}


def _departments(tx: Transaction, groups: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    d = models.departments.c
    wanted = {row["department_id"] for row in groups}
    rows = tx.all(sa.select(d.id, d.name).where(d.id.in_(wanted)))
    return {row["id"]: row["name"] for row in rows}
