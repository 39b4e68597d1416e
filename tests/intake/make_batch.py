"""A synthetic batch of penalties with valid check digits; everything in it is fictional.

python tests/intake/make_batch.py 100000 /tmp/penalties.csv [--gb18030]
"""

import argparse
import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from workflows import identifiers
from workflows.intake import penalty_columns

DIVISIONS = ("410502", "410503", "410505", "410506", "410522", "410523", "410526", "410581")
HEADERS = [one for one in penalty_columns.NAMES if one not in {"CF_CFLB2", "CF_ZT"}]
DEEDS = (
    ("超限运输", "《公路安全保护条例》第六十四条"),
    ("拖欠农民工工资", "《保障农民工工资支付条例》第五十三条"),
    ("超标排放", "《大气污染防治法》第九十九条"),
)
FINES = ("0.02", "0.1", "0.5", "1", "2", "5", "10", "20")
BUREAUX = ("应急管理局", "交通运输局", "市场监督管理局", "生态环境局")


def make_uscc(prefix: str, division: str, number: int) -> str:
    """A valid code of the fictional organisation `number`."""
    first = f"{number:08d}"
    code = f"{prefix}{division}{first}{identifiers.organisation_check_digit(first)}"
    return code + identifiers.uscc_check_digit(code)


def make_penalty(number: int, chance: random.Random) -> dict[str, str]:
    """One good row of the standard of 2018; `number` makes its document number unique."""
    company = chance.randrange(1, 20_000)
    division = DIVISIONS[company % len(DIVISIONS)]
    bureau = number % len(BUREAUX)
    name, organ = f"虚构{company}号运输有限公司", f"虚构{division}{BUREAUX[bureau]}"
    organ_uscc = make_uscc("11", division, 90_000_000 + bureau)
    decided = date(2023, 1, 1) + timedelta(days=chance.randrange(1400))
    behaviour, basis = chance.choice(DEEDS)
    fine = chance.choice(FINES)
    return dict.fromkeys(HEADERS, "") | {
        "CF_XDR_MC": name,
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": make_uscc("91", division, company),
        "CF_FRDB": "张虚构",
        "CF_WSH": f"虚罚〔{decided.year}〕{number}号",
        "CF_WFXW": behaviour,
        "CF_SY": f"{name}于{decided.year}年{decided.month}月{decided.day}日被查实{behaviour}。",
        "CF_YJ": basis,
        "CF_CFLB": "罚款",
        "CF_NR": f"罚款{fine}万元",
        "CF_NR_FK": fine,
        "CF_JDRQ": chance.choice((decided.isoformat(), decided.strftime("%Y/%m/%d"))),
        "CF_YXQ": "2099/12/31",
        "CF_GSJZQ": (decided + timedelta(days=1000)).strftime("%Y/%m/%d"),
        "CF_CFJG": organ,
        "CF_CFJGDM": organ_uscc,
        "CF_SJLY": organ,
        "CF_SJLYDM": organ_uscc,
    }


def make_batch(rows: int, seed: int = 7) -> Iterator[dict[str, str]]:
    """So many good rows, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    return (make_penalty(number, chance) for number in range(1, rows + 1))


def write_batch(path: Path, rows: int, encoding: str = "utf-8-sig") -> None:
    """The batch as CSV."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, HEADERS)
        writer.writeheader()
        writer.writerows(make_batch(rows))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", type=int)
    asked.add_argument("path", type=Path)
    asked.add_argument("--gb18030", action="store_true")
    given = asked.parse_args()
    write_batch(given.path, given.rows, "gb18030" if given.gb18030 else "utf-8-sig")
