"""Expressions over the facts of a case."""

import asyncio
import datetime as dt
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows import errors
from workflows import settings as places
from workflows.engine import feel

TYPES = {
    "严重程度": "string",
    "amount": "number",
    "corrected": "boolean",
    "served_on": "date",
    "due_at": "date and time",
    "objections": "list",
    "subject": "context",
    "today": "date",
}
FACTS = {
    "严重程度": "一般",
    "amount": 1_000_00,
    "corrected": True,
    "served_on": "2026-03-02",
    "due_at": "2026-03-10T00:00:00+08:00",
    "objections": [{"answered": True, "on": 3}, {"answered": False, "on": 5}],
    "subject": {"name": "某某公司", "grade": "A"},
    "today": "2026-03-09",
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('严重程度 = "一般" and amount >= 100000', True),
        ("amount * 2", 2_000_00),
        ("amount / 3 > 33333", True),
        ("amount in [1..100000]", True),
        ("amount in (1, 2, > 99999)", True),
        ("served_on < today", True),
        ('served_on + duration("P5D")', "2026-03-07"),
        ("today - served_on", "P7D"),
        ('duration("P181D") = duration("P200D")', False),
        ('duration("P14M") = duration("P1Y2M")', True),
        ("due_at", "2026-03-10T00:00:00+08:00"),
        ('due_at > date and time("2026-03-09T23:59:59+08:00")', True),
        ('due_at = date and time("2026-03-09T16:00:00Z")', True),
        ("every one in objections satisfies one.answered = true", False),
        ("for one in objections return one.on", [3, 5]),
        ("objections[item.answered = false].on", [5]),
        ("count(objections)", 2),
        ("subject.name", "某某公司"),
        ("subject", {"name": "某某公司", "grade": "A"}),
        ("not(corrected)", False),
        ('if corrected then "已纠正" else "未纠正"', "已纠正"),
        ('{a: 1, b: a + 1, "丙": [b, null]}', {"a": 1, "b": 2, "丙": [2, None]}),
        ('string length("失信主体")', 4),
        ("7.5", 7.5),
        ("8 / 2", 4),
        ("${amount > 5 && !corrected}", False),
    ],
)
def test_an_expression_has_the_value_the_standard_gives_it(expression: str, value: object) -> None:
    assert feel.check(expression, TYPES) is None
    got = feel.evaluate(expression, FACTS, TYPES)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("expression", "because"),
    [
        ("没有的事实 = 1", "没有这个事实"),
        ("if nosuch = null then 1 else 2", "没有这个事实"),
        ("now() > due_at", "服务器时钟"),
        ("today() > served_on", "服务器时钟"),
        ("frobnicate(amount)", "没有这个函数"),
        ("amount(1)", "没有这个函数"),
        ("count", "须带括号"),
        ("amount >", "无法解析"),
        ("amount == 5", "相等写作 ="),
        ("amount ＞ 5", "全角符号 ＞"),
        ("amount > “5”", "全角符号 “"),
        ('amount > "1"', "不能比较数字与文本"),
        ("严重程度 = 1", "不能比较文本与数字"),
        ('served_on < "2026-03-03"', "不能比较日期与文本"),
        ("served_on < due_at", "不能比较日期与日期时间"),
        ("corrected > false", "不分大小"),
        ("amount and corrected", "不能用 and、or 连接"),
        ('amount + "1"', "不能运算"),
        ("严重程度 * 2", "不能参与 * 运算"),
        ("if amount then 1 else 2", "须为真假值"),
        ("some one in objections satisfies 1", "须为真假值"),
        ("amount.name", "没有属性"),
        ('date("2026-02-30")', "不是有效的日期"),
        ('date and time("2026-03-10T00:00:00")', "时区偏移"),
        ("9007199254740993 = amount", "无法精确表示"),
        ('function(x) external {java: {class: "A"}}', "外部函数"),
        ("? > 5", "决策表"),
        ("amount instance of java", "不是支持的类型"),
        ("amount > 1e6", "科学计数法"),
        ("median([1, 2])", "没有这个函数"),
        ("for x in objections return y", "没有这个事实"),
        ("", "内容为空"),
        ("1" + " + 1" * 600, "2000 个字符"),
    ],
)
def test_a_faulty_expression_is_refused_before_it_runs(expression: str, because: str) -> None:
    assert because in (feel.check(expression, TYPES) or "")
    with pytest.raises(errors.ExpressionRefused, match=re.escape(because)):
        feel.compile_expression(expression, TYPES)
    with pytest.raises(errors.ExpressionRefused):
        feel.evaluate(expression, FACTS, TYPES)


