"""How each kind of element moves tokens: task specifications on SpiffWorkflow's token tree.

SpiffWorkflow keeps the tree of tokens, their states and sub-workflows. These classes replace what
it predicts, drops or mis-runs: tokens are made when a flow is taken (nothing is predicted), joins
count tokens per flow, boundary events are siblings of their activity and may fire again.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false
# pyright: reportMissingTypeStubs=false, reportUnknownLambdaType=false
# pyright: reportMissingParameterType=false, reportPrivateUsage=false
# pyright: reportIncompatibleMethodOverride=false
# ruff: noqa: SLF001, ARG002

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from workflows import errors
from workflows.engine.reading import Element, Flow

if TYPE_CHECKING:
    from workflows.engine.run import Run

LIVE = TaskState.FUTURE | TaskState.WAITING | TaskState.READY | TaskState.STARTED


class ProcessSpec(BpmnProcessSpec):
    """The token net of one process or one embedded sub-process."""

    def __init__(self, name: str, process: str, container: str | None) -> None:
        super().__init__(name=name)
        self.task_specs.clear()  # Start is kept as `start`; its like would take drawn ids
        self.process = process
        self.container = container
        """The embedded sub-process this is the inside of, or None."""
        self.entries: dict[str, str] = {}
        """Element id → name of the specification at which a token enters it."""
        self.incoming: dict[str, tuple[str, ...]] = {}
        """Gateway id → ids of its incoming flows."""
        self.upstream: dict[str, dict[str, frozenset[str]]] = {}
        """Inclusive gateway id → incoming flow id → elements a token can come from."""
        self.inclusive: list[Any] = []
        """The specifications of its inclusive gateways."""
        self.watches: dict[str, Watch] = {}
        """Event sub-process id → the specification of its start event, in drawn order."""


def running(task: Any) -> "Run":
    """The Run a token belongs to."""
    return task.workflow.top_workflow.run


def live(workflow: Any) -> list[Any]:
    """The tokens of a workflow that have not finished, oldest first."""
    return [task for task in workflow.tasks.values() if task._state & LIVE]


def is_over(workflow: Any) -> bool:
    """Whether no token is left that anything still depends on: event sub-processes only wait.

    The newest tokens are looked at first, for they mostly live.
    """
    return not any(
        task.has_state(LIVE) and not is_watching(task) for task in reversed(workflow.tasks.values())
    )


def is_watching(task: Any) -> bool:
    """Whether a token is an event sub-process's start event that waits."""
    return isinstance(task.task_spec, Watch) and task.state == TaskState.WAITING


def is_taken_over(workflow: Any) -> bool:
    """Whether an event sub-process has interrupted all else and runs in its place."""
    return any(has_taken_over(task) for task in live(workflow))


def has_taken_over(task: Any) -> bool:
    """Whether a token is an event sub-process that has interrupted what holds it."""
    spec = task.task_spec
    watch = spec.net.watches.get(spec.name) if isinstance(spec, Place) else None
    return watch is not None and watch.element.interrupting


def clear(workflow: Any) -> None:
    """Cancel every live token of a workflow with everything that runs inside it."""
    for task in live(workflow):
        if task.has_state(LIVE):
            withdraw(task)


def withdraw(task: Any) -> None:
    """Cancel a live token with everything that runs inside it."""
    inner = task.workflow.top_workflow.subprocesses.get(task.id)
    if inner is not None:
        running(task).close(task, inner)
        clear(inner)
    for child in task.children:
        if child.has_state(LIVE):
            withdraw(child)
    task.cancel()


