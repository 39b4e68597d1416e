"""Decision tables: read, checked, decided."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows import errors
from workflows.engine import dmn, feel

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMN11 = "http://www.omg.org/spec/DMN/20151101/dmn.xsd"


def column(kind: str, at: int, spec: tuple[str, ...]) -> str:
    name, type_ref, *allowed = spec
    tag = "inputValues" if kind == "input" else "outputValues"
    values = f"<{tag}><text>{escape(allowed[0])}</text></{tag}>" if allowed and allowed[0] else ""
    if kind == "output":
        default = (
            f"<defaultOutputEntry><text>{escape(allowed[1])}</text></defaultOutputEntry>"
            if len(allowed) > 1
            else ""
        )
        return f'<output id="o{at}" name="{name}" typeRef="{type_ref}">{values}{default}</output>'
    return (
        f'<input id="i{at}" label="{escape(name)}"><inputExpression typeRef="{type_ref}">'
        f"<text>{escape(name)}</text></inputExpression>{values}</input>"
    )


def table(inputs, outputs, rules, policy: str = 'hitPolicy="UNIQUE"', key: str = "d") -> str:
    """A decision; a rule is its cells, inputs then outputs."""
    rows = []
    for number, cells in enumerate(rules, 1):
        entries = "".join(
            f"<{tag}Entry><text>{escape(cell)}</text></{tag}Entry>"
            for at, cell in enumerate(cells)
            for tag in ["input" if at < len(inputs) else "output"]
        )
        rows.append(f'<rule id="r{number}"><description>说明{number}</description>{entries}</rule>')
    columns = [column("input", at, spec) for at, spec in enumerate(inputs, 1)]
    columns += [column("output", at, spec) for at, spec in enumerate(outputs, 1)]
    return (
        f'<decision id="{key}" name="决策 {key}"><decisionTable id="t" {policy}>'
        f"{''.join(columns)}{''.join(rows)}</decisionTable></decision>"
    )


def definitions(*content: str, namespace: str = DMN13) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{namespace}" id="defs">'
        f"{''.join(content)}</definitions>"
    ).encode()


def read(*content: str, **options: str) -> dmn.Decision:
    decisions, complaints = dmn.parse_dmn(definitions(*content, **options))
    assert [str(one) for one in complaints if one.severity == "error"] == []
    return decisions["d"]


def complaints_of(*content: str) -> list[str]:
    return [str(one) for one in dmn.parse_dmn(definitions(*content), "甲.dmn")[1]]


LIST = (("p3y", "number"), ("s3y", "number"), ("open", "boolean"))
D02 = table(
    LIST,
    (("class", "string"), ("ledger", "string")),
    [
        (">= 10", "-", "true", '"governed_penalty"', '"行政处罚台账"'),
        ("< 10", ">= 10", "true", '"governed_list"', '"失信被执行人台账"'),
        (">= 10", "-", "false", '"watch_closed"', ""),
        ("[8..10)", "< 10", "-", '"watch"', '"预警"'),
        ("< 8", "< 10", "-", '"none"', "null"),
        ("< 10", ">= 10", "false", '"watch_closed"', "null"),
    ],
)
TYPES = {"p3y": "number", "s3y": "number", "open": "boolean"}


@pytest.mark.parametrize(
    ("facts", "class_", "rule"),
    [
        ((10, 0, True), "governed_penalty", "r1"),
        ((9.5, 10, True), "governed_list", "r2"),
        ((12, 20, False), "watch_closed", "r3"),
        ((8, 9, True), "watch", "r4"),
        ((0, 0, False), "none", "r5"),
        ((9, 10, False), "watch_closed", "r6"),
    ],
)
def test_a_unique_table_finds_the_one_rule(facts, class_: str, rule: str) -> None:
    decision = read(D02)
    decided = dmn.decide(decision, dict(zip(TYPES, facts, strict=True)), TYPES)
    assert isinstance(decided.outputs, dict)
    assert decided.outputs["class"] == class_
    assert decided.rules == (rule,)
    assert decided.annotations == (f"说明{rule[1:]}",)


def test_a_complete_and_disjoint_table_has_no_complaints() -> None:
    assert complaints_of(D02) == []
    assert read(D02).facts_needed() == {"p3y", "s3y", "open"}


def test_no_rule_hits_a_null() -> None:
    decided = dmn.decide(read(D02), {"s3y": 1, "open": True}, TYPES)
    assert decided == dmn.Decided(None, (), ())


def test_the_older_namespace_is_read_as_well() -> None:
    assert read(D02, namespace=DMN11).hit_policy == "UNIQUE"


GRADES = '"轻", "一般", "严重"'


def graded(policy: str, output: tuple[str, ...] = ("max", "string", GRADES)) -> str:
    return table(
        (("amount", "number"),),
        (output,),
        [("> 1", '"一般"'), ("> 5", '"严重"'), ("> 9", '"轻"')],
        policy,
    )


def rows(*values: object) -> list[dict[str, object]]:
    return [{"max": value} for value in values]


@pytest.mark.parametrize(
    ("policy", "outputs", "rules"),
    [
        ("FIRST", {"max": "一般"}, ("r1",)),
        ("PRIORITY", {"max": "轻"}, ("r3",)),
        ("RULE ORDER", rows("一般", "严重", "轻"), ("r1", "r2", "r3")),
        ("OUTPUT ORDER", rows("轻", "一般", "严重"), ("r3", "r1", "r2")),
        ("COLLECT", rows("一般", "严重", "轻"), ("r1", "r2", "r3")),
    ],
)
def test_each_hit_policy_chooses_as_the_standard_says(
    policy: str, outputs: object, rules: tuple[str, ...]
) -> None:
    decision = read(graded(f'hitPolicy="{policy}"'))
    decided = dmn.decide(decision, {"amount": 10}, {"amount": "number"})
    assert (decided.outputs, decided.rules) == (outputs, rules)


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER", "OUTPUT ORDER"])
def test_a_list_policy_without_a_hit_gives_an_empty_list(policy: str) -> None:
    decision = read(graded(f'hitPolicy="{policy}"'))
    assert dmn.decide(decision, {"amount": 0}, {"amount": "number"}).outputs == []


@pytest.mark.parametrize(
    ("aggregation", "value", "of_none"),
    [("SUM", 600, None), ("MIN", 100, None), ("MAX", 300, None), ("COUNT", 3, 0)],
)
def test_collect_sums_up_money_in_fen(aggregation: str, value: int, of_none: int | None) -> None:
    decision = read(
        table(
            (("amount", "number"),),
            (("fine", "number"),),
            [("> 1", "100"), ("> 5", "amount * 20"), ("> 9", "300")],
            f'hitPolicy="COLLECT" aggregation="{aggregation}"',
        )
    )
    types = {"amount": "number"}
    assert dmn.decide(decision, {"amount": 10}, types).outputs == value
    assert dmn.decide(decision, {"amount": 0}, types).outputs == of_none


def test_any_asks_that_all_hits_agree() -> None:
    decision = read(
        table(
            (("a", "number"), ("b", "number")),
            (("out", "string"),),
            [("> 1", "-", '"是"'), ("-", "> 1", '"是"'), ("> 5", "> 5", '"否"')],
            'hitPolicy="ANY"',
        )
    )
    types = {"a": "number", "b": "number"}
    assert dmn.decide(decision, {"a": 2, "b": 2}, types).outputs == {"out": "是"}
    assert dmn.decide(decision, {"a": 2, "b": 2}, types).rules == ("r1", "r2")
    with pytest.raises(errors.DecisionAmbiguous, match="r1、r2、r3"):
        dmn.decide(decision, {"a": 6, "b": 6}, types)


def test_undecidable_overlap_of_a_unique_table_names_the_rules_when_it_runs() -> None:
    decision = read(
        table(
            (("a", "number"),),
            (("out", "number"),),
            [("< limit", "1"), ("> 5", "2")],
        )
    )
    types = {"a": "number", "limit": "number"}
    assert decision.facts_needed() == {"a", "limit"}
    assert dmn.decide(decision, {"a": 3, "limit": 5}, types).outputs == {"out": 1}
    with pytest.raises(errors.DecisionAmbiguous, match="r1、r2") as caught:
        dmn.decide(decision, {"a": 7, "limit": 9}, types)
    assert caught.value.facts["rules"] == ["r1", "r2"]


def test_a_default_answers_where_no_rule_hits() -> None:
    decision = read(
        table((("a", "number"),), (("out", "string", "", '"人工审核"'),), [("> 5", '"是"')])
    )
    decided = dmn.decide(decision, {"a": 1}, {"a": "number"})
    assert decided == dmn.Decided({"out": "人工审核"}, (), ())


@pytest.mark.parametrize(
    ("type_ref", "cells", "value", "rule"),
    [
        ("number", ["[1..10]", "(10..20]", "> 20"], 10, "r1"),
        ("number", ["[1..10]", "(10..20]", "> 20"], 10.5, "r2"),
        ("number", ["1, 5, 7", "not(1, 5, 7)"], 5, "r1"),
        ("number", ["1, 5, 7", "not(1, 5, 7)"], 6, "r2"),
        ("string", ['"企业","个体工商户"', 'not("企业","个体工商户")'], "个体工商户", "r1"),
        ("string", ['"企业","个体工商户"', 'not("企业","个体工商户")'], "机关", "r2"),
        ("string", ["null", "-"], "机关", "r2"),
        ("boolean", ["true", "false"], False, "r2"),
        ("date", ['< date("2026-04-01")', '>= date("2026-04-01")'], "2026-04-01", "r2"),
        ("date", ['< @"2026-04-01"', '>= @"2026-04-01"'], "2026-03-31", "r1"),
        (
            "date and time",
            ['< date and time("2026-04-01T00:00:00+08:00")', "-"],
            "2026-03-31T23:59:59+08:00",
            "r1",
        ),
        ("date", ["< today", "-"], "2026-11-20", "r1"),
        ("string", ['starts with(?, "91")', 'starts with(?, "92")', "-"], "9241", "r2"),
    ],
)
def test_cells_compare_by_the_type_of_their_column(
    type_ref: str, cells: list[str], value: object, rule: str
) -> None:
    decision = read(
        table(
            (("x", type_ref),),
            (("out", "number"),),
            [(cell, str(at)) for at, cell in enumerate(cells)],
            'hitPolicy="FIRST"',
        )
    )
    facts = {"x": value, "today": "2026-11-21"}
    assert dmn.decide(decision, facts, {"x": type_ref, "today": "date"}).rules == (rule,)


def test_dates_come_back_as_text_and_texts_are_taken_for_dates() -> None:
    decision = read(
        table(
            (("x", "date"),),
            (("until", "date"), ("at", "date and time")),
            [
                (
                    '> date("2026-01-01")',
                    'x_date + duration("P7D")',
                    'date and time("2026-04-01T00:00:00+08:00")',
                )
            ],
        )
    )
    types = {"x": "any", "x_date": "date"}
    outputs = dmn.decide(decision, {"x": "2026-03-02", "x_date": "2026-03-02"}, types).outputs
    assert outputs == {"until": "2026-03-09", "at": "2026-04-01T00:00:00+08:00"}
    with pytest.raises(errors.ExpressionFailed, match="输入“x”应为日期，得到文本"):
        dmn.decide(decision, {"x": "三月二日", "x_date": None}, types)


@pytest.mark.parametrize("type_", ["any", "number"])
def test_a_text_is_not_taken_for_a_number(type_: str) -> None:
    with pytest.raises(errors.ExpressionFailed, match="应为数字"):
        dmn.decide(read(D02), {"p3y": "1", "s3y": 1, "open": True}, {**TYPES, "p3y": type_})


def test_an_output_of_another_type_is_an_error_that_names_the_rule() -> None:
    decision = read(table((("a", "number"),), (("out", "string"),), [("-", "b")]))
    types = {"a": "number", "b": "any"}
    assert dmn.decide(decision, {"b": "是"}, types).outputs == {"out": "是"}
    with pytest.raises(errors.ExpressionFailed, match=r"“r1”：输出“out”应为文本，得到数字 7"):
        dmn.decide(decision, {"b": 7}, types)


def test_values_outside_the_allowed_ones_are_errors() -> None:
    decision = read(
        table(
            (("kind", "string", '"企业", "机关"'),),
            (("out", "string", '"是", "否"'),),
            [('"企业"', "answer"), ('"机关"', '"否"')],
        )
    )
    types = {"kind": "string", "answer": "string"}
    assert dmn.decide(decision, {"kind": "企业", "answer": "是"}, types).outputs == {"out": "是"}
    with pytest.raises(errors.ExpressionFailed, match='输入“kind” "社团" 不在允许的取值之内'):
        dmn.decide(decision, {"kind": "社团", "answer": "是"}, types)
    with pytest.raises(errors.ExpressionFailed, match='输出“out” "也许" 不在允许的取值之内'):
        dmn.decide(decision, {"kind": "企业", "answer": "也许"}, types)


def test_an_unknown_name_is_an_error_and_never_null() -> None:
    with pytest.raises(errors.ExpressionRefused, match="没有这个事实"):
        dmn.decide(read(D02), {"p3y": 1}, {"s3y": "number", "open": "boolean"})


def test_item_definitions_give_base_type_and_allowed_values() -> None:
    items = (
        '<itemDefinition name="Grade"><typeRef>string</typeRef><allowedValues><text>"A","B"</text>'
        '</allowedValues></itemDefinition><itemDefinition name="Alias"><typeRef>Grade</typeRef>'
        '</itemDefinition><itemDefinition name="Many" isCollection="true"><typeRef>number</typeRef>'
        "</itemDefinition>"
    )
    decision = read(
        items, table((("grade", "Alias"), ("n", "Many")), (("out", "Alias"),), [("-", "-", '"A"')])
    )
    assert [(one.type_ref, one.allowed) for one in decision.inputs] == [
        ("string", '"A","B"'),
        ("list", None),
    ]
    assert decision.outputs[0].allowed == '"A","B"'


def test_a_decision_sees_the_decisions_it_requires() -> None:
    required = (
        '<decision id="track" name="轨道"><variable name="track" typeRef="string"/>'
        '<literalExpression id="l"><text>if kind = "机关" then "gov" else "market"</text>'
        "</literalExpression></decision>"
    )
    requiring = table(
        (("track", "string"), ("amount", "number")),
        (("list", "string"),),
        [('"gov"', "-", '"帮扶"'), ('not("gov")', "> 5", '"约束"')],
        'hitPolicy="FIRST"',
    ).replace(
        "<decisionTable",
        '<informationRequirement><requiredDecision href="#track"/></informationRequirement>'
        "<decisionTable",
    )
    decision = read(requiring, required)
    assert decision.facts_needed() == {"kind", "amount"}
    types = {"kind": "string", "amount": "number"}
    assert [one.severity for one in dmn.check_decision(decision, types)] == ["warning"]
    decided = dmn.decide(decision, {"kind": "机关", "amount": 1}, types)
    assert decided.outputs == {"list": "帮扶"}
    literal = decision.requires[0]
    assert dmn.decide(literal, {"kind": "企业"}, types).outputs == {"track": "market"}


def test_a_juel_input_of_an_imported_model_is_accepted() -> None:
    decision = read(
        table(
            (("x", "number"),), (("out", "number"),), [("> 5", "1")], 'hitPolicy="FIRST"'
        ).replace("<text>x</text>", "<text>${a.b}</text>")
    )
    assert decision.inputs[0].expression == "a.b"
    assert dmn.decide(decision, {"a": {"b": 7}}, {"a": "context"}).outputs == {"out": 1}


def test_a_table_of_200_rules_is_decided_in_one_hop(monkeypatch: pytest.MonkeyPatch) -> None:
    decision = read(
        table(
            (("a", "number"), ("b", "string"), ("c", "boolean")),
            (("out", "number"),),
            [(f"[{at}..{at + 1})", '"甲","乙"', "-", f"a * {at}") for at in range(200)],
        )
    )
    types = {"a": "number", "b": "string", "c": "boolean"}
    acts: list[str] = []
    hop = feel.hop

    def counted(act: str, *args, **kwargs):
        acts.append(act)
        return hop(act, *args, **kwargs)

    monkeypatch.setattr(feel, "hop", counted)
    decided = dmn.decide(decision, {"a": 199.5, "b": "乙", "c": None}, types)
    assert decided.rules == ("r200",)
    assert acts == ["decide"]


# -- complaints ------------------------------------------------------------------------------------


def requiring(href: str, key: str = "d") -> str:
    return (
        f'<decision id="{key}"><informationRequirement><requiredDecision href="{href}"/>'
        "</informationRequirement><literalExpression><text>1</text></literalExpression></decision>"
    )


GROOVY = (
    '<decision id="d"><literalExpression expressionLanguage="groovy"><text>1</text>'
    "</literalExpression></decision>"
)
ONE = (("a", "number"),)
OUT = (("out", "string"),)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (table(ONE, OUT, [("> 5 and", '"x"')]), "甲.dmn#r1: 第 1 条规则“a”列：第 8 个字符"),
        (table(ONE, OUT, [("> ５", '"x"')]), "甲.dmn#r1: 第 1 条规则“a”列：含有全角符号 ５"),
        (table(ONE, OUT, [('"五"', '"x"')]), "不能比较数字与文本"),
        (table(ONE, OUT, [("> nosuch()", '"x"')]), "没有这个函数"),
        (table(ONE, OUT, [("> now()", '"x"')]), "服务器时钟"),
        (table(ONE, OUT, [("-", "5")]), "第 1 条规则“out”列：应为文本，却是数字"),
        (table((("1 +", "number"),), OUT, [("-", '"x"')]), "甲.dmn#i1: 输入“1 +”：第"),
        (table((("a", "money"),), OUT, [("-", '"x"')]), "类型 money 没有定义或者不支持"),
        (
            table(ONE, (("out", "string", '"是","否"'),), [("-", '"也许"')]),
            '甲.dmn#r1: 第 1 条规则："也许" 不在“out”的允许取值 "是","否" 之内',
        ),
        (
            table((("a", "string", '"是","否"'),), OUT, [('"也许"', '"x"')]),
            "永远不会命中",
        ),
        (table(ONE, OUT, [("> 5", '"x"'), ("> 7", '"y"')]), "第 1 条与第 2 条规则（r2）重叠"),
        (table(ONE, OUT, [("-", '"x"')], 'hitPolicy="SOMETIMES"'), "不支持命中策略 SOMETIMES"),
        (table(ONE, OUT, [("-", '"x"')], 'hitPolicy="PRIORITY"'), "须列出“out”的允许取值"),
        (table(ONE, OUT, [("-", '"x"')], 'hitPolicy="COLLECT" aggregation="SUM"'), "应为数字"),
        (table(ONE, OUT, [("-", '"x"')], 'aggregation="SUM"'), "不支持汇总 SUM"),
        (table(ONE, OUT, []), "没有规则"),
        (table(ONE, (), []), "没有输出列"),
        (table(ONE, OUT, [("-",)]), "单元格数与列数不符"),
        (table(ONE, OUT, [("${f(a)}", '"x"')]), "不支持调用 f(…)"),
        ('<decision id="d"><context/></decision>', "只支持决策表"),
        ('<decision id="d"/>', "只支持决策表"),
        ("<decision/>", "没有 id"),
        ("", "没有决策"),
        (requiring("#d") + requiring("#d"), "有决策的 id 重复"),
        ('<businessKnowledgeModel id="b"/>', "不支持业务知识模型"),
        (requiring("#x"), "所依赖的决策 x 不在本文件中"),
        (requiring("#d"), "循环依赖"),
        (requiring("#e") + requiring("#d", key="e"), "循环依赖"),
        (
            requiring("#e") + '<decision id="e"><literalExpression id="l"><text>1 +</text>'
            "</literalExpression></decision>",
            "甲.dmn#l: 第 1 条规则",
        ),
        (GROOVY, "不支持表达式语言 groovy"),
    ],
)
def test_every_fault_is_a_complaint_with_its_place(content: str, complaint: str) -> None:
    decisions, complaints = dmn.parse_dmn(definitions(content), "甲.dmn")
    assert "d" not in decisions
    said = [str(one) for one in complaints if one.severity == "error"]
    assert any(complaint in one for one in said), said


def test_all_faults_are_told_at_once() -> None:
    said = complaints_of(table(ONE, OUT, [("> x >", "5"), ('"五"', '"x"')]))
    assert len(said) >= 3


@pytest.mark.parametrize(
    ("inputs", "rules", "example"),
    [
        (("number",), ["[1..5]", "[5..9]"], "x1 = 5"),
        (("number",), ["< 5", "> 3"], "3 < x1 < 5"),
        (("string",), ['"甲","乙"', 'not("甲")'], "x1 = “乙”"),
        (("string",), ['not("甲")', 'not("乙")'], "其他 x1"),
        (("boolean",), ["true", "-"], "x1 = 真"),
        (("date",), ['< @"2026-04-01"', '[@"2026-03-31"..@"2026-05-01"]'], "x1"),
        (("any",), ["[1..5]", "5"], "x1 = 5"),
    ],
)
def test_overlap_is_told_with_an_example(inputs, rules: list[str], example: str) -> None:
    columns = [(f"x{at}", type_) for at, type_ in enumerate(inputs, 1)]
    [said] = [
        one
        for one in complaints_of(table(columns, OUT, [(r, '"x"') for r in rules]))
        if "重叠" in one
    ]
    assert example in said


@pytest.mark.parametrize(
    ("type_ref", "cells", "gap"),
    [
        ("number", ["< 8", "[8..9]", ">= 10"], "9 < x < 10"),
        ("number", ["< 8", "> 8"], "x = 8"),
        ("number", ["> 0"], "x < 0"),
        ("boolean", ["true"], "x = 假"),
        ("string", ['"甲"'], "其他 x"),
        ("date", ['< @"2026-04-01"', '> @"2026-04-01"'], "x = “2026-04-01”"),
    ],
)
def test_what_no_rule_covers_is_a_warning(type_ref: str, cells: list[str], gap: str) -> None:
    decisions, complaints = dmn.parse_dmn(
        definitions(table((("x", type_ref),), OUT, [(cell, '"x"') for cell in cells]))
    )
    assert "d" in decisions
    [warning] = complaints
    assert warning.severity == "warning"
    assert f"没有规则适用于 {gap}，" in warning.reason


def test_a_closed_list_of_inputs_leaves_no_gap() -> None:
    closed = (("x", "string", '"甲","乙"'),)
    assert complaints_of(table(closed, OUT, [('"甲"', '"x"'), ('"乙"', '"y"')])) == []
    assert "x = “乙”" in complaints_of(table(closed, OUT, [('"甲"', '"x"')]))[0]


def test_with_the_types_of_the_facts_unknown_names_are_told() -> None:
    decision = read(D02)
    assert dmn.check_decision(decision, TYPES) == []
    said = [str(one) for one in dmn.check_decision(decision, {**TYPES, "p3y": "string"}, "甲.dmn")]
    assert said == ["甲.dmn#i1: 输入“p3y”：应为数字，却是文本"]
    without = {name: type_ for name, type_ in TYPES.items() if name != "p3y"}
    [said] = [str(one) for one in dmn.check_decision(decision, without)]
    assert "“p3y”：没有这个事实" in said


BOUNDS = st.integers(-4, 4)
INTERVALS = st.one_of(
    st.just("-"),
    BOUNDS.map(str),
    BOUNDS.map(lambda n: f"not({n})"),
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), BOUNDS).map(lambda t: f"{t[0]} {t[1]}"),
    st.tuples(st.sampled_from("[("), BOUNDS, st.integers(1, 3), st.sampled_from("])")).map(
        lambda t: f"{t[0]}{t[1]}..{t[1] + t[2]}{t[3]}"
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(INTERVALS, INTERVALS), min_size=1, max_size=4))
def test_overlap_and_gaps_are_what_trying_every_value_finds(cells) -> None:
    decisions, complaints = dmn.parse_dmn(
        definitions(
            table(
                (("x", "number"), ("y", "number")),
                (("out", "number"),),
                [(*cell, "1") for cell in cells],
            )
        )
    )
    tried = [half / 2 for half in range(-12, 17)]
    columns = [
        [feel.unary_tests([cell[at] for cell in cells], value, {}, {}, "number") for value in tried]
        for at in (0, 1)
    ]
    hits = {
        sum(a and b for a, b in zip(one, other, strict=True))
        for one in columns[0]
        for other in columns[1]
    }
    assert (max(hits) > 1) == ("d" not in decisions)
    if "d" in decisions:
        assert (0 in hits) == any(one.severity == "warning" for one in complaints)
