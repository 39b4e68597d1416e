"""A form about to be filled in: its fields, what was typed so far, and what can be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows import access, errors, forms, models, procedures, services
from workflows.access import Actor
from workflows.engine import feel
from workflows.queries import reading
from workflows.queries.reading import CaseHead
from workflows.store import Row, Store, Transaction

LISTS = {"dynamiclist", "checklist"}


@dataclass(frozen=True)
class Attachment:
    """A file kept with the case; `sha256` is its name everywhere."""

    sha256: str
    filename: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Filling:
    """A form with its first answers. `choices` by valuesKey; `files` are those of the case."""

    form: forms.Form
    facts: Mapping[str, Any]
    answers: Mapping[str, Any]
    choices: Mapping[str, tuple[tuple[str, str], ...]]
    files: Mapping[str, Attachment]
    shown: forms.Shown


@dataclass(frozen=True)
class MessageForm:
    """What can be registered with a case: an objection, a waiver."""

    case: CaseHead
    message: str
    title: str
    article: str
    waited: bool
    filling: Filling


@dataclass(frozen=True)
class StartForm:
    """What is asked before a case is opened, and the records it shall rest on."""

    procedure_key: str
    procedure_name: str
    documentation: str
    article: str
    subject_id: int
    subject_name: str
    records: tuple[Mapping[str, Any], ...]
    filling: Filling


@dataclass(frozen=True)
class OpenForm:
    """What is read of a task before it is completed."""

    id: int
    name: str
    case_id: int
    form: forms.Form


_t, _c, _d = models.tasks, models.cases, models.departments
_TASK = (
    _t.join(_c, _t.c.case_id == _c.c.id)
    .join(_d, _t.c.department_id == _d.c.id)
    .select()
    .with_only_columns(
        *(_t.c.id, _t.c.name, _t.c.case_id, _t.c.form, _t.c.status, _t.c.department_id),
        *(_c.c.procedure_id, _d.c.path.label("department_path")),
    )
    .where(_t.c.id == models.given("task_id"))
)


def message_form(store: Store, actor: Actor, case_id: int, message: str) -> MessageForm:
    """The form of a message the case can receive; raises NotFound, NotExpected, NotAllowed."""
    access.check_role(actor, access.WORKS_ON_TASKS, "登记来件")
    with store.reading() as tx:
        case = reading.case_row(tx, actor, case_id)
        deployed = procedures.deployed(tx, case["procedure_id"])
        form = deployed.forms.get(f"{case['procedure_key']}/{message}")
        if form is None or message not in deployed.procedure.messages:
            raise errors.NotFound
        facts = reading.facts_of(case, "")
        catcher = deployed.procedure.elements[deployed.procedure.messages[message][0]]
        return MessageForm(
            case=reading.case_head(tx, case),
            message=message,
            title=form.title or catcher.name,
            article=catcher.properties.get("article", ""),
            waited=message in reading.waited_messages(tx, case),
            filling=filling(tx, case, form, facts),
        )


def start_form(
    store: Store, actor: Actor, procedure_key: str, subject_id: int, record_ids: Sequence[int]
) -> StartForm:
    """The start form of the newest version; raises NotFound, NotAllowed."""
    access.check_role(actor, access.OPENS_CASES, "立案")
    with store.reading() as tx:
        deployed = procedures.latest(tx, procedure_key)
        start = deployed.procedure.start
        s, r = models.subjects, models.records
        subject = tx.one(s.select().where(s.c.id == subject_id))
        records = tx.all(
            r.select()
            .where(r.c.subject_id == subject_id, r.c.id.in_(list(record_ids)))
            .order_by(r.c.decided_on.desc(), r.c.id)
        )
        name = start.form or ""
        form = deployed.forms.get(name, forms.Form(name, "", ()))
        case = {"id": None, "department_id": actor.department_id, "subject_id": subject_id}
        facts = {"subject_id": subject_id, "record_ids": [row["id"] for row in records]}
        return StartForm(
            procedure_key=procedure_key,
            procedure_name=deployed.procedure.name,
            documentation=start.documentation,
            article=start.properties.get("article", ""),
            subject_id=subject_id,
            subject_name=subject["name"],
            records=tuple(dict(row) for row in records),
            filling=filling(tx, case, form, facts),
        )


def opening_form(store: Store, procedure_key: str) -> forms.Form:
    """The start form of the newest version without what fills it; raises NotFound."""
    with store.reading() as tx:
        deployed = procedures.latest(tx, procedure_key)
    name = deployed.procedure.start.form or ""
    return deployed.forms.get(name, forms.Form(name, "", ()))


def open_form(store: Store, actor: Actor, task_id: int) -> OpenForm:
    """The form of an open task without what fills it; raises NotFound, TaskGone."""
    with store.reading() as tx:
        task = tx.one(_TASK, task_id=task_id)
        access.check_sees(actor, task["department_id"], task["department_path"])
        if task["status"] != "open":
            raise errors.TaskGone(task["name"])
        deployed = procedures.deployed(tx, task["procedure_id"])
    form = deployed.forms.get(task["form"] or "", forms.Form("", "", ()))
    return OpenForm(task["id"], task["name"], task["case_id"], form)


def filling(
    tx: Transaction,
    case: Mapping[Any, Any],
    form: forms.Form,
    facts: Mapping[str, Any],
    draft: Mapping[str, Any] | None = None,
) -> Filling:
    """A form with its draft, or with what the case already knows where the form asks for that."""
    keys = {one.values_key for one in forms.fields(form) if one.values_key}
    return Filling(
        form=form,
        facts=facts,
        answers=first_answers(form.fields, facts) if draft is None else draft,
        choices={key: tuple(services.choices.choices(tx, case, key)) for key in sorted(keys)},
        files=attachments(tx, case["id"]),
        shown=shown_by(form),
    )


def shown_by(form: forms.Form) -> forms.Shown:
    """What judges the hide conditions of a form: FEEL over the form's own answers."""
    types = forms.condition_types(form)

    def shown(hide: str, values: Mapping[str, Any]) -> bool:
        return not feel.evaluate(hide, {name: values.get(name) for name in types}, types)

    return shown


def first_answers(fields: Sequence[forms.Field], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Read-only facts, defaults, and what the case knows already.

    Lists start from the fact of their name (the notice from the drafted grounds); single answers
    and evidence only where the form says so, since they are given anew each time.
    """
    answers: dict[str, Any] = {}
    for one in fields:
        if one.kind == "group" and not one.key:
            answers |= first_answers(one.fields, facts)
        elif one.readonly:
            answers[one.key] = facts.get(one.key)
        elif known := facts.get(one.prefill or one.key if one.kind in LISTS else one.prefill):
            answers[one.key] = known
        elif one.default is not None:
            answers[one.key] = one.default
    return answers


def attachments(tx: Transaction, case_id: int | None) -> dict[str, Attachment]:
    """The files of a case by sha256, without their bytes."""
    a = models.attachments
    rows: Sequence[Row] = tx.all(
        a.select()
        .with_only_columns(a.c.sha256, a.c.filename, a.c.media_type, a.c.size)
        .where(a.c.case_id == case_id)
        .order_by(a.c.id)
    )
    return {row["sha256"]: Attachment(**row) for row in rows}
