"""Cases and open tasks put straight into the tables, for lists that are long."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from workflows import access, models, people, store


def actor(house: store.Store, login: str, role: str | None = None) -> access.Actor:
    with house.reading() as tx:
        return people.find_actor(tx, login, role=role)


def add_cases(
    house: store.Store, department_ids: Sequence[int | None], **changes: Any
) -> list[int]:
    """One case for each department; returns their ids."""
    with house.transaction() as tx:
        tx.begin()
        procedure = tx.first(models.procedures.select()) or {"id": _procedure(tx)}
        last = tx.first(models.cases.select().order_by(models.cases.c.id.desc()).limit(1))
        first = last["id"] + 1 if last else 1
        rows = [
            {
                "id": number,
                "number": f"2026-{number:06d}",
                "procedure_id": procedure["id"],
                "procedure_key": "some_procedure",
                "title": f"案件{number}",
                "department_id": department_id,
                "status": "open",
                "opened_at": tx.now,
                **changes,
            }
            for number, department_id in enumerate(department_ids, start=first)
        ]
        tx.insert_many(models.cases, rows)
    return [row["id"] for row in rows]


def add_tasks(
    house: store.Store,
    case_id: int,
    due: Sequence[datetime | None],
    who: access.Actor,
    **changes: Any,
) -> list[int]:
    """One open task of the actor's lane for each due date; returns their ids, in that order."""
    t = models.tasks
    with house.transaction() as tx:
        tx.begin()
        last = tx.first(t.select().order_by(t.c.id.desc()).limit(1))
        first = last["id"] + 1 if last else 1
        rows = [
            {
                "id": number,
                "case_id": case_id,
                "token": str(number),
                "element": "some_task",
                "name": "某任务",
                "role": who.role,
                "procedure_key": "some_procedure",
                "department_id": who.department_id,
                "status": "open",
                "due_at": due_at,
                "created_at": tx.now,
                **changes,
            }
            for number, due_at in enumerate(due, start=first)
        ]
        tx.insert_many(t, rows)
    return [row["id"] for row in rows]


def days(house: store.Store, count: int) -> list[datetime | None]:
    """Due dates that often coincide, every seventh missing."""
    return [
        None if number % 7 == 3 else house.now + timedelta(days=number * 37 % 60 - 20)
        for number in range(count)
    ]


def _procedure(tx: store.Transaction) -> int:
    return tx.insert(
        models.procedures,
        {
            "key": "some_procedure",
            "name": "某程序",
            "bundle": b"",
            "fact_types": {},
            "deployed_at": tx.now,
        },
    )
