"""Codes of subjects and documents: checked, normalised, masked. Pure, like the law.

统一社会信用代码 GB 32100-2015, 组织机构代码 GB 11714-1997, 公民身份号码 GB 11643-1999.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from workflows import errors

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: no I, O, S, V, Z."""

_USCC_VALUES = {letter: value for value, letter in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_YEAR_IN_BRACKETS = re.compile(r"[(\[【〔](\d{4})年?[)\]】〕]")
_DOCUMENT_BRACKETS = str.maketrans("()[]【】", "（）〔〕〔〕")


@dataclass(frozen=True)
class SubjectType:
    """What a subject is (D01) and which governance track it is on: gov, market, person, manual."""

    kind: str
    governance_track: str


NATURAL_PERSON = SubjectType("自然人", "person")

_TYPES = {
    "11": SubjectType("机关", "gov"),
    "12": SubjectType("事业单位", "gov"),
    "13": SubjectType("其他机构编制", "manual"),
    "19": SubjectType("其他机构编制", "manual"),
    "31": SubjectType("律师事务所", "manual"),
    "51": SubjectType("社会团体", "manual"),
    "52": SubjectType("民办非企业单位", "manual"),
    "53": SubjectType("基金会", "manual"),
    "91": SubjectType("企业", "market"),
    "92": SubjectType("个体工商户", "market"),
    "93": SubjectType("农民专业合作社", "market"),
    "99": SubjectType("其他市场主体", "market"),
}
_TYPES_BY_REGISTRAR = {
    "3": SubjectType("司法行政机关登记的机构", "manual"),
    "N": SubjectType("农村集体经济组织", "manual"),
}
_OTHER_TYPE = SubjectType("其他", "manual")


def subject_type(uscc: str) -> SubjectType:
    """Kind and governance track by the first two characters of a valid code (D01).

    Only 机关 and 事业单位 are on the gov track, only those registered by 市场监管 on the market
    track; who is on neither is `manual`: a person decides.
    """
    return _TYPES.get(uscc[:2]) or _TYPES_BY_REGISTRAR.get(uscc[:1]) or _OTHER_TYPE


def normalise_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones; for codes, not for names."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def normalise_document_number(text: str) -> str:
    """`安市监罚[2025] 9号` → `安市监罚〔2025〕9号` (GB/T 9704-2012, 7.2.5: year in 〔〕).

    Brackets round the year become 〔〕 whatever they were; round brackets elsewhere belong to the
    organ's mark (豫公（交）罚) and are only written full-width. Spaces go. The result is the key by
    which two writings of one number are recognised as one.
    """
    closed = "".join(normalise_width(text).split())
    return _YEAR_IN_BRACKETS.sub(r"〔\1〕", closed).translate(_DOCUMENT_BRACKETS)


def uscc_check_digit(first_17: str) -> str:
    """The 18th character of a 统一社会信用代码 (GB 32100-2015, 附录 A)."""
    pairs = zip(_USCC_WEIGHTS, first_17, strict=True)
    return USCC_ALPHABET[-sum(weight * _USCC_VALUES[one] for weight, one in pairs) % 31]


@lru_cache(maxsize=65536)
def check_uscc(text: str) -> str:
    """The code in half-width capitals without spaces; raises IdentifierInvalid (GB 32100-2015)."""
    code = _compact(text)
    if len(code) != 18:
        raise errors.IdentifierInvalid(f"统一社会信用代码应为 18 位，现为 {len(code)} 位")
    for place, letter in enumerate(code, start=1):
        if letter not in _USCC_VALUES:
            raise errors.IdentifierInvalid(
                f"统一社会信用代码第 {place} 位“{letter}”不是允许的字符"
                "（数字和大写字母，不用 I、O、S、V、Z）"
            )
    if not code[2:8].isdigit():
        raise errors.IdentifierInvalid("统一社会信用代码第 3 至 8 位应为六位数字的行政区划代码")
    if uscc_check_digit(code[:17]) != code[17]:
        raise errors.IdentifierInvalid(
            "统一社会信用代码校验码不符，至少有一位录错，请对照证照逐位核对"
        )
    return code


def organisation_check_digit(first_8: str) -> str:
    """The check character of an 组织机构代码 (GB 11714-1997)."""
    pairs = zip(_ORGANISATION_WEIGHTS, first_8, strict=True)
    return "0123456789X"[-sum(weight * int(one, 36) for weight, one in pairs) % 11]


def check_organisation_code(text: str) -> str:
    """The nine characters without hyphen; raises IdentifierInvalid (GB 11714-1997)."""
    code = _compact(text)
    if len(code) != 9:
        raise errors.IdentifierInvalid(f"组织机构代码应为 9 位，现为 {len(code)} 位")
    if not (code.isascii() and code.isalnum()):
        raise errors.IdentifierInvalid("组织机构代码只能由数字和大写字母组成")
    if organisation_check_digit(code[:8]) != code[8]:
        raise errors.IdentifierInvalid("组织机构代码校验码不符，请对照证书逐位核对")
    return code


def citizen_check_digit(first_17: str) -> str:
    """The 18th character of a 公民身份号码 (GB 11643-1999)."""
    pairs = zip(_CITIZEN_WEIGHTS, first_17, strict=True)
    return _CITIZEN_CHECKS[sum(weight * int(one) for weight, one in pairs) % 11]


def check_citizen_id(text: str, on: date) -> str:
    """The number with a capital X; raises IdentifierInvalid (GB 11643-1999).

    The birth date must be a real day not after `on`. The division code is not looked up: codes
    change, and people keep the number they were given. The message never repeats the number.
    """
    code = _compact(text)
    if len(code) != 18:
        raise errors.IdentifierInvalid(f"公民身份号码应为 18 位，现为 {len(code)} 位")
    if not (code.isascii() and code[:17].isdigit() and (code[17].isdigit() or code[17] == "X")):
        raise errors.IdentifierInvalid("公民身份号码前 17 位应为数字，末位应为数字或者 X")
    try:
        born = date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        raise errors.IdentifierInvalid("公民身份号码中的出生日期不是真实的日期") from None
    if born > on:
        raise errors.IdentifierInvalid("公民身份号码中的出生日期晚于当日")
    if citizen_check_digit(code[:17]) != code[17]:
        raise errors.IdentifierInvalid("公民身份号码校验码不符，请对照身份证件逐位核对")
    return code


def mask_citizen_id(code: str) -> str:
    """`410502********0001`: six, eight stars, four (D14); other numbers keep less."""
    if len(code) == 18:
        return f"{code[:6]}********{code[14:]}"
    return code[:2] + "*" * max(len(code) - 4, 2) + code[-2:] if len(code) > 6 else "*" * len(code)


def mask_name(name: str) -> str:
    """`张*`, `欧**`: the first character and a star for each other one (D14)."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def _compact(text: str) -> str:
    return "".join(normalise_width(text).split()).replace("-", "").upper()
