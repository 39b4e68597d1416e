"""转版: taking a running case to another version of its procedure, by our own rules.

A case moves or stays whole. What has begun stays as it began: tokens, drafts, due dates, running
limits, timers and jobs; names, roles and forms of open tasks become those of the new version. The
due-process guard stands in the registry and asks for the same evidence after a move as before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import access, deadlines, engine, errors, forms, models, people, procedures, services
from workflows.access import Actor
from workflows.cases import clocks, writing
from workflows.cases.handling import Handling
from workflows.cases.tasks import TRIES, task_facts
from workflows.engine import Remark
from workflows.store import Row, Store, Transaction


@dataclass(frozen=True)
class Judged:
    """A case and whether it can go to a version: `reasons` why it stays, none where it moves.

    `notes`: what to know of its move. `version` is the one it runs on.
    """

    case_id: int
    number: str
    status: str
    version: int
    reasons: tuple[Remark, ...]
    notes: tuple[Remark, ...]

    @property
    def moves(self) -> bool:
        """Whether it can be, or was, moved."""
        return not self.reasons


@dataclass(frozen=True)
class _Task:
    """An open task: what of its row becomes the new version's, and what is to be said."""

    id: int
    values: Mapping[str, Any]
    notes: tuple[Remark, ...]


def target(tx: Transaction, key: str, version: int | None = None) -> procedures.Deployed:
    """The version to move to, the newest unless given; raises NotFound."""
    if version is None:
        return procedures.latest(tx, key)
    p = models.procedures
    row = tx.first(
        p.select().with_only_columns(p.c.id).where(p.c.key == key, p.c.version == version)
    )
    if row is None:
        raise errors.NotFound(f"程序“{key}”没有第{version}版")
    return procedures.deployed(tx, row["id"])


def check_moves(actor: Actor) -> None:
    """Raise NotAllowed unless the actor designs procedures, or is the machine's own console."""
    if actor is not access.SYSTEM:
        access.check_role(actor, access.DESIGNS, "把在办案件转到新版本")


def judge_case(tx: Transaction, case: Row, to: procedures.Deployed) -> Judged:
    """Whether the case can go on under `to`; nothing is changed.

    A case that cannot even be read stays, with the incident as its reason.
    """
    deployed = procedures.deployed(tx, case["procedure_id"])
    reasons: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    try:
        verdict = _verdict(tx, case, deployed, to, _resume(tx, case, deployed))
        reasons, notes = verdict.reasons, verdict.notes
    except errors.Incident as incident:
        reasons = (Remark("", "", incident.message),)
    return Judged(case["id"], case["number"], case["status"], deployed.version, reasons, notes)


def move_case(store: Store, actor: Actor, case_id: int, to_id: int, reason: str = "") -> Judged:
    """Take one case to the version `to_id` (a procedure id), or tell why it stays: one command.

    Suspended cases are moved and stay suspended. A case that stays, or is there already, is not
    written at all. Raises NotAllowed, CaseEnded, NotExpected for another procedure's version, and
    CaseChanged when outrun again and again.
    """
    check_moves(actor)
    for left in reversed(range(TRIES)):
        try:
            with store.transaction() as tx:
                case = tx.one(models.cases.select().where(models.cases.c.id == case_id))
                return _move(tx, actor, case, procedures.deployed(tx, to_id), reason)
        except errors.CaseChanged:
            if not left:
                raise
    raise errors.CaseChanged


def _move(tx: Transaction, actor: Actor, case: Row, to: procedures.Deployed, reason: str) -> Judged:
    if case["status"] == "ended":
        raise errors.CaseEnded(f"案件{case['number']}")
    if case["procedure_key"] != to.key:
        raise errors.NotExpected(f"案件{case['number']}不是按“{to.key}”办理的")
    deployed = procedures.deployed(tx, case["procedure_id"])
    run = _resume(tx, case, deployed)
    verdict = _verdict(tx, case, deployed, to, run)
    judged = Judged(
        case["id"], case["number"], case["status"], deployed.version,
        verdict.reasons, verdict.notes,
    )  # fmt: skip
    if judged.moves and deployed.id != to.id:
        handling = Handling(tx, dict(case), actor, to, run)  # knows what waited before
        handling.run = engine.move(run, to.procedure, _limits(to))
        _note(handling, deployed, reason, judged.notes)
        _write(handling, deployed)
    return judged


def _note(
    handling: Handling, was: procedures.Deployed, reason: str, notes: Sequence[Remark]
) -> None:
    to = handling.deployed
    handling.note(
        "case_moved",
        before={"procedure_id": was.id, "version": was.version, "hash": was.hash},
        after={
            "procedure_id": to.id,
            "version": to.version,
            "hash": to.hash,
            "said": f"由第{was.version}版转到第{to.version}版",
            "reason": reason,
            "notes": [str(one) for one in notes],
        },
    )


def _write(handling: Handling, was: procedures.Deployed) -> None:
    tx, case, to = handling.tx, handling.case, handling.deployed
    c, t = models.cases, models.tasks
    first = c.update().where(c.c.id == case["id"], c.c.version == case["version"])
    if not tx.run(first.values(procedure_id=to.id)):
        raise errors.CaseChanged
    for task in _tasks(tx, case, was, to):
        if task.values:
            tx.run(t.update().where(t.c.id == task.id).values(**task.values))
    if was.ladder != to.ladder:
        _place_on_ladder(tx, case["id"], to)
    handling.save()


