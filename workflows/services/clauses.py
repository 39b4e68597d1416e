"""Pieces of what documents say, each read from rows: organ, party, grounds, measures, history."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows import deadlines, models
from workflows.registry import (
    instants,
    law,
    lawful,
    notices,
    objections,
    records,
    service_of_process,
    subjects,
    values,
)
from workflows.services.steps import Step
from workflows.store import Row

Context = dict[str, Any]

ID_LABELS: Mapping[str, str] = {
    "uscc": "统一社会信用代码",
    "citizen_id": "公民身份号码",
    "registration": "注册号",
    "organisation": "组织机构代码",
}


def organ(step: Step, department_id: int | None = None) -> Context:
    """The issuing organ as it signs: the case's, or another that has decided in it."""
    at = {**step.case, "department_id": department_id or step.case["department_id"]}
    row = lawful.find_organ(step.tx, at)
    kept = ("name", "address", "phone", "website")
    return {**{key: row[key] for key in kept if row[key]}, "seal_name": row["name"]}


def party(step: Step) -> Context:
    """The party; the template masks a person's number (D14)."""
    row = subjects.find_subject(step.tx, step.case["subject_id"])
    kind = "自然人" if subjects.is_person(row) else row["kind"] or "单位"
    return {
        "name": row["name"],
        "kind": kind,
        "id_label": ID_LABELS.get(row["id_scheme"], "证件号码"),
        "id_no": row["id_no"],
        "address": row["address"],
        **({"legal_rep": row["legal_rep"]} if row["legal_rep"] else {}),
    }


def basis_of(step: Step, list_code: str) -> list[dict[str, str]]:
    """The articles a notice and a decision cite: the procedure's and the list's own."""
    day = instants.office_day(step.now)
    rule = law.find_list(list_code, day)
    return [law.quote("guobanfa_49_8", day), *([dict(rule.cited)] if rule else [])]


def relief(step: Step) -> Context:
    """Where and until when a decision can be fought (行政复议法20, 行政诉讼法46)."""
    row = lawful.find_organ(step.tx, step.case)
    limits = law.pinned_limits(step.bundle["law/limits.yaml"])
    day = instants.office_day(step.now)
    return {
        "reconsideration_organ": row["government"],
        "reconsideration_days": deadlines.find(limits, "reconsideration", day).length,
        "court": row["court"],
        "litigation_months": deadlines.find(limits, "litigation", day).length,
    }


def list_named(code: str) -> Context:
    """The list by code and name."""
    rule = law.describe_list(code)
    return {"code": code, "name": rule.name if rule else ""}


def grounds_said(step: Step, grounds: Sequence[Mapping[str, Any]]) -> list[Context]:
    """The grounds, each with the documents it cites and other evidence named."""
    known = {row["id"]: row for row in records.of_subject(step.tx, step.case["subject_id"])}
    said: list[Context] = []
    for ground in grounds:
        cited = [cite(known[one]) for one in records.cited(ground) if one in known]
        other = values.read_text(ground, "evidence_ref")
        told = any(known[one]["doc_no"] in other for one in records.cited(ground) if one in known)
        extra = [other] if other and not told and not other.isdigit() else []
        said.append({"text": values.read_text(ground, "text"), "evidence": cited + extra})
    return said


def cite(record: Row) -> str:
    """A record as a document cites it."""
    return f"{record['organ']}《行政处罚决定书》（{record['doc_no']}）"


def case_named(step: Step, grounds: Sequence[Mapping[str, Any]]) -> Context:
    """The case by number, day of opening and the documents it rests on."""
    cited = records.by_ids(step.tx, {one for ground in grounds for one in records.cited(ground)})
    return {
        "number": step.case["number"],
        "opened_on": instants.office_day(step.case["opened_at"]).isoformat(),
        "base_document": "、".join(cite(one) for one in cited),
    }


def measures_said(step: Step, codes: Sequence[str]) -> list[Context]:
    """The measures as the catalogue describes them today."""
    day = instants.office_day(step.now)
    found = [measure for code in codes if (measure := law.find_measure(code, day))]
    return [
        {
            "code": one.code,
            "name": one.name,
            "basis": f"《{one.basis}》{one.article}",
            "implementer": one.implementer,
            "term": f"列入期间，最长{one.max_months}个月" if one.max_months else "列入期间",
        }
        for one in found
    ]


def served_notice(step: Step) -> Context:
    """The served notice of the case, or nothing."""
    notice = notices.current_notice(step.tx, step.case["id"])
    if notice is None or notice["served_at"] is None:
        return {}
    document = find_document(step, notice["document_id"])
    tries = service_of_process.attempts(step.tx, document["id"])
    method = service_of_process.METHODS[tries[-1]["method"]] if tries else ""
    waiver = values.read_rows([notice["waiver"]])
    return {
        "number": document["number"],
        "served_on": instants.office_day(notice["served_at"]).isoformat(),
        "method": method,
        "waived_on": waiver[0]["signed_on"] if waiver else "",
    }


def objection_said(step: Step, row: Row) -> Context:
    """An objection with its points as they were answered."""
    points = [
        {
            "text": values.read_text(point, "text"),
            "finding": ("成立。" if point.get("accepted") else "不成立。")
            + values.read_text(point, "finding"),
            "reason": values.read_text(point, "reason"),
        }
        for point in values.read_rows(row["points"])
    ]
    answer = row["answer_document_id"]
    return {
        "received_on": instants.office_day(row["received_at"]).isoformat(),
        "channel": row["channel"],
        "late": row["late"],
        "points": points,
        "result": objections.RESULTS.get(row["result"], ""),
        "consequence": _consequence(row),
        "answer_number": find_document(step, answer)["number"] if answer else "",
    }


def _consequence(row: Row) -> str:
    fallen = sorted(
        {
            number
            for point in values.read_rows(row["points"])
            if point.get("accepted")
            for number in values.read_numbers(point.get("grounds"))
        }
    )
    if fallen:
        return f"本机关采纳成立的意见，告知书所列第{'、'.join(fallen)}项事由不再作为列入的依据。"
    if row["result"] == "rejected":
        return "告知书所列事由和依据不变。"
    return "本机关采纳成立的意见，在作出决定时予以考虑。"


def attempt_said(row: Row) -> Context:
    """One line of 历次送达情况."""
    return {
        "at": instants.write_instant(row["at"]),
        "method": service_of_process.METHODS[row["method"]],
        "place": row["place"],
        "result": service_of_process.RESULTS[row["result"]],
    }


def filenames(step: Step, hashes: Sequence[str]) -> list[str]:
    """Evidence as a list names it: file and the beginning of its hash."""
    a = models.attachments.c
    rows = step.tx.all(
        models.attachments.select()
        .with_only_columns(a.filename, a.sha256)
        .where(a.case_id == step.case["id"], a.sha256.in_(list(hashes)))
        .order_by(a.id)
    )
    named = {row["sha256"]: f"{row['filename']}（SHA-256 {row['sha256'][:16]}）" for row in rows}
    return [named[one] for one in dict.fromkeys(hashes) if one in named]


def find_document(step: Step, document_id: int) -> Row:
    """An issued document."""
    d = models.documents
    return step.tx.one(d.select().where(d.c.id == document_id))
