"""A row of the penalty table: what is understood, what is noted, what is rejected and why."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.intake import make_batch
from workflows import settings
from workflows.intake import cells, penalties, penalty_columns, reading

TODAY = date(2026, 11, 21)
SAMPLE = settings.ROOT / "workflows" / "samples" / "penalties.csv"
GOOD = next(make_batch.make_batch(1)) | {
    "CF_NR": "罚款2万元",
    "CF_NR_FK": "2",
    "CF_JDRQ": "2026-03-09",
    "CF_WSH": "虚罚〔2026〕1号",
    "CF_YXQ": "",
    "CF_GSJZQ": "2029-03-09",
}


def understand(unit: Any = None, **said: str) -> Any:
    raw = GOOD | said
    return penalties.understand(reading.Row(2, raw, raw), today=TODAY, unit=unit)


def taken(unit: Any = None, **said: str) -> penalties.Penalty:
    penalty = understand(unit, **said)
    assert isinstance(penalty, penalties.Penalty), penalty.reasons
    return penalty


def reasons(unit: Any = None, **said: str) -> list[tuple[str, str]]:
    rejected = understand(unit, **said)
    assert isinstance(rejected, cells.Rejected)
    assert all(reason.text for reason in rejected.reasons)
    return [(reason.field, reason.code) for reason in rejected.reasons]


def test_a_good_row_is_understood_and_only_the_unit_is_noted():
    penalty = taken()
    assert penalty.fine_fen == 2_000_000
    assert penalty.decided_on == date(2026, 3, 9)
    assert penalty.key == ("虚罚〔2026〕1号", GOOD["CF_CFJGDM"])
    assert (penalty.subject_kind, penalty.governance_track) == ("企业", "market")
    assert penalty.categories == ("罚款",)
    assert penalty.raw == GOOD
    assert penalty.warnings == ()
    assert penalty.changes == (
        cells.Change("CF_NR_FK", "2", "20000.00元", "单位为万元（依处罚内容）"),
    )


@pytest.mark.parametrize(
    ("column", "given", "understood"),
    [
        ("CF_JDRQ", "2026/3/9", "2026-03-09"),
        ("CF_JDRQ", "2026.03.09", "2026-03-09"),
        ("CF_JDRQ", "2026年3月9日", "2026-03-09"),
        ("CF_JDRQ", "20260309", "2026-03-09"),
        ("CF_JDRQ", "2026-03-09 00:00:00", "2026-03-09"),
        ("CF_JDRQ", "２０２６-03-09", "2026-03-09"),
        ("CF_WSH", "虚罚[2026]1号", "虚罚〔2026〕1号"),
        ("CF_XDR_SHXYM", "９１" + GOOD["CF_XDR_SHXYM"][2:], GOOD["CF_XDR_SHXYM"]),
        ("CF_XDR_MC", "\u3000虚构公司\u200b ", "虚构公司"),
        ("CF_YXQ", "长期", ""),
        ("CF_YXQ", "/", ""),
        ("CF_NR_FK", "", "20000.00元"),
        ("CF_CFLB", "罚款，警告，拘留", "罚款;警告;行政拘留"),
    ],
)
def test_every_normalisation_is_listed(column: str, given: str, understood: str):
    changes = [change for change in taken(**{column: given}).changes if change.field == column]
    assert [change.understood for change in changes] == [understood]
    assert changes[0].given == given
    assert changes[0].why


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"CF_WSH": ""}, ("CF_WSH", "missing")),
        ({"CF_XDR_MC": " "}, ("CF_XDR_MC", "missing")),
        ({"CF_YJ": ""}, ("CF_YJ", "missing")),
        ({"CF_CFJGDM": ""}, ("CF_CFJGDM", "missing")),
        ({"CF_JDRQ": ""}, ("CF_JDRQ", "missing")),
        ({"CF_JDRQ": "2024-02-30"}, ("CF_JDRQ", "day_invalid")),
        ({"CF_JDRQ": "45345"}, ("CF_JDRQ", "day_invalid")),
        ({"CF_JDRQ": "2026-11-22"}, ("CF_JDRQ", "day_future")),
        ({"CF_JDRQ": "1926-11-22"}, ("CF_JDRQ", "day_too_early")),
        ({"CF_YXQ": "2026-03-08"}, ("CF_YXQ", "day_before")),
        ({"CF_GSJZQ": "2029-02-29"}, ("CF_GSJZQ", "day_invalid")),
        ({"CF_XDR_SHXYM": GOOD["CF_XDR_SHXYM"][:-1] + "*"}, ("CF_XDR_SHXYM", "uscc_invalid")),
        ({"CF_CFJGDM": "1.1410505E+17"}, ("CF_CFJGDM", "uscc_invalid")),
        ({"CF_XDR_SHXYM": ""}, ("CF_XDR_SHXYM", "missing")),
        ({"CF_XDR_LB": "自然人"}, ("CF_XDR_LB", "kind_contradicts")),
        ({"CF_NR_FK": "-2"}, ("CF_NR_FK", "amount_invalid")),
        ({"CF_NR_FK": "0.0000001", "CF_NR": "罚款"}, ("CF_NR_FK", "unit_unknown")),
        ({"CF_NR_FK": "20"}, ("CF_NR_FK", "amount_contradicts")),
        ({"CF_NR_FK": "20000元", "CF_NR": "罚款3万元"}, ("CF_NR_FK", "amount_contradicts")),
        ({"CF_NR": "按规定处罚"}, ("CF_NR_FK", "unit_unknown")),
        ({"CF_NR_WFFF": "3万元"}, ("CF_NR_WFFF", "category_contradicts")),
        ({"CF_CFLB": "警告"}, ("CF_NR_FK", "category_contradicts")),
        ({"CF_ZT": "撤销"}, ("CF_ZT", "revoked")),
        ({"CF_ZT": "1"}, ("CF_ZT", "revoked")),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason(said: dict[str, str], reason: tuple[str, str]):
    assert reasons(**said) == [reason]


def test_every_reason_is_given_at_once():
    found = reasons(CF_WSH="", CF_JDRQ="2031-01-01", CF_XDR_SHXYM="123")
    assert found == [
        ("CF_XDR_SHXYM", "uscc_invalid"),
        ("CF_WSH", "missing"),
        ("CF_JDRQ", "day_future"),
    ]


def test_a_day_of_today_is_not_in_the_future():
    assert taken(CF_JDRQ="2026-11-21", CF_GSJZQ="").decided_on == TODAY


def test_an_amount_in_yuan_is_known_from_the_wording():
    assert taken(CF_NR="罚款2000元", CF_NR_FK="2000").fine_fen == 200_000


def test_a_declared_unit_is_used_where_the_wording_is_silent():
    assert taken("万元", CF_NR="罚款", CF_NR_FK="2").fine_fen == 2_000_000
    assert taken("元", CF_NR="罚款", CF_NR_FK="2").fine_fen == 200


def test_a_declared_unit_that_the_wording_contradicts_rejects_the_row():
    assert reasons("元") == [("CF_NR_FK", "amount_contradicts")]
    assert reasons("万元", CF_NR="罚款2000元", CF_NR_FK="2000") == [
        ("CF_NR_FK", "amount_contradicts")
    ]


def test_a_header_may_name_the_unit():
    raw = GOOD | {"CF_NR": "罚款"}
    row = reading.Row(2, raw, raw)
    penalty = penalties.understand(row, today=TODAY, units={"CF_NR_FK": "万元"})
    assert isinstance(penalty, penalties.Penalty)
    assert penalty.fine_fen == 2_000_000


def test_one_of_several_fines_or_their_sum_agrees_with_the_wording():
    content = "对公司罚款2万元，对负责人罚款1万元"
    assert taken(CF_NR=content, CF_NR_FK="3").fine_fen == 3_000_000
    assert taken(CF_NR=content, CF_NR_FK="2").fine_fen == 2_000_000
    assert taken(CF_NR=content, CF_NR_FK="").fine_fen is None


def test_what_is_odd_but_not_wrong_is_a_warning():
    def warned(**said: str) -> list[tuple[str, str]]:
        return [(warning.field, warning.code) for warning in taken(**said).warnings]

    assert warned(CF_CFLB="罚款;没收违法所得") == [("CF_NR_WFFF", "amount_missing")]
    assert warned(CF_CFLB="罚款;其它") == [("CF_CFLB", "category_unknown")]
    assert warned(CF_WSH="无年份1号") == [("CF_WSH", "number_unusual")]
    assert warned(CF_WSH="虚罚〔2025〕1号") == [("CF_WSH", "year_differs")]
    assert warned(CF_GSJZQ="2029-03-10") == [("CF_GSJZQ", "publicity_long")]
    assert warned(CF_XDR_LB="个体工商户") == [("CF_XDR_LB", "kind_differs")]
    assert warned(CF_ZT="异议") == [("CF_ZT", "disputed")]


def test_an_older_code_keeps_its_scheme():
    penalty = taken(CF_XDR_SHXYM="", CF_XDR_ZZJG="60003734-1")
    assert (penalty.id_scheme, penalty.id_no) == ("organisation", "600037341")
    penalty = taken(CF_XDR_SHXYM="无", CF_XDR_GSZC="410500 100012345")
    assert (penalty.id_scheme, penalty.id_no) == ("registration", "410500100012345")
    assert reasons(CF_XDR_SHXYM="", CF_XDR_ZZJG="60003734-2") == [
        ("CF_XDR_ZZJG", "organisation_invalid")
    ]


PERSON = {
    "CF_XDR_LB": "自然人",
    "CF_XDR_SHXYM": "",
    "CF_XDR_MC": "张虚构",
    "CF_XDR_ZJLX": "身份证",
    "CF_XDR_ZJHM": "410505199202290007",
}


def test_a_person_is_known_by_number_and_the_raw_row_masks_it():
    penalty = taken(**PERSON)
    assert (penalty.id_scheme, penalty.id_no) == ("citizen_id", "410505199202290007")
    assert penalty.governance_track == "person"
    assert penalty.raw["CF_XDR_ZJHM"] == "410505********0007"


def test_a_person_without_a_valid_number_is_rejected_without_repeating_it():
    assert reasons(**PERSON | {"CF_XDR_ZJHM": ""}) == [("CF_XDR_ZJHM", "missing")]
    rejected = understand(**PERSON | {"CF_XDR_ZJHM": "410505199202290008"})
    assert [reason.code for reason in rejected.reasons] == ["citizen_id_invalid"]
    assert "410505199202290008" not in str(rejected)


def test_a_number_of_a_person_in_the_wrong_column_is_masked_too():
    rejected = understand(CF_XDR_SHXYM="410505199202290007", BZ="身份证410505199202290007。")
    assert "410505199202290007" not in str(rejected)


def test_the_code_of_a_company_that_looks_like_a_persons_number_is_not_masked():
    code = make_batch.make_uscc("91", "110119", 10_010_102)
    assert code == "911101191001010285"
    assert taken(CF_XDR_SHXYM=code).raw["CF_XDR_SHXYM"] == code


def test_another_identity_paper_is_kept_as_it_is():
    penalty = taken(**PERSON | {"CF_XDR_ZJLX": "护照", "CF_XDR_ZJHM": "E12345678"})
    assert (penalty.id_scheme, penalty.id_no) == ("other_id", "E12345678")
    assert penalty.raw["CF_XDR_ZJHM"] == "E1*****78"


def test_summary_and_self_corrected_penalties_of_persons_are_not_collected():
    assert reasons(**PERSON | {"BZ": "适用简易程序"}) == [("CF_XDR_LB", "not_collected")]
    assert reasons(**PERSON | {"CF_SY": "违法行为轻微，已自行改正"}) == [
        ("CF_XDR_LB", "not_collected")
    ]
    assert taken(BZ="适用简易程序").remarks == "适用简易程序"


def test_the_headers_and_codes_of_2015_are_understood():
    older = {
        "CF_WSH": "CF_WSH", "CF_WFXW": "CF_CFMC", "CF_CFLB": "CF_CFLB1", "CF_CFLB2": "CF_CFLB2",
        "CF_SY": "CF_SY", "CF_YJ": "CF_YJ", "CF_XDR_MC": "CF_XDR_MC", "CF_FRDB": "CF_FR",
        "CF_XDR_SHXYM": "CF_XDR_SHXYM", "CF_NR": "CF_JG", "CF_JDRQ": "CF_JDRQ",
        "CF_CFJG": "CF_XZJG", "CF_CFJGDM": "CF_XZJGDM", "CF_ZT": "CF_ZT",
    }  # fmt: skip
    row = GOOD | {"CF_CFLB": "1", "CF_CFLB2": "3", "CF_ZT": "0"}
    text = ",".join(older.values()) + "\n" + ",".join(row[column] for column in older) + "\n"
    stream = io.BytesIO(text.encode("gb18030"))
    (penalty,) = penalties.read_penalties(stream, today=TODAY)
    assert isinstance(penalty, penalties.Penalty)
    assert penalty.categories == ("罚款", "责令停产停业")
    assert penalty.fine_fen == 2_000_000
    assert penalty.legal_rep == "张虚构"


def test_chinese_headers_in_a_workbook_are_understood():
    book = openpyxl.Workbook()
    used = [column for column, text in GOOD.items() if text]
    book.worksheets[0].append([penalty_columns.NAMES[column] for column in used])
    book.worksheets[0].append([GOOD[column] for column in used])
    file = io.BytesIO()
    book.save(file)
    (penalty,) = penalties.read_penalties(file, today=TODAY)
    assert isinstance(penalty, penalties.Penalty)
    assert (penalty.key, penalty.fine_fen) == (taken().key, 2_000_000)
    assert (penalty.id_no, penalty.decided_on) == (taken().id_no, date(2026, 3, 9))


def test_the_sample_batch_is_understood_row_by_row():
    with SAMPLE.open("rb") as stream:
        rows = list(penalties.read_penalties(stream, today=TODAY))
    rejected = [row for row in rows if isinstance(row, cells.Rejected)]
    assert [row.row_no for row in rows] == list(range(2, 6147))
    codes = [row.reasons[0].code for row in rejected]
    assert {code: codes.count(code) for code in codes} == {
        "uscc_invalid": 85,
        "day_invalid": 46,
        "missing": 42,
        "day_future": 31,
    }
    assert len({row.key for row in rows if isinstance(row, penalties.Penalty)}) == 5796


def test_made_batches_are_good_throughout(tmp_path):
    make_batch.write_batch(tmp_path / "made.csv", 300, "gb18030")
    with (tmp_path / "made.csv").open("rb") as stream:
        rows = list(penalties.read_penalties(stream, today=TODAY))
    assert all(isinstance(row, penalties.Penalty) and not row.warnings for row in rows)
    assert len(rows) == 300
