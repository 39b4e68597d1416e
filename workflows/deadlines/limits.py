"""The limits themselves: dated, cited policies read from `bpmn/law/limits.yaml`."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from workflows import errors

Unit = Literal["workdays", "days", "months", "years", "day_of_month", "day_of_week"]
Roll = Literal["next_workday", "none"]
Confidence = Literal["V", "H", "M", "L"]
Status = Literal["verified", "draft-unverified"]

CLOSE = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")


@dataclass(frozen=True)
class Limit:
    """One version of one limit.

    `length` counts `unit`s; for `day_of_month` it is the day (1–31), for `day_of_week` the weekday
    (1 Monday … 7 Sunday). `family` is the name a case shows it under. `confidence`: V read in the
    text of the law, H sure, M article to be checked, L the product's own default.
    `in_force_to` is the last day of force. `business_close` is when the last day ends (民法典203).
    """

    id: str
    name: str
    code: str
    length: int
    unit: Unit
    basis: str
    confidence: Confidence
    status: Status
    in_force_from: date
    family: str = ""
    in_force_to: date | None = None
    version: str = "1"
    start_rule: Literal["next_day"] = "next_day"
    roll: Roll = "none"
    business_close: str = "24:00"
    note: str = ""

    @property
    def amount(self) -> str:
        """The length in words: 5个工作日, 30日, 6个月, 每月20日."""
        match self.unit:
            case "workdays":
                return f"{self.length}个工作日"
            case "days":
                return f"{self.length}日"
            case "months":
                return f"{self.length}个月"
            case "years":
                return f"{self.length}年"
            case "day_of_month":
                return f"每月{self.length}日"
            case "day_of_week":
                return f"每周{'一二三四五六日'[self.length - 1]}"

    def is_in_force(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


@lru_cache(maxsize=8)
def read_limits(text: str) -> tuple[Limit, ...]:
    """Read the limits (YAML, a list under `limits`); raises `LawFaulty` with every fault at once.

    One text is read once in a process: every procedure is deployed with it.

    Several versions of one id may follow one another; their dates of force must not overlap.
    """
    try:
        rows: list[dict[str, Any]] = yaml.safe_load(text)["limits"]
    except (yaml.YAMLError, TypeError, KeyError) as fault:
        raise errors.LawFaulty(f"期限表无法读取：{fault}") from fault
    limits: list[Limit] = []
    complaints: list[str] = []
    for row in rows:
        try:
            limit = Limit(**{"family": row["id"], **row})
        except (TypeError, KeyError) as fault:
            complaints.append(f"{row}：{fault}")
            continue
        limits.append(limit)
        complaints += _complaints(limit)
    complaints += _overlaps(limits) if not complaints else []
    if complaints:
        raise errors.LawFaulty(f"期限表：{'；'.join(complaints)}")
    return tuple(limits)


def load_limits(path: Path) -> tuple[Limit, ...]:
    return read_limits(path.read_text("utf-8"))


def _complaints(limit: Limit) -> list[str]:
    said: dict[str, Any] = vars(limit)  # as written in the file: the declared types are a hope
    longest = {"day_of_month": 31, "day_of_week": 7}.get(said["unit"], 10_000)
    is_sound = {
        "length": type(said["length"]) is int and 1 <= said["length"] <= longest,
        "unit": said["unit"] in get_args(Unit),
        "roll": said["roll"] in get_args(Roll),
        "start_rule": said["start_rule"] == "next_day",
        "confidence": said["confidence"] in get_args(Confidence),
        "status": said["status"]
        == ("verified" if said["confidence"] == "V" else "draft-unverified"),
        "in_force_from": type(said["in_force_from"]) is date,
        "in_force_to": said["in_force_to"] is None or type(said["in_force_to"]) is date,
        "version": isinstance(said["version"], str),
        "business_close": CLOSE.fullmatch(str(said["business_close"])) is not None,
    }
    return [
        f"{limit.id} 的 {key} 写作 {said[key]!r}，不合规定"
        for key, sound in is_sound.items()
        if not sound
    ]


def _overlaps(limits: list[Limit]) -> list[str]:
    ordered = sorted(limits, key=lambda limit: (limit.id, limit.in_force_from))
    return [
        f"{earlier.id}：版本 {earlier.version} 与版本 {later.version} 的施行期间重叠"
        for earlier, later in itertools.pairwise(ordered)
        if earlier.id == later.id and earlier.is_in_force(later.in_force_from)
    ]


def limits_in_force(limits: Iterable[Limit], day: date) -> list[Limit]:
    """Keep the versions in force on `day` (office time), at most one for each id."""
    return [limit for limit in limits if limit.is_in_force(day)]


def find(limits: Iterable[Limit], limit_id: str, day: date) -> Limit:
    """Give the version of `limit_id` in force on `day`; raises `LimitUnknown` naming both."""
    for limit in limits:
        if limit.id == limit_id and limit.is_in_force(day):
            return limit
    raise errors.LimitUnknown(f"{limit_id}（{day}）", limit=limit_id, day=day)
