"""Gateways that choose a path and gateways that wait for tokens."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportPrivateUsage=false, reportIncompatibleMethodOverride=false
# ruff: noqa: SLF001, ARG002

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows import errors
from workflows.engine.reading import Flow
from workflows.engine.specs import Boundary, Place, live, running


class Exclusive(Place):
    """Takes the first flow whose condition holds, else the default."""

    def leaving(self, my_task: Any) -> Iterable[Flow]:
        """One flow. Errors: NoPathTaken."""
        if len(self.element.flows) == 1 and not self.element.flows[0].condition:
            return self.element.flows
        asked, default = _branches(self)
        at = running(my_task).first_true(my_task, [one.condition or "" for one in asked])
        return [asked[at]] if at is not None else default or _stuck(self)


def _branches(place: Place) -> tuple[list[Flow], list[Flow]]:
    """The flows with a condition to ask, and the default one."""
    flows = place.element.flows
    return [one for one in flows if one.condition and not one.default], [
        one for one in flows if one.default
    ]


def _stuck(place: Place) -> list[Flow]:
    """No condition holds and there is no default flow. Errors: NoPathTaken, always."""
    raise errors.NoPathTaken(f"网关“{place.element.name or place.element.id}”")


class Join(Place):
    """A gateway that waits for tokens on several flows."""

    def _update_hook(self, my_task: Any) -> bool:
        running(my_task).entered(my_task)
        my_task._set_state(TaskState.WAITING)
        self.gather(my_task.workflow)
        return False

    def arrived(self, workflow: Any) -> dict[str, list[Any]]:
        """Incoming flow id → tokens waiting on it, oldest first."""
        found: dict[str, list[Any]] = {}
        for task in workflow.tasks.values():
            if task.task_spec is self and task.state == TaskState.WAITING:
                found.setdefault(task.internal_data["via"], []).append(task)
        return found

    def gather(self, workflow: Any) -> None:
        """Merge one token of each flow into one as long as the gateway is activated."""
        while (found := self.arrived(workflow)) and self.activated(workflow, found):
            first, *others = [tokens[0] for tokens in found.values()]
            for token in others:
                token._set_state(TaskState.COMPLETED)
            first._ready()

    def activated(self, workflow: Any, found: dict[str, list[Any]]) -> bool:
        """Whether enough tokens have come."""
        raise NotImplementedError


class Parallel(Join):
    """One token from each incoming flow, one on each outgoing flow."""

    def activated(self, workflow: Any, found: dict[str, list[Any]]) -> bool:
        """A token waits on every incoming flow."""
        return len(found) == len(self.net.incoming[self.element.id])


class Inclusive(Join):
    """Waits for every token that can still come; leaves by every flow whose condition holds."""

    def activated(self, workflow: Any, found: dict[str, list[Any]]) -> bool:
        """No token elsewhere can reach an empty incoming flow, unless it can reach a filled one."""
        upstream = self.net.upstream[self.element.id]
        filled = {one for flow in found for one in upstream[flow]}
        empty = {
            one
            for flow in self.net.incoming[self.element.id]
            if flow not in found
            for one in upstream[flow]
        }
        return not any(
            task.task_spec.element.id in empty and task.task_spec.element.id not in filled
            for task in live(workflow)
            if isinstance(task.task_spec, Place)
            and task.task_spec is not self
            and not (isinstance(task.task_spec, Boundary) and task.state == TaskState.WAITING)
        )

    def leaving(self, my_task: Any) -> Iterable[Flow]:
        """At least one flow. Errors: NoPathTaken."""
        asked, default = _branches(self)
        if not asked:
            return self.element.flows
        answers = running(my_task).conditions(my_task, [one.condition or "" for one in asked])
        taken = [flow for flow, holds in zip(asked, answers, strict=True) if holds]
        return taken or default or _stuck(self)
