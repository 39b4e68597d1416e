"""One case in motion: what waits, and what a caller may do. Built anew for each command."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from workflows import errors
from workflows.deadlines import Deadline
from workflows.engine import specs, state, timing, tree
from workflows.engine.moving import Facts, Moving
from workflows.engine.procedure import Procedure
from workflows.engine.reading import Element

MAX_STEPS = 10_000


def begin(procedure: Procedure, facts: Facts, now: datetime, limit: timing.LimitFn) -> "Run":
    """A new case at its start event, not yet settled; `facts` are those of the top scope."""
    run = Run(procedure, {"": facts}, now, limit)
    run.workflow = tree.CaseWorkflow(run)
    run.workflow.task_tree.run()
    return run


def resume(
    procedure: Procedure, snapshot: bytes, facts: dict[str, Facts], now: datetime,
    limit: timing.LimitFn,
) -> "Run":  # fmt: skip
    """The case as snapshot left it, with the facts of each scope. Errors: StateUnreadable."""
    run = Run(procedure, facts, now, limit)
    state.unpack(run, snapshot)
    return run


@dataclass(frozen=True)
class OpenTask:
    """A task that waits for a person; `id` is stable over save and restore."""

    id: str
    element: Element
    scope: str
    locals: Facts


@dataclass(frozen=True)
class ServiceCall:
    """A service or send task that has started and waits for `complete`."""

    id: str
    element: Element
    scope: str
    topic: str
    inputs: Facts


@dataclass(frozen=True)
class Timer:
    """A timer event that waits; `deadline` only when it was computed in this run."""

    id: str
    element: Element
    scope: str
    due_at: datetime
    deadline: Deadline | None


@dataclass(frozen=True)
class Catch:
    """A message event or receive task that waits."""

    id: str
    element: Element
    scope: str
    message: str


class Run(Moving):
    """See the module. Whoever gets an error from a method throws the Run away."""

    # What waits

    def tasks(self) -> list[OpenTask]:
        """The tasks open for people, oldest first."""
        return [
            OpenTask(task.id.hex, task.task_spec.element, task.workflow.scope, self.locals(task))
            for task in self._live()
            if isinstance(task.task_spec, specs.Human) and task.state == TaskState.READY
        ]

    def services(self) -> list[ServiceCall]:
        """The external steps started and not yet completed; inputs as evaluated at the start."""
        return [
            ServiceCall(
                task.id.hex, task.task_spec.element, task.workflow.scope,
                task.task_spec.element.topic or "", dict(task.internal_data.get("inputs", {})),
            )
            for task in self._live()
            if isinstance(task.task_spec, specs.Service) and task.state == TaskState.STARTED
        ]  # fmt: skip

    def timers(self) -> list[Timer]:
        """The timers that run, the next one first."""
        found = [
            Timer(
                task.id.hex, task.task_spec.element, task.workflow.scope,
                datetime.fromisoformat(task.internal_data["due"]),
                self.deadlines.get((task.id.hex, "due")),
            )
            for task in self._armed()
            if "due" in task.internal_data
        ]  # fmt: skip
        return sorted(found, key=lambda one: one.due_at)

    def catches(self) -> list[Catch]:
        """The messages that can be received now, the longest waiting first."""
        return [
            Catch(task.id.hex, task.task_spec.element, task.workflow.scope, message)
            for task in self._armed()
            if task.task_spec.element.event == "message"
            and (message := task.task_spec.element.message)
        ]

    def task_due(self, id: str) -> Deadline | datetime | None:  # noqa: A002
        """camunda:dueDate as evaluated when the task opened. Errors: TaskGone."""
        return self._opened(id, "due")

    def task_follow_up(self, id: str) -> Deadline | datetime | None:  # noqa: A002
        """camunda:followUpDate as evaluated when the task opened. Errors: TaskGone."""
        return self._opened(id, "follow_up")

    def text(self, text: str, scope: str, locals_: Facts) -> Any:
        """An attribute's text such as camunda:assignee: `${…}` evaluated, bare text as it is.

        Errors: Expression….
        """
        process = self._process_of(scope)
        return self.value(text, self.facts[scope], locals_, process)

    def marks(self) -> dict[str, dict[str, str]]:
        """Process key → element or flow id → 'active', 'done' or 'cancelled'."""
        marks = {process: dict(known) for process, known in self.history.items()}
        for task in self._live():
            if isinstance(task.task_spec, specs.Place) and not isinstance(
                task.task_spec, specs.Boundary | specs.Split | specs.Watch
            ):
                element = task.task_spec.element
                marks.setdefault(element.process, {})[element.id] = "active"
        return marks

    # What a caller does

    def complete(self, id: str, answers: Facts) -> None:  # noqa: A002
        """A person's or worker's answers become facts and the token goes on. Errors: TaskGone."""
        task = self._find(id)
        open_human = isinstance(task.task_spec, specs.Human) and task.state == TaskState.READY
        started = isinstance(task.task_spec, specs.Service) and task.state == TaskState.STARTED
        if not (open_human or started):
            raise errors.TaskGone
        self.absorb(task, answers)
        task.complete()

    def send(self, message: str, values: Facts, catch: str | None = None) -> str:
        """Hand a message to the waiting catch named, else to the oldest; its id comes back.

        The values become facts of its scope. Errors: NotExpected.
        """
        waiting = [one for one in self.catches() if one.message == message]
        chosen = next((one for one in waiting if catch in (None, one.id)), None)
        if chosen is None:
            raise errors.NotExpected(f"没有环节在等待“{message}”")
        task = self._find(chosen.id)
        self.absorb(task, values)
        task.task_spec.fire(task)
        return chosen.id

    def postpone(self, id: str, due_at: datetime) -> None:  # noqa: A002
        """Move the instant of a timer that runs, or the due date of an open task, to `due_at`.

        It may be moved either way; a timer moved to now or before fires when the case settles next.
        `due_at` is aware. Errors: TaskGone for what neither runs nor is open, or has no due date.
        """
        task = self._find(id)
        waits = task.state == TaskState.WAITING and isinstance(task.task_spec, specs.Catch)
        is_open = task.state == TaskState.READY and isinstance(task.task_spec, specs.Human)
        if not (waits or is_open) or "due" not in task.internal_data:
            raise errors.TaskGone
        task.internal_data["due"] = due_at.isoformat()
        self.deadlines.pop((id, "due"), None)

    def settle(self) -> None:
        """Everything that needs nobody: gateways, decisions, calls, and timers due by now.

        Errors: EndlessLoop after 10,000 steps, CaseStuck where nothing can ever go on, NoPathTaken,
        TimeUnknown, Expression….
        """
        for _ in range(MAX_STEPS):
            if not self._advance():
                return self._check_waits()
        raise errors.EndlessLoop(f"已自动执行{MAX_STEPS:,}步")

    def _check_waits(self) -> None:
        """A case that has not ended waits for a person, a worker, a message or an instant.

        That an event sub-process could still be triggered does not help what is stuck beside it.
        """
        if self.ended is not None or self.tasks() or self.services():
            return
        awaited = [task for task in self._armed() if not specs.is_watching(task)]
        if not awaited:
            stuck = {
                task.task_spec.element.name or task.task_spec.element.id
                for task in self._live()
                if not specs.is_watching(task)
            }
            raise errors.CaseStuck("、".join(sorted(stuck)))

    def snapshot(self) -> bytes:
        """The tokens as bytes, without the facts; `resume` takes them back."""
        return state.pack(self)

    def _advance(self) -> bool:
        if self.queue:
            task = self.queue.popleft()
            if task.state == TaskState.READY:
                try:
                    task.run()
                except SpiffWorkflowException as error:
                    raise errors.EngineFault(str(error)) from error
            return True
        due = [one for one in self.timers() if one.due_at <= self.now]
        if due:
            task = self._find(due[0].id)
            task.task_spec.fire(task)
        return bool(due)

    def _process_of(self, scope: str) -> str:
        nets = (one.spec for one in self._workflows() if one.scope == scope)
        return next(net.process for net in nets if not net.container)

    def _live(self) -> list[Any]:
        return [task for workflow in self._workflows() for task in specs.live(workflow)]

    def _workflows(self) -> Iterator[Any]:
        yield self.workflow
        yield from self.workflow.subprocesses.values()

    def _armed(self) -> list[Any]:
        """The events that wait, the longest waiting first."""
        waiting = [
            task
            for task in self._live()
            if isinstance(task.task_spec, specs.Catch) and task.state == TaskState.WAITING
        ]
        return sorted(waiting, key=lambda task: task.internal_data["n"])

    def _find(self, id: str) -> Any:  # noqa: A002
        try:
            key = UUID(hex=id)
        except ValueError:
            raise errors.TaskGone from None
        for workflow in self._workflows():
            if key in workflow.tasks:
                return workflow.tasks[key]
        raise errors.TaskGone

    def _opened(self, id: str, which: str) -> Deadline | datetime | None:  # noqa: A002
        task = self._find(id)
        known = task.internal_data.get(which)
        if known is None:
            return None
        return self.deadlines.get((id, which)) or datetime.fromisoformat(known)
