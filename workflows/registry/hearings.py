"""Hearings (听证): asked for, appointed, told seven workdays before, held openly, written down.

requested → noticed → held | absent; withdrawn at any time; refused where it was asked for too late.
No fee is taken of anybody (行政处罚法第六十三条第二款).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from workflows import deadlines, errors, models
from workflows.registry import attachments, instants, law, notices, values
from workflows.store import Row, Transaction

MESSAGE = "hearing_requested"
LAW = "行政处罚法第六十三条、第六十四条"
REVIEW_LAW = "行政处罚法第五十八条第一款第三项"
REQUEST, NOTICE = "hearing_request", "hearing_notice"
"""Limits: to ask for a hearing (DP-H1), between its notice and the hearing (DP-H2)."""

OFFICER = "hearing_officer"
INVESTIGATES = frozenset({"caseworker", "legal_reviewer", "dept_head"})
"""Lanes whose people may not conduct the hearing of their own case (INV-10)."""

ENDED = frozenset({"held", "absent", "withdrawn", "refused"})
OPINIONS: Mapping[str, str] = {
    "founded": "当事人的意见成立",
    "partly": "当事人的意见部分成立",
    "unfounded": "当事人的意见不成立",
}


def check_requested(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> datetime:
    """When the hearing was asked for; NotExpected where it cannot be asked for in this case.

    Only a notice that offers one can be answered so.
    """
    notice = notices.current_notice(tx, case_id)
    if notice is None or not is_offered(tx, notice):
        raise errors.NotExpected("事前告知书没有告知听证权利，本案不举行听证", article=LAW)
    received_at = instants.read_instant(said.get("hearing_asked_at"), "收到听证申请的时间")
    if received_at > tx.now:
        raise errors.NotExpected("收到听证申请的时间晚于现在，请核对")
    evidence = values.read_texts(said.get("hearing_evidence"))
    if evidence:
        attachments.check_evidence(tx, case_id, evidence, "听证申请")
    return instants.made_at(said.get("hearing_postmark"), received_at, "听证申请")


def register(
    tx: Transaction,
    case: values.Fields,
    scope: str,
    said: Mapping[str, Any],
    limits: Sequence[deadlines.Limit],
) -> tuple[int, bool]:
    """Write a request and say whether it came too late (DP-H1: five workdays after the notice).

    A late one is recorded and answered all the same.
    """
    asked_at = check_requested(tx, case["id"], said)
    notice = notices.current_notice(tx, case["id"])
    end = request_end(notice, limits) if notice else None
    late = end is not None and asked_at >= end
    number = f"{case['number']}-听{len(of_case(tx, case['id'])) + 1}"
    hearing_id = tx.insert(
        models.hearings,
        {
            "case_id": case["id"],
            "number": number,
            "scope": scope,
            "requested_at": asked_at,
            "channel": values.read_text(said, "hearing_channel"),
            "by": values.read_text(said, "hearing_by"),
            "reasons": values.read_text(said, "hearing_reasons"),
            "late": late,
            "evidence": values.read_texts(said.get("hearing_evidence")),
        },
    )
    return hearing_id, late


def request_end(notice: Row, limits: Sequence[deadlines.Limit]) -> datetime | None:
    """The exclusive end of the time to ask for a hearing, never before the notice's own window."""
    if notice["served_at"] is None:
        return None
    limit = deadlines.find(limits, REQUEST, instants.office_day(notice["served_at"]))
    end = deadlines.compute(limit, notice["served_at"], law.calendar()).due_at
    return max(end, notice["window_end"] or end)


def is_offered(tx: Transaction, notice: Row) -> bool:
    """Whether the notice that was issued tells of the right to a hearing."""
    d = models.documents.c
    document = tx.first(models.documents.select().where(d.id == notice["document_id"]))
    content = values.read_rows([document["content"] if document else None])
    rights = values.read_rows([content[0].get("rights")]) if content else []
    return bool(rights) and rights[0].get("hearing") is True


def check_offered(codes: Iterable[str], now: datetime, *, offered: bool) -> None:
    """Raise NoticeIncomplete where a measure bars from a trade or an office and no hearing is told.

    行政处罚法第六十三条第一款: class A of the catalogue of measures.
    """
    day = instants.office_day(now)
    found = [law.find_measure(code, day) for code in codes]
    barring = [one.name for one in found if one is not None and one.cls == "A"]
    if barring and not offered:
        raise errors.NoticeIncomplete(
            f"拟采取“{barring[0]}”，须告知听证权利", article="行政处罚法第六十三条第一款"
        )


