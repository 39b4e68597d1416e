"""What a moving token does to a case: facts read and written, times computed, steps recorded."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from workflows import errors, workdays
from workflows.deadlines import Deadline
from workflows.engine import dmn, feel, kinds, repeating, results, specs, timing, tree
from workflows.engine.procedure import Procedure
from workflows.engine.reading import Element, Flow, Passing

MAX_DEPTH = 50
Facts = dict[str, Any]


@dataclass(frozen=True)
class Thrown:
    """A message the diagram sent out in this run."""

    message: str
    scope: str
    values: Facts


@dataclass(frozen=True)
class Step:
    """One thing that happened in this run.

    `kind`: entered, left, cancelled, flow, fired, decided, called, returned. `detail["task"]` is
    the token's id; a flow's detail has `flow`, a decision's `decision`, `rules`, `outputs`.
    """

    kind: str
    element: Element
    scope: str
    detail: Facts = field(default_factory=dict[str, Any])


class Moving:
    """The part of a Run that the task specifications call."""

    def __init__(
        self, procedure: Procedure, facts: dict[str, Facts], now: datetime, limit: timing.LimitFn
    ) -> None:
        self.procedure = procedure
        self.facts = facts
        """Scope id → facts: '' for the top process, and one for each called process that runs."""
        self.now = now
        self.limit = limit
        self.thrown: list[Thrown] = []
        self.trail: list[Step] = []
        self.ended: str | None = None
        """Id of the end event through which the top process ended."""
        self.last_end: str | None = None
        self.number = 0
        """Of the event armed last: the order in which events began to wait."""
        self.history: dict[str, dict[str, str]] = {}
        self.deadlines: dict[tuple[str, str], Deadline] = {}
        self.queue: deque[Any] = deque()
        self.workflow: Any = None

    # Recording

    def entered(self, task: Any) -> None:
        """A token has come to an element."""
        self._record("entered", task)

    def left(self, task: Any) -> None:
        """A token is done with an element."""
        self._record("left", task)
        self._mark(task.task_spec.element.process, task.task_spec.element.id, "done")

    def cancelled(self, task: Any) -> None:
        """A token was taken away."""
        self._record("cancelled", task)
        self._mark(task.task_spec.element.process, task.task_spec.element.id, "cancelled")

    def flowed(self, task: Any, flow: Flow) -> None:
        """A token has taken a sequence flow."""
        self._record("flow", task, flow=flow.id, target=flow.target)
        self._mark(task.task_spec.element.process, flow.id, "done")

    def fired(self, task: Any) -> None:
        """A message has come or an instant has passed."""
        self._record("fired", task, due=task.internal_data.get("due"))

    def reached_end(self, task: Any) -> None:
        """An end event is done; the top process's last one is how the case ended.

        That of an event sub-process that has interrupted the top process is one of its own.
        """
        workflow = task.workflow
        while workflow.host is not None and specs.has_taken_over(workflow.host):
            workflow = workflow.host.workflow
        if workflow is self.workflow:
            self.last_end = task.task_spec.element.id

    def _record(self, kind: str, task: Any, **detail: Any) -> None:
        if isinstance(task.task_spec, specs.Split):
            return
        detail["task"] = task.id.hex
        self.trail.append(Step(kind, task.task_spec.element, task.workflow.scope, detail))

    def _mark(self, process: str, key: str, mark: str) -> None:
        self.history.setdefault(process, {})[key] = mark

    # Facts and expressions

    def locals(self, task: Any) -> Facts:
        """Loop variables and evaluated inputParameters the token sees, the nearest first."""
        chain = [task]
        while chain[-1].workflow.host is not None and chain[-1].workflow.spec.container:
            chain.append(chain[-1].workflow.host)
        found: Facts = {}
        for one in reversed(chain):
            found.update(one.internal_data.get("locals", {}))
        return found

    def evaluate(
        self, task: Any, texts: Sequence[str], extra: Mapping[str, Any] | None = None
    ) -> list[Any]:
        """The values of FEEL texts where the token is. Errors: Expression…."""
        return feel.evaluate_many(texts, *self._sight(task, extra))

    def first_true(self, task: Any, texts: Sequence[str]) -> int | None:
        """The index of the first condition that holds. Errors: Expression…."""
        return feel.first_true(texts, *self._sight(task)) if texts else None

    def conditions(self, task: Any, texts: Sequence[str]) -> list[bool]:
        """Whether each condition holds. Errors: Expression…."""
        return feel.conditions(texts, *self._sight(task))

    def _sight(
        self, task: Any, extra: Mapping[str, Any] | None = None
    ) -> tuple[Facts, dict[str, str]]:
        """What expressions see at a token: its scope's facts, its locals, today and now."""
        seen = {**self.locals(task), **(extra or {})}
        types = {
            **dict.fromkeys(seen, "any"),
            **self.procedure.types.get(task.workflow.spec.process, {}),
            **self.procedure.locals.get(task.task_spec.element.id, {}),
        }
        return self._dressed(self.facts[task.workflow.scope], seen, types)

    def _dressed(
        self, facts: Facts, seen: Mapping[str, Any], types: Mapping[str, str]
    ) -> tuple[Facts, dict[str, str]]:
        local = self.now.astimezone(workdays.OFFICE)
        clock = {"today": local.date().isoformat(), "now": local.isoformat()}
        return {**facts, **seen, **clock}, {**types, **kinds.CLOCK}

    def value(self, text: str, facts: Facts, seen: Facts, process: str) -> Any:
        """What a text is worth over these facts: `${…}` is evaluated, bare text is itself."""
        if not kinds.is_expression(text):
            return text
        types = {**dict.fromkeys(seen, "any"), **self.procedure.types.get(process, {})}
        return feel.evaluate(text, *self._dressed(facts, seen, types))

    def _values(self, task: Any, texts: Mapping[str, str], extra: Facts | None = None) -> Facts:
        """Parameters by name: `${…}` is evaluated, all in one go, and bare text is itself."""
        asked = {name: text for name, text in texts.items() if kinds.is_expression(text)}
        answers = self.evaluate(task, list(asked.values()), extra) if asked else []
        return {**texts, **dict(zip(asked, answers, strict=True))}

    def absorb(self, task: Any, answers: Facts) -> None:
        """Answers become facts of the scope, through outputParameters where there are any."""
        outputs = task.task_spec.element.outputs
        values = self._values(task, outputs, answers) if outputs else answers
        self.facts[task.workflow.scope].update(values)

    # Called by the task specifications

    def open(self, task: Any) -> None:
        """An activity begins: its inputs become locals, its due dates are fixed."""
        element: Element = task.task_spec.element
        data = task.internal_data
        if element.inputs:
            data["inputs"] = self._values(task, element.inputs)
            data["locals"] = {**data.get("locals", {}), **data["inputs"]}
        if element.due_date:
            self._time(task, "due", element.due_date)
        if element.follow_up_date:
            self._time(task, "follow_up", element.follow_up_date)

    def arm(self, task: Any) -> None:
        """An event begins to wait; a timer's instant is fixed now."""
        self.number += 1
        task.internal_data["n"] = self.number
        element: Element = task.task_spec.element
        if element.event == "timer":
            self._time(task, "due", element.timer or "")

    def _time(self, task: Any, which: str, text: str) -> None:
        element: Element = task.task_spec.element
        facts = {**self.facts[task.workflow.scope], **self.locals(task)}
        try:
            due_at, deadline = timing.compute(text, facts, self.now, self.limit)
        except errors.TimeUnknown as error:
            raise errors.TimeUnknown(f"环节“{element.name or element.id}”{error.detail}") from error
        task.internal_data[which] = due_at.isoformat()
        if deadline is not None:
            self.deadlines[task.id.hex, which] = deadline

    def decide(self, task: Any) -> None:
        """A business rule task: outputs become facts, the rules that hit are recorded."""
        element: Element = task.task_spec.element
        decision = self.procedure.decisions[element.decision or ""]
        facts, types = self._sight(task)
        decided = dmn.decide(decision, facts, types)
        values = results.result_facts(element, decision, decided)
        self.absorb(task, values)
        self._record(
            "decided", task, decision=element.decision, rules=decided.rules,
            outputs=values, annotations=decided.annotations,
        )  # fmt: skip

    def throw(self, task: Any) -> None:
        """A throw or end event sends its message, with its inputs as values."""
        element: Element = task.task_spec.element
        values = self._values(task, element.inputs)
        self.thrown.append(Thrown(element.message or "", task.workflow.scope, values))

    def items(self, task: Any) -> list[Any]:
        """What a multi-instance activity runs over. Errors: ExpressionFailed."""
        loop = task.task_spec.element.loop
        text = loop.collection or loop.cardinality or ""
        value = self.evaluate(task, [text])[0]
        name = task.task_spec.element.name or task.task_spec.element.id
        if loop.collection:
            if not isinstance(value, list):
                raise errors.ExpressionFailed(f"多实例“{name}”的集合“{text}”不是列表")
            return value
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise errors.ExpressionFailed(f"多实例“{name}”的次数“{text}”不是非负整数")
        return list(range(min(value, repeating.MAX_INSTANCES + 1)))

    def enough(self, task: Any) -> bool:
        """Whether a multi-instance's completionCondition holds."""
        until = task.task_spec.element.loop.until
        if not until:
            return False
        done, total = task.internal_data["done"], task.internal_data["total"]
        active = sum(1 for child in task.children if child.has_state(specs.LIVE))
        counts = {
            "nrOfInstances": total, "nrOfCompletedInstances": done, "nrOfActiveInstances": active
        }  # fmt: skip
        return self.evaluate(task, [until], counts)[0] is True

    def descend(self, task: Any, inner: str) -> None:
        """Start the process inside a call activity or embedded sub-process."""
        if task.workflow.depth >= MAX_DEPTH:
            raise errors.EndlessLoop(f"子流程嵌套超过{MAX_DEPTH}层")
        net = self.procedure.nets[inner]
        if not net.container:
            self.facts[task.id.hex] = self._passed(task, task.task_spec.element.passed_in)
            self._record("called", task, process=net.process, scope=task.id.hex)
        tree.InnerWorkflow(task, net).task_tree.run()

    def _passed(self, task: Any, passings: Sequence[Passing]) -> Facts:
        """What camunda:in carries into a call: facts, and locals where they are named."""
        facts = self.facts[task.workflow.scope]
        seen = {**facts, **self.locals(task)}
        return _pick(passings, facts, seen, partial(self.evaluate, task))

    def close(self, host: Any, inner: Any) -> None:
        """The process inside an activity is over: its scope goes with it."""
        inner.completed = True
        del self.workflow.subprocesses[host.id]
        if not inner.spec.container:
            self.facts.pop(host.id.hex, None)

    def moved(self, task: Any) -> None:
        """A token is done: wake the gateways that wait for others, or end the process."""
        workflow = task.workflow
        if workflow.completed:
            return
        for gateway in workflow.spec.inclusive:
            gateway.gather(workflow)
        if not specs.is_over(workflow):
            return
        specs.clear(workflow)  # event sub-processes that nothing has triggered
        workflow.completed = True
        if workflow.host is None:
            self.ended = self.last_end or task.task_spec.element.id
        else:
            self._returned(workflow.host, workflow)

    def _returned(self, host: Any, inner: Any) -> None:
        if not inner.spec.container:
            facts = self.facts[inner.scope]
            sight = self._dressed(facts, {}, self.procedure.types.get(inner.spec.process, {}))
            ask = partial(feel.evaluate_many, facts=sight[0], types=sight[1])
            passed = _pick(host.task_spec.element.passed_out, facts, facts, ask)
            self.facts[host.workflow.scope].update(passed)
            self._record("returned", host, process=inner.spec.process, facts=passed)
        self.close(host, inner)
        host._ready()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _pick(
    passings: Sequence[Passing], facts: Facts, seen: Facts, ask: Callable[[list[str]], list[Any]]
) -> Facts:
    """What camunda:in or camunda:out carries over, by its names on the far side."""
    picked: Facts = {}
    asked = [one.expression for one in passings if one.expression]
    answers = iter(ask(asked) if asked else ())
    for one in passings:
        if one.all:
            picked.update(facts)
        elif one.target and one.expression:
            picked[one.target] = next(answers)
        elif one.target and one.source:
            picked[one.target] = seen.get(one.source)
    return picked
