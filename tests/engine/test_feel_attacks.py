"""A diagram is not trusted: each attack is refused by name and the process lives on."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows import errors
from workflows.engine import dmn, feel

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


@pytest.fixture(autouse=True)
def _short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feel, "TIME_LIMIT", 0.2)
    monkeypatch.setattr(feel, "TABLE_TIME_LIMIT", 0.2)


def alive() -> None:
    """The engine answers, however busy the machine, and nothing was left behind in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feel, "TIME_LIMIT", 10)
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


def test_an_endless_evaluation_is_ended_and_named() -> None:
    with pytest.raises(errors.ExpressionTooCostly, match="every i in"):
        feel.evaluate("every i in 1..3000, j in 1..3000 satisfies i > 0", FACTS, TYPES)
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


def test_a_fact_too_large_is_refused() -> None:
    with pytest.raises(errors.ExpressionFailed, match="事实过大"):
        feel.evaluate("x", {"x": "x" * 5_000_000}, {"x": "any"})


def test_a_fact_nested_without_end_is_refused() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(errors.ExpressionFailed, match="嵌套"):
        feel.evaluate("x", {"x": deep}, {"x": "any"})


# -- decision tables -------------------------------------------------------------------------------


def definitions(cell: str, result: str = "1", doctype: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{doctype}'
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d">'
        '<decisionTable><input id="i"><inputExpression><text>n</text></inputExpression></input>'
        f'<output id="o"/><rule id="r"><inputEntry><text>{escape(cell)}</text></inputEntry>'
        f"<outputEntry><text>{escape(result)}</text></outputEntry></rule></decisionTable></decision>"
        "</definitions>"
    ).encode()


@pytest.mark.parametrize("expression", REFUSED + STOPPED, ids=range(len(REFUSED + STOPPED)))
def test_an_attack_in_a_table_is_refused_or_stopped(expression: str) -> None:
    for data in (definitions(f"? = ({expression})"), definitions("-", expression)):
        decisions, complaints = dmn.parse_dmn(data)
        if decision := decisions.get("d"):
            with pytest.raises(
                (errors.ExpressionFailed, errors.ExpressionTooCostly, errors.ExpressionRefused)
            ):
                dmn.decide(decision, FACTS, TYPES)
        else:
            assert [one for one in complaints if one.severity == "error"]
    alive()


LAUGHS = "".join(
    f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' if at else '<!ENTITY l0 "ha">' for at in range(10)
)


@pytest.mark.parametrize(
    ("doctype", "result"),
    [
        (f"<!DOCTYPE definitions [{LAUGHS}]>", "&l9;"),
        ('<!DOCTYPE definitions [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ('<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/evil.dtd">', "1"),
        ("<!DOCTYPE definitions>", "1"),
    ],
)
def test_a_table_with_a_doctype_is_refused(doctype: str, result: str) -> None:
    data = definitions("-", "RESULT", doctype).replace(b"RESULT", result.encode())
    decisions, [complaint] = dmn.parse_dmn(data)
    assert decisions == {}
    assert "DOCTYPE" in complaint.reason or "XML" in complaint.reason


@pytest.mark.parametrize(
    ("data", "because"),
    [
        (b"", "XML"),
        (b"\x00\xff", "XML"),
        (b"<definitions", "XML"),
        (b"<definitions/>", "不是 DMN"),
        (b'<html xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "不是 DMN"),
        (b"<a>" * 5000, "XML"),
        (b" " * (2 * 1024 * 1024 + 1), "超过 2 MB"),
        (definitions("-").replace(b'"1.0"?', b'"1.0" encoding="nosuch"?'), "XML"),
    ],
    ids=range(8),
)
def test_what_is_no_table_is_refused(data: bytes, because: str) -> None:
    decisions, [complaint] = dmn.parse_dmn(data)
    assert decisions == {}
    assert because in complaint.reason


def requiring(links: dict[str, list[str]]) -> bytes:
    content = "".join(
        f'<decision id="{key}"><variable name="{key}"/><informationRequirement>'
        + "".join(f'<requiredDecision href="#{one}"/>' for one in required)
        + "</informationRequirement>"
        + "<literalExpression><text>1</text></literalExpression></decision>"
        for key, required in links.items()
    )
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
    return f"{head}{content}</definitions>".encode()


def test_a_chain_of_decisions_without_end_is_refused() -> None:
    decisions, complaints = dmn.parse_dmn(
        requiring({f"d{at}": [f"d{at + 1}"] for at in range(999)})
    )
    assert decisions == {}
    assert any("依赖超过 20 层" in one.reason for one in complaints)


def test_a_lattice_of_decisions_decides_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    links = {f"{side}{at}": [f"a{at + 1}", f"b{at + 1}"] for at in range(15) for side in "ab"}
    decisions, complaints = dmn.parse_dmn(requiring({**links, "a15": [], "b15": []}))
    assert complaints == []
    acts: list[str] = []
    hop = feel.hop
    monkeypatch.setattr(feel, "hop", lambda act, *a, **k: acts.append(act) or hop(act, *a, **k))
    assert dmn.decide(decisions["a0"], {}, {}).outputs == {"a0": 1}
    assert len(acts) == 31


# -- noise -----------------------------------------------------------------------------------------

WORDS = (
    "( ) [ ] { } , . .. : = != < <= > >= + - * / ** ? @ 1 2.5 true null n text items subject name "
    "and or not if then else for in return some every satisfies between instance of function date "
    'duration("P1D") count string item partial context list // /* */ ${ } && ！ ＝ __proto__ '
    'constructor \\u0022 \\uD800 " \' "甲" "2026-01-01" "\\uD800"'
)
TOKENS = st.sampled_from(WORDS.split(" "))


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(TOKENS, max_size=14).map(" ".join) | st.text(max_size=30))
def test_noise_is_evaluated_or_refused_by_name(text: str) -> None:
    complaint = feel.check(text, TYPES)
    try:
        feel.evaluate(text, FACTS, TYPES)
    except errors.ExpressionRefused:
        assert complaint
    except (errors.ExpressionFailed, errors.ExpressionTooCostly):
        assert complaint is None
    else:
        assert complaint is None