def appoint(
    tx: Transaction,
    case: values.Fields,
    hearing_id: int,
    login: str,
    *,
    open_to_public: bool,
    closed_reason: str,
) -> int:
    """Appoint who conducts the hearing; FourEyes for anyone who had a hand in the case (INV-10).

    Open to the public unless secrets or privacy are at stake (行政处罚法第六十四条第三项).
    """
    hearing = find_hearing(tx, hearing_id)
    if not open_to_public and not closed_reason.strip():
        raise errors.HearingUnlawful("不公开举行听证须写明所涉的秘密或者隐私", article=LAW)
    m, p = models.memberships, models.people
    person = tx.first(
        m.join(p, m.c.person_id == p.c.id)
        .select()
        .with_only_columns(p.c.id, p.c.name)
        .where(
            p.c.login == login,
            p.c.active,
            m.c.role == OFFICER,
            m.c.department_id == case["department_id"],
        )
    )
    if person is None:
        raise errors.HearingUnlawful(f"“{login}”不是本机关的听证主持人", article=LAW)
    if person["id"] in investigators(tx, hearing["case_id"], tx.now):
        raise errors.FourEyes(f"{person['name']}办理过本案，不得主持听证", article=LAW)
    _change(
        tx,
        hearing_id,
        officer_id=person["id"],
        open_to_public=open_to_public,
        closed_reason="" if open_to_public else closed_reason,
    )
    return person["id"]


def investigators(tx: Transaction, case_id: int, now: datetime) -> set[int]:
    """People who have handled, reviewed or approved anything in the case by `now`."""
    t = models.tasks.c
    done = tx.all(
        models.tasks.select().where(
            t.case_id == case_id,
            t.role.in_(sorted(INVESTIGATES)),
            t.completed_by.is_not(None),
            t.ended_at.is_(None) | (t.ended_at <= now),
        )
    )
    return {row["completed_by"] for row in done}


def schedule(
    tx: Transaction,
    hearing_id: int,
    at: datetime,
    place: str,
    limits: Sequence[deadlines.Limit],
) -> None:
    """Fix time and place; HearingUnlawful where no notice could reach the party in time (DP-H2)."""
    hearing = find_hearing(tx, hearing_id)
    _check_open(hearing)
    if hearing["officer_id"] is None:
        raise errors.HearingUnlawful("尚未指定听证主持人", article=LAW)
    first = earliest(tx.now, limits)
    if at < first:
        raise errors.HearingUnlawful(
            f"须在举行听证的七个工作日前通知，最早可以定在 {instants.say_instant(first)}",
            article=LAW,
            earliest=first,
        )
    same = (hearing["scheduled_at"], hearing["place"]) == (at, place)
    _change(
        tx,
        hearing_id,
        status="requested",
        scheduled_at=at,
        place=place,
        notice_document_id=hearing["notice_document_id"] if same else None,  # issued only once
        noticed_at=None,
    )


def earliest(served_at: datetime, limits: Sequence[deadlines.Limit]) -> datetime:
    """The first instant at which a hearing told at `served_at` may be held (DP-H2)."""
    limit = deadlines.find(limits, NOTICE, instants.office_day(served_at))
    return deadlines.compute(limit, served_at, law.calendar()).due_at


def attach_notice(tx: Transaction, hearing_id: int, document_id: int) -> None:
    """Note which document told the party of time and place."""
    _change(tx, hearing_id, notice_document_id=document_id)


def note_served(
    tx: Transaction, hearing_id: int, served_at: datetime, limits: Sequence[deadlines.Limit]
) -> bool:
    """Note when the notice was served; whether the seven workdays are kept, else a new date."""
    hearing = find_hearing(tx, hearing_id)
    _check_open(hearing)
    if hearing["scheduled_at"] is None or hearing["notice_document_id"] is None:
        raise errors.HearingUnlawful("听证通知书尚未制发", article=LAW)
    in_time = earliest(served_at, limits) <= hearing["scheduled_at"]
    if in_time:
        _change(tx, hearing_id, status="noticed", noticed_at=served_at)
    return in_time


def hold(tx: Transaction, hearing_id: int, held_at: datetime, minutes: Mapping[str, Any]) -> None:
    """The hearing was held; not before the time that was told, nor without anybody there."""
    hearing = _check_noticed(tx, hearing_id)
    if not hearing["scheduled_at"] <= held_at <= tx.now:
        raise errors.HearingUnlawful(
            f"听证时间应在通知的 {instants.say_instant(hearing['scheduled_at'])} 以后、现在以前",
            article=LAW,
        )
    if not values.read_rows(minutes.get("attendance")):
        raise errors.HearingUnlawful("没有记明出席听证的人员", article=LAW)
    _change(tx, hearing_id, status="held", held_at=held_at, minutes=dict(minutes))


