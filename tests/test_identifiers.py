"""Codes of subjects and documents: the standards' own examples, and python-stdnum as oracle.

Two gaps of python-stdnum 2.2 are known: `cn.uscc` wants digits in the first eight places, so the
codes of 农业农村 (N…), 中央军委 (A…) and others (Y…) fail; `cn.ric` wants the birth place to have
existed in the year of birth, so numbers of people whose district was founded later fail.
"""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import ric as ric_oracle
from stdnum.cn import uscc as uscc_oracle

from workflows import errors, identifiers

TODAY = date(2026, 11, 21)
DIGITS = st.text("0123456789", min_size=6, max_size=6)
BODY = st.text(identifiers.USCC_ALPHABET, min_size=9, max_size=9)


def code_of(prefix: str, division: str, body: str) -> str:
    return f"{prefix}{division}{body}" + identifiers.uscc_check_digit(f"{prefix}{division}{body}")


def refusal(text: str) -> str:
    with pytest.raises(errors.IdentifierInvalid) as refused:
        identifiers.check_uscc(text)
    return refused.value.detail


@pytest.mark.parametrize(
    "code",
    [
        "91110000600037341L",
        "91410505XXXXXX0197",
        "91410581XXXXXX035Y",
        "92410502XXXXXX0439",
        "91320812XXXXXX078B",
        "11410505XXXXXX086D",
        "12410505XXXXXX0945",
    ],
)
def test_a_valid_code_is_returned_as_it_is(code: str):
    assert identifiers.check_uscc(code) == code


def test_a_code_of_a_rural_collective_is_valid_though_the_oracle_says_no():
    assert identifiers.check_uscc("N2410505XXXXXX203E") == "N2410505XXXXXX203E"
    assert not uscc_oracle.is_valid("N2410505XXXXXX203E")


@pytest.mark.parametrize(
    "written",
    [
        "９１１１００００６０００３７３４１Ｌ",
        " 91110000600037341l ",
        "9111 0000 6000 3734 1L",
        "91110000-60003734-1L",
    ],
)
def test_width_case_spaces_and_hyphens_do_not_matter(written: str):
    assert identifiers.check_uscc(written) == "91110000600037341L"


def test_a_refusal_says_what_is_wrong_with_the_code():
    assert "应为 18 位，现为 17 位" in refusal("91110000600037341")
    assert "应为 18 位，现为 0 位" in refusal("")
    assert "第 17 位“I”不是允许的字符" in refusal("9111000060003734IL")
    assert "第 3 至 8 位" in refusal("91A10000600037341L")
    assert "校验码不符" in refusal("911100006000373412")


@given(st.sampled_from(["11", "12", "51", "91", "92", "93"]), DIGITS, BODY)
def test_the_oracle_agrees_on_every_code_that_begins_with_digits(prefix, division, body):
    code = code_of(prefix, division, body)
    assert identifiers.check_uscc(code) == code
    assert uscc_oracle.is_valid(code)


@given(
    st.sampled_from(["91", "N2", "A1"]),
    DIGITS,
    BODY,
    st.integers(0, 17),
    st.sampled_from(identifiers.USCC_ALPHABET),
)
def test_any_single_wrong_character_is_noticed(prefix, division, body, place, letter):
    code = code_of(prefix, division, body)
    assume(code[place] != letter)
    with pytest.raises(errors.IdentifierInvalid):
        identifiers.check_uscc(code[:place] + letter + code[place + 1 :])


@given(st.text(max_size=24))
def test_no_text_whatever_breaks_a_check(text: str):
    for check in (
        identifiers.check_uscc,
        identifiers.check_organisation_code,
        lambda one: identifiers.check_citizen_id(one, TODAY),
    ):
        with suppress(errors.IdentifierInvalid):
            assert check(text).isascii()


def test_organisation_codes_of_the_standard():
    assert identifiers.check_organisation_code("D2143569X") == "D2143569X"
    assert identifiers.check_organisation_code("60003734-1") == "600037341"
    for wrong in ("600037342", "60003734", "60003734！"):
        with pytest.raises(errors.IdentifierInvalid):
            identifiers.check_organisation_code(wrong)


