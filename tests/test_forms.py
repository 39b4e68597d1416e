"""Forms: a schema is read or refused whole; answers become facts or complaints by path."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import errors, forms


def schema(*components: dict[str, Any]) -> bytes:
    return json.dumps({"type": "default", "components": list(components)}).encode()


def field(kind: str = "textfield", key: str = "it", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": "项目", **more}


def required(**more: Any) -> dict[str, Any]:
    return {"validate": {"required": True, **more}}


def options(*values: str) -> dict[str, Any]:
    return {"values": [{"value": value, "label": f"选项{value}"} for value in values]}


def clean(
    components: list[dict[str, Any]], answers: dict[str, Any], facts: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Conditions in these tests are the name of a fact: the field is hidden while it is true."""
    return forms.clean(
        forms.parse(schema(*components), "p/t"),
        answers,
        facts=facts or {},
        shown=lambda hide, context: not context[hide],
        choices=lambda key: [("a", "甲"), ("b", "乙")] if key == "law" else [],
    )


def complaints(*args: Any) -> dict[str, str]:
    with pytest.raises(errors.AnswersRefused) as refused:
        clean(*args)
    return refused.value.complaints


def faults(*components: dict[str, Any]) -> list[str]:
    with pytest.raises(errors.FormRefused) as refused:
        forms.parse(schema(*components), "p/t")
    return refused.value.complaints


POINTS = field(
    "dynamiclist",
    "",
    path="points",
    components=[field(key="text", **required()), field("number", "no"), field(key="ground")],
)


@pytest.mark.parametrize(
    ("kind", "more", "answer", "fact"),
    [
        ("textfield", {}, "  事实 ", "事实"),
        ("textfield", {}, None, ""),
        ("textarea", {}, "一\r\n二", "一\n二"),
        ("textfield", {}, "𰻝𠮷", "𰻝𠮷"),
        ("number", {}, "", None),
        ("number", {}, "１２", 12),
        ("number", {}, "3.50", 3.5),
        ("number", {"validate": {"required": True}}, 0, 0),
        ("checkbox", {}, None, False),
        ("checkbox", {}, "on", True),
        ("select", options("a", "b"), "b", "b"),
        ("radio", options("a", "b"), "", None),
        ("select", {"valuesKey": "law"}, "a", "a"),
        ("checklist", options("a", "b", "c"), ["c", "a", "c"], ["a", "c"]),
        ("checklist", options("a", "b"), "b", ["b"]),
        ("datetime", {"subtype": "date"}, "2026-03-02", "2026-03-02"),
        ("datetime", {"subtype": "date"}, "2026年3月2日", "2026-03-02"),
        ("datetime", {"subtype": "datetime"}, "2026-03-02T09:30", "2026-03-02T09:30:00+08:00"),
        ("datetime", {"subtype": "datetime"}, "2026-03-02T01:30Z", "2026-03-02T09:30:00+08:00"),
        ("datetime", {"subtype": "datetime"}, "", None),
        ("filepicker", {}, ["a" * 64], ["a" * 64]),
        ("filepicker", {}, None, []),
    ],
)
def test_an_answer_becomes_a_fact_of_its_type(
    kind: str, more: dict[str, Any], answer: Any, fact: Any
) -> None:
    taken = clean([field(kind, **more)], {"it": answer})
    assert taken == {"it": fact}
    assert type(taken["it"]) is type(fact)


