"""The engine: runs procedures as BPMN on SpiffWorkflow. Pure: no I/O, no clock.

procedure = engine.parse(bundle, "serious_listing", fact_types)
run = engine.begin(procedure, facts, now, limit)      # or resume(procedure, state, …)
run.settle(); run.tasks(); run.complete(task_id, answers); run.snapshot()
"""

from workflows.engine.asking import check
from workflows.engine.between import Remark
from workflows.engine.complaints import Complaint
from workflows.engine.migration import Verdict, judge, move
from workflows.engine.moving import Step, Thrown
from workflows.engine.procedure import Bundle, FactTypes, Procedure, parse
from workflows.engine.reading import Element, Flow
from workflows.engine.run import Catch, OpenTask, Run, ServiceCall, Timer, begin, resume
from workflows.engine.supply import Offered, ServiceSignature, Topics, fact_types
from workflows.engine.timing import LimitFn
from workflows.engine.wanting import Supplies, supplies

__all__ = [
    "Bundle",
    "Catch",
    "Complaint",
    "Element",
    "FactTypes",
    "Flow",
    "LimitFn",
    "Offered",
    "OpenTask",
    "Procedure",
    "Remark",
    "Run",
    "ServiceCall",
    "ServiceSignature",
    "Step",
    "Supplies",
    "Thrown",
    "Timer",
    "Topics",
    "Verdict",
    "begin",
    "check",
    "fact_types",
    "judge",
    "move",
    "parse",
    "resume",
    "supplies",
]