@pytest.mark.parametrize("code", ["410502198001010001", "410505199202290007", "320812201006010002"])
def test_a_valid_citizen_number_is_returned_as_it_is(code: str):
    assert identifiers.check_citizen_id(code, TODAY) == code


def test_a_citizen_number_is_valid_though_its_district_was_founded_after_the_birth():
    assert ric_oracle.calc_check_digit("410502198001010001") == "1"
    assert not ric_oracle.is_valid("410502198001010001")
    assert identifiers.check_citizen_id("410502198001010001", TODAY)


def test_a_small_x_becomes_a_capital():
    assert identifiers.check_citizen_id("11010519491231002x", TODAY) == "11010519491231002X"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("41050219800101000", "应为 18 位"),
        ("41050219800101000A", "末位应为数字或者 X"),
        ("410505199302290007", "不是真实的日期"),
        ("410505199213010007", "不是真实的日期"),
        ("410502203001010001", "晚于当日"),
        ("410502198001010002", "校验码不符"),
        ("41050219800101000١", "末位应为"),
    ],
)
def test_a_wrong_citizen_number_is_refused_without_repeating_it(code: str, said: str):
    with pytest.raises(errors.IdentifierInvalid, match=said) as refused:
        identifiers.check_citizen_id(code, TODAY)
    assert code not in refused.value.message


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_the_oracle_agrees_on_the_check_digit_of_citizens(born: date, sequence: int):
    first = f"410502{born:%Y%m%d}{sequence:03d}"
    assert identifiers.citizen_check_digit(first) == ric_oracle.calc_check_digit(first + "0")


def test_masks_keep_six_and_four_of_a_number_and_one_of_a_name():
    assert identifiers.mask_citizen_id("410502198001010001") == "410502********0001"
    assert identifiers.mask_citizen_id("E12345678") == "E1*****78"
    assert identifiers.mask_citizen_id("123456") == "******"
    assert identifiers.mask_name("张三") == "张*"
    assert identifiers.mask_name("王小明") == "王**"
    assert identifiers.mask_name("") == ""


@pytest.mark.parametrize(
    ("given_as", "number"),
    [
        ("安人罚[2025] 9号", "安人罚〔2025〕9号"),
        ("安人罚（2025）9号", "安人罚〔2025〕9号"),
        ("安人罚(２０２５)９号", "安人罚〔2025〕9号"),
        ("安人罚【2025年】9号", "安人罚〔2025〕9号"),
        ("安人罚〔2025〕9号", "安人罚〔2025〕9号"),
        ("豫公(交)罚字[2025]第3号", "豫公（交）罚字〔2025〕第3号"),
        ("", ""),
    ],
)
def test_a_document_number_has_one_writing(given_as: str, number: str):
    assert identifiers.normalise_document_number(given_as) == number


@given(st.text(max_size=30))
def test_normalising_a_document_number_twice_changes_nothing(text: str):
    once = identifiers.normalise_document_number(text)
    assert identifiers.normalise_document_number(once) == once


@pytest.mark.parametrize(
    ("prefix", "kind", "track"),
    [
        ("11", "机关", "gov"),
        ("12", "事业单位", "gov"),
        ("13", "其他机构编制", "manual"),
        ("31", "律师事务所", "manual"),
        ("35", "司法行政机关登记的机构", "manual"),
        ("51", "社会团体", "manual"),
        ("91", "企业", "market"),
        ("92", "个体工商户", "market"),
        ("93", "农民专业合作社", "market"),
        ("N2", "农村集体经济组织", "manual"),
        ("A1", "其他", "manual"),
        ("Y1", "其他", "manual"),
    ],
)
def test_the_first_two_characters_tell_kind_and_track(prefix: str, kind: str, track: str):
    assert identifiers.subject_type(prefix) == identifiers.SubjectType(kind, track)
