"""Time limits of the law: which is in force, when it ends and why, and what follows its end."""

from workflows.deadlines.counting import (
    Deadline,
    Interval,
    Step,
    compute,
    counts_in_window,
    explain,
    in_window_from,
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

__all__ = [
    "DaysLeft",
    "Deadline",
    "Interval",
    "Limit",
    "Rung",
    "Step",
    "compute",
    "counts_in_window",
    "days_left",
    "explain",
    "find",
    "in_window_from",
    "ladder",
    "limits_in_force",
    "load_ladder",
    "load_limits",
    "next_step",
    "read_ladder",
    "read_limits",
    "recompute",
]
