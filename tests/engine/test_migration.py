"""A running case and another version of its diagram: when it moves, when it stays and why."""

import re
from typing import Any

import pytest

from tests.engine.cases import Case, five_days, play
from tests.engine.diagrams import Drawing, many, parameters, passing, timer
from workflows import engine, errors
from workflows.engine import migration


def line(*names: str, key: str = "p", **names_shown: str) -> Drawing:
    """User tasks one after the other; `names_shown`: labels."""
    drawing = Drawing(key).start(f"{key}_begun").end(f"{key}_ended")
    for name in names:
        drawing.user(name, name=names_shown.get(name, name))
    return drawing.flow(" > ".join([f"{key}_begun", *names, f"{key}_ended"]))


def parse(*drawings: Drawing, types: Any = None) -> engine.Procedure:
    bundle = {f"{one.key}/{one.key}.bpmn": one.xml() for one in drawings}
    return engine.parse(bundle, drawings[0].key, {one.key: types or {} for one in drawings})


def verdict(case: Case, *drawings: Drawing, types: Any = None) -> list[str]:
    """Why the case stays, as 'element: text'; nothing where it moves, which is then done."""
    new = parse(*drawings, types=types)
    before = case.again().run.snapshot()
    judged = migration.judge(case.run, new)
    assert case.run.snapshot() == before
    if judged.moves:
        follow(case, new)
    return [f"{one.element}: {one.text}" for one in judged.reasons]


def follow(case: Case, new: engine.Procedure) -> None:
    """Move the case; everything that waits is as it was, through saving too."""
    waited = migration._waits(case.run)  # noqa: SLF001
    case.run = migration.move(case.run, new, five_days)
    case.procedure = new
    assert migration._waits(case.run) == waited  # noqa: SLF001
    case.again()
    assert migration._waits(case.run) == waited  # noqa: SLF001


def notes(case: Case, *drawings: Drawing) -> list[str]:
    return [str(one) for one in migration.judge(case.run, parse(*drawings)).notes]


def test_a_step_after_the_open_one_is_taken_up() -> None:
    case = play(line("a", "b")).do("a")
    token = case.run.tasks()[0].id
    assert verdict(case, line("a", "b", "c")) == []
    assert case.run.tasks()[0].id == token
    assert case.do("b").waits == ["c"]
    assert case.do("c").run.ended == "p_ended"


def test_a_step_before_the_open_one_would_be_skipped() -> None:
    case = play(line("a", "b")).do("a")
    [said] = verdict(case, line("a", "x", "b"))
    assert said.startswith("x: 新版本把这一步排在“b”之前")


def test_a_step_that_was_after_and_comes_before_would_be_skipped() -> None:
    case = play(line("a", "b", "c")).do("a")
    assert [one[:2] for one in verdict(case, line("a", "c", "b"))] == ["c:"]


def test_the_open_step_must_still_be_there() -> None:
    case = play(line("a", "b")).do("a")
    assert verdict(case, line("a")) == ["b: 新版本没有这一环节，案件正停在这里"]


def test_a_passed_step_may_go() -> None:
    case = play(line("a", "b")).do("a")
    assert verdict(case, line("b")) == []
    assert case.do("b").run.ended == "p_ended"
    assert "a" not in case.run.marks()["p"]


def test_another_label_is_told_and_does_not_matter() -> None:
    case = play(line("a", "b"))
    assert notes(case, line("a", "b", a="甲")) == ["甲（a）：名称由“a”改为“甲”"]
    assert verdict(case, line("a", "b", a="甲")) == []


def test_the_open_step_keeps_its_kind() -> None:
    case = play(line("a", "b"))
    other = Drawing().start("p_begun").end("p_ended").service("a").user("b")
    other.flow("p_begun > a > b > p_ended")
    assert verdict(case, other) == ["a: 类型由userTask改为serviceTask"]


def served(inner: str = "", topic: str = "work") -> Drawing:
    drawing = Drawing().start().service("s", inner, topic=topic).end()
    return drawing.flow("begun > s > ended")


def test_a_step_of_the_machine_that_has_started_keeps_topic_and_inputs() -> None:
    case = play(served())
    assert verdict(case, served(topic="other")) == ["s: 系统作业由“work”改为“other”，作业已经开始"]
    assert verdict(case, served(parameters({"x": "1"}))) == [
        "s: 输入参数变了，参数在环节开始时已经取值"
    ]
    assert verdict(case, served()) == []


