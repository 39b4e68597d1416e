"""Where information is made public (bpmn/law/channels.yaml): everywhere the same (INV-12)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from workflows import errors, settings

OWN = "own_site"
"""The house's own page: what it shows and takes down needs no hand."""


@dataclass(frozen=True)
class Channel:
    """A place of publicity; `kinds` of information and `objects` (market, gov, person) it takes."""

    code: str
    name: str
    kinds: tuple[str, ...]
    objects: tuple[str, ...]
    own: bool
    basis: str
    confidence: str


def channels_for(kind: str, subject_object: str) -> list[Channel]:
    """The channels that information of a kind about such a subject goes to (49号文 三（五）)."""
    known = read_channels(settings.LAW / "channels.yaml")
    return [one for one in known if kind in one.kinds and subject_object in one.objects]


def find_channel(code: str) -> Channel:
    """The channel; raises NotExpected for one that is not in the data."""
    for one in read_channels(settings.LAW / "channels.yaml"):
        if one.code == code:
            return one
    raise errors.NotExpected(f"没有公示渠道“{code}”")


@lru_cache
def read_channels(path: Path) -> tuple[Channel, ...]:
    """Read channels.yaml; raises LawFaulty."""
    rows: list[dict[str, Any]]
    try:
        rows = yaml.safe_load(path.read_text("utf-8"))["channels"]
        found = tuple(_channel(row) for row in rows)
    except (yaml.YAMLError, KeyError, TypeError) as fault:
        raise errors.LawFaulty(f"{path.name} 不能读取：{fault}") from fault
    if [one.code for one in found if one.own] != [OWN]:
        raise errors.LawFaulty(f"{path.name} 应当有且只有一个自己的公示页面，编号 {OWN}")
    return found


def _channel(row: dict[str, Any]) -> Channel:
    given: dict[str, Any] = {name: tuple(row[name]) for name in ("kinds", "objects")}
    return Channel(**{**row, **given})
