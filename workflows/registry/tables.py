"""Decision tables that the registry asks: D01, D02, D09 of bpmn/law; D10, D13, D14, D22.

The latter lie with their procedures, whose diagrams ask the same files.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from workflows import errors, settings
from workflows.engine import dmn

Answer = tuple[dict[str, str], str]
"""Outputs and the id of the rule that gave them."""


def subject_type(id_scheme: str, id_no: str) -> tuple[str, str]:
    """Kind and governance track (gov, market, person, manual) of a subject (D01)."""
    code = id_no if id_scheme == "uscc" else ""
    facts = {"id_scheme": id_scheme, "registrar": code[:1], "category": code[1:2]}
    outputs, _ = _decide(settings.LAW / "subject_type.dmn", tuple(facts.items()))
    return outputs["kind"], outputs["governance_track"]


def frequency_class(
    track: str, penalties: str, listings: str, *, uncorrected_and_public: bool
) -> Answer:
    """Class and ledger (D02) with the rule; counts come as governed, watch or below."""
    facts: dict[str, str | bool] = {
        "track": track,
        "penalties": penalties,
        "listings": listings,
        "uncorrected_and_public": uncorrected_and_public,
    }
    return _decide(settings.LAW / "frequency_class.dmn", tuple(facts.items()))


def measure_faults(facts: Mapping[str, str | int | bool]) -> tuple[tuple[str, str], ...]:
    """Why a measure of the catalogue may not be used (D09): (code, reason) each; none: it may.

    `facts`: status, class, level, implementer_kind, local of the measure; in_force, is_triggered,
    fits_object, region_applies of the case.
    """
    return _collect(settings.LAW / "measure_eligibility.dmn", tuple(sorted(facts.items())))


def proportionality(gravity: str, *, corrected: bool) -> str:
    """The heaviest class of measures that is proportionate (D10): A, B, C or none."""
    facts = {"gravity": gravity, "corrected": corrected}
    outputs, _ = _decide(_of("apply_measures", "proportionality"), tuple(facts.items()))
    return outputs["max_class"]


def publicity_term(kind: str, level: str, list_code: str, regime: str) -> dict[str, str]:
    """D13: `shortest` and `longest` limit ids ('' for none), `until`: limit|listing|commitment.

    `regime`: R36 for documents since 2026-04-01, R58 for those before.
    """
    facts = {"kind": kind, "level": level, "list_code": list_code, "regime": regime}
    return _decide(_of("publication", "publicity_term"), tuple(facts.items()))[0]


def openness(
    kind: str, *, minor: bool, secret: bool, is_person: bool, has_basis: bool, warning_only: bool
) -> tuple[str, str]:
    """D22: publish, share_only or none, and why in Chinese."""
    facts: dict[str, str | bool] = {
        "kind": kind,
        "minor": minor,
        "secret": secret,
        "is_person": is_person,
        "has_basis": has_basis,
        "warning_only": warning_only,
    }
    outputs, _ = _decide(_of("publication", "openness"), tuple(facts.items()))
    return outputs["openness"], outputs["openness_reason"]


def masking(audience: str, holder: str, field: str, *, has_basis: bool) -> str:
    """D14: how a field is shown: full, surname, masked_id, district or none."""
    facts: dict[str, str | bool] = {
        "audience": audience,
        "holder": holder,
        "field": field,
        "has_basis": has_basis,
    }
    return _decide(_of("publication", "masking"), tuple(facts.items()))[0]["shown"]


def court_ground(court_type: str, court_event: str) -> tuple[str, bool]:
    """D21: what the court's list says of a deletion, and whether it bears one out."""
    facts = {"court_type": court_type, "court_event": court_event}
    outputs, _ = _decide(_of("delisting", "court_ground"), tuple(facts.items()))
    return outputs["court_advice"], outputs["court_deletes"] == "True"


def _of(procedure: str, key: str) -> Path:
    return settings.PROCEDURES / procedure / f"{key}.dmn"


@lru_cache(maxsize=4096)
def _collect(path: Path, facts: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, str], ...]:
    decision = _read(path)
    types = {one.expression: one.type_ref for one in decision.inputs}
    rows = dmn.decide(decision, dict(facts), types).outputs
    if not isinstance(rows, list):
        raise errors.LawFaulty(f"{path.name} 应当列出每一条命中的规则（COLLECT）")
    return tuple((str(row["code"]), str(row["reason"])) for row in rows)


@lru_cache(maxsize=4096)
def _decide(path: Path, facts: tuple[tuple[str, str | bool], ...]) -> Answer:
    """Decide once for each combination: a hundred thousand subjects share a few dozen."""
    decision = _read(path)
    types = {one.expression: one.type_ref for one in decision.inputs}
    decided = dmn.decide(decision, dict(facts), types)
    if not isinstance(decided.outputs, dict):
        raise errors.LawFaulty(f"{path.name} 没有适用于 {dict(facts)} 的规则")
    return {name: str(value) for name, value in decided.outputs.items()}, decided.rules[0]


@lru_cache
def _read(path: Path) -> dmn.Decision:
    decisions, complaints = dmn.parse_dmn(path.read_bytes(), path.name)
    if path.stem not in decisions:
        raise errors.LawFaulty(f"{path.name}：{'；'.join(str(one) for one in complaints)}")
    return decisions[path.stem]
