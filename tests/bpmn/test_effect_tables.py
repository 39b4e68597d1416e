"""The tables of publicity and measures: sound, complete, every rule cited; every row reached."""

import itertools
from typing import Any

import pytest

from workflows import settings
from workflows.engine import dmn

FILES = [
    settings.PROCEDURES / path
    for path in (
        "law/measure_eligibility.dmn",
        "apply_measures/proportionality.dmn",
        "publication/openness.dmn",
        "publication/publicity_term.dmn",
        "publication/masking.dmn",
    )
]
GIVEN: dict[str, dict[str, list[Any]]] = {
    "measure_eligibility": {
        "in_force": [True, False],
        "status": ["active", "blocked"],
        "is_triggered": [True, False],
        "fits_object": [True, False],
        "region_applies": [True, False],
        "implementer_kind": ["public_authority", "court", "media"],
        "class": ["A", "C"],
        "level": [10, 50, 80],
        "local": [True, False],
    },
    "proportionality": {
        "gravity": ["minor", "general", "serious", "grave"],
        "corrected": [True, False],
    },
    "openness": {
        "kind": ["listing", "record", "commitment"],
        "minor": [True, False],
        "secret": [True, False],
        "is_person": [True, False],
        "has_basis": [True, False],
        "warning_only": [True, False],
    },
    "publicity_term": {
        "kind": ["listing", "record", "commitment"],
        "level": ["轻微", "一般", "严重"],
        "list_code": ["tax", "wage", ""],
        "regime": ["R58", "R36"],
    },
    "masking": {
        "audience": ["public", "peer", "subject"],
        "holder": ["person", "enterprise", "minor"],
        "field": ["name", "id_no", "address", "legal_rep", "phone"],
        "has_basis": [True, False],
    },
}
every_table = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def read(file: Any) -> dmn.Decision:
    decisions, complaints = dmn.parse_dmn(file.read_bytes(), file.name)
    assert complaints == []
    return decisions[file.stem]


@every_table
def test_a_table_is_sound_and_every_rule_cites_its_article(file: Any) -> None:
    decision = read(file)
    assert dmn.check_decision(decision) == []
    assert all(rule.annotation for rule in decision.rules)


@every_table
def test_every_case_is_answered_and_every_rule_is_reached(file: Any) -> None:
    decision, given = read(file), GIVEN[file.stem]
    types = {one.expression: one.type_ref for one in decision.inputs}
    reached: set[str] = set()
    for values in itertools.product(*given.values()):
        decided = dmn.decide(decision, dict(zip(given, values, strict=True)), types)
        reached |= set(decided.rules)
        if file.stem != "measure_eligibility":  # there nothing said is: nothing against it
            assert len(decided.rules) == 1, values
    assert {rule.id for rule in decision.rules} == reached


@pytest.mark.parametrize("field", ["name", "id_no", "address", "legal_rep", "phone"])
@pytest.mark.parametrize("basis", [True, False])
def test_nobody_but_itself_and_departments_sees_anything_of_a_minor(
    field: str, basis: bool
) -> None:
    decision = read(FILES[-1])
    types = {one.expression: one.type_ref for one in decision.inputs}
    facts = {"audience": "public", "holder": "minor", "field": field, "has_basis": basis}
    assert dmn.decide(decision, facts, types).outputs == {"shown": "none"}
