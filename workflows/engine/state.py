"""The stored format of a case's tokens: JSON, versioned, without facts and without history.

v1: {"v": 1, "n": last event number, "end": last end event, "over": ended, "marks": {process:
{element or flow: "d" done | "c" cancelled}}, "trees": [[host token id or null, net name, rows]]}
with the top tree first and hosts before their inner trees; a row is [token id, index of its parent
row or -1, specification, state, data or null]. Only live tokens are kept, and the finished ones
whose children watch each other (activity and boundary events, racing events). The start event of an
event sub-process that waits is a row in the tree of what holds it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from workflows import errors
from workflows.engine import repeating, specs, tree

if TYPE_CHECKING:
    from workflows.engine.run import Run

VERSION = 1
_MARKS = {"done": "d", "cancelled": "c"}
_READ_MARKS = {short: mark for mark, short in _MARKS.items()}


def pack(run: "Run") -> bytes:
    """The case's tokens as bytes."""
    top = run.workflow
    inner = top.subprocesses.values()  # a host's tree always begins before those inside it
    trees = [[None, top.spec.name, _rows(top)]]
    trees += [[one.host.id.hex, one.spec.name, _rows(one)] for one in inner]
    return orjson.dumps(
        {
            "v": VERSION,
            "n": run.number,
            "end": run.last_end,
            "over": run.ended,
            "marks": {
                process: {key: _MARKS[mark] for key, mark in known.items()}
                for process, known in run.history.items()
            },
            "trees": trees,
        }
    )


def _rows(workflow: Any) -> list[list[Any]]:
    kept: dict[Any, int] = {}
    rows: list[list[Any]] = []
    living = specs.live(workflow)
    wanted = {task.id for task in living}
    wanted |= {family.id for task in living if (family := _family(task))}
    for task in workflow.tasks.values():
        if task.id in wanted:
            family = _family(task)
            kept[task.id] = len(rows)
            parent = kept[family.id] if family else -1
            data = task.internal_data or None
            rows.append([task.id.hex, parent, task.task_spec.name, task.state, data])
    return rows


def _family(task: Any) -> Any:
    """The parent a token still needs: it is watched, racing or an instance; else None."""
    parent = task.parent
    if parent is None:
        return None
    needed = (
        isinstance(parent.task_spec, specs.Split)
        or (isinstance(parent.task_spec, specs.EventGateway) and task.state == TaskState.WAITING)
        or (isinstance(parent.task_spec, repeating.Many) and task.task_spec.many)
    )
    return parent if needed else None


def unpack(run: "Run", snapshot: bytes) -> None:
    """Give a new Run the tokens of a snapshot. Errors: StateUnreadable."""
    try:
        stored = orjson.loads(snapshot)
        version = stored["v"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise errors.StateUnreadable("不是运行状态") from error
    if version != VERSION:
        raise errors.StateUnreadable(f"格式版本{version}未知，本程序只读{VERSION}")
    try:
        _unpack_v1(run, stored)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
        raise errors.StateUnreadable(f"与流程“{run.procedure.key}”不符（{error}）") from error


def _unpack_v1(run: "Run", stored: Any) -> None:
    run.number = stored["n"]
    run.last_end = stored["end"]
    run.ended = stored["over"]
    run.history = {
        process: {key: _READ_MARKS[mark] for key, mark in known.items()}
        for process, known in stored["marks"].items()
    }
    hosts: dict[str, Any] = {}
    for host, name, rows in stored["trees"]:
        net = run.procedure.nets[name]
        if host is None:
            run.workflow = workflow = tree.CaseWorkflow(run, restoring=True)
        else:
            workflow = tree.InnerWorkflow(hosts[host], net, restoring=True)
        root = workflow.task_tree = Task(workflow, net.start, state=TaskState.COMPLETED)
        tasks = list[Any]()
        for key, parent, spec, status, data in rows:
            above = tasks[parent] if parent >= 0 else root
            task = Task(workflow, net.task_specs[spec], above, status, UUID(hex=key))
            task.internal_data = data or {}
            tasks.append(task)
            hosts[key] = task
            if status == TaskState.READY and not task.task_spec.manual:
                run.queue.append(task)
    run.workflow.completed = run.ended is not None
    scopes = {run.workflow.scope, *(one.scope for one in run.workflow.subprocesses.values())}
    if scopes - run.facts.keys():
        raise KeyError("facts")
