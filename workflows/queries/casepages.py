"""案件: one case with its due process, tasks, limits, documents, objections and history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import models, procedures
from workflows.access import Actor
from workflows.queries import due, filling, papers, reading, related, remarks, taskpages
from workflows.queries.due import Due
from workflows.queries.filling import Attachment
from workflows.queries.papers import DocumentRow
from workflows.queries.reading import CaseHead
from workflows.queries.related import Related
from workflows.queries.taskpages import Done
from workflows.registry import guards
from workflows.services import listing
from workflows.store import Row, Store, Transaction


@dataclass(frozen=True)
class OpenTask:
    """A task that waits. `here`: in the lane and department the actor works in."""

    id: int
    name: str
    element: str
    role: str
    assignee: str
    here: bool
    due: Due | None


@dataclass(frozen=True)
class Check:
    """One condition of due process, met or not, why, and the article that asks for it."""

    id: str
    name: str
    met: bool
    detail: str
    article: str


@dataclass(frozen=True)
class Attempt:
    """One attempt at serving a document."""

    no: int
    method: str
    result: str
    at: datetime
    place: str
    receiver: str
    relation: str
    servers: tuple[str, ...]
    witness: str
    evidence: tuple[str, ...]
    remarks: str


@dataclass(frozen=True)
class ServiceRow:
    """The serving of one document; `rule` is the row of D07 that gave the date."""

    id: int
    document_id: int
    document_title: str
    document_number: str
    status: str
    method: str
    served_at: datetime | None
    rule: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class ObjectionRow:
    """One objection. `points` are {no, text, ground, finding, accepted, reason}."""

    id: int
    number: str
    received_at: datetime
    channel: str
    by: str
    late: bool
    points: tuple[Mapping[str, Any], ...]
    evidence: tuple[str, ...]
    result: str
    verifier: str
    answer_document_id: int | None
    answered_at: datetime | None
    answer_served_at: datetime | None


@dataclass(frozen=True)
class EventRow:
    """One line of the history."""

    seq: int
    at: datetime
    actor: str
    role: str
    kind: str
    element: str
    element_name: str
    article: str
    remark: str
    after: Any
    documents: tuple[str, ...]
    hash: str


@dataclass(frozen=True)
class Registrable:
    """A message that can be registered with the case; `waited`: the diagram waits for it now."""

    message: str
    title: str
    waited: bool


@dataclass(frozen=True)
class Fault:
    """A job that stopped and waits for an operator."""

    id: int
    element: str
    topic: str
    error: str


@dataclass(frozen=True)
class CasePage:
    """Everything the pages of a case show, but its diagram."""

    head: CaseHead
    own: bool
    lists: bool
    checks: tuple[Check, ...]
    tasks: tuple[OpenTask, ...]
    dues: tuple[Due, ...]
    documents: tuple[DocumentRow, ...]
    services: tuple[ServiceRow, ...]
    objections: tuple[ObjectionRow, ...]
    files: Mapping[str, Attachment]
    done: tuple[Done, ...]
    events: tuple[EventRow, ...]
    registrable: tuple[Registrable, ...]
    pending: tuple[str, ...]
    faults: tuple[Fault, ...]
    related: tuple[Related, ...]


def case_page(store: Store, actor: Actor, case_id: int) -> CasePage:
    """The case if the actor sees it; raises NotFound."""
    with store.reading() as tx:
        case = reading.case_row(tx, actor, case_id)
        deployed = procedures.deployed(tx, case["procedure_id"])
        lists = any(one.topic == listing.LISTS for one in deployed.procedure.elements.values())
        return CasePage(
            head=reading.case_head(tx, case),
            own=case["department_id"] == actor.department_id,
            lists=lists,
            checks=_checks(tx, case) if lists else (),
            tasks=_tasks(tx, case, actor),
            dues=_dues(tx, case),
            documents=(*papers.letters_to(tx, case), *papers.documents_of(tx, case_id)),
            services=_services(tx, case_id),
            objections=_objections(tx, case_id),
            files=filling.attachments(tx, case_id),
            done=taskpages.done_tasks(tx, case),
            events=_events(tx, case, deployed),
            registrable=_registrable(tx, case, deployed),
            pending=_pending(tx, case, deployed),
            faults=_faults(tx, case, deployed),
            related=related.cases_beside(tx, case, actor),
        )


def _checks(tx: Transaction, case: Row) -> tuple[Check, ...]:
    found = guards.due_process(tx, case, tx.now)
    return tuple(Check(one.id, one.name, one.met, one.detail, one.article) for one in found)


def _tasks(tx: Transaction, case: Row, actor: Actor) -> tuple[OpenTask, ...]:
    t, p, d = models.tasks, models.people, models.deadlines
    rows = tx.all(
        sa.select(
            *(t.c.id, t.c.name, t.c.element, t.c.role, t.c.due_at, p.c.name.label("assignee")),
            *(one.label(f"limit_{one.name}") for one in d.c),
        )
        .select_from(
            t.outerjoin(p, t.c.assignee_id == p.c.id).outerjoin(
                d, (d.c.case_id == t.c.case_id) & (d.c.token == t.c.token)
            )
        )
        .where(t.c.case_id == case["id"], t.c.status == "open")
        .order_by(t.c.id)
    )
    own = case["department_id"] == actor.department_id
    return tuple(
        OpenTask(
            id=row["id"],
            name=row["name"],
            element=row["element"],
            role=row["role"],
            assignee=row["assignee"] or "",
            here=own and row["role"] == actor.role,
            due=due.of_task(row["due_at"], due.limit_columns(row), tx.now),
        )
        for row in rows
    )


def _dues(tx: Transaction, case: Row) -> tuple[Due, ...]:
    d = models.deadlines
    rows = tx.all(
        d.select()
        .where(d.c.case_id == case["id"], d.c.status != "cancelled")
        .order_by(d.c.status == "ended", d.c.due_at, d.c.id)
    )
    return tuple(due.of_limit(row, tx.now) for row in rows)


def _services(tx: Transaction, case_id: int) -> tuple[ServiceRow, ...]:
    s, a, d = models.services, models.service_attempts, models.documents
    rows = tx.all(
        sa.select(s, d.c.title.label("document_title"), d.c.number.label("document_number"))
        .select_from(s.join(d, s.c.document_id == d.c.id))
        .where(s.c.case_id == case_id)
        .order_by(s.c.id)
    )
    attempts = tx.all(
        a.select()
        .where(a.c.service_id.in_([row["id"] for row in rows]))
        .order_by(a.c.service_id, a.c.no)
    )
    return tuple(
        ServiceRow(
            id=row["id"],
            document_id=row["document_id"],
            document_title=row["document_title"],
            document_number=row["document_number"] or "",
            status=row["status"],
            method=row["method"],
            served_at=row["served_at"],
            rule=row["rule"],
            attempts=tuple(_attempt(one) for one in attempts if one["service_id"] == row["id"]),
        )
        for row in rows
    )


def _attempt(row: Row) -> Attempt:
    return Attempt(
        no=row["no"],
        method=row["method"],
        result=row["result"],
        at=row["at"],
        place=row["place"],
        receiver=row["receiver"],
        relation=row["relation"],
        servers=tuple(row["servers"] or ()),
        witness=row["witness"],
        evidence=tuple(row["evidence"] or ()),
        remarks=row["remarks"],
    )


def _objections(tx: Transaction, case_id: int) -> tuple[ObjectionRow, ...]:
    o, p = models.objections, models.people
    rows = tx.all(
        sa.select(o, p.c.name.label("verifier"))
        .select_from(o.outerjoin(p, o.c.verifier_id == p.c.id))
        .where(o.c.case_id == case_id)
        .order_by(o.c.id)
    )
    return tuple(
        ObjectionRow(
            id=row["id"],
            number=row["number"],
            received_at=row["received_at"],
            channel=row["channel"],
            by=row["by"],
            late=row["late"],
            points=tuple(row["points"] or ()),
            evidence=tuple(row["evidence"] or ()),
            result=row["result"],
            verifier=row["verifier"] or "",
            answer_document_id=row["answer_document_id"],
            answered_at=row["answered_at"],
            answer_served_at=row["answer_served_at"],
        )
        for row in rows
    )


def _events(tx: Transaction, case: Row, deployed: procedures.Deployed) -> tuple[EventRow, ...]:
    e = models.events
    rows = tx.all(e.select().where(e.c.case_id == case["id"]).order_by(e.c.seq.desc()))
    return tuple(
        EventRow(
            seq=row["seq"],
            at=row["at"],
            actor=row["actor"],
            role=row["role"],
            kind=row["kind"],
            element=row["element"],
            element_name=_element_name(deployed, row["element"]),
            article=row["article"],
            remark=remarks.remark(row["kind"], row["after"] or {}),
            after=row["after"],
            documents=tuple(row["documents"] or ()),
            hash=row["hash"],
        )
        for row in rows
    )


def _registrable(
    tx: Transaction, case: Row, deployed: procedures.Deployed
) -> tuple[Registrable, ...]:
    if case["status"] == "ended":
        return ()
    waited = reading.waited_messages(tx, case)
    found: list[Registrable] = []
    for message in deployed.procedure.messages:
        form = deployed.forms.get(f"{case['procedure_key']}/{message}")
        by_system = any(
            deployed.procedure.elements[one].properties.get("sender") == "system"
            for one in deployed.procedure.messages[message]
        )
        if form is not None and not by_system:
            found.append(Registrable(message, form.title or message, message in waited))
    return tuple(found)


def _pending(tx: Transaction, case: Row, deployed: procedures.Deployed) -> tuple[str, ...]:
    m = models.case_messages
    rows = tx.all(m.select().where(m.c.case_id == case["id"], m.c.status == "pending"))
    forms = [deployed.forms.get(f"{case['procedure_key']}/{row['message']}") for row in rows]
    return tuple(
        form.title if form and form.title else row["message"]
        for form, row in zip(forms, rows, strict=True)
    )


def _faults(tx: Transaction, case: Row, deployed: procedures.Deployed) -> tuple[Fault, ...]:
    j = models.jobs
    rows = tx.all(j.select().where(j.c.case_id == case["id"], j.c.status == "failed"))
    return tuple(
        Fault(row["id"], _element_name(deployed, row["element"]), row["topic"], row["error"])
        for row in rows
    )


def _element_name(deployed: procedures.Deployed, element: str) -> str:
    known = deployed.procedure.elements.get(element)
    if known is not None:
        return known.name
    form = deployed.forms.get(f"{deployed.key}/{element}")
    return form.title if form else ""
