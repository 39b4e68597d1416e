"""What deployment has to say against a file."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Complaint:
    """One fault: where it is and how to mend it, in Chinese."""

    file: str
    element: str
    """The id of the element at fault, '' for the file as a whole."""
    reason: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """file#element: reason."""
        return f"{self.file}#{self.element}: {self.reason}"
