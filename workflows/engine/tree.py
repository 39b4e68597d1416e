"""The token trees of a case: SpiffWorkflow's workflows, told what to do when a token has moved."""

# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
# pyright: reportUnknownVariableType=false

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

if TYPE_CHECKING:
    from workflows.engine.moving import Moving


class CaseWorkflow(BpmnWorkflow):
    """The tokens of the top process; `subprocesses` holds the inner trees by their host's id."""

    host = None
    scope = ""

    def __init__(self, run: "Moving", *, restoring: bool = False) -> None:
        self.run = run
        nets = run.procedure.nets
        super().__init__(nets[run.procedure.key], nets, deserializing=restoring)

    def _task_completed_notify(self, task: Any) -> None:
        self.run.moved(task)


class InnerWorkflow(BpmnSubWorkflow):
    """The tokens inside a call activity (a scope of its own) or an embedded sub-process."""

    def __init__(self, host: Any, net: Any, *, restoring: bool = False) -> None:
        self.host = host
        top = host.workflow.top_workflow
        self.scope: str = host.workflow.scope if net.container else host.id.hex
        super().__init__(net, host.id, top, deserializing=restoring)
        top.subprocesses[host.id] = self

    def _calculate_depth(self) -> int:
        return self.host.workflow.depth + 1

    def _task_completed_notify(self, task: Any) -> None:
        self.top_workflow.run.moved(task)