def note_absence(tx: Transaction, hearing_id: int, reason: str) -> None:
    """Nobody came, without a good reason: the right is given up (行政处罚法第六十四条第六项)."""
    hearing = _check_noticed(tx, hearing_id)
    if tx.now < hearing["scheduled_at"]:
        raise errors.HearingUnlawful("通知的听证时间未到，不能认定缺席", article=LAW)
    if not reason.strip():
        raise errors.HearingUnlawful("认定无正当理由缺席，须写明查明的情况", article=LAW)
    _change(tx, hearing_id, status="absent", outcome_reason=reason)


def withdraw(tx: Transaction, hearing_id: int, reason: str, evidence: Any) -> None:
    """The party takes the request back, over a signature."""
    hearing = find_hearing(tx, hearing_id)
    _check_open(hearing)
    signed = attachments.check_evidence(tx, hearing["case_id"], evidence, "撤回听证申请")
    kept = [*values.read_texts(hearing["evidence"]), *signed]
    _change(tx, hearing_id, status="withdrawn", outcome_reason=reason, evidence=kept)


def attach_transcript(tx: Transaction, hearing_id: int, document_id: int) -> None:
    """Note which document is the transcript (听证笔录)."""
    _change(tx, hearing_id, transcript_document_id=document_id)


def sign(tx: Transaction, hearing_id: int, signature: str, evidence: Any) -> None:
    """File the transcript as it was signed, or with a note of the refusal (第六十四条第八项)."""
    hearing = find_hearing(tx, hearing_id)
    if hearing["status"] != "held" or hearing["transcript_document_id"] is None:
        raise errors.HearingUnlawful("听证笔录尚未制作", article=LAW)
    if signature not in {"signed", "refused"}:
        raise errors.HearingUnlawful("须记明听证笔录是否签名或者盖章", article=LAW)
    scans = attachments.check_evidence(tx, hearing["case_id"], evidence, "听证笔录")
    kept = [*values.read_texts(hearing["evidence"]), *scans]
    _change(tx, hearing_id, signature=signature, evidence=kept)


def report(tx: Transaction, hearing_id: int, text: str, opinion: str) -> None:
    """The officer's report on a hearing that was held, for the legal review (第五十八条)."""
    hearing = find_hearing(tx, hearing_id)
    if hearing["status"] != "held" or not hearing["signature"]:
        raise errors.HearingUnlawful("听证笔录尚未归档，不能提出听证报告", article=LAW)
    if not text.strip() or opinion not in OPINIONS:
        raise errors.HearingUnlawful("听证报告须写明意见和理由", article=LAW)
    _change(tx, hearing_id, report=text, opinion=opinion)


def close(tx: Transaction, hearing_id: int) -> Row:
    """The matter is settled; one that was held needs its report."""
    hearing = find_hearing(tx, hearing_id)
    if hearing["closed_at"] is not None:
        raise errors.NotExpected(f"听证 {hearing['number']} 已经办结")
    if hearing["status"] not in ENDED or (hearing["status"] == "held" and not hearing["report"]):
        raise errors.HearingOpen(f"听证 {hearing['number']} 尚未办完", article=LAW)
    _change(tx, hearing_id, closed_at=tx.now)
    return hearing


def attach_refusal(tx: Transaction, hearing_id: int, document_id: int) -> None:
    """Note which document tells that a late request is not followed."""
    _change(tx, hearing_id, refusal_document_id=document_id)


def note_refused(tx: Transaction, hearing_id: int, served_at: datetime) -> None:
    """A late request was answered; only a late one may be (行政处罚法第六十四条第一项)."""
    hearing = find_hearing(tx, hearing_id)
    _check_open(hearing)
    if not hearing["late"] or hearing["refusal_document_id"] is None:
        raise errors.HearingUnlawful("在期限内申请的，应当组织听证", article=LAW)
    _change(tx, hearing_id, status="refused", refusal_served_at=served_at)


def find_hearing(tx: Transaction, hearing_id: int) -> Row:
    """The hearing; raises NotFound."""
    return tx.one(models.hearings.select().where(models.hearings.c.id == hearing_id))


def of_case(tx: Transaction, case_id: int) -> Sequence[Row]:
    """Every request for a hearing in a case, oldest first."""
    h = models.hearings.c
    return tx.all(models.hearings.select().where(h.case_id == case_id).order_by(h.id))


def _check_noticed(tx: Transaction, hearing_id: int) -> Row:
    hearing = find_hearing(tx, hearing_id)
    _check_open(hearing)
    if hearing["status"] != "noticed" or hearing["scheduled_at"] is None:
        raise errors.HearingUnlawful("听证通知书尚未送达，不得举行听证", article=LAW)
    return hearing


def _check_open(hearing: Row) -> None:
    if hearing["status"] in ENDED or hearing["closed_at"] is not None:
        raise errors.NotExpected(f"听证 {hearing['number']} 已经结束")


def _change(tx: Transaction, hearing_id: int, **changes: Any) -> None:
    h = models.hearings
    tx.run(h.update().where(h.c.id == hearing_id).values(**changes))
