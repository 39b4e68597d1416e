"""The FEEL types of what a diagram says: parameters and local variables."""

from collections.abc import Iterable, Mapping

from workflows.engine import feel
from workflows.engine.reading import Element

CLOCK = {"today": "date", "now": "date and time"}
"""What every expression may name."""

COUNTS = {
    "nrOfInstances": "number", "nrOfCompletedInstances": "number", "nrOfActiveInstances": "number"
}  # fmt: skip
"""What a completionCondition may name besides."""


def is_expression(text: str) -> bool:
    """Whether a parameter is `${…}`; bare text stands for itself."""
    return text.startswith(("${", "#{"))


def text_type(text: str, types: Mapping[str, str]) -> str:
    """The FEEL type of a parameter over facts of these types."""
    if not is_expression(text):
        return "string"
    [answer] = feel.examine([feel.Question(text)], {**types, **CLOCK})
    return answer.kind if answer.kind in feel.TYPES else "any"


def local_types(
    elements: Iterable[Element], types: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Element id → local variable → FEEL type: loop variables and inputParameters.

    Those of an embedded sub-process are seen by all that is drawn in it. `elements` as read: a
    sub-process comes before what is in it. `types`: process key → fact → type.
    """
    found: dict[str, dict[str, str]] = {}
    for element in elements:
        seen = dict(found.get(element.container or "", {}))
        if element.loop:
            seen["loopCounter"] = "number"
            if element.loop.variable:
                seen[element.loop.variable] = "any"
        known = {**types.get(element.process, {}), **seen}
        inputs = {name: text_type(text, known) for name, text in element.inputs.items()}
        if seen or inputs:
            found[element.id] = seen | inputs
    return found