class Place(BpmnSpecMixin):
    """A flow node: what a token does on entering and by which flows it leaves."""

    def __init__(
        self, net: ProcessSpec, name: str, element: Element, *, many: bool = False
    ) -> None:
        super().__init__(net, name)
        self.net = net
        self.element = element
        self.many = many
        """One instance of a multi-instance activity."""

    def _predict(
        self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0
    ) -> None:
        """Nothing is predicted: a token exists when its flow has been taken."""

    def test(self) -> None:
        """The profile has checked the net."""

    def _update_hook(self, my_task: Any) -> bool:
        running(my_task).entered(my_task)
        return True

    def _on_ready_hook(self, my_task: Any) -> None:
        if not self.manual:
            running(my_task).queue.append(my_task)

    def leaving(self, my_task: Any) -> Iterable[Flow]:
        """The flows the finished token leaves by."""
        return () if self.many else self.element.flows

    def _on_complete_hook(self, my_task: Any) -> None:
        running(my_task).left(my_task)
        if self.many:
            my_task.parent.task_spec.one_done(my_task.parent)
            return
        _disarm(my_task)
        self._leave(my_task)

    def _leave(self, my_task: Any) -> None:
        for flow in self.leaving(my_task):
            running(my_task).flowed(my_task, flow)
            target = self.net.task_specs[self.net.entries[flow.target]]
            my_task._add_child(target, TaskState.FUTURE).internal_data["via"] = flow.id

    def _on_cancel(self, my_task: Any) -> None:
        running(my_task).cancelled(my_task)


def _disarm(member: Any) -> None:
    """An activity is done, or interrupted by one of its events: the others of its family end.

    A boundary event that has fired lives on.
    """
    if member.parent is None or not isinstance(member.parent.task_spec, Split):
        return
    for sibling in member.parent.children:
        if sibling is member:
            continue
        if isinstance(sibling.task_spec, Boundary):
            if sibling.state == TaskState.WAITING:
                sibling.cancel()
        elif sibling.has_state(LIVE):
            withdraw(sibling)


class Human(Place):
    """A task for a person: opens and waits for answers."""

    def __init__(
        self, net: ProcessSpec, name: str, element: Element, *, many: bool = False
    ) -> None:
        super().__init__(net, name, element, many=many)
        self.manual = True

    def _update_hook(self, my_task: Any) -> bool:
        running(my_task).open(my_task)
        return super()._update_hook(my_task)


class Service(Place):
    """An external step: started, and done when the worker says so."""

    def _update_hook(self, my_task: Any) -> bool:
        running(my_task).open(my_task)
        super()._update_hook(my_task)
        my_task._set_state(TaskState.STARTED)
        return False


class Rule(Place):
    """A business rule task: the decision's outputs become facts."""

    def _update_hook(self, my_task: Any) -> bool:
        running(my_task).open(my_task)
        return super()._update_hook(my_task)

    def _run_hook(self, my_task: Any) -> bool:
        running(my_task).decide(my_task)
        return True


class Throw(Place):
    """An intermediate throw event: a message for the outside, or nothing."""

    def _run_hook(self, my_task: Any) -> bool:
        if self.element.event == "message":
            running(my_task).throw(my_task)
        return True


class End(Throw):
    """An end event: none, message, terminate, error."""

    def _on_complete_hook(self, my_task: Any) -> None:
        super()._on_complete_hook(my_task)
        running(my_task).reached_end(my_task)
        if self.element.event == "terminate":
            clear(my_task.workflow)
        if self.element.event == "error":
            _raise_error(my_task, self.element.error_code)


def _raise_error(my_task: Any, code: str | None) -> None:
    """Hand an error to the nearest boundary event that catches it, cancelling its activity."""
    workflow = my_task.workflow
    while workflow.host is not None:
        host = workflow.host
        holder = host.parent if host.task_spec.many else host
        if holder.parent is not None and isinstance(holder.parent.task_spec, Split):
            for sibling in holder.parent.children:
                caught = sibling.task_spec.element
                if (
                    isinstance(sibling.task_spec, Boundary)
                    and sibling.state == TaskState.WAITING
                    and caught.event == "error"
                    and caught.error_code in (None, code)
                ):
                    sibling.task_spec.fire(sibling)
                    return
        workflow = host.workflow
    raise errors.EngineFault(f"错误“{code}”没有边界事件接住")


