"""What a business rule task makes of its decision: camunda:resultVariable and mapDecisionResult."""

from typing import Any, cast

from workflows import errors
from workflows.engine.dmn import Decided, Decision
from workflows.engine.reading import Element

MAPPINGS = frozenset({"singleEntry", "singleResult", "collectEntries", "resultList"})


def result_types(element: Element, decision: Decision) -> dict[str, str]:
    """Fact → FEEL type of what the task supplies."""
    if element.result_variable is None:
        return {output.name: output.type_ref for output in decision.outputs}
    mapping = element.result_mapping or "resultList"
    single = (decision.aggregation and "number") or decision.outputs[0].type_ref
    types = {"singleEntry": single, "singleResult": "context"}
    return {element.result_variable: types.get(mapping, "list")}


def result_facts(element: Element, decision: Decision, decided: Decided) -> dict[str, Any]:
    """The facts the task supplies; without resultVariable each output is one, null without a hit.

    Errors: ExpressionFailed where the mapping wants one row or one entry and there are more.
    """
    names = [output.name for output in decision.outputs]
    rows = decided.outputs
    if element.result_variable is None:
        row = rows if isinstance(rows, dict) else dict.fromkeys(names)
        return {name: row.get(name) for name in names}
    return {element.result_variable: _mapped(element, names, rows)}


def _mapped(element: Element, names: list[str], outputs: Any) -> Any:
    if isinstance(outputs, int | float):
        return outputs
    rows = cast("list[Any]", outputs if isinstance(outputs, list) else [outputs] * bool(outputs))
    mapping = element.result_mapping or "resultList"
    if mapping == "resultList":
        return rows
    if mapping == "collectEntries":
        return [row[names[0]] for row in rows]
    if len(rows) > 1:
        raise errors.ExpressionFailed(f"决策“{element.decision}”命中{len(rows)}行，应只有一行")
    row = rows[0] if rows else None
    return row[names[0]] if row and mapping == "singleEntry" else row
