"""Whether a case can go on under another version of its procedure, and taking it there.

A case moves only where nothing that lives in it changes its place or its kind, no prescribed step
would be skipped, and what runs side by side still comes together. What has begun keeps its token,
its instants and its locals; nothing is entered or fired by moving. Event sub-processes that only
wait are the new version's: those it does not have wait no longer, those that are new begin to.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from SpiffWorkflow.util.task import TaskState

from workflows import errors
from workflows.engine import between, feel, paths, specs, timing, wanting
from workflows.engine.between import Between, Live, Remark
from workflows.engine.procedure import Procedure
from workflows.engine.reading import Element
from workflows.engine.run import Run, resume
from workflows.engine.wanting import Standing, Supplies


@dataclass(frozen=True)
class Verdict:
    """`reasons`: why the case stays, all of them; none: it moves. `notes`: what to know then."""

    reasons: tuple[Remark, ...]
    notes: tuple[Remark, ...]

    @property
    def moves(self) -> bool:
        """Whether the case can be moved."""
        return not self.reasons


def judge(
    run: Run, new: Procedure, had: Supplies | None = None, has: Supplies | None = None
) -> Verdict:
    """Whether the case can go on under `new`; nothing is changed.

    `had`, `has`: who supplies facts in the case's version and in `new`; without them nobody asks
    whether facts that the new version needs ahead are there.
    """
    versions = between.between_versions(run.procedure, new)
    reasons: dict[Remark, None] = {}
    notes: dict[Remark, None] = {}
    for scope, live in lives(run):
        reasons |= dict.fromkeys(versions.hindrances(live))
        reasons |= dict.fromkeys(_skipped_choice(run, versions, live))
        reasons |= dict.fromkeys(_retyped(run, versions, live, scope))
        reasons |= dict.fromkeys(_untimed(run, versions, live, scope))
        notes |= dict.fromkeys(versions.notes(live))
    reasons |= dict.fromkeys(_gone_past(run, versions, {one.element for one in reasons}))
    if had and has:
        reasons |= dict.fromkeys(_missing(run, versions, had, has))
    return Verdict(tuple(reasons), tuple(notes))


def move(run: Run, new: Procedure, limit: timing.LimitFn) -> Run:
    """The same tokens under `new`, for a case whose verdict is that it moves.

    `run` is of no use afterwards. Errors: StateUnreadable, EngineFault where the tokens would not
    be the same, TimeUnknown where the timer of a new event sub-process cannot be computed.
    """
    versions = between.between_versions(run.procedure, new)
    for workflow in _trees(run):
        gone, _ = versions.watches(workflow.spec.name)
        for task in specs.live(workflow):
            if specs.is_watching(task) and task.task_spec.name in gone:
                task.cancel()
    moved = resume(new, run.snapshot(), run.facts, run.now, limit)
    moved.history = {
        process: dict(_kept_marks(run.procedure, new, marks))
        for process, marks in run.history.items()
    }
    if _waits(moved) != _waits(run):
        raise errors.EngineFault("转换以后的待办、期限或者等候与转换以前不一致")
    for workflow in _trees(moved) if moved.ended is None else ():
        _, fresh = versions.watches(workflow.spec.name)
        for watch in fresh.values() if not specs.is_taken_over(workflow) else ():
            specs.begin_to_watch(workflow, watch)
    return moved


def _trees(run: Run) -> list[Any]:
    return [run.workflow, *run.workflow.subprocesses.values()]


def lives(run: Run) -> list[tuple[str, Live]]:
    """The scope and what lives in it, tree by tree, the top one first."""
    found = list[tuple[str, Live]]()
    for workflow in _trees(run):
        elements, gateways, watching = set[str](), set[str](), set[str]()
        for task in specs.live(workflow):
            waiting = task.state == TaskState.WAITING
            if isinstance(task.task_spec, specs.Boundary) and waiting:
                continue  # stands and falls with its activity
            if specs.is_watching(task):
                watching.add(task.task_spec.name)
                continue
            elements.add(task.task_spec.element.id)
            if waiting and isinstance(task.parent.task_spec, specs.EventGateway):
                gateways.add(task.parent.task_spec.element.id)
        seen = elements & run.history.get(workflow.spec.process, {}).keys()
        host = workflow.host.task_spec.element.id if workflow.host else None
        live = Live(
            workflow.spec.name, frozenset(elements), frozenset(gateways), frozenset(seen), host,
            frozenset(watching), specs.is_taken_over(workflow),
        )  # fmt: skip
        found.append((workflow.scope, live))
    return found


def _skipped_choice(run: Run, versions: Between, live: Live) -> Iterator[Remark]:
    """Steps that were one way among others, that every path now leads through, and that the case
    has not done.
    """
    for key in sorted(live.elements & versions.new.elements.keys()):
        for one in _now_always(versions, live.net, key):
            element = versions.new.elements[one]
            if run.history.get(element.process, {}).get(one) != "done":
                here = versions.old.elements[key]
                yield between.carried_past(element, here.name or key)


def _gone_past(run: Run, versions: Between, told: set[str]) -> Iterator[Remark]:
    """New steps where the case has been, on branches too that are over and lead nowhere else."""
    for element, flows in versions.bridged:
        done = run.history.get(element.process, {})
        if element.id not in told and any(done.get(flow) == "done" for flow in flows):
            text = "新版本把这一步排在本案已经走过的地方，转换会漏掉它"
            yield Remark(element.id, element.name, text)


@lru_cache(maxsize=4096)
def _now_always(versions: Between, net: str, key: str) -> tuple[str, ...]:
    """Steps before `key` that only the new version makes everybody take."""
    before, after = paths.paths_of(versions.old, net), paths.paths_of(versions.new, net)
    if before is None or after is None or key not in after.elements:
        return ()
    passed = sorted(before.before(key) & after.before(key))
    found = [
        one
        for one in passed
        if between.is_step(after.elements[one])
        and after.is_always_before(one, key)
        and not before.is_always_before(one, key)
    ]
    for one in passed:
        found += _now_always_inside(versions, before.elements[one], after.elements[one])
    return tuple(found)


def _now_always_inside(versions: Between, old: Element, new: Element) -> Iterator[str]:
    """The same inside a call or sub-process that is over."""
    before = paths.paths_of(versions.old, between.inner_net(old) or "")
    after = paths.paths_of(versions.new, between.inner_net(new) or "")
    if before is None or after is None:
        return
    for one in sorted(before.elements.keys() & after.elements.keys()):
        always = after.is_always_passed(one) and not before.is_always_passed(one)
        if always and between.is_step(after.elements[one]):
            yield one
        if not after.elements[one].triggered:
            yield from _now_always_inside(versions, before.elements[one], after.elements[one])


def _untimed(run: Run, versions: Between, live: Live, scope: str) -> Iterator[Remark]:
    """Facts that the timers of new event sub-processes are counted from, and that are not there."""
    _, fresh = versions.watches(live.net)
    for key, watch in () if live.taken_over else fresh.items():
        moment = timing.read_moment(watch.element.timer or "")
        for name in moment.facts if isinstance(moment, timing.Moment) else ():
            if run.facts[scope].get(name) is None:
                text = f"新版本的定时要用事实“{name}”，本案没有"
                yield Remark(key, watch.element.name, text)


def _retyped(run: Run, versions: Between, live: Live, scope: str) -> Iterator[Remark]:
    """Facts that are set and that the new version takes to be of another type."""
    process = run.procedure.nets[live.net].process
    facts = run.facts[scope]
    for name, (was, is_) in versions.retyped.get(process, {}).items():
        if facts.get(name) is not None:
            said = f"类型由{feel.KIND_NAMES.get(was, was)}改为{feel.KIND_NAMES.get(is_, is_)}"
            yield Remark(name, f"事实“{name}”", f"{said}，本案已有此值")


def _missing(run: Run, versions: Between, had: Supplies, has: Supplies) -> Iterator[Remark]:
    """Facts that steps ahead ask for in the new version alone, and that the case does not have."""
    scopes: dict[str, list[Standing]] = {}
    for scope, live in lives(run):
        inner = run.procedure.nets[live.net].container
        standing = Standing(live.net, live.elements, None if inner else live.host)
        scopes.setdefault(scope, []).append(standing)
    for scope, standing in scopes.items():
        for name, element in _newly_lacking(versions, had, has, tuple(standing)):
            if name not in run.facts[scope]:
                asker = versions.new.elements[element]
                text = f"要用事实“{name}”，新版本由已经走过的环节提供，本案没有"
                yield Remark(element, asker.name, text)


@lru_cache(maxsize=4096)
def _newly_lacking(
    versions: Between, had: Supplies, has: Supplies, standing: tuple[Standing, ...]
) -> tuple[tuple[str, str], ...]:
    if any(one.net not in versions.new.nets for one in standing):
        return ()
    top = standing[0]
    drawn = paths.paths_of(versions.new, top.net)
    begun = Standing(top.net, frozenset({drawn.start} if drawn else ()), top.host)
    known = {
        *wanting.lacking(versions.old, had, standing),
        *wanting.lacking(versions.new, has, [begun]),  # lacks in every case of that version
    }
    after = wanting.lacking(versions.new, has, standing)
    return tuple((name, element) for name, element in after.items() if name not in known)


def _kept_marks(
    old: Procedure, new: Procedure, marks: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Marks of what is still there; a flow is known by its ends too."""
    flows = {flow.id: flow for one in old.elements.values() for flow in one.flows}
    now = [flow for one in new.elements.values() for flow in one.flows]
    ids = {flow.id for flow in now}
    ends = {(flow.source, flow.target): flow.id for flow in now}
    for key, mark in marks.items():
        was, is_ = old.elements.get(key), new.elements.get(key)
        if was and is_ and was.kind == is_.kind:
            yield key, mark
        elif flow := flows.get(key):
            there = key if key in ids else ends.get((flow.source, flow.target))
            if there:
                yield there, mark


def _waits(run: Run) -> tuple[Collection[Any], ...]:
    """Everything that waits, by token, element and instant; what could only trigger is not it."""
    timers = [one for one in run.timers() if one.element.kind != "startEvent"]
    catches = [one for one in run.catches() if one.element.kind != "startEvent"]
    return (
        [(one.id, one.element.id, one.scope, one.locals) for one in run.tasks()],
        [(one.id, one.element.id, one.scope, one.inputs) for one in run.services()],
        [(one.id, one.element.id, one.scope, one.due_at) for one in timers],
        [(one.id, one.element.id, one.scope, one.message) for one in catches],
    )
