"""The decision tables of the listing procedure, row by row (D04 to D08)."""

from typing import Any, cast

import pytest

from workflows import settings
from workflows.engine import Complaint, dmn
from workflows.registry import service_of_process

FILES = sorted(settings.PROCEDURES.glob("s*/*.dmn"))
SOUND: dict[str, Any] = {
    "list_registered": True,
    "list_valid": True,
    "list_scope": "national",
    "basis_level": 40,
    "recogniser_level": "county",
    "harm_class": "life_health",
    "base_documents": 1,
    "base_in_force": True,
    "track": "market",
}
LENIENT: dict[str, Any] = {
    "is_person": False,
    "age": None,
    "claims_force_majeure": False,
    "claims_no_fault": False,
    "claims_minor_corrected": False,
    "claims_first_slight": False,
}


def read(path_key: str) -> tuple[dmn.Decision, list[Complaint]]:
    [file] = [one for one in FILES if one.stem == path_key]
    decisions, complaints = dmn.parse_dmn(file.read_bytes(), file.name)
    return decisions[path_key], complaints


def decide(key: str, **facts: Any) -> dmn.Decided:
    types = {
        name: {bool: "boolean", str: "string", int: "number", list: "list"}.get(type(value), "any")
        for name, value in facts.items()
    }
    return dmn.decide(read(key)[0], facts, types)


def decided_row(key: str, **facts: Any) -> dict[str, Any]:
    """The outputs of a table that gives one row."""
    return cast("dict[str, Any]", decide(key, **facts).outputs)


def listed(outputs: Any) -> list[Any]:
    """The entries of a COLLECT table with one output."""
    return [value for row in outputs for value in row.values()]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_table_is_sound_complete_and_every_rule_cites_its_article(file: Any) -> None:
    decision, complaints = read(file.stem)
    assert [*complaints, *dmn.check_decision(decision)] == []
    assert all(rule.annotation for rule in decision.rules)


def test_a_sound_listing_passes_the_gate() -> None:
    assert decide("listing_gate", **SOUND).outputs == []


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"list_registered": False, "list_scope": "", "basis_level": 0}, "D04-1"),
        ({"list_valid": False}, "D04-2"),
        ({"basis_level": 70}, "D04-3"),
        ({"list_scope": "local", "basis_level": 70}, "D04-4"),
        ({"list_scope": "local", "basis_level": 40}, "D04-4"),
        ({"recogniser_level": "township"}, "D04-5"),
        ({"harm_class": "bad_manners"}, "D04-6"),
        ({"base_documents": 0, "base_in_force": False}, "D04-7"),
        ({"base_in_force": False}, "D04-8"),
        ({"track": "gov"}, "D04-9"),
    ],
)
def test_each_fault_of_the_basis_is_named_by_the_gate(wrong: dict[str, Any], rule: str) -> None:
    decided = decide("listing_gate", **SOUND | wrong)
    assert decided.rules == (rule,)
    assert len(listed(decided.outputs)) == 1


def test_a_local_list_on_a_local_regulation_passes_the_gate() -> None:
    assert decide("listing_gate", **SOUND | {"list_scope": "local", "basis_level": 50}).rules == ()


def test_several_faults_are_all_named() -> None:
    wrong = {"list_valid": False, "harm_class": "", "base_documents": 0, "base_in_force": False}
    assert decide("listing_gate", **SOUND | wrong).rules == ("D04-2", "D04-6", "D04-7")


@pytest.mark.parametrize(
    ("claimed", "flags"),
    [
        ({}, []),
        ({"is_person": True, "age": 13}, ["minor_under_14"]),
        ({"is_person": True, "age": 14}, ["minor_under_18"]),
        ({"is_person": True, "age": 17}, ["minor_under_18"]),
        ({"is_person": True, "age": 18}, []),
        ({"is_person": True, "age": None}, []),
        ({"claims_force_majeure": True}, ["force_majeure"]),
        ({"claims_no_fault": True}, ["no_fault"]),
        (
            {"claims_minor_corrected": True, "claims_first_slight": True},
            ["minor_corrected", "first_slight"],
        ),
    ],
)
def test_every_ground_for_leniency_is_shown_to_the_reviewer(
    claimed: dict[str, Any], flags: list[str]
) -> None:
    assert listed(decide("leniency", **LENIENT | claimed).outputs) == flags


@pytest.mark.parametrize(
    ("list_code", "region", "limit"),
    [
        ("market_regulation", "410000", "objection_window_market"),
        ("market_regulation", "320000", "objection_window_market"),
        ("tax", "410000", "objection_window_tax"),
        ("wage", "320000", "objection_window_wage"),
        ("safety", "410000", "objection_window"),
        ("henan_commitment", "000000", "objection_window"),
        ("procurement", "320000", "objection_window_jiangsu"),
    ],
)
def test_the_window_follows_the_list_then_the_region(
    list_code: str, region: str, limit: str
) -> None:
    row = decided_row("notice_policy", list_code=list_code, region=region, hearing_needed=False)
    assert row["notice_limit"] == limit
    assert row["hearing_offered"] is (list_code == "market_regulation")


def test_a_hearing_is_offered_where_the_measures_bar_from_a_trade() -> None:
    barred = decided_row("legal_review", measures=["food_ban"], harm_class="life_health")
    assert barred["hearing_needed"] is True
    row = decided_row("notice_policy", list_code="safety", region="410000", hearing_needed=True)
    assert row["hearing_offered"] is True


@pytest.mark.parametrize("harm", ["life_health", "market_order", "legal_duty", "national_defence"])
@pytest.mark.parametrize("measures", [[], ["key_review"], ["market_ban"]])
def test_every_listing_is_reviewed_for_legality(measures: list[str], harm: str) -> None:
    row = decided_row("legal_review", measures=measures, harm_class=harm)
    assert row["legal_review_required"] is True
    assert row["review_ground"]


@pytest.mark.parametrize("method", service_of_process.METHODS)
@pytest.mark.parametrize("result", service_of_process.RESULTS)
def test_the_table_of_service_says_what_the_registry_does(method: str, result: str) -> None:
    effect = decided_row("service_effect", method=method, result=result)["effect"]
    rule = service_of_process.RULES.get((method, result))
    assert effect == ("not_served" if rule is None else "pending" if rule.waits else "served")
