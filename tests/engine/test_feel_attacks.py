"""A diagram is not trusted: each attack is refused by name and the process lives on."""

import pytest

from workflows import errors
from workflows.engine import feel

TYPES = {"text": "string", "n": "number", "items": "list", "subject": "context"}
FACTS = {"text": "x" * 1000, "n": 9, "items": list(range(100)), "subject": {"name": "某某公司"}}

REFUSED = [
    '__import__("os").system("id")',
    "().__class__.__base__.__subclasses__()",
    "text.__class__.__mro__",
    'constructor.constructor("return this")()',
    '"".constructor.constructor("return this")()',
    'count.constructor("return 1")()',
    'subject.constructor("x")',
    "subject.__proto__",
    "__proto__",
    '{"__proto__": {polluted: 1}}',
    "{constructor: 1}",
    "function(__proto__) 1",
    "for __proto__ in [1] return 1",
    'eval("1")',
    "globalThis",
    "this",
    "feel",
    'require("fs")',
    'function(x) external {java: {class: "java.lang.Runtime"}}',
    "{f: function(n) f(n + 1), r: f(1)}.r",
    "[" * 900 + "]" * 900,
    "(" * 31 + "1" + ")" * 31,
    "if " * 300,
    "text" + ".a" * 900,
    "1" * 2001,
    "${''.getClass().forName('java.lang.Runtime')}",
    "#{T(java.lang.Runtime).getRuntime()}",
    "{{7*7}}",
    "now()",
]
STOPPED = [
    "9**9**9",
    "n**n**n**n > 1",
    "10**400 > 1",
    "exp(1000)",
    "for i in 1..1000000000000 return i",
    "some i in 1..1000000000000 satisfies i = -1",
    "for i in 0.5..3 return i",
    "every i in 1..3000, j in 1..3000, k in 1..3000 satisfies i = j",
    "for i in items, j in items, k in items, l in items return 1",
    "for i in 1..9000 return for j in 1..9000 return {i: i, j: j}",
    "for i in 1..9000 return text",
    'string join(for i in 1..9000 return text, "-")',
    "for i in 1..60 return if i = 1 then text else partial[-1] + partial[-1]",
    "for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
    'replace(replace(text, "x", text), "x", text)',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
    'replace(text, "(x*)*y", "z")',
    "{f: function(g, n) g(g, n + 1), r: f(f, 1)}.r",
    "{f: function(g, n) [g(g, n), g(g, n)], r: f(f, 1)}.r",
    "-" * 1500 + "1",
    "date(99999999, 1, 1)",
    'context put({}, ["__proto__", "polluted"], 1)',
    'context put(subject, ["constructor", "prototype", "polluted"], 1)',
    "count",
    "function(x) x",
    "1/0",
]


def alive() -> None:
    """The engine answers, and nothing was left behind in it."""
    assert feel.evaluate('[1 + 1, get value({}, "polluted")]', {}, {}) == [2, None]


@pytest.mark.parametrize("expression", REFUSED, ids=range(len(REFUSED)))
def test_an_attack_is_refused_at_deployment(expression: str) -> None:
    assert feel.check(expression, TYPES)
    with pytest.raises(errors.ExpressionRefused):
        feel.evaluate(expression, FACTS, TYPES)
    alive()


@pytest.mark.parametrize("expression", STOPPED, ids=range(len(STOPPED)))
def test_an_attack_is_stopped_when_it_runs(expression: str) -> None:
    with pytest.raises(
        (errors.ExpressionFailed, errors.ExpressionTooCostly, errors.ExpressionRefused)
    ):
        feel.evaluate(expression, FACTS, TYPES)
    alive()


@pytest.mark.parametrize("expression", REFUSED + STOPPED, ids=range(len(REFUSED + STOPPED)))
def test_an_attack_in_a_cell_is_stopped_as_well(expression: str) -> None:
    with pytest.raises(
        (errors.ExpressionFailed, errors.ExpressionTooCostly, errors.ExpressionRefused)
    ):
        feel.unary_tests([f"? = ({expression})"], 1, FACTS, TYPES)
    alive()


def test_a_short_time_limit_ends_an_evaluation_and_not_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feel, "TIME_LIMIT", 0.05)
    endless = "every i in 1..3000, j in 1..3000 satisfies i > 0"
    with pytest.raises(errors.ExpressionTooCostly, match="every i in"):
        feel.evaluate(endless, FACTS, TYPES)
    monkeypatch.undo()
    alive()


@pytest.mark.parametrize("name", ["__proto__", "constructor", "prototype"])
def test_a_fact_cannot_bear_a_name_of_javascript(name: str) -> None:
    with pytest.raises(errors.ExpressionRefused, match=name):
        feel.evaluate("1", {name: {"polluted": 1}}, {name: "context"})
    with pytest.raises(errors.ExpressionFailed, match=name):
        feel.evaluate("subject", {"subject": {"a": [{name: {"polluted": 1}}]}}, TYPES)
    alive()


@pytest.mark.parametrize(
    "value",
    [
        '"); throw 1; ("',
        "\u2028\u2029</script>${1}`",
        "\\u0022",
        "\x00",
        "__proto__",
    ],
)
def test_a_text_fact_stays_a_text(value: str) -> None:
    assert feel.evaluate("text", {"text": value}, TYPES) == value


@pytest.mark.parametrize("value", ["\ud800", {"deep": 2**70}, {1, 2}, b"x"])
def test_a_fact_that_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(errors.ExpressionFailed):
        feel.evaluate("x", {"x": value}, {"x": "any"})


def test_a_fact_nested_without_end_is_refused() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(errors.ExpressionFailed, match="嵌套"):
        feel.evaluate("x", {"x": deep}, {"x": "any"})
