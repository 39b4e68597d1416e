"""Which rules of repair apply when, and what their table recommends (D11, D12; C-7)."""

import itertools
from datetime import date, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import errors, settings
from workflows.engine import dmn
from workflows.registry import repair_law

HOME = settings.PROCEDURES / "credit_repair"
GOOD: dict[str, Any] = {
    "base_revoked": False,
    "is_unrepairable": False,
    "false_history": False,
    "base_stayed": False,
    "repair_regime": "R36",
    "performed": True,
    "effects_removed": True,
    "level": "general",
    "term_reached": True,
    "commitment_given": True,
}


def table(key: str) -> dmn.Decision:
    decisions, complaints = dmn.parse_dmn((HOME / f"{key}.dmn").read_bytes(), f"{key}.dmn")
    assert complaints == []
    return decisions[key]


def regime(day: date, *, market: bool = False) -> dict[str, Any]:
    facts = {"regime_on": day.isoformat(), "is_market_list": market}
    types = {"regime_on": "date", "is_market_list": "boolean"}
    return cast("dict[str, Any]", dmn.decide(table("repair_regime"), facts, types).outputs)


def advice(**changes: Any) -> tuple[str, tuple[str, ...]]:
    facts = GOOD | changes
    types = {name: "boolean" if isinstance(one, bool) else "string" for name, one in facts.items()}
    decided = dmn.decide(table("repair_eligibility"), facts, types)
    return cast("dict[str, Any]", decided.outputs)["recommendation"], decided.rules


@pytest.mark.parametrize("key", ["repair_regime", "repair_eligibility"])
def test_a_table_is_sound_complete_and_every_rule_cites_its_article(key: str) -> None:
    decision = table(key)
    assert dmn.check_decision(decision) == []
    assert all(rule.annotation for rule in decision.rules)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2014, 1, 1), "manual"),
        (date(2019, 6, 30), "manual"),
        (date(2019, 7, 1), "R2019"),
        (date(2023, 4, 30), "R2019"),
        (date(2023, 5, 1), "R58"),
        (date(2026, 3, 31), "R58"),
        (date(2026, 4, 1), "R36"),
        (date(2026, 11, 21), "R36"),
    ],
)
def test_the_regime_changes_with_the_day_of_the_application(day: date, code: str) -> None:
    assert regime(day)["repair_regime"] == code
    assert repair_law.find_regime(code).code == code


@given(st.dates(date(2010, 1, 1), date(2040, 1, 1)), st.booleans())
def test_every_day_has_one_regime_and_later_days_no_earlier_one(day: date, market: bool) -> None:
    order = ["manual", "R2019", "R58", "R36"]
    today, tomorrow = (regime(day + timedelta(days=n), market=market) for n in (0, 1))
    assert order.index(today["repair_regime"]) <= order.index(tomorrow["repair_regime"])


def test_the_market_list_is_accepted_within_the_shorter_of_two_limits() -> None:
    assert regime(date(2026, 6, 1), market=True)["acceptance_limit"] == "early_removal_acceptance"
    assert regime(date(2026, 6, 1))["acceptance_limit"] == "repair_acceptance"


def test_the_date_that_counts_is_the_applications() -> None:
    asked, paper = date(2026, 4, 2), date(2018, 5, 5)
    assert repair_law.regime_day(asked, [paper], date(2026, 4, 2)) == asked


def test_before_the_switch_was_made_nothing_is_decided() -> None:
    with pytest.raises(errors.LawFaulty, match="过渡规则"):
        repair_law.regime_day(date(1999, 1, 1), [], date(1999, 1, 1))


def test_six_materials_were_asked_and_two_are() -> None:
    asked = {code: len(one.materials) for code, one in repair_law.read().regimes.items()}
    assert asked == {"manual": 1, "R2019": 6, "R58": 2, "R36": 2}
    letter = next(
        one for one in repair_law.find_regime("R2019").materials if one.code == "commitment_letter"
    )
    assert letter.per == "record"


def test_public_good_works_are_never_a_condition() -> None:
    names = [one.name for row in repair_law.read().regimes.values() for one in row.materials]
    assert not [name for name in names if "公益慈善" in name or "捐" in name]


def test_a_regime_nobody_wrote_is_a_fault_of_the_law() -> None:
    with pytest.raises(errors.LawFaulty, match="没有办法"):
        repair_law.find_regime("R99")


@pytest.mark.parametrize(
    ("behaviour", "kinds", "code", "level"),
    [
        ("销售不合格产品", ["罚款"], "R36", "general"),
        ("销售不合格产品", ["警告"], "R36", "minor"),
        ("销售不合格产品", ["通报批评", "警告"], "R36", "minor"),
        ("销售不合格产品", ["警告", "罚款"], "R36", "general"),
        ("销售不合格产品", [], "R36", "general"),
        ("销售不合格产品", ["吊销营业执照"], "R36", "serious"),
        ("违反安全生产规定", ["罚款"], "R58", "serious"),
        ("违反安全生产规定", ["罚款"], "R36", "general"),
        ("生产不合格食品", ["吊销许可证"], "R2019", "specific"),
        ("生产不合格食品", ["罚款"], "R2019", "general"),
        ("未按规定公示", ["责令停产停业"], "R2019", "serious"),
    ],
)
def test_the_level_follows_act_and_penalty(
    behaviour: str, kinds: list[str], code: str, level: str
) -> None:
    assert repair_law.level_of(behaviour, kinds, code) == level


def test_what_the_law_lets_nobody_repair_says_why() -> None:
    assert "终身" in repair_law.why_unrepairable("", ["终身禁止从事食品生产经营"])
    assert "人民法院" in repair_law.why_unrepairable(list_code="court")
    assert repair_law.why_unrepairable("销售", ["罚款"], "") == ""
    assert repair_law.why_unrepairable(list_code="market_regulation") == ""


@pytest.mark.parametrize(
    ("changes", "recommendation", "rule"),
    [
        ({"is_unrepairable": True}, "refuse_unrepairable", "D12-1"),
        ({"performed": False}, "refuse_not_corrected", "D12-2a"),
        ({"effects_removed": False}, "refuse_not_corrected", "D12-2b"),
        ({"term_reached": False}, "too_early", "D12-3"),
        ({"term_reached": False, "level": "minor"}, "grant", "D12-5b"),
        ({"commitment_given": False}, "supplement", "D12-4a"),
        ({"commitment_given": False, "level": "minor"}, "supplement", "D12-4b"),
        ({}, "grant", "D12-5a"),
        ({"false_history": True}, "manual_review", "D12-6a"),
        ({"base_stayed": True}, "manual_review", "D12-6b"),
        ({"repair_regime": "manual"}, "manual_review", "D12-6c"),
        ({"base_revoked": True}, "revocation_correction", "D12-7"),
    ],
)
def test_each_row_of_the_table_of_conditions(
    changes: dict[str, Any], recommendation: str, rule: str
) -> None:
    assert advice(**changes) == (recommendation, (rule,))


def test_a_grant_is_recommended_only_where_everything_is_met() -> None:
    truths = [name for name, value in GOOD.items() if isinstance(value, bool)]
    for values in itertools.product([False, True], repeat=len(truths)):
        facts = dict(zip(truths, values, strict=True))
        recommendation, rules = advice(**facts)
        assert len(rules) == 1
        met = all(facts[name] == GOOD[name] for name in truths)
        assert (recommendation == "grant") == met
