"""Event sub-processes: what triggers them, what they interrupt, when what holds them is over.

Every Case saves and restores between its steps.
"""

from dataclasses import replace
from typing import Any

import pytest

from tests.engine.cases import Case, Topic, play
from tests.engine.diagrams import Drawing, many, parameters, passing, timer
from workflows import engine, errors

TOLD = '<bpmn:messageEventDefinition messageRef="message_{}"/>'


def inside(
    name: str, definition: str = "", *steps: str, message: str = "", interrupting: bool = True
) -> Drawing:
    """The inside of an event sub-process: a trigger, user tasks, an end event."""
    drawing = Drawing()
    trigger = drawing.message(message) if message else definition
    drawing.trigger(f"{name}_start", trigger, interrupting=interrupting)
    for step in steps:
        drawing.user(step)
    drawing.end(f"{name}_end")
    return drawing.flow(" > ".join([f"{name}_start", *steps, f"{name}_end"]))


def line(*steps: str, key: str = "p") -> Drawing:
    drawing = Drawing(key).start(f"{key}_begun").end(f"{key}_ended")
    for step in steps:
        drawing.user(step)
    return drawing.flow(" > ".join([f"{key}_begun", *steps, f"{key}_ended"]))


def stopping(*steps: str) -> Drawing:
    """A line of steps that the message `stop` interrupts."""
    drawing = line(*steps)
    return drawing.aside("halt", inside("halt", "", "close", message="stop"))


def noting(*steps: str) -> Drawing:
    """A line of steps beside which notes are read."""
    drawing = line(*steps)
    return drawing.aside("reading", inside("note", "", "read", message="note", interrupting=False))


# -- interrupting ----------------------------------------------------------------------------------


def test_its_start_waits_while_the_process_runs_and_leaves_no_trace() -> None:
    case = play(stopping("a", "b"))
    assert case.waits == ["a", "halt_start"]
    [catch] = case.again().run.catches()
    assert (catch.element.id, catch.message, catch.scope) == ("halt_start", "stop", "")
    assert "halt_start" not in case.run.marks()["p"]
    case.do("a").do("b")
    assert (case.run.ended, case.waits) == ("p_ended", [])
    assert not {"halt_start", "halt"} & {element for _, element in case.trail}


def test_it_withdraws_all_else_and_its_end_is_the_end_of_the_case() -> None:
    case = play(stopping("a", "b")).tell("stop", why="撤回")
    assert case.waits == ["close"]
    assert case.top == {"why": "撤回"}
    assert case.trail[-7:] == [
        ("fired", "halt_start"),
        ("cancelled", "a"),
        ("entered", "halt"),
        ("entered", "halt_start"),
        ("left", "halt_start"),
        ("flow", "halt_start"),
        ("entered", "close"),
    ]
    marks = case.run.marks()["p"]
    assert {name: marks.get(name) for name in ("a", "b", "halt", "halt_start", "close")} == {
        "a": "cancelled", "b": None, "halt": "active", "halt_start": "done", "close": "active",
    }  # fmt: skip
    with pytest.raises(errors.NotExpected):
        case.again().run.send("stop", {})
    assert case.do("close").run.ended == "halt_end"
    assert case.waits == []
    assert list(case.run.facts) == [""]


def test_the_other_event_sub_processes_are_disarmed() -> None:
    drawing = stopping("a").aside("late", inside("late", timer("P1D"), "remind"))
    drawing.aside("reading", inside("note", "", "read", message="note", interrupting=False))
    case = play(drawing)
    assert case.waits == ["a", "halt_start", "late_start", "note_start"]
    case.tell("note").tell("stop")
    assert case.waits == ["close"]
    assert case.at(days=2).waits == ["close"]
    assert case.do("close").run.ended == "halt_end"


def test_a_timer_triggers_it_at_its_instant_counted_from_the_beginning() -> None:
    case = play(line("a", "b").aside("late", inside("late", timer('limit("w")'), "remind")))
    [waiting] = case.run.timers()
    assert waiting.element.id == "late_start"
    assert waiting.deadline is not None
    case.at(days=4).do("a").at(hours=23)
    assert case.waits == ["b", "late_start"]
    case.at(hours=1)
    assert case.waits == ["remind"]
    assert case.do("remind").run.ended == "late_end"


