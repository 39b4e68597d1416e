"""Who supplies which fact to a process, and of which type."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workflows.engine import kinds, procedure, results
from workflows.engine.procedure import Bundle, Reading
from workflows.engine.reading import Element, Passing, Process

Types = dict[str, str]


class ServiceSignature(Protocol):
    """A topic's inputs and outputs with their FEEL types."""

    @property
    def inputs(self) -> Mapping[str, str]:
        """Input name → type."""
        ...

    @property
    def outputs(self) -> Mapping[str, str]:
        """Output name → type; each becomes a fact."""
        ...


Topics = Mapping[str, ServiceSignature]


@dataclass(frozen=True)
class Offered:
    """What the house supplies to a diagram."""

    topics: Topics
    forms: Mapping[str, Mapping[str, str]]
    """'serious_listing/draft_case' → fact → FEEL type; a message's form has the message's name."""
    limits: Collection[str]
    """Ids and families of limits."""
    roles: Collection[str]
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Facts that the house gives every case at its opening, with their types."""


Supply = dict[str, dict[str, set[str]]]
"""Process key → fact → the types its suppliers give it."""


def fact_types(bundle: Bundle, key: str, offered: Offered) -> dict[str, Types]:
    """Process key → fact → FEEL type, the union of all that supplies facts to the process.

    A fact supplied with two types is 'any'; `check` complains of it.
    """
    supply = supplied(procedure.read(bundle), key, offered)
    return {process: settled(facts) for process, facts in supply.items()}


def settled(facts: Mapping[str, set[str]]) -> Types:
    """One type for each fact: what its suppliers agree on, else 'any'."""
    return {
        name: min(sure) if len(sure := types - {"any"}) == 1 else "any"
        for name, types in facts.items()
    }


def supplied(found: Reading, key: str, offered: Offered) -> Supply:
    """All suppliers of all facts of a bundle already read."""
    supply: Supply = {process.key: {} for process in found.processes}
    _add(supply, key, offered.facts)
    for process in found.processes:
        for element in process.elements:
            _add(supply, process.key, direct(element, found, offered))
    for _ in range(len(supply) + 1):  # through at most so many calls
        for caller, call, callee in calls(found):
            types = {process: settled(facts) for process, facts in supply.items()}
            local = kinds.local_types(caller.elements, types).get(call.id, {})
            _add(supply, callee.key, passed(call.passed_in, types[caller.key], local))
            _add(supply, caller.key, passed(call.passed_out, types[callee.key]))
    return supply


def _add(supply: Supply, process: str, facts: Mapping[str, str]) -> None:
    known = supply.setdefault(process, {})
    for name, type_ in facts.items():
        known.setdefault(name, set()).add(type_)


def direct(element: Element, found: Reading, offered: Offered) -> Mapping[str, str]:
    """The facts an element supplies: what it is answered, or its outputParameters."""
    given = answers(element, found, offered)
    if element.outputs:
        return {name: kinds.text_type(text, given) for name, text in element.outputs.items()}
    return given


def answers(element: Element, found: Reading, offered: Offered) -> Mapping[str, str]:
    """What a form, a message, a service or a decision answers an element."""
    if element.event == "message" and element.kind not in {"endEvent", "intermediateThrowEvent"}:
        return offered.forms.get(f"{element.process}/{element.message}", {})
    if element.kind in {"startEvent", "userTask", "manualTask"}:
        return offered.forms.get(form_name(element) or "", {})
    if element.topic and element.topic in offered.topics:
        return offered.topics[element.topic].outputs
    if element.decision and element.decision in found.decisions:
        return results.result_types(element, found.decisions[element.decision])
    return {}


def form_name(element: Element) -> str | None:
    """'<process>/<form>' of a formKey, which may be written with or without its process."""
    if not element.form or "/" in element.form:
        return element.form
    return f"{element.process}/{element.form}"


def calls(found: Reading) -> Iterator[tuple[Process, Element, Process]]:
    """Every call activity with the process it stands in and the process it calls."""
    known = {process.key: process for process in found.processes}
    for process in found.processes:
        for element in process.elements:
            if element.kind == "callActivity" and element.called in known:
                yield process, element, known[element.called]


def passed(
    passings: Iterable[Passing], types: Types, local: Mapping[str, str] | None = None
) -> Types:
    """The names and types on the far side of camunda:in or camunda:out."""
    carried: Types = {}
    seen = {**types, **(local or {})}
    for one in passings:
        if one.all:
            carried.update(types)
        elif one.target and one.source:
            carried[one.target] = seen.get(one.source, "any")
        elif one.target and one.expression:
            carried[one.target] = kinds.text_type(one.expression, seen)
    return carried
