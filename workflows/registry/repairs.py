"""Credit repair (信用修复): an application from its receipt to its end, and what is undone later.

draft → submitted → (supplement) → accepted | not_accepted → verifying → granted | refused → synced
→ (revoked). Nothing is granted but by a named person, on what rows prove (国办发〔2020〕49号 六).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from workflows import deadlines, errors, models
from workflows.registry import (
    attachments,
    instants,
    repairable,
    values,
)
from workflows.store import Row, Transaction

LAW = "国办发〔2020〕49号 六（十一）、（十二）；信用修复管理办法（发改委令第36号）"
EYES_LAW = "行政处罚法第六十四条第四项（参照）"

NEXT: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"submitted", "withdrawn", "not_repair"}),
    "submitted": frozenset(
        {"draft", "supplement", "accepted", "not_accepted", "withdrawn", "not_repair"}
    ),
    "supplement": frozenset({"submitted", "withdrawn", "not_repair"}),
    "accepted": frozenset({"verifying", "withdrawn", "not_repair"}),
    "verifying": frozenset({"verifying", "granted", "refused", "withdrawn", "not_repair"}),
    "granted": frozenset({"synced", "revoked"}),
    "synced": frozenset({"revoked"}),
}
"""State → the states that may follow (domain §2.8)."""

OPEN = frozenset({"draft", "submitted", "supplement", "accepted", "verifying"})
REPAIRED = frozenset({"granted", "synced"})
MARKED = frozenset({"accepted", "verifying"})
SITES = ("“信用中国”网站", "地方信用门户网站", "国家企业信用信息公示系统", "认定单位网站")
"""Where a repair is carried out: one application, all sites (一网通办)."""

STATES: Mapping[str, str] = {
    "draft": "暂存",
    "submitted": "已收到",
    "supplement": "待补正",
    "accepted": "已受理",
    "not_accepted": "不予受理",
    "verifying": "核实中",
    "granted": "准予修复",
    "refused": "不予修复",
    "synced": "已同步",
    "withdrawn": "已撤回",
    "not_repair": "转撤销更正",
    "revoked": "已撤销修复",
}

_r = models.repairs


@dataclass(frozen=True)
class Application:
    """What somebody asks for at the window. `ground`: ordinary | reorganisation."""

    record_ids: Sequence[int]
    listing_ids: Sequence[int]
    applied_at: datetime
    channel: str
    applicant: str
    agent: str = ""
    ground: str = "ordinary"


def register(tx: Transaction, case: values.Fields, asked: Application, now: datetime) -> int:
    """Register an application; its number is that of the case's receipt.

    Raises RepairIncomplete where it names nothing, or nothing of this subject and office, and
    NotExpected where it lies in the future or the same information is asked about already.
    """
    chosen = [f"record:{one}" for one in asked.record_ids]
    chosen += [f"listing:{one}" for one in asked.listing_ids]
    if not chosen:
        raise errors.RepairIncomplete("没有选定要修复的信息", article=LAW)
    if asked.applied_at > now:
        raise errors.NotExpected(f"申请时间 {instants.say_instant(asked.applied_at)} 晚于现在")
    if not asked.applicant.strip():
        raise errors.RepairIncomplete("没有写明申请人", article=LAW)
    strange = set(chosen) - _known(tx, case)
    if strange:
        raise errors.RepairIncomplete(
            "所选信息不属于该主体、不由本机关认定或者已经不再公示", article=LAW
        )
    taken = _taken(tx, case, chosen)
    if taken is not None:
        raise errors.NotExpected(f"同一信息的修复申请（{taken['number']}）正在办理")
    return tx.insert(
        _r,
        {
            **asdict(asked),
            "subject_id": case["subject_id"],
            "case_id": case["id"],
            "number": f"修申{instants.office_day(now).year}-{case['id']:06d}",
            "status": "submitted",
            "history": [_line(now, "submitted", None, "")],
        },
    )


def find(tx: Transaction, repair_id: int) -> Row:
    """The application; raises NotFound."""
    return tx.one(_r.select().where(_r.c.id == repair_id))


def of_case(tx: Transaction, case_id: int) -> Row:
    """The application that a case is about; raises NotFound."""
    return tx.one(_r.select().where(_r.c.case_id == case_id))


def granted_of(tx: Transaction, subject_id: int) -> list[Row]:
    """The repairs of a subject that stand, newest first."""
    mine = _r.select().where(_r.c.subject_id == subject_id, _r.c.status.in_(sorted(REPAIRED)))
    return list(tx.all(mine.order_by(_r.c.id.desc())))


def set_regime(tx: Transaction, repair: Row, regime: str) -> None:
    """Note under which rules the application is dealt with (D11)."""
    change(tx, repair, regime=regime)


def add_materials(
    tx: Transaction, case: values.Fields, repair: Row, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Keep what was handed in, each with its evidence; raises EvidenceMissing for strangers."""
    kept: list[dict[str, Any]] = []
    for row in rows:
        proof = attachments.check_evidence(tx, case["id"], row.get("evidence"), "修复申请材料")
        kept.append({key: row.get(key) or "" for key in ("material", "item", "note")})
        kept[-1]["evidence"] = proof
    change(tx, repair, materials=kept)


