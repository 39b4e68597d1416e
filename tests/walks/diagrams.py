"""What the four diagrams hold, read from their XML alone: what a walk must have reached."""

from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree as ET

from workflows import settings

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
FILES = (
    "serious_listing/serious_listing.bpmn",
    "shared/prior_notice.bpmn",
    "shared/service_of_process.bpmn",
    "shared/objection.bpmn",
)


@dataclass(frozen=True)
class Drawn:
    """Ids of one process: `wanted` must be reached; `eyes`: user task → tasks of other hands."""

    process: str
    ends: frozenset[str]
    user_tasks: frozenset[str]
    branches: frozenset[str]
    eyes: dict[str, frozenset[str]]

    @property
    def wanted(self) -> frozenset[str]:
        return self.ends | self.user_tasks | self.branches


@cache
def drawn() -> tuple[Drawn, ...]:
    """The four procedures."""
    return tuple(_read(path) for path in FILES)


def eyes() -> dict[str, frozenset[str]]:
    """Every task that another hand must do → the tasks of the first hand."""
    return {task: barred for one in drawn() for task, barred in one.eyes.items()}


def _read(path: str) -> Drawn:
    root = ET.fromstring((settings.PROCEDURES / path).read_bytes())  # noqa: S314 — our own file
    process = root.find(f"{BPMN}process")
    assert process is not None
    gateways = {
        one.get("id")
        for kind in ("exclusiveGateway", "eventBasedGateway", "parallelGateway")
        for one in process.iter(BPMN + kind)
    }
    flows = process.iter(f"{BPMN}sequenceFlow")
    return Drawn(
        process.get("id", ""),
        _ids(process, "endEvent"),
        _ids(process, "userTask"),
        frozenset(one.get("id", "") for one in flows if one.get("sourceRef") in gateways),
        {
            one.get("id", ""): frozenset(said.replace(",", " ").split())
            for one in process.iter(f"{BPMN}userTask")
            if (said := _four_eyes(one))
        },
    )


def _ids(process: ET.Element, kind: str) -> frozenset[str]:
    return frozenset(one.get("id", "") for one in process.iter(BPMN + kind))


def _four_eyes(task: ET.Element) -> str:
    named = {one.get("name"): one.get("value", "") for one in task.iter(f"{CAMUNDA}property")}
    return named.get("four_eyes", "")
