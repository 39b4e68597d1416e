"""Batches of other bureaus' data come in here: read, understood, de-duplicated, kept (P-01)."""

from workflows.intake.importing import Receipt, import_penalties, import_subjects
from workflows.intake.queue import queue_import, run_queued

__all__ = ["Receipt", "import_penalties", "import_subjects", "queue_import", "run_queued"]
