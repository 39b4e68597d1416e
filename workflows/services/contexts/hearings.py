"""What the documents of a hearing say: notice, transcript, answer to a late request."""

from collections.abc import Mapping

from workflows import deadlines, errors, models
from workflows.registry import hearings, instants, law, listings, notices, values
from workflows.services import clauses
from workflows.services.steps import Builder, Register, Step
from workflows.store import Row

SIGNERS = ("当事人（代理人）", "听证主持人", "记录人")
"""Who signs each page of the transcript (行政处罚法第六十四条第八项)."""

MODES = {True: "公开", False: "不公开"}


def hearing_said(step: Step, row: Row) -> clauses.Context:
    """A hearing as a decision tells of it: asked for, told, held or not, transcript, opinion."""
    transcript = row["transcript_document_id"]
    notice = row["notice_document_id"]
    return {
        "number": row["number"],
        "requested_on": instants.office_day(row["requested_at"]).isoformat(),
        "late": row["late"],
        "status": row["status"],
        "notice_number": clauses.find_document(step, notice)["number"] if notice else "",
        "held_on": instants.office_day(row["held_at"]).isoformat() if row["held_at"] else "",
        "mode": MODES[bool(row["open_to_public"])],
        "officer": _name(step, row["officer_id"]),
        "transcript_number": (
            clauses.find_document(step, transcript)["number"] if transcript else ""
        ),
        "opinion": hearings.OPINIONS.get(row["opinion"], ""),
        "reason": row["outcome_reason"],
    }


def _hearing_notice(step: Step) -> clauses.Context:
    row = hearings.find_hearing(step.tx, int(step.inputs["hearing_id"]))
    if row["scheduled_at"] is None or row["officer_id"] is None:
        raise errors.DocumentIncomplete("尚未确定听证的时间或者主持人", article=hearings.LAW)
    return {
        "case": clauses.case_named(step, []),
        "list": clauses.list_named(_list_code(step)),
        "notice": clauses.served_notice(step),
        "hearing": {
            "number": row["number"],
            "requested_on": instants.office_day(row["requested_at"]).isoformat(),
            "at": instants.write_instant(row["scheduled_at"]),
            "place": row["place"],
            "mode": MODES[bool(row["open_to_public"])],
            "closed_reason": row["closed_reason"],
            "officer": _name(step, row["officer_id"]),
        },
    }


def _hearing_transcript(step: Step) -> clauses.Context:
    row = hearings.find_hearing(step.tx, int(step.inputs["hearing_id"]))
    minutes = next(iter(values.read_rows([row["minutes"]])), None)
    if row["status"] != "held" or minutes is None:
        raise errors.DocumentIncomplete("听证尚未举行，不能制作听证笔录", article=hearings.LAW)
    return {
        "case": clauses.case_named(step, []),
        "list": clauses.list_named(_list_code(step)),
        "signers": list(SIGNERS),
        "hearing": {
            "number": row["number"],
            "at": instants.write_instant(row["held_at"]),
            "place": row["place"],
            "mode": MODES[bool(row["open_to_public"])],
            "closed_reason": row["closed_reason"],
            "officer": _name(step, row["officer_id"]),
            **{name: minutes[name] for name in minutes if name != "attendance"},
            "attendance": [
                {"name": values.read_text(one, "name"), "role": values.read_text(one, "role")}
                for one in values.read_rows(minutes.get("attendance"))
            ],
        },
    }


def _hearing_refusal(step: Step) -> clauses.Context:
    row = hearings.find_hearing(step.tx, int(step.inputs["hearing_id"]))
    notice = notices.current_notice(step.tx, step.case["id"])
    limits = law.pinned_limits(step.bundle["law/limits.yaml"])
    end = hearings.request_end(notice, limits) if notice else None
    if end is None:
        raise errors.DocumentIncomplete("事前告知书尚未送达，申请没有逾期", article=hearings.LAW)
    limit = deadlines.find(limits, hearings.REQUEST, instants.office_day(step.now))
    return {
        "case": clauses.case_named(step, []),
        "notice": clauses.served_notice(step),
        "hearing": {
            "number": row["number"],
            "requested_on": instants.office_day(row["requested_at"]).isoformat(),
            "channel": row["channel"],
            "days": limit.length,
            "ended": instants.say_end(end),
            "reasons": values.read_text(step.facts, "late_reasons"),
        },
    }


def _list_code(step: Step) -> str:
    listing = listings.of_case(step.tx, step.case["id"])
    return listing["list_code"] if listing else ""


def _name(step: Step, person_id: int | None) -> str:
    p = models.people
    row = step.tx.first(p.select().where(p.c.id == person_id))
    return row["name"] if row else ""


BUILDERS: Mapping[str, Builder] = {
    "hearing_notice": _hearing_notice,
    "hearing_transcript": _hearing_transcript,
    "hearing_refusal": _hearing_refusal,
}
"""Document → what builds its context."""


def _noticed(step: Step, document_id: int) -> None:
    hearings.attach_notice(step.tx, int(step.inputs["hearing_id"]), document_id)


def _written(step: Step, document_id: int) -> None:
    hearings.attach_transcript(step.tx, int(step.inputs["hearing_id"]), document_id)


def _refused(step: Step, document_id: int) -> None:
    hearings.attach_refusal(step.tx, int(step.inputs["hearing_id"]), document_id)


ISSUED: Mapping[str, Register] = {
    "hearing_notice": _noticed,
    "hearing_transcript": _written,
    "hearing_refusal": _refused,
}
"""Document → what the registry must know of it the moment it exists."""