def watched(*, edge: str = "", text: str = "P3D", interrupting: bool = True) -> Drawing:
    drawing = line("a", "b")
    if edge:
        said = timer(text) if edge == "late" else drawing.message("note")
        drawing.boundary(edge, "a", said, interrupting=interrupting).end("aside")
        drawing.flow(f"{edge} > aside")
    return drawing


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({}, {"edge": "late"}),
        ({"edge": "late"}, {}),
        ({"edge": "late"}, {"edge": "told"}),
        ({"edge": "told"}, {"edge": "told", "interrupting": False}),
    ],
)
def test_the_events_on_the_edge_of_an_open_step_stay_as_they_are(was: Any, now: Any) -> None:
    case = play(watched(**was))
    events = "、".join(sorted({str(one["edge"]) for one in (was, now) if one}))
    said = f"a: 附着的事件变了（{events}），正在办理的环节不能换附着事件"
    assert said in verdict(case, watched(**now))


def test_events_on_the_edge_of_what_is_over_or_to_come_may_change() -> None:
    assert verdict(play(watched()).do("a"), watched(edge="late")) == []
    case = play(line("a", "b"))
    later = line("a", "b").boundary("late", "b", timer("P1D")).end("out").flow("late > out")
    assert verdict(case, later) == []
    assert case.do("a").waits == ["b", "late"]


def test_a_running_timer_keeps_its_instant() -> None:
    case = play(watched(edge="late"))
    due = case.run.timers()[0].due_at
    changed = watched(edge="late", text="P9D")
    assert notes(case, changed) == ["late（late）：时间的写法变了，已经起算的期限照旧"]
    assert verdict(case, changed) == []
    assert case.run.timers()[0].due_at == due
    assert case.at(days=3).run.ended == "aside"


def test_an_open_task_keeps_its_due_date() -> None:
    def due(text: str) -> Drawing:
        drawing = Drawing().start().user("a", camunda_dueDate=text).end()
        return drawing.flow("begun > a > ended")

    case = play(due("P2D"))
    token = case.run.tasks()[0].id
    was = case.run.task_due(token)
    assert notes(case, due("P5D")) == ["a（a）：办理期限的写法变了，已经起算的期限照旧"]
    assert verdict(case, due("P5D")) == []
    assert case.run.task_due(token) == was


def race(*more: str, message: str = "m1") -> Drawing:
    drawing = Drawing().start().end().node("eventBasedGateway", "race").xor("out")
    drawing.catch("told", message).wait("late", "P2D")
    for name in more:
        drawing.catch(name, name)
    drawing.flow("begun > race")
    for name in ("told", "late", *more):
        drawing.flow(f"race > {name} > out")
    return drawing.flow("out > ended")


def test_what_races_keeps_its_rivals_and_their_messages() -> None:
    case = play(race())
    assert verdict(case, race("third")) == ["race: 同时等候的事件有增减，等候已经开始"]
    assert verdict(case, race(message="m9")) == ["told: 等候的消息由“m1”改为“m9”"]
    assert verdict(case, race()) == []
    assert case.at(days=2).run.ended == "ended"


def fork(*branches: tuple[str, ...], after: tuple[str, ...] = ()) -> Drawing:
    drawing = Drawing().start().end()
    drawing.node("parallelGateway", "split").node("parallelGateway", "join")
    drawing.flow("begun > split")
    for branch in branches:
        for name in branch:
            drawing.user(name)
        drawing.flow(" > ".join(["split", *branch, "join"]))
    for name in after:
        drawing.user(name)
    return drawing.flow(" > ".join(["join", *after, "ended"]))


OPEN = "split: 并行的分支正在办理，新版本改动了这一并行块的环节、分支或者汇合"


@pytest.mark.parametrize("done", ["", "a"])
@pytest.mark.parametrize(
    "changed",
    [
        fork(("a",), ("b",), ("c",)),
        fork(("a",)),
        fork(("a",), ("b", "x")),
        fork(("a", "x"), ("b",)),
    ],
)
def test_an_open_block_of_branches_is_not_redrawn(done: str, changed: Drawing) -> None:
    case = play(fork(("a",), ("b",)))
    if done:
        case.do(done)
    assert OPEN in verdict(case, changed)


def test_after_an_open_block_anything_may_come() -> None:
    case = play(fork(("a",), ("b",))).do("a")
    assert verdict(case, fork(("a",), ("b",), after=("c",))) == []
    assert case.do("b").waits == ["c"]


def test_a_block_that_is_over_may_only_lose_steps() -> None:
    case = play(fork(("a",), ("b",), after=("c",))).do("a").do("b")
    assert [one[:2] for one in verdict(case, fork(("a",), ("b", "x"), after=("c",)))] == ["x:"]
    assert verdict(case, line("c")) == []


def test_a_step_cannot_come_to_stand_in_a_new_block() -> None:
    case = play(line("a", "b"))
    assert OPEN in verdict(case, fork(("a",), ("b",)))


def called(inner: Drawing, *mapping: str, name: str = "child") -> list[Drawing]:
    top = Drawing().start().user("before").call("call", name, passing(*mapping)).user("after")
    return [top.end().flow("begun > before > call > after > ended"), inner]


