"""The law changes on a day D: an act of D−1 rests on the old text, one of D on the new.

The text of the law is changed in a copy; how a running case keeps the limits it was deployed with
is told in tests/scenarios/change_of_law.
"""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.databases import Databases
from tests.registry.test_screening import Register
from workflows import deadlines, settings
from workflows.engine import dmn
from workflows.registry import law, repair_law

EVE, CHANGE = date(2026, 6, 30), date(2026, 7, 1)
Amend = Callable[[str, str, str, dict[str, Any]], None]


@pytest.fixture
def amend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Amend:
    """`amend(file, key, whose, change)`: the row ends on the eve, and a changed one follows."""
    folder = tmp_path / "law"
    shutil.copytree(settings.LAW, folder)
    monkeypatch.setattr(settings, "LAW", folder)

    def change(file: str, key: str, whose: str, said: dict[str, Any]) -> None:
        first, last = (
            ("in_force_from", "in_force_to") if file == "limits" else ("valid_from", "valid_to")
        )
        path = folder / f"{file}.yaml"
        text = yaml.safe_load(path.read_text("utf-8"))
        rows = text["transitions" if file == "repair" else file]
        row = [one for one in rows if one[key] == whose][-1]
        rows.append({**row, **said, first: CHANGE})
        row[last] = EVE
        path.write_text(yaml.safe_dump(text, allow_unicode=True), "utf-8")

    return change


def test_a_limit_that_begins_on_the_eve_keeps_its_old_length(amend: Amend) -> None:
    amend("limits", "id", "objection_window_market", {"length": 7, "version": "2"})
    found = [deadlines.find(law.limits(), "objection_window_market", day) for day in (EVE, CHANGE)]
    assert [(one.version, one.length) for one in found] == [("1", 5), ("2", 7)]


@pytest.mark.parametrize(
    ("limit_id", "change", "before", "after"),
    [
        ("publicity_serious_min", date(2023, 5, 1), (6, "months"), (1, "years")),
        ("publicity_serious_min", date(2026, 4, 1), (1, "years"), (1, "years")),
        ("publicity_general_min", date(2023, 5, 1), (3, "months"), (3, "months")),
    ],
)
def test_terms_of_publicity_changed_on_the_days_the_rules_of_repair_did(
    limit_id: str, change: date, before: tuple[int, str], after: tuple[int, str]
) -> None:
    old, new = (
        deadlines.find(law.limits(), limit_id, day)
        for day in (date.fromordinal(change.toordinal() - 1), change)
    )
    assert ((old.length, old.unit), (new.length, new.unit)) == (before, after)
    assert old.basis != new.basis


def test_no_version_of_a_limit_leaves_a_day_out_or_counts_one_twice() -> None:
    """Where a limit has several versions, each begins on the day after the one before ended."""
    versions: dict[str, list[deadlines.Limit]] = {}
    for one in sorted(law.limits(), key=lambda one: one.in_force_from):
        versions.setdefault(one.id, []).append(one)
    several = {name: found for name, found in versions.items() if len(found) > 1}
    assert {"publicity_serious_min", "repair_acceptance"} <= set(several)
    for name, found in several.items():
        ends = [one.in_force_to for one in found[:-1]]
        begins = [date.fromordinal(one.in_force_from.toordinal() - 1) for one in found[1:]]
        assert ends == begins, name
        assert found[-1].in_force_to is None, name


def test_a_list_is_recognised_by_the_rules_of_the_day(amend: Amend) -> None:
    """The draft of October 2025 would drop the consent of the office above (名单办法修订草案)."""
    amend("lists", "code", "market_regulation", {"superior_consent": [], "term_months": 24})
    old, new = (law.find_list("market_regulation", day) for day in (EVE, CHANGE))
    assert old is not None
    assert new is not None
    assert (old.superior_consent, old.term_months) == (("county", "city"), 36)
    assert (new.superior_consent, new.term_months) == ((), 24)


def test_a_list_that_is_abolished_takes_nobody_from_that_day_on(amend: Amend) -> None:
    amend("lists", "code", "market_regulation", {"code": "market_new"})
    assert law.find_list("market_regulation", EVE) is not None
    assert law.find_list("market_regulation", CHANGE) is None
    known = law.describe_list("market_regulation")
    assert known is not None
    assert known.valid_to == EVE


def test_a_measure_rests_on_the_catalogue_of_the_day(amend: Amend) -> None:
    amend("measures", "code", "focus_supervision_market", {"article": "第十六条"})
    articles = [law.find_measure("focus_supervision_market", day) for day in (EVE, CHANGE)]
    assert [one.article if one else None for one in articles] == ["第十五条第二项", "第十六条"]


def test_who_is_governed_follows_the_threshold_of_the_day_of_screening(
    amend: Amend, databases: Databases
) -> None:
    register = Register(databases.fresh())
    amend("thresholds", "id", "W1", {"governed": 9, "version": "2"})
    nine = register.subject(penalties=9)
    register.screen(EVE)
    assert kind(register, nine) == "watch"
    register.screen(CHANGE)
    assert kind(register, nine) == "governed_penalty"
    register.store.close()


def kind(register: Register, subject_id: int) -> str | None:
    flag = register.flag(subject_id)
    return flag["kind"] if flag else None


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (date(2019, 7, 1), ("manual", 1), ("R2019", 6)),
        (date(2023, 5, 1), ("R2019", 6), ("R58", 2)),
        (date(2026, 4, 1), ("R58", 2), ("R36", 2)),
    ],
)
def test_an_application_for_repair_falls_under_the_rules_of_its_day(
    change: date, before: tuple[str, int], after: tuple[str, int]
) -> None:
    """D11, and the materials that the rules ask for."""
    eve = date.fromordinal(change.toordinal() - 1)
    found = [repair_law.find_regime(regime(day)) for day in (eve, change)]
    assert [(one.code, len(one.materials)) for one in found] == [before, after]


def test_where_the_day_of_the_document_decides_it_is_the_earliest(amend: Amend) -> None:
    """The switch of repair.yaml has its own days: until the eve the application's day decides."""
    days, applied = [date(2026, 5, 1), date(2026, 3, 31)], date(2026, 8, 3)
    amend("repair", "regime_by", "application_date", {"regime_by": "document_date"})
    assert repair_law.regime_day(applied, days, EVE) == applied
    assert repair_law.regime_day(applied, days, CHANGE) == date(2026, 3, 31)


def regime(day: date) -> str:
    file = settings.PROCEDURES / "credit_repair" / "repair_regime.dmn"
    decisions, _complaints = dmn.parse_dmn(file.read_bytes(), file.name)
    table = decisions["repair_regime"]
    types = {one.expression: one.type_ref for one in table.inputs}
    facts = {"regime_on": day.isoformat(), "is_market_list": False}
    return str(dmn.decide(table, facts, types).outputs["repair_regime"])  # type: ignore[index]
