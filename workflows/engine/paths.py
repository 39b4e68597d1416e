"""Paths through a drawing: what lies before a step, and what runs side by side. Pure graph."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflows.engine.nets import net_name
from workflows.engine.procedure import Procedure
from workflows.engine.reading import Element

JOINING = frozenset({"parallelGateway", "inclusiveGateway"})
CHOOSING = frozenset({"exclusiveGateway", "eventBasedGateway"})


@dataclass(frozen=True)
class Block:
    """What may run side by side since a fork, up to where it must come together again."""

    fork: str
    inside: frozenset[str]
    """Element ids; of a fork that is an activity with an event on its edge, itself too."""
    shape: frozenset[tuple[str, ...]]
    """Its elements and flows: two drawings with the same shape run the same."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The elements drawn in one process or one embedded sub-process, and how they follow."""

    elements: Mapping[str, Element]
    ahead: Mapping[str, tuple[str, ...]]
    """Element id → what can follow it; an activity is followed by the events on its edge too."""
    behind: Mapping[str, tuple[str, ...]]
    start: str

    def incoming(self, key: str) -> frozenset[tuple[str, str]]:
        """The flows into an element as (flow id, source)."""
        return frozenset(
            (flow.id, one.id)
            for one in self.elements.values()
            for flow in one.flows
            if flow.target == key
        )

    def before(self, key: str, *, again: bool = False) -> frozenset[str]:
        """What lies on some path from the start to `key`, as it is first reached, or `again`."""
        come = reach([self.start], self.ahead, () if again else {key})
        return frozenset(come & reach([key], self.behind)) - {key}

    def is_always_before(self, one: str, key: str) -> bool:
        """Whether every path from the start to `key` leads through `one`."""
        return one == self.start or key not in reach([self.start], self.ahead, {one})

    def is_always_passed(self, one: str) -> bool:
        """Whether every path from the start to an end leads through `one`."""
        ends = {key for key, following in self.ahead.items() if not following}
        return one == self.start or not ends & reach([self.start], self.ahead, {one})


def reach(
    starts: Iterable[str], follow: Mapping[str, tuple[str, ...]], barred: Collection[str] = ()
) -> set[str]:
    """Everything that can be reached, the starts included, without entering what is barred."""
    found = {one for one in starts if one not in barred}
    waiting = list(found)
    while waiting:
        for one in follow.get(waiting.pop(), ()):
            if one not in found and one not in barred:
                found.add(one)
                waiting.append(one)
    return found


@lru_cache(maxsize=512)
def paths_of(procedure: Procedure, net: str) -> Paths | None:
    """The drawing of a net of the procedure, or None where there is none of that name."""
    if net not in procedure.nets:
        return None
    elements = {
        one.id: one
        for one in procedure.elements.values()
        if net_name(one.process, one.container) == net
    }
    ahead = {key: [flow.target for flow in one.flows] for key, one in elements.items()}
    for one in elements.values():
        if one.attached_to:
            ahead[one.attached_to].append(one.id)
    behind: dict[str, list[str]] = {key: [] for key in elements}
    for source, targets in ahead.items():
        for target in targets:
            behind[target].append(source)
    start = next(one.id for one in elements.values() if one.kind == "startEvent")
    return Paths(elements, _frozen(ahead), _frozen(behind), start)


@lru_cache(maxsize=512)
def blocks_of(paths: Paths) -> Mapping[str, Block]:
    """Fork id → its block, for every fork whose branches come together at a gateway that waits."""
    joins = {
        key for key, one in paths.elements.items()
        if one.kind in JOINING and len(paths.behind[key]) > 1
    }  # fmt: skip
    found = (_block(paths, key, _arms(paths, one), joins) for key, one in paths.elements.items())
    return {block.fork: block for block in found if block}


def _frozen(follow: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(dict.fromkeys(several)) for key, several in follow.items()}


def _arms(paths: Paths, element: Element) -> list[list[str]]:
    """The branches on which tokens run at the same time after an element."""
    events = [
        one for key in paths.ahead[element.id]
        if (one := paths.elements[key]).attached_to == element.id
    ]  # fmt: skip
    aside = [[one.id] for one in events if not one.interrupting]
    targets = [flow.target for flow in element.flows]
    if element.kind in CHOOSING or len(targets) < 2:
        one_way = [*targets, *(one.id for one in events if one.interrupting)]
        return [one_way, *aside]
    return [*([target] for target in targets), *aside]


def _block(paths: Paths, fork: str, arms: list[list[str]], joins: set[str]) -> Block | None:
    if len(arms) < 2:
        return None
    reached = [reach(arm, paths.ahead, {fork}) for arm in arms]
    at_risk = {join for join in joins if sum(join in one for one in reached) > 1}
    if not at_risk:
        return None
    inside = frozenset(_inside(paths, fork, arms, at_risk))
    within = inside | {fork}
    watched = any(paths.elements[arm].attached_to == fork for several in arms for arm in several)
    return Block(fork, within if watched else inside, _shape(paths, within, at_risk))


def _inside(paths: Paths, fork: str, arms: list[list[str]], at_risk: set[str]) -> set[str]:
    """Up to the nearest gateway through which everything must come; else what can come to one."""
    starts = [one for arm in arms for one in arm]
    ends = {key for key, following in paths.ahead.items() if not following}
    for join in _nearest_first(starts, paths.ahead):
        if join in at_risk:
            inside = reach(starts, paths.ahead, {fork, join})
            if not ends & inside:
                return inside | {join}
    return reach(starts, paths.ahead, {fork}) & reach(at_risk, paths.behind)


def _nearest_first(starts: list[str], follow: Mapping[str, tuple[str, ...]]) -> list[str]:
    found = dict.fromkeys(starts)
    waiting = deque(starts)
    while waiting:
        for one in follow.get(waiting.popleft(), ()):
            if one not in found:
                found[one] = None
                waiting.append(one)
    return list(found)


def _shape(paths: Paths, within: frozenset[str], joins: set[str]) -> frozenset[tuple[str, ...]]:
    """Elements and flows inside; how it goes on after everything has come together is free."""
    drawn = (paths.elements[key] for key in within)
    nodes = {
        (one.id, one.kind, one.event or "", one.attached_to or "", str(one.interrupting))
        for one in drawn
    }
    flows = {
        (flow.id, one.id, flow.target)
        for one in paths.elements.values()
        for flow in one.flows
        if flow.target in within & joins or (one.id in within - joins)
        or (one.id in within and flow.target in within)
    }  # fmt: skip
    return frozenset(nodes | flows)
