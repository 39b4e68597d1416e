"""Leniency (宽容审慎): what calls for a review before the notice, what it found, what follows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows import errors, models
from workflows.registry import attachments, instants, records, subjects, values
from workflows.store import Row, Transaction

LAW = "行政处罚法第三十条、第三十三条；民法典第一百八十条；国办发〔2020〕49号 八（十六）"
MINOR_LAW = "行政处罚法第三十条；国办发〔2020〕49号 八（十六）"
PUNISHABLE, ADULT = 14, 18
"""Full years: below the one never listed, below the other only with care."""

FLAGS: Mapping[str, str] = {
    "minor_under_14": "不满十四周岁",
    "minor_under_18": "已满十四周岁不满十八周岁",
    "force_majeure": "不可抗力",
    "no_fault": "没有主观过错",
    "minor_corrected": "轻微并及时改正，没有危害后果",
    "first_slight": "初次违法，危害后果轻微并及时改正",
}
CLAIMS: Mapping[str, str] = {
    "claims_force_majeure": "force_majeure",
    "claims_no_fault": "no_fault",
    "claims_minor_corrected": "minor_corrected",
    "claims_first_slight": "first_slight",
}
RESULTS = ("not_list", "list_light", "list")
"""From the mildest to the most severe."""

MOST: Mapping[str, str] = {
    "minor_under_14": "not_list",
    "minor_under_18": "list_light",
    "force_majeure": "not_list",
    "no_fault": "not_list",
    "minor_corrected": "not_list",
    "first_slight": "list_light",
}
"""The most severe result that an established circumstance allows (D05)."""

BY_NUMBER = frozenset({"minor_under_14", "minor_under_18"})
"""What the number of a person proves; everything else needs evidence."""


@dataclass(frozen=True)
class Found:
    """What a review found. `established`: those of the `flags` that hold."""

    flags: Collection[str]
    established: Collection[str]
    result: str
    reasons: str
    evidence: Collection[str] = ()


def record_review(
    tx: Transaction,
    case: values.Fields,
    found: Found,
    reviewer_id: int | None,
    confirmed_by: int | None,
) -> int:
    """Write a review; raises NotExpected where its result does not follow from what holds.

    A circumstance that holds needs evidence (EvidenceMissing), save a person's age; a result of
    not listing needs somebody who has agreed, other than the reviewer (FourEyes).
    """
    check_found(tx, case, found)
    if found.result == "not_list" and confirmed_by in {None, reviewer_id}:
        raise errors.FourEyes("不予列入须由审查人以外的负责人确认", article=LAW)
    return tx.insert(
        models.leniency_reviews,
        {
            "case_id": case["id"],
            "flags": sorted(found.flags),
            "established": sorted(found.established),
            "result": found.result,
            "reasons": found.reasons,
            "evidence": list(found.evidence),
            "reviewer_id": reviewer_id,
            "reviewed_at": tx.now,
            "confirmed_by": confirmed_by if found.result == "not_list" else None,
        },
    )


def check_found(tx: Transaction, case: values.Fields, found: Found) -> None:
    """Raise what would keep a review from being written, before anybody agrees to it."""
    _check_found(found)
    if set(found.established) - BY_NUMBER or found.evidence:
        attachments.check_evidence(tx, case["id"], list(found.evidence), "从宽情形")


def _check_found(found: Found) -> None:
    if found.result not in RESULTS:
        raise errors.NotExpected(f"从宽审查的结论“{found.result}”不在规定范围")
    if not found.reasons.strip():
        raise errors.NotExpected("从宽审查没有写明理由", article=LAW)
    strangers = set(found.established) - set(found.flags)
    if strangers:
        raise errors.NotExpected(f"没有筛查出{_name(strangers)}，不能认定成立", article=LAW)
    limit = most_severe(found.established)
    if RESULTS.index(found.result) > RESULTS.index(limit):
        raise errors.LeniencyMissing(f"{_name(found.established)}成立，须从宽", article=LAW)
    if found.result == "not_list" and not found.established:
        raise errors.NotExpected("没有任何从宽情形成立，不能据此不予列入", article=LAW)


def most_severe(established: Collection[str]) -> str:
    """The most severe result that these circumstances allow together."""
    allowed = [RESULTS.index(MOST[one]) for one in established if one in MOST]
    return RESULTS[min(allowed, default=len(RESULTS) - 1)]


def called_for(tx: Transaction, case: values.Fields, day: date) -> tuple[set[str], int | None]:
    """The circumstances that call for a review, and a person's age on `day`.

    Age comes from the subject's number; the rest from what was claimed when the case was opened.
    Raises LeniencyMissing where a person's age cannot be known.
    """
    stored = values.read_rows([case.get("facts")])
    facts = values.read_rows([one.get("") for one in stored])
    flags = {flag for claim, flag in CLAIMS.items() if facts and facts[0].get(claim) is True}
    subject = subjects.find_subject(tx, case["subject_id"])
    if not subjects.is_person(subject):
        return flags, None
    age = subjects.age_on(subject, day)
    if age is None:
        raise errors.LeniencyMissing("无法核实当事人的年龄", article=MINOR_LAW)
    if age < ADULT:
        flags.add("minor_under_14" if age < PUNISHABLE else "minor_under_18")
    return flags, age


def day_of_act(tx: Transaction, cited: Collection[Any], now: datetime) -> date:
    """The day on which age is counted: of the earliest document relied on (行政处罚法第三十条)."""
    days = [row["decided_on"] for row in records.by_ids(tx, cited)]
    return min(days, default=instants.office_day(now))


def check_reviewed(
    tx: Transaction, case: values.Fields, cited: Collection[Any], before: datetime, now: datetime
) -> str:
    """INV-18: what called for leniency was reviewed before the notice, and may be listed.

    `cited`: ids of the documents relied on; `before`: when the notice was issued. Nobody under 14
    is listed at all. Raises LeniencyMissing.
    """
    flags, age = called_for(tx, case, day_of_act(tx, cited, now))
    if "minor_under_14" in flags:
        raise errors.LeniencyMissing(
            f"当事人行为时 {age} 周岁，不满十四周岁，不予列入", article=MINOR_LAW
        )
    aged = f"当事人行为时 {age} 周岁；" if age is not None else ""
    if not flags:
        return f"{aged}没有从宽情形"
    review = latest(tx, case["id"], before)
    if review is None or flags - set(values.read_texts(review["flags"])):
        raise errors.LeniencyMissing(f"{aged}告知以前没有对{_name(flags)}经过从宽审查", article=LAW)
    _check_sound(tx, review)
    return f"{aged}{_name(flags)}已经从宽审查"


def latest(tx: Transaction, case_id: int, before: datetime | None = None) -> Row | None:
    """The last review of a case, by `before` where that is told."""
    r = models.leniency_reviews
    wanted = r.select().where(r.c.case_id == case_id).order_by(r.c.id.desc()).limit(1)
    if before is not None:
        wanted = wanted.where(r.c.reviewed_at <= before)
    return tx.first(wanted)


def is_light(tx: Transaction, case_id: int) -> bool:
    """Whether the case may only lead to measures of class C and to no publicity of persons."""
    review = latest(tx, case_id)
    return review is not None and review["result"] == "list_light"


def _check_sound(tx: Transaction, review: Row) -> None:
    t = models.tasks.c
    reviewed = tx.first(
        models.tasks.select().where(
            t.case_id == review["case_id"],
            t.element == "review_leniency",
            t.role == "legal_reviewer",
            t.completed_by == review["reviewer_id"],
        )
    )
    if reviewed is None:
        raise errors.LeniencyMissing("从宽审查不是由法制审核人作出的", article=LAW)
    found = Found(
        values.read_texts(review["flags"]),
        values.read_texts(review["established"]),
        review["result"],
        review["reasons"],
    )
    try:
        _check_found(found)
    except errors.NotExpected as fault:
        raise errors.LeniencyMissing(fault.detail, article=LAW) from fault
    if review["result"] == "not_list":
        raise errors.LeniencyMissing("从宽审查的结论是不予列入", article=LAW)


def _name(flags: Collection[str]) -> str:
    return "、".join(f"“{FLAGS.get(one, one)}”" for one in FLAGS if one in flags)
