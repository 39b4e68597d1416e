"""What the diagrams of the house hold, read from their XML alone: what a walk must have reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from workflows import settings

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


@dataclass(frozen=True)
class Drawn:
    """Ids of one process: `wanted` must be reached; `eyes`: user task → tasks of other hands.

    `messages`: what people may register, by name; `calls`: the processes it calls.
    """

    process: str
    ends: frozenset[str]
    user_tasks: frozenset[str]
    branches: frozenset[str]
    messages: frozenset[str]
    calls: frozenset[str]
    eyes: dict[str, frozenset[str]]

    @property
    def wanted(self) -> frozenset[str]:
        return self.ends | self.user_tasks | self.branches


@cache
def drawn() -> dict[str, Drawn]:
    """Every process of the house by its id."""
    files = sorted(settings.PROCEDURES.glob("*/*.bpmn"))
    return {one.process: one for file in files if (one := _read(file))}


def procedures() -> list[str]:
    """The processes of which cases are opened: those in folders of their own."""
    return sorted(key for key in drawn() if (settings.PROCEDURES / key).is_dir())


@cache
def with_called(key: str) -> tuple[Drawn, ...]:
    """A procedure and all that it calls."""
    found: dict[str, Drawn] = {}
    waiting = [key]
    while waiting:
        one = drawn()[waiting.pop()]
        if one.process not in found:
            found[one.process] = one
            waiting += sorted(one.calls)
    return tuple(found.values())


@cache
def eyes(key: str) -> dict[str, frozenset[str]]:
    """Every task of a procedure that another hand must do → the tasks of the first hand."""
    return {task: barred for one in with_called(key) for task, barred in one.eyes.items()}


def _read(file: Path) -> Drawn | None:
    root = ET.fromstring(file.read_bytes())  # noqa: S314 — our own file
    process = root.find(f"{BPMN}process")
    assert process is not None, file
    names = {one.get("id"): one.get("name", "") for one in root.iter(f"{BPMN}message")}
    gateways = {
        one.get("id")
        for kind in ("exclusiveGateway", "eventBasedGateway", "parallelGateway", "inclusiveGateway")
        for one in process.iter(BPMN + kind)
    }
    flows = process.iter(f"{BPMN}sequenceFlow")
    return Drawn(
        process.get("id", ""),
        _ids(process, "endEvent"),
        _ids(process, "userTask"),
        frozenset(one.get("id", "") for one in flows if one.get("sourceRef") in gateways),
        frozenset(names[ref] for ref in _received(process)),
        frozenset(one.get("calledElement", "") for one in process.iter(f"{BPMN}callActivity")),
        {
            one.get("id", ""): frozenset(said.replace(",", " ").split())
            for one in process.iter(f"{BPMN}userTask")
            if (said := _property(one, "four_eyes"))
        },
    )


def _received(process: ET.Element) -> Iterator[str]:
    """Of the messages that are caught, those that people send."""
    kinds = ("startEvent", "boundaryEvent", "intermediateCatchEvent", "receiveTask")
    for kind in kinds:
        for event in process.iter(BPMN + kind):
            if _property(event, "sender") == "system":
                continue
            for one in (event, *event.iter(f"{BPMN}messageEventDefinition")):
                if one.get("messageRef"):
                    yield one.get("messageRef", "")


def _ids(process: ET.Element, kind: str) -> frozenset[str]:
    return frozenset(one.get("id", "") for one in process.iter(BPMN + kind))


def _property(element: ET.Element, name: str) -> str:
    named = {one.get("name"): one.get("value", "") for one in element.iter(f"{CAMUNDA}property")}
    return named.get(name, "")
