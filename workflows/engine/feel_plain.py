"""Expressions so plain that they need no V8: facts compared with constants, joined by `and`.

What is not certain to mean the same to V8, down to the error it would raise, is left to V8.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

UNDECIDED = object()
"""The answer for what V8 has to be asked."""

LONGEST_TEXT = 1_000

_COMPARED = re.compile(
    r"""(?P<name>[^\W\d]\w*)\s*
    (?:(?P<sign>=|!=|<=|>=|<|>)\s*
    (?:"(?P<text>[^"\\]*)"|(?P<number>\d{1,15})|(?P<truth>true|false)))?""",
    re.VERBOSE,
)
_AND = re.compile(r"\s+and\s+")
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_KINDS = {"string": str, "number": int, "boolean": bool}
_WORDS = frozenset(
    {"null", "true", "false", "and", "or", "not", "if", "then", "else", "for", "in", "return"}
    | {"some", "every", "satisfies", "between", "instance", "of", "function", "external"}
)


@dataclass(frozen=True)
class _Compared:
    """A fact alone (`sign` empty) or compared with a constant."""

    name: str
    sign: str = ""
    constant: str | int | bool | None = None


def value(text: str, facts: Mapping[str, Any], types: Mapping[str, str]) -> Any:
    """The value of a FEEL text over facts that are each of their declared type, or UNDECIDED."""
    parts = _read(text)
    if not parts:
        return UNDECIDED
    values = [_worth(part, facts, types) for part in parts]
    if len(values) == 1:
        return values[0]
    return all(values) if all(isinstance(one, bool) for one in values) else UNDECIDED


def _worth(part: _Compared, facts: Mapping[str, Any], types: Mapping[str, str]) -> Any:
    kind = _KINDS.get(types.get(part.name, ""))
    fact = facts.get(part.name)
    if kind is None or type(fact) is not kind:
        return UNDECIDED
    if isinstance(fact, str) and len(fact) > LONGEST_TEXT:
        return UNDECIDED
    if not part.sign:
        return fact
    ordered = part.sign not in {"=", "!="}
    if type(part.constant) is not kind or (ordered and kind is not int):
        return UNDECIDED
    return _SIGNS[part.sign](fact, part.constant)


@lru_cache(maxsize=4_096)
def _read(text: str) -> tuple[_Compared, ...]:
    """The comparisons a text joins by `and`; empty where it says anything else."""
    parts: list[_Compared] = []
    at = 0
    said = text.strip()
    while found := _COMPARED.match(said, at):
        if found["name"] in _WORDS:
            return ()
        parts.append(_Compared(found["name"], found["sign"] or "", _constant(found)))
        if found.end() == len(said):
            return tuple(parts)
        joined = _AND.match(said, found.end()) or _AND.match(said, found.end("name"))
        if not joined:
            return ()
        at = joined.end()
    return ()


def _constant(found: re.Match[str]) -> str | int | bool | None:
    if found["number"] is not None:
        return int(found["number"])
    if found["truth"] is not None:
        return found["truth"] == "true"
    return found["text"]
