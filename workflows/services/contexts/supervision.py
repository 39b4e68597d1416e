"""What the documents of supervision and challenges say."""

from collections.abc import Mapping
from typing import Any

from workflows import deadlines, errors
from workflows.registry import challenges, commitments, instants, law, values
from workflows.services import clauses
from workflows.services.steps import Builder, Step
from workflows.store import Row

Context = clauses.Context
BASIS = [
    {
        "title": "关于开展“屡禁不止、屡罚不改”严重违法失信行为专项治理的通知",
        "article": "（安信用办〔2023〕5号）第三部分第（四）项",
    },
    {"title": "河南省社会信用条例", "article": "第三十三条第八项"},
]


def _breach_notice(step: Step) -> Context:
    row = _commitment(step)
    limits = law.pinned_limits(step.bundle["law/limits.yaml"])
    limit = deadlines.find(limits, "breach_statement", instants.office_day(step.now))
    return {
        **_said(row),
        "breach": {"findings": values.read_text(step.facts, "check_findings")},
        "rights": {"days": limit.length, "channels": ["当面递交", "邮寄", "网上提交"]},
    }


def _breach_decision(step: Step) -> Context:
    row = _commitment(step)
    if row["status"] != "breached":
        raise errors.DocumentIncomplete("负责人尚未认定违诺")
    return {
        **_said(row),
        "breach": {
            "findings": values.read_text(step.facts, "check_findings"),
            "statement": values.read_text(step.facts, "statement_text"),
            "reasons": _last_reason(row, "breached"),
        },
        "relief": clauses.relief(step),
    }


def _annulment_answer(step: Step) -> Context:
    row = _commitment(step)
    annulled = step.facts.get("annulment") == "annul"
    return {
        **_said(row),
        "annulment": {
            "asked": values.read_text(step.facts, "annulment_grounds"),
            "annulled": annulled,
            "result": "撤销违诺认定" if annulled else "维持违诺认定",
            "reasons": values.read_text(step.facts, "annulment_reasons"),
        },
        "relief": clauses.relief(step),
    }


def _challenge_answer(step: Step) -> Context:
    """Addressed by the number of the challenge: who it goes to is known to the supervisor alone."""
    row = challenges.of_case(step.tx, step.case["id"])
    outcome = challenges.OUTCOMES.get(row["outcome"], "")
    return {
        "addressee": f"质疑人（质疑编号：{row['number']}）",
        "challenge": {
            "number": row["number"],
            "received_on": instants.office_day(row["received_at"]).isoformat(),
            "outcome": outcome,
            "result": f"经核查，您反映的情况{outcome}" if outcome else "本机关不予核查",
            "reasons": row["reasons"],
            "next": "本机关将按规定听取承诺主体的陈述，依法认定是否违背承诺"
            if row["outcome"] == "founded"
            else "",
        },
    }


def _said(row: Row) -> Context:
    return {
        "commitment": {
            "signed_on": row["signed_on"].isoformat(),
            "period_end": row["period_end"].isoformat(),
            "clauses": values.read_texts(row["clauses"]),
        },
        "basis": [dict(one) for one in BASIS],
    }


def _last_reason(row: Row, status: str) -> str:
    told: list[dict[str, Any]] = [
        one for one in values.read_rows(row["history"]) if one.get("status") == status
    ]
    return values.read_text(told[-1], "reason") if told else ""


def _commitment(step: Step) -> Row:
    return commitments.find(step.tx, int(step.facts["commitment_id"]))


BUILDERS: Mapping[str, Builder] = {
    "breach_notice": _breach_notice,
    "breach_decision": _breach_decision,
    "annulment_answer": _annulment_answer,
    "challenge_answer": _challenge_answer,
}
"""Document → what builds its context."""
