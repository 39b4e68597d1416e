"""Random walks over random small diagrams: saving between the steps changes nothing."""

from itertools import count, pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.cases import Case, play
from tests.engine.diagrams import Drawing, many, timer

Block = tuple[Any, ...]

leaves: st.SearchStrategy[Block] = st.one_of(
    st.just(("user",)),
    st.just(("service",)),
    st.just(("call",)),
    st.just(("wait",)),
    st.just(("race",)),
    st.tuples(st.just("many"), st.sampled_from(["user", "call"]), st.integers(0, 3), st.booleans()),
)


def larger(blocks: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    several = st.lists(blocks, min_size=1, max_size=3)
    return st.one_of(
        st.tuples(st.just("sequence"), several),
        st.tuples(st.just("parallel"), several),
        st.tuples(st.just("exclusive"), several, st.integers(0, 3)),
        st.tuples(st.just("inclusive"), several, st.integers(0, 7)),
        st.tuples(st.just("loop"), blocks),
        st.tuples(
            st.just("sub"),
            blocks,
            st.sampled_from(["none", "message", "stop", "late"]),
            st.integers(0, 2),
        ),
        st.tuples(
            st.just("watched"), blocks, blocks, st.sampled_from(["message", "late"]), st.booleans()
        ),
    )


diagrams = st.recursive(leaves, larger, max_leaves=8)


class Sketch:
    """Draws blocks into a drawing; every block has one entry and one exit."""

    def __init__(self, drawing: Drawing, numbers: Any) -> None:
        self.drawing = drawing
        self.numbers = numbers

    def id(self, word: str) -> str:
        return f"{word}{next(self.numbers)}"

    def draw(self, block: Block) -> tuple[str, str]:
        """The entry and exit of the block drawn."""
        return getattr(self, f"draw_{block[0]}")(*block[1:])

    def draw_user(self) -> tuple[str, str]:
        name = self.id("user")
        self.drawing.user(name)
        return name, name

    def draw_service(self) -> tuple[str, str]:
        name = self.id("service")
        self.drawing.service(name)
        return name, name

    def draw_call(self) -> tuple[str, str]:
        name = self.id("call")
        self.drawing.call(name, "child")
        return name, name

    def draw_wait(self) -> tuple[str, str]:
        name = self.id("wait")
        self.drawing.wait(name, "P1D")
        return name, name

    def draw_many(self, kind: str, number: int, one_by_one: bool) -> tuple[str, str]:
        name = self.id("many")
        loop = many(cardinality=str(number), sequential=one_by_one)
        if kind == "user":
            self.drawing.user(name, loop)
        else:
            self.drawing.call(name, "child", loop)
        return name, name

    def draw_race(self) -> tuple[str, str]:
        gate, told, late, out = (self.id(one) for one in ("race", "told", "late", "merge"))
        self.drawing.node("eventBasedGateway", gate).catch(told, "m1").wait(late, "P2D").xor(out)
        self.drawing.flow(f"{gate} > {told} > {out}").flow(f"{gate} > {late} > {out}")
        return gate, out

    def draw_sequence(self, blocks: list[Block]) -> tuple[str, str]:
        ends = [self.draw(one) for one in blocks]
        for (_, before), (after, _) in pairwise(ends):
            self.drawing.flow(f"{before} > {after}")
        return ends[0][0], ends[-1][1]

    def fork(self, kind: str, blocks: list[Block], conditions: list[str]) -> tuple[str, str]:
        split, join = self.id("fork"), self.id("join")
        self.drawing.node(f"{kind}Gateway", split).node(f"{kind}Gateway", join)
        for block, condition in zip(blocks, conditions, strict=True):
            entry, out = self.draw(block)
            self.drawing.flow(f"{split} > {entry}", condition).flow(f"{out} > {join}")
        return split, join

    def draw_parallel(self, blocks: list[Block]) -> tuple[str, str]:
        return self.fork("parallel", blocks, [""] * len(blocks))

    def draw_exclusive(self, blocks: list[Block], pick: int) -> tuple[str, str]:
        picked = pick % len(blocks)
        said = ["true" if at == picked else "false" for at in range(len(blocks))]
        return self.fork("exclusive", blocks, said)

    def draw_inclusive(self, blocks: list[Block], bits: int) -> tuple[str, str]:
        said = ["true" if bits >> at & 1 else "false" for at in range(len(blocks))]
        said[0] = "true"
        return self.fork("inclusive", blocks, said)

    def draw_loop(self, block: Block) -> tuple[str, str]:
        before, check, after = self.id("again"), self.id("user"), self.id("more")
        out = self.id("out")
        entry, exit_ = self.draw(block)
        self.drawing.xor(before).user(check).xor(after, default=f"{after}_to_{out}").xor(out)
        self.drawing.flow(f"{before} > {entry}").flow(f"{exit_} > {check} > {after} > {out}")
        self.drawing.flow(f"{after} > {before}", "again = true")
        return before, out

    def draw_sub(self, block: Block, edge: str, several: int) -> tuple[str, str]:
        name, out, inner = self.id("sub"), self.id("out"), Drawing()
        sketch = Sketch(inner, self.numbers)
        entry, exit_ = sketch.draw(block)
        start, end = self.id("s"), self.id("e")
        inner.start(start).end(end).flow(f"{start} > {entry}").flow(f"{exit_} > {end}")
        loop = many(cardinality=str(several)) if several else ""
        self.drawing.sub(name, inner, loop).xor(out).flow(f"{name} > {out}")
        if edge != "none":
            event, aside = self.id(edge), self.id("user")
            said = timer("P3D") if edge == "late" else self.drawing.message("m2")
            self.drawing.boundary(event, name, said, interrupting=edge == "stop")
            self.drawing.user(aside).flow(f"{event} > {aside}")
            if edge == "stop":
                self.drawing.flow(f"{aside} > {out}")
            else:
                done = self.id("e")
                self.drawing.end(done).flow(f"{aside} > {done}")
        return name, out

    def draw_watched(
        self, block: Block, aside: Block, edge: str, interrupting: bool
    ) -> tuple[str, str]:
        """An embedded sub-process with an event sub-process inside."""
        name, event, inner = self.id("watched"), self.id("aside"), Drawing()
        beside = Drawing()
        said = timer("P3D") if edge == "late" else beside.message("m3")
        for drawing, held in ((inner, block), (beside, aside)):
            entry, exit_ = Sketch(drawing, self.numbers).draw(held)
            start, end = self.id("s"), self.id("e")
            if drawing is beside:
                drawing.trigger(start, said, interrupting=interrupting)
            else:
                drawing.start(start)
            drawing.end(end).flow(f"{start} > {entry}").flow(f"{exit_} > {end}")
        self.drawing.sub(name, inner.aside(event, beside))
        return name, name


def drawn(block: Block) -> list[Drawing]:
    drawing = Drawing().start().end()
    entry, out = Sketch(drawing, count()).draw(block)
    drawing.flow(f"begun > {entry}").flow(f"{out} > ended")
    child = Drawing("child").start("c0").user("answer").end("c9").flow("c0 > answer > c9")
    return [drawing, child]


def take(case: Case, choice: int, again: bool) -> bool:
    """Do one of the things that can be done; False when there is nothing left."""
    run = case.run
    acts = sorted(("do", one.element.id) for one in [*run.tasks(), *run.services()])
    acts += [("travel", "")] * bool(run.timers())
    acts += sorted(("tell", one.element.id) for one in run.catches())
    if not acts:
        return False
    act, element = acts[choice % len(acts)]
    if act == "travel":
        case.at(days=1)
    elif act == "tell":
        message = next(one.message for one in run.catches() if one.element.id == element)
        case.tell(message, catch=element)
    else:
        case.do(element, again=again)
    return True


@settings(max_examples=120, deadline=None)
@given(block=diagrams, walk=st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=25))
def test_saving_between_the_steps_changes_nothing(
    block: Block, walk: list[tuple[int, bool]]
) -> None:
    drawings = drawn(block)
    saved = play(*drawings, again=False)
    straight = play(*drawings, saving=False, again=False)
    for choice, again in walk:
        went = [take(case, choice, again) for case in (saved, straight)]
        assert went[0] == went[1]
        assert saved.trail == straight.trail
        assert saved.waits == straight.waits
        assert saved.run.marks() == straight.run.marks()
        assert (saved.run.ended, saved.top) == (straight.run.ended, straight.top)
        assert len(saved.run.facts) == len(straight.run.facts)
        if not went[0]:
            break


@settings(max_examples=120, deadline=None)
@given(block=diagrams, walk=st.lists(st.integers(0, 20), min_size=1, max_size=6))
def test_a_case_that_is_worked_on_ends(block: Block, walk: list[int]) -> None:
    """Whoever never asks for another round comes to an end: no token is lost or stuck."""
    case = play(*drawn(block), again=False)
    for number in range(400):
        if not take(case, walk[number % len(walk)] if number < 30 else 0, again=False):
            break
    assert case.run.ended is not None
    assert not case.waits
    assert list(case.run.facts) == [""]
