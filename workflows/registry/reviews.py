"""Provincial review (省级复核) of an answered objection: asked for, decided, served; its effect.

河南省社会信用条例第二十八条第四款 gives the right and says neither how long the province has nor
whether the decision waits. Here it waits, in the party's favour.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import attachments, instants, law, lawful, objections, proofs, values
from workflows.store import Row, Transaction

MESSAGE = "review_requested"
LAW = "河南省社会信用条例第二十八条第四款"
WAITS = f"{LAW}（条例未规定复核期间是否等候，从有利于当事人，等候复核结果）"
HENAN = "410000"
REVIEWER = "provincial_credit"
RESULTS: Mapping[str, str] = {"upheld": "维持", "changed": "变更", "annulled": "撤销"}


@dataclass(frozen=True)
class Found:
    """What the province found. `struck`: numbers of the grounds that fall with it."""

    result: str
    struck: Collection[str]
    reasons: str
    evidence: Collection[str] = ()


def check_requested(
    tx: Transaction, case: values.Fields, said: Mapping[str, Any]
) -> tuple[datetime, Row]:
    """When the review was asked for, and of which objection; NotExpected where it cannot be.

    The answer must have been served, and each answer is reviewed once.
    """
    if not law.covers(HENAN, lawful.find_organ(tx, case)["division"]):
        raise errors.NotExpected("只有河南省的地方性法规规定了省级复核", article=LAW)
    number = values.read_text(said, "review_objection")
    known = {one["number"]: one for one in objections.of_case(tx, case["id"])}
    objection = known.get(number)
    if objection is None:
        raise errors.NotExpected(f"本案没有编号为“{number}”的异议")
    if objection["answer_served_at"] is None:
        raise errors.NotExpected("异议的答复尚未送达，收到答复以后才可以申请复核", article=LAW)
    if any(one["objection_id"] == objection["id"] for one in of_case(tx, case["id"])):
        raise errors.NotExpected(f"异议 {number} 已经申请过复核", article=LAW)
    if not values.read_text(said, "review_grounds"):
        raise errors.NotExpected("复核申请没有写明理由")
    at = instants.read_instant(said.get("review_asked_at"), "收到复核申请的时间")
    if not objection["answer_served_at"] <= at <= tx.now:
        raise errors.NotExpected("收到复核申请的时间应在答复送达以后、现在以前，请核对")
    evidence = values.read_texts(said.get("review_evidence"))
    if evidence:
        attachments.check_evidence(tx, case["id"], evidence, "复核申请")
    return at, objection


def register(tx: Transaction, case: values.Fields, scope: str, said: Mapping[str, Any]) -> Row:
    """Write a request for a review and return its row."""
    at, objection = check_requested(tx, case, said)
    review_id = tx.insert(
        models.reviews,
        {
            "case_id": case["id"],
            "objection_id": objection["id"],
            "number": f"{case['number']}-核{len(of_case(tx, case['id'])) + 1}",
            "scope": scope,
            "requested_at": at,
            "channel": values.read_text(said, "review_channel"),
            "grounds": values.read_text(said, "review_grounds"),
            "evidence": values.read_texts(said.get("review_evidence")),
        },
    )
    return find_review(tx, review_id)


def decide(
    tx: Transaction,
    review_id: int,
    found: Found,
    reviewer_id: int | None,
    department_id: int | None,
) -> None:
    """Write what the province found: 维持, 变更 or 撤销, with reasons and the grounds that fall.

    Only a named person of the province's office reviews (NotYourTask else).
    """
    _check_reviewer(tx, reviewer_id, department_id)
    review = find_review(tx, review_id)
    if review["decided_at"] is not None:
        raise errors.NotExpected(f"复核 {review['number']} 已经作出决定")
    if found.result not in RESULTS or not found.reasons.strip():
        raise errors.NotExpected("复核须写明维持、变更或者撤销，以及理由", article=LAW)
    announced = _announced(tx, review["case_id"])
    if set(found.struck) - announced:
        strangers = "、".join(sorted(set(found.struck) - announced))
        raise errors.NotExpected(f"事由 {strangers} 未经告知")
    if bool(found.struck) == (found.result == "upheld"):
        raise errors.NotExpected("变更、撤销的，须写明因此不成立的事由；维持的，不得剔除事由")
    files = list(found.evidence)
    if files:
        attachments.check_evidence(tx, review["case_id"], files, "复核")
    _change(
        tx,
        review_id,
        result=found.result,
        struck=sorted(found.struck),
        reasons=found.reasons,
        evidence=[*values.read_texts(review["evidence"]), *files],
        reviewer_id=reviewer_id,
        reviewed_in=department_id,
        decided_at=tx.now,
    )


def attach_decision(tx: Transaction, review_id: int, document_id: int) -> None:
    """Note which document carries the result."""
    _change(tx, review_id, decision_document_id=document_id)


def close(tx: Transaction, review_id: int, served_at: datetime) -> None:
    """Note when the result reached the party."""
    review = find_review(tx, review_id)
    if review["decided_at"] is None or review["decision_document_id"] is None:
        raise errors.ReviewOpen(f"复核 {review['number']} 尚未作出决定")
    _change(tx, review_id, served_at=served_at)


def find_review(tx: Transaction, review_id: int) -> Row:
    """The review; raises NotFound."""
    return tx.one(models.reviews.select().where(models.reviews.c.id == review_id))


def of_case(tx: Transaction, case_id: int) -> Sequence[Row]:
    """Every review of a case, oldest first."""
    r = models.reviews.c
    return tx.all(models.reviews.select().where(r.case_id == case_id).order_by(r.id))


def answered(tx: Transaction, case_id: int) -> list[Row]:
    """The objections whose answer was served and that nobody has asked to have reviewed."""
    asked = {one["objection_id"] for one in of_case(tx, case_id)}
    return [
        one
        for one in objections.of_case(tx, case_id)
        if one["answer_served_at"] is not None and one["id"] not in asked
    ]


def open_count(tx: Transaction, case_id: int, now: datetime) -> int:
    """How many reviews are not served, those too that wait to be registered."""
    waiting = messages(tx, case_id, now, "pending")
    return len(waiting) + sum(one["served_at"] is None for one in of_case(tx, case_id))


def messages(tx: Transaction, case_id: int, now: datetime, status: str) -> Sequence[Row]:
    """Requests that came in by `now` and are `pending`, or were `refused` at registration."""
    m = models.case_messages.c
    return tx.all(
        models.case_messages.select().where(
            m.case_id == case_id,
            m.message == MESSAGE,
            m.status == status,
            m.received_at <= now,
        )
    )


def check_settled(tx: Transaction, case: values.Fields, now: datetime) -> str:
    """INV-01e: every review asked for is decided and its result served; else ReviewOpen."""
    for status, word in (("pending", "尚未登记"), ("refused", "未能登记")):
        if messages(tx, case["id"], now, status):
            raise errors.ReviewOpen(f"有复核申请已经收到、{word}", article=WAITS)
    asked = [one for one in of_case(tx, case["id"]) if one["requested_at"] <= now]
    for review in asked:
        what = f"复核 {review['number']} "
        if review["decided_at"] is None or review["served_at"] is None:
            raise errors.ReviewOpen(f"{what}尚未作出决定或者决定尚未送达", article=WAITS)
        try:
            served_at = proofs.check_delivered(
                tx, review["decision_document_id"], f"{what}的决定", now
            )
        except errors.Refusal as refusal:
            raise errors.ReviewOpen(refusal.detail, article=WAITS) from refusal
        if served_at != review["served_at"]:
            raise errors.ReviewOpen(f"{what}的送达时间与送达回证不符", article=WAITS)
    return f"{len(asked)} 件复核均已决定并送达" if asked else "没有申请复核"


def as_heard(tx: Transaction, case_id: int) -> list[dict[str, Any]]:
    """Reviews that struck grounds, as objections that were upheld: a ground that fell stays so."""
    return [
        {
            "received_at": one["requested_at"],
            "points": [{"accepted": True, "grounds": values.read_texts(one["struck"])}],
        }
        for one in of_case(tx, case_id)
        if one["decided_at"] is not None and one["result"] in {"changed", "annulled"}
    ]


def _check_reviewer(tx: Transaction, person_id: int | None, department_id: int | None) -> None:
    m, d = models.memberships, models.departments
    row = tx.first(
        m.join(d, m.c.department_id == d.c.id)
        .select()
        .where(
            m.c.person_id == person_id,
            m.c.department_id == department_id,
            m.c.role == REVIEWER,
            d.c.kind == "province",
        )
    )
    if row is None:
        raise errors.NotYourTask("复核须由省级社会信用工作主管部门的人员作出", article=LAW)


def _announced(tx: Transaction, case_id: int) -> set[str]:
    n = models.notices
    notice = tx.first(n.select().where(n.c.case_id == case_id).order_by(n.c.id.desc()).limit(1))
    return set(values.read_numbers(notice["grounds"])) if notice else set()


def _change(tx: Transaction, review_id: int, **changes: Any) -> None:
    r = models.reviews
    tx.run(r.update().where(r.c.id == review_id).values(**changes))
