"""Builds small BPMN texts for tests: nodes and arrows in, XML out."""

# ruff: noqa: A001, A002, E501

import itertools
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">'
)


@dataclass
class Drawing:
    """One process (or embedded sub-process) being drawn; `xml` turns it into a file."""

    key: str = "p"
    parts: list[str] = field(default_factory=list)
    arrows: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def node(self, kind: str, id: str, inner: str = "", **attributes: str) -> "Drawing":
        """Any flow node; attribute `camunda_topic` becomes camunda:topic."""
        said = "".join(
            f" {name.replace('camunda_', 'camunda:')}={quoteattr(value)}"
            for name, value in attributes.items()
        )
        self.ids.append(id)
        self.parts.append(f'<bpmn:{kind} id="{id}"{said}>{inner}</bpmn:{kind}>')
        return self

    def start(self, id: str = "begun", **attributes: str) -> "Drawing":
        return self.node("startEvent", id, **attributes)

    def end(self, id: str = "ended", inner: str = "") -> "Drawing":
        return self.node("endEvent", id, inner)

    def user(self, id: str, inner: str = "", **attributes: str) -> "Drawing":
        return self.node("userTask", id, inner, **{"camunda_formKey": id, **attributes})

    def service(self, id: str, inner: str = "", topic: str = "work") -> "Drawing":
        return self.node("serviceTask", id, inner, camunda_type="external", camunda_topic=topic)

    def call(self, id: str, called: str, inner: str = "") -> "Drawing":
        return self.node("callActivity", id, inner, calledElement=called)

    def rule(self, id: str, decision: str, **attributes: str) -> "Drawing":
        return self.node("businessRuleTask", id, camunda_decisionRef=decision, **attributes)

    def xor(self, id: str, default: str | None = None) -> "Drawing":
        return self.node("exclusiveGateway", id, **({"default": default} if default else {}))

    def catch(self, id: str, message: str) -> "Drawing":
        return self.node("intermediateCatchEvent", id, self.message(message))

    def wait(self, id: str, text: str) -> "Drawing":
        return self.node("intermediateCatchEvent", id, timer(text))

    def boundary(self, id: str, host: str, inner: str, *, interrupting: bool = True) -> "Drawing":
        return self.node(
            "boundaryEvent", id, inner, attachedToRef=host,
            cancelActivity="true" if interrupting else "false",
        )  # fmt: skip

    def sub(self, id: str, inner: "Drawing", extra: str = "", **attributes: str) -> "Drawing":
        self.heads += [one for one in inner.heads if one not in self.heads]
        self.ids += inner.ids
        return self.node("subProcess", id, extra + inner.body(), **attributes)

    def aside(self, id: str, inner: "Drawing", extra: str = "") -> "Drawing":
        """An event sub-process; `inner` begins with a trigger."""
        return self.sub(id, inner, extra, triggeredByEvent="true")

    def trigger(self, id: str, inner: str, *, interrupting: bool = True) -> "Drawing":
        """The start event of an event sub-process."""
        said = {} if interrupting else {"isInterrupting": "false"}
        return self.node("startEvent", id, inner, **said)

    def message(self, name: str) -> str:
        """A message event definition, the message declared."""
        head = f'<bpmn:message id="message_{name}" name="{name}"/>'
        if head not in self.heads:
            self.heads.append(head)
        return f'<bpmn:messageEventDefinition messageRef="message_{name}"/>'

    def error(self, code: str) -> str:
        """An error event definition, the error declared."""
        head = f'<bpmn:error id="error_{code}" errorCode="{code}"/>'
        if head not in self.heads:
            self.heads.append(head)
        return f'<bpmn:errorEventDefinition errorRef="error_{code}"/>'

    def flow(self, path: str, condition: str = "", id: str = "") -> "Drawing":
        """Arrows: flow("a > b > c"); a condition and an id only for a single arrow."""
        names = [one.strip() for one in path.split(">")]
        for source, target in itertools.pairwise(names):
            inner = (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"{escape(condition)}</bpmn:conditionExpression>"
                if condition
                else ""
            )
            key = id or f"{source}_to_{target}"
            self.arrows.append(
                f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">'
                f"{inner}</bpmn:sequenceFlow>"
            )
        return self

    def body(self) -> str:
        return "".join(self.parts) + "".join(self.arrows)

    def process(self) -> str:
        lanes = "".join(f"<bpmn:flowNodeRef>{id}</bpmn:flowNodeRef>" for id in self.ids)
        return (
            f'<bpmn:process id="{self.key}" name="{self.key}" isExecutable="true">'
            f'<bpmn:laneSet id="lanes_{self.key}"><bpmn:lane id="caseworker" name="承办人">'
            f"{lanes}</bpmn:lane></bpmn:laneSet>{self.body()}</bpmn:process>"
        )

    def xml(self) -> bytes:
        shapes = "".join(f'<bpmndi:BPMNShape bpmnElement="{id}"/>' for id in self.ids)
        picture = f"<bpmndi:BPMNDiagram><bpmndi:BPMNPlane>{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
        return (
            HEAD + "".join(self.heads) + self.process() + picture + "</bpmn:definitions>"
        ).encode()


def timer(text: str, kind: str = "timeDate") -> str:
    """A timer event definition."""
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}>"
        "</bpmn:timerEventDefinition>"
    )


def extension(inner: str) -> str:
    """extensionElements around Camunda's."""
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def parameters(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    """camunda:inputOutput as extensionElements."""
    written = [
        f'<camunda:{tag} name="{name}">{escape(text)}</camunda:{tag}>'
        for tag, several in (("inputParameter", inputs), ("outputParameter", outputs))
        for name, text in (several or {}).items()
    ]
    return extension(f"<camunda:inputOutput>{''.join(written)}</camunda:inputOutput>")


def passing(*ins_and_outs: str) -> str:
    """extensionElements of a call: passing("in a > b", "out ${x + 1} > y", "in all")."""
    written = list[str]()
    for one in ins_and_outs:
        tag, rest = one.split(" ", 1)
        if rest == "all":
            written.append(f'<camunda:{tag} variables="all"/>')
            continue
        source, target = (part.strip() for part in rest.rsplit(">", 1))
        name = "sourceExpression" if source.startswith("${") else "source"
        written.append(f"<camunda:{tag} {name}={quoteattr(source)} target={quoteattr(target)}/>")
    return extension("".join(written))


def many(
    collection: str = "",
    variable: str = "",
    cardinality: str = "",
    until: str = "",
    *,
    sequential: bool = False,
) -> str:
    """multiInstanceLoopCharacteristics."""
    said = f' camunda:collection="{collection}"' if collection else ""
    said += f' camunda:elementVariable="{variable}"' if variable else ""
    inner = (
        f"<bpmn:loopCardinality>{escape(cardinality)}</bpmn:loopCardinality>" if cardinality else ""
    )
    inner += (
        f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    )
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"{said}>'
        f"{inner}</bpmn:multiInstanceLoopCharacteristics>"
    )  # fmt: skip
