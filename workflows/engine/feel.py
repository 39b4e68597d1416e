"""FEEL, the expression language of diagrams and decisions: the only door to V8.

Diagrams are not trusted: an expression is a text that V8 evaluates under a limit of time and of
memory, without files, network or clock. Values are JSON: a date is 'YYYY-MM-DD', an instant is
ISO 8601 with offset. Numbers are doubles, exact only as integers up to 2**53: money is integer fen.
"""

import asyncio
import atexit
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, cast

import orjson
import py_mini_racer

from workflows import errors, settings
from workflows.engine import feel_facts, feel_plain, juel

KIND_NAMES = {
    "null": "空值",
    "string": "文本",
    "number": "数字",
    "boolean": "真假值",
    "date": "日期",
    "date and time": "日期时间",
    "time": "时刻",
    "duration": "时长",
    "list": "列表",
    "context": "对象",
    "function": "函数",
    "range": "区间",
    "any": "任意值",
}
"""What an expression may turn out to be, in Chinese."""

LONGEST = 2_000
"""Characters of one expression."""

DEEPEST = 30
"""Brackets within brackets."""

TIME_LIMIT = 0.5
"""Seconds the expressions of one hop into V8 may take."""

TABLE_TIME_LIMIT = 1.0
"""Seconds one decision table may take, the first time with its compilation."""

BATCH = 200
"""Texts examined in one hop."""

LARGEST = 4_000_000
"""Bytes of one request, most of them facts."""

MEMORY_LIMIT = 64 * 1024 * 1024
"""Bytes of V8's heap; it overshoots to about 100 MB before it stops."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')

translate_juel = juel.translate
TYPES = feel_facts.TYPES
FORBIDDEN = feel_facts.FORBIDDEN

Types = Mapping[str, str]
Facts = Mapping[str, Any]
Shape = dict[str, Any]
"""A cell as a set: {"not": bool, "tests": [{"at"} | {"from", "fromIn", "to", "toIn"}]}."""


@dataclass(frozen=True)
class Examined:
    """What deployment learns of an expression."""

    complaint: str | None
    """In Chinese, None when sound."""
    facts: frozenset[str]
    """The facts it names."""
    kind: str
    """The type of its value, 'any' where it depends on the facts."""


@dataclass(frozen=True)
class Question:
    """One text to examine: an expression, or the unary tests of a cell of type `tested`."""

    text: str
    kind: Literal["expression", "tests"] = "expression"
    tested: str = "any"
    unknown_facts: bool = False
    """True to collect unknown names as facts instead of complaining."""


def check(text: str, types: Types | Iterable[str]) -> str | None:
    """The complaint about an expression over facts of these types (names alone: any), or None."""
    return examine([Question(text)], _typed(types))[0].complaint


def compile_expression(text: str, types: Types) -> None:
    """Refuse an expression that does not parse or names what is not a fact: ExpressionRefused."""
    if complaint := check(text, types):
        raise errors.ExpressionRefused(f"“{_short(text)}”：{complaint}")


def examine(questions: Sequence[Question], types: Types) -> list[Examined]:
    """Examine many texts, a batch in one hop."""
    items: list[dict[str, Any]] = []
    found: dict[int, Examined] = {}
    for at, question in enumerate(questions):
        try:
            text = _feel(question.text)
        except errors.ExpressionRefused as refusal:
            found[at] = Examined(refusal.detail, frozenset(), "any")
        else:
            items.append(
                {
                    "kind": question.kind,
                    "text": text,
                    "tested": question.tested,
                    "open": question.unknown_facts,
                }
            )
    batches = [items[at : at + BATCH] for at in range(0, len(items), BATCH)]
    answers = [one for batch in batches for one in hop("examine", types, items=batch)]
    answers.reverse()
    for at in range(len(questions)):
        if at not in found:
            one = answers.pop()
            found[at] = Examined(one["why"], frozenset(one["facts"]), one["kind"])
    return [found[at] for at in range(len(questions))]


def evaluate(expression: str, facts: Facts, types: Types) -> Any:
    """The value of one expression; see evaluate_many."""
    return evaluate_many([expression], facts, types)[0]


def evaluate_many(expressions: Sequence[str], facts: Facts, types: Types) -> list[Any]:
    """The values, JSON again, of expressions over the same facts, in one hop.

    Facts named in `types` and absent are null; facts not in `types` are not seen. Raises
    ExpressionRefused, ExpressionFailed or ExpressionTooCostly.
    """
    return _evaluate(expressions, facts, types, "values")


def conditions(expressions: Sequence[str], facts: Facts, types: Types) -> list[bool]:
    """Whether each condition holds; one that is neither true nor false raises ExpressionFailed."""
    return _evaluate(expressions, facts, types, "all")


def first_true(expressions: Sequence[str], facts: Facts, types: Types) -> int | None:
    """The index of the first condition that holds; those behind it are not evaluated."""
    return _evaluate(expressions, facts, types, "first")


def unary_tests(
    cells: Sequence[str], value: Any, facts: Facts, types: Types, tested: str = "any"
) -> list[bool]:
    """Whether each DMN cell accepts the input value, which is of the type `tested`."""
    texts = [_feel(cell) for cell in cells]
    known = feel_facts.check_facts(facts, types)
    return hop("tests", types, cells=texts, facts=known, value=value, tested=tested)


def decide_table(table: str, facts: Facts, types: Types) -> list[tuple[int, list[Any]]]:
    """The rules a decision table (JSON, see dmn) hits: their indexes and outputs, in one hop."""
    return hop("decide", types, table=table, facts=feel_facts.check_facts(facts, types))


def get_ready() -> None:
    """Open this process's V8, which takes a moment, before anybody waits for an answer."""
    hop("evaluate", {}, expressions=["1"], facts={}, mode="values")


