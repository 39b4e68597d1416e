"""The facts an expression sees: each of its declared type, none with a name JavaScript knows."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

import orjson

from workflows import errors

TYPES = frozenset(
    {"string", "number", "boolean", "date", "date and time", "list", "context", "any"}
)
"""The types of facts, by their DMN typeRef."""

DEEPEST_FACT = 20
"""Lists and objects within one fact."""

EXACT = 2**53 - 1
FORBIDDEN = frozenset({"__proto__", "constructor", "prototype"})

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def check_facts(facts: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """The declared facts, each of its declared type; ExpressionFailed names the one that is not."""
    signature(tuple(sorted(types.items())))
    return {name: _checked_fact(name, facts.get(name), type_) for name, type_ in types.items()}


def _checked_fact(name: str, value: Any, type_: str) -> Any:
    if value is None:
        return None
    if not _FITS[type_](value):
        got = repr(value)[:60]
        raise errors.ExpressionFailed(f"事实“{name}”应为{_WANTED[type_]}，收到 {got}")
    if type_ in {"list", "context", "any"}:
        _check_nested(name, value)
    return dt.datetime.fromisoformat(value).isoformat() if type_ == "date and time" else value


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
def signature(types: tuple[tuple[str, str], ...]) -> str:
    """The types as a key for V8's memory; ExpressionRefused for a name or type that cannot be."""
    for name, type_ in types:
        if name in FORBIDDEN:
            raise errors.ExpressionRefused(f"事实不得命名为 {name}")
        if type_ not in TYPES:
            raise errors.ExpressionRefused(f"事实“{name}”的类型 {type_} 不支持")
    return orjson.dumps(types).decode()
