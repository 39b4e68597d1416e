"""Diagrams damaged at random: refused by name or run by name, never a stray exception."""

from copy import deepcopy

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.engine.cases import NOW, Topic, five_days
from tests.engine.diagrams import Drawing, many, parameters, passing, timer
from workflows import engine, errors

OFFERED = engine.Offered(
    topics={"work": Topic({"k": "string"}, {"done": "boolean"})},
    forms={
        "p/draft": {"x": "number", "people": "list"},
        "child/answer": {"reply": "string"},
        "child/read": {},
    },
    limits={"w"},
    roles={"caseworker", "caseworker_2"},
)


def rich() -> etree._Element:
    """A diagram with one of everything."""
    inner = Drawing().start("s0").node("eventBasedGateway", "race").catch("told", "m1")
    inner.wait("late", 'limit("w")').end("s9").end("failed", inner.error("E1"))
    inner.xor("ok", default="ok_to_s9").flow("s0 > race > told > ok > s9").flow("race > late > s9")
    inner.flow("ok > failed", "x > 5")
    drawing = Drawing().start().user("draft").xor("which", default="which_to_join")
    drawing.node("inclusiveGateway", "fork").node("inclusiveGateway", "join").sub("block", inner)
    drawing.call("ask", "child", passing("in x > y", "in ${x + 1} > z", "out reply > said"))
    drawing.service("act", parameters({"k": "v"}, {"fine": "${done}"}))
    drawing.user("hear", many("people", "one"), camunda_formKey="draft")
    drawing.boundary("m", "block", drawing.message("m2"), interrupting=False)
    drawing.boundary("e", "block", drawing.error("E1")).boundary("t", "hear", timer("P1D"))
    drawing.end("stop", "<bpmn:terminateEventDefinition/>").end()
    drawing.flow("begun > draft > which > join > ended").flow("which > fork", "x > 1")
    drawing.flow("fork > block > join", "").flow("fork > hear > join").flow("m > ask > act > ended")
    drawing.flow("e > join").flow("t > stop")
    child = Drawing("child").start("c0").user("answer").end("c9").flow("c0 > answer > c9")
    told = '<bpmn:messageEventDefinition messageRef="message_m2"/>'
    aside = Drawing().trigger("heard", told, interrupting=False).user("read").end("noted")
    child.aside("reading", aside.flow("heard > read > noted"))
    aside = Drawing().trigger("aged", timer("P2D")).end("lapsed").flow("aged > lapsed")
    child.aside("ageing", aside)
    lanes = child.process().replace('id="caseworker"', 'id="caseworker_2"')
    xml = drawing.xml().decode().replace("<bpmndi:BPMNDiagram>", f"{lanes}<bpmndi:BPMNDiagram>")
    return etree.fromstring(xml.encode())


WHOLE = rich()
NODES = sum(1 for _ in WHOLE.iter())
IDS = [one.get("id") or "" for one in WHOLE.iter() if one.get("id")]
TAGS = sorted({str(one.tag) for one in WHOLE.iter()})
TEXTS = ["", "x", "x > 1", "${x}", "limit(x)", "P1D", "-P1D", "nosuch", "true", "9", "{}", "甲"]

damages = st.lists(
    st.tuples(
        st.sampled_from(["drop", "double", "move", "rename", "attribute", "delete", "text"]),
        st.integers(1, NODES - 1),
        st.integers(0, 1000),
        st.sampled_from([*IDS, *TEXTS]),
    ),
    min_size=1,
    max_size=4,
)


def damage(root: etree._Element, kind: str, at: int, other: int, text: str) -> None:
    nodes = list(root.iter())
    node = nodes[at % len(nodes)]
    parent = node.getparent()
    if parent is None:
        return
    if kind == "drop":
        parent.remove(node)
    elif kind == "double":
        parent.append(deepcopy(node))
    elif kind == "move":
        target = nodes[other % len(nodes)]
        if node not in target.iterancestors() and target is not node:
            target.append(node)
    elif kind == "rename":
        node.tag = TAGS[other % len(TAGS)]
    elif kind == "text":
        node.text = text
    elif node.attrib:
        name = sorted(node.attrib)[other % len(node.attrib)]
        if kind == "delete":
            del node.attrib[name]
        else:
            node.set(name, text)


def test_the_whole_diagram_is_sound() -> None:
    found = engine.check({"p.bpmn": etree.tostring(WHOLE)}, "p", OFFERED)
    assert [str(one) for one in found if one.severity == "error"] == []


@settings(max_examples=150, deadline=None)
@example(damages=[("attribute", 64, 1, "d"), ("attribute", 64, 74, "d")], x=2)
@example(damages=[("attribute", 34, 0, "hear")], x=0)
@example(damages=[("drop", 77, 0, "d")], x=0)
@given(damages=damages, x=st.sampled_from([0, 2, 9, None]))
def test_a_damaged_diagram_is_refused_or_run_by_name(
    damages: list[tuple[str, int, int, str]], x: int | None
) -> None:
    root = deepcopy(WHOLE)
    for one in damages:
        damage(root, *one)
    bundle = {"p.bpmn": etree.tostring(root)}
    found = engine.check(bundle, "p", OFFERED)
    types = engine.fact_types(bundle, "p", OFFERED)
    serious = [one for one in found if one.severity == "error"]
    try:
        procedure = engine.parse(bundle, "p", types)
    except errors.ProcedureRefused as refused:
        refused_for = {str(one) for one in refused.complaints}
    else:
        refused_for = set()
        warned = any("没有缺省流" in one.reason for one in found)
        walk(procedure, x, named=bool(serious) or warned or x is None)
    assert refused_for <= {str(one) for one in serious}


def walk(procedure: engine.Procedure, x: int | None, *, named: bool) -> None:
    """Play a few steps; an error by name is right only where the checks foresaw it (`named`)."""
    try:
        run = engine.begin(procedure, {"x": x, "people": [1, 2]}, NOW, five_days)
        for _ in range(8):
            run.settle()
            run = engine.resume(procedure, run.snapshot(), run.facts, NOW, five_days)
            if catches := run.catches():
                run.send(catches[0].message, {}, catches[0].id)
            for task in [*run.tasks(), *run.services()][:1]:
                run.complete(task.id, {"done": True})
        run.settle()
    except (errors.Refusal, errors.Incident):
        if not named:
            raise
