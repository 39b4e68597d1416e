"""Hit policies: from the rules that hit to the one result."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from workflows import errors
from workflows.engine import feel
from workflows.engine.dmn.tables import SINGLE, Decision, Input, Output, Rule

Row = dict[str, Any]
Hits = list[tuple[int, Row]]


@dataclass(frozen=True)
class Decided:
    """The result of a decision and the rules it rests on."""

    outputs: Row | list[Row] | float | None
    """A row, or None where no rule hits; a list of rows, or a number, for the COLLECT policies."""
    rules: tuple[str, ...]
    annotations: tuple[str, ...]


def decide(decision: Decision, facts: feel.Facts, types: feel.Types) -> Decided:
    """Decide in one hop into V8, and one more for each decision it requires.

    Raises ExpressionFailed or ExpressionTooCostly with the rule at fault, DecisionAmbiguous where
    the hit policy forbids the rules that hit.
    """
    return _decide(decision, facts, types, {})


def _decide(
    decision: Decision, facts: feel.Facts, types: feel.Types, results: dict[str, Any]
) -> Decided:
    """Decide after what it requires; `results` keeps each decision's result by its key."""
    known, typed = dict(facts), dict(types)
    for required in decision.requires:
        if required.key not in results:
            decided = _decide(required, facts, types, results)
            results[required.key] = _result(required, decided)
        known[required.variable] = results[required.key]
        typed[required.variable] = required.type_ref
    table = _table(decision.hit_policy, decision.inputs, decision.outputs, decision.rules)
    found = feel.decide_table(table, known, typed)
    names = [output.name for output in decision.outputs]
    hits: Hits = [(at, dict(zip(names, values, strict=True))) for at, values in found]
    chosen = _chosen(decision, hits)
    rules = [decision.rules[at] for at, _ in chosen]
    return Decided(
        outputs=_outputs(decision, [row for _, row in chosen], known, typed),
        rules=tuple(rule.id for rule in rules),
        annotations=tuple(rule.annotation for rule in rules if rule.annotation),
    )


@lru_cache(maxsize=256)
def _table(
    policy: str, inputs: tuple[Input, ...], outputs: tuple[Output, ...], rules: tuple[Rule, ...]
) -> str:
    """The table as web/frontend/feelin.entry.js reads it; its text is V8's key for its memory."""
    table = {
        "first": policy == "FIRST",
        "inputs": [
            {
                "id": one.id,
                "label": one.name,
                "expression": one.expression,
                "type": one.type_ref,
                "allowed": one.allowed,
            }
            for one in inputs
        ],
        "outputs": [
            {"id": one.id, "label": one.name, "type": one.type_ref, "allowed": one.allowed}
            for one in outputs
        ],
        "rules": [{"id": one.id, "tests": one.tests, "results": one.results} for one in rules],
    }
    return orjson.dumps(table).decode()


def _result(decision: Decision, decided: Decided) -> Any:
    """What a decision that requires this one sees: a single output without its name."""
    names = [output.name for output in decision.outputs]
    if len(names) > 1:
        return decided.outputs
    if isinstance(decided.outputs, list):
        return [row[names[0]] for row in decided.outputs]
    return decided.outputs[names[0]] if isinstance(decided.outputs, dict) else decided.outputs


def _chosen(decision: Decision, hits: Hits) -> Hits:
    match decision.hit_policy:
        case "UNIQUE" if len(hits) > 1:
            raise _ambiguous(decision, hits, "互斥（UNIQUE）的规则同时命中")
        case "ANY" if any(row != hits[0][1] for _, row in hits):
            raise _ambiguous(decision, hits, "同时命中的规则结果不同（ANY）")
        case "PRIORITY":
            return sorted(hits, key=lambda hit: _priority(decision.outputs, hit[1]))[:1]
        case "OUTPUT ORDER":
            return sorted(hits, key=lambda hit: _priority(decision.outputs, hit[1]))
        case _:
            return hits


def _ambiguous(decision: Decision, hits: Hits, why: str) -> errors.DecisionAmbiguous:
    ids = [decision.rules[at].id for at, _ in hits]
    said = f"“{decision.name}”中{why}：{'、'.join(ids)}"
    return errors.DecisionAmbiguous(said, decision=decision.key, rules=ids)


def _priority(outputs: tuple[Output, ...], row: Row) -> tuple[int, ...]:
    ranks: list[int] = []
    for output in outputs:
        order = allowed_values(output.allowed)
        value = row[output.name]
        ranks.append(order.index(value) if value in order else len(order))
    return tuple(ranks)


@lru_cache(maxsize=256)
def allowed_values(allowed: str | None) -> list[Any]:
    """The literals of a list of allowed values in their order, [] if it is no such list."""
    [shape] = feel.shapes([allowed]) if allowed else [None]
    tests: list[feel.Shape] = shape["tests"] if shape and not shape["not"] else []
    return [test["at"] for test in tests] if all("at" in test for test in tests) else []


def _outputs(
    decision: Decision, rows: list[Row], facts: Mapping[str, Any], types: Mapping[str, str]
) -> Row | list[Row] | float | None:
    if decision.hit_policy in SINGLE:
        return rows[0] if rows else _defaults(decision, facts, types)
    if not decision.aggregation:
        return rows
    if decision.aggregation == "COUNT":
        return len(rows)
    values: list[float] = [one for row in rows for one in row.values() if one is not None]
    if not values:
        return None
    return {"SUM": sum, "MIN": min, "MAX": max}[decision.aggregation](values)


def _defaults(decision: Decision, facts: Mapping[str, Any], types: Mapping[str, str]) -> Row | None:
    if all(output.default is None for output in decision.outputs):
        return None
    texts = [output.default or "null" for output in decision.outputs]
    values = feel.evaluate_many(texts, facts, types)
    return {output.name: value for output, value in zip(decision.outputs, values, strict=True)}
