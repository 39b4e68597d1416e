"""What a topic is and what one run of it is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.access import Actor
from workflows.registry import values
from workflows.store import Transaction

Outputs = dict[str, Any]
Case = values.Fields
Choices = list[tuple[str, str]]
"""(value, label) pairs that a form offers."""
Source = Callable[[Transaction, Case], Choices]
Check = Callable[[Transaction, int, Mapping[str, Any]], None]
"""Looks at a message for case `id` before it is taken; raises a Refusal."""

INSTANT = "date and time"
"""The FEEL type of an instant."""


@dataclass(frozen=True)
class Step:
    """One run of a service task, inside one transaction at one instant.

    `facts` are those of the scope the task stands in; `inputs` its evaluated inputParameters.
    `event` appends to the case's history: event(kind, element=…, article=…, before=…, after=…,
    documents=[sha256]).
    """

    tx: Transaction
    case: values.Fields
    facts: Mapping[str, Any]
    inputs: Mapping[str, Any]
    actor: Actor
    element: str
    scope: str
    now: datetime
    bundle: Mapping[str, bytes]
    event: Callable[..., None]

    def note(
        self,
        kind: str,
        *,
        article: str = "",
        before: Any = None,
        after: Any = None,
        documents: Sequence[str] = (),
    ) -> None:
        """Append an event to the history of the case."""
        self.event(
            kind,
            element=self.element,
            article=article,
            before=before,
            after=after,
            documents=list(documents),
        )


@dataclass(frozen=True)
class Topic:
    """A word a diagram may say: `inputs` and `outputs` with their FEEL types.

    `job`: slow or leaves the process, so the command leaves a job that completes it later.
    """

    run: Callable[[Step], Outputs]
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    job: bool = False
    article: str = ""


Builder = Callable[[Step], dict[str, Any]]
"""Builds what a document says."""
Register = Callable[[Step, int], None]
"""Notes in the registry that document `id` has been issued."""
