"""The law as data that the registry asks: lists, measures, thresholds, limits; dated and cited.

Read from `bpmn/law`. A list or measure must be lawful on the day of the decision, so running cases
too see the files as they stand now, while their limits stay pinned with their procedure.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from workflows import deadlines, errors, settings, workdays
from workflows.registry import tables

HARMS: Mapping[str, str] = {
    "life_health": "严重危害人民群众身体健康和生命安全",
    "market_order": "严重破坏市场公平竞争秩序和社会正常秩序",
    "legal_duty": "拒不履行法定义务，严重影响司法机关、行政机关公信力",
    "national_defence": "拒不履行国防义务",
}
"""The four harms a list may answer (国办发〔2020〕49号 四（六）)."""

RANKS: Mapping[str, int] = {"township": 0, "county": 1, "city": 2, "province": 3}
"""Levels of a recognising organ, lowest first (国办发〔2020〕49号 四（八）)."""

COUNTRY = "000000"


class _Dated(Protocol):
    """A row of law with its days of force."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


Row = TypeVar("Row", bound=_Dated)


@dataclass(frozen=True)
class ListRule:
    """A list of seriously dishonest subjects as registered in lists.yaml, one version of it."""

    code: str
    name: str
    basis: str
    article: str
    cited: Mapping[str, str]
    level: int
    scope: str
    region: str
    harm_classes: tuple[str, ...]
    recognisers: tuple[str, ...]
    lowest_recogniser: str
    superior_consent: tuple[str, ...]
    court_only: bool
    term_months: int | None
    term_basis: str
    valid_from: date
    valid_to: date | None
    confidence: str
    note: str
    personal_basis: str = ""
    """The article on which a natural person on it may be named in public, masked (INV-12)."""

    @property
    def level_suffices(self) -> bool:
        """National: ministry rule or higher; local: 地方性法规 only (49号文 四（七）; INV-06)."""
        return self.level <= 40 if self.scope == "national" else self.level == 50


@dataclass(frozen=True)
class Measure:
    """A punitive measure of measures.yaml; `cls` A, B or C (D10)."""

    code: str
    name: str
    cls: str
    status: str
    basis: str
    article: str
    level: int
    triggers: tuple[str, ...]
    objects: str
    implementer_kind: str
    implementer: str
    region: str
    valid_from: date
    confidence: str
    implementers: tuple[str, ...] = ()
    """Parts of names of the departments that may implement it; none named: any public authority."""
    reason: str = ""
    max_months: int | None = None
    own_term: bool = False
    """The law fixes its term: it does not end with the listing (INV-09)."""
    valid_to: date | None = None
    note: str = ""

    def faults(
        self,
        *,
        in_force: bool = True,
        is_triggered: bool = True,
        fits_object: bool = True,
        region_applies: bool = True,
    ) -> tuple[tuple[str, str], ...]:
        """Why it may not be used (D09): (code, reason) each; a blocked one's own reason."""
        found = tables.measure_faults(
            {
                "status": self.status,
                "class": self.cls,
                "level": self.level,
                "implementer_kind": self.implementer_kind,
                "local": self.region != COUNTRY,
                "in_force": in_force,
                "is_triggered": is_triggered,
                "fits_object": fits_object,
                "region_applies": region_applies,
            }
        )
        return tuple((code, self.reason if code == "blocked" else why) for code, why in found)


@dataclass(frozen=True)
class Thresholds:
    """The counts of policy W1: `governed` and `watch` penalties in the window `limit` (D02)."""

    id: str
    version: str
    governed: int
    watch: int
    limit: str
    strict: bool
    region: str
    basis: str
    article: str
    confidence: str
    valid_from: date
    valid_to: date | None
    note: str


def find_list(code: str, day: date) -> ListRule | None:
    """The version of list `code` in force on `day`."""
    return _in_force([one for one in lists() if one.code == code], day)


def describe_list(code: str) -> ListRule | None:
    """The latest version of list `code`, in force or not: to say why it may not be used."""
    return max(
        (one for one in lists() if one.code == code), key=lambda one: one.valid_from, default=None
    )


