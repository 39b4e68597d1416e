"""Repair, training, hearings and looking up one's own record cost nothing (INV-14)."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workflows import documents, forms, settings
from workflows.registry import fees

FORMS = sorted(settings.FORMS.rglob("*.form"))
DOCUMENTS = sorted(
    file for file in settings.FORMS.rglob("*.yaml") if file.with_suffix(".html").is_file()
)
TABLES = sorted(settings.PROCEDURES.rglob("*.dmn"))
DIAGRAMS = sorted(settings.PROCEDURES.rglob("*.bpmn"))
ASKED = re.compile(r"(^|_)(fee|fees|price|charge|payment_amount|deposit|tariff)(_|$)")
FOR_MONEY = re.compile(r"(手续费|服务费|工本费|保证金|押金|收费金额|缴费金额|费用金额|应缴费)")


def name(path: Path) -> str:
    return "/".join(path.parts[-2:])


@pytest.mark.parametrize("path", FORMS, ids=name)
def test_no_form_has_a_field_for_a_fee(path: Path) -> None:
    form = forms.parse(path.read_bytes(), path.stem)
    for field in forms.fields(form):
        assert not ASKED.search(field.key), field.key
        assert not FOR_MONEY.search(field.label), field.label


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_no_document_needs_a_fee_or_asks_for_one(path: Path) -> None:
    declared = yaml.safe_load(path.read_text("utf-8"))
    needs = [need for block in declared["blocks"] for need in block.get("needs", [])]
    assert not [need for need in needs if ASKED.search(need.replace(".", "_"))]
    words = re.sub(r"<[^>]+>|\{[{%].*?[%}]\}", "", path.with_suffix(".html").read_text("utf-8"))
    assert not fees.asks_fee(words)


@pytest.mark.parametrize("path", [*TABLES, *DIAGRAMS], ids=name)
def test_no_table_and_no_diagram_knows_a_fee(path: Path) -> None:
    text = path.read_text("utf-8")
    names = re.findall(r'\b(?:name|id|source|target)="(\w+)"', text)
    assert not [one for one in names if ASKED.search(one)]
    assert not FOR_MONEY.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "请先缴纳修复服务费三千元",
        "信用修复收费标准：每条五百元",
        "付费修复，三天删除",
        "有偿删除处罚信息，联系微信",
        "培训费用由申请人承担",
        "参加信用修复培训须交费八百元",
        "听证费用请转账到指定账户",
        "查询信用报告收取工本费二十元",
        "请将款项汇款至以下账号办理修复",
        "支付代办费后即可移出名单",
        "申请材料齐全。修复手续费另行通知。",
        "没有别的办法，必须付费修复",
        "未来信用修复将按件收费",
    ],
)
def test_a_text_that_asks_for_money_for_what_is_free_is_noticed(text: str) -> None:
    assert fees.asks_fee(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "信用修复不收取任何费用",
        "任何单位和个人以“付费修复”“有偿删除”等名义收取费用的，可以拒绝并举报",
        "罚款五万元已经缴清，缴款收据附后",
        "拖欠货款二十万元，判决后仍不付款",
        "申请修复，已经履行全部义务",
        "培训免费",
        "免费查询信用报告",
        "严禁以修复为名收费",
        "该公司违规收取水电费，已经退还",
    ],
)
def test_a_fine_a_debt_or_a_denial_is_no_fee(text: str) -> None:
    assert not fees.asks_fee(text)


def test_the_alert_names_the_field_rows_included() -> None:
    said = {
        "remarks": "缴纳修复费用五百元",
        "points": [{"text": "没有异议"}, {"text": "付费修复"}],
        "number": 3,
        "none": None,
    }
    assert fees.asking(said) == ["remarks", "points[1].text"]


@given(st.text(max_size=300))
def test_any_text_is_read_and_quickly(text: str) -> None:
    assert fees.asks_fee(text) in {True, False}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_whatever_was_answered_can_be_looked_through(value: object) -> None:
    assert fees.asking({"field": json.loads(json.dumps(value))}) is not None


def test_the_documents_of_repair_say_that_it_is_free() -> None:
    files = {
        str(path.relative_to(settings.FORMS)): path.read_bytes()
        for path in settings.FORMS.rglob("*")
        if path.suffix in {".html", ".yaml", ".css"}
    }
    for kind in ("repair_receipt", "repair_notice"):
        blocks = documents.declare(files[_declared(files, kind)]).blocks
        assert "free" in {block.id for block in blocks}


def _declared(files: dict[str, bytes], kind: str) -> str:
    return next(path for path in files if path.endswith(f"/{kind}.yaml"))
