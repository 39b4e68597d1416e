"""What the documents of a repair say, each from the rows of its application."""

from collections.abc import Mapping
from typing import Any

from workflows import deadlines, errors
from workflows.registry import (
    instants,
    law,
    repair_law,
    repairable,
    repairs,
    values,
)
from workflows.services import clauses
from workflows.services.steps import Builder, Register, Step
from workflows.store import Row

Context = clauses.Context


def _receipt(step: Step) -> Context:
    repair = _repair(step)
    regime = repair_law.find_regime(repair["regime"])
    return {
        **_said(step, repair),
        "materials": [_material(one) for one in regime.materials],
        "time_limits": _time_limits(step, repair),
    }


def _application(step: Step) -> Context:
    """The form (申请表) with what was handed in, for the applicant to sign and seal."""
    repair = _repair(step)
    asked = repair_law.find_regime(repair["regime"]).materials
    names = {one.code: one.name for one in asked} | {"agent_authority": "授权委托书"}
    items = {item.id: item.document_no for item in repairable.read_items(step.tx, repair)}
    shown: list[str] = []
    for row in values.read_rows(repair["materials"]):
        about = items.get(values.read_text(row, "item"), "")
        name = names.get(values.read_text(row, "material"), "")
        if name:
            shown.append(f"{name}{f'（{about}）' if about else ''}")
    return {**_said(step, repair), "shown": shown}


def _penalty_form(step: Step) -> Context:
    """行政处罚信息信用修复表: the organ's own word on its penalty, under the rules of 2019."""
    return _granted(step)


def _supplement(step: Step) -> Context:
    repair = _repair(step)
    limit = _limit(step, "repair_supplement")
    return {
        **_said(step, repair),
        "missing": values.read_texts(repair["missing"]),
        "term": f"自收到本告知书之日起{limit.length}个工作日内",
    }


def _too_early(step: Step) -> Context:
    repair = _repair(step)
    return {**_said(step, repair), "earliest_on": repair["earliest_on"].isoformat()}


def _not_accepted(step: Step) -> Context:
    repair = _repair(step)
    return {
        **_said(step, repair),
        "decision": {"reasons": repair["reasons"]},
        "relief": clauses.relief(step),
    }


def _granted(step: Step) -> Context:
    repair = _decided(step, {"granted", "synced"})
    items = repairable.read_items(step.tx, repair)
    execution, removal = _limit(step, "repair_execution"), _limit(step, "credit_site_removal")
    return {
        **_said(step, repair),
        "decision": {
            "reasons": repair["reasons"],
            "findings": [_finding(row, items) for row in values.read_rows(repair["findings"])],
        },
        "effect": {
            "own": f"自本决定作出之日起{execution.length}个工作日内",
            "sites_within": f"{removal.length}个工作日内",
            "sites": list(repairs.SITES),
            "listings": [item.document_no for item in items if item.is_listing],
        },
    }


def _refused(step: Step) -> Context:
    repair = _decided(step, {"refused"})
    earliest = repair["earliest_on"]
    return {
        **_said(step, repair),
        "decision": {
            "reasons": repair["reasons"],
            "missing": values.read_texts(repair["missing"]),
            "earliest_on": earliest.isoformat() if earliest else "",
            "ends_on": _ends_on(step, repair),
        },
        "relief": clauses.relief(step),
    }


def _revoked(step: Step) -> Context:
    row = repairs.find(step.tx, int(step.facts["repair_id"]))
    if row["status"] != "revoked":
        raise errors.DocumentIncomplete("尚未撤销修复，不得制发撤销决定书")
    granted = row["decision_document_id"]
    return {
        **_said(step, row),
        "decision": {
            "reasons": row["revoked_reason"],
            "granted_number": clauses.find_document(step, granted)["number"] if granted else "",
        },
        "relief": clauses.relief(step),
    }


def _said(step: Step, repair: Row) -> Context:
    """The application as every document names it, with what it asks about and its rules."""
    regime = repair_law.find_regime(repair["regime"])
    return {
        "application": {
            "number": repair["number"],
            "applied_on": instants.office_day(repair["applied_at"]).isoformat(),
            "channel": repair["channel"],
            "applicant": repair["applicant"],
            "agent": repair["agent"],
        },
        "items": [_item(one) for one in repairable.read_items(step.tx, repair)],
        "regime": regime.name,
        "basis": [dict(one) for one in regime.basis],
    }


def _item(item: repairable.Item) -> Context:
    return {
        "name": item.name,
        "document_number": item.document_no,
        "organ": item.organ,
        "decided_on": item.starts_on.isoformat(),
    }


def _material(one: repair_law.Material) -> str:
    return f"{one.name}{'（每条信息单独出具）' if one.per == 'record' else ''}"


def _finding(row: Mapping[str, Any], items: list[repairable.Item]) -> str:
    named = {item.id: item.document_no for item in items}
    said = values.read_text(row, "finding")
    done = "义务已经履行" if row.get("performed") == "yes" else "义务尚未履行"
    removed = "不良影响已经消除" if row.get("effects_removed") == "yes" else "不良影响尚未消除"
    return f"{named.get(values.read_text(row, 'item'), '')}：{done}，{removed}。{said}"


def _time_limits(step: Step, repair: Row) -> str:
    accept, decide = _limit(step, "repair_acceptance"), _limit(step, "repair_decision")
    del repair
    return (
        f"自收到申请之日起{accept.length}个工作日内决定是否受理，"
        f"自受理之日起{decide.length}个工作日内作出决定"
    )


def _ends_on(step: Step, repair: Row) -> str:
    found = repairable.assess(step.tx, step.case, repair, law.limits(), step.now)
    return found.ends_on.isoformat() if found.ends_on else ""


def _limit(step: Step, limit_id: str) -> deadlines.Limit:
    limits = law.pinned_limits(step.bundle["law/limits.yaml"])
    return deadlines.find(limits, limit_id, instants.office_day(step.now))


def _repair(step: Step) -> Row:
    return repairs.of_case(step.tx, step.case["id"])


def _decided(step: Step, status: set[str]) -> Row:
    row = _repair(step)
    if row["status"] not in status or row["decided_by"] is None:
        raise errors.DocumentIncomplete("负责人尚未作出修复决定，不得制发决定书")
    return row


BUILDERS: Mapping[str, Builder] = {
    "repair_receipt": _receipt,
    "repair_application": _application,
    "penalty_repair_form": _penalty_form,
    "repair_supplement": _supplement,
    "repair_too_early": _too_early,
    "repair_not_accepted": _not_accepted,
    "repair_granted": _granted,
    "repair_refused": _refused,
    "repair_revoked": _revoked,
}
"""Document → what builds its context."""


def _attach(step: Step, document_id: int) -> None:
    repairs.attach_decision(step.tx, step.case["id"], document_id)


ISSUED: Mapping[str, Register] = {"repair_granted": _attach, "repair_refused": _attach}
"""Document → what the registry must know of it the moment it exists."""
