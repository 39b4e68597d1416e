"""Running cases and versions whose event sub-processes are others: what is armed, what stays."""

from typing import Any

import pytest

from tests.engine.cases import Case, Topic, five_days, play
from tests.engine.diagrams import Drawing, many, timer
from tests.engine.test_event_subprocess import inside, line, noting, stopping
from tests.engine.test_migration import notes, parse, verdict
from workflows import engine, errors
from workflows.engine import migration


def late(text: str = "P3D", *steps: str, interrupting: bool = True) -> Drawing:
    steps = steps or ("remind",)
    return line("a", "b").aside(
        "late", inside("late", timer(text), *steps, interrupting=interrupting)
    )


def test_a_new_one_begins_to_wait() -> None:
    case = play(line("a", "b")).do("a")
    said = "halt_start（halt_start）：新版本的事件子流程，转换后开始等候"
    assert notes(case, stopping("a", "b")) == [said]
    assert verdict(case, stopping("a", "b")) == []
    assert case.waits == ["b", "halt_start"]
    assert case.tell("stop").waits == ["close"]
    assert case.do("close").run.ended == "halt_end"


def test_the_timer_of_a_new_one_is_counted_from_the_move() -> None:
    case = play(line("a", "b")).at(days=2)
    assert verdict(case, late('limit("w")')) == []
    [waiting] = case.run.timers()
    assert waiting.due_at == case.run.now.replace(day=9)
    assert case.at(days=4, hours=23).waits == ["a", "late_start"]
    assert case.at(hours=1).waits == ["remind"]


def test_a_new_timer_needs_its_fact() -> None:
    case = play(line("a", "b"))
    said = ["late_start: 新版本的定时要用事实“since”，本案没有"]
    assert verdict(case, late("since")) == said
    assert verdict(case, late('limit("w", since)')) == said
    case.top["since"] = "2026-03-05T00:00:00+08:00"
    assert verdict(case, late("since")) == []
    assert case.at(days=3).waits == ["remind"]


def test_a_new_timer_that_cannot_be_computed_is_told_and_nothing_moves() -> None:
    case = play(line("a"), since="bald")
    new = parse(line("a").aside("late", inside("late", timer("since"), "remind")))
    with pytest.raises(errors.TimeUnknown):
        migration.move(case.run, new, five_days)


def test_one_that_only_waited_goes() -> None:
    case = play(stopping("a", "b"))
    said = "halt_start（halt_start）：新版本没有这一触发事件，转换后不再等候"
    assert notes(case, line("a", "b")) == [said]
    assert verdict(case, line("a", "b")) == []
    assert case.waits == ["a"]
    assert case.do("a").do("b").run.ended == "p_ended"


def test_one_that_waits_for_another_message_is_kept() -> None:
    other = line("a", "b").aside("halt", inside("halt", "", "close", message="drop"))
    case = play(stopping("a", "b"))
    [before] = case.run.catches()
    assert notes(case, other) == ["halt_start（halt_start）：等候的消息由“stop”改为“drop”"]
    assert verdict(case, other) == []
    [after] = case.run.catches()
    assert (after.id, after.message) == (before.id, "drop")


def test_a_message_that_becomes_a_timer_is_armed_anew() -> None:
    other = line("a", "b").aside("halt", inside("halt", timer("P3D"), "close"))
    case = play(stopping("a", "b")).at(days=1)
    assert verdict(case, other) == []
    assert [one.due_at.day for one in case.run.timers()] == [6]
    assert case.run.catches() == []
    assert verdict(case, stopping("a", "b")) == []
    assert case.tell("stop").waits == ["close"]


def test_a_running_timer_keeps_its_instant() -> None:
    case = play(late("P3D")).at(days=1)
    due = case.run.timers()[0].due_at
    said = ["late_start（late_start）：时间的写法变了，已经起算的期限照旧"]
    assert notes(case, late("P9D")) == said
    assert verdict(case, late("P9D")) == []
    assert case.run.timers()[0].due_at == due


def test_a_timer_that_has_come_does_not_come_again() -> None:
    case = play(late(interrupting=False)).at(days=3).do("remind")
    assert notes(case, late("P9D", interrupting=False)) == []
    assert verdict(case, late("P9D", interrupting=False)) == []
    assert case.waits == ["a"]


