"""What became of each row of an import, and which of it is kept for somebody to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from workflows import models
from workflows.intake import cells
from workflows.store import Transaction


@dataclass(frozen=True)
class Verdict:
    """What became of one row."""

    row_no: int
    verdict: Literal["accepted", "warning", "duplicate", "rejected"]
    reasons: Sequence[cells.Reason] = ()
    raw: dict[str, str] | None = None


def keep(tx: Transaction, import_id: int, verdicts: Sequence[Verdict]) -> None:
    """Keep what somebody should read: every verdict but a plain acceptance."""
    tx.insert_many(
        models.import_rejects,
        [
            {
                "import_id": import_id,
                "row_no": one.row_no,
                "verdict": one.verdict,
                "reasons": [list(reason) for reason in one.reasons],
                "raw": one.raw,
            }
            for one in verdicts
            if one.verdict != "accepted"
        ],
    )
