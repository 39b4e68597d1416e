"""Random cases over random diagrams, moved to a version changed at random somewhere.

A moved case waits for exactly what it waited for and comes to an end; what it did so far would have
brought it to the same place in the new version, so that no step was skipped. A case that stays is
not touched.
"""

import copy
import re
from dataclasses import dataclass
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from tests.engine.cases import Case, five_days, play
from tests.engine.test_walks import Block, diagrams, drawn
from workflows import engine, errors
from workflows.engine import migration

FLOW = re.compile(r'<bpmn:sequenceFlow id="(\w+)" sourceRef="(\w+)" targetRef="(\w+)">')
STEP = re.compile(r'<bpmn:(userTask|serviceTask) id="(\w+)"[^>]*></bpmn:\1>')
LANE = "</bpmn:lane>"


@dataclass
class Changed:
    """A diagram changed in one place; `element` is new, renamed or gone."""

    xml: str
    element: str


def insert(xml: str, at: int) -> Changed | None:
    """A new task in the middle of some flow; what follows an event gateway may not be moved."""
    flows = [one for one in FLOW.finditer(xml) if not one[2].startswith("race")]
    flow = flows[at % len(flows)]
    target = f'targetRef="{flow[3]}"'
    first = flow[0].replace(target, 'targetRef="new"')
    drawn = (
        '<bpmn:userTask id="new" camunda:formKey="new"></bpmn:userTask>'
        f'<bpmn:sequenceFlow id="new_flow" sourceRef="new" {target}></bpmn:sequenceFlow>{first}'
    )
    xml = xml[: flow.start()] + drawn + xml[flow.end() :]
    return Changed(xml.replace(LANE, f"<bpmn:flowNodeRef>new</bpmn:flowNodeRef>{LANE}", 1), "new")


def remove(xml: str, at: int) -> Changed | None:
    """One task less, its flows joined; not one that an event watches."""
    steps = [one for one in STEP.finditer(xml) if f'attachedToRef="{one[2]}"' not in xml]
    if not steps:
        return None
    step = steps[at % len(steps)]
    flows = list(FLOW.finditer(xml))
    [out] = [one for one in flows if one[2] == step[2]]
    into = [one for one in flows if one[3] == step[2]]
    xml = xml.replace(f"{out[0]}</bpmn:sequenceFlow>", "").replace(step[0], "")
    for flow in into:
        joined = flow[0].replace(f'targetRef="{step[2]}"', f'targetRef="{out[3]}"')
        xml = xml.replace(flow[0], joined)
    return Changed(xml.replace(f"<bpmn:flowNodeRef>{step[2]}</bpmn:flowNodeRef>", ""), step[2])


def rename(xml: str, at: int) -> Changed | None:
    """Another label."""
    steps = list(STEP.finditer(xml))
    if not steps:
        return None
    step = steps[at % len(steps)]
    named = step[0].replace(f'id="{step[2]}"', f'id="{step[2]}" name="新名"', 1)
    return Changed(xml.replace(step[0], named), step[2])


def watch(xml: str, at: int) -> Changed | None:
    """An event sub-process more, at the top."""
    drawn = (
        '<bpmn:subProcess id="new" triggeredByEvent="true">'
        '<bpmn:startEvent id="new_s"><bpmn:messageEventDefinition messageRef="message_new"/>'
        '</bpmn:startEvent><bpmn:endEvent id="new_e"></bpmn:endEvent>'
        '<bpmn:sequenceFlow id="new_flow" sourceRef="new_s" targetRef="new_e"/></bpmn:subProcess>'
    )
    xml = xml.replace("</bpmn:process>", f"{drawn}</bpmn:process>")
    head = '<bpmn:message id="message_new" name="new"/>'
    return Changed(xml.replace("<bpmn:process ", f"{head}<bpmn:process ", 1), "new")


CHANGES = {"insert": insert, "remove": remove, "rename": rename, "watch": watch}


def choices(case: Case) -> list[tuple[str, str]]:
    run = case.run
    acts = sorted(("do", one.element.id) for one in [*run.tasks(), *run.services()])
    acts += [("travel", "")] * bool(run.timers())
    return acts + sorted(("tell", one.element.id) for one in run.catches())


def act(case: Case, what: str, element: str, again: bool) -> None:
    if what == "travel":
        case.at(days=1)
    elif what == "tell":
        message = next(one.message for one in case.run.catches() if one.element.id == element)
        case.tell(message, catch=element)
    else:
        case.do(element, again=again)


def new_version(
    case: Case, change: str, at: int
) -> tuple[dict[str, bytes], engine.Procedure, str] | None:
    """The case's diagrams changed in one place of the top process, or of the called one."""
    file = "child/child.bpmn" if at % 4 == 3 else "p/p.bpmn"
    changed = CHANGES[change](case.bundle[file].decode(), at // 4)
    if changed is None:
        return None
    bundle = {**case.bundle, file: changed.xml.encode()}
    try:
        return bundle, engine.parse(bundle, "p", case.types), changed.element
    except errors.ProcedureRefused:
        return None


def everything(case: Case) -> tuple[Any, ...]:
    run = case.run
    dues = [(one.id, run.task_due(one.id)) for one in run.tasks()]
    return (*migration._waits(run), dues, run.facts, run.ended)  # noqa: SLF001


def walked(case: Case, walk: list[tuple[int, bool]]) -> list[tuple[str, str, bool]]:
    """What was done; the step that would end the case is not."""
    done = list[tuple[str, str, bool]]()
    for choice, again in walk:
        acts = choices(case)
        one = (*acts[choice % len(acts)], again)
        kept = (case.run.snapshot(), copy.deepcopy(case.run.facts), case.run.now)
        act(case, *one)
        if case.run.ended:
            case.run = engine.resume(case.procedure, *kept, five_days)
            break
        done.append(one)
    return done


def run_to_an_end(case: Case) -> None:
    case.top["again"] = False  # the task that would say so may be gone
    for _ in range(400):
        acts = choices(case)
        if not acts:
            break
        act(case, *acts[0], again=False)
    assert case.run.ended is not None


steps = st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=12)


@settings(max_examples=120, deadline=None)
@given(block=diagrams, walk=steps, change=st.sampled_from(sorted(CHANGES)), at=st.integers(0, 200))
def test_a_moved_case_keeps_what_waits_skips_nothing_and_ends(
    block: Block, walk: list[tuple[int, bool]], change: str, at: int
) -> None:
    case = play(*drawn(block), again=False)
    version = new_version(case, change, at)
    assume(version is not None and not case.run.ended)
    assert version is not None
    bundle, new, _ = version
    done = walked(case, walk)
    snapshot, before = case.again().run.snapshot(), everything(case)
    judged = migration.judge(case.run, new)
    assert (case.run.snapshot(), everything(case)) == (snapshot, before)
    event(f"{change}: {'moves' if judged.moves else 'stays'}")
    if not judged.moves:
        assert all(one.element and one.text for one in judged.reasons)
        return
    case.run = migration.move(case.run, new, five_days)
    case.procedure = new
    assert everything(case.again()) == before
    if change != "remove":
        other = Case(bundle, case.types, {"again": False})
        for one in done:
            act(other, *one)
        assert other.waits == case.waits
    run_to_an_end(case)


def test_the_changes_change_what_they_say() -> None:
    case = play(*drawn(("sequence", [("user",), ("service",)])), again=False)
    for change in CHANGES:
        version = new_version(case, change, 0)
        assert version is not None
        _, new, element = version
        assert (element in new.elements) == (change != "remove")
        assert new.elements.keys() != case.procedure.elements.keys() or change == "rename"
