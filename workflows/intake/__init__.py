"""Batches of other bureaus' data come in here: read, understood, de-duplicated, kept (P-01)."""

from workflows.intake.importing import Receipt, import_penalties, import_subjects

__all__ = ["Receipt", "import_penalties", "import_subjects"]
