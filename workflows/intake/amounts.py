"""Amounts of money: what the amount column says, what the text says, and whether they agree.

The standard of 2018 counts CF_NR_FK and CF_NR_WFFF in 万元, older sets in 元. The unit is never
guessed: it is declared (by the person or the header), written in the cell, or follows from the
wording of the decision in the same row.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from workflows import identifiers

Unit = Literal["元", "万元"]

FEN: dict[str, int] = {
    "元": 100, "千元": 100_000, "万元": 1_000_000, "百万元": 100_000_000, "亿元": 10_000_000_000,
}  # fmt: skip

_LIMIT = 10**17
"""Fen; beyond it a typing error."""

_DIGITS = {one: value for value, pair in enumerate(
    ("零〇", "壹一", "贰二", "叁三", "肆四", "伍五", "陆六", "柒七", "捌八", "玖九")
) for one in pair} | {"两": 2}  # fmt: skip
_STEPS = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_CHINESE = "".join([*_DIGITS, *_STEPS, *_MYRIADS])

_NUMBER = re.compile(r"[¥￥]?(\d[\d,]*(?:\.\d+)?)(亿元|百万元|万元|千元|元|万)?整?")
_SUM = (
    r"(?:人民币)?(?:\(大写\))?:?[¥￥]?(?:"
    rf"(\d[\d,]*(?:\.\d+)?)(亿元|百万元|万元|千元|元|万(?![\d{_CHINESE}]))"
    rf"|([{_CHINESE}]+)([元圆])(?![{_CHINESE}]))"
)
_BETWEEN = rf"[^\d,。;、({_CHINESE}]{{0,8}}?"
_WORDINGS = {
    "罚款": re.compile(rf"(?:罚款|罚金){_BETWEEN}{_SUM}|{_SUM}整?(?:人民币)?的?罚款"),
    "没收": re.compile(rf"(?:没收违法所得|没收非法所得|没收非法财物){_BETWEEN}{_SUM}"),
}


@lru_cache(maxsize=16384)
def in_text(kind: Literal["罚款", "没收"], text: str) -> tuple[int, ...]:
    """Fen of every 罚款 or 没收 the wording names: `罚款2万元`, `罚款贰万元整`, `2000元罚款`."""
    plain = "".join(identifiers.normalise_width(text).split())
    return tuple(
        fen
        for found in _WORDINGS[kind].finditer(plain)
        if (fen := _fen([part for part in found.groups() if part])) is not None
    )


@lru_cache(maxsize=16384)
def in_cell(text: str) -> tuple[Decimal, str] | None:
    """Number and unit (or an empty text) of an amount cell; None if it is no amount."""
    plain = "".join(identifiers.normalise_width(text).split())
    found = _NUMBER.fullmatch(plain.removeprefix("人民币"))
    if not found:
        return None
    number, unit = found.groups()
    return Decimal(number.replace(",", "")), ("万元" if unit == "万" else unit or "")


def to_fen(number: Decimal, unit: str) -> int | None:
    """Whole fen, or None where the amount has a fraction of a fen or is beyond belief."""
    fen = number * FEN[unit]
    return int(fen) if fen == fen.to_integral_value() and fen < _LIMIT else None


def readings(number: Decimal, said: Sequence[int]) -> list[str]:
    """The units, 元 or 万元, in which the number is what the wording says (one sum or all)."""
    named = {*said, sum(said)}
    return [unit for unit in ("元", "万元") if said and to_fen(number, unit) in named]


def written(fen: int) -> str:
    """`20000.00元`."""
    return f"{fen // 100}.{fen % 100:02d}元"


def _fen(parts: list[str]) -> int | None:
    number, unit = parts
    if number[0].isdigit():
        return to_fen(Decimal(number.replace(",", "")), "万元" if unit == "万" else unit)
    return to_fen(Decimal(_chinese(number)), "元")


def _chinese(text: str) -> int:
    total = section = digit = 0
    for one in text:
        if one in _MYRIADS:
            total += (section + digit) * _MYRIADS[one]
            section = digit = 0
        elif one in _STEPS:
            section += (digit or 1) * _STEPS[one]
            digit = 0
        else:
            digit = _DIGITS[one]
    return total + section + digit
