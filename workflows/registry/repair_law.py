"""The law of credit repair as data: regimes and their materials, levels, what cannot be repaired.

Read from bpmn/law/repair.yaml, which is seen as it stands now; which regime applies to which date
is decision table D11.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from workflows import errors, settings

LEVELS: Mapping[str, str] = {
    "minor": "轻微",
    "general": "一般",
    "serious": "严重",
    "specific": "特定严重",
}
"""Gravity of a piece of dishonesty information, lightest first."""


@dataclass(frozen=True)
class Material:
    """What an application shows. `per`: record | application; `when`: always | organ_decides."""

    code: str
    name: str
    per: str
    when: str
    note: str


@dataclass(frozen=True)
class Regime:
    """The rules of one time: `basis` is cited by documents."""

    code: str
    name: str
    basis: tuple[Mapping[str, str], ...]
    materials: tuple[Material, ...]
    confidence: str


@dataclass(frozen=True)
class Rule:
    """A rule about records and lists: it fits where each kind of word it names is found."""

    regimes: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    behaviour: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    only: bool = False
    level: str = ""
    reason: str = ""
    basis: str = ""
    confidence: str = ""

    def fits(self, behaviour: str, categories: Iterable[str], regime: str) -> bool:
        """Whether a record with this behaviour and these kinds of penalty falls under it."""
        kinds = list(categories)
        if self.regimes and regime not in self.regimes:
            return False
        if not self.behaviour and not self.category:
            return False
        acts = not self.behaviour or any(word in behaviour for word in self.behaviour)
        hit = [any(word in kind for word in self.category) for kind in kinds]
        return acts and (not self.category or ((all(hit) if self.only else any(hit)) and bool(hit)))


@dataclass(frozen=True)
class RepairLaw:
    """All of repair.yaml."""

    transitions: tuple[Mapping[str, Any], ...]
    regimes: Mapping[str, Regime]
    levels: tuple[Rule, ...]
    unrepairable: tuple[Rule, ...]
    list_terms: Mapping[str, str]


def find_regime(code: str) -> Regime:
    """The regime D11 named; raises LawFaulty for one that repair.yaml does not know."""
    known = read().regimes.get(code)
    if known is None:
        raise errors.LawFaulty(f"repair.yaml 没有办法“{code}”")
    return known


def regime_day(applied_on: date, document_days: Iterable[date], today: date) -> date:
    """The date that decides the regime (D11), by the switch in force today: the application's, or
    that of the earliest document.
    """
    switches = [
        row
        for row in read().transitions
        if row["valid_from"] <= today and (row["valid_to"] is None or today <= row["valid_to"])
    ]
    if not switches:
        raise errors.LawFaulty(f"repair.yaml 没有 {today} 有效的过渡规则")
    by_document = switches[-1]["regime_by"] == "document_date"
    return min(document_days, default=applied_on) if by_document else applied_on


def level_of(behaviour: str, categories: Iterable[str], regime: str) -> str:
    """How grave a record is: minor | general | serious | specific (国办发〔2025〕22号 分类公示)."""
    kinds = list(categories)
    fit = (rule.level for rule in read().levels if rule.fits(behaviour, kinds, regime))
    return next(fit, "general")


def why_unrepairable(
    behaviour: str = "", categories: Iterable[str] = (), list_code: str = ""
) -> str:
    """Why the law lets nobody repair this, with the article; '' where it may be repaired."""
    kinds = list(categories)
    for rule in read().unrepairable:
        if list_code in rule.lists or (not list_code and rule.fits(behaviour, kinds, "")):
            return f"{rule.reason}（{rule.basis}）"
    return ""


def list_term(list_code: str) -> str:
    """The list's own shortest term (id of a limit), '' where it has none."""
    return read().list_terms.get(list_code, "")


def read() -> RepairLaw:
    """repair.yaml as it stands now."""
    return _read(settings.LAW / "repair.yaml")


@lru_cache
def _read(path: Path) -> RepairLaw:
    try:
        written = yaml.safe_load(path.read_text("utf-8"))
        return RepairLaw(
            transitions=tuple(written["transitions"]),
            regimes={row["code"]: _regime(row) for row in written["regimes"]},
            levels=tuple(_rule(row) for row in written["levels"]),
            unrepairable=tuple(_rule(row) for row in written["unrepairable"]),
            list_terms={row["list"]: row["limit"] for row in written["list_terms"]},
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as fault:
        raise errors.LawFaulty(f"{path.name} 不能读取：{fault}") from fault


def _regime(row: Mapping[str, Any]) -> Regime:
    materials = tuple(Material(**one) for one in row["materials"])
    return Regime(row["code"], row["name"], tuple(row["basis"]), materials, row["confidence"])


def _rule(row: Mapping[str, Any]) -> Rule:
    words = ("regimes", "lists", "behaviour", "category")
    given: dict[str, Any] = {
        key: tuple(value) if key in words else value for key, value in row.items()
    }
    return Rule(**given)