def test_the_inside_of_one_that_runs_follows_the_rules_of_all_steps() -> None:
    def heard(*steps: str) -> Drawing:
        return line("a").aside(
            "reading", inside("note", "", *steps, message="note", interrupting=False)
        )

    case = play(heard("read", "file")).tell("note").do("read")
    assert case.waits == ["a", "file", "note_start"]
    assert verdict(case, heard("read")) == ["file: 新版本没有这一环节，案件正停在这里"]
    assert "x: " in verdict(case, heard("read", "x", "file"))[0]
    assert verdict(case, heard("read", "file", "x")) == []
    assert case.do("file").waits == ["a", "note_start", "x"]


def test_one_that_runs_must_still_be_there() -> None:
    case = play(noting("a")).tell("note")
    assert verdict(case, line("a")) == [
        "reading: 新版本没有这一环节，案件正停在这里",
        "read: 新版本没有这一环节，案件正停在这里",
    ]


def test_one_that_runs_keeps_what_triggered_it_and_whether_it_interrupts() -> None:
    case = play(noting("a")).tell("note")
    said = ["reading: 触发的事件或者中断与否变了，事件子流程已经开始"]
    stops = line("a").aside("reading", inside("note", "", "read", message="note"))
    assert verdict(case, stops) == said
    timed = inside("note", timer("P1D"), "read", interrupting=False)
    assert verdict(case, line("a").aside("reading", timed)) == said
    embedded = line("a", key="q").sub("reading", line("read", key="in"))
    embedded.key = "p"
    reasons = verdict(case, embedded.flow("q_begun > reading > q_ended"))
    assert "reading: 事件子流程与嵌入子流程互换了" in reasons
    case.do("read")
    assert verdict(case, stops) == []
    assert case.tell("note").waits == ["read"]


def test_no_other_begins_to_wait_where_one_has_taken_over() -> None:
    case = play(stopping("a")).tell("stop")
    both = stopping("a").aside("late", inside("late", timer("P1D"), "remind"))
    assert notes(case, both) == []
    assert verdict(case, both) == []
    assert case.at(days=2).waits == ["close"]
    assert case.do("close").run.ended == "halt_end"


def test_one_that_is_new_in_a_passed_sub_process_is_not_skipped() -> None:
    def block(aside: Drawing | None) -> Drawing:
        inner = line("hear", key="in")
        if aside:
            inner.aside("within", aside)
        drawing = Drawing().start().sub("block", inner).user("after").end()
        return drawing.flow("begun > block > after > ended")

    aside = inside("note", "", "read", message="note", interrupting=False)
    assert verdict(play(block(None)).do("hear"), block(aside)) == []
    case = play(block(None))
    assert verdict(case, block(aside)) == []
    assert case.tell("note").waits == ["hear", "note_start", "read"]
    case = play(block(aside)).do("hear")
    assert verdict(case, block(inside("note", "", "read", "x", message="note"))) == []


def test_a_choice_less_inside_one_that_never_began_is_not_skipped() -> None:
    def block(*, choice: bool) -> Drawing:
        aside = Drawing()
        aside.trigger("heard", aside.message("note"), interrupting=False)
        aside.user("read").user("file").end("noted")
        if choice:
            aside.xor("which", default="which_to_noted").flow("heard > read > which > noted")
            aside.flow("which > file", "false").flow("file > noted")
        else:
            aside.flow("heard > read > file > noted")
        drawing = Drawing().start().user("after").end()
        drawing.sub("block", line("hear", key="in").aside("within", aside))
        return drawing.flow("begun > block > after > ended")

    assert verdict(play(block(choice=True)).do("hear"), block(choice=False)) == []


def test_what_runs_several_times_may_not_get_one() -> None:
    def block(aside: Drawing | None) -> Drawing:
        inner = line("hear", key="in")
        if aside:
            inner.aside("within", aside)
        drawing = Drawing().start().sub("block", inner, many(cardinality="2")).end()
        return drawing.flow("begun > block > ended")

    said = ["block: 多实例正在办理，其中的环节或者顺序流变了"]
    stop = inside("halt", "", "close", message="stop")
    assert verdict(play(block(None)), block(stop)) == said
    assert verdict(play(block(stop)), block(None)) == said
    assert verdict(play(block(stop)), block(stop)) == []


