"""What the documents of a dispute say: the receipt, the letter to the source, the answer."""

from collections.abc import Mapping

from workflows import deadlines, errors
from workflows.registry import disputes, instants, law, lawful, values
from workflows.services import clauses
from workflows.services.steps import Builder, Register, Step
from workflows.store import Row

Context = clauses.Context

RESULTS: Mapping[str, str] = {
    "upheld": "异议成立",
    "partly": "异议部分成立",
    "rejected": "异议不成立",
}


def _dispute_receipt(step: Step) -> Context:
    row = disputes.of_case(step.tx, step.case["id"])
    own, source = (_days(step, one) for one in ("record_objection_own", "record_objection_source"))
    return {**_said(step, row), "limits": {"own": own, "source": source}}


def _source_letter(step: Step) -> Context:
    row = disputes.check_open(step.tx, step.case["id"])
    if not row["source"]:
        raise errors.DocumentIncomplete("没有写明信息来源单位")
    asked = {
        "days": _days(step, "source_reply"),
        "request": values.read_text(step.facts, "request"),
    }
    return {**_said(step, row), "addressee": row["source"], "asked": asked}


def _dispute_answer(step: Step) -> Context:
    row = disputes.of_case(step.tx, step.case["id"])
    if row["concluded_at"] is None or not row["result"]:
        raise errors.DocumentIncomplete("信息异议尚无核实结果")
    henan = law.covers("410000", lawful.find_organ(step.tx, step.case)["division"])
    said = _said(step, row)
    said["dispute"] |= {
        "result": RESULTS[row["result"]],
        "is_wrong": row["status"] == "corrected",
        "correction": row["correction"],
        "source": row["source"],
        "source_answer": row["source_answer"],
        "points": [
            {
                "text": values.read_text(point, "text"),
                "finding": ("成立。" if point.get("accepted") else "不成立。")
                + values.read_text(point, "finding"),
                "reason": values.read_text(point, "reason"),
            }
            for point in values.read_rows(row["points"])
        ],
    }
    review = {
        "organ": "河南省社会信用工作主管部门",
        "basis": "《河南省社会信用条例》第二十八条第四款",
    }
    return {**said, "relief": clauses.relief(step), **({"review": review} if henan else {})}


def _said(step: Step, row: Row) -> Context:
    target = disputes.find_disputed(step.tx, row)
    return {
        "case": clauses.case_named(step, []),
        "dispute": {
            "number": row["number"],
            "received_on": instants.office_day(row["received_at"]).isoformat(),
            "channel": row["channel"],
            "target": target.name,
            "points": [
                {"text": values.read_text(point, "text")}
                for point in values.read_rows(row["points"])
            ],
        },
        "basis": [law.quote("henan_41", instants.office_day(step.now))],
    }


def _days(step: Step, limit_id: str) -> int:
    limits = law.pinned_limits(step.bundle["law/limits.yaml"])
    return deadlines.find(limits, limit_id, instants.office_day(step.now)).length


def _answered(step: Step, document_id: int) -> None:
    disputes.attach_answer(step.tx, step.case["id"], document_id)


BUILDERS: Mapping[str, Builder] = {
    "dispute_receipt": _dispute_receipt,
    "source_letter": _source_letter,
    "dispute_answer": _dispute_answer,
}

ISSUED: Mapping[str, Register] = {"dispute_answer": _answered}
