"""Facts that lie ahead: which the steps to come ask for, and nobody on the way there supplies."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflows.engine import kinds, paths, procedure, supply, timing
from workflows.engine.nets import net_name
from workflows.engine.procedure import Bundle, Procedure
from workflows.engine.reading import CONTAINERS, Element
from workflows.engine.supply import Offered

_NAMES = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, eq=False)
class Supplies:
    """Of one version: element id → the facts that are there when it is done."""

    facts: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Standing:
    """Where tokens stand in one net; `host`: the call that waits for it, or None."""

    net: str
    elements: frozenset[str]
    host: str | None


def supplies(bundle: Bundle, key: str, offered: Offered) -> Supplies:
    """Who supplies which facts, from forms, messages, services, decisions and called processes."""
    found = procedure.read(bundle)
    types = {
        process: supply.settled(facts)
        for process, facts in supply.supplied(found, key, offered).items()
    }
    facts = {
        one.id: set(supply.direct(one, found, offered))
        for process in found.processes
        for one in process.elements
    }
    for _, call, callee in supply.calls(found):
        facts[call.id] |= supply.passed(call.passed_out, types[callee.key]).keys()
    return Supplies({element: frozenset(names) for element, names in facts.items()})


def lacking(drawn: Procedure, given: Supplies, standing: Iterable[Standing]) -> Mapping[str, str]:
    """Fact → a step ahead that asks for it, where none on the way there supplies it.

    `standing`: all nets of one scope, the process's own first, embedded sub-processes after it.
    """
    places = {one.net: one for one in standing}
    process = drawn.nets[next(iter(places))].process
    found: dict[str, str] = {}
    for name in drawn.types.get(process, {}):
        asker = next(_askers(drawn, given, places, name), None)
        if asker is not None:
            found[name] = asker
    return found


def _askers(
    drawn: Procedure, given: Supplies, places: Mapping[str, Standing], name: str
) -> Iterator[str]:
    for place in places.values():
        net = paths.paths_of(drawn, place.net)
        if net is None:
            continue
        suppliers = {
            key for key, one in net.elements.items() if _gives(drawn, given, places, one, name)
        }
        here = place.elements & net.elements.keys()
        ahead = paths.reach(here, net.ahead, suppliers)
        for key in sorted(ahead - place.elements):
            yield from _asks_inside(drawn, net.elements[key], name)
        if not suppliers & paths.reach(here, net.ahead):
            yield from _asks_aside(drawn, given, places, place, name)
        host = drawn.elements.get(place.host or "")
        ends = any(not net.ahead[key] for key in ahead)
        if host and ends and name in _named(drawn, host, _passed_back(host)):
            yield host.id


def _asks_aside(
    drawn: Procedure, given: Supplies, places: Mapping[str, Standing], place: Standing, name: str
) -> Iterator[str]:
    """Event sub-processes that may begin any time and ask for what only passed steps supply."""
    watches = drawn.nets[place.net].watches
    if any(key in watches and watches[key].element.interrupting for key in place.elements):
        return
    for key in watches:
        one = drawn.elements[key]
        if not _gives(drawn, given, places, one, name):
            yield from _asks_inside(drawn, one, name)


def _gives(
    drawn: Procedure, given: Supplies, places: Mapping[str, Standing], one: Element, name: str
) -> bool:
    """Whether the fact is there once the element is done; inside, only what is still ahead."""
    if one.kind not in CONTAINERS:
        return name in given.facts.get(one.id, ())
    inner = paths.paths_of(drawn, net_name(one.process, one.id))
    if inner is None:
        return False
    place = places.get(net_name(one.process, one.id))
    starts = place.elements & inner.elements.keys() if place else {inner.start}
    within = (inner.elements[key] for key in paths.reach(starts, inner.ahead))
    return any(_gives(drawn, given, places, each, name) for each in within)


def _asks_inside(drawn: Procedure, one: Element, name: str) -> Iterator[str]:
    if name in _asked(drawn, one.id):
        yield one.id
    if one.kind in CONTAINERS:
        inner = paths.paths_of(drawn, net_name(one.process, one.id))
        for each in inner.elements.values() if inner else ():
            yield from _asks_inside(drawn, each, name)


@lru_cache(maxsize=8192)
def _asked(drawn: Procedure, key: str) -> frozenset[str]:
    """The facts that an element asks for when a token comes to it."""
    one = drawn.elements[key]
    found = _named(drawn, one, _texts(one))
    for text in (one.due_date, one.follow_up_date, one.timer):
        moment = timing.read_moment(text) if text else None
        if isinstance(moment, timing.Moment):
            found |= set(moment.facts)
    if one.decision and one.decision in drawn.decisions:
        found |= drawn.decisions[one.decision].facts_needed()
    return frozenset(found)


def _texts(one: Element) -> Iterator[str]:
    yield from (flow.condition for flow in one.flows if flow.condition)
    yield from (text for text in one.inputs.values() if kinds.is_expression(text))
    yield from (each.expression or each.source or "" for each in one.passed_in)
    if one.assignee and kinds.is_expression(one.assignee):
        yield one.assignee
    if one.loop:
        yield from (text for text in (one.loop.collection, one.loop.cardinality) if text)


def _passed_back(host: Element) -> Iterator[str]:
    yield from (each.expression or each.source or "" for each in host.passed_out)


def _named(drawn: Procedure, one: Element, texts: Iterable[str]) -> set[str]:
    """The facts that texts name; a text in quotes that reads like a fact counts, to be safe."""
    seen = {word for text in texts for word in _NAMES.findall(text)}
    known = drawn.types.get(one.process, {}).keys() | drawn.types.get(one.called or "", {}).keys()
    return seen & known
