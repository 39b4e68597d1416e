"""What the documents of warnings, interviews, commitments and rectifications say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows import deadlines, errors
from workflows.registry import (
    commitments,
    instants,
    interviews,
    law,
    rectifications,
    repair_law,
    values,
    warnings,
)
from workflows.services import clauses
from workflows.services.commitments import CLAUSES
from workflows.services.steps import Builder, Register, Step

Context = clauses.Context

PLAN = {
    "title": "安阳市严重违法失信行为专项治理实施方案",
    "article": "（安发改财金〔2025〕94号）三（七）",
    "text": "",
}
SUPERVISION = {
    "title": "国务院办公厅关于加快推进社会信用体系建设构建以信用为基础的新型监管机制的指导意见",
    "article": "（国办发〔2019〕35号）",
    "text": "",
}
SIGNERS = ("被约谈人", "约谈人", "约谈人", "记录人")


def _credit_warning_letter(step: Step) -> Context:
    said = warnings.counted(step.tx, step.case["subject_id"])
    limits = law.pinned_limits(step.bundle["law/limits.yaml"])
    reply = deadlines.find(limits, "acknowledgement", instants.office_day(step.now))
    return {
        "warning": {
            "since": said.since.isoformat(),
            "as_of": said.as_of.isoformat(),
            "count": len(said.records),
            "threshold": said.threshold,
            "governed": said.governed,
        },
        "records": [
            {
                "number": row["doc_no"],
                "organ": row["organ"],
                "behaviour": row["behaviour"],
                "decided_on": row["decided_on"].isoformat(),
            }
            for row in said.records
        ],
        "basis": [PLAN],
        "advice": _lines(step, "advice"),
        "reply": {"days": reply.length, **_contact(step)},
    }


def _interview_notice(step: Step) -> Context:
    row = interviews.of_case(step.tx, step.case["id"])
    if row["scheduled_at"] is None:
        raise errors.DocumentIncomplete("没有确定约谈的种类和时间", article=interviews.LAW)
    officer = row["kind"] == "officer"
    kind = "约谈" if officer else interviews.KINDS[row["kind"]]
    return {
        "document": {"title": f"{kind}通知书"},
        "addressee": values.read_text(step.facts, "superior") if officer else "",
        "interview": {
            "kind": kind,
            "cause": values.read_text(step.facts, "cause_text"),
            "second": row["absences"] > 0,
            "at": instants.write_instant(row["scheduled_at"]),
            "place": row["place"],
            "attendee": values.read_text(step.facts, "called"),
            "bring": _lines(step, "bring"),
            "topics": _lines(step, "topics"),
            **_contact(step),
        },
        "basis": [SUPERVISION, PLAN],
    }


def _interview_record(step: Step) -> Context:
    row = interviews.of_case(step.tx, step.case["id"])
    if row["status"] != "held":
        raise errors.DocumentIncomplete("约谈没有进行", article=interviews.LAW)
    notice = clauses.find_document(step, row["notice_document_id"])
    return {
        "signers": list(SIGNERS),
        "interview": {
            "kind": interviews.KINDS[row["kind"]],
            "notice_numbers": [notice["number"]],
            "held_at": instants.write_instant(row["held_at"]),
            "place": row["place"],
            "interviewers": [
                {"name": one["name"]} for one in values.read_rows(row["interviewers"])
            ],
            "attendee": f"{row['attendee']}，{row['attendee_role']}",
            "authority": row["authority"],
            "topics": _lines(step, "topics"),
            "statements": _split(row["statements"]),
            "requirements": _split(row["requirements"]),
            "rectify_by": row["rectify_by"].isoformat() if row["rectify_by"] else "",
        },
    }


REGIMES = (
    (date(2026, 4, 1), "R36"),
    (date(2023, 5, 1), "R58"),
    (date(2019, 7, 1), "R2019"),
    (date.min, "manual"),
)
"""Which rules of repair an application of a day comes under (D11)."""


def _repair_guide(step: Step) -> Context:
    day = instants.office_day(step.now)
    regime = repair_law.find_regime(next(code for since, code in REGIMES if day >= since))
    return {
        "guide": {
            "steps": [
                "纠正失信行为，履行法律文书确定的义务，消除不良影响",
                "最短公示期届满以后，准备申请材料",
                "向下列渠道提交申请，领取受理通知",
                "等候审核；材料不齐的，按照一次性告知补正",
                "准予修复的，有关网站停止公示；不予修复的，可以申请复核",
            ],
            "regime": dict(regime.basis[0]),
            "materials": [_material(one) for one in regime.materials],
            "channels": ["“信用中国”网站在线申请", "本机关信用修复窗口"],
            "time_limits": "自收到申请之日起三个工作日内决定是否受理，"
            "自受理之日起七个工作日内作出决定",
        }
    }


def _material(one: repair_law.Material) -> dict[str, str]:
    each = "每条信息一份" if one.per == "record" else "每件申请一份"
    when = "，由原认定机关出具修复意见的才需要" if one.when != "always" else ""
    return {"name": one.name, "description": f"{one.note}；{each}{when}"}


def _commitment_letter(step: Step) -> Context:
    row = commitments.find(step.tx, int(step.inputs["commitment_id"]))
    said = commitments.wording(step.bundle[CLAUSES], row["consent"], instants.office_day(step.now))
    return {
        "commitment": {
            "preamble": said.preamble,
            "clauses": [{"text": one} for one in said.clauses],
            "months": row["months"],
            "consent": said.consent,
            "version": said.version,
            "basis": said.basis,
        }
    }


def _rectification_notice(step: Step) -> Context:
    row = rectifications.of_case(step.tx, step.case["id"])
    return {
        "rectification": {
            "cause": row["cause"],
            "requirements": values.read_texts(row["requirements"]),
            "due_on": row["due_on"].isoformat(),
        },
        "basis": [SUPERVISION, PLAN],
    }


def _lines(step: Step, key: str) -> list[str]:
    return _split(values.read_text(step.facts, key))


def _split(text: str) -> list[str]:
    """A paragraph for each line that says something."""
    return [one.strip() for one in text.splitlines() if one.strip()]


def _contact(step: Step) -> dict[str, Any]:
    return {
        "person": values.read_text(step.facts, "contact_person"),
        "phone": values.read_text(step.facts, "contact_phone"),
    }


BUILDERS: Mapping[str, Builder] = {
    "credit_warning_letter": _credit_warning_letter,
    "interview_notice": _interview_notice,
    "interview_record": _interview_record,
    "repair_guide": _repair_guide,
    "commitment_letter": _commitment_letter,
    "rectification_notice": _rectification_notice,
}


def _noticed(step: Step, document_id: int) -> None:
    interviews.attach_notice(step.tx, step.case["id"], document_id)


def _recorded(step: Step, document_id: int) -> None:
    interviews.attach_record(step.tx, step.case["id"], document_id)


def _committed(step: Step, document_id: int) -> None:
    commitments.attach_letter(step.tx, int(step.inputs["commitment_id"]), document_id)


ISSUED: Mapping[str, Register] = {
    "interview_notice": _noticed,
    "interview_record": _recorded,
    "commitment_letter": _committed,
}
