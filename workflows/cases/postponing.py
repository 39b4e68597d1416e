"""改期: a supervisor moves a due date or a running period, with a reason and within the law."""

from datetime import datetime

from workflows import access, errors, models
from workflows.access import Actor
from workflows.cases import clocks, opening, operating, tasks, writing
from workflows.registry import pauses
from workflows.store import Row, Store, Transaction

OFFICE_LIMIT = "办公期限"
"""How the basis of a limit begins that the office has set for itself (limits.yaml)."""


def change_task_due(
    store: Store, actor: Actor, task_id: int, due_at: datetime, reason: str, article: str = ""
) -> None:
    """Move the due date of an open task; its reminders (D18) follow.

    What the office has set itself moves either way. An end that the law has set may come earlier,
    and later only on an `article` that allows it. Raises AnswersRefused (no reason, not in the
    future), LimitFixed, LimitPaused, NotExpected, TaskGone, CaseSuspended.
    """
    access.check_role(actor, access.REASSIGNS, "变更期限")
    said = operating.check_reason(reason)
    with store.transaction() as tx:
        task, case = tasks.read_task_and_case(tx, actor, task_id)
        _check_runs(tx, task)
        if task["due_at"] is None:
            raise errors.NotExpected(f"“{task['name']}”没有期限")
        law = _law(tx, task)
        if law and due_at > task["due_at"] and not article.strip():
            raise errors.LimitFixed("延长须写明准许延长的法律依据", article=law)
        _move(tx, actor, case, task, due_at, article.strip(), said)


def change_timer(
    store: Store, actor: Actor, job_id: int, due_at: datetime, reason: str, article: str = ""
) -> None:
    """Move the instant of a timer that runs.

    A period that the law gives may be made longer and never shorter: it runs for the subject. What
    the office has set itself moves either way. Raises AnswersRefused, LimitFixed, LimitPaused,
    NotExpected, CaseSuspended.
    """
    access.check_role(actor, access.REASSIGNS, "变更期限")
    said = operating.check_reason(reason)
    with store.transaction() as tx:
        job = tx.one(models.jobs.select().where(models.jobs.c.id == job_id))
        if job["case_id"] is None:
            raise errors.NotFound
        case = opening.read_case(tx, actor, job["case_id"])
        _check_runs(tx, job)
        if job["kind"] != "timer" or job["status"] not in {"due", "held"}:
            raise errors.NotExpected("该作业不是正在计时的期限")
        law = _law(tx, job)
        if law and due_at < job["due_at"]:
            raise errors.LimitFixed("当事人的期限只能延长，不能缩短", article=law)
        _move(tx, actor, case, job, due_at, article.strip(), said)


def _limit(tx: Transaction, what: Row) -> Row | None:
    d = models.deadlines
    return tx.first(d.select().where(d.c.case_id == what["case_id"], d.c.token == what["token"]))


def _check_runs(tx: Transaction, what: Row) -> None:
    """The end of a limit that stands still is not known: there is nothing to move."""
    limit = _limit(tx, what)
    if limit and limit["status"] in pauses.STOPPED:
        raise errors.LimitPaused(f"“{limit['name']}”恢复计算以后才能变更", article=limit["basis"])


def _law(tx: Transaction, what: Row) -> str:
    """The law that the end of a task or timer rests on; '' where the office has set it itself."""
    limit = _limit(tx, what)
    basis: str = limit["basis"] if limit else ""
    return "" if basis.startswith(OFFICE_LIMIT) else basis


def _move(
    tx: Transaction, actor: Actor, case: Row, what: Row, due_at: datetime, *said: str
) -> None:
    """`what`: the row of the task or of the timer's job; `said`: article and reason."""
    if due_at <= tx.now:
        raise errors.AnswersRefused({"due_at": "新的期限须晚于现在"})
    article, reason = said
    handling = opening.take_up(tx, case, actor)
    handling.note(
        "due_changed",
        what["element"],
        article=article,
        before={"due_at": what["due_at"].isoformat()},
        after={"due_at": due_at.isoformat(), "reason": reason},
    )
    writing.move_timer(handling, what["token"], due_at, reason)
    clocks.keep_moved(handling, what["token"], due_at)
    handling.proceed()
    handling.save()