def attach_commitment(
    tx: Transaction, case: values.Fields, repair: Row, commitment_id: int
) -> None:
    """The commitment that goes with the application; raises NotExpected for a stranger's."""
    c = models.commitments.c
    mine = models.commitments.select().where(c.id == commitment_id)
    row = tx.first(mine.where(c.subject_id == case["subject_id"]))
    if row is None or row["status"] in {"drafted", "declined", "breached"}:
        raise errors.NotExpected("信用承诺书没有签署，或者不属于该主体", article=LAW)
    change(tx, repair, commitment_id=commitment_id)


def assess(
    tx: Transaction,
    case: values.Fields,
    repair: Row,
    limits: Sequence[deadlines.Limit],
    now: datetime,
) -> repairable.Assessment:
    """How the application stands now; its level, what is missing and when are kept."""
    found = repairable.assess(tx, case, repair, limits, now)
    kept = {"level": found.level, "earliest_on": found.earliest_on}
    change(tx, repair, missing=list(found.missing), **kept)
    return found


def recommend(tx: Transaction, repair: Row, recommended: str) -> None:
    """Keep what D12 recommends: the person who decides may differ, with reasons."""
    change(tx, repair, recommended=recommended)


def ask_supplement(tx: Transaction, repair: Row, missing: Sequence[str], now: datetime) -> None:
    """Ask once for everything that is missing; NotExpected the second time (一次性告知)."""
    if repair["supplement_asked_at"] is not None:
        raise errors.NotExpected("已经一次性告知补正，不得再次要求补正", article=LAW)
    if not missing:
        raise errors.RepairIncomplete("没有写明须补正的内容", article=LAW)
    move(tx, repair, "supplement", now, missing=list(missing), supplement_asked_at=now)


def resubmit(tx: Transaction, repair: Row, now: datetime) -> None:
    """The application is before the office again: supplemented, or its earliest day has come."""
    if repair["status"] != "submitted":
        move(tx, repair, "submitted", now)


def keep_draft(tx: Transaction, repair: Row, earliest_on: date | None, now: datetime) -> None:
    """Keep an application that came too early; raises NotExpected where it did not (D12 row 3)."""
    if earliest_on is None or earliest_on <= instants.office_day(now):
        raise errors.NotExpected("最短公示期已经届满，不得以此为由不予办理", article=LAW)
    move(tx, repair, "draft", now, earliest_on=earliest_on)


def refuse_acceptance(
    tx: Transaction, repair: Row, reasons: str, by: int | None, now: datetime
) -> None:
    """不予受理, always with reasons (INV-15)."""
    check_named(by)
    if len(reasons.strip()) < 2:
        raise errors.RefusalUnreasoned("没有写明不予受理的理由", article=LAW)
    move(tx, repair, "not_accepted", now, reasons=reasons, decided_by=by, decided_at=now)


def accept(
    tx: Transaction,
    repair: Row,
    found: repairable.Assessment,
    reasons: str,
    by: int | None,
    now: datetime,
) -> None:
    """Accept an application whose materials are complete; raises RepairIncomplete naming them.

    One that comes too early is kept as a draft and not accepted.
    """
    check_named(by)
    if found.missing:
        raise errors.RepairIncomplete(f"缺少{'、'.join(found.missing)}", article=LAW)
    if not found.term_reached:
        raise errors.RepairBarred(
            f"最早可于{say_day(found.earliest_on)}申请，应当暂存", article=LAW
        )
    if found.base_revoked:
        raise errors.RepairBarred("所据文书已被撤销，应当撤销更正，不属于修复", article=LAW)
    move(tx, repair, "accepted", now, accepted_at=now, reasons=reasons)


def verify(
    tx: Transaction,
    case: values.Fields,
    repair: Row,
    findings: Sequence[Mapping[str, Any]],
    by: int | None,
    now: datetime,
) -> None:
    """Write what was found of each item: performed, effects removed, on which evidence.

    Raises RepairIncomplete for an item nobody looked at. A record whose duty is performed is
    corrected from that day (D02 counts it no longer as uncorrected).
    """
    check_named(by)
    items = {item.id: item for item in repairable.read_items(tx, repair)}
    told = {str(row.get("item")): dict(row) for row in findings}
    if set(told) != set(items):
        lost = [items[one].document_no for one in items.keys() - told.keys()]
        raise errors.RepairIncomplete(f"没有核实{'、'.join(lost) or '申请以外的信息'}", article=LAW)
    for item_id, row in told.items():
        what = f"核实{items[item_id].document_no}"
        attachments.check_evidence(tx, case["id"], row.get("evidence"), what)
        if row.get("performed") == "yes":
            _correct(tx, items[item_id], row, now)
    move(tx, repair, "verifying", now, findings=list(told.values()), verified_by=by)


