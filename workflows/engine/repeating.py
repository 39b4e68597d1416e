"""Multi-instance activities: one token for the whole, one for each instance."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportPrivateUsage=false, reportIncompatibleMethodOverride=false
# ruff: noqa: SLF001

from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows import errors
from workflows.engine.reading import Element
from workflows.engine.specs import LIVE, Place, ProcessSpec, running, withdraw

MAX_INSTANCES = 1_000


class Many(Place):
    """A multi-instance activity: one child per item, all at once or one after the other."""

    def __init__(self, net: ProcessSpec, name: str, element: Element, each: str) -> None:
        super().__init__(net, name, element)
        self.each = each

    def _update_hook(self, my_task: Any) -> bool:
        super()._update_hook(my_task)
        items = running(my_task).items(my_task)
        if len(items) > MAX_INSTANCES:
            raise errors.TooManyInstances(
                f"“{self.element.name or self.element.id}”有{len(items):,}个实例"
            )
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        my_task.internal_data.update(total=len(items), done=0)
        if self.element.loop and self.element.loop.sequential:
            my_task.internal_data["items"] = items
            items = items[:1]
        for number, item in enumerate(items):
            self._start(my_task, number, item)
        return False

    def _start(self, my_task: Any, number: int, item: Any) -> None:
        child = my_task._add_child(self.net.task_specs[self.each], TaskState.FUTURE)
        loop = self.element.loop
        named = {loop.variable: item} if loop and loop.variable else {}
        child.internal_data["locals"] = {**named, "loopCounter": number}
        child.task_spec._update(child)

    def one_done(self, my_task: Any) -> None:
        """Called when an instance is done: start the next, or finish."""
        state = my_task.internal_data
        state["done"] += 1
        if state["done"] == state["total"] or running(my_task).enough(my_task):
            for child in my_task.children:
                if child.has_state(LIVE):
                    withdraw(child)
            my_task._ready()
        elif "items" in state:
            self._start(my_task, state["done"], state["items"][state["done"]])
