"""Opening a case, and reading one to work on it."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflows import access, deadlines, engine, errors, forms, models, procedures
from workflows.access import Actor
from workflows.cases import answering, clocks
from workflows.cases.handling import Handling
from workflows.engine import feel
from workflows.registry import sealing
from workflows.store import Row, Store, Transaction

_s, _r, _c, _d = models.subjects, models.records, models.cases, models.departments
_SUBJECT = (
    _s.select().with_only_columns(_s.c.id, _s.c.name).where(_s.c.id == models.given("subject_id"))
)
_RECORDS = (
    _r.select()
    .with_only_columns(_r.c.id)
    .where(
        _r.c.id.in_(models.given("record_ids", several=True)),
        _r.c.subject_id == models.given("of_subject"),
    )
)
_t = models.tasks
_TASK_HERE = (
    _t.select()
    .with_only_columns(_t.c.id)
    .where(
        _t.c.case_id == models.given("case_id"),
        _t.c.department_id == models.given("of_department"),
    )
    .limit(1)
)
_CASE = (
    _c.join(_d, _c.c.department_id == _d.c.id)
    .select()
    .with_only_columns(*_c.c, _d.c.path.label("department_path"))
    .where(_c.c.id == models.given("case_id"))
)


def open_case(
    store: Store,
    actor: Actor,
    procedure_key: str,
    answers: Mapping[str, Any],
    *,
    subject_id: int,
    record_ids: Sequence[int] = (),
) -> int:
    """Open a case on the newest version of a procedure and return its id.

    `answers` fill the start form; `record_ids` are the records (失信记录) it rests on, all of the
    subject. Raises AnswersRefused, NotAllowed, NotFound, CaseSuspended.
    """
    access.check_role(actor, access.OPENS_CASES, "立案")
    with store.transaction() as tx:
        deployed = procedures.open_to_new(tx, procedure_key)
        subject = tx.one(_SUBJECT, subject_id=subject_id)
        _check_records(tx, subject_id, record_ids)
        case = _blank_case(actor, deployed, subject, tx.now)
        facts = {"subject_id": subject_id, "record_ids": list(record_ids)}
        form = deployed.forms.get(deployed.procedure.start.form or "")
        if form is not None:
            facts |= answering.clean(tx, case, form, answers, facts)
        return _begin(tx, actor, deployed, case, facts)


def open_because(tx: Transaction, cause: Row, told: Mapping[str, Any]) -> int:
    """Open the case that an element of the case `cause` asked for (`registry.reaching`).

    Raises NotFound for a procedure that is not deployed, NotExpected for one that is suspended or
    for facts that its start form does not know.
    """
    try:
        deployed = procedures.open_to_new(tx, told["procedure"])
    except errors.CaseSuspended as held:
        raise errors.NotExpected(held.message) from held
    form = deployed.forms.get(deployed.procedure.start.form or "")
    strange = set(told["facts"]) - set(forms.types(form) if form else ())
    if strange:
        raise errors.NotExpected(f"“{deployed.procedure.name}”的立案表没有：{sorted(strange)}")
    subject = tx.one(_SUBJECT, subject_id=told["subject_id"])
    _check_records(tx, subject["id"], told["record_ids"])
    actor = replace(access.SYSTEM, department_id=told["department_id"])
    case = _blank_case(actor, deployed, subject, tx.now) | {"cause_id": cause["id"]}
    unsaid = dict.fromkeys(forms.types(form)) if form else {}
    facts = {
        **unsaid,
        **told["facts"],
        "subject_id": subject["id"],
        "record_ids": told["record_ids"],
    }
    return _begin(tx, actor, deployed, case, facts)


def _begin(
    tx: Transaction,
    actor: Actor,
    deployed: procedures.Deployed,
    case: dict[str, Any],
    facts: dict[str, Any],
) -> int:
    stops = clocks.Stops(tx, case)

    def limit(limit_id: str, start: datetime) -> deadlines.Deadline:
        return clocks.compute(deployed, limit_id, start, stops)

    run = engine.begin(deployed.procedure, facts, tx.now, limit)
    run.settle()  # all that needs nobody is computed before the first write
    case["id"] = tx.insert(models.cases, case)
    sealing.bind(tx, case["id"], facts)
    procedures.check_running(tx, deployed.id)
    case["number"] = f"{tx.now.year}-{case['id']:06d}"
    handling = Handling(tx, case, actor, deployed, run, stops, fresh=True)
    handling.note(
        "case_opened",
        deployed.procedure.start.id,
        article=deployed.procedure.start.properties.get("article", ""),
        after={"facts": facts, "procedure": deployed.key, "version": deployed.version},
    )
    handling.note_fees(deployed.procedure.start.id, facts)
    handling.proceed()
    handling.save()
    return case["id"]


def get_ready(store: Store) -> None:
    """Read what the first command would wait for: procedures with their forms and limits, V8.

    What cannot be read is told to whoever needs it.
    """
    p = models.procedures
    with store.reading() as tx:
        for row in tx.all(p.select().with_only_columns(p.c.key).distinct()):
            with suppress(errors.ZhengchengError):
                procedures.latest(tx, row["key"]).get_ready()
    with suppress(errors.ZhengchengError):
        feel.get_ready()


def take_up(tx: Transaction, case: Row, actor: Actor) -> Handling:
    """Read the case's tokens into a run.

    Raises CaseEnded where there is nothing left to do, CaseSuspended while the operator holds it.
    """
    check_open(case)
    deployed, stops = procedures.deployed(tx, case["procedure_id"]), clocks.Stops(tx, case)

    def limit(limit_id: str, start: datetime) -> deadlines.Deadline:
        return clocks.compute(deployed, limit_id, start, stops)

    run = engine.resume(deployed.procedure, case["state"], case["facts"], tx.now, limit)
    return Handling(tx, dict(case), actor, deployed, run, stops)


def check_open(case: Row) -> None:
    """Raise CaseEnded or CaseSuspended for a case on which nobody can work now."""
    if case["status"] == "ended":
        raise errors.CaseEnded(f"案件{case['number']}")
    if case["status"] == "suspended":
        raise errors.CaseSuspended(f"案件{case['number']}")


def read_case(tx: Transaction, actor: Actor, case_id: int) -> Row:
    """The case with its department's path, if the actor may see it; raises NotFound.

    An office that was given a task in it sees the case too.
    """
    row = tx.one(_CASE, case_id=case_id)
    if not access.sees_department(actor, row["department_id"], row["department_path"]):
        helps = tx.first(_TASK_HERE, case_id=case_id, of_department=actor.department_id)
        if helps is None:
            raise errors.NotFound
    return row


def _check_records(tx: Transaction, subject_id: int, record_ids: Sequence[int]) -> None:
    if not record_ids:
        return
    rows = tx.all(_RECORDS, record_ids=list(record_ids), of_subject=subject_id)
    if len(rows) != len(set(record_ids)):
        raise errors.NotFound("所选失信记录不属于该主体")


def _blank_case(
    actor: Actor, deployed: procedures.Deployed, subject: Row, now: datetime
) -> dict[str, Any]:
    return {
        "number": secrets.token_hex(8),
        "procedure_id": deployed.id,
        "procedure_key": deployed.key,
        "title": f"{subject['name']}　{deployed.procedure.name}",
        "subject_id": subject["id"],
        "department_id": actor.department_id,
        "status": "open",
        "ended_reason": None,
        "version": 0,
        "last_seq": 0,
        "last_hash": "",
        "last_at": None,
        "opened_by": actor.person_id,
        "opened_at": now,
        "ended_at": None,
    }