def attach_decision(tx: Transaction, case_id: int, document_id: int) -> None:
    """Note which document carries the decision."""
    tx.run(_r.update().where(_r.c.case_id == case_id).values(decision_document_id=document_id))


def withdraw(tx: Transaction, repair: Row, reason: str, now: datetime) -> None:
    """The applicant takes the application back; free until the decision."""
    move(tx, repair, "withdrawn", now, reasons=reason)


def leave_to_correction(tx: Transaction, repair: Row, now: datetime) -> list[int]:
    """The base was revoked: this is no repair (INV-16). Returns the records to be corrected."""
    items = repairable.read_items(tx, repair)
    revoked = [item for item in items if item.row["status"] in {"withdrawn", "revoked"}]
    if not revoked:
        raise errors.NotExpected("所据文书没有被撤销", article="河南省社会信用条例第四十二条")
    move(tx, repair, "not_repair", now)
    return [item.row["id"] for item in revoked if not item.is_listing]


def _correct(
    tx: Transaction, item: repairable.Item, finding: Mapping[str, Any], now: datetime
) -> None:
    day = finding.get("performed_on")
    on = instants.read_day(day, "履行日期") if day else instants.office_day(now)
    if on > instants.office_day(now):
        raise errors.NotExpected(f"履行日期 {on} 晚于今天")
    if not item.is_listing:
        r = models.records
        kept = r.update().where(r.c.id == item.row["id"], ~r.c.corrected)
        tx.run(kept.values(corrected=True, corrected_on=on))


def named_by(repair: Row) -> dict[str, list[int]]:
    """The records and listings that an application names."""
    return {
        "record_ids": [int(one) for one in values.read_texts(repair["record_ids"])],
        "listing_ids": [int(one) for one in values.read_texts(repair["listing_ids"])],
    }


def _known(tx: Transaction, case: values.Fields) -> set[str]:
    """What may be asked about: what is offered, and what was revoked meanwhile (INV-16)."""
    r = models.records.c
    withdrawn = models.records.select().where(
        r.subject_id == case["subject_id"], r.status == "withdrawn"
    )
    offered = {item.id for item in repairable.offered(tx, case)}
    return offered | {f"record:{row['id']}" for row in tx.all(withdrawn)}


def _taken(tx: Transaction, case: values.Fields, chosen: Sequence[str]) -> Row | None:
    mine = _r.select().where(_r.c.subject_id == case["subject_id"], _r.c.status.in_(sorted(OPEN)))
    for row in tx.all(mine):
        told = named_by(row)
        known = {f"record:{one}" for one in told["record_ids"]}
        known |= {f"listing:{one}" for one in told["listing_ids"]}
        if known & set(chosen):
            return row
    return None


def move(tx: Transaction, repair: Row, status: str, now: datetime, **told: Any) -> None:
    """The one way from state to state; raises NotExpected for an edge that is not drawn."""
    if status not in NEXT.get(repair["status"], frozenset()):
        raise errors.NotExpected(
            f"修复申请{STATES[repair['status']]}，不能{STATES[status]}", article=LAW
        )
    by = told.get("decided_by") or told.get("revoked_by") or told.get("verified_by")
    said = str(told.get("revoked_reason") or told.get("reasons") or "")
    history = [*values.read_rows(repair["history"]), _line(now, status, by, said)]
    changed = tx.run(
        _r.update()
        .where(_r.c.id == repair["id"], _r.c.status == repair["status"])
        .values(status=status, history=history, **told)
    )
    if not changed:
        raise errors.CaseChanged


def _line(now: datetime, status: str, by: int | None, reason: str) -> dict[str, Any]:
    return {"at": instants.write_instant(now), "status": status, "by": by, "reason": reason}


def change(tx: Transaction, repair: Row, **told: Any) -> None:
    tx.run(_r.update().where(_r.c.id == repair["id"]).values(**told))


def check_named(by: int | None) -> None:
    if by is None:
        raise errors.FourEyes("须由具名的人员作出，系统不得自动作出", article=EYES_LAW)


def hands(tx: Transaction, case_id: int) -> set[int]:
    t = models.tasks.c
    worked = models.tasks.select().where(
        t.case_id == case_id, t.completed_by.is_not(None), t.role == "caseworker"
    )
    return {row["completed_by"] for row in tx.all(worked)}


def say_day(day: date | None) -> str:
    """A day as refusals name it; nothing for none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