CHILD = line("x", "y", key="child")


def test_a_step_inside_a_running_call_is_judged_where_it_stands() -> None:
    case = play(*called(CHILD)).do("before").do("x")
    assert verdict(case, *called(line("x", "y", "z", key="child"))) == []
    assert case.do("y").waits == ["z"]


def test_a_step_put_before_where_a_running_call_stands_is_not_skipped() -> None:
    case = play(*called(CHILD)).do("before").do("x")
    assert [one[:2] for one in verdict(case, *called(line("w", "x", "y", key="child")))] == ["w:"]


def test_a_step_put_into_a_call_that_is_over_is_not_skipped() -> None:
    case = play(*called(CHILD)).do("before").do("x").do("y")
    assert case.waits == ["after"]
    [said] = verdict(case, *called(line("x", "y", "z", key="child")))
    assert said.startswith("z: 新版本把这一步排在“after”之前")


def test_a_call_that_has_not_begun_may_change_altogether() -> None:
    case = play(*called(CHILD))
    assert verdict(case, *called(line("z", key="other"), name="other")) == []
    assert case.do("before").waits == ["z"]


def test_a_running_call_keeps_whom_it_calls_and_what_it_was_given() -> None:
    case = play(*called(CHILD), known=1).do("before")
    other = line("x", "y", key="other")
    assert "call: 调用的流程由“child”改为“other”，原流程正在运行" in verdict(
        case, *called(other, name="other")
    )
    said = verdict(case, *called(CHILD, "in known > known"), types={"known": "any"})
    assert said == ["call: 传入被调用流程的事实变了，传入已经完成"]


def grouped(*names: str, loop: str = "") -> Drawing:
    inner = Drawing().start("i0").end("i9")
    for name in names:
        inner.user(name)
    inner.flow(" > ".join(["i0", *names, "i9"]))
    return Drawing().start().sub("group", inner, loop).end().flow("begun > group > ended")


def test_a_step_stays_in_its_sub_process() -> None:
    case = play(grouped("a", "b"))
    assert verdict(case, line("a", "b")) == [
        "group: 新版本没有这一环节，案件正停在这里",
        "a: 移到了另一流程或者子流程中",
    ]
    assert verdict(case, grouped("a", "b", "c")) == []
    assert case.do("a").do("b").waits == ["c"]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_inside_several_instances_nothing_is_redrawn(one_by_one: bool) -> None:
    loop = many(cardinality="2", sequential=one_by_one)
    case = play(grouped("a", "b", loop=loop)).do("a")
    assert "group: 多实例正在办理，其中的环节或者顺序流变了" in verdict(
        case, grouped("a", "b", "c", loop=loop)
    )
    said = verdict(case, grouped("a", "b", loop=many(cardinality="3", sequential=one_by_one)))
    assert said == ["group: 多实例的设置变了，实例已经产生"]
    assert verdict(case, grouped("a", "b", loop=loop)) == []
    while case.waits:
        case.do(case.waits[0])
    assert case.run.ended == "ended"


def choice(*, always: bool, key: str = "p") -> Drawing:
    """begun → ask → [thorough] check → decide; or check on the only way."""
    begun, ended = f"{key}_begun", f"{key}_ended"
    drawing = Drawing(key).start(begun).user("ask").user("check").user("decide").end(ended)
    if always:
        return drawing.flow(f"{begun} > ask > check > decide > {ended}")
    drawing.xor("how", default="how_to_decide")
    drawing.flow(f"{begun} > ask > how > decide > {ended}").flow("check > decide")
    return drawing.flow("how > check", "thorough = true")


@pytest.mark.parametrize(("thorough", "moves"), [(True, True), (False, False)])
def test_a_step_that_became_everybodys_must_have_been_done(thorough: bool, moves: bool) -> None:
    case = play(choice(always=False), types={"thorough": "boolean"}).do("ask", thorough=thorough)
    if thorough:
        case.do("check")
    assert (verdict(case, choice(always=True)) == []) is moves


@pytest.mark.parametrize(("thorough", "moves"), [(True, True), (False, False)])
def test_so_must_a_step_inside_a_call_that_is_over(thorough: bool, moves: bool) -> None:
    def version(*, always: bool) -> list[Drawing]:
        return called(choice(always=always, key="child"))

    case = play(*version(always=False), types={"thorough": "boolean"}).do("before")
    case.do("ask", thorough=thorough)
    if thorough:
        case.do("check")
    case.do("decide")
    assert case.waits == ["after"]
    assert (verdict(case, *version(always=True)) == []) is moves