def test_a_timer_may_be_a_duration_or_moved() -> None:
    drawing = line("a").aside("late", inside("late", timer("PT5M", "timeDuration"), "remind"))
    case = play(drawing)
    [waiting] = case.run.timers()
    case.again().run.postpone(waiting.id, waiting.due_at.replace(year=2027))
    assert case.at(days=3).waits == ["a", "late_start"]


def test_of_two_at_the_same_instant_the_one_drawn_first_interrupts() -> None:
    drawing = line("a").aside("x", inside("x", timer("P1D"), "first"))
    drawing.aside("y", inside("y", timer("P1D"), "second"))
    assert play(drawing).at(days=1).waits == ["first"]


def test_of_two_at_the_same_instant_both_run_where_the_first_does_not_interrupt() -> None:
    drawing = line("a").aside("x", inside("x", timer("P1D"), "first", interrupting=False))
    drawing.aside("y", inside("y", timer("P1D"), "second", interrupting=False))
    case = play(drawing).at(days=1)
    assert case.waits == ["a", "first", "second"]
    case.do("a").do("second")
    assert case.run.ended is None
    assert case.do("first").run.ended == "p_ended"


def test_an_instant_that_is_past_interrupts_as_soon_as_the_case_waits() -> None:
    drawing = line("a").aside("late", inside("late", timer("since"), "remind"))
    case = play(drawing, since="2026-03-01T00:00:00+08:00")
    assert case.waits == ["remind"]


def test_a_case_that_never_waits_is_not_interrupted() -> None:
    drawing = Drawing().start().end().flow("begun > ended")
    drawing.aside("late", inside("late", timer("since"), "remind"))
    assert play(drawing, since="2026-03-01T00:00:00+08:00").run.ended == "ended"


def test_a_timer_on_a_fact_that_is_not_there_is_told_by_name() -> None:
    drawing = line("a").aside("late", inside("late", timer("since"), "remind"))
    with pytest.raises(errors.TimeUnknown, match="late_start"):
        play(drawing)


# -- not interrupting ------------------------------------------------------------------------------


def test_it_runs_beside_the_rest_and_a_message_comes_again_and_again() -> None:
    case = play(noting("a")).tell("note", text="一")
    assert case.waits == ["a", "note_start", "read"]
    case.tell("note", text="二").tell("note")
    assert case.waits == ["a", "note_start", "read", "read", "read"]
    assert case.top["text"] == "二"
    case.do("read").do("read").do("read").tell("note").do("read")
    assert case.waits == ["a", "note_start"]
    assert case.do("a").run.ended == "p_ended"
    assert case.waits == []


def test_a_process_whose_main_line_is_over_waits_for_what_runs_beside_it() -> None:
    case = play(noting("a")).tell("note").do("a")
    assert (case.run.ended, case.waits) == (None, ["note_start", "read"])
    case.tell("note").do("read")
    assert (case.run.ended, case.waits) == (None, ["note_start", "read"])
    assert case.do("read").run.ended == "p_ended"
    assert case.waits == []


def test_a_timer_comes_once() -> None:
    drawing = line("a").aside("late", inside("late", timer("P1D"), "remind", interrupting=False))
    case = play(drawing).at(days=1)
    assert case.waits == ["a", "remind"]
    assert case.at(days=5).do("remind").waits == ["a"]
    assert case.at(days=5).do("a").run.ended == "p_ended"


def test_an_interruption_withdraws_what_runs_beside_the_rest_too() -> None:
    drawing = noting("a").aside("halt", inside("halt", "", "close", message="stop"))
    case = play(drawing).tell("note").do("a").tell("stop")
    assert case.waits == ["close"]
    assert case.do("close").run.ended == "halt_end"


def test_a_terminating_end_ends_what_runs_beside_it_too() -> None:
    drawing = Drawing().start().user("a").end("ended", "<bpmn:terminateEventDefinition/>")
    drawing.flow("begun > a > ended")
    drawing.aside("reading", inside("note", "", "read", message="note", interrupting=False))
    case = play(drawing).tell("note").do("a")
    assert (case.run.ended, case.waits) == ("ended", [])