def find_measure(code: str, day: date) -> Measure | None:
    """The version of measure `code` in force on `day`, blocked ones too."""
    return _in_force([one for one in measures() if one.code == code], day)


def thresholds(day: date) -> Thresholds:
    """Policy W1 as in force on `day`; raises LawFaulty where none is."""
    found = _in_force(list(read_thresholds(settings.LAW / "thresholds.yaml")), day)
    if found is None:
        raise errors.LawFaulty(f"thresholds.yaml 没有 {day} 有效的筛查门槛")
    return found


def lists() -> tuple[ListRule, ...]:
    """Every version of every list in bpmn/law/lists.yaml."""
    return read_lists(settings.LAW / "lists.yaml")


def measures() -> tuple[Measure, ...]:
    """Every version of every measure in bpmn/law/measures.yaml."""
    return read_measures(settings.LAW / "measures.yaml")


def responsible_departments(code: str) -> tuple[str, ...]:
    """Kinds of departments responsible for an object of governance (R-043)."""
    return _responsible(settings.LAW / "responsibility.yaml")[code]


@lru_cache
def _responsible(path: Path) -> dict[str, tuple[str, ...]]:
    rows, _ = _read(path, "objects")
    return {row["code"]: tuple(row["owners"]) for row in rows}


def limits() -> tuple[deadlines.Limit, ...]:
    """The limits as they stand now."""
    return _limits(settings.LAW / "limits.yaml")


def calendar() -> workdays.Calendar:
    """The official calendars as they stand now."""
    return _calendar(settings.LAW / "calendar")


@lru_cache(maxsize=16)
def pinned_limits(text: bytes) -> tuple[deadlines.Limit, ...]:
    """The limits as they stood when a procedure was deployed."""
    return deadlines.read_limits(text.decode())


def quote(key: str, day: date) -> dict[str, str]:
    """An article of articles.yaml as a document of `day` cites it: title, article, text.

    An act of the day before a change of law rests on the old text. Raises LawFaulty for an article
    that is not in force on that day.
    """
    known = _articles(settings.LAW / "articles.yaml")
    article = _in_force([one for one in known if one.key == key], day)
    if article is None:
        raise errors.LawFaulty(f"条文 {key} 在 {day} 尚未施行、已经失效或者没有录入")
    return {"title": article.title, "article": article.article, "text": article.text}


@dataclass(frozen=True)
class Article:
    """An article of law with its days of force; `text` only where it was verified."""

    key: str
    title: str
    article: str
    text: str
    valid_from: date
    valid_to: date | None


@lru_cache
def _articles(path: Path) -> list[Article]:
    rows, _ = _read(path, "articles")
    return [
        Article(
            *(str(row[name] or "") for name in ("key", "title", "article", "text")),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
        )
        for row in rows
    ]


@lru_cache
def _limits(path: Path) -> tuple[deadlines.Limit, ...]:
    return deadlines.load_limits(path)


@lru_cache
def _calendar(folder: Path) -> workdays.Calendar:
    return workdays.load_calendars(folder)


def is_in_force(row: _Dated, day: date) -> bool:
    """Whether `day` lies within the days of force, both included."""
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


def covers(region: str, division: str) -> bool:
    """Whether a rule made for `region` reaches the division: 410000 reaches 410505."""
    return division.startswith(region.rstrip("0")) if region != COUNTRY else True


@lru_cache
def read_lists(path: Path) -> tuple[ListRule, ...]:
    """Read lists.yaml; raises LawFaulty with every fault at once."""
    rows, complaints = _read(path, "lists")
    known: list[ListRule] = []
    for row in rows:
        try:
            rule = ListRule(**_tuples(row, "harm_classes", "recognisers", "superior_consent"))
        except TypeError as fault:
            complaints.append(f"{row.get('code')}：{fault}")
            continue
        known.append(rule)
        complaints += _complain(
            rule.code,
            {
                f"scope {rule.scope} 不是 national、local": rule.scope in {"national", "local"},
                f"harm_classes 应在 {'、'.join(HARMS)} 之内": set(rule.harm_classes) <= set(HARMS),
                f"lowest_recogniser {rule.lowest_recogniser} 有误": rule.lowest_recogniser in RANKS,
                "superior_consent 有误": set(rule.superior_consent) <= set(RANKS),
                **_common_demands(rule),
            },
        )
    _refuse(path, complaints + _overlaps(known))
    return tuple(known)