@pytest.mark.parametrize(
    ("kind", "more", "answer", "said"),
    [
        ("textfield", required(), "  ", "请填写“项目”"),
        ("radio", {**options("a"), **required()}, "", "请选择“项目”"),
        ("filepicker", required(), [], "请上传“项目”"),
        ("checkbox", required(), False, "请勾选“项目”"),
        ("textfield", {}, "a\x00b", "不能打印"),
        ("textfield", {}, "甲\u202e乙", "不能打印"),
        ("textfield", {}, "\ud800", "不能打印"),
        ("textfield", {}, "一\n二", "不能打印"),
        ("textfield", {}, ["x"], "应为文字"),
        ("textfield", {"validate": {"maxLength": 2}}, "一二三", "最多 2 个字，现有 3 个字"),
        ("textarea", {"validate": {"minLength": 2}}, "一", "至少 2 个字"),
        ("textfield", {"validate": {"pattern": "^[0-9]+$"}}, "x", "格式不对"),
        ("number", {}, "三", "应为数字"),
        ("number", {}, float("nan"), "应为数字"),
        ("number", {}, float("inf"), "应为数字"),
        ("number", {}, True, "应为数字"),
        ("number", {}, "1" * 17, "数字过大"),
        ("number", {"validate": {"min": 3}}, "2", "不得小于 3"),
        ("number", {"validate": {"max": 36}}, "37", "不得大于 36"),
        ("number", {"decimalDigits": 0}, "1.5", "最多 0 位小数"),
        ("checkbox", {}, "maybe", "勾选"),
        ("select", options("a"), "z", "从列出的选项中"),
        ("checklist", options("a"), ["a", "z"], "不可选"),
        ("datetime", {"subtype": "date"}, "2026-02-30", "没有这一天"),
        ("datetime", {"subtype": "date"}, "明天", "应为日期"),
        ("datetime", {"subtype": "date"}, "0001-01-01", "年份"),
        ("datetime", {"subtype": "datetime"}, "2026-03-02", "还须填写时间"),
        ("datetime", {"subtype": "datetime"}, "2026-03-02T25:00", "应为日期和时间"),
        ("filepicker", {}, ["../../etc/passwd"], "没有上传成功"),
        ("filepicker", {}, ["a" * 64, "b" * 64], "只能上传一个"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_to_do(
    kind: str, more: dict[str, Any], answer: Any, said: str
) -> None:
    assert said in complaints([field(kind, **more)], {"it": answer})["it"]


def test_every_wrong_answer_is_named_at_once() -> None:
    both = [field(key="one", **required()), field(key="two", **required())]
    assert set(complaints(both, {})) == {"one", "two"}


def test_rows_are_complained_of_by_their_place() -> None:
    assert set(complaints([POINTS], {"points": [{"text": "一"}, {"ground": "1"}]})) == {
        "points[1].text"
    }


def test_a_row_left_blank_is_dropped() -> None:
    rows = [{}, {"text": "一", "no": "2"}, {"text": " ", "no": "3"}]
    assert clean([POINTS], {"points": rows}) == {"points": [{"text": "一", "no": 2, "ground": ""}]}


def test_a_required_list_needs_a_row() -> None:
    assert "至少填 1 行" in complaints([POINTS | required()], {"points": [{}]})["points"]


def test_a_list_has_a_cap() -> None:
    rows = [{"text": "一"}] * 201
    assert "最多填 200 行" in complaints([POINTS], {"points": rows})["points"]


def test_a_hidden_field_is_neither_checked_nor_taken() -> None:
    hidden = field(key="reason", conditional={"hide": "=agreed"}, **required())
    both = [field("checkbox", "agreed"), hidden]
    assert clean(both, {"agreed": True, "reason": "x" * 9999}) == {"agreed": True}
    assert set(complaints(both, {"agreed": False})) == {"reason"}


def test_what_a_hidden_field_says_does_not_hide_another() -> None:
    three = [
        field("checkbox", "first"),
        field("checkbox", "second", conditional={"hide": "=first"}),
        field(key="third", conditional={"hide": "=second"}),
    ]
    taken = clean(three, {"first": True, "second": True, "third": "在"})
    assert taken == {"first": True, "third": "在"}


def test_a_condition_within_a_row_sees_the_row() -> None:
    row = [field("checkbox", "no_text"), field(key="text", conditional={"hide": "=no_text"})]
    listed = field("dynamiclist", "", path="rows", components=row)
    taken = clean([listed], {"rows": [{"no_text": "on", "text": "x"}, {"text": "y"}]})
    assert taken == {"rows": [{"no_text": True}, {"no_text": False, "text": "y"}]}


def test_unknown_and_read_only_answers_are_not_taken() -> None:
    both = [field(key="mine"), field(key="theirs", readonly=True)]
    assert clean(both, {"mine": "a", "theirs": "b", "role": "x"}, {"theirs": "c"}) == {"mine": "a"}


def test_a_group_without_a_path_is_transparent_and_one_with_a_path_is_not() -> None:
    inner = [field(key="name", **required())]
    assert clean([field("group", "", components=inner)], {"name": "王"}) == {"name": "王"}
    nested = [field("group", "", path="who", components=inner)]
    assert clean(nested, {"who": {"name": "王"}}) == {"who": {"name": "王"}}
    assert set(complaints(nested, {"who": "王"})) == {"who.name"}


def test_conditions_may_name_what_stands_in_rows_and_what_is_read_only() -> None:
    form = forms.parse(schema(POINTS, field("checkbox", "seen", readonly=True)), "p/t")
    assert forms.condition_types(form) == {
        "points": "list",
        "text": "string",
        "no": "number",
        "ground": "string",
        "seen": "boolean",
    }


def test_types_are_those_of_feel() -> None:
    form = forms.parse(
        schema(
            field("number", "fine"),
            field("datetime", "on", subtype="date"),
            field("datetime", "at", subtype="datetime"),
            field("group", "", components=[field("checkbox", "agreed")]),
            POINTS,
            field(key="seen", readonly=True),
            {"type": "text", "text": "说明"},
        ),
        "p/t",
    )
    assert forms.types(form) == {
        "fine": "number",
        "on": "date",
        "at": "date and time",
        "agreed": "boolean",
        "points": "list",
    }


@pytest.mark.parametrize(
    ("component", "said"),
    [
        ({"type": "iframe"}, "不支持的组件类型 iframe"),
        (field("datetime", subtype="time"), "不支持的组件类型 time"),
        (field(key="a b"), "key"),
        (field(key=""), "缺少 key"),
        ({"type": "textfield", "key": "x"}, "缺少 label"),
        (field("select"), "没有可选项"),
        (field("select", values=[{"value": 1, "label": "一"}]), "文字的 value"),
        (field("select", **options("a", "a")), "重复"),
        (field("select", valuesExpression="=x"), "valuesExpression"),
        (field(readonly="=x"), "readonly"),
        (field(label="=name"), "label 不能是表达式"),
        (field(validate={"max": "=x"}), "max 不能是表达式"),
        (field(validate={"pattern": "("}), "无效"),
        (field(validate={"pattern": "(a+)+$"}), "重复整个括号"),
        (field(validate={"pattern": "a*a*a*a*b"}), "不定长重复"),
        (field(validate={"pattern": r"(a)\1"}), "反向引用"),
        (field("datetime", disallowPassedDates=True), "disallowPassedDates"),
    ],
)
def test_a_setting_that_would_be_dropped_is_refused(component: dict[str, Any], said: str) -> None:
    assert any(said in fault for fault in faults(component)), faults(component)


def test_all_faults_of_a_form_are_told_at_once() -> None:
    assert len(faults({"type": "iframe"}, field("select"), field(key="a b"))) == 3


def test_two_fields_of_one_name_are_refused() -> None:
    assert "“it”出现两次" in faults(field(), field("group", "", components=[field()]))[0]


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"null", b'{"type":"default"}', b" " * 1_000_001]
)
def test_what_is_not_a_form_is_refused(data: bytes) -> None:
    with pytest.raises(errors.FormRefused):
        forms.parse(data, "p/t")


def test_a_form_nested_too_deep_is_refused() -> None:
    deep = field()
    for _ in range(40):
        deep = field("group", "", components=[deep])
    assert "嵌套超过" in faults(deep)[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
EVERY_KIND = [
    field("textfield", "textfield"),
    field("number", "number"),
    field("checkbox", "checkbox"),
    field("select", "select", **options("a")),
    field("checklist", "checklist", **options("a")),
    field("datetime", "date", subtype="date"),
    field("datetime", "datetime", subtype="datetime"),
    field("filepicker", "filepicker"),
    POINTS,
    field("group", "", path="group", components=[field()]),
]


@given(st.fixed_dictionaries({one.get("path") or one["key"]: JSON for one in EVERY_KIND}))
def test_no_answer_breaks_it_and_what_it_takes_is_json(answers: dict[str, Any]) -> None:
    try:
        taken = clean(EVERY_KIND, answers)
    except errors.AnswersRefused:
        return
    assert json.loads(json.dumps(taken, allow_nan=False).encode()) == taken


@given(JSON)
def test_no_schema_breaks_it(component: Any) -> None:
    try:
        form = forms.parse(schema(component), "p/t")
    except errors.FormRefused:
        return
    assert len(form.fields) <= 1
