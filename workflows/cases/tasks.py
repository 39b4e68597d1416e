"""What people do to a case: claim, release, draft, complete a task, register a message."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from workflows import access, errors, forms, models, procedures, services
from workflows.access import Actor
from workflows.cases import answering, opening
from workflows.cases.handling import Handling
from workflows.registry import guards
from workflows.services import listing
from workflows.store import Row, Store, Transaction

TRIES = 3
LARGEST_DRAFT = 1024 * 1024

_t, _c, _d = models.tasks, models.cases, models.departments
_WITH_CASE = (
    _t.join(_c, _t.c.case_id == _c.c.id)
    .join(_d, _t.c.department_id == _d.c.id)
    .select()
    .with_only_columns(
        *_t.c,
        _d.c.path.label("department_path"),
        *(column.label(f"case__{column.name}") for column in _c.c),
    )
    .where(_t.c.id == models.given("task_id"))
)
_HANDS = (
    _t.select()
    .with_only_columns(_t.c.completed_by)
    .where(
        _t.c.case_id == models.given("of_case"),
        _t.c.element.in_(models.given("elements", several=True)),
        _t.c.status == "done",
    )
)


def claim_task(store: Store, actor: Actor, task_id: int) -> None:
    """Take a task of the group; raises NotYourTask, FourEyes, TaskGone, CaseSuspended."""
    with store.transaction() as tx:
        task, case = read_task_and_case(tx, actor, task_id)
        opening.check_open(case)
        facts = task_facts(tx, task)
        access.check_may_complete(actor, facts)
        t = models.tasks
        taken = tx.run(
            t.update()
            .where(t.c.id == task_id, t.c.status == "open")
            .where(t.c.assignee_id.is_(None) | (t.c.assignee_id == actor.person_id))
            .values(assignee_id=actor.person_id, claimed_at=tx.now)
        )
        if not taken:
            raise errors.NotYourTask("该任务刚刚被他人签收")


def release_task(store: Store, actor: Actor, task_id: int) -> None:
    """Give a task back to the group, with its draft; whoever has come to be barred must be able to.

    Raises NotYourTask where somebody else has it.
    """
    with store.transaction() as tx:
        task = read_task(tx, actor, task_id)
        if actor.department_id != task["department_id"]:
            raise errors.NotFound
        if task["assignee_id"] != actor.person_id:
            raise errors.NotYourTask("您没有签收该任务，不能退回")
        t = models.tasks
        tx.run(
            t.update()
            .where(t.c.id == task_id, t.c.assignee_id == actor.person_id)
            .values(assignee_id=None, claimed_at=None)
        )


def save_draft(store: Store, actor: Actor, task_id: int, answers: Mapping[str, Any]) -> datetime:
    """Keep what was typed so far, unchecked; returns the instant. Nothing else changes.

    A draft is kept even while the case is suspended: what was typed is never lost. What the form
    seals is not drafted: a draft is read by others.
    Raises AnswersRefused for what cannot be kept at all: no JSON, or over 1 MB.
    """
    _check_draft(answers)
    with store.transaction() as tx:
        task, case = read_task_and_case(tx, actor, task_id)
        access.check_may_complete(actor, task_facts(tx, task))
        t = models.tasks
        kept = tx.run(
            t.update()
            .where(t.c.id == task_id, t.c.status == "open")
            .values(draft=_draft(tx, task, case, answers), drafted_at=tx.now)
        )
        if not kept:
            raise errors.TaskGone
        return tx.now


def complete_task(store: Store, actor: Actor, task_id: int, answers: Mapping[str, Any]) -> None:
    """Fill in a task and let the case go on.

    Raises AnswersRefused (complaints by field), NotYourTask, FourEyes, TaskGone, CaseEnded, and the
    refusals of the registry's guards; whatever is raised, nothing is changed and the draft stays.
    """

    def once(tx: Transaction) -> None:
        task, case = read_task_and_case(tx, actor, task_id)
        access.check_may_complete(actor, task_facts(tx, task))
        _complete(tx, actor, task, case, answers)

    _with_retry(store, once)


def attempt(
    store: Store, actor: Actor, case_id: int, element: str, answers: Mapping[str, Any]
) -> None:
    """Complete the open task of `element`; where there is none, say which evidence is missing.

    The refusal is the due-process guard's (NoticeNotServed, WindowOpen, ObjectionOpen …), with its
    article; NotExpected where the guard has nothing to say.
    """
    with store.reading() as tx:
        case = opening.read_case(tx, actor, case_id)
        t = models.tasks
        task = tx.first(
            t.select()
            .where(t.c.case_id == case_id, t.c.element == element, t.c.status == "open")
            .order_by(t.c.id)
        )
        if task is None:
            if case["status"] == "ended":
                raise errors.CaseEnded(f"案件{case['number']}")
            known = procedures.deployed(tx, case["procedure_id"]).procedure.elements
            if any(one.topic == listing.LISTS for one in known.values()):
                guards.check_listing(tx, case, actor.person_id, None, tx.now)
            name = known[element].name if element in known else element
            raise errors.NotExpected(f"案件{case['number']}目前没有待办的“{name}”")
    complete_task(store, actor, task["id"], answers)


def send_message(
    store: Store, actor: Actor, case_id: int, message: str, answers: Mapping[str, Any]
) -> None:
    """Register what reached the office (an objection, a waiver …).

    It goes to the diagram when the diagram waits for it and is kept until then. Raises NotExpected
    where it is not for people to register; AnswersRefused, CaseEnded. A form says what is taken: a
    message without one carries nothing.
    """
    access.check_role(actor, access.WORKS_ON_TASKS, "登记来件")

    def once(tx: Transaction) -> None:
        case = opening.read_case(tx, actor, case_id)
        if case["department_id"] != actor.department_id:
            raise errors.NotFound
        handling = opening.take_up(tx, case, actor)
        _check_receivable(handling, message)
        form = handling.deployed.forms.get(f"{case['procedure_key']}/{message}")
        values: dict[str, Any] = {}
        if form is not None:
            said = answering.clean(tx, case, form, answers, handling.run.facts[""])
            values = dict.fromkeys(forms.types(form)) | said  # what is not said stays unsaid later
        services.check_message(tx, case, message, values)
        handling.note("message_received", message, after=values)
        handling.note_fees(message, values)
        handling.receive(message, values, actor.person_id)
        handling.proceed()
        handling.save()

    _with_retry(store, once)


def read_task(tx: Transaction, actor: Actor, task_id: int) -> Row:
    """The open task with its department's path; raises NotFound, TaskGone."""
    return read_task_and_case(tx, actor, task_id)[0]