def shapes(cells: Sequence[str]) -> list[Shape | None]:
    """Each sound cell as a set of values, None where it is not decidable before it is run."""
    return hop("shapes", {}, cells=list(cells))


def _evaluate(expressions: Sequence[str], facts: Facts, types: Types, mode: str) -> Any:
    texts = [_feel(text) for text in expressions]
    known = feel_facts.check_facts(facts, types)
    answer = _plainly(texts, known, types, mode)
    if answer is feel_plain.UNDECIDED:
        return hop("evaluate", types, expressions=texts, facts=known, mode=mode)
    return answer


def _plainly(texts: Sequence[str], known: Facts, types: Types, mode: str) -> Any:
    """What V8 would answer, where everything asked is plain; else UNDECIDED."""
    values: list[Any] = []
    for at, text in enumerate(texts):
        value = feel_plain.value(text, known, types)
        if value is feel_plain.UNDECIDED or (mode != "values" and not isinstance(value, bool)):
            return feel_plain.UNDECIDED
        if mode == "first" and value:
            return at
        values.append(value)
    return None if mode == "first" else values


# -- texts ---------------------------------------------------------------------------------------


@lru_cache(maxsize=4_096)
def _feel(text: str) -> str:
    """The FEEL of a text within its caps; ExpressionRefused."""
    if len(text) > LONGEST:
        raise errors.ExpressionRefused(f"长度超过 {LONGEST} 个字符")
    if not text.strip():
        raise errors.ExpressionRefused("内容为空")
    depth = 0
    for sign in _QUOTED.sub("", text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth > DEEPEST:
            raise errors.ExpressionRefused(f"括号嵌套超过 {DEEPEST} 层")
    return juel.translate(text)


def _typed(types: Types | Iterable[str]) -> Types:
    return cast("Types", types) if isinstance(types, Mapping) else dict.fromkeys(types, "any")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


# -- the door ------------------------------------------------------------------------------------


@dataclass
class _Door:
    """One V8 context of one process."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    engine: py_mini_racer.MiniRacer | None = None


_doors: dict[int, _Door] = {}
"""By process id: a context inherited by a fork would hang."""


def hop(act: str, types: Types, **request: Any) -> Any:
    """Do one act of web/frontend/feelin.entry.js: the only crossing into V8."""
    signature = feel_facts.signature(tuple(sorted(types.items())))
    try:
        asked = orjson.dumps({"act": act, "signature": signature, "types": dict(types), **request})
    except orjson.JSONEncodeError as unfit:
        raise errors.ExpressionFailed(f"事实不是 JSON 值：{unfit}") from unfit
    if len(asked) > LARGEST:
        raise errors.ExpressionFailed("事实过大")
    limit = TIME_LIMIT if act == "evaluate" else TABLE_TIME_LIMIT
    script = f"feel.run({orjson.dumps(asked.decode()).decode()})"
    door = _doors.setdefault(os.getpid(), _Door())
    with door.lock:
        answer = _outside_loop(lambda: _ask(door, script, limit) or _ask(door, script, limit))
    if answer is None:
        raise errors.ExpressionTooCostly(_asked_for(request))
    return _answered(orjson.loads(answer))


def _outside_loop(ask: Callable[[], str | None]) -> str | None:
    """Ask on a thread of its own where this one runs an event loop: V8's time limit needs that."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return ask()
    with ThreadPoolExecutor(max_workers=1) as aside:
        return aside.submit(ask).result()


def _ask(door: _Door, script: str, limit: float) -> str | None:
    """The answer, or None from an engine that was stopped; the next one is a fresh one.

    Worth asking twice: an engine long in use counts its garbage against its memory, and a busy
    machine's waiting against its time.
    """
    if door.engine is None:
        door.engine = _open_engine()
    try:
        return str(door.engine.eval(script, timeout_sec=limit))
    except py_mini_racer.JSEvalException:
        _close_engine(door.engine)
        door.engine = None
        return None


def _open_engine() -> py_mini_racer.MiniRacer:
    try:
        bundle = settings.FEEL_BUNDLE.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise errors.FeelMissing(str(settings.FEEL_BUNDLE)) from None
    engine = py_mini_racer.MiniRacer()
    engine.set_hard_memory_limit(MEMORY_LIMIT)
    engine.eval(bundle)
    return engine


def _close_engine(engine: py_mini_racer.MiniRacer) -> None:
    """Let the stopped evaluation unwind first: its last word must find the event loop open."""
    with suppress(py_mini_racer.JSEvalException):
        engine.eval("0", timeout_sec=TIME_LIMIT)
    engine.close()


def _close_door() -> None:
    """Close this process's engine, and keep other threads from opening it anew."""
    if door := _doors.get(os.getpid()):
        door.lock.acquire()
        if door.engine:
            _close_engine(door.engine)
            door.engine = None


def _open_door() -> None:
    if (door := _doors.get(os.getpid())) and door.lock.locked():
        door.lock.release()


# V8 lets no process go in peace that was forked with an open context, or exits with one.
os.register_at_fork(before=_close_door, after_in_parent=_open_door)
atexit.register(_close_door)


def _asked_for(request: Mapping[str, Any]) -> str:
    texts = request.get("expressions") or request.get("cells") or ["决策表"]
    return "、".join(f"“{_short(text)}”" for text in texts[:3])


def _answered(answer: dict[str, Any]) -> Any:
    if "kind" not in answer:
        return answer["value"]
    error = {
        "refused": errors.ExpressionRefused,
        "costly": errors.ExpressionTooCostly,
        "failed": errors.ExpressionFailed,
    }[answer["kind"]]
    place = answer["place"]
    said = "：".join(part for part in (place and f"“{_short(place)}”", answer["why"]) if part)
    raise error(said, place=place)
