"""What the forms of interviews offer: who of the house may ask."""

from collections.abc import Mapping

from workflows.registry import interviews
from workflows.services.steps import Case, Choices, Source
from workflows.store import Transaction


def _interviewers(tx: Transaction, case: Case) -> Choices:
    """Caseworkers, heads and legal reviewers of the office."""
    rows = interviews.askers_of(tx, case["department_id"])
    return [(row["login"], row["name"]) for row in rows]


SOURCES: Mapping[str, Source] = {"interviewers": _interviewers}