class EventGateway(Place):
    """Lets the catch events behind it race; the first that fires wins."""


class Catch(Place):
    """Waits for a message or an instant."""

    def _update_hook(self, my_task: Any) -> bool:
        running(my_task).entered(my_task)
        my_task._set_state(TaskState.WAITING)
        running(my_task).arm(my_task)
        return False

    def fire(self, my_task: Any) -> None:
        """The event has come: go on, and end the race where there is one."""
        running(my_task).fired(my_task)
        if my_task.parent is not None and isinstance(my_task.parent.task_spec, EventGateway):
            for rival in my_task.parent.children:
                if rival is not my_task and rival.state == TaskState.WAITING:
                    rival.cancel()
        my_task._ready()


class Boundary(Catch):
    """An event on the edge of an activity; a sibling of it below the same Split."""

    def _update_hook(self, my_task: Any) -> bool:
        my_task._set_state(TaskState.WAITING)
        running(my_task).arm(my_task)
        return False

    def fire(self, my_task: Any) -> None:
        """Cancel the activity, or leave it and, for a message, wait for the next one as well."""
        running(my_task).fired(my_task)
        if self.element.interrupting:
            _disarm(my_task)
        elif self.element.event == "message":
            again = my_task.parent._add_child(self, TaskState.WAITING)
            again.internal_data["n"] = my_task.internal_data["n"]
        my_task._ready()

    def _on_complete_hook(self, my_task: Any) -> None:
        running(my_task).left(my_task)
        self._leave(my_task)

    def _on_cancel(self, my_task: Any) -> None:
        """A boundary event that can no longer fire leaves no trace."""


class Watch(Catch):
    """The start event of an event sub-process: waits as long as what holds it runs."""

    def __init__(self, net: ProcessSpec, name: str, element: Element, inside: str) -> None:
        super().__init__(net, name, element)
        self.inside = inside
        """The event sub-process that begins when it fires."""

    def _update_hook(self, my_task: Any) -> bool:
        my_task._set_state(TaskState.WAITING)
        running(my_task).arm(my_task)
        return False

    def fire(self, my_task: Any) -> None:
        """Withdraw all else, or leave it and, for a message, wait for the next one as well."""
        running(my_task).fired(my_task)
        if self.element.interrupting:
            for task in live(my_task.workflow):
                if task is not my_task and task.has_state(LIVE):
                    withdraw(task)
        elif self.element.event == "message":
            again = my_task.parent._add_child(self, TaskState.WAITING)
            again.internal_data["n"] = my_task.internal_data["n"]
        my_task._ready()

    def _on_complete_hook(self, my_task: Any) -> None:
        my_task._add_child(self.net.task_specs[self.inside], TaskState.FUTURE)

    def _on_cancel(self, my_task: Any) -> None:
        """A start event that can no longer fire leaves no trace."""


def begin_to_watch(workflow: Any, watch: Watch) -> None:
    """Arm an event sub-process that was not there when the workflow began."""
    watch._update(workflow.task_tree._add_child(watch, TaskState.FUTURE))


class Split(Place):
    """Not drawn: where a token becomes an activity and the boundary events that watch it."""

    def _update_hook(self, my_task: Any) -> bool:
        return True

    def _on_complete_hook(self, my_task: Any) -> None:
        for name in self._outputs:
            my_task._add_child(self.net.task_specs[name], TaskState.FUTURE)


class Nested(Place):
    """A call activity or an embedded sub-process: done when the process inside is done."""

    def __init__(
        self, net: ProcessSpec, name: str, element: Element, inner: str, *, many: bool = False
    ) -> None:
        super().__init__(net, name, element, many=many)
        self.inner = inner

    def _update_hook(self, my_task: Any) -> bool:
        running(my_task).open(my_task)
        super()._update_hook(my_task)
        my_task._set_state(TaskState.STARTED)
        running(my_task).descend(my_task, self.inner)
        return False
