"""Removals that a person decides: proposed with evidence, then granted or refused with reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import attachments, listings, removal_grounds, values
from workflows.store import Row, Transaction

LAW = "河南省社会信用条例第三十七条；国办发〔2020〕49号 六（十一）"


@dataclass(frozen=True)
class Proposal:
    """What somebody proposes. `proof`: the dates and numbers that the ground asks for (D17)."""

    listing_id: int
    ground: str
    proof: Mapping[str, Any]
    evidence: Sequence[str]
    by: int | None


def propose(tx: Transaction, case: values.Fields, said: Proposal, now: datetime) -> int:
    """Write what is proposed in a case; proposed again, it takes the place of what was sent back.

    Raises NotInForce, NotAllowed for a listing that is not this office's, EvidenceMissing without a
    file of the case, NotExpected for a ground that nobody decides.
    """
    rule = removal_grounds.GROUNDS.get(said.ground)
    if rule is None or not rule.is_decided:
        raise errors.NotExpected(f"“{rule.name if rule else said.ground}”不需要提出移出意见")
    listing = listings.check_in_force(tx, said.listing_id)
    listings.check_own(tx, listing, case)
    evidence = attachments.check_evidence(tx, case["id"], list(said.evidence), "移出名单")
    row = {
        "listing_id": said.listing_id,
        "ground": said.ground,
        "status": "proposed",
        "proof": dict(said.proof),
        "evidence": evidence,
        "proposed_by": said.by,
        "proposed_at": now,
    }
    known = of_case(tx, case["id"])
    if known is None:
        return tx.insert(models.removals, {"case_id": case["id"], **row})
    if known["status"] != "proposed":
        raise errors.NotExpected("本案已经作出是否移出的决定")
    m = models.removals
    tx.run(m.update().where(m.c.id == known["id"]).values(**row))
    return known["id"]


def decide(
    tx: Transaction,
    case: values.Fields,
    *,
    is_granted: bool,
    reasons: str,
    by: int | None,
    now: datetime,
) -> Row:
    """Write the decision of a named person who did not propose it; reasons always.

    Raises NotExpected where nothing is proposed, FourEyes, DecisionIncomplete without reasons.
    """
    row = of_case(tx, case["id"])
    if row is None or row["status"] != "proposed":
        raise errors.NotExpected("本案没有待决定的移出意见")
    if by is None or by == row["proposed_by"]:
        raise errors.FourEyes(
            "提出移出的人不得决定移出", article="行政处罚法第六十四条第四项（参照）"
        )
    if not reasons.strip():
        raise errors.DecisionIncomplete("是否移出的决定没有写明理由", article=LAW)
    m = models.removals
    status = "granted" if is_granted else "refused"
    tx.run(
        m.update()
        .where(m.c.id == row["id"])
        .values(status=status, reasons=reasons, decided_by=by, decided_at=now)
    )
    return tx.one(m.select().where(m.c.id == row["id"]))


def of_case(tx: Transaction, case_id: int) -> Row | None:
    """What a case proposes or has decided."""
    m = models.removals
    return tx.first(m.select().where(m.c.case_id == case_id))
