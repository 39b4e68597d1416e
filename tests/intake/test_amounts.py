"""What an amount column and the wording of a decision say in fen."""

from decimal import Decimal

import pytest

from workflows.intake import amounts


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("罚款20万元", [20_000_000]),
        ("罚款0.02万元", [20_000]),
        ("罚款2000元", [200_000]),
        ("罚款2,000.50元整", [200_050]),
        ("处以罚款人民币２万元整", [2_000_000]),
        ("处20000元罚款", [2_000_000]),
        ("罚款：人民币（大写）贰万伍仟元整（¥25000.00）", [2_500_000]),
        ("罚款人民币壹拾贰万元", [12_000_000]),
        ("罚款五百元", [50_000]),
        ("罚款2万", [2_000_000]),
        ("罚款20元，对负责人罚款1万元", [2_000, 1_000_000]),
        ("警告", []),
        ("逾期每日按罚款数额的3%加处罚款", []),
        ("没收违法所得3万元，罚款2万元", [2_000_000]),
        ("罚款贰元伍角", []),
    ],
)
def test_fines_are_read_from_the_wording(text: str, fen: list[int]):
    assert list(amounts.in_text("罚款", text)) == fen


def test_confiscations_are_read_from_the_wording():
    text = "没收违法所得人民币3.5万元，没收非法财物20元，罚款2万元"
    assert amounts.in_text("没收", text) == (3_500_000, 2_000)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("20", (Decimal(20), "")),
        ("０.５", (Decimal("0.5"), "")),
        ("¥2,000.00", (Decimal(2000), "")),
        ("20万元", (Decimal(20), "万元")),
        ("20万", (Decimal(20), "万元")),
        ("人民币2000元整", (Decimal(2000), "元")),
        ("-5", None),
        ("二十", None),
        ("1e9", None),
        ("20万元左右", None),
    ],
)
def test_a_cell_is_a_number_with_or_without_a_unit(text: str, read: object):
    assert amounts.in_cell(text) == read


def test_a_fraction_of_a_fen_is_no_amount():
    assert amounts.to_fen(Decimal("0.001"), "元") is None
    assert amounts.to_fen(Decimal("0.000001"), "万元") == 1
    assert amounts.to_fen(Decimal(10**15), "亿元") is None


def test_the_unit_follows_from_the_wording_or_not_at_all():
    assert amounts.readings(Decimal(20), (20_000_000,)) == ["万元"]
    assert amounts.readings(Decimal(2000), (200_000,)) == ["元"]
    assert amounts.readings(Decimal(3), (1_000_000, 2_000_000)) == ["万元"]
    assert amounts.readings(Decimal(20), (200_000,)) == []
    assert amounts.readings(Decimal(20), ()) == []
