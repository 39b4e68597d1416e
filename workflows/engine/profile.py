"""The strict profile: what a diagram may be drawn with. Every complaint at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.engine.complaints import Complaint
from workflows.engine.reading import Diagram


def check_structure(
    diagrams: Sequence[Diagram], decisions: Mapping[str, Any], key: str
) -> list[Complaint]:
    """Everything wrong with the drawing itself."""
    return []
