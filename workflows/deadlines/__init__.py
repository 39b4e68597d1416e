"""Time limits of the law: which is in force, when it ends and why, and what follows its end."""

from workflows.deadlines.counting import (
    Deadline,
    Interval,
    Step,
    compute,
    counts_in_window,
    explain,
    in_window_from,
    later,
    recompute,
)
from workflows.deadlines.limits import (
    Limit,
    find,
    limits_in_force,
    load_limits,
    read_limits,
)
from workflows.deadlines.overdue import (
    DaysLeft,
    Rung,
    days_left,
    ladder,
    load_ladder,
    next_step,
    read_ladder,
)
from workflows.deadlines.pausing import (
    KINDS,
    UNITS,
    Pause,
    count,
    is_stopped,
    known_while_running,
    moved_by,
)

__all__ = [
    "KINDS",
    "UNITS",
    "DaysLeft",
    "Deadline",
    "Interval",
    "Limit",
    "Pause",
    "Rung",
    "Step",
    "compute",
    "count",
    "counts_in_window",
    "days_left",
    "explain",
    "find",
    "in_window_from",
    "is_stopped",
    "known_while_running",
    "ladder",
    "later",
    "limits_in_force",
    "load_ladder",
    "load_limits",
    "moved_by",
    "next_step",
    "read_ladder",
    "read_limits",
    "recompute",
]
