"""What a granted repair brings about, on every site at once; and how one that was got by false
material is undone (国办发〔2020〕49号 六（十一）; 国办发〔2025〕22号).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import (
    instants,
    listings,
    publicity,
    repairable,
    repairs,
    values,
)
from workflows.store import Row, Transaction

SHIELD_LAW = "国办发〔2025〕22号；企业破产法第八十六条"


def execute(tx: Transaction, case: values.Fields, repair: Row, now: datetime) -> None:
    """Carry a granted repair out, here and now: lists left, publicity ended, measures lifting.

    The decision must be in a document (INV-23); the sites' receipts follow (`sync`).
    """
    if repair["status"] != "granted" or repair["decision_document_id"] is None:
        raise errors.NotExpected("准予修复的决定书尚未制发", article=repairs.LAW)
    for item in repairable.read_items(tx, repair):
        if item.is_listing:
            listings.remove(
                tx,
                item.row["id"],
                "repair_granted",
                case,
                now,
                document_id=repair["decision_document_id"],
            )
        else:
            _end_record(tx, item.row["id"], now)


def sync(
    tx: Transaction, repair: Row, receipts: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Every site has said that it took the information down."""
    rows = values.read_rows(list(receipts))
    if not rows or not all(values.read_text(row, "receipt") for row in rows):
        raise errors.EvidenceMissing("没有各网站停止公示的回执")
    repairs.move(tx, repair, "synced", now, receipts=rows, synced_at=now)


def begin_shielding(tx: Transaction, repair: Row, now: datetime) -> None:
    """Bankruptcy reorganisation: hide what is public until the plan is performed.

    国办发〔2025〕22号: on the court's ruling, for the time in which the plan is performed. The term
    of publicity runs on.
    """
    if repair["status"] != "accepted" or repair["ground"] != "reorganisation":
        raise errors.NotExpected("只有已经受理的破产重整修复申请可以暂时屏蔽", article=SHIELD_LAW)
    _shield(tx, repair, on=True)
    repairs.change(tx, repair, shielded_at=now)


def end_shielding(tx: Transaction, repair: Row, now: datetime) -> None:
    """Show again what was hidden; nothing where nothing is."""
    if repair["shielded_at"] is not None and repair["shielded_at"] <= now:
        _shield(tx, repair, on=False)
        repairs.change(tx, repair, shielded_at=None)


def _shield(tx: Transaction, repair: Row, *, on: bool) -> None:
    told = repairs.named_by(repair)
    for record_id in told["record_ids"]:
        publicity.shield(tx, on=on, record_id=record_id)
    for listing_id in told["listing_ids"]:
        publicity.shield(tx, on=on, listing_id=listing_id)


def revoke(
    tx: Transaction,
    case: values.Fields,
    repair_id: int,
    reason: str,
    by: int | None,
    now: datetime,
) -> list[int]:
    """Undo a repair that rests on false material; what is left of the publicity term comes back.

    The record of the repair stays, with why it was revoked, and counts against the next one (D12).
    Returns the publicities restored.
    """
    repair = repairs.find(tx, repair_id)
    repairs.check_named(by)
    if repair["subject_id"] != case["subject_id"]:
        raise errors.NotAllowed("该修复不属于本案主体")
    if by in repairs.hands(tx, case["id"]):
        raise errors.FourEyes("核查与决定不得由同一人", article=repairs.EYES_LAW)
    if len(reason.strip()) < 2:
        raise errors.RefusalUnreasoned("没有写明撤销修复的理由", article=repairs.LAW)
    repairs.move(tx, repair, "revoked", now, revoked_at=now, revoked_by=by, revoked_reason=reason)
    return _restore(tx, repair, now)


def _restore(tx: Transaction, repair: Row, now: datetime) -> list[int]:
    p, r = models.publicities.c, models.records
    told = repairs.named_by(repair)
    chosen = models.publicities.select().where(
        p.record_id.in_(told["record_ids"]) | p.listing_id.in_(told["listing_ids"]),
        p.status == "ended",
        p.ended_reason == "repair_granted",
        p.ends_on >= instants.office_day(now),
    )
    restored = [row["id"] for row in tx.all(chosen.order_by(p.id))]
    for publicity_id in restored:
        publicity.restore(tx, publicity_id, now)
    today = instants.office_day(now)
    tx.run(
        r.update()
        .where(r.c.id.in_(told["record_ids"]), r.c.status == "ended")
        .where(r.c.publicity_to.is_(None) | (r.c.publicity_to >= today))
        .values(status="public")
    )
    return restored


def _end_record(tx: Transaction, record_id: int, now: datetime) -> None:
    """The record is kept and no longer public (Henan 19, 44)."""
    r = models.records
    publicity.end_of_record(tx, record_id, "repair_granted", now)
    tx.run(r.update().where(r.c.id == record_id, r.c.status == "public").values(status="ended"))