@pytest.mark.parametrize(
    ("expression", "because"),
    [
        ("subject.nosuch = null", "没有这一项"),
        ("subject.name > 5", "不能比较文本与数字"),
        ("subject.name + 1", "类型不符"),
        ("contains(subject, 严重程度)", "函数 contains 的参数"),
        ("[1..5]", "不是数据"),
        ("function(x) x", "不是数据"),
        ("amount * amount * amount * amount", "无法精确表示"),
        ("sqrt(0 - amount)", "不合要求"),
        ("number(严重程度)", "不是数字"),
        ('number("")', "不是数字"),
        ("amount / (amount - amount) > 1", "除以零"),
        ("if subject.name then 1 else 2", "if 的条件应为真或者假"),
        ("some one in objections satisfies one.on", "satisfies 的条件应为真或者假"),
        ("subject.name = 5", "不能比较文本与数字"),
        ("for i in 1..2.5 return i", "须为整数"),
    ],
)
def test_what_only_shows_when_it_runs_is_an_error_not_a_null(expression: str, because: str) -> None:
    assert feel.check(expression, TYPES) is None
    with pytest.raises(errors.ExpressionFailed, match=re.escape(because)):
        feel.evaluate(expression, FACTS, TYPES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "1"),
        ("amount", True),
        ("amount", 2**53),
        ("amount", float("nan")),
        ("严重程度", 1),
        ("corrected", "true"),
        ("served_on", "2026-3-2"),
        ("served_on", "2026-02-30"),
        ("served_on", "20260302"),
        ("due_at", "2026-03-10T00:00:00"),
        ("due_at", "2026-03-10"),
        ("objections", "一"),
        ("subject", []),
        ("subject", {"amount": 2**60}),
    ],
)
def test_a_fact_that_is_not_of_its_declared_type_is_named(name: str, value: object) -> None:
    with pytest.raises(errors.ExpressionFailed, match=f"事实“{name}”"):
        feel.evaluate("amount = 1", {**FACTS, name: value}, TYPES)


@pytest.mark.parametrize(
    "text",
    ["2026-03-10T00:00+08:00", "2026-03-09T16:00:00Z", "2026-03-09T16:00:00.000000+00:00"],
)
def test_an_instant_may_be_written_in_any_offset(text: str) -> None:
    same = 'due_at = date and time("2026-03-10T00:00:00+08:00")'
    assert feel.evaluate(same, {"due_at": text}, TYPES) is True


def test_a_type_that_is_none_is_refused() -> None:
    with pytest.raises(errors.ExpressionRefused, match="类型 money 不支持"):
        feel.evaluate("a", {"a": 1}, {"a": "money"})


def test_an_absent_fact_is_null_and_a_null_condition_is_an_error() -> None:
    assert feel.evaluate("amount = null", {}, TYPES) is True
    assert feel.evaluate("amount", {}, TYPES) is None
    with pytest.raises(errors.ExpressionFailed, match="应为真或者假，得到空值"):
        feel.conditions(["amount > 5"], {}, TYPES)
    with pytest.raises(errors.ExpressionFailed, match="类型不符"):
        feel.evaluate("amount + 1", {}, TYPES)


def test_facts_outside_the_declared_types_are_not_seen() -> None:
    with pytest.raises(errors.ExpressionRefused, match="没有这个事实"):
        feel.evaluate("secret", {**FACTS, "secret": 1}, TYPES)


def test_a_condition_is_exactly_true_or_false() -> None:
    assert feel.conditions(["corrected", "amount < 1"], FACTS, TYPES) == [True, False]
    with pytest.raises(errors.ExpressionFailed, match="应为真或者假，得到文本"):
        feel.conditions(["corrected", "严重程度"], FACTS, TYPES)


def test_the_conditions_of_a_gateway_are_tried_in_order() -> None:
    in_order = ["amount < 1", "corrected", "subject.nosuch = 1"]
    assert feel.first_true(in_order, FACTS, TYPES) == 1
    assert feel.first_true(["amount < 1"], FACTS, TYPES) is None


def test_money_in_fen_is_exact_where_yuan_is_not() -> None:
    types = {"yuan": "number", "fen": "number"}
    facts = {"yuan": 1.15, "fen": 115}
    assert feel.evaluate("yuan * 100 = 115", facts, types) is False
    assert feel.evaluate("fen * 100 = 11500", facts, types) is True


def test_names_are_collected_without_the_local_ones() -> None:
    text = (
        "for i in objections return {n: i.on + amount, m: n}.m + "
        "(if some x in objections satisfies x.on > 3 then 严重程度 else subject.name)"
    )
    [examined] = feel.examine([feel.Question(text, unknown_facts=True)], {})
    assert examined.facts == {"objections", "amount", "严重程度", "subject"}


def test_names_may_be_given_without_types() -> None:
    assert feel.check("a > b", ["a", "b"]) is None
    assert feel.check("a > c", ["a", "b"])


