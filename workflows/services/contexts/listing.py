"""What the documents of a listing say: notice, decision, repair notice, answers, service."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from workflows import deadlines, errors
from workflows.registry import (
    hearings,
    instants,
    law,
    lawful,
    listings,
    notices,
    objections,
    records,
    reviews,
    service_of_process,
    values,
)
from workflows.services import clauses
from workflows.services.contexts import hearings as hearing_contexts
from workflows.services.contexts import reviews as review_contexts
from workflows.services.steps import Builder, Register, Step
from workflows.store import Row

Context = clauses.Context

CHANNELS = ("当面递交至本机关", "邮寄至下列地址")
WINDOW_TEXT = "收到之日不计算在内，期限至最后一日二十四时届满；邮寄的，以交邮时间为准。"
REPAIR_SINCE = date(2026, 4, 1)
NEW_REPAIR = {"title": "信用修复管理办法", "article": "（国家发展和改革委员会令第36号）"}
OLD_REPAIR = {
    "title": "失信行为纠正后的信用信息修复管理办法（试行）",
    "article": "（国家发展和改革委员会令第58号）",
}
"""Regimes of repair (D11)."""


def announce(step: Step) -> notices.Announced:
    """What the notice in preparation announces, grounds with the records they cite."""
    code = values.read_text(step.facts, "list_code")
    base = [int(one) for one in values.read_texts(root_facts(step).get("record_ids"))]
    grounds = records.cite(
        values.read_rows(step.facts.get("grounds")),
        records.of_subject(step.tx, step.case["subject_id"]),
        base,
    )
    return notices.Announced(
        list_code=code,
        grounds=grounds,
        measures=values.read_texts(step.facts.get("measures")),
        basis=clauses.basis_of(step, code),
        limit_id=values.read_text(step.facts, "notice_limit"),
    )


def root_facts(step: Step) -> Mapping[str, Any]:
    """Facts of the whole case, as they stood before this command."""
    stored = values.read_rows([step.case.get("facts")])
    return next(iter(values.read_rows([one.get("") for one in stored])), dict(step.facts))


def _prior_notice(step: Step) -> Context:
    said = announce(step)
    limit = deadlines.find(
        law.pinned_limits(step.bundle["law/limits.yaml"]),
        said.limit_id,
        instants.office_day(step.now),
    )
    unit = "个工作日" if limit.unit == "workdays" else "日"
    return {
        "list": clauses.list_named(said.list_code),
        "grounds": clauses.grounds_said(step, said.grounds),
        "basis": [dict(one) for one in said.basis],
        "measures": clauses.measures_said(step, said.measures),
        "rights": {
            "window_days": limit.length,
            "window_unit": unit,
            "window_text": WINDOW_TEXT,
            "channels": values.read_texts(step.facts.get("objection_channels")) or list(CHANNELS),
            "hearing": step.facts.get("hearing_offered") is True,
            "statement": _contact(step),
        },
    }


def _contact(step: Step) -> str:
    named = {"file_access": "查阅案卷", "contact_person": "联系人", "contact_phone": "联系电话"}
    said = [(name, values.read_text(step.facts, key)) for key, name in named.items()]
    text = "；".join(f"{name}：{value}" for name, value in said if value)
    return f"{text}。" if text else ""


def _listing_decision(step: Step) -> Context:
    listing = _listing(step)
    notice = clauses.served_notice(step)
    grounds = values.read_rows(listing["grounds"])
    return {
        "list": clauses.list_named(listing["list_code"]),
        "case": clauses.case_named(step, grounds),
        "grounds": clauses.grounds_said(step, grounds),
        "notice": notice,
        "objections": [
            clauses.objection_said(step, one)
            for one in objections.of_case(step.tx, step.case["id"])
        ],
        "hearings": [
            hearing_contexts.hearing_said(step, one)
            for one in hearings.of_case(step.tx, step.case["id"])
        ],
        "reviews": [
            review_contexts.review_said(step, one)
            for one in reviews.of_case(step.tx, step.case["id"])
        ],
        "basis": clauses.basis_of(step, listing["list_code"]),
        "decision": {
            "reasons": values.read_text(step.facts, "reasons"),
            "term_start": listing["term_start"].isoformat(),
            "term_end": listing["term_end"].isoformat(),
            "removal_conditions": values.read_text(step.facts, "removal_conditions"),
            "removal_procedure": values.read_text(step.facts, "removal_procedure"),
        },
        "measures": clauses.measures_said(step, values.read_texts(listing["measures"])),
        "relief": clauses.relief(step),
        "responsible_persons": [
            one
            for one in values.read_rows(step.facts.get("responsible_persons"))
            if all(values.read_text(one, key) for key in ("name", "role", "basis"))
        ],
    }


def _no_listing_notice(step: Step) -> Context:
    code = values.read_text(step.facts, "list_code")
    served = clauses.served_notice(step)
    fallen = _fallen(step)
    reasons = (
        values.read_text(step.facts, key)
        for key in ("reasons", "leniency_reasons", "resolution_reasons", "termination_reasons")
    )
    ended = "终止列入程序，" if served else ""
    if fallen and listings.was_decided(step.tx, step.case["id"]):
        ended = "撤销本机关作出的列入决定，"
    return {
        "list": clauses.list_named(code),
        "case": clauses.case_named(step, []),
        "notice": served,
        "basis": clauses.basis_of(step, code)[:1],
        "decision": {
            "outcome": f"{ended}不予列入{clauses.list_named(code)['name']}",
            "reasons": fallen or next((one for one in reasons if one), _no_reasons(served)),
        },
    }


def _fallen(step: Step) -> str:
    """Why the case ends whatever was decided before: what it rested on was annulled (INV-16)."""
    if step.inputs.get("kind") != "no_listing_notice" or "base_left" not in step.facts:
        return ""
    if step.facts.get("base_left") != 0:
        return ""
    number = values.read_text(step.facts, "doc_no")
    revoked_by = values.read_text(step.facts, "revoked_by")
    return (
        f"认定所依据的{number}已被{revoked_by or '有权机关'}撤销，"
        "没有其他有效的法律文书可以作为列入的依据。"
    )


def _no_reasons(served: Context) -> str:
    return "" if served else "事前告知书未能送达，依法不得作出列入决定。"


def _repair_notice(step: Step) -> Context:
    listing = _listing(step)
    if listing["decision_document_id"] is None:
        raise errors.DocumentIncomplete("列入决定书尚未制发，不能告知信用修复")
    number = clauses.find_document(step, listing["decision_document_id"])["number"]
    day, today = listing["term_start"], instants.office_day(step.now)
    own = {
        "name": f"列入{clauses.list_named(listing['list_code'])['name']}信息",
        "document_number": number,
        "published_from": day.isoformat(),
        "earliest_on": min(
            _after(step, "publicity_serious_min", day), listing["term_end"]
        ).isoformat(),
        "ends_on": listing["term_end"].isoformat(),
    }
    return {
        "decision": {"number": number},
        "repair": {
            "information": [own],
            "conditions": [
                "已经纠正失信行为、履行法律文书确定的义务",
                "已经消除不良影响",
                "最短公示期已经届满",
                "公开作出信用承诺",
            ],
            "materials": ["履行义务的证明材料", "信用承诺书"],
            "channels": ["“信用中国”网站在线申请", "本机关信用修复窗口"],
            "time_limits": "自收到申请之日起三个工作日内决定是否受理，"
            "自受理之日起七个工作日内作出决定",
            "basis": [dict(NEW_REPAIR if today >= REPAIR_SINCE else OLD_REPAIR)],
        },
    }


def _objection_answer(step: Step) -> Context:
    row = objections.find_objection(step.tx, int(step.inputs["objection_id"]))
    henan = law.covers("410000", lawful.find_organ(step.tx, step.case)["division"])
    review = {
        "organ": "河南省社会信用工作主管部门",
        "basis": "《河南省社会信用条例》第二十八条第四款",
    }
    return {
        "case": clauses.case_named(step, []),
        "notice": clauses.served_notice(step),
        "objection": clauses.objection_said(step, row),
        **({"review": review} if henan else {}),
    }


def _service_record(step: Step) -> Context:
    service = service_of_process.find_service(step.tx, int(step.inputs["service_id"]))
    document = clauses.find_document(step, service["document_id"])
    tries = service_of_process.attempts(step.tx, service["document_id"])
    last = service_of_process.read_attempt(tries[-1])
    files = clauses.filenames(step, last.evidence)
    proxy = last.result == "signed_by_other"
    return {
        "service": {
            "documents": [{"title": document["title"], "number": document["number"]}],
            "method": service_of_process.METHODS[last.method],
            "place": last.place or clauses.party(step)["address"],
            "at": instants.write_instant(service["served_at"] or last.at),
            "receiver": "" if proxy else last.receiver,
            "proxy": last.receiver if proxy else "",
            "relation": last.relation if proxy else "",
            "refusal": last.remarks if last.method == "left" else "",
            "witness": last.witness,
            "servers": [{"name": name} for name in last.servers],
            "attempts": [clauses.attempt_said(one) for one in tries],
            "evidence": files,
            "remarks": last.remarks if last.method != "left" else "",
        }
    }


def _listing(step: Step) -> Row:
    row = listings.of_case(step.tx, step.case["id"])
    if row is None or row["status"] != listings.DECIDED:
        raise errors.DocumentIncomplete("尚未登记列入决定，不得制发决定书")
    return row


def _after(step: Step, limit_id: str, day: date) -> date:
    start = datetime.combine(day, datetime.min.time(), step.now.tzinfo) + timedelta(hours=12)
    limit = deadlines.find(law.limits(), limit_id, day)
    return deadlines.compute(limit, start, law.calendar()).last_day


BUILDERS: Mapping[str, Builder] = {
    "prior_notice": _prior_notice,
    "listing_decision": _listing_decision,
    "no_listing_notice": _no_listing_notice,
    "repair_notice": _repair_notice,
    "objection_answer": _objection_answer,
    "service_record": _service_record,
}
"""Document → what builds its context."""


def _announced(step: Step, document_id: int) -> None:
    notices.issue_notice(step.tx, step.case, document_id, announce(step))


def _answered(step: Step, document_id: int) -> None:
    objections.attach_answer(step.tx, int(step.inputs["objection_id"]), document_id)


def _decided(step: Step, document_id: int) -> None:
    listings.attach_decision(step.tx, step.case["id"], document_id)


ISSUED: Mapping[str, Register] = {
    "prior_notice": _announced,
    "objection_answer": _answered,
    "listing_decision": _decided,
}
"""Document → what the registry must know of it the moment it exists."""
