"""运行 as pages: what is listed, what holding would do, and a new end for a limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from flask import url_for

from web import addresses
from web.language import gettext as _
from workflows import access, cases, errors, queries
from workflows.access import Actor
from workflows.queries import operating as asking
from workflows.queries import postponing
from workflows.queries.operating import HeldCase, Job, Procedure
from workflows.queries.postponing import Dated
from workflows.store import Store

OFFICE = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Listed:
    """One page of the list that was asked for; the others are empty."""

    jobs: tuple[Job, ...] = ()
    cases: tuple[HeldCase, ...] = ()
    back: str = ""
    more: str = ""


@dataclass(frozen=True)
class Holding:
    """What is to be held or to go on. `act`: suspend | resume."""

    act: str
    case: HeldCase | None
    procedure: Procedure | None
    back: str

    @property
    def name(self) -> str:
        if self.case:
            return self.case.number
        return self.procedure.name if self.procedure else ""


def listed(store: Store, actor: Actor, show: str, procedure: str, turn: dict[str, str]) -> Listed:
    """The list behind a tab: failed | due | cases; 'procedures' needs no list of its own."""
    if show in {"failed", "due"}:
        found = asking.list_jobs(store, actor, status=show, procedure=procedure, **turn)
        return Listed(jobs=found.rows, back=found.back, more=found.more)
    if show == "cases":
        held = asking.suspended_cases(store, actor, **turn)
        return Listed(cases=held.rows, back=held.back, more=held.more)
    return Listed()


def asked_for(store: Store, actor: Actor, said: Mapping[str, str]) -> Holding:
    """What a form or an address asks for; raises NotFound."""
    act = said.get("act", "")
    if act not in {"suspend", "resume"}:
        raise errors.NotFound
    if number := said.get("case", ""):
        case, _jobs = asking.find_case(store, actor, number)
        return Holding(act, case, None, url_for("operating.case", number=number))
    key = said.get("procedure", "")
    known = [one for one in asking.known_procedures(store, actor) if one.key == key]
    if not known:
        raise errors.NotFound
    return Holding(act, None, known[0], url_for("operating.index", show="procedures"))


def carry_out(store: Store, actor: Actor, asked: Holding, reason: str, at_once: int) -> str:
    """Hold it or let it go on; returns what to say. Raises AnswersRefused and what `cases` does."""
    suspends = asked.act == "suspend"
    if asked.case:
        act = cases.suspend_case if suspends else cases.resume_case
        act(store, actor, asked.case.id, reason)
        return _("案件已暂停。") if suspends else _("案件已恢复，积压的作业立即运行。")
    if asked.procedure is None:
        raise errors.NotFound
    key = asked.procedure.key
    if suspends:
        done = cases.suspend_procedure(store, actor, key, reason, at_most=at_once)
        return _("程序已暂停，不再立案；%(n)s件在办案件随之暂停。", n=done)
    done = cases.resume_procedure(store, actor, key, reason, at_most=at_once)
    return _("程序已恢复；%(n)s件案件随之恢复，积压的作业立即运行。", n=done)


def dated(store: Store, actor: Actor, said: Mapping[str, str]) -> Dated:
    """The task or the running period that a form or an address names; raises NotFound."""
    task = addresses.row_keys([said.get("task", "")])
    job = addresses.row_keys([said.get("job", "")])
    if task:
        return postponing.dated_task(store, actor, task[0])
    if job:
        return postponing.dated_timer(store, actor, job[0])
    raise errors.NotFound


def movable(store: Store, actor: Actor, page: queries.CasePage) -> dict[str, str]:
    """Element of a running limit → where the actor may move it."""
    if actor.role not in access.REASSIGNS or page.head.status != "open":
        return {}
    timers = postponing.timers(store, actor, page.head.id)
    return {
        **{element: url_for("operating.due", job=job) for element, job in timers.items()},
        **{one.element: url_for("operating.due", task=one.id) for one in page.tasks if one.due},
    }


def move(store: Store, actor: Actor, asked: Dated, said: Mapping[str, str]) -> None:
    """Give it the end of the day named (24:00); raises AnswersRefused and what `cases` does."""
    try:
        day = date.fromisoformat(said.get("last_day", ""))
    except ValueError:
        raise errors.AnswersRefused({"due_at": _("请填写日期，例如 2026-03-31")}) from None
    due_at = datetime.combine(day + timedelta(days=1), time(), OFFICE)
    act = cases.change_task_due if asked.task_id else cases.change_timer
    row = asked.task_id or asked.job_id
    act(store, actor, row, due_at, said.get("reason", ""), said.get("article", ""))
