"""The 发文字号 (document number): 机关代字, 文种代字, 〔year〕, serial, 号."""

import re

from workflows import errors

NUMBER = re.compile(r"^[\u4e00-\u9fff]{2,12}〔20\d{2}〕[1-9]\d{0,4}号$")
"""The full year in 〔〕, no leading zero, no 第."""


def write_number(mark: str, series: str, year: int, serial: int) -> str:
    """`write_number("殷市监", "列告", 2026, 1)` is 殷市监列告〔2026〕1号.

    `mark` is the organ's 机关代字, `series` the 文种代字 from the document's declaration.
    Raises DocumentIncomplete when the result is not a lawful number.
    """
    number = f"{mark}{series}〔{year}〕{serial}号"
    check_number(number)
    return number


def check_number(number: str) -> None:
    """Raise DocumentIncomplete unless `number` has the form of GB/T 9704-2012 7.2.5."""
    if not NUMBER.match(number):
        raise errors.DocumentIncomplete(
            f"文号“{number}”不合规范，应形如“殷市监列告〔2026〕1号”",
            article="GB/T 9704-2012 7.2.5",
        )
