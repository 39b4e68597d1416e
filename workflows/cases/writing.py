"""What a command leaves behind: tasks for people, jobs for the machine, limits that run."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows import deadlines, engine, models, procedures
from workflows.registry import notices
from workflows.store import Row

if TYPE_CHECKING:
    from workflows.cases.handling import Handling

Write = tuple[Any, list[dict[str, Any]]]
"""A statement and the values of each time it runs; none where the list is empty."""

_t, _j, _d, _m = models.tasks, models.jobs, models.deadlines, models.case_messages
_of_case, _of_token = models.given("of_case"), models.given("of_token")
_of_tokens = models.given("of_tokens", several=True)
_TASK = _t.update().where(_t.c.case_id == _of_case, _t.c.token == _of_token)
_TASKS = _t.update().where(_t.c.case_id == _of_case, _t.c.token.in_(_of_tokens))
_JOBS = _j.update().where(
    _j.c.case_id == _of_case,
    _j.c.token.in_(_of_tokens),
    _j.c.status.in_(("due", "paused")),
)
_LIMITS = _d.update().where(_d.c.case_id == _of_case, _d.c.token.in_(_of_tokens))
_NEW_TASKS, _NEW_JOBS, _NEW_LIMITS = _t.insert(), _j.insert(), _d.insert()
_PENDING = (
    _m.select()
    .where(
        _m.c.case_id == _of_case,
        _m.c.status == "pending",
        _m.c.message.in_(models.given("waited", several=True)),
    )
    .order_by(_m.c.id)
)
_p = models.departments
_OFFICES = (
    _p.select()
    .with_only_columns(_p.c.id, _p.c.kind, _p.c.path)
    .where((_p.c.id == models.given("of_department")) | (_p.c.kind == models.given("of_kind")))
    .order_by(_p.c.id)
)
_PEOPLE = models.people.select().where(
    models.people.c.login.in_(models.given("logins", several=True)), models.people.c.active
)


def left_by(handling: "Handling") -> list[Write]:
    """All that a command leaves behind beside the case and its events, ready to be written."""
    run, now, case_id = handling.run, handling.tx.now, handling.case["id"]
    tasks, timers, calls = run.tasks(), run.timers(), run.services()
    new_tasks = [task for task in tasks if task.id not in handling.tasks_before]
    new_timers = [timer for timer in timers if timer.id not in handling.jobs_before]
    new_calls = [call for call in calls if call.id not in handling.jobs_before]
    gone_jobs = handling.jobs_before - {one.id for one in (*timers, *calls)}
    over = handling.tasks_before - {task.id for task in tasks}
    cancelled = over - handling.done.keys()
    limited = (gone_jobs | over) - handling.unlimited
    ended = {"status": "ended", "ended_at": now, "escalate_at": None}
    return [
        *_done(handling),
        *_over(_TASKS, case_id, cancelled, {"status": "cancelled", "ended_at": now}),
        (_NEW_TASKS, _tasks(handling, new_tasks)),
        (_NEW_LIMITS, _limits(handling, new_tasks, new_timers)),
        (_NEW_JOBS, _jobs(handling, new_timers, new_calls)),
        *_over(_JOBS, case_id, gone_jobs, {"status": "done", "ended_at": now}),
        *_over(_LIMITS, case_id, limited, ended),
    ]


def _done(handling: "Handling") -> list[Write]:
    """The end of the tasks that somebody has completed; their drafts go."""
    done = {"status": "done", "ended_at": handling.tx.now, "draft": None}
    case_id = handling.case["id"]
    return [
        (_TASK, [{"of_case": case_id, "of_token": token, "completed_by": person, **done}])
        for token, person in handling.done.items()
    ]


def _tasks(handling: "Handling", fresh: Sequence[engine.OpenTask]) -> list[dict[str, Any]]:
    assignees = _find_assignees(handling, fresh)
    return [_task_row(handling, task, handling.run.task_due(task.id), assignees) for task in fresh]


def _limits(
    handling: "Handling", tasks: Sequence[engine.OpenTask], timers: Sequence[engine.Timer]
) -> list[dict[str, Any]]:
    """The limits that run from now on: those of tasks climb the ladder (D18)."""
    return [
        *(
            _deadline_row(handling, task.id, task.element.id, task.scope, limit, escalates=True)
            for task in tasks
            if isinstance(limit := handling.run.task_due(task.id), deadlines.Deadline)
        ),
        *(
            _deadline_row(handling, timer.id, timer.element.id, timer.scope, timer.deadline)
            for timer in timers
            if timer.deadline is not None
        ),
    ]


def _jobs(
    handling: "Handling", timers: Sequence[engine.Timer], calls: Sequence[engine.ServiceCall]
) -> list[dict[str, Any]]:
    """A job for each timer and slow step that began, and for each message now waited for."""
    now, case_id = handling.tx.now, handling.case["id"]
    return [
        *(
            _job_row(case_id, "timer", timer.id, timer.element.id, "", timer.due_at)
            | {"status": "paused" if _stands(handling, timer.deadline) else "due"}
            for timer in timers
        ),
        *(
            _job_row(case_id, "service", call.id, call.element.id, call.topic, now)
            for call in calls
        ),
        *(
            _job_row(case_id, "message", f"{row['id']}@{handling.case['version']}", "", "", now)
            | {"payload": {"message_id": row["id"]}}
            for row in _kept_messages(handling)
        ),
    ]


def _over(
    statement: Any, case_id: int, tokens: Collection[str], values: dict[str, Any]
) -> list[Write]:
    """What ends the rows of these tokens, if there are any."""
    if not tokens:
        return []
    return [(statement, [{"of_case": case_id, "of_tokens": sorted(tokens), **values}])]


def move_timer(handling: "Handling", token: str, due_at: datetime, reason: str) -> None:
    """Move the instant of a timer that runs, or the due date of an open task, to `due_at`.

    `token` is the engine's id (tasks.token, jobs.token). Job, task and limit follow, and the notice
    whose window it is: what is objected before the new end is in time. The limit's explanation ends
    with `reason` where there is one, and its ladder (D18) begins anew with the first step still to
    come. The caller notes the event, lets the case proceed and saves it. Raises TaskGone where
    nothing is due under that token.
    """
    handling.run.postpone(token, due_at)
    tx, case_id = handling.tx, handling.case["id"]
    j, t, d = models.jobs, models.tasks, models.deadlines
    last = [[f"{due_at:%Y-%m-%d}", None, reason]] if reason else []
    tx.run(
        j.update()
        .where(j.c.case_id == case_id, j.c.token == token, j.c.status.in_(("due", "held")))
        .values(due_at=due_at, handed_at=None)
    )
    tx.run(t.update().where(t.c.case_id == case_id, t.c.token == token).values(due_at=due_at))
    running = d.select().where(d.c.case_id == case_id, d.c.token == token, d.c.status == "running")
    for limit in tx.all(running):
        is_task = any(task.id == token for task in handling.run.tasks())
        tx.run(
            d.update()
            .where(d.c.id == limit["id"])
            .values(
                due_at=due_at,
                steps=[*(limit["steps"] or ()), *last],
                **(_ladder_from(handling, due_at) if is_task else {}),
            )
        )
        if limit["family"] == notices.WINDOW:
            notices.extend_window(tx, case_id, due_at)


def _ladder_from(handling: "Handling", due_at: datetime) -> dict[str, Any]:
    """The ladder (D18) of a moved due date: the steps behind count as taken, the next one waits."""
    placed = deadlines.ladder(handling.deployed.ladder, due_at, procedures.calendar())
    behind = sum(at <= handling.tx.now for at, _rung in placed)
    return {
        "escalations": behind,
        "escalate_at": placed[behind][0] if behind < len(placed) else None,
    }


def _kept_messages(handling: "Handling") -> Sequence[Row]:
    """Messages that came before anything waited for them, and for which something does now.

    Each is given by a job of its own, so that one that is refused does not hold up the case.
    """
    names = handling.newly_waited()
    if not names:
        return ()
    return handling.tx.all(_PENDING, of_case=handling.case["id"], waited=sorted(names))


def _job_row(
    case_id: int, kind: str, token: str, element: str, topic: str, due_at: datetime
) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "kind": kind,
        "unique_key": f"{case_id}:{kind}:{token}",
        "token": token,
        "topic": topic,
        "element": element,
        "due_at": due_at,
        "payload": None,
        "status": "due",
    }


def _task_row(
    handling: "Handling",
    task: engine.OpenTask,
    due: deadlines.Deadline | datetime | None,
    assignees: dict[str, int],
) -> dict[str, Any]:
    element = task.element
    limit = due if isinstance(due, deadlines.Deadline) else None
    return {
        "case_id": handling.case["id"],
        "token": task.id,
        "element": element.id,
        "process": element.process,
        "scope": task.scope,
        "name": element.name,
        "role": element.lane or "",
        "form": element.form,
        "procedure_key": handling.case["procedure_key"],
        "department_id": _office(handling, task),
        "status": "open",
        "assignee_id": assignees.get(task.id),
        "candidates": candidates(element),
        "locals": task.locals or None,
        "priority": int(element.priority or 50),
        "limit_id": limit.limit_id if limit else None,
        "due_at": None if _stands(handling, limit) else limit.due_at if limit else due,
        "follow_up_at": _instant(handling.run.task_follow_up(task.id)),
        "created_at": handling.tx.now,
        "claimed_at": handling.tx.now if task.id in assignees else None,
    }


def _office(handling: "Handling", task: engine.OpenTask) -> int:
    """Whose task it is: the case's department, unless the diagram names another (`office`).

    `lead` and `province` are the nearest office of that kind above, or the only one there is; any
    other word is a fact that holds a department's id. Where there is none, the case's department.
    """
    own = handling.case["department_id"]
    wanted = task.element.properties.get("office")
    if not wanted:
        return own
    named = handling.run.facts[task.scope].get(wanted)
    rows = handling.tx.all(_OFFICES, of_department=named or own, of_kind=wanted)
    found = {row["id"] for row in rows}
    if isinstance(named, int) and named in found:
        return named
    here = next(row["path"] for row in rows if row["id"] == own) if own in found else ""
    above = [row for row in rows if row["kind"] == wanted and here.startswith(row["path"])]
    nearest = max(above, key=lambda row: len(row["path"]), default=None)
    only = next((row for row in rows if row["kind"] == wanted), None)
    chosen = nearest or only
    return chosen["id"] if chosen else own


def candidates(element: engine.Element) -> dict[str, list[str]] | None:
    """To whom the diagram narrows a task's lane, and the tasks it must not share a hand with.

    None where it says nothing of either.
    """
    said = {
        "users": list(element.candidate_users),
        "groups": list(element.candidate_groups),
        "four_eyes": element.properties.get("four_eyes", "").replace(",", " ").split(),
    }
    return said if any(said.values()) else None


def _instant(due: deadlines.Deadline | datetime | None) -> datetime | None:
    return due.due_at if isinstance(due, deadlines.Deadline) else due


def _find_assignees(handling: "Handling", tasks: Sequence[engine.OpenTask]) -> dict[str, int]:
    """Token → person, where the diagram names one (camunda:assignee) who exists."""
    named = {
        task.id: str(handling.run.text(task.element.assignee, task.scope, task.locals))
        for task in tasks
        if task.element.assignee
    }
    if not named:
        return {}
    rows = handling.tx.all(_PEOPLE, logins=sorted(set(named.values())))
    ids = {row["login"]: row["id"] for row in rows}
    return {token: ids[login] for token, login in named.items() if login in ids}


def _deadline_row(
    handling: "Handling",
    token: str,
    element: str,
    scope: str,
    limit: deadlines.Deadline,
    *,
    escalates: bool = False,
) -> dict[str, Any]:
    step = first_escalation(handling.deployed, limit.due_at) if escalates else None
    return {
        "case_id": handling.case["id"],
        "token": token,
        "element": element,
        "scope": scope,
        "limit_id": limit.limit_id,
        "family": limit.family,
        "name": limit.name,
        "basis": limit.basis,
        "confidence": limit.confidence,
        "starts_at": limit.start,
        "due_at": limit.due_at,
        "provisional": limit.provisional,
        "limit_version": limit.limit_version,
        "calendar_version": limit.calendar_version,
        "steps": [[str(one.day), one.ordinal, one.reason] for one in limit.steps],
        "escalate_at": step,
        "status": handling.stops.status(limit),
        "pauses": [
            pause["id"]
            for pause in handling.stops.at_start(limit.limit_id, limit.family, limit.start)
        ],
    }


def _stands(handling: "Handling", limit: deadlines.Deadline | None) -> bool:
    """Whether a limit that begins now stands still."""
    return limit is not None and handling.stops.status(limit) != "running"


def first_escalation(deployed: procedures.Deployed, due_at: datetime) -> datetime | None:
    """When the ladder (D18) takes its first step for a limit that ends at `due_at`."""
    found = deadlines.next_step(deployed.ladder, due_at, None, procedures.calendar())
    return found[0] if found else None
