"""Everything that can happen to a case: one function = one transaction = one instant."""

from workflows.cases.attachments import add_attachment
from workflows.cases.history import Fault, verify_case
from workflows.cases.jobs import due_jobs, escalate, next_due, run_job
from workflows.cases.opening import open_case
from workflows.cases.reassigning import Preview, preview_reassign, reassign_tasks
from workflows.cases.tasks import (
    attempt,
    claim_task,
    complete_task,
    release_task,
    save_draft,
    send_message,
)

__all__ = [
    "Fault",
    "Preview",
    "add_attachment",
    "attempt",
    "claim_task",
    "complete_task",
    "due_jobs",
    "escalate",
    "next_due",
    "open_case",
    "preview_reassign",
    "reassign_tasks",
    "release_task",
    "run_job",
    "save_draft",
    "send_message",
    "verify_case",
]
