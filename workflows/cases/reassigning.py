"""改派: a supervisor moves tasks to another person; four eyes survive it."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflows import access, errors, models, people
from workflows.access import Actor
from workflows.cases import opening, tasks
from workflows.store import Row, Store, Transaction


@dataclass(frozen=True)
class Preview:
    """One task and why it cannot be moved; `refusal` is empty where it can."""

    task: Row
    refusal: str


def preview_reassign(
    store: Store, actor: Actor, task_ids: Sequence[int], to_login: str
) -> list[Preview]:
    """What would happen; raises NotAllowed, and NotFound for a task the actor may not see."""
    access.check_role(actor, access.REASSIGNS, "改派任务")
    with store.reading() as tx:
        return [_preview(tx, actor, task_id, to_login) for task_id in dict.fromkeys(task_ids)]


def reassign_tasks(
    store: Store, actor: Actor, task_ids: Sequence[int], to_login: str, reason: str
) -> list[Preview]:
    """Move every task that may be moved, with the reason in each case's history.

    Returns those that could not be moved and why. Drafts go along. Raises AnswersRefused without a
    reason, NotAllowed.
    """
    if len(reason.strip()) < 2:
        raise errors.AnswersRefused({"reason": "请填写改派理由，理由将载入案件历史"})
    refused: list[Preview] = []
    for preview in preview_reassign(store, actor, task_ids, to_login):
        if preview.refusal:
            refused.append(preview)
            continue
        with store.transaction() as tx:
            again = _preview(tx, actor, preview.task["id"], to_login)
            if again.refusal:
                refused.append(again)
            else:
                _move(tx, actor, again.task, to_login, reason.strip())
    return refused


def _preview(tx: Transaction, actor: Actor, task_id: int, to_login: str) -> Preview:
    t, c, d = models.tasks, models.cases, models.departments
    task = tx.one(
        t.join(d, t.c.department_id == d.c.id)
        .join(c, t.c.case_id == c.c.id)
        .select()
        .with_only_columns(*t.c, d.c.path.label("department_path"), c.c.status.label("case_status"))
        .where(t.c.id == task_id)
    )
    access.check_sees(actor, task["department_id"], task["department_path"])
    try:
        if task["status"] != "open":
            raise errors.TaskGone(task["name"])
        if task["case_status"] == "suspended":
            raise errors.CaseSuspended
        target = people.find_actor(tx, to_login, task["department_id"], task["role"])
        if task["assignee_id"] == target.person_id:
            raise errors.NotExpected("该任务已由此人办理")
        access.check_may_take(target, tasks.task_facts(tx, task))
    except errors.Refusal as refusal:
        return Preview(task, refusal.message)
    return Preview(task, "")


def _move(tx: Transaction, actor: Actor, task: Row, to_login: str, reason: str) -> None:
    target = people.find_actor(tx, to_login, task["department_id"], task["role"])
    case = tx.one(models.cases.select().where(models.cases.c.id == task["case_id"]))
    handling = opening.take_up(tx, case, actor)
    handling.note(
        "task_reassigned",
        task["element"],
        before={"assignee": task["assignee_id"]},
        after={"assignee": target.person_id, "name": target.name, "reason": reason},
    )
    t = models.tasks
    moved = tx.run(
        t.update()
        .where(t.c.id == task["id"], t.c.status == "open")
        .values(assignee_id=target.person_id, claimed_at=tx.now)
    )
    if not moved:
        raise errors.CaseChanged
    handling.save()