@lru_cache
def read_measures(path: Path) -> tuple[Measure, ...]:
    """Read measures.yaml; an active measure without a lawful basis is a fault (INV-08)."""
    rows, complaints = _read(path, "measures")
    known: list[Measure] = []
    for row in rows:
        try:
            given = _tuples(row, "triggers", "implementers")
            given["cls"] = given.pop("class", "")
            measure = Measure(**given)
        except TypeError as fault:
            complaints.append(f"{row.get('code')}：{fault}")
            continue
        known.append(measure)
        active = measure.status == "active"
        sorted_ = measure.cls in {"A", "B", "C"} and measure.status in {"active", "blocked"}
        faults = measure.faults() if sorted_ and active else ()
        complaints += _complain(
            measure.code,
            {
                "class 应为 A、B、C": measure.cls in {"A", "B", "C"},
                "status 应为 active、blocked": measure.status in {"active", "blocked"},
                "blocked 须写明 reason": active or bool(measure.reason),
                **{f"{why}（国办发〔2020〕49号 五（九））": False for _, why in faults},
                "期限由法律规定的须写明 max_months": not measure.own_term
                or measure.max_months is not None,
                **_common_demands(measure),
            },
        )
    _refuse(path, complaints + _overlaps(known))
    return tuple(known)


@lru_cache
def read_thresholds(path: Path) -> tuple[Thresholds, ...]:
    """Read thresholds.yaml; the warning must come before the governance."""
    rows, complaints = _read(path, "thresholds")
    known: list[Thresholds] = []
    for row in rows:
        try:
            one = Thresholds(**row)
        except TypeError as fault:
            complaints.append(f"{row.get('id')}：{fault}")
            continue
        known.append(one)
        complaints += _complain(
            one.id,
            {
                "watch 应为正整数且小于 governed": 0 < one.watch < one.governed,
                "confidence 应为 V、H、M、L": one.confidence in set("VHML"),
            },
        )
    _refuse(path, complaints)
    return tuple(known)


def _common_demands(row: ListRule | Measure) -> dict[str, bool]:
    return {
        "confidence 应为 V、H、M、L": row.confidence in set("VHML"),
        "level 应为 10 至 80": 10 <= row.level <= 80,
        "region 须为加引号的六位代码": len(row.region) == 6 and row.region.isdigit(),
        "valid_to 早于 valid_from": row.valid_to is None or row.valid_from <= row.valid_to,
    }


def _read(path: Path, key: str) -> tuple[list[dict[str, Any]], list[str]]:
    try:
        written = yaml.safe_load(path.read_text("utf-8"))
        return [dict(row) for row in written[key]], []
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as fault:
        raise errors.LawFaulty(f"{path.name} 不能读取：{fault}") from fault


def _tuples(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: tuple(value) if key in keys else value for key, value in row.items()}


def _complain(code: str, demands: Mapping[str, bool]) -> list[str]:
    return [f"{code}：{complaint}" for complaint, is_kept in demands.items() if not is_kept]


def _overlaps(rows: list[Any]) -> list[str]:
    ordered = sorted(rows, key=lambda row: (row.code, row.valid_from))
    return [
        f"{later.code}：两行的有效期重叠"
        for earlier, later in itertools.pairwise(ordered)
        if earlier.code == later.code and is_in_force(earlier, later.valid_from)
    ]


def _refuse(path: Path, complaints: list[str]) -> None:
    if complaints:
        raise errors.LawFaulty(f"{path.name}：{'；'.join(complaints)}")


def _in_force(rows: list[Row], day: date) -> Row | None:
    return next((row for row in rows if is_in_force(row, day)), None)
