"""案件列表: the cases of a department; for those who look after others, of those below too."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import finding, paging, seeing
from workflows.queries.paging import Turn
from workflows.store import Row, Store, Transaction

STATUSES = ("open", "ended", "suspended")


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
    """One page of cases, newest first; `back` and `more`: cursors of the pages around it."""

    rows: tuple[CaseRow, ...]
    back: str
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
    before: str = "",
) -> CaseList:
    """A page of 25. `status`: open | ended | suspended | ''; `procedure` a key.

    `text`: a case's number, a subject's code or a part of its name; `after`, `before`: the
    `more` or `back` of another page.
    """
    with store.reading() as tx:
        known = seeing.procedures(tx)
        statuses = [one for one in STATUSES if status in {"", one}]
        keys = [key for key, _ in known if procedure in {"", key}]
        few = finding.find_cases(tx, text) if text.strip() else None
        arms = _arms(tx, actor, statuses, keys) if few is None else _few(actor, few, statuses)
        if procedure:
            arms = [[*arm, models.cases.c.procedure_key.in_(keys)] for arm in arms]
        if text.strip() and few is None:
            arms = [[*arm, finding.of_such_a_case(models.cases.c.id, text)] for arm in arms]
        page = _page(tx, Turn(after, before), arms)
        open_tasks = _open_tasks(tx, [row["id"] for row in page.rows])
    return CaseList(
        rows=tuple(_case_row(row, open_tasks) for row in page.rows),
        back=page.back,
        more=page.more,
        procedures=known,
    )


Arms = Sequence[Sequence[sa.ColumnElement[bool]]]


def _arms(tx: Transaction, actor: Actor, statuses: Sequence[str], keys: Sequence[str]) -> Arms:
    """One for each status in each department, or where those are many in each procedure."""
    c = models.cases.c
    places = seeing.places(tx, actor)
    if places is not None:
        return [[c.department_id == place, c.status == one] for place in places for one in statuses]
    return [
        [c.procedure_key == key, c.status == one, seeing.within(c.department_id, actor)]
        for key in keys
        for one in statuses
    ]


def _few(actor: Actor, ids: Collection[int], statuses: Sequence[str]) -> Arms:
    c = models.cases.c
    return [[c.id.in_(ids), c.status.in_(statuses), seeing.within(c.department_id, actor)]]


def _page(tx: Transaction, turn: Turn, arms: Arms) -> paging.Cut:
    c = models.cases.c

    def ask(cursor: str, backwards: bool) -> sa.Select[Any]:
        falling = not backwards
        order = c.id.desc() if falling else c.id
        here = paging.past(c.id, cursor, falling=falling)
        parts = [sa.select(c.id).where(*arm, *here).order_by(order) for arm in arms]
        ids = paging.merged(parts, lambda of: (of.id.desc() if falling else of.id,))
        return _select().where(c.id.in_(ids)).order_by(order)

    return paging.cut(tx, paging.known(turn), ask, paging.last_id)


def _select() -> sa.Select[Any]:
    c, s, p, d = models.cases, models.subjects, models.procedures, models.departments
    return sa.select(
        *(c.c.id, c.c.number, c.c.title, c.c.status, c.c.opened_at, c.c.ended_at),
        c.c.subject_id,
        p.c.name.label("procedure_name"),
        s.c.name.label("subject_name"),
        d.c.name.label("department_name"),
    ).select_from(
        c.join(d, c.c.department_id == d.c.id)
        .join(p, c.c.procedure_id == p.c.id)
        .outerjoin(s, c.c.subject_id == s.c.id)
    )


def _open_tasks(tx: Transaction, case_ids: Sequence[int]) -> Sequence[Row]:
    t = models.tasks.c
    return tx.all(
        sa.select(t.case_id, t.name)
        .where(t.case_id.in_(case_ids), t.status == "open")
        .order_by(t.id)
    )


def _case_row(row: Row, open_tasks: Sequence[Row]) -> CaseRow:
    return CaseRow(
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