def test_a_terminating_end_inside_ends_the_inside_alone() -> None:
    inner = Drawing()
    inner.trigger("heard", inner.message("note"), interrupting=False)
    inner.node("parallelGateway", "both").user("x").user("y").end("ex")
    inner.end("ey", "<bpmn:terminateEventDefinition/>")
    inner.flow("heard > both > x > ex").flow("both > y > ey")
    case = play(line("a").aside("reading", inner)).tell("note").do("y")
    assert case.waits == ["a", "heard"]


def test_a_chosen_catch_gets_its_message_though_another_waits_longer() -> None:
    drawing = Drawing().start().catch("told", "note").end().flow("begun > told > ended")
    drawing.aside("reading", inside("note", "", "read", message="note", interrupting=False))
    case = play(drawing)
    assert case.tell("note").waits == ["note_start", "read", "told"]
    assert case.tell("note", catch="told").waits == ["note_start", "read"]


# -- what is interrupted ---------------------------------------------------------------------------


def test_a_called_case_is_withdrawn_with_its_facts_and_its_own_event_sub_processes() -> None:
    child = line("answer", key="child")
    child.aside("asking", inside("ask", "", "reply", message="ask", interrupting=False))
    drawing = Drawing().start().call("call", "child", passing("in x > y")).end()
    drawing.flow("begun > call > ended")
    drawing.aside("halt", inside("halt", "", "close", message="stop"))
    case = play(drawing, child, x=1).tell("ask")
    assert case.waits == ["answer", "ask_start", "halt_start", "reply"]
    assert len(case.run.facts) == 2
    case.tell("stop")
    assert case.waits == ["close"]
    assert list(case.run.facts) == [""]
    assert case.do("close").run.ended == "halt_end"


def test_an_event_sub_process_of_a_called_process_belongs_to_it() -> None:
    child = line("answer", key="child")
    child.aside("halt", inside("halt", "", "close", message="stop"))
    drawing = Drawing().start().call("call", "child", passing("out why > reason")).user("b").end()
    case = play(drawing.flow("begun > call > b > ended"), child)
    case.tell("stop", why="撤回")
    assert case.waits == ["close"]
    assert case.top == {}
    case.do("close")
    assert (case.waits, case.top) == (["b"], {"reason": "撤回"})
    assert case.do("b").run.ended == "ended"


def test_a_step_of_the_machine_under_way_is_withdrawn_and_its_answer_comes_too_late() -> None:
    drawing = Drawing().start().service("act").end().flow("begun > act > ended")
    drawing.aside("halt", inside("halt", "", "close", message="stop"))
    case = play(drawing)
    [call] = case.run.services()
    case.tell("stop")
    assert case.waits == ["close"]
    with pytest.raises(errors.TaskGone):
        case.again().run.complete(call.id, {})


@pytest.mark.parametrize("one_by_one", [True, False])
def test_what_runs_several_times_is_withdrawn(one_by_one: bool) -> None:
    drawing = Drawing().start().end()
    drawing.sub("block", line("hear"), many(cardinality="3", sequential=one_by_one))
    drawing.flow("begun > block > ended")
    drawing.aside("halt", inside("halt", "", "close", message="stop"))
    case = play(drawing).do("hear").tell("stop")
    assert case.waits == ["close"]
    assert case.do("close").run.ended == "halt_end"


def test_races_timers_joins_and_events_on_an_edge_are_withdrawn() -> None:
    drawing = Drawing().start().node("parallelGateway", "fork").node("parallelGateway", "join")
    drawing.node("eventBasedGateway", "race").catch("told", "m").wait("late", "P1D").xor("out")
    drawing.user("a").user("b").boundary("aged", "b", timer("P1D")).end().end("e")
    drawing.flow("begun > fork > race > told > out > join > ended").flow("race > late > out")
    drawing.flow("fork > a > join").flow("fork > b > join").flow("aged > e")
    drawing.aside("halt", inside("halt", "", "close", message="stop"))
    case = play(drawing).do("a").tell("stop")
    assert case.waits == ["close"]
    assert case.at(days=2).do("close").run.ended == "halt_end"


