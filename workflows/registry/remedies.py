"""Remedies (行政复议、行政诉讼): recorded as they are filed; a stay only by order, on paper.

Filing stays nothing (行政复议法第四十二条, 行政诉讼法第五十六条). While an order to stay stands,
nothing of the listing is decided or enforced.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import attachments, instants, values
from workflows.store import Row, Transaction

MESSAGE = "remedy_filed"
LAW = "行政复议法第四十二条；行政诉讼法第五十六条"
KINDS: Mapping[str, str] = {"reconsideration": "行政复议", "litigation": "行政诉讼"}
ACTS: Mapping[str, str] = {
    "filed": "提起",
    "stayed": "决定或者裁定停止执行",
    "resumed": "停止执行终止",
    "concluded": "已有结果",
}


def check_told(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> None:
    """Raise NotExpected, EvidenceMissing for news of a remedy that cannot be recorded as told."""
    kind, act = values.read_text(said, "remedy_kind"), values.read_text(said, "remedy_act")
    if kind not in KINDS or act not in ACTS:
        raise errors.NotExpected("须写明是行政复议还是行政诉讼，以及发生的事项")
    if not values.read_text(said, "remedy_organ"):
        raise errors.NotExpected("须写明复议机关或者人民法院")
    day = instants.read_day(said.get("remedy_on"), "日期")
    if day > instants.office_day(tx.now):
        raise errors.NotExpected(f"日期 {day} 晚于今日，请核对")
    if act != "filed":
        _check_paper(tx, case_id, said, act)


def _check_paper(tx: Transaction, case_id: int, said: Mapping[str, Any], act: str) -> None:
    known = _find(tx, case_id, said)
    what = KINDS[str(said.get("remedy_kind"))]
    if known is None:
        raise errors.NotExpected(f"本案没有登记过向{said.get('remedy_organ')}提起的{what}")
    stayed = known["stayed_from"] is not None and known["stayed_to"] is None
    if act == "stayed" and stayed:
        raise errors.NotExpected(f"该{what}已经登记停止执行")
    if act == "resumed" and not stayed:
        raise errors.NotExpected(f"该{what}没有停止执行")
    if act == "stayed" and not values.read_text(said, "remedy_document"):
        raise errors.EvidenceMissing("停止执行须有决定书或者裁定书的文号", article=LAW)
    attachments.check_evidence(tx, case_id, said.get("remedy_evidence"), ACTS[act])


def record(tx: Transaction, case: values.Fields, said: Mapping[str, Any]) -> int:
    """Write what was told of a remedy: filed, stayed by order, resumed or concluded."""
    check_told(tx, case["id"], said)
    act = str(said["remedy_act"])
    day = instants.read_day(said["remedy_on"], "日期")
    if act == "filed":
        return _insert(tx, case, said)
    row = _find(tx, case["id"], said)
    if row is None:
        raise errors.NotFound
    changes: dict[str, Any] = {
        "evidence": [
            *values.read_texts(row["evidence"]),
            *values.read_texts(said.get("remedy_evidence")),
        ]
    }
    if act == "stayed":
        changes |= {
            "stayed_from": tx.now,
            "stayed_to": None,
            "stay_document": values.read_text(said, "remedy_document"),
        }
    if act == "concluded":
        changes |= {"outcome": values.read_text(said, "remedy_outcome"), "outcome_on": day}
    if act in {"resumed", "concluded"} and row["stayed_from"] is not None:
        changes["stayed_to"] = row["stayed_to"] or tx.now
    tx.run(models.remedies.update().where(models.remedies.c.id == row["id"]).values(**changes))
    return row["id"]


def of_case(tx: Transaction, case_id: int) -> Sequence[Row]:
    """Every remedy known of in a case, oldest first."""
    r = models.remedies
    return tx.all(r.select().where(r.c.case_id == case_id).order_by(r.c.id))


def stays(
    tx: Transaction, now: datetime, *, case_id: int | None = None, listing_id: int | None = None
) -> Sequence[Row]:
    """The orders to stay that stand at `now`, of a case or of a listing wherever they were told."""
    r = models.remedies
    about = r.c.case_id == case_id if listing_id is None else r.c.listing_id == listing_id
    return tx.all(
        r.select().where(
            about,
            r.c.stayed_from.is_not(None),
            r.c.stayed_from <= now,
            r.c.stayed_to.is_(None) | (r.c.stayed_to > now),
        )
    )


def check_not_stayed(
    tx: Transaction, now: datetime, *, case_id: int | None = None, listing_id: int | None = None
) -> str:
    """Raise Stayed while an order to stay stands: nothing of the listing may be done."""
    standing = stays(tx, now, case_id=case_id, listing_id=listing_id)
    if standing:
        order = standing[0]
        raise errors.Stayed(f"{order['organ']}以{order['stay_document']}停止执行", article=LAW)
    return "没有停止执行的决定、裁定"


def _insert(tx: Transaction, case: values.Fields, said: Mapping[str, Any]) -> int:
    files = values.read_texts(said.get("remedy_evidence"))
    if files:
        attachments.check_evidence(tx, case["id"], files, "提起复议、诉讼")
    return tx.insert(
        models.remedies,
        {
            "case_id": case["id"],
            "subject_id": case["subject_id"],
            "listing_id": _listing(tx, case["id"], said),
            "kind": said["remedy_kind"],
            "organ": values.read_text(said, "remedy_organ"),
            "number": values.read_text(said, "remedy_number"),
            "filed_on": instants.read_day(said["remedy_on"], "日期"),
            "evidence": files,
            "registered_at": tx.now,
        },
    )


def _listing(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> int | None:
    """The listing it is about: told by the case that watches over it, else the case's own."""
    if isinstance(said.get("listing_id"), int):
        return said["listing_id"]
    entry = models.listings
    own = tx.first(entry.select().where(entry.c.case_id == case_id))
    return own["id"] if own else None


def _find(tx: Transaction, case_id: int, said: Mapping[str, Any]) -> Row | None:
    """The remedy of that kind before that organ, the latest first."""
    rows = [
        one
        for one in reversed(of_case(tx, case_id))
        if one["kind"] == said.get("remedy_kind")
        and one["organ"] == values.read_text(said, "remedy_organ")
    ]
    return rows[0] if rows else None
