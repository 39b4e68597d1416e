"""What the forms of a repair offer: what may be repaired, which materials, which repairs stand."""

from collections.abc import Mapping

from workflows import models
from workflows.registry import repair_law, repairable, repairs
from workflows.services.steps import Case, Choices, Source
from workflows.store import Row, Transaction


def _listings(tx: Transaction, case: Case) -> Choices:
    """The subject's listings by this office."""
    return [
        (item.id.removeprefix("listing:"), _say(item))
        for item in repairable.offered(tx, case)
        if item.is_listing
    ]


def _materials(tx: Transaction, case: Case) -> Choices:
    """The materials of the application's regime, and no others (C-7)."""
    repair = _repair(tx, case)
    if repair is None or not repair["regime"]:
        return []
    asked = repair_law.find_regime(repair["regime"]).materials
    offered = [(one.code, f"{one.name}（{one.note}）") for one in asked]
    agent = [("agent_authority", "授权委托书（委托代理人申请的）")] if repair["agent"] else []
    return offered + agent


def _items(tx: Transaction, case: Case) -> Choices:
    """What this application asks to be repaired."""
    repair = _repair(tx, case)
    found = repairable.read_items(tx, repair) if repair else []
    return [(item.id, _say(item)) for item in found]


def _granted(tx: Transaction, case: Case) -> Choices:
    """The subject's repairs that stand."""
    return [
        (str(row["id"]), f"{row['number']}（{row['decided_at']:%Y-%m-%d} 准予修复）")
        for row in repairs.granted_of(tx, case["subject_id"])
    ]


def _say(item: repairable.Item) -> str:
    return f"{item.name}（{item.document_no}，{item.organ}，{item.starts_on}）"


def _repair(tx: Transaction, case: Case) -> Row | None:
    r = models.repairs
    return tx.first(r.select().where(r.c.case_id == case.get("id")))


SOURCES: Mapping[str, Source] = {
    "repairable_listings": _listings,
    "repair_materials": _materials,
    "repair_items": _items,
    "granted_repairs": _granted,
}
"""valuesKey → what it offers."""