def test_an_inclusive_join_does_not_wait_for_what_is_beside_it() -> None:
    drawing = Drawing().start().user("a").user("b").end()
    drawing.node("inclusiveGateway", "fork").node("inclusiveGateway", "join")
    drawing.flow("begun > fork > a > join > ended").flow("fork > b > join")
    drawing.aside("reading", inside("note", "", "read", message="note", interrupting=False))
    case = play(drawing).do("a").tell("note")
    assert case.waits == ["b", "note_start", "read"]
    case.do("b")
    assert case.run.marks()["p"]["join"] == "done"
    assert case.do("read").run.ended == "ended"


# -- embedded --------------------------------------------------------------------------------------


def block(aside: Drawing) -> Drawing:
    """An embedded sub-process with an event sub-process, with something beside and after it."""
    inner = line("hear", key="in").aside("within", aside)
    drawing = Drawing().start().sub("block", inner).user("beside").user("after").end()
    drawing.node("parallelGateway", "fork").node("parallelGateway", "join")
    drawing.flow("begun > fork > block > join > after > ended").flow("fork > beside > join")
    return drawing


def test_inside_an_embedded_sub_process_it_ends_that_alone() -> None:
    case = play(block(inside("halt", "", "close", message="stop")))
    assert case.waits == ["beside", "halt_start", "hear"]
    case.tell("stop", why=1)
    assert case.waits == ["beside", "close"]
    assert case.do("close").waits == ["beside"]
    assert case.do("beside").waits == ["after"]
    assert (case.do("after").run.ended, case.top) == ("ended", {"why": 1})


def test_an_embedded_sub_process_waits_for_what_runs_beside_its_line() -> None:
    case = play(block(inside("late", timer("P1D"), "remind", interrupting=False)))
    case.at(days=1).do("hear").do("beside")
    assert case.waits == ["remind"]
    assert case.do("remind").waits == ["after"]


def test_it_is_armed_anew_each_time_its_holder_begins() -> None:
    inner = line("hear", key="in").aside("within", inside("late", timer("P1D"), "remind"))
    drawing = Drawing().start().xor("again").sub("block", inner).xor("more", "more_to_ended").end()
    drawing.flow("begun > again > block > more > ended").flow("more > again", "again = true")
    case = play(drawing, again=True).at(days=1)
    assert case.waits == ["remind"]
    case.do("remind")
    assert case.waits == ["hear", "late_start"]
    case.at(hours=23)
    assert case.waits == ["hear", "late_start"]
    assert case.at(hours=1).do("remind", again=False).run.ended == "ended"


def test_each_instance_has_its_own_with_its_own_locals() -> None:
    inner = line("hear", key="in").aside("within", inside("late", timer("when"), "remind"))
    drawing = Drawing().start().sub("block", inner, many("dates", "when")).end()
    days = [f"2026-03-0{day}T09:00:00+08:00" for day in (3, 4)]
    case = play(drawing.flow("begun > block > ended"), dates=days)
    assert case.waits == ["hear", "hear", "late_start", "late_start"]
    case.at(days=1)
    assert case.waits == ["hear", "late_start", "remind"]
    [task] = [one for one in case.run.tasks() if one.element.id == "remind"]
    assert task.locals["when"] == days[0]
    assert case.do("hear").do("remind").run.ended == "ended"


def test_an_interruption_outside_takes_what_is_inside_with_it() -> None:
    drawing = block(inside("note", "", "read", message="note", interrupting=False))
    drawing.aside("halt", inside("halt", "", "close", message="stop"))
    case = play(drawing).tell("note").tell("stop")
    assert case.waits == ["close"]
    assert case.do("close").run.ended == "halt_end"


def test_one_inside_another() -> None:
    inner = inside("note", "", "read", message="note", interrupting=False)
    inner.aside("inmost", inside("stop", "", "close", message="stop"))
    case = play(line("a").aside("reading", inner))
    assert case.waits == ["a", "note_start"]
    case.tell("note").tell("note")
    assert case.waits == ["a", "note_start", "read", "read", "stop_start", "stop_start"]
    case.tell("stop")
    assert case.waits == ["a", "close", "note_start", "read", "stop_start"]
    case.do("close").do("a")
    assert case.run.ended is None
    assert case.do("read").run.ended == "p_ended"


def test_what_interrupts_an_interruption_is_how_the_case_ends() -> None:
    inner = inside("halt", "", "close", message="stop")
    inner.aside("inmost", inside("drop", timer("P1D"), "force"))
    case = play(line("a").aside("halt", inner)).tell("stop").at(days=1)
    assert case.waits == ["force"]
    assert case.do("force").run.ended == "drop_end"


