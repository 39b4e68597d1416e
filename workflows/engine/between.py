"""Two versions of a procedure compared, as far as it concerns cases that run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from workflows.engine import paths
from workflows.engine.nets import net_name
from workflows.engine.procedure import Procedure
from workflows.engine.reading import CONTAINERS, Element
from workflows.engine.specs import Watch

STEPS = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask"}
    | {"businessRuleTask", "callActivity", "subProcess", "eventBasedGateway"}
    | {"intermediateCatchEvent"}
)
"""Kinds of elements that a case must not be carried past."""

FIXED = {
    "event": "等候的事件种类变了",
    "message": "等候的消息由“{0}”改为“{1}”",
    "attached_to": "改附在另一环节上",
    "interrupting": "中断与否变了",
    "triggered": "事件子流程与嵌入子流程互换了",
    "error_code": "接住的错误由“{0}”改为“{1}”",
    "topic": "系统作业由“{0}”改为“{1}”，作业已经开始",
    "called": "调用的流程由“{0}”改为“{1}”，原流程正在运行",
    "passed_in": "传入被调用流程的事实变了，传入已经完成",
    "inputs": "输入参数变了，参数在环节开始时已经取值",
    "loop": "多实例的设置变了，实例已经产生",
}
"""What of a live element must be as it was, and what is said where it is not."""


@dataclass(frozen=True)
class Remark:
    """One thing about one element, by its id and the name that people see."""

    element: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name or self.element}（{self.element}）：{self.text}"


@dataclass(frozen=True)
class Live:
    """The live elements of one tree of tokens: where people, workers, events and calls are."""

    net: str
    elements: frozenset[str]
    gateways: frozenset[str]
    """Event gateways whose events race."""
    again: frozenset[str]
    """Those that the case was at before: it has come round a loop."""
    host: str | None
    """The call or sub-process whose inside this is."""
    watching: frozenset[str] = frozenset()
    """Start events of event sub-processes that wait."""
    taken_over: bool = False
    """Whether an event sub-process has interrupted all else: none begins any more."""


_kept = lru_cache(maxsize=4096)


@lru_cache(maxsize=16)
def between_versions(old: Procedure, new: Procedure) -> "Between":
    """What differs between two versions, kept for the cases that follow."""
    return Between(old, new)


class Between:
    """Two versions compared, as far as it concerns cases that run; asked once per place."""

    def __init__(self, old: Procedure, new: Procedure) -> None:
        self.old = old
        self.new = new
        self.hindrances: Callable[[Live], tuple[Remark, ...]] = _kept(self._hindrances)
        self.notes: Callable[[Live], tuple[Remark, ...]] = _kept(self._notes)

    def _hindrances(self, live: Live) -> tuple[Remark, ...]:
        return tuple(dict.fromkeys(self._all_hindrances(live)))

    def _all_hindrances(self, live: Live) -> Iterator[Remark]:
        before = paths.paths_of(self.old, live.net)
        after = paths.paths_of(self.new, live.net)
        if before is None or after is None:
            for key in sorted(live.elements):
                yield from _differences(self.old.elements[key], self.new.elements.get(key))
            return
        for key in sorted(live.elements | live.gateways):
            element = self.old.elements[key]
            counterpart = self.new.elements.get(key)
            yield from _differences(element, counterpart)
            if counterpart and net_name(counterpart.process, counterpart.container) == live.net:
                yield from self._around(before, after, key)
                yield from self._skipped(before, after, key, again=key in live.again)
            if element.loop:
                yield from self._loop_body(element)
        yield from self._open_blocks(before, after, live)

    def _around(self, before: paths.Paths, after: paths.Paths, key: str) -> Iterator[Remark]:
        """What stands with a live element: the events on its edge, its rivals, its branches."""
        name = self.old.elements[key].name
        element = before.elements[key]
        if changed := _edges(before, key) ^ _edges(after, key):
            events = "、".join(sorted({one[0] for one in changed}))
            yield Remark(key, name, f"附着的事件变了（{events}），正在办理的环节不能换附着事件")
        if element.triggered and _trigger(self.old, element) != _trigger(self.new, element):
            yield Remark(key, name, "触发的事件或者中断与否变了，事件子流程已经开始")
        if element.kind == "eventBasedGateway" and set(before.ahead[key]) != set(after.ahead[key]):
            yield Remark(key, name, "同时等候的事件有增减，等候已经开始")
        if element.kind in paths.JOINING and before.incoming(key) != after.incoming(key):
            yield Remark(key, name, "汇合的分支有增减，已有分支到达")

    def _skipped(
        self, before: paths.Paths, after: paths.Paths, key: str, *, again: bool
    ) -> Iterator[Remark]:
        """Steps that the new version puts before a live element, inside passed calls too."""
        here = self.old.elements[key].name or key
        passed = {(one, before.elements[one].kind) for one in before.before(key, again=again)}
        for one in sorted(after.before(key, again=again)):
            element = after.elements[one]
            if (one, element.kind) not in passed:
                if is_step(element):
                    yield carried_past(element, here)
            elif inner := inner_net(element):
                old = inner_net(before.elements[one]) or ""
                for added in self._added_inside(old, inner):
                    yield carried_past(added, here)

    def _added_inside(self, old: str, new: str) -> Iterator[Element]:
        """Steps of a net that were not there, those of what it calls included."""
        before, after = paths.paths_of(self.old, old), paths.paths_of(self.new, new)
        known: Mapping[str, Element] = before.elements if before else {}
        for key, element in after.elements.items() if after else ():
            was = known.get(key)
            if (was is None or was.kind != element.kind) and is_step(element):
                yield element
            inner = inner_net(element)
            if inner and not element.triggered:  # nobody knows whether it ever began
                yield from self._added_inside((was and inner_net(was)) or "", inner)

    def _loop_body(self, element: Element) -> Iterator[Remark]:
        """Inside an open multi-instance activity nothing may be redrawn."""
        counterpart = self.new.elements.get(element.id)
        old, new = inner_net(element), inner_net(counterpart) if counterpart else None
        if old and _drawing(self.old, old) != _drawing(self.new, new or ""):
            yield Remark(element.id, element.name, "多实例正在办理，其中的环节或者顺序流变了")

    def _open_blocks(self, before: paths.Paths, after: paths.Paths, live: Live) -> Iterator[Remark]:
        old, new = paths.blocks_of(before), paths.blocks_of(after)
        for fork in sorted({*old, *new}):
            is_open = any(
                blocks[fork].inside & live.elements for blocks in (old, new) if fork in blocks
            )
            if is_open and (
                fork not in old or fork not in new or old[fork].shape != new[fork].shape
            ):
                drawn = before.elements.get(fork) or after.elements[fork]
                text = "并行的分支正在办理，新版本改动了这一并行块的环节、分支或者汇合"
                yield Remark(fork, drawn.name, text)

    def _notes(self, live: Live) -> tuple[Remark, ...]:
        return (*self._all_notes(live), *self._watch_notes(live))

    def watches(self, net: str) -> tuple[dict[str, Watch], dict[str, Watch]]:
        """Start events of event sub-processes: those gone, and those new, by id.

        One that becomes another kind of event is both.
        """
        old, new = (
            {one.name: one for one in drawn.nets[net].watches.values()}
            if net in drawn.nets else {} for drawn in (self.old, self.new)
        )  # fmt: skip
        kept = {
            key for key in old.keys() & new.keys()
            if old[key].element.event == new[key].element.event
        }  # fmt: skip
        return (
            {key: one for key, one in old.items() if key not in kept},
            {key: one for key, one in new.items() if key not in kept},
        )

    def _watch_notes(self, live: Live) -> Iterator[Remark]:
        """Event sub-processes that wait no longer, wait for something else, or wait from now on."""
        gone, new = self.watches(live.net)
        for key in sorted(live.watching):
            was, is_ = self.old.elements[key], self.new.elements.get(key)
            if key in gone or is_ is None:
                yield Remark(key, was.name, "新版本没有这一触发事件，转换后不再等候")
                continue
            if was.timer != is_.timer:
                yield Remark(key, is_.name, "时间的写法变了，已经起算的期限照旧")
            if was.message != is_.message:
                yield Remark(key, is_.name, f"等候的消息由“{was.message}”改为“{is_.message}”")
        for key, one in () if live.taken_over else new.items():
            yield Remark(key, one.element.name, "新版本的事件子流程，转换后开始等候")

    def _all_notes(self, live: Live) -> Iterator[Remark]:
        """What of live elements changed and is taken over, or is kept as it began."""
        for key in sorted(live.elements):
            old, new = self.old.elements[key], self.new.elements.get(key)
            if new is None:
                continue
            watching = [one for one in self.old.elements.values() if one.attached_to == key]
            for one in [old, *watching]:
                then = self.new.elements.get(one.id)
                if then and one.timer != then.timer:
                    yield Remark(one.id, then.name, "时间的写法变了，已经起算的期限照旧")
            if (old.due_date, old.follow_up_date) != (new.due_date, new.follow_up_date):
                yield Remark(key, new.name, "办理期限的写法变了，已经起算的期限照旧")
            if old.name != new.name:
                yield Remark(key, new.name, f"名称由“{old.name}”改为“{new.name}”")
            if old.lane != new.lane:
                yield Remark(key, new.name, f"办理角色由“{old.lane}”改为“{new.lane}”")
            if old.form != new.form:
                yield Remark(key, new.name, f"表单由“{old.form}”改为“{new.form}”")

    @cached_property
    def bridged(self) -> tuple[tuple[Element, frozenset[str]], ...]:
        """New steps with the old flows that they come to stand on: who took one went past."""
        found: list[tuple[Element, frozenset[str]]] = []
        for element in self.new.elements.values():
            if is_step(element) and not self._is_known(element):
                drawn = paths.paths_of(self.new, net_name(element.process, element.container))
                flows = self._spanned(drawn, element.id) if drawn else frozenset[str]()
                if flows:
                    found.append((element, flows))
        return tuple(found)

    def _spanned(self, drawn: paths.Paths, key: str) -> frozenset[str]:
        """The old flows that led, past nothing that is still there, from before `key` to after."""
        from_here = {
            one for one in _nearest(key, drawn.behind, self._is_new) if not self._is_new(one)
        }
        onward = {one for one in _nearest(key, drawn.ahead, self._is_new) if not self._is_new(one)}
        old_net = net_name(drawn.elements[key].process, drawn.elements[key].container)
        before = paths.paths_of(self.old, old_net)
        if before is None:
            return frozenset()
        return frozenset(
            flow.id
            for one in from_here
            for flow in before.elements[one].flows
            if onward
            & (
                {flow.target}
                if not self._is_gone(flow.target)
                else _nearest(flow.target, before.ahead, self._is_gone)
            )
        )

    def _is_new(self, key: str) -> bool:
        return not self._is_known(self.new.elements[key])

    def _is_gone(self, key: str) -> bool:
        new = self.new.elements.get(key)
        return new is None or not self._is_known(new)

    def _is_known(self, element: Element) -> bool:
        """Whether an element of the new version stood in the old one, at the same place."""
        was = self.old.elements.get(element.id)
        return was is not None and (was.kind, was.process, was.container) == (
            element.kind, element.process, element.container
        )  # fmt: skip

    @cached_property
    def retyped(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Process → fact → its type in both versions, where they differ."""
        return {
            process: {
                name: (kind, types[name])
                for name, kind in self.old.types[process].items()
                if name in types and types[name] != kind
            }
            for process, types in self.new.types.items()
            if process in self.old.types
        }


