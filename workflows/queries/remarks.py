"""What a line of a case's history says beside the kind of the event: numbers, reasons, words."""

from collections.abc import Mapping
from typing import Any

REMARKS = {
    "escalated": ("label",),
    "task_reassigned": ("name", "reason"),
    "case_moved": ("said", "reason"),
    "message_refused": ("reason",),
    "attachment_added": ("filename",),
    "document_issued": ("number",),
    "due_changed": ("reason",),
    "limit_paused": ("name", "kind", "ground"),
    "limit_resumed": ("name", "reason"),
    "limit_extended": ("name", "kind", "ground"),
    "case_suspended": ("reason",),
    "case_resumed": ("reason",),
    "repair_kept": ("earliest_on",),
    "repair_not_accepted": ("reasons",),
    "challenge_screened": ("reasons",),
    "challenge_decided": ("reasons",),
    "challenge_answered": ("number",),
    "channel_given_up": ("reasons",),
    "commitment_declined": ("reasons",),
    "dispute_registered": ("number",),
    "effect_noted": ("effect",),
    "harm_redressed": ("redress",),
    "implementers_urged": ("reasons",),
    "interview_cancelled": ("reasons",),
    "interview_missed": ("reasons",),
    "measure_answered": ("own_basis", "reason"),
    "rectification_extended": ("due_on", "reason"),
    "rectification_verified": ("finding",),
    "rectification_withdrawn": ("reasons",),
    "revocation_under_way": ("revoked_by",),
    "source_answered": ("answer",),
    "status_noted": ("status",),
    "supervision_escalated": ("reason",),
}
"""Kind of event → what of it a line of the history says."""


def remark(kind: str, after: Mapping[str, Any]) -> str:
    """What a line of the history adds to its name, or nothing."""
    return "，".join(str(after[name]) for name in REMARKS.get(kind, ()) if after.get(name))