def _resume(tx: Transaction, case: Row, deployed: procedures.Deployed) -> engine.Run:
    return engine.resume(
        deployed.procedure, case["state"], case["facts"], tx.now, _limits(deployed)
    )


def _limits(deployed: procedures.Deployed) -> engine.LimitFn:
    def limit(limit_id: str, start: datetime) -> deadlines.Deadline:
        return clocks.compute(deployed, limit_id, start)

    return limit


def _verdict(
    tx: Transaction, case: Row, was: procedures.Deployed, to: procedures.Deployed, run: engine.Run
) -> engine.Verdict:
    """The engine's verdict, with what only the case's rows know."""
    if was.id == to.id:
        return engine.Verdict((), ())
    had, has = (procedures.supplies(one, services.TOPICS) for one in (was, to))
    verdict = engine.judge(run, to.procedure, had, has)
    reasons = (*verdict.reasons, *_lost_messages(tx, case, to))
    if reasons:
        return engine.Verdict(reasons, ())
    said = (note for task in _tasks(tx, case, was, to) for note in task.notes)
    return engine.Verdict((), (*verdict.notes, *said))


def _lost_messages(tx: Transaction, case: Row, to: procedures.Deployed) -> Iterator[Remark]:
    """What reached the office and waits for its step must not lose it."""
    m = models.case_messages
    kept = tx.all(
        m.select()
        .with_only_columns(m.c.message)
        .where(m.c.case_id == case["id"], m.c.status == "pending")
        .order_by(m.c.id)
    )
    for message in dict.fromkeys(row["message"] for row in kept):
        if message not in to.procedure.messages:
            yield Remark(message, "", "已登记、尚未转入程序的来件，新版本不再受理")


def _tasks(
    tx: Transaction, case: Mapping[str, Any], was: procedures.Deployed, to: procedures.Deployed
) -> Iterator[_Task]:
    """The open tasks as they become; drafts and due dates are never touched."""
    t, d = models.tasks, models.departments
    rows = tx.all(
        t.join(d, t.c.department_id == d.c.id)
        .select()
        .with_only_columns(*t.c, d.c.path.label("department_path"))
        .where(t.c.case_id == case["id"], t.c.status == "open")
        .order_by(t.c.id)
    )
    for row in rows:
        element = to.procedure.elements[row["element"]]
        now = {
            "name": element.name,
            "role": element.lane or "",
            "form": element.form,
            "candidates": writing.candidates(element),
        }
        values: dict[str, Any] = {name: value for name, value in now.items() if row[name] != value}
        notes = list(_draft_notes(row, was, to, element))
        if row["assignee_id"] and values.keys() & {"role", "candidates"}:
            refusal = _claim_refused(tx, {**row, **values})
            if refusal:
                values |= {"assignee_id": None, "claimed_at": None}
                text = f"签收人不能再办（{refusal}），任务退回本组，草稿保留"
                notes.append(Remark(element.id, element.name, text))
        yield _Task(row["id"], values, tuple(notes))


def _claim_refused(tx: Transaction, task: Mapping[str, Any]) -> str:
    """Why whoever has claimed the task may not have it as it becomes; '' where they may."""
    p = models.people
    person = tx.one(p.select().where(p.c.id == task["assignee_id"]))
    try:
        actor = people.find_actor(tx, person["login"], task["department_id"], task["role"])
        access.check_may_take(actor, task_facts(tx, task))
    except errors.Refusal as refusal:
        return refusal.message
    return ""


def _draft_notes(
    row: Row, was: procedures.Deployed, to: procedures.Deployed, element: engine.Element
) -> Iterator[Remark]:
    """What was typed into fields that are no more, or are of another kind."""
    draft: dict[str, Any] = row["draft"] or {}
    old = was.forms.get(row["form"] or "")
    new = to.forms.get(element.form or "")
    if not draft or old is None or old == new:
        return
    labels = {one.key: one.label for one in forms.fields(old)}
    before, after = forms.types(old), forms.types(new) if new else {}
    for key in sorted(before.keys() & draft.keys()):
        if draft[key] in (None, "", [], {}):
            continue
        if key not in after:
            text = f"草稿中的“{labels.get(key) or key}”在新表单中没有这一栏"
            yield Remark(element.id, element.name, text)
        elif after[key] != before[key]:
            text = f"草稿中的“{labels.get(key) or key}”在新表单中填法变了，请核对"
            yield Remark(element.id, element.name, text)


def _place_on_ladder(tx: Transaction, case_id: int, to: procedures.Deployed) -> None:
    """Running limits climb the new version's ladder from where they are; no step comes twice."""
    d = models.deadlines
    running = tx.all(
        d.select().where(
            d.c.case_id == case_id, d.c.status == "running", d.c.escalate_at.is_not(None)
        )
    )
    for row in running:
        placed = deadlines.ladder(to.ladder, row["due_at"], procedures.calendar())
        following = next((at for at, _ in placed if at >= row["escalate_at"]), None)
        if following != row["escalate_at"]:
            tx.run(d.update().where(d.c.id == row["id"]).values(escalate_at=following))
