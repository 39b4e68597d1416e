"""Everything that can happen to a case: one function = one transaction = one instant."""

from workflows.cases.attachments import add_attachment
from workflows.cases.changes import register_change
from workflows.cases.history import Fault, verify_case
from workflows.cases.jobs import (
    due_jobs,
    escalate,
    give_back,
    next_due,
    plan_daily,
    run_job,
)
from workflows.cases.migrating import Judged, move_case
from workflows.cases.moves import (
    Candidates,
    Move,
    continue_move,
    preview_moves,
    read_move,
    recent_moves,
    start_move,
)
from workflows.cases.opening import get_ready, open_case
from workflows.cases.operating import (
    resume_case,
    resume_procedure,
    retry_all,
    retry_job,
    retry_jobs,
    suspend_case,
    suspend_procedure,
)
from workflows.cases.pausing import Reasons, extend_limit, pause_limits, resume_limits
from workflows.cases.postponing import change_task_due, change_timer
from workflows.cases.reassigning import Preview, preview_reassign, reassign_tasks
from workflows.cases.recounting import recount_limits
from workflows.cases.tasks import (
    attempt,
    claim_task,
    complete_task,
    release_task,
    save_draft,
    send_message,
)
from workflows.cases.unsealing import Seal, open_seal, seals_of

__all__ = [
    "Candidates",
    "Fault",
    "Judged",
    "Move",
    "Preview",
    "Reasons",
    "Seal",
    "add_attachment",
    "attempt",
    "change_task_due",
    "change_timer",
    "claim_task",
    "complete_task",
    "continue_move",
    "due_jobs",
    "escalate",
    "extend_limit",
    "get_ready",
    "give_back",
    "move_case",
    "next_due",
    "open_case",
    "open_seal",
    "pause_limits",
    "plan_daily",
    "preview_moves",
    "preview_reassign",
    "read_move",
    "reassign_tasks",
    "recent_moves",
    "recount_limits",
    "register_change",
    "release_task",
    "resume_case",
    "resume_limits",
    "resume_procedure",
    "retry_all",
    "retry_job",
    "retry_jobs",
    "run_job",
    "save_draft",
    "seals_of",
    "send_message",
    "start_move",
    "suspend_case",
    "suspend_procedure",
    "verify_case",
]
