"""Batches of other bureaus' data come in here: read, understood, de-duplicated, kept (P-01)."""

from workflows.intake.importing import (
    Receipt,
    import_changes,
    import_penalties,
    import_subjects,
)
from workflows.intake.queue import queue_import, run_queued
from workflows.intake.screening import SCREENS, request_screening

__all__ = [
    "SCREENS",
    "Receipt",
    "import_changes",
    "import_penalties",
    "import_subjects",
    "queue_import",
    "request_screening",
    "run_queued",
]