# -- errors, messages, facts -----------------------------------------------------------------------


def failing(*, interrupting: bool) -> Drawing:
    """An embedded sub-process whose event sub-process ends in an error that its edge catches."""
    aside = Drawing()
    aside.trigger("heard", aside.message("note"), interrupting=interrupting)
    aside.user("read").end("failed", aside.error("E1")).flow("heard > read > failed")
    inner = line("hear", key="in").aside("within", aside)
    drawing = Drawing().start().sub("block", inner).user("mend").end().end("mended")
    drawing.boundary("caught", "block", drawing.error("E1"))
    return drawing.flow("begun > block > ended").flow("caught > mend > mended")


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_error_inside_is_handed_outward(interrupting: bool) -> None:
    case = play(failing(interrupting=interrupting)).tell("note")
    assert ("hear" in case.waits) == (not interrupting)
    case.do("read")
    assert case.waits == ["mend"]
    assert case.do("mend").run.ended == "mended"


def test_an_error_in_a_called_process_reaches_its_caller() -> None:
    aside = Drawing()
    aside.trigger("heard", aside.message("note")).end("failed", aside.error("E1"))
    child = line("answer", key="child").aside("within", aside.flow("heard > failed"))
    drawing = Drawing().start().call("call", "child").user("mend").end().end("mended")
    drawing.boundary("caught", "call", drawing.error("E1"))
    drawing.flow("begun > call > ended").flow("caught > mend > mended")
    case = play(drawing, child).tell("note")
    assert (case.waits, list(case.run.facts)) == (["mend"], [""])


def test_a_message_thrown_inside_and_inputs_of_the_event_sub_process() -> None:
    aside = Drawing()
    aside.trigger("heard", aside.message("note"), interrupting=False)
    aside.user("read").end("told", parameters({"k": "${twice}"}) + aside.message("reply"))
    aside.flow("heard > read > told")
    drawing = line("a").aside("reading", aside, parameters({"twice": "${n * 2}"}))
    case = play(drawing, types={"n": "number"})
    case.tell("note", n=4)
    assert case.run.tasks()[-1].locals == {"twice": 8}
    case.do("read")
    [thrown] = case.run.thrown
    assert (thrown.message, thrown.scope, thrown.values) == ("reply", "", {"k": 8})


# -- stuck -----------------------------------------------------------------------------------------


def stuck() -> Drawing:
    """A parallel join that waits for a branch that went elsewhere."""
    drawing = Drawing().start().node("parallelGateway", "fork").node("parallelGateway", "join")
    drawing.user("a").xor("which", default="which_to_join").end().end("other")
    drawing.flow("begun > fork > a > join > ended").flow("fork > which > join")
    return drawing.flow("which > other", "true")


@pytest.mark.parametrize("trigger", ["message", "timer"])
def test_a_case_whose_main_line_is_stuck_is_stuck_though_something_could_trigger(
    trigger: str,
) -> None:
    drawing = stuck()
    if trigger == "message":
        drawing.aside("halt", inside("halt", "", "close", message="stop"))
    else:
        drawing.aside("halt", inside("halt", timer("P9D"), "close"))
    case = play(drawing).again()
    case.run.complete(case.run.tasks()[0].id, {})
    with pytest.raises(errors.CaseStuck) as caught:
        case.run.settle()
    assert caught.value.detail == "join"


def test_an_interruption_frees_what_would_be_stuck() -> None:
    case = play(stuck().aside("halt", inside("halt", "", "close", message="stop"))).tell("stop")
    assert case.do("close").run.ended == "halt_end"


# -- saving ----------------------------------------------------------------------------------------


def test_a_case_saved_between_the_trigger_and_what_follows_goes_on() -> None:
    for drawing, told, waits in (
        (stopping("a"), "stop", ["close"]),
        (noting("a"), "note", ["a", "note_start", "read"]),
    ):
        case = play(drawing).again()
        case.run.send(told, {})
        case.again().settle()
        assert case.waits == waits


def test_a_start_keeps_its_id_over_save_and_restore_until_it_fires() -> None:
    case = play(noting("a"))
    [first] = case.run.catches()
    assert case.again().run.catches() == [first]
    assert case.run.send("note", {}, first.id) == first.id
    case.settle()
    [second] = case.again().run.catches()
    assert second.id != first.id