def read_task_and_case(tx: Transaction, actor: Actor, task_id: int) -> tuple[Row, Row]:
    """The open task with its department's path, and its case, in one statement."""
    row = tx.one(_WITH_CASE, task_id=task_id)
    access.check_sees(actor, row["department_id"], row["department_path"])
    if row["status"] != "open":
        raise errors.TaskGone(row["name"])
    return row, {column.name: row[f"case__{column.name}"] for column in _c.c}


def task_facts(tx: Transaction, task: Row) -> access.TaskFacts:
    """What access asks of a task; people barred by four eyes did the tasks it names."""
    candidates: dict[str, list[str]] = task["candidates"] or {}
    return access.TaskFacts(
        department_id=task["department_id"],
        department_path=task["department_path"],
        role=task["role"],
        assignee_id=task["assignee_id"],
        candidate_logins=tuple(candidates.get("users", ())),
        barred=_barred(tx, task["case_id"], candidates.get("four_eyes", [])),
    )


def _barred(tx: Transaction, case_id: int, elements: list[str]) -> set[int]:
    if not elements:
        return set()
    rows = tx.all(_HANDS, of_case=case_id, elements=elements)
    return {row["completed_by"] for row in rows}


def _complete(
    tx: Transaction, actor: Actor, task: Row, case: Row, answers: Mapping[str, Any]
) -> None:
    handling = opening.take_up(tx, case, actor)
    facts = handling.run.facts[task["scope"]]
    form = handling.deployed.forms.get(task["form"] or "")
    given = dict(answers)
    if form is not None:
        given = answering.clean(tx, case, form, answers, facts | (task["locals"] or {}))
    before = {name: facts[name] for name in given if name in facts and facts[name] != given[name]}
    element = handling.deployed.procedure.elements[task["element"]]
    handling.note(
        "task_completed",
        task["element"],
        article=element.properties.get("article", ""),
        before=before or None,
        after=given,
        documents=answering.evidence(form, given) if form else None,
    )
    handling.note_fees(task["element"], given)
    handling.run.complete(task["token"], given)
    handling.done[task["token"]] = actor.person_id
    if task["limit_id"] is None:
        handling.unlimited.add(task["token"])
    handling.proceed()
    handling.save()


def _draft(tx: Transaction, task: Row, case: Row, answers: Mapping[str, Any]) -> dict[str, Any]:
    form = procedures.deployed(tx, case["procedure_id"]).forms.get(task["form"] or "")
    sealed = answering.sealed_keys(form) if form is not None else set[str]()
    return {key: value for key, value in answers.items() if key not in sealed}


def _check_draft(answers: Mapping[str, Any]) -> None:
    try:
        size = len(orjson.dumps(dict(answers)))
    except orjson.JSONEncodeError as unfit:
        raise errors.AnswersRefused({"": "草稿含有不能保存的字符或者数字，请删除后重试"}) from unfit
    if size > LARGEST_DRAFT:
        raise errors.AnswersRefused({"": "草稿超过1MB，请删减或者作为附件上传"})


def _check_receivable(handling: Handling, message: str) -> None:
    """Raise NotExpected for what nothing receives, and for what only diagrams or cases send."""
    procedure = handling.deployed.procedure
    receivers = procedure.messages.get(message, ())
    if any(procedure.elements[one].properties.get("sender") == "system" for one in receivers):
        raise errors.NotExpected(f"“{message}”由系统发送，不能人工登记")
    throws = (one for one in procedure.elements.values() if one.id not in receivers)
    if not receivers or any(one.message == message for one in throws):
        raise errors.NotExpected(f"本程序不受理“{message}”")


def _with_retry(store: Store, once: Callable[[Transaction], None]) -> None:
    """Do it again when somebody else wrote to the case in between; give up with CaseChanged."""
    for left in reversed(range(TRIES)):
        try:
            with store.transaction() as tx:
                return once(tx)
        except errors.CaseChanged:
            if not left:
                raise
    return None
