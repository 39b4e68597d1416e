"""Jinja for templates that designers upload: no code, no network, no endless loop, no flood.

Every loop turn and every call costs one step of a budget, every joined text is measured, and only
the filters named here exist. What Jinja could grow behind our back (`~`, block set, recursive
loops) is refused when the template is parsed.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, cast

import jinja2
import markupsafe
from jinja2 import nodes, sandbox

from workflows import errors

STEPS = 50_000
"""Loop turns and calls one document may take; the longest sample takes under a thousand."""

LONGEST = 1_000_000
"""Characters of HTML, or of any text on the way to it; ten times our longest sample."""

GREATEST = 10**15

BUILT_IN = frozenset(
    {"abs", "default", "escape", "first", "groupby", "int", "last", "length", "list", "lower"}
    | {"map", "reject", "rejectattr", "round", "select", "selectattr", "sort", "sum", "trim"}
    | {"unique", "upper"}
)
"""Jinja's filters that can neither run code nor grow text."""

OFFICE = timezone(timedelta(hours=8))

FAULTS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a bad template can raise while it runs."""


def fill(
    name: str,
    texts: Mapping[str, str],
    context: Mapping[str, Any],
    words: Mapping[str, Callable[..., Any]],
) -> str:
    """Fill template `name` out of `texts` with `context`; `words` are functions it may call.

    Raises TemplateRefused with file, line and reason.
    """
    page = _Sandbox(texts, words)
    try:
        return page.get_template(name).render(context)
    except FAULTS as fault:
        raise errors.TemplateRefused(_explain(name, fault)) from fault


def check_syntax(name: str, texts: Mapping[str, str]) -> list[str]:
    """Every reason why `name` may not be used as a template, without running it."""
    return list(_faults(name, texts[name]))


@lru_cache(maxsize=256)
def _faults(name: str, text: str) -> tuple[str, ...]:
    """Why the text may not be used; found once, for the shared pieces are part of every bundle."""
    try:
        _Sandbox({}, {}).compile(text, name, name)
    except FAULTS as fault:
        return (_explain(name, fault),)
    return ()


class _Sandbox(sandbox.ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"+", "*", "%", "**"})

    def __init__(self, texts: Mapping[str, str], words: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(
            loader=jinja2.DictLoader(texts),
            undefined=jinja2.StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.steps_left = STEPS
        self.globals = {"range": _range, **words}
        known = cast("dict[str, Any]", self.filters)  # pyright: ignore[reportUnknownMemberType]
        self.filters = {name: known[name] for name in BUILT_IN} | {
            "counted": self.counted,
            "join": self.joined,
            "each": each,
            "day": day,
            "moment": moment,
            "sentence": sentence,
            "masked_id": masked_id,
        }

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, refuse what cannot be measured, and count the turns of every loop."""
        tree = super()._parse(source, name, filename)
        for kind, instead in UNMEASURED.items():
            for node in tree.find_all(kind):
                raise jinja2.TemplateSyntaxError(instead, node.lineno, name, filename)
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                said = "不支持 recursive 循环"
                raise jinja2.TemplateSyntaxError(said, loop.lineno, name, filename)
            loop.iter = nodes.Filter(
                loop.iter, "counted", [], [], None, None, lineno=loop.lineno, environment=self
            )
        return tree

    def spend(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise jinja2.exceptions.SecurityError(f"循环和调用超过{STEPS}次")

    def counted(self, values: Iterable[Any]) -> list[Any]:
        return list(self._count(values))

    def _count(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.spend()
            yield value

    def concat(self, parts: Iterable[str]) -> str:  # pyright: ignore[reportIncompatibleVariableOverride, reportIncompatibleMethodOverride]
        return _measured("".join(parts))

    def joined(self, values: Iterable[Any], separator: str = "") -> markupsafe.Markup:
        return _measured(markupsafe.escape(separator).join(values))

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.spend()
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002
        if operator != "+" and not _numbers(left, right):
            raise jinja2.exceptions.SecurityError(f"“{operator}”只能用于数")
        if operator == "**" and (abs(left) > 1000 or abs(right) > 10):
            raise jinja2.exceptions.SecurityError("乘方过大")
        found: Any = ARITHMETIC[operator](left, right)
        if isinstance(found, int | float) and abs(found) > GREATEST:
            raise jinja2.exceptions.SecurityError(f"数值超过{GREATEST}")
        return _measured(found) if hasattr(found, "__len__") else found

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A fact named `items` is the fact, not the method of dict."""
        if isinstance(obj, Mapping):
            facts = cast("Mapping[str, Any]", obj)
            if attribute in facts:
                return facts[attribute]
            return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str):
            return attr in {"startswith", "endswith"}
        return super().is_safe_attribute(obj, attr, value)


UNMEASURED: dict[type[nodes.Node], str] = {
    nodes.Concat: "不支持“~”，请写成 {{ a }}{{ b }}",
    nodes.AssignBlock: "不支持 set 块，请用 macro",
    nodes.NSRef: "不支持 namespace",
}

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "*": operator.mul,
    "%": operator.mod,
    "**": lambda left, right: left**right,
}


def each(value: Any) -> list[Any]:
    """A text stands for a list of one."""
    return [value] if isinstance(value, str) else list(value)


def day(value: str | date) -> str:
    """2026年3月9日 of an ISO date or instant, in office time (GB/T 9704-2012 7.3.5.4)."""
    when = _office(value)
    return f"{when.year}年{when.month}月{when.day}日"


def moment(value: str | datetime) -> str:
    """2026年3月9日10时05分 of an instant, in office time; of a date the day alone."""
    when = _office(value)
    if not isinstance(when, datetime):
        return day(when)
    return f"{day(when)}{when.hour}时{when.minute:02}分"


def sentence(text: str) -> str:
    """The text with one full stop, whether or not the writer set it."""
    bare = text.rstrip("。；;，, \n")
    return text if text.endswith(("！", "？", "…", "。”")) else bare + "。"


def masked_id(number: str) -> str:
    """公民身份号码 with the eight digits of birth hidden: first 6, last 4 stay (D14)."""
    if len(number) == 18:
        return f"{number[:6]}********{number[-4:]}"
    return number[:2] + "*" * max(len(number) - 4, 0) + number[-2:]


def _office(value: str | date) -> date:
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} 没有时区")
    return value.astimezone(OFFICE)


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > 1000:
        raise jinja2.exceptions.SecurityError("range 超过1000")
    return found


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _measured(text: Any) -> Any:
    if len(text) > LONGEST:
        raise jinja2.exceptions.SecurityError(f"内容超过{LONGEST}字")
    return text


def _explain(name: str, fault: Exception) -> str:
    """File, line and reason, for the designer."""
    line = getattr(fault, "lineno", None) or _line_in_template(fault)
    where = getattr(fault, "name", None) or name
    return f"{where}第{line}行：{fault}" if line else f"{where}：{fault}"


def _line_in_template(fault: Exception) -> int | None:
    found, trace = None, fault.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename.endswith((".html", ".svg", "<template>")):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