def _nearest(
    key: str, follow: Mapping[str, tuple[str, ...]], passes: Callable[[str], bool]
) -> set[str]:
    """What follows `key`, and what follows that as long as it `passes`."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        for one in follow.get(waiting.pop(), ()):
            if one not in found:
                found.add(one)
                if passes(one):
                    waiting.append(one)
    return found


def _differences(old: Element, new: Element | None) -> Iterator[Remark]:
    """What of a live element must not change."""
    if new is None:
        yield Remark(old.id, old.name, "新版本没有这一环节，案件正停在这里")
        return
    if old.kind != new.kind:
        yield Remark(old.id, old.name, f"类型由{old.kind}改为{new.kind}")
        return
    if (old.process, old.container) != (new.process, new.container):
        yield Remark(old.id, old.name, "移到了另一流程或者子流程中")
    for attribute, said in FIXED.items():
        was, is_ = getattr(old, attribute), getattr(new, attribute)
        if was != is_:
            yield Remark(old.id, old.name, said.format(was or "", is_ or ""))


def _edges(drawn: paths.Paths, key: str) -> frozenset[tuple[Any, ...]]:
    """The events on the edge of an activity, as far as they are told apart."""
    return frozenset(
        (one.id, one.event, one.message, one.error_code, one.interrupting)
        for one in drawn.elements.values()
        if one.attached_to == key
    )


def _trigger(drawn: Procedure, element: Element) -> tuple[Any, ...]:
    """What triggers an event sub-process, as far as it matters once it has begun."""
    net = drawn.nets[net_name(element.process, element.container)]
    start = net.watches[element.id].element if element.id in net.watches else element
    return start.event, start.interrupting


def is_step(element: Element) -> bool:
    """Whether passing an element by would leave out something that is prescribed."""
    if element.triggered:
        return False
    if element.kind in {"exclusiveGateway", "inclusiveGateway"}:
        return len(element.flows) > 1
    sends = element.kind == "intermediateThrowEvent" and element.event == "message"
    return sends or element.kind in STEPS


def carried_past(element: Element, here: str) -> Remark:
    text = f"新版本把这一步排在“{here}”之前，案件已经走过，转换会漏掉它"
    return Remark(element.id, element.name, text)


def inner_net(element: Element) -> str | None:
    """The net inside a call activity or an embedded sub-process."""
    if element.kind == "callActivity":
        return element.called
    return net_name(element.process, element.id) if element.kind in CONTAINERS else None


def _drawing(procedure: Procedure, net: str) -> frozenset[tuple[Any, ...]]:
    """Everything drawn in a net and in what it calls: elements with their kinds, and flows."""
    drawn = paths.paths_of(procedure, net)
    if drawn is None:
        return frozenset()
    whole: set[tuple[Any, ...]] = set()
    for one in drawn.elements.values():
        whole.add((one.id, one.kind, one.event, one.message, one.attached_to, one.interrupting))
        whole |= {(flow.id, flow.source, flow.target) for flow in one.flows}
        if inner := inner_net(one):
            whole |= _drawing(procedure, inner)
    return frozenset(whole)
