"""How tokens move: every kind of element, boundary events, scopes, time, saving between steps."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.engine.cases import NOW, OFFICE, Case, five_days, play
from tests.engine.diagrams import Drawing, extension, many, parameters, passing, timer
from workflows import engine, errors


def line(*steps: str) -> Drawing:
    """A process of user tasks one after the other."""
    drawing = Drawing().start()
    for step in steps:
        drawing.user(step)
    return drawing.end().flow(" > ".join(["begun", *steps, "ended"]))


def test_a_case_goes_from_task_to_task_to_its_end() -> None:
    case = play(line("draft", "approve"))
    assert case.waits == ["draft"]
    case.do("draft", text="x")
    assert (case.waits, case.run.ended) == (["approve"], None)
    case.do("approve", approved="yes")
    assert (case.waits, case.run.ended) == ([], "ended")
    assert case.top == {"text": "x", "approved": "yes"}


def test_a_task_keeps_its_id_over_save_and_restore() -> None:
    case = play(line("draft"))
    before = case.run.tasks()[0].id
    assert case.again().run.tasks()[0].id == before


def test_a_task_done_twice_or_unknown_is_gone() -> None:
    case = play(line("draft", "approve"))
    first = case.run.tasks()[0].id
    case.do("draft")
    for gone in (first, "0" * 32, "no id at all"):
        with pytest.raises(errors.TaskGone):
            case.again().run.complete(gone, {})


def choice() -> Drawing:
    drawing = Drawing().start().xor("which", default="which_to_c")
    drawing.user("a").user("b").user("c").end()
    drawing.flow("begun > which").flow("which > a", "x = 1").flow("which > b", "x < 3")
    return drawing.flow("which > c > ended").flow("a > ended").flow("b > ended")


@pytest.mark.parametrize(("x", "task"), [(1, "a"), (2, "b"), (9, "c")])
def test_an_exclusive_gateway_takes_the_first_condition_that_holds_else_the_default(
    x: int, task: str
) -> None:
    assert play(choice(), x=x).waits == [task]


def test_a_gateway_without_a_way_on_stops_the_command_by_name() -> None:
    drawing = Drawing().start().xor("which").user("a").user("b").end()
    drawing.flow("begun > which").flow("which > a > ended", "").flow("b > ended")
    drawing.arrows.clear()
    drawing.flow("begun > which").flow("which > a", "x = 1").flow("which > b", "x = 2")
    drawing.flow("a > ended").flow("b > ended")
    with pytest.raises(errors.NoPathTaken, match="which"):
        play(drawing, x=3)


def fork(kind: str) -> Drawing:
    drawing = Drawing().start().node(kind, "fork").user("a").user("b").user("c").node(kind, "join")
    return drawing.user("after").end().flow("begun > fork").flow("join > after > ended")


def test_a_parallel_join_waits_for_every_branch() -> None:
    drawing = fork("parallelGateway")
    for one in "abc":
        drawing.flow(f"fork > {one} > join")
    case = play(drawing)
    assert case.waits == ["a", "b", "c"]
    assert case.do("b").do("a").waits == ["c"]
    assert case.do("c").waits == ["after"]
    assert case.do("after").run.ended == "ended"


def test_branches_do_not_lose_each_others_facts() -> None:
    drawing = fork("parallelGateway")
    for one in "abc":
        drawing.flow(f"fork > {one} > join")
    case = play(drawing, v=0)
    case.do("b", v=1).do("c", w=2).do("a", u=3)
    assert case.top == {"v": 1, "w": 2, "u": 3}


def test_a_parallel_block_in_a_loop_joins_in_every_round() -> None:
    drawing = fork("parallelGateway").xor("more", default="more_to_ended").xor("again")
    drawing.arrows.clear()
    drawing.flow("begun > again > fork").flow("join > after > more > ended")
    drawing.flow("more > again", "again")
    for one in "abc":
        drawing.flow(f"fork > {one} > join")
    case = play(drawing, again=True)
    for _ in range(3):
        case.do("a").do("b").do("c")
        assert case.waits == ["after"]
        case.do("after", again=True)
    case.do("c").do("b").do("a").do("after", again=False)
    assert case.run.ended == "ended"


def test_an_inclusive_join_waits_only_for_the_branches_taken() -> None:
    drawing = fork("inclusiveGateway")
    for one, condition in (("a", "x > 0"), ("b", "x > 1"), ("c", "x > 2")):
        drawing.flow(f"fork > {one}", condition).flow(f"{one} > join")
    case = play(drawing, x=2)
    assert case.waits == ["a", "b"]
    assert case.do("a").waits == ["b"]
    assert case.do("b").waits == ["after"]


def test_an_inclusive_join_goes_on_when_the_last_other_token_dies_elsewhere() -> None:
    drawing = Drawing().start().node("inclusiveGateway", "fork").user("a").user("b")
    drawing.node("exclusiveGateway", "off", default="off_to_join").end("gone")
    drawing.node("inclusiveGateway", "join").user("after").end()
    drawing.flow("begun > fork").flow("fork > a > join", "").flow("fork > b > off")
    drawing.arrows = [one for one in drawing.arrows if "fork_to" not in one]
    drawing.flow("fork > a", "true").flow("fork > b", "true")
    drawing.flow("off > join").flow("off > gone", "leave").flow("join > after > ended")
    case = play(drawing, leave=True).do("a")
    assert case.waits == ["b"]
    assert case.do("b").waits == ["after"]


def test_a_service_step_is_started_with_its_inputs_and_answers_into_the_facts() -> None:
    drawing = (
        Drawing()
        .start()
        .service(
            "issue",
            parameters({"kind": "prior_notice", "number": "${n + 1}"}),
            topic="issue_document",
        )
    )
    case = play(drawing.end().flow("begun > issue > ended"), n=41)
    call = case.again().run.services()[0]
    assert (call.topic, call.inputs) == ("issue_document", {"kind": "prior_notice", "number": 42})
    assert case.do("issue", document_id=7).top == {"n": 41, "document_id": 7}
    assert case.run.ended == "ended"


def test_output_parameters_choose_what_becomes_a_fact() -> None:
    drawing = Drawing().start().service("s", parameters(None, {"total": "${a + b}", "by": "me"}))
    case = play(drawing.end().flow("begun > s > ended"), b=2).do("s", a=40)
    assert case.top == {"b": 2, "total": 42, "by": "me"}


def test_inputs_of_a_task_are_its_locals_and_no_facts() -> None:
    drawing = Drawing().start().user("look", parameters({"twice": "${x * 2}"}))
    case = play(drawing.end().flow("begun > look > ended"), x=4).again()
    assert case.run.tasks()[0].locals == {"twice": 8}
    assert case.top == {"x": 4}


CHILD = Drawing("child").start("c0").user("answer").end("c9").flow("c0 > answer > c9")


def test_a_called_process_has_facts_of_its_own_and_gives_back_what_it_is_asked_for() -> None:
    drawing = Drawing().start()
    drawing.call("ask", "child", passing("in a > x", "in ${a + 1} > y", "out reply > said"))
    case = play(drawing.end().flow("begun > ask > ended"), CHILD, types={"reply": "any"}, a=1, z=2)
    task = case.again().run.tasks()[0]
    assert case.run.facts[task.scope] == {"x": 1, "y": 2}
    case.do("answer", reply="hello", other=3)
    assert (case.run.ended, case.run.facts) == ("ended", {"": {"a": 1, "z": 2, "said": "hello"}})


def test_all_facts_go_in_and_out_where_the_diagram_says_all() -> None:
    drawing = Drawing().start().call("ask", "child", passing("in all", "out all"))
    case = play(drawing.end().flow("begun > ask > ended"), CHILD, a=1).do("answer", b=2)
    assert case.run.facts == {"": {"a": 1, "b": 2}}


def test_two_calls_of_one_process_at_once_do_not_see_each_other() -> None:
    drawing = Drawing().start().node("parallelGateway", "fork").end()
    drawing.call("one", "child", passing("in a > x")).call("two", "child", passing("in b > x"))
    drawing.flow("begun > fork > one > ended").flow("fork > two > ended")
    case = play(drawing, CHILD, a=1, b=2)
    scopes = [task.scope for task in case.run.tasks()]
    assert [case.run.facts[scope] for scope in scopes] == [{"x": 1}, {"x": 2}]
    assert case.do("answer", x=9).run.facts[scopes[1]] == {"x": 2}
    assert case.do("answer").run.ended == "ended"


def test_an_embedded_sub_process_shares_the_facts_of_its_process() -> None:
    inner = Drawing().start("s0").user("inside").end("s9").flow("s0 > inside > s9")
    drawing = Drawing().start().sub("block", inner).end().flow("begun > block > ended")
    case = play(drawing, a=1)
    assert case.run.tasks()[0].scope == ""
    assert case.do("inside", b=2).top == {"a": 1, "b": 2}
    assert case.run.ended == "ended"


def test_a_timer_fires_exactly_at_its_instant_and_not_before() -> None:
    drawing = Drawing().start().wait("window", 'limit("objection")').user("after").end()
    case = play(drawing.flow("begun > window > after > ended"))
    [waiting] = case.run.timers()
    assert waiting.due_at == NOW + timedelta(days=5)
    assert waiting.deadline is not None
    assert case.again().run.timers()[0].deadline is None
    assert case.at(days=4, hours=23, seconds=3599).waits == ["window"]
    assert case.at(seconds=1).waits == ["after"]


def test_timers_that_are_due_together_fire_in_the_order_of_their_instants() -> None:
    drawing = Drawing().start().node("parallelGateway", "fork").end()
    drawing.wait("late", "2026-03-05T00:00:00+08:00").wait("early", "P1D").wait("later", "PT80H")
    for one in ("late", "early", "later"):
        drawing.flow(f"fork > {one} > ended")
    case = play(drawing.flow("begun > fork")).at(days=30)
    assert [who for kind, who in case.trail if kind == "fired"] == ["early", "late", "later"]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ('limit("x", served)', "2026-02-08T00:00:00+08:00"),
        ("${limit(which, served)}", "2026-02-08T00:00:00+08:00"),
        ('limit("x", letter.sent)', "2026-02-15T08:00:00+08:00"),
        ("letter.sent", "2026-02-10T00:00:00+00:00"),
        ("2026-03-04T10:00:00Z", "2026-03-04T10:00:00+00:00"),
        ("P1M", "2026-04-02T09:00:00+08:00"),
        ("P1Y2M10DT2H30M", "2027-05-12T11:30:00+08:00"),
        ("P2W", "2026-03-16T09:00:00+08:00"),
    ],
)
def test_a_timer_says_its_time_in_one_of_the_allowed_words(text: str, due: str) -> None:
    drawing = Drawing().start().wait("window", text).end().flow("begun > window > ended")
    letter = {"sent": "2026-02-10T00:00:00Z"}
    case = play(drawing, served="2026-02-03", which="x", letter=letter)
    history = [one for one in case.trail if one == ("fired", "window")]
    moments = [timer.due_at for timer in case.run.timers()]
    expected = datetime.fromisoformat(due)
    assert (moments == [expected]) if expected > NOW else bool(history)


@pytest.mark.parametrize("hours", [1, 72])
def test_a_timer_that_was_moved_fires_at_its_new_instant(hours: int) -> None:
    drawing = Drawing().start().wait("pause", 'limit("five")').user("after").end()
    case = play(drawing.flow("begun > pause > after > ended"))
    case.run.postpone(case.run.timers()[0].id, NOW + timedelta(hours=hours))
    [moved] = case.again().run.timers()
    assert (moved.due_at, moved.deadline) == (NOW + timedelta(hours=hours), None)
    assert case.at(hours=hours, microseconds=-1).waits == ["pause"]
    assert case.at(microseconds=1).waits == ["after"]


def test_a_task_whose_due_date_was_moved_keeps_the_new_one() -> None:
    drawing = Drawing().start().user("draft", camunda_dueDate="P5D").end()
    case = play(drawing.flow("begun > draft > ended"))
    [task] = case.run.tasks()
    case.run.postpone(task.id, NOW + timedelta(days=9))
    assert case.run.task_due(task.id) == NOW + timedelta(days=9)
    assert case.again().run.task_due(task.id) == NOW + timedelta(days=9)


def test_what_is_over_or_was_never_due_has_no_instant_to_move() -> None:
    drawing = Drawing().start().wait("pause", "P1D").user("draft").end()
    case = play(drawing.flow("begun > pause > draft > ended"))
    [timer_] = case.run.timers()
    case.at(days=1)
    for gone in (timer_.id, case.run.tasks()[0].id, "0" * 32):
        with pytest.raises(errors.TaskGone):
            case.run.postpone(gone, NOW + timedelta(days=9))


@pytest.mark.parametrize("text", ["missing", 'limit("x", missing)', "served", "number"])
def test_a_timer_without_its_fact_stops_the_command_by_name(text: str) -> None:
    drawing = Drawing().start().wait("window", text).end().flow("begun > window > ended")
    with pytest.raises(errors.TimeUnknown, match="window"):
        play(drawing, served="2026-02-03", number=4)


def test_a_month_from_the_end_of_january_ends_with_february() -> None:
    drawing = Drawing().start().wait("window", "P1M").end().flow("begun > window > ended")
    bundle = {"p.bpmn": drawing.xml()}
    procedure = engine.parse(bundle, "p", {})
    start = datetime(2026, 1, 31, 9, tzinfo=OFFICE)
    run = engine.begin(procedure, {}, start, five_days)
    run.settle()
    assert run.timers()[0].due_at == datetime(2026, 2, 28, 9, tzinfo=OFFICE)


def test_a_task_is_due_when_its_diagram_says_so() -> None:
    drawing = Drawing().start()
    drawing.user("draft", camunda_dueDate='${limit("draft")}', camunda_followUpDate="P1D")
    case = play(drawing.end().flow("begun > draft > ended"))
    key = case.run.tasks()[0].id
    assert case.run.task_due(key).due_at == NOW + timedelta(days=5)  # type: ignore[union-attr]
    case.again()
    assert case.run.task_due(key) == NOW + timedelta(days=5)
    assert case.run.task_follow_up(key) == NOW + timedelta(days=1)


def race() -> Drawing:
    drawing = Drawing().start().node("eventBasedGateway", "wait_for").end()
    drawing.catch("waived", "waiver").wait("window", 'limit("w")').user("early").user("late")
    return drawing.flow("begun > wait_for > waived > early > ended").flow(
        "wait_for > window > late > ended"
    )


def test_the_event_that_comes_first_behind_an_event_gateway_wins() -> None:
    assert play(race()).waits == ["waived", "window"]
    assert play(race()).tell("waiver", why="x").waits == ["early"]
    assert play(race()).at(days=5).waits == ["late"]


def test_a_message_nobody_waits_for_is_not_expected() -> None:
    case = play(race()).at(days=5)
    with pytest.raises(errors.NotExpected, match="waiver"):
        case.again().run.send("waiver", {})


def test_a_receive_task_waits_for_its_message() -> None:
    drawing = Drawing().start()
    drawing.message("reply")
    drawing.node("receiveTask", "await", messageRef="message_reply").end()
    case = play(drawing.flow("begun > await > ended"))
    assert case.waits == ["await"]
    assert case.tell("reply", x=1).run.ended == "ended"


def test_a_receive_task_may_be_watched_by_a_deadline() -> None:
    drawing = Drawing().start()
    drawing.message("reply")
    drawing.node("receiveTask", "await", messageRef="message_reply").user("remind").end()
    drawing.boundary("late", "await", timer("P1D"))
    drawing.flow("begun > await > ended").flow("late > remind > ended")
    assert play(drawing).at(days=1).waits == ["remind"]
    assert play(drawing).tell("reply").run.ended == "ended"


def watched(*, interrupting: bool) -> Drawing:
    drawing = Drawing().start().user("work").user("aside").end().end("ended_aside")
    drawing.boundary("event", "work", drawing.message("objection"), interrupting=interrupting)
    return drawing.flow("begun > work > ended").flow("event > aside > ended_aside")


def test_a_message_can_come_again_and_again_while_the_activity_goes_on() -> None:
    case = play(watched(interrupting=False))
    for number in range(1, 5):
        case.tell("objection", number=number)
        assert case.waits == ["aside"] * number + ["event", "work"]
    case.do("work")
    assert case.waits == ["aside"] * 4
    for _ in range(4):
        assert case.run.ended is None
        case.do("aside")
    assert case.run.ended == "ended_aside"
    assert case.trail.count(("fired", "event")) == 4


def test_an_interrupting_message_takes_the_activity_away() -> None:
    case = play(watched(interrupting=True)).tell("objection")
    assert case.waits == ["aside"]
    assert ("cancelled", "work") in case.trail
    assert case.run.marks()["p"]["work"] == "cancelled"


def test_an_activity_that_is_done_takes_its_boundary_events_with_it() -> None:
    case = play(watched(interrupting=True)).do("work")
    assert (case.waits, case.run.ended) == ([], "ended")


def test_a_reminder_fires_once_and_leaves_the_activity() -> None:
    drawing = Drawing().start().user("work").user("remind").end()
    drawing.boundary("late", "work", timer("P2D"), interrupting=False)
    drawing.flow("begun > work > ended").flow("late > remind > ended")
    case = play(drawing).at(days=2)
    assert case.waits == ["remind", "work"]
    assert case.at(days=30).waits == ["remind", "work"]
    assert case.do("work").do("remind").run.ended == "ended"


def test_a_deadline_interrupts_the_activity() -> None:
    drawing = Drawing().start().user("work").user("take_over").end()
    drawing.boundary("late", "work", timer("P2D"))
    drawing.flow("begun > work > ended").flow("late > take_over > ended")
    assert play(drawing).at(days=2).waits == ["take_over"]


def nested() -> tuple[Drawing, Drawing]:
    """An objection window as a sub-process with a race and a call inside, watched from outside."""
    inner = Drawing().start("s0").node("eventBasedGateway", "window").catch("waived", "waiver")
    inner.wait("expired", 'limit("w")').user("note").call("prepare", "child").end("s9")
    inner.flow("s0 > prepare > window > waived > note > s9").flow("window > expired > s9")
    drawing = Drawing().start().sub("block", inner).call("answer_it", "child", passing("in n > x"))
    drawing.user("withdrawn").user("decide").end().end("answered").end("ended_withdrawn")
    drawing.boundary("objection", "block", drawing.message("objection"), interrupting=False)
    drawing.boundary("stop", "block", drawing.message("stop"))
    drawing.flow("begun > block > decide > ended").flow("objection > answer_it > answered")
    return drawing.flow("stop > withdrawn > ended_withdrawn"), CHILD


def test_objections_run_beside_the_window_through_save_and_restore() -> None:
    case = play(*nested(), n=0).do("answer")
    assert case.waits == ["expired", "objection", "stop", "waived"]
    case.tell("objection", n=1)
    assert case.waits == ["answer", "expired", "objection", "stop", "waived"]
    scope = case.run.tasks()[0].scope
    assert case.run.facts[scope] == {"x": 1}
    case.tell("objection", n=2).at(days=5)
    assert case.waits == ["answer", "answer", "decide"]
    case.do("answer").do("decide").do("answer")
    assert (case.run.ended, case.run.facts) == ("answered", {"": {"n": 2}})


def test_interrupting_a_block_takes_all_that_runs_inside_it_but_not_what_it_set_off() -> None:
    case = play(*nested(), n=0).tell("objection", n=1).tell("stop")
    assert case.waits == ["answer", "withdrawn"]
    assert set(case.run.facts) == {task.scope for task in case.run.tasks()}
    case.do("answer").do("withdrawn")
    assert case.run.ended == "ended_withdrawn"
    assert case.run.marks()["p"]["block"] == "cancelled"


def test_a_message_may_be_told_to_one_of_several_that_wait() -> None:
    drawing = Drawing().start().node("parallelGateway", "fork").end()
    drawing.catch("one", "reply").catch("two", "reply").user("after_one").user("after_two")
    drawing.flow("begun > fork > one > after_one > ended").flow("fork > two > after_two > ended")
    assert play(drawing).tell("reply", catch="two").waits == ["after_two", "one"]
    assert play(drawing).tell("reply").waits == ["after_one", "two"]


def test_an_error_end_is_caught_by_the_boundary_of_its_block() -> None:
    inner = Drawing().start("s0").node("parallelGateway", "fork").user("stay").user("fail")
    inner.end("failed", inner.error("E1")).end("s9")
    inner.flow("s0 > fork > stay > s9").flow("fork > fail > failed")
    drawing = Drawing().start().sub("block", inner).user("mend").end()
    drawing.boundary("other", "block", drawing.error("E2"))
    drawing.boundary("caught", "block", drawing.error("E1"))
    drawing.flow("begun > block > ended").flow("caught > mend > ended").flow("other > ended")
    case = play(drawing).do("fail")
    assert case.waits == ["mend"]
    assert ("cancelled", "stay") in case.trail
    assert case.do("mend").run.ended == "ended"


def test_an_error_of_a_called_process_is_caught_by_its_caller() -> None:
    child = Drawing("child").start("c0").user("answer").end("c9", "")
    child.parts[-1] = child.parts[-1].replace(
        'id="c9"></bpmn:endEvent>', f'id="c9">{child.error("E1")}</bpmn:endEvent>'
    )
    child.flow("c0 > answer > c9")
    drawing = Drawing().start().call("ask", "child").user("mend").end()
    drawing.boundary("caught", "ask", drawing.error("E1"))
    drawing.flow("begun > ask > ended").flow("caught > mend > ended")
    case = play(drawing, child).do("answer")
    assert (case.waits, list(case.run.facts)) == (["mend"], [""])


def test_a_terminate_end_stops_every_other_branch() -> None:
    drawing = Drawing().start().node("parallelGateway", "fork").user("a").user("b").end()
    drawing.end("stopped", "<bpmn:terminateEventDefinition/>")
    drawing.flow("begun > fork > a > ended").flow("fork > b > stopped")
    case = play(drawing).do("b")
    assert (case.waits, case.run.ended) == ([], "stopped")
    assert case.run.marks()["p"]["a"] == "cancelled"


def test_thrown_messages_are_handed_out_with_their_values() -> None:
    drawing = Drawing().start()
    drawing.node("intermediateThrowEvent", "tell", parameters({"n": "${x}"}) + drawing.message("m"))
    drawing.end("told", drawing.message("done")).flow("begun > tell > told")
    case = play(drawing, x=3)
    assert [(one.message, one.values) for one in case.run.thrown] == [("m", {"n": 3}), ("done", {})]
    assert case.run.ended == "told"


def test_several_tasks_at_once_each_with_its_item() -> None:
    drawing = Drawing().start().user("hear", many("people", "person")).user("after").end()
    case = play(drawing.flow("begun > hear > after > ended"), people=["甲", "乙", "丙"])
    seen = [(one.locals["person"], one.locals["loopCounter"]) for one in case.again().run.tasks()]
    assert seen == [("甲", 0), ("乙", 1), ("丙", 2)]
    assert case.do("hear").do("hear").waits == ["hear"]
    assert case.do("hear").waits == ["after"]
    assert "person" not in case.top


def test_several_tasks_one_after_the_other() -> None:
    drawing = Drawing().start().user("hear", many("people", "person", sequential=True)).end()
    case = play(drawing.flow("begun > hear > ended"), people=["甲", "乙"])
    assert [one.locals["person"] for one in case.run.tasks()] == ["甲"]
    assert [one.locals["person"] for one in case.do("hear").run.tasks()] == ["乙"]
    assert case.do("hear").run.ended == "ended"


def test_several_calls_at_once_each_in_its_own_scope() -> None:
    inner = passing("in person > x", "out reply > last") + many("people", "person")
    drawing = Drawing().start().call("ask", "child", inner).end().flow("begun > ask > ended")
    case = play(drawing, CHILD, types={"reply": "any"}, people=["甲", "乙"])
    scopes = [task.scope for task in case.run.tasks()]
    assert [case.run.facts[one] for one in scopes] == [{"x": "甲"}, {"x": "乙"}]
    case.do("answer", reply=1).do("answer", reply=2)
    assert case.run.facts == {"": {"people": ["甲", "乙"], "last": 2}}


def test_several_blocks_at_once_see_their_own_item_inside() -> None:
    inner = Drawing().start("s0").service("say", parameters({"to": "${person}"})).end("s9")
    drawing = Drawing().start()
    drawing.sub("block", inner.flow("s0 > say > s9"), many("people", "person"))
    case = play(drawing.end().flow("begun > block > ended"), people=["甲", "乙"])
    assert [one.inputs for one in case.again().run.services()] == [{"to": "甲"}, {"to": "乙"}]
    assert case.do("say").do("say").run.ended == "ended"


def test_enough_of_several_ends_the_others() -> None:
    loop = many(cardinality="5", until="nrOfCompletedInstances >= 2")
    drawing = Drawing().start().user("vote", loop).end().flow("begun > vote > ended")
    case = play(drawing)
    assert case.waits == ["vote"] * 5
    assert case.do("vote").waits == ["vote"] * 4
    assert case.do("vote").run.ended == "ended"
    assert case.trail.count(("cancelled", "vote")) == 3


def test_nothing_to_do_for_an_empty_collection() -> None:
    drawing = Drawing().start().user("hear", many("people", "person")).end()
    assert play(drawing.flow("begun > hear > ended"), people=[]).run.ended == "ended"


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"people": list(range(1001))}, errors.TooManyInstances),
        ({"people": "甲"}, errors.ExpressionFailed),
        ({"people": None}, errors.ExpressionFailed),
    ],
)
def test_a_collection_that_is_too_long_or_none_stops_the_command(
    facts: dict[str, Any], error: type[Exception]
) -> None:
    drawing = Drawing().start().user("hear", many("people", "person")).end()
    with pytest.raises(error):
        play(drawing.flow("begun > hear > ended"), **facts)


def test_a_deadline_on_several_tasks_takes_all_of_them() -> None:
    drawing = Drawing().start().user("hear", many("people", "person")).user("report").end()
    drawing.boundary("late", "hear", timer("P1D"))
    drawing.flow("begun > hear > ended").flow("late > report > ended")
    case = play(drawing, people=[1, 2]).do("hear").at(days=1)
    assert case.waits == ["report"]


def test_a_circle_without_people_is_stopped() -> None:
    drawing = Drawing().start().xor("turn", default="turn_to_ended").end()
    drawing.node("intermediateThrowEvent", "round")
    drawing.flow("begun > turn > ended").flow("turn > round > turn", "true")
    drawing.arrows = [one for one in drawing.arrows if "round_to_turn" not in one]
    drawing.flow("round > turn")
    with pytest.raises(errors.EndlessLoop):
        play(drawing)


def test_a_case_that_nothing_can_move_any_more_is_told_at_once() -> None:
    drawing = Drawing().start().xor("which", default="which_to_a").user("a").user("b").end()
    drawing.node("parallelGateway", "join", name="汇合").flow("begun > which > a > join > ended")
    drawing.flow("which > b > join", "").arrows.pop()
    drawing.arrows = [one for one in drawing.arrows if "which_to_b" not in one]
    drawing.flow("which > b", "false").flow("b > join")
    case = play(drawing)
    with pytest.raises(errors.CaseStuck, match="汇合"):
        case.do("a")


def test_expressions_know_today_and_now() -> None:
    said = parameters({"day": "${today}", "at": "${now}"})
    case = play(Drawing().start().service("s", said).end().flow("begun > s > ended"))
    at = {"day": "2026-03-02", "at": "2026-03-02T09:00:00+08:00"}
    assert case.run.services()[0].inputs == at


def test_a_condition_that_is_not_true_or_false_stops_the_command() -> None:
    with pytest.raises(errors.ExpressionFailed):
        play(choice(), x="text")


def test_the_trail_tells_what_happened() -> None:
    case = play(choice(), x=1).do("a")
    assert case.trail == [
        ("entered", "begun"), ("left", "begun"), ("flow", "begun"),
        ("entered", "which"), ("left", "which"), ("flow", "which"),
        ("entered", "a"), ("left", "a"), ("flow", "a"),
        ("entered", "ended"), ("left", "ended"),
    ]  # fmt: skip


def test_marks_show_what_is_active_and_what_is_done() -> None:
    marks = play(choice(), x=1).again().run.marks()["p"]
    assert marks["a"] == "active"
    assert (marks["which"], marks["which_to_a"]) == ("done", "done")
    assert "b" not in marks


def test_a_text_is_evaluated_where_a_task_stands() -> None:
    drawing = Drawing().start().user("draft", camunda_assignee="${who}").end()
    case = play(drawing.flow("begun > draft > ended"), who="wang").again()
    [task] = case.run.tasks()
    assert case.run.text("${who}", task.scope, task.locals) == "wang"
    assert case.run.text("li", task.scope, task.locals) == "li"


def test_a_long_case_keeps_a_small_state() -> None:
    drawing = Drawing().start().user("round").xor("more", default="more_to_ended").end()
    drawing.flow("begun > round > more > ended").flow("more > round", "again")
    case = play(drawing, again=True)
    for _ in range(30):
        case.do("round")
    assert len(case.run.snapshot()) < 600


def test_properties_and_lanes_reach_the_task() -> None:
    said = extension(
        '<camunda:properties><camunda:property name="four_eyes" value="draft"/>'
        "</camunda:properties>"
    )
    drawing = Drawing().start().user("approve", said, name="审批").end()
    case: Case = play(drawing.flow("begun > approve > ended"))
    element = case.run.tasks()[0].element
    assert (element.name, element.lane, element.form) == ("审批", "caseworker", "approve")
    assert element.properties == {"four_eyes": "draft"}
