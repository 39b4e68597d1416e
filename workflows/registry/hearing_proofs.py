"""What proves that every hearing asked for was settled as the law says, read from rows alone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from workflows import errors, models
from workflows.registry import attachments, hearings, instants, law, proofs, values
from workflows.store import Row, Transaction


def open_count(tx: Transaction, case_id: int, now: datetime) -> int:
    """How many requests are not settled, those too that wait to be registered."""
    waiting = messages(tx, case_id, now, "pending")
    return len(waiting) + sum(one["closed_at"] is None for one in hearings.of_case(tx, case_id))


def messages(tx: Transaction, case_id: int, now: datetime, status: str) -> Sequence[Row]:
    """Requests that came in by `now` and are `pending`, or were `refused` at registration."""
    m = models.case_messages.c
    return tx.all(
        models.case_messages.select().where(
            m.case_id == case_id,
            m.message == hearings.MESSAGE,
            m.status == status,
            m.received_at <= now,
        )
    )


def check_settled(tx: Transaction, case: values.Fields, notice: Row | None, now: datetime) -> str:
    """INV-01d: what was asked for in time was held, given up or missed without reason.

    Every stage is proved again from rows. Raises HearingOpen; also while a hearing that the notice
    offers may still be asked for.
    """
    offered = notice is not None and hearings.is_offered(tx, notice)
    for status, word in (("pending", "尚未登记"), ("refused", "未能登记")):
        if offered and messages(tx, case["id"], now, status):
            raise errors.HearingOpen(f"有听证申请已经收到、{word}", article=hearings.LAW)
    asked = [one for one in hearings.of_case(tx, case["id"]) if one["requested_at"] <= now]
    for hearing in asked:
        _check_settled(tx, hearing, now)
    if notice is None or not offered:
        return "没有告知听证权利"
    end = hearings.request_end(notice, law.limits())
    since = notice["served_at"] or now
    answered = notice["waiver"] or any(one["requested_at"] >= since for one in asked)
    if end is not None and now < end and not answered:
        said = f"申请听证的期限至 {instants.say_end(end)} 届满"
        raise errors.HearingOpen(said, article=hearings.LAW)
    return f"{len(asked)} 件听证申请均已办结" if asked else "没有申请听证"


def held_until(tx: Transaction, case_id: int, now: datetime) -> datetime | None:
    """When the last hearing that was held was settled, by `now`."""
    ends = [
        one["closed_at"]
        for one in hearings.of_case(tx, case_id)
        if one["status"] == "held" and one["closed_at"] is not None and one["closed_at"] <= now
    ]
    return max(ends, default=None)


def check_reviewed_since(tx: Transaction, case_id: int, now: datetime) -> str:
    """INV-11: after a hearing the legality was reviewed; LegalReviewMissing else (第五十八条)."""
    until = held_until(tx, case_id, now)
    if until is None:
        return "没有举行听证"
    t = models.tasks.c
    reviewed = tx.first(
        models.tasks.select().where(
            t.case_id == case_id,
            t.element == "review_legality",
            t.role == "legal_reviewer",
            t.completed_by.is_not(None),
            t.ended_at >= until,
            t.ended_at <= now,
        )
    )
    if reviewed is None:
        raise errors.LegalReviewMissing("听证结束以后须经法制审核", article=hearings.REVIEW_LAW)
    return "听证以后已经法制审核"


def _check_settled(tx: Transaction, hearing: Row, now: datetime) -> None:
    what = f"听证 {hearing['number']} "
    if hearing["closed_at"] is None or hearing["status"] not in hearings.ENDED:
        raise errors.HearingOpen(f"{what}尚未办结", article=hearings.LAW)
    if hearing["officer_id"] in hearings.investigators(
        tx, hearing["case_id"], hearing["closed_at"]
    ):
        raise errors.HearingOpen(f"{what}的主持人办理过本案", article=hearings.LAW)
    try:
        _PROOFS[hearing["status"]](tx, hearing, what, now)
    except errors.Refusal as refusal:
        article = refusal.article or hearings.LAW
        raise errors.HearingOpen(refusal.detail or refusal.message, article=article) from refusal


def _prove_notice(tx: Transaction, hearing: Row, what: str, now: datetime) -> None:
    served_at = proofs.check_delivered(tx, hearing["notice_document_id"], f"{what}的通知书", now)
    if hearing["scheduled_at"] is None or hearing["scheduled_at"] < hearings.earliest(
        served_at, law.limits()
    ):
        raise errors.HearingUnlawful(f"{what}没有在七个工作日前通知", article=hearings.LAW)


def _prove_held(tx: Transaction, hearing: Row, what: str, now: datetime) -> None:
    _prove_notice(tx, hearing, what, now)
    if hearing["held_at"] is None or hearing["held_at"] < hearing["scheduled_at"]:
        raise errors.HearingUnlawful(f"{what}没有在通知的时间举行", article=hearings.LAW)
    proofs.check_sound(tx, hearing["transcript_document_id"], f"{what}的笔录", sealed=False)
    attachments.check_bytes(tx, hearing["case_id"], hearing["evidence"], f"{what}的笔录")
    if not hearing["signature"] or not hearing["report"]:
        raise errors.HearingUnlawful(f"{what}没有签名的笔录或者听证报告", article=hearings.LAW)


def _prove_absence(tx: Transaction, hearing: Row, what: str, now: datetime) -> None:
    _prove_notice(tx, hearing, what, now)
    if hearing["closed_at"] < hearing["scheduled_at"]:
        raise errors.HearingUnlawful(f"{what}在通知的时间以前认定缺席", article=hearings.LAW)


def _prove_withdrawal(tx: Transaction, hearing: Row, what: str, now: datetime) -> None:
    del now
    attachments.check_bytes(tx, hearing["case_id"], hearing["evidence"], f"{what}的撤回")


def _prove_refusal(tx: Transaction, hearing: Row, what: str, now: datetime) -> None:
    if not hearing["late"]:
        raise errors.HearingUnlawful(f"{what}在期限内提出，应当组织听证", article=hearings.LAW)
    proofs.check_delivered(tx, hearing["refusal_document_id"], f"{what}的答复", now)


_PROOFS: Mapping[str, Callable[[Transaction, Row, str, datetime], None]] = {
    "held": _prove_held,
    "absent": _prove_absence,
    "withdrawn": _prove_withdrawal,
    "refused": _prove_refusal,
}
