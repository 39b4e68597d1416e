"""The drawings are the law drawn: complete, cited, and a lawyer can read them."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from tests.bpmn.drawings import (
    ACTIVITIES,
    BPMN,
    CAMUNDA,
    EVENTS,
    FILES,
    GATEWAYS,
    crosses,
    extra,
    kind,
    read,
)
from workflows import access, procedures, services

CHINESE = re.compile(r"[\u4e00-\u9fff]")
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@pytest.mark.parametrize("key", procedures.known_keys())
def test_nothing_is_wrong_with_a_procedure_that_the_house_carries(key: str) -> None:
    complaints = procedures.check_bundle(procedures.load(key), key, services.TOPICS)
    assert [str(one) for one in complaints if one.severity == "error"] == []


@every_file
def test_the_one_process_of_a_file_is_named_like_the_file_and_says_what_it_is(path: Path) -> None:
    [process] = read(path).root.findall(f"{BPMN}process")
    assert process.get("id") == path.stem
    assert CHINESE.search(process.get("name"))
    assert CHINESE.search(process.findtext(f"{BPMN}documentation"))


@every_file
def test_every_activity_and_event_has_a_chinese_name(path: Path) -> None:
    drawing = read(path)
    for node in drawing.of(*ACTIVITIES, *EVENTS, "boundaryEvent", "eventBasedGateway"):
        assert CHINESE.search(node.get("name") or ""), node.get("id")


@every_file
def test_every_activity_cites_its_article_and_says_what_is_done(path: Path) -> None:
    for node in read(path).of(*ACTIVITIES):
        assert extra(node, "article"), node.get("id")
        assert CHINESE.search(node.findtext(f"{BPMN}documentation") or ""), node.get("id")


@every_file
def test_every_task_of_a_person_has_its_own_form_and_a_limit_or_follows_one(
    path: Path,
) -> None:
    for task in read(path).of("userTask"):
        form = task.get(f"{CAMUNDA}formKey")
        assert form == f"{path.stem}/{task.get('id')}"
        due = task.get(f"{CAMUNDA}dueDate")
        if due is None:  # an act of service runs on the limit of serve_document
            assert path.stem == "service_of_process"
            assert task.get("id").startswith(("serve_", "post_"))


@every_file
def test_four_eyes_name_tasks_that_exist(path: Path) -> None:
    tasks = {task.get("id") for file in FILES for task in read(file).of("userTask")}
    for task in read(path).of("userTask"):
        named = [one for one in extra(task, "four_eyes").split(",") if one]
        assert set(named) <= tasks, task.get("id")


def test_who_approves_reviews_or_decides_has_not_drafted() -> None:
    drawn = {task.get("id"): task for file in FILES for task in read(file).of("userTask")}
    eyes = {id_: extra(task, "four_eyes") for id_, task in drawn.items()}
    assert eyes["approve_notice"] == "draft_notice"
    assert eyes["decide"] == "draft_case,draft_notice,review_legality"
    assert eyes["review_legality"] == "draft_case"
    assert eyes["verify_objection"] == "draft_case,draft_notice"
    assert eyes["approve_answer"] == "verify_objection"
    assert eyes["approve_announcement"] == "choose_method"
    assert eyes["confirm_termination"] == "draft_case"


@every_file
def test_event_sub_processes_begin_with_a_message_or_an_instant_and_have_no_flows(
    path: Path,
) -> None:
    drawing = read(path)
    ends = {flow.get(end) for flow in drawing.flows.values() for end in ("sourceRef", "targetRef")}
    for node in drawing.of("subProcess"):
        starts = node.findall(f"{BPMN}startEvent")
        assert len(starts) == 1, node.get("id")
        triggers = [one for one in starts[0] if kind(one).endswith("EventDefinition")]
        aside = node.get("triggeredByEvent") == "true"
        assert len(triggers) == (1 if aside else 0), node.get("id")
        assert aside != (node.get("id") in ends), node.get("id")


@every_file
def test_every_node_stands_in_exactly_one_lane_and_lanes_are_roles(path: Path) -> None:
    drawing = read(path)
    held = [node for _, node in drawing.lanes()]
    assert sorted(held) == sorted(drawing.nodes)
    assert {lane for lane, _ in drawing.lanes()} <= set(access.ROLES)


@every_file
def test_every_way_out_of_a_choice_is_named_and_one_is_taken_when_no_condition_holds(
    path: Path,
) -> None:
    drawing = read(path)
    for gateway in drawing.of("exclusiveGateway"):
        ways = drawing.leaving(gateway)
        if len(ways) < 2:
            continue
        assert CHINESE.search(gateway.get("name") or ""), gateway.get("id")
        for way in ways:
            assert CHINESE.search(way.get("name") or ""), way.get("id")
            conditional = way.find(f"{BPMN}conditionExpression") is not None
            assert conditional != (way.get("id") == gateway.get("default")), way.get("id")
        assert gateway.get("default") in {way.get("id") for way in ways}


# -- how it looks ----------------------------------------------------------------------------------


@every_file
def test_every_node_and_flow_is_drawn_and_nothing_else(path: Path) -> None:
    drawing = read(path)
    lanes = {lane for lane, _ in drawing.lanes()}
    pools = {one.get("id") for one in drawing.root.iter(f"{BPMN}participant")}
    assert set(drawing.shapes) == set(drawing.nodes) | lanes | pools
    assert set(drawing.edges) == set(drawing.flows)


@every_file
def test_every_node_is_drawn_inside_its_lane(path: Path) -> None:
    drawing = read(path)
    for lane, node in drawing.lanes():
        if kind(drawing.nodes[node]) != "subProcess":  # it spans the lanes of those it holds
            assert drawing.shapes[lane].holds(drawing.shapes[node]), node


@every_file
def test_no_two_shapes_overlap_unless_one_holds_the_other(path: Path) -> None:
    drawing = read(path)
    seen = [node for node in drawing.nodes.values() if kind(node) != "boundaryEvent"]
    for one, other in combinations((node.get("id") for node in seen), 2):
        a, b = drawing.shapes[one], drawing.shapes[other]
        assert not a.overlaps(b) or a.holds(b) or b.holds(a), (one, other)


@every_file
def test_flows_run_level_or_upright_from_border_to_border(path: Path) -> None:
    drawing = read(path)
    for key, points in drawing.edges.items():
        flow = drawing.flows[key]
        assert drawing.shapes[flow.get("sourceRef")].touches(*points[0]), key
        assert drawing.shapes[flow.get("targetRef")].touches(*points[-1]), key
        for (x1, y1), (x2, y2) in pairwise(points):
            assert x1 == x2 or y1 == y2, key


@every_file
def test_no_flow_runs_through_a_shape(path: Path) -> None:
    drawing = read(path)
    for key, points in drawing.edges.items():
        for id_, node in drawing.nodes.items():
            if kind(node) != "subProcess":
                assert not crosses(points, drawing.shapes[id_]), (key, id_)


@every_file
def test_labels_cover_neither_shapes_nor_each_other(path: Path) -> None:
    drawing = read(path)
    solid = {
        id_: drawing.shapes[id_]
        for id_, node in drawing.nodes.items()
        if kind(node) in ACTIVITIES - {"subProcess"} | EVENTS | GATEWAYS
    }
    for key, label in drawing.labels.items():
        boxes = [*solid.items(), *drawing.labels.items()]
        covered = [id_ for id_, box in boxes if id_ != key and label.overlaps(box)]
        assert covered == [], key


@every_file
def test_no_flow_runs_through_a_label(path: Path) -> None:
    drawing = read(path)
    for key, label in drawing.labels.items():
        through = [flow for flow, points in drawing.edges.items() if crosses(points, label)]
        assert through == [], key


@every_file
def test_the_main_line_runs_from_left_to_right(path: Path) -> None:
    drawing = read(path)
    [start] = [one for one in drawing.of("startEvent") if kind(one.getparent()) == "process"]
    left = drawing.shapes[start.get("id")].x
    tops = [node for node in drawing.nodes.values() if kind(node.getparent()) == "process"]
    assert all(drawing.shapes[node.get("id")].x >= left for node in tops)
