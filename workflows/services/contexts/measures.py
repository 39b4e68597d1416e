"""What the letters to implementers say: 协助实施通知, 解除惩戒措施通知."""

from collections.abc import Mapping

from workflows import deadlines, models
from workflows.registry import instants, law, listings, measures, removal_grounds
from workflows.services import clauses
from workflows.services.steps import Builder, Register, Step
from workflows.store import Row

Context = clauses.Context

CATALOGUE = {
    "title": "国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见",
    "article": "（国办发〔2020〕49号）第五部分第（九）、（十）项",
    "text": "",
}
LIFTING = {
    "title": "国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见",
    "article": "（国办发〔2020〕49号）第六部分第（十一）项",
    "text": "",
}
HENAN = {"title": "河南省社会信用条例", "article": "第三十七条第三款", "text": ""}


def _measure_notice(step: Step) -> Context:
    row = measures.find(step.tx, int(step.inputs["measure_id"]))
    listing = listings.find_listing(step.tx, row["listing_id"])
    return {
        "addressee": row["implementer"],
        "listing": _listing_said(step, listing),
        "measure": _measure_said(row),
        "basis": [{"title": _title(row), "article": _article(row), "text": ""}, CATALOGUE],
        "reply": {"days": _days(step, "measure_answer")},
    }


def _measure_lift_notice(step: Step) -> Context:
    row = measures.find(step.tx, int(step.inputs["measure_id"]))
    listing = listings.find_listing(step.tx, row["listing_id"])
    carrier = row["carried_by"] and measures.find(step.tx, row["carried_by"])
    ground = removal_grounds.GROUNDS.get(row["lift_ground"])
    return {
        "addressee": row["implementer"],
        "listing": {
            **_listing_said(step, listing),
            "ended_on": instants.office_day(listing["removed_at"]).isoformat(),
            "ground": ground.name if ground else row["lift_ground"],
        },
        "measure": _measure_said(row),
        "carrier": _carrier_said(step, carrier) if carrier else {},
        "basis": [LIFTING, HENAN],
        "reply": {"days": _days(step, "measure_lift")},
    }


def _listing_said(step: Step, listing: Row) -> Context:
    rule = law.describe_list(listing["list_code"])
    d = models.documents
    paper = step.tx.one(d.select().where(d.c.id == listing["decision_document_id"]))
    return {
        "name": rule.name if rule else listing["list_code"],
        "number": paper["number"],
        "decided_on": listing["term_start"].isoformat(),
        "ends_on": listing["term_end"].isoformat(),
        "served_on": instants.office_day(listing["served_at"]).isoformat(),
    }


def _measure_said(row: Row) -> Context:
    return {
        "name": row["name"],
        "basis": row["basis"],
        "ends_on": row["ends_on"].isoformat(),
        **({"starts_on": row["starts_on"].isoformat()} if row["starts_on"] else {}),
    }


def _carrier_said(step: Step, carrier: Row) -> Context:
    return _listing_said(step, listings.find_listing(step.tx, carrier["listing_id"]))


def _title(row: Row) -> str:
    return row["basis"].removeprefix("《").split("》")[0]


def _article(row: Row) -> str:
    return row["basis"].split("》")[-1]


def _days(step: Step, limit_id: str) -> int:
    limits = law.pinned_limits(step.bundle["law/limits.yaml"])
    return deadlines.find(limits, limit_id, instants.office_day(step.now)).length


def _told_to_start(step: Step, document_id: int) -> None:
    measures.notify(step.tx, int(step.inputs["measure_id"]), document_id, step.now)


def _told_to_end(step: Step, document_id: int) -> None:
    measures.notify_lift(step.tx, int(step.inputs["measure_id"]), document_id, step.now)


BUILDERS: Mapping[str, Builder] = {
    "measure_notice": _measure_notice,
    "measure_lift_notice": _measure_lift_notice,
}
"""Document → what builds its context."""

ISSUED: Mapping[str, Register] = {
    "measure_notice": _told_to_start,
    "measure_lift_notice": _told_to_end,
}
"""Document → what the registry must know of it the moment it exists."""
