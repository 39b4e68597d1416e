"""案件 on its diagram: what is done, where it stands, and the same as a list of steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows import errors, procedures
from workflows.access import Actor
from workflows.queries import reading
from workflows.queries.reading import CaseHead
from workflows.store import Store

SHOWN = {
    *("startEvent", "endEvent", "userTask", "manualTask", "serviceTask", "sendTask"),
    *("businessRuleTask", "callActivity", "receiveTask", "intermediateCatchEvent"),
    *("boundaryEvent",),
}
"""Kinds that read as steps; gateways and flows only show on the picture."""

BY_PEOPLE = {"userTask", "manualTask", "receiveTask", "callActivity", "startEvent"}


@dataclass(frozen=True)
class DiagramStep:
    """One element with its mark: active | done | cancelled | '' (not reached).

    `role` is a lane, or system for what the machine does.
    """

    element: str
    name: str
    role: str
    mark: str


@dataclass(frozen=True)
class DiagramPage:
    """One process of the case's procedure. `processes` are (key, name) of all that it calls."""

    head: CaseHead
    process: str
    processes: tuple[tuple[str, str], ...]
    marks: Mapping[str, str]
    steps: tuple[DiagramStep, ...]


def case_diagram(store: Store, actor: Actor, case_id: int, process: str = "") -> DiagramPage:
    """The diagram of the case's own version, with its marks; raises NotFound."""
    with store.reading() as tx:
        case = reading.case_row(tx, actor, case_id)
        deployed = procedures.deployed(tx, case["procedure_id"])
        process = process or deployed.key
        if process not in deployed.procedure.processes:
            raise errors.NotFound
        marks = reading.case_run(tx, case).marks().get(process, {}) if case["state"] else {}
        return DiagramPage(
            head=reading.case_head(tx, case),
            process=process,
            processes=_processes(deployed),
            marks=marks,
            steps=_steps(deployed, process, marks),
        )


def diagram_xml(store: Store, actor: Actor, case_id: int, process: str) -> bytes:
    """The BPMN file as it was deployed for this case; raises NotFound."""
    with store.reading() as tx:
        case = reading.case_row(tx, actor, case_id)
        deployed = procedures.deployed(tx, case["procedure_id"])
        file = deployed.procedure.processes.get(process)
        if file is None:
            raise errors.NotFound
        return deployed.bundle[file]


def _processes(deployed: procedures.Deployed) -> tuple[tuple[str, str], ...]:
    """The procedure's own process first, then those it calls, under the name of the call."""
    called = {one.called: one.name for one in deployed.procedure.elements.values() if one.called}
    others = sorted(key for key in deployed.procedure.processes if key != deployed.key)
    return (
        (deployed.key, deployed.procedure.name),
        *((key, called.get(key, key)) for key in others),
    )


def _steps(
    deployed: procedures.Deployed, process: str, marks: Mapping[str, Any]
) -> tuple[DiagramStep, ...]:
    return tuple(
        DiagramStep(
            element=one.id,
            name=one.name,
            role=(one.lane or "") if one.kind in BY_PEOPLE and not one.timer else "system",
            mark=marks.get(one.id, ""),
        )
        for one in deployed.procedure.elements.values()
        if one.process == process and one.kind in SHOWN and one.name
    )