# -- what may be drawn -----------------------------------------------------------------------------

OFFERED = engine.Offered(
    topics={"work": Topic({}, {})},
    forms={
        **{f"p/{name}": {} for name in ("a", "close", "read", "remind", "x")},
        "p/open": {"filed_at": "date and time"},
        "p/stop": {"why": "string", "asked_at": "date and time"},
    },
    limits={"w"},
    roles={"caseworker"},
)


def complaints(drawing: Drawing) -> list[tuple[str, str]]:
    found = engine.check({"p.bpmn": drawing.xml()}, "p", OFFERED)
    return [(one.element, one.reason) for one in found]


def test_an_event_sub_process_is_sound_by_itself() -> None:
    assert complaints(stopping("a")) == []
    assert complaints(noting("a")) == []
    late = inside("late", timer('limit("w")'), "remind", interrupting=False)
    assert complaints(stopping("a").aside("late", late)) == []


def test_what_its_message_brings_may_be_asked_for() -> None:
    aside = inside("halt", "", message="stop")
    aside.xor("which", default="which_to_close").user("close").end("e").flow("which > close > e")
    aside.flow("which > e", 'why = "x"')
    aside.arrows[0] = aside.arrows[0].replace('"halt_end"', '"which"')
    aside.parts = [one for one in aside.parts if "halt_end" not in one]
    aside.ids.remove("halt_end")
    drawing = line("a").aside("halt", aside)
    assert complaints(drawing) == []
    bundle = {"p.bpmn": drawing.xml()}
    assert engine.fact_types(bundle, "p", OFFERED)["p"]["why"] == "string"
    assert engine.parse(bundle, "p", {}).messages == {"stop": ("halt_start",)}


def started(*starts: tuple[str, str], **said: Any) -> Drawing:
    """An event sub-process with these start events as (id, definition)."""
    inner = Drawing()
    for name, definition in starts:
        inner.trigger(name, definition, **said)
        inner.user(f"t_{name}", camunda_formKey="x").end(f"e_{name}")
        inner.flow(f"{name} > t_{name} > e_{name}")
    if not starts:
        inner.user("t", camunda_formKey="x").end("e").flow("t > e")
    drawing = line("a").aside("it", inner)
    drawing.message("m")
    return drawing


KINDS = ["signal", "error", "escalation", "conditional", "compensate"]


@pytest.mark.parametrize(
    ("drawing", "element", "said"),
    [
        (started(), "it", "应有且只有一个开始事件，现有0个"),
        (started(("s", TOLD.format("m")), ("s2", timer("P1D"))), "it", "现有2个"),
        (started(("s", "")), "s", "只能是消息或者定时，不能是空白"),
        (started(("s", TOLD.format("m") + timer("P1D"))), "s", "不能是多重"),
        (started(("s", TOLD.format("nosuch"))), "s", "开始事件没有消息，请设置消息及其名称"),
        (started(("s", "<bpmn:timerEventDefinition/>")), "s", "定时事件没有填写时间"),
        (started(("s", timer("R/P1D", "timeCycle"))), "s", "不支持循环定时"),
        (started(("s", timer('limit("nosuch")'))), "s", "没有期限“nosuch”"),
        (started(("s", timer("nosuch"))), "s", "“nosuch”没有来源"),
        *(
            (started(("s", f"<bpmn:{kind}EventDefinition/>")), "s", "只能是消息或者定时")
            for kind in KINDS
        ),
    ],
)
def test_its_start_is_one_message_or_one_timer(drawing: Drawing, element: str, said: str) -> None:
    assert any(said in reason for one, reason in complaints(drawing) if one == element)


def test_no_flow_leads_to_it_or_away_from_it() -> None:
    into = stopping("a").flow("a > halt")
    assert ("a_to_halt", "事件子流程由事件触发，不能有顺序流流入或者流出") in complaints(into)
    out = stopping("a").flow("halt > p_ended")
    [reason] = [why for one, why in complaints(out) if one == "halt_to_p_ended"]
    assert "事件子流程由事件触发" in reason
    across = stopping("a").flow("close > p_ended")
    assert ("close_to_p_ended", "顺序流不能穿过子流程的边界") in complaints(across)


