"""What the house supplies to a diagram, and whether the diagram asks only for that."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workflows.engine import procedure, profile
from workflows.engine.complaints import Complaint
from workflows.engine.procedure import Bundle


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


def check(bundle: Bundle, key: str, offered: Offered) -> list[Complaint]:
    """Everything wrong with the bundle, all at once, by element id, in Chinese."""
    found = procedure.read(bundle)
    return [
        *found.complaints,
        *profile.check_structure(found.diagrams, found.decisions, key),
    ]


def fact_types(bundle: Bundle, key: str, offered: Offered) -> dict[str, dict[str, str]]:
    """Process key → fact → FEEL type, from all that supplies facts to the process."""
    return {}
