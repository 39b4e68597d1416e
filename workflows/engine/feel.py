"""FEEL, the expression language of diagrams and decisions: the only door to V8.

Diagrams are not trusted: an expression is a text that V8 evaluates under a limit of time and of
memory, without files, network or clock. Values are JSON: a date is 'YYYY-MM-DD', an instant is
ISO 8601 with offset. Numbers are doubles, exact only as integers up to 2**53: money is integer fen.
"""

import datetime as dt
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, cast

import orjson
import py_mini_racer

from workflows import errors, settings
from workflows.engine import juel

TYPES = frozenset(
    {"string", "number", "boolean", "date", "date and time", "list", "context", "any"}
)
"""The types of facts, by their DMN typeRef."""

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

MEMORY_LIMIT = 64 * 1024 * 1024
"""Bytes of V8's heap; it overshoots to about 100 MB before it stops."""

DEEPEST_FACT = 20
"""Lists and objects within one fact."""

EXACT = 2**53 - 1
FORBIDDEN = frozenset({"__proto__", "constructor", "prototype"})

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

translate_juel = juel.translate

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
    known = _checked_facts(facts, types)
    return hop("tests", types, cells=texts, facts=known, value=value, tested=tested)


def decide_table(table: str, facts: Facts, types: Types) -> list[tuple[int, list[Any]]]:
    """The rules a decision table (JSON, see dmn) hits: their indexes and outputs, in one hop."""
    return hop("decide", types, table=table, facts=_checked_facts(facts, types))


def shapes(cells: Sequence[str]) -> list[Shape | None]:
    """Each sound cell as a set of values, None where it is not decidable before it is run."""
    return hop("shapes", {}, cells=list(cells))


def _evaluate(expressions: Sequence[str], facts: Facts, types: Types, mode: str) -> Any:
    texts = [_feel(text) for text in expressions]
    known = _checked_facts(facts, types)
    return hop("evaluate", types, expressions=texts, facts=known, mode=mode)


# -- texts ---------------------------------------------------------------------------------------


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


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


# -- facts ---------------------------------------------------------------------------------------


def _typed(types: Types | Iterable[str]) -> Types:
    return cast("Types", types) if isinstance(types, Mapping) else dict.fromkeys(types, "any")


def _checked_facts(facts: Facts, types: Types) -> dict[str, Any]:
    """The declared facts, each of its declared type; ExpressionFailed names the one that is not."""
    return {name: _checked_fact(name, facts.get(name), type_) for name, type_ in types.items()}


def _checked_fact(name: str, value: Any, type_: str) -> Any:
    if value is None:
        return None
    if not _FITS[type_](value):
        got = _short(repr(value))
        raise errors.ExpressionFailed(f"事实“{name}”应为{_WANTED[type_]}，收到 {got}")
    if type_ in {"list", "context", "any"}:
        _check_nested(name, value)
    return value


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and -EXACT <= value <= EXACT
    )


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_instant(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return "T" in value and dt.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


_FITS: dict[str, Callable[[Any], bool]] = {
    "string": _is(str),
    "number": _is_number,
    "boolean": _is(bool),
    "date": _is_date,
    "date and time": _is_instant,
    "list": _is(list),
    "context": _is(dict),
    "any": _is(object),
}
_WANTED = {
    "string": "文本",
    "number": "数字（不超过 2**53，金额以整数分计）",
    "boolean": "真假值",
    "date": "日期（如 2026-03-02）",
    "date and time": "带时区偏移的时间（如 2026-03-02T09:00:00+08:00）",
    "list": "列表",
    "context": "对象",
}


def _check_nested(name: str, value: Any, depth: int = 0) -> None:
    """Refuse keys that mean something to JavaScript and numbers a double would round."""
    if depth > DEEPEST_FACT:
        raise errors.ExpressionFailed(f"事实“{name}”嵌套超过 {DEEPEST_FACT} 层")
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            if key in FORBIDDEN:
                raise errors.ExpressionFailed(f"事实“{name}”含有禁用的名称 {key}")
            _check_nested(name, inner, depth + 1)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            _check_nested(name, inner, depth + 1)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not _is_number(value):
        raise errors.ExpressionFailed(f"事实“{name}”中的数字过大，无法精确表示")


@lru_cache(maxsize=512)
def _signature(types: tuple[tuple[str, str], ...]) -> str:
    """The types as a key for V8's memory; ExpressionRefused for a name or type that cannot be."""
    for name, type_ in types:
        if name in FORBIDDEN:
            raise errors.ExpressionRefused(f"事实不得命名为 {name}")
        if type_ not in TYPES:
            raise errors.ExpressionRefused(f"事实“{name}”的类型 {type_} 不支持")
    return orjson.dumps(types).decode()


# -- the door ------------------------------------------------------------------------------------


@dataclass
class _Door:
    """One V8 context of one process; a context inherited by a fork would hang."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    engine: py_mini_racer.MiniRacer | None = None


_doors: dict[int, _Door] = {}


def hop(act: str, types: Types, **request: Any) -> Any:
    """Do one act of web/frontend/feelin.entry.js: the only crossing into V8."""
    signature = _signature(tuple(sorted(types.items())))
    try:
        asked = orjson.dumps({"act": act, "signature": signature, "types": dict(types), **request})
    except orjson.JSONEncodeError as unfit:
        raise errors.ExpressionFailed(f"事实不是 JSON 值：{unfit}") from unfit
    door = _doors.setdefault(os.getpid(), _Door())
    with door.lock:
        if door.engine is None:
            door.engine = _open_engine()
        try:
            answer = door.engine.eval(
                f"feel.run({orjson.dumps(asked.decode()).decode()})",
                timeout_sec=TIME_LIMIT if act == "evaluate" else TABLE_TIME_LIMIT,
            )
        except py_mini_racer.JSEvalException as stopped:
            _close_engine(door.engine)
            door.engine = None
            raise errors.ExpressionTooCostly(_asked_for(request)) from stopped
    return _answered(orjson.loads(str(answer)))


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