def test_one_in_a_called_process_begins_to_wait_in_its_scope() -> None:
    caller = Drawing().start().call("call", "child").end().flow("begun > call > ended")
    child = line("answer", key="child")
    case = play(caller, child)
    again = line("answer", key="child")
    again.aside("halt", inside("halt", "", "close", message="stop"))
    assert verdict(case, caller, again) == []
    [catch] = case.run.catches()
    assert catch.scope == case.run.tasks()[0].scope
    assert case.tell("stop").do("close").run.ended == "ended"


def test_a_step_put_into_one_that_ran_would_be_skipped() -> None:
    def heard(*steps: str) -> Drawing:
        aside = inside("note", "", *steps, message="note", interrupting=False)
        return line("a").aside("reading", aside)

    case = play(heard("read")).tell("note").do("read")
    said = ["file: 新版本把这一步排在本案已经走过的地方，转换会漏掉它"]
    assert verdict(case, heard("read", "file")) == said
    assert verdict(play(heard("read")), heard("read", "file")) == []


def test_the_mark_of_what_ran_stays() -> None:
    case = play(noting("a", "b")).tell("note").do("read")
    assert verdict(case, noting("a", "b", "c")) == []
    marks = case.run.marks()["p"]
    assert (marks["reading"], marks["read"], marks["note_start"]) == ("done", "done", "done")


# -- facts -----------------------------------------------------------------------------------------


def supplied(*, aside: bool, early: bool, told: bool = False, halting: bool = False) -> Any:
    """Bundle and supplies: `size` comes from task a (or from b); the aside, if any, asks for it.

    With `told` the message that triggers the aside brings it as well; `halting`: with another that
    interrupts.
    """
    drawing = Drawing().start().user("a").user("b").user("c").end()
    drawing.flow("begun > a > b > c > ended")
    if aside:
        inner = Drawing()
        inner.trigger("heard", inner.message("note"), interrupting=False)
        inner.service("act").xor("big", "big_to_e").user("read").end("e")
        inner.flow("heard > act > big > e").flow("big > read", "size > 1").flow("read > e")
        drawing.aside("reading", inner)
    if halting:
        drawing.aside("halt", inside("halt", "", "close", message="stop"))
    bundle = {"p.bpmn": drawing.xml()}
    giver = "a" if early else "b"
    offered = engine.Offered(
        topics={"work": Topic({}, {})},
        forms={
            **{f"p/{name}": {"size": "number"} if name == giver else {} for name in "abc"},
            "p/note": {"size": "number"} if told else {},
        },
        limits=set(),
        roles={"caseworker"},
    )
    types = engine.fact_types(bundle, "p", offered)
    return bundle, types, engine.supplies(bundle, "p", offered)


def test_a_fact_that_the_message_itself_brings_is_not_lacking() -> None:
    bundle, types, had = supplied(aside=False, early=False)
    case = Case(bundle, types)
    case.do("a")
    again, new_types, has = supplied(aside=True, early=True, told=True)
    assert migration.judge(case.run, engine.parse(again, "p", new_types), had, has).moves


def test_a_fact_that_only_what_can_begin_no_more_asks_for_is_not_lacking() -> None:
    bundle, types, had = supplied(aside=False, early=False, halting=True)
    case = Case(bundle, types)
    case.do("a").tell("stop")
    assert case.waits == ["close"]
    again, new_types, has = supplied(aside=True, early=True, halting=True)
    assert migration.judge(case.run, engine.parse(again, "p", new_types), had, has).moves


@pytest.mark.parametrize(("early", "stays"), [(True, True), (False, False)])
def test_a_fact_that_a_new_one_asks_for_and_only_a_passed_step_supplies_is_told(
    early: bool, stays: bool
) -> None:
    bundle, types, had = supplied(aside=False, early=False)
    case = Case(bundle, types)
    case.do("a")
    again, new_types, has = supplied(aside=True, early=early)
    new = engine.parse(again, "p", new_types)
    judged = migration.judge(case.run, new, had, has)
    said = [(one.element, one.text) for one in judged.reasons]
    text = "要用事实“size”，新版本由已经走过的环节提供，本案没有"
    assert said == ([("big", text)] if stays else [])
    case.top["size"] = 3
    assert migration.judge(case.run, new, had, has).moves
