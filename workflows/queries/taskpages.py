"""任务: one task with its form, its law, and what was done in the case before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from workflows import access, errors, forms, models, procedures, services
from workflows.access import Actor
from workflows.queries import due, filling, papers, reading, seeing
from workflows.queries.due import Due
from workflows.queries.filling import Filling
from workflows.queries.papers import DocumentRow
from workflows.queries.reading import CaseHead
from workflows.store import Row, Store, Transaction

Labels = Callable[[str], Mapping[str, str]]
"""valuesKey -> value -> label."""


@dataclass(frozen=True)
class Said:
    """One answer as it is read: label and text; `rows` of a list, `files` by sha256."""

    label: str
    text: str
    rows: tuple[tuple["Said", ...], ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """A task that was completed, by whom, when, and what was answered."""

    element: str
    name: str
    process: str
    at: datetime
    actor: str
    role: str
    article: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class TaskPage:
    """Everything the page of a task shows. `refusal`: why the actor may not take it, else ''."""

    id: int
    name: str
    element: str
    role: str
    status: str
    article: str
    documentation: str
    case: CaseHead
    due: Due | None
    assignee: str
    mine: bool
    refusal: str
    drafted_at: datetime | None
    ended_at: datetime | None
    filling: Filling
    before: tuple[Done, ...]
    documents: tuple[DocumentRow, ...]


def task_page(store: Store, actor: Actor, task_id: int) -> TaskPage:
    """The task if the actor sees its department; raises NotFound."""
    t, d, p = models.tasks, models.departments, models.people
    with store.reading() as tx:
        task = tx.one(
            sa.select(t, p.c.name.label("assignee"))
            .select_from(
                t.join(d, t.c.department_id == d.c.id).outerjoin(p, t.c.assignee_id == p.c.id)
            )
            .where(t.c.id == task_id, seeing.departments(actor))
        )
        case = reading.case_row(tx, actor, task["case_id"])
        deployed = procedures.deployed(tx, case["procedure_id"])
        element = deployed.procedure.elements.get(task["element"])  # gone after a move: None
        form = deployed.forms.get(task["form"] or "", forms.Form("", "", ()))
        facts = reading.facts_of(case, task["scope"]) | cast("dict[str, Any]", task["locals"] or {})
        return TaskPage(
            id=task["id"],
            name=task["name"],
            element=task["element"],
            role=task["role"],
            status=task["status"],
            article=element.properties.get("article", "") if element else "",
            documentation=element.documentation if element else "",
            case=reading.case_head(tx, case),
            due=_due(tx, task),
            assignee=task["assignee"] or "",
            mine=task["assignee_id"] is not None and task["assignee_id"] == actor.person_id,
            refusal=_refusal(tx, actor, task),
            drafted_at=task["drafted_at"],
            ended_at=task["ended_at"],
            filling=filling.filling(tx, case, form, facts, task["draft"]),
            before=done_tasks(tx, case),
            documents=papers.documents_of(tx, case["id"]),
        )


def done_tasks(tx: Transaction, case: Mapping[Any, Any]) -> tuple[Done, ...]:
    """What was answered in the case so far, oldest first, in the words of the forms of then."""
    deployed = procedures.deployed(tx, case["procedure_id"])
    e = models.events
    rows = tx.all(
        e.select()
        .where(
            e.c.case_id == case["id"],
            e.c.kind.in_(["task_completed", "message_received", "case_moved"]),
        )
        .order_by(e.c.seq)
    )
    choices: dict[str, Mapping[str, str]] = {}

    def labels(key: str) -> Mapping[str, str]:
        if key not in choices:
            choices[key] = dict(services.choices.choices(tx, case, key))
        return choices[key]

    found: list[Done] = []
    for row in reversed(rows):
        if row["kind"] == "case_moved":
            deployed = procedures.deployed(tx, row["before"]["procedure_id"])
        else:
            found.append(_done(deployed, case, row, labels))
    return tuple(reversed(found))


def _done(deployed: procedures.Deployed, case: Mapping[Any, Any], row: Row, labels: Labels) -> Done:
    element = deployed.procedure.elements.get(row["element"])
    process = element.process if element else case["procedure_key"]
    message = f"{process}/{row['element']}"
    form = deployed.forms.get((element.form or "") if element else message)
    name = element.name if element else (form.title if form else row["element"])
    return Done(
        element=row["element"],
        name=name,
        process=process,
        at=row["at"],
        actor=row["actor"],
        role=row["role"],
        article=row["article"],
        said=told(form.fields, row["after"] or {}, labels) if form else (),
    )


def told(
    fields: Sequence[forms.Field], values: Mapping[str, Any], labels: Labels
) -> tuple[Said, ...]:
    """Answers in the words of their form; what was left empty is left out."""
    found: list[Said] = []
    for one in fields:
        value = values.get(one.key)
        if one.kind == "group":
            found += told(one.fields, value if one.key and value else values, labels)
        elif value in (None, "", []) or not one.key:
            continue
        elif one.kind == "dynamiclist":
            rows = tuple(told(one.fields, row, labels) for row in value)
            found.append(Said(one.label, "", rows=rows))
        elif one.kind == "filepicker":
            found.append(Said(one.label, "", files=tuple(value)))
        else:
            found.append(Said(one.label, _text(one, value, labels)))
    return tuple(found)


def _text(one: forms.Field, value: Any, labels: Labels) -> str:
    if one.kind == "checkbox":
        return "是" if value else "否"
    if one.kind == "datetime":
        return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M")
    if one.kind in {"select", "radio", "checklist"}:
        known = labels(one.values_key) if one.values_key else dict(one.options or ())
        several = cast("list[str]", value if isinstance(value, list) else [value])
        return "、".join(known.get(each, each) for each in several)
    return str(value)


def _due(tx: Transaction, task: Mapping[Any, Any]) -> Due | None:
    d = models.deadlines
    limit = tx.first(d.select().where(d.c.case_id == task["case_id"], d.c.token == task["token"]))
    if limit is not None:
        return due.of_limit(limit, tx.now)
    return due.of_instant(task["due_at"], tx.now) if task["due_at"] else None


def _refusal(tx: Transaction, actor: Actor, task: Mapping[Any, Any]) -> str:
    """Why the actor may not take this task; the command judges again."""
    if task["status"] != "open":
        return ""
    if actor.department_id != task["department_id"]:
        return "该任务由其他部门办理"
    candidates = cast("dict[str, list[str]]", task["candidates"] or {})
    facts = access.TaskFacts(
        department_id=task["department_id"],
        department_path="",
        role=task["role"],
        assignee_id=task["assignee_id"],
        candidate_logins=tuple(candidates.get("users") or ()),
        barred=_did(tx, task["case_id"], candidates.get("four_eyes") or []),
    )
    try:
        access.check_may_complete(actor, facts)
    except errors.Refusal as refusal:
        return refusal.message
    return ""


def _did(tx: Transaction, case_id: int, elements: Sequence[str]) -> set[int]:
    t = models.tasks
    rows = tx.all(
        t.select()
        .with_only_columns(t.c.completed_by)
        .where(
            *(t.c.case_id == case_id, t.c.element.in_(elements), t.c.status == "done"),
            t.c.completed_by.is_not(None),
        )
    )
    return {row["completed_by"] for row in rows}