def judged(asks: str, *done: str, supplied: bool = True, **facts: Any) -> bool:
    """Whether a case moves to where a choice after b asks `asks`, of which a supplies all."""

    def version(condition: str) -> Drawing:
        drawing = Drawing().start().user("a").user("b").xor("how", default="no").user("c").end()
        drawing.flow("begun > a > b > how").flow("c > ended").flow("how > ended", id="no")
        return drawing.flow("how > c", condition)

    types = dict.fromkeys(("known", "size"), "any")
    case = play(version("known = 1"), types=types, **facts)
    for one in done:
        case.do(one)
    had = engine.Supplies({"a": frozenset({"known"})})
    has = engine.Supplies({"a": frozenset({"known", "size"} if supplied else {"known"})})
    reasons = migration.judge(case.run, parse(version(asks), types=types), had, has).reasons
    assert all("要用事实“size”" in one.text and one.element == "how" for one in reasons)
    return not reasons


def test_a_fact_that_a_step_ahead_asks_for_and_a_passed_one_supplies_must_be_there() -> None:
    assert judged("known = 1", "a")
    assert judged("size = 3")
    assert not judged("size = 3", "a")
    assert judged("size = 3", "a", size=3)


def test_a_fact_that_no_case_of_the_new_version_has_keeps_nobody() -> None:
    assert judged("size = 3", "a", supplied=False)


def rounds(*names: str) -> Drawing:
    """begun → a → … → b → [again] back to a."""
    drawing = Drawing().start().xor("top").end().xor("more", default="more_to_ended")
    for name in ("a", *names, "b"):
        drawing.user(name)
    drawing.flow(" > ".join(["begun", "top", "a", *names, "b", "more", "ended"]))
    return drawing.flow("more > top", "again = true")


def test_in_a_loop_a_later_step_is_ahead_in_the_first_round_and_skipped_in_the_second() -> None:
    case = play(rounds(), again=False)
    assert verdict(case, rounds("x")) == []
    case = play(rounds(), again=False).do("a").do("b", again=True)
    assert case.waits == ["a"]
    assert [one[:2] for one in verdict(case, rounds("x"))] == ["x:"]


def test_a_fact_that_is_set_keeps_its_type() -> None:
    case = play(line("a", "b"), types={"size": "number"}, size=3)
    said = verdict(case, line("a", "b"), types={"size": "string"})
    assert said == ["size: 类型由数字改为文本，本案已有此值"]
    fresh = play(line("a", "b"), types={"size": "number"})
    assert verdict(fresh, line("a", "b"), types={"size": "string"}) == []


def test_a_message_that_may_come_again_goes_on_waiting() -> None:
    def heard(*after: str) -> Drawing:
        drawing = line("a", *after)
        drawing.boundary("told", "a", drawing.message("note"), interrupting=False)
        return drawing.user("read").end("noted").flow("told > read > noted")

    case = play(heard()).tell("note").tell("note")
    assert case.waits == ["a", "read", "read", "told"]
    assert verdict(case, heard("b")) == []
    assert case.tell("note").waits == ["a", "read", "read", "read", "told"]
    for element in ("read", "read", "read", "a", "b"):
        case.do(element)
    assert case.run.ended == "p_ended"


def test_a_step_put_into_a_branch_that_is_over_is_not_skipped() -> None:
    def aside(*names: str) -> Drawing:
        drawing = line("a").end("noted")
        drawing.boundary("told", "a", drawing.message("note"), interrupting=False)
        for name in names:
            drawing.user(name)
        return drawing.flow(" > ".join(["told", *names, "noted"]))

    fresh = play(aside("read"))
    assert verdict(fresh, aside("read", "file")) == []
    case = play(aside("read")).tell("note")
    assert verdict(case, aside("read", "file")) == []
    case = play(aside("read")).tell("note").do("read")
    assert verdict(case, aside("read", "file")) == [
        "file: 新版本把这一步排在本案已经走过的地方，转换会漏掉它"
    ]
    assert verdict(case, aside()) == []


def test_the_way_a_case_went_is_known_by_the_ends_of_flows_too() -> None:
    renamed = Drawing().start("p_begun").user("a").user("b").end("p_ended")
    renamed.flow("p_begun > a", id="first").flow("a > b", id="second").flow("b > p_ended")
    case = play(line("a", "b")).do("a")
    assert verdict(case, renamed) == []
    assert case.run.marks()["p"] == {
        "p_begun": "done",
        "first": "done",
        "a": "done",
        "second": "done",
        "b": "active",
    }


def test_tokens_that_would_not_be_the_same_are_refused() -> None:
    """The judgement is not all that stands between a case and a wrong version."""
    case = play(watched(edge="late"))
    with pytest.raises(errors.Incident):
        migration.move(case.run, parse(line("x", "y")), five_days)


def test_every_reason_names_element_and_label() -> None:
    case = play(line("a", "b", a="甲"))
    [reason] = migration.judge(case.run, parse(line("b"))).reasons
    assert re.fullmatch(r"甲（a）：.+", str(reason))
