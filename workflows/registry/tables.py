"""Decision tables of the law itself (bpmn/law/*.dmn): D01 subject type, D02 frequency class."""

from functools import lru_cache
from pathlib import Path

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