@pytest.mark.parametrize(
    ("cell", "value", "tested", "hit"),
    [
        ("[1..10]", 10, "number", True),
        ("[1..10)", 10, "number", False),
        ("]1..10]", 1, "number", False),
        ("> 5", 5, "number", False),
        ("< 5, > 8", 9, "number", True),
        ("1, 5, 7", 5, "number", True),
        ('"a","b"', "b", "string", True),
        ('not("a")', "a", "string", False),
        ('not("a","b")', "c", "string", True),
        ('"企业", "个体工商户"', "企业", "string", True),
        ("true", False, "boolean", False),
        ("false", False, "boolean", True),
        ("-", None, "number", True),
        ("null", None, "number", True),
        ("> 5", None, "number", False),
        ("not(> 5)", None, "number", False),
        ("not(null)", None, "number", False),
        ('< date("2026-03-03")', "2026-03-02", "date", True),
        ('[date("2026-03-01")..date("2026-03-31")]', "2026-04-01", "date", False),
        ("< today", "2026-03-02", "date", True),
        ('starts with(?, "91")', "9141", "string", True),
        ("? > 5 and ? < amount", 7, "number", True),
    ],
)
def test_a_cell_accepts_a_value(cell: str, value: object, tested: str, hit: bool) -> None:
    assert feel.unary_tests([cell], value, FACTS, TYPES, tested) == [hit]


@pytest.mark.parametrize(
    ("cell", "tested"), [("> 5", "string"), ('"a"', "number"), ('"2026-01-01"', "date")]
)
def test_a_cell_of_another_type_than_its_column_is_refused(cell: str, tested: str) -> None:
    with pytest.raises(errors.ExpressionRefused, match="不能比较"):
        feel.unary_tests([cell], None, FACTS, TYPES, tested)


@pytest.mark.parametrize(
    ("juel", "translated"),
    [
        ("${a && !b || c.d eq 'X && Y'}", 'a and not(b) or c.d = "X && Y"'),
        ("#{not (a == null) and b ne 3.5}", "not(( a = null )) and b != 3.5"),
        ("${a le 1 || b ge 2 or c lt 3 && d gt -4}", "a <= 1 or b >= 2 or c < 3 and d > - 4"),
        ("${!!a.b}", "not(not(a.b))"),
        ('${金额 != "it\'s \\"x\\""}', '金额 != "it\'s \\"x\\""'),
        ("${true}", "true"),
        ("amount > 5", "amount > 5"),
    ],
)
def test_juel_that_maps_is_put_into_feel(juel: str, translated: str) -> None:
    assert feel.translate_juel(juel) == translated
    names = ["a", "b", "c", "d", "金额", "amount"]
    assert feel.check(juel, names) is None


@pytest.mark.parametrize(
    "juel",
    [
        "${a.size() > 1}",
        "${execution.getVariable('x')}",
        "${f(1)}",
        "${a ? 1 : 2}",
        "${empty a}",
        "${a['b']}",
        "${a mod 2}",
        "${}",
        "${a = 1; b}",
        "${!}",
        "${!(a}",
    ],
)
def test_juel_that_does_not_map_is_refused(juel: str) -> None:
    with pytest.raises(errors.ExpressionRefused):
        feel.translate_juel(juel)
    assert feel.check(juel, ["a", "b"])


def test_a_missing_bundle_says_how_to_build_it(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(feel, "_doors", {})
    monkeypatch.setattr(places, "FEEL_BUNDLE", tmp_path / "feelin.js")
    with pytest.raises(errors.FeelMissing, match=r"请先运行 \./zheng 构建前端"):
        feel.evaluate("1", {}, {})


def test_threads_share_one_engine() -> None:
    def square(n: int) -> int:
        return feel.evaluate("n * n", {"n": n}, {"n": "number"})

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(square, range(200))) == [n * n for n in range(200)]


FORK = """
import os, sys
from workflows.engine import feel
assert feel.evaluate("1 + 1", {}, {}) == 2
child = os.fork()
if child == 0:
    sys.exit(feel.evaluate("2 + 2", {}, {}) != 4)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert feel.evaluate("3 + 3", {}, {}) == 6
"""


def test_a_fork_opens_its_own_engine_and_exits_in_peace() -> None:
    subprocess.run([sys.executable, "-c", FORK], cwd=places.ROOT, check=True, timeout=60)


KEYS = st.text().filter(lambda key: key not in feel.FORBIDDEN)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.text().filter(lambda key: key not in feel.FORBIDDEN), inner)
        ),
        max_leaves=12,
    )
)
def test_a_json_value_comes_back_as_it_went_in(value: object) -> None:
    assert feel.evaluate("value", {"value": value}, {"value": "any"}) == value


@settings(max_examples=40, deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)), st.integers(0, 4000))
def test_days_are_counted_as_the_calendar_counts_them(day: dt.date, days: int) -> None:
    later = feel.evaluate(f'day + duration("P{days}D")', {"day": day.isoformat()}, {"day": "date"})
    assert later == (day + dt.timedelta(days=days)).isoformat()


def test_an_expression_is_evaluated_and_limited_inside_an_event_loop_too() -> None:
    async def ask() -> object:
        return feel.evaluate("a + 1", {"a": 1}, {"a": "number"})

    async def ask_too_much() -> object:
        text = "count(for i in 1..1000000000 return i)"
        return feel.evaluate(text, {}, {})

    with ThreadPoolExecutor(max_workers=1) as aside:  # this thread may run a loop already
        assert aside.submit(lambda: asyncio.run(ask())).result() == 2
        with pytest.raises(errors.ExpressionTooCostly):
            aside.submit(lambda: asyncio.run(ask_too_much())).result()
