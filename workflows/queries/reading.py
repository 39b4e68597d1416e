"""The head of a case, as every page about it begins; and what its tokens wait for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Never, cast

import sqlalchemy as sa

from workflows import engine, identifiers, models, procedures
from workflows.access import Actor
from workflows.queries import seeing
from workflows.store import Row, Transaction


@dataclass(frozen=True)
class CaseHead:
    """Who and what a case is about. `ended_name` is the name of the end it came to."""

    id: int
    number: str
    title: str
    procedure_key: str
    procedure_name: str
    procedure_version: int
    subject_id: int | None
    subject_name: str
    subject_id_no: str
    subject_kind: str
    department_id: int
    department_name: str
    status: str
    ended_reason: str
    ended_name: str
    opened_at: datetime
    opened_by: str
    ended_at: datetime | None


def case_row(tx: Transaction, actor: Actor, case_id: int) -> Row:
    """The case if the actor sees it; raises NotFound."""
    c, d = models.cases, models.departments
    return tx.one(
        sa.select(c, d.c.name.label("department_name"))
        .select_from(c.join(d, c.c.department_id == d.c.id))
        .where(c.c.id == case_id, seeing.case(actor))
    )


def shown_number(subject: Mapping[Any, Any]) -> str:
    """A subject's number as lists and heads of pages show it: a person's is masked (R-147)."""
    number = str(subject["id_no"])
    is_person = subject["id_scheme"] == "citizen_id"
    return identifiers.mask_citizen_id(number) if is_person else number


def case_head(tx: Transaction, case: Mapping[Any, Any]) -> CaseHead:
    """The head of a case read by `case_row`."""
    s, p = models.subjects, models.people
    subject = tx.first(s.select().where(s.c.id == case["subject_id"]))
    opener = tx.first(p.select().where(p.c.id == case["opened_by"]))
    deployed = procedures.deployed(tx, case["procedure_id"])
    ending = deployed.procedure.elements.get(case["ended_reason"] or "")
    return CaseHead(
        id=case["id"],
        number=case["number"],
        title=case["title"],
        procedure_key=case["procedure_key"],
        procedure_name=deployed.procedure.name,
        procedure_version=deployed.version,
        subject_id=case["subject_id"],
        subject_name=subject["name"] if subject else "",
        subject_id_no=shown_number(subject) if subject else "",
        subject_kind=subject["kind"] if subject else "",
        department_id=case["department_id"],
        department_name=case["department_name"],
        status=case["status"],
        ended_reason=case["ended_reason"] or "",
        ended_name=ending.name if ending else "",
        opened_at=case["opened_at"],
        opened_by=opener["name"] if opener else "",
        ended_at=case["ended_at"],
    )


def facts_of(case: Mapping[Any, Any], scope: str) -> dict[str, Any]:
    """The facts of one scope of a case; '' is that of the procedure itself."""
    scopes = cast("dict[str, dict[str, Any]]", case["facts"] or {})
    return scopes.get(scope, {})


def case_run(tx: Transaction, case: Mapping[Any, Any]) -> engine.Run:
    """The case's tokens, for looking at only."""
    deployed = procedures.deployed(tx, case["procedure_id"])
    return engine.resume(deployed.procedure, case["state"], case["facts"], tx.now, _no_limit)


def waited_messages(tx: Transaction, case: Mapping[Any, Any]) -> set[str]:
    """The messages that the diagram can receive now."""
    if case["status"] == "ended" or not case["state"]:
        return set()
    return {catch.message for catch in case_run(tx, case).catches()}


def _no_limit(limit_id: str, start: datetime) -> Never:
    msg = f"looking at a case starts no limit: {limit_id} from {start}"
    raise AssertionError(msg)