def test_it_has_no_edge_no_form_of_its_start_and_is_not_repeated() -> None:
    drawing = stopping("a").boundary("b", "halt", timer("P1D")).end("e").flow("b > e")
    assert ("b", "边界事件不能附着在事件子流程上") in complaints(drawing)
    aside = inside("halt", "", "close", message="stop")
    drawing = line("a").aside("halt", aside, many(cardinality="2"))
    assert ("halt", "事件子流程不支持多实例") in complaints(drawing)
    aside.parts[0] = aside.parts[0].replace(" id=", ' camunda:formKey="p/x" id=', 1)
    [reason] = [why for one, why in complaints(line("a").aside("halt", aside))]
    assert "消息的表单以消息命名" in reason


def test_two_of_one_holder_do_not_wait_for_the_same_message() -> None:
    drawing = stopping("a").aside("twin", inside("twin", "", "x", message="stop"))
    said = "同一层的事件子流程已在等候消息“stop”，只能有一个"
    assert complaints(drawing) == [("twin_start", said)]


def test_the_fact_of_a_timer_is_there_when_the_process_begins() -> None:
    def waiting(name: str, key: str = "p") -> Drawing:
        drawing = line("a", key=key)
        return drawing.aside("late", inside("late", timer(f'limit("w", {name})'), "remind"))

    said = '“limit("w", asked_at)”中的事实“asked_at”在流程开始时还没有，定时从流程开始时起算'
    late = waiting("asked_at").aside("halt", inside("halt", "", "close", message="stop"))
    assert complaints(late) == [("late_start", said)]
    given = waiting("filed_at")
    given.parts[0] = given.parts[0].replace(" id=", ' camunda:formKey="open" id=', 1)
    assert complaints(given) == []
    child = waiting("filed_at", key="child")
    caller = (
        Drawing().start("s", camunda_formKey="open").call("c", "child", passing("in filed_at > x"))
    )
    caller.end("e").flow("s > c > e")
    assert "在流程开始时还没有" not in str(called(caller, child))
    assert "“filed_at”没有来源" in str(called(caller, child))
    caller.parts[1] = caller.parts[1].replace('target="x"', 'target="filed_at"')
    assert called(caller, child) == []


def called(*drawings: Drawing) -> list[str]:
    bundle = {f"{one.key}.bpmn": one.xml() for one in drawings}
    forms = {"child/a": {}, "child/remind": {}}
    offered = replace(OFFERED, forms={**OFFERED.forms, **forms})
    return [str(one) for one in engine.check(bundle, "p", offered)]


def test_what_is_inside_and_not_reached_is_told() -> None:
    aside = inside("halt", "", "close", message="stop").user("x")
    found = complaints(line("a").aside("halt", aside))
    assert ("x", "“x”从开始事件到达不了，请连线或者删除") in found
    assert not [one for one, reason in found if one == "halt" or "close" in reason]


def test_an_error_that_nobody_catches_is_refused() -> None:
    aside = Drawing()
    aside.trigger("heard", aside.message("stop")).end("failed", aside.error("E1"))
    [(element, reason)] = complaints(line("a").aside("halt", aside.flow("heard > failed")))
    assert element == "failed"
    assert "没有边界事件接住" in reason


def test_a_plain_start_at_the_top_stays_plain() -> None:
    drawing = Drawing().node("startEvent", "s", TOLD.format("m")).user("a").end()
    drawing.message("m")
    assert "不支持消息开始事件" in dict(complaints(drawing.flow("s > a > ended")))["s"]


@pytest.mark.parametrize(("said", "waits"), [("1", ["a"]), ("0", ["a", "read"])])
def test_the_other_writing_of_true_and_false_is_read(said: str, waits: list[str]) -> None:
    drawing = noting("a") if said == "0" else stopping("a")
    xml = drawing.xml().decode()
    xml = xml.replace('triggeredByEvent="true"', 'triggeredByEvent="1"')
    xml = xml.replace('isInterrupting="false"', f'isInterrupting="{said}"')
    case = Case({"p/p.bpmn": xml.encode()})
    case.tell("note" if said == "0" else "stop")
    assert ("a" in case.waits) == (said == "0")
    assert set(waits) - {"a"} <= set(case.waits)
