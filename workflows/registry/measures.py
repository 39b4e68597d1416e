"""Measures (惩戒措施): what follows from a listing, who carries it out, and how it ends.

proposed → notified → in_force | no_basis; → lifting → lifted. Only what the decision named and the
catalogue allows (D09; INV-08), not before the decision is served and not beyond the listing unless
a law fixes its own term (INV-09); what another listing carries on stays (INV-20).
国办发〔2020〕49号 五（九）、（十）; 河南省社会信用条例第三十二条、第三十四条、第三十七条第三款.

This room does not look at `listings`, which looks here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows import errors, models
from workflows.registry import (
    instants,
    law,
    lawful,
    public_view,
    reaching,
    remedies,
    subjects,
    values,
)
from workflows.store import Row, Transaction

TERM_LAW = "国办发〔2020〕49号 五（九）、（十）；河南省社会信用条例第三十七条第三款"
STANDING = frozenset({"decided_listed", "published"})
TOLD = frozenset({"notified", "in_force"})
"""The implementer knows of it: it must be told again when it ends."""

STATUSES: Mapping[str, str] = {
    "proposed": "拟实施",
    "notified": "已通知，待答复",
    "in_force": "实施中",
    "no_basis": "没有依据，不实施",
    "lifting": "待解除",
    "lifted": "已解除",
}

_m = models.measures


@dataclass(frozen=True)
class Target:
    """A measure and who is asked to carry it out; `department_id` where it is of this house."""

    code: str
    implementer: str
    department_id: int | None = None


def review(tx: Transaction, listing_id: int, now: datetime) -> dict[str, str]:
    """Each measure the decision named with why it may not be applied today, or '' (D09)."""
    listing = _listing(tx, listing_id)
    organ = public_view.organ_of(tx, listing["case_id"])
    subject = subjects.find_subject(tx, listing["subject_id"])
    return {
        code: lawful.refuse_measure(code, listing["list_code"], organ, subject, now)
        for code in values.read_texts(listing["measures"])
    }


def check_served(tx: Transaction, listing_id: int, now: datetime) -> Row:
    """The listing, if measures may follow from it: it stands and its decision is served (INV-09).

    Raises NotInForce once it ended, NotExpected before it is decided or served.
    """
    listing = _listing(tx, listing_id)
    if listing["removed_at"] is not None:
        raise errors.NotInForce("不得实施惩戒措施", article=TERM_LAW)
    if listing["status"] not in STANDING:
        raise errors.NotExpected("没有列入决定，或者已经移出、撤销，不得实施惩戒措施")
    if listing["served_at"] is None or listing["served_at"] > now:
        raise errors.NotExpected("列入决定书尚未送达，不得实施惩戒措施", article=TERM_LAW)
    return listing


def check_ended(tx: Transaction, listing_id: int) -> None:
    """Raise NotExpected unless the listing was removed or revoked: its measures end with it."""
    if _listing(tx, listing_id)["removed_at"] is None:
        raise errors.NotExpected("该列名没有移出、撤销，不解除惩戒措施", article=TERM_LAW)


def check_asked(tx: Transaction, measure_id: int, act: str) -> None:
    """Raise unless the implementer is asked to begin (`start`) or to end (`lift`) this measure.

    NotInForce where it has ended meanwhile, NotExpected where nobody has asked yet or any more.
    """
    row = find(tx, measure_id)
    if row["status"] == ("notified" if act == "start" else "lifting"):
        return
    why = f"“{row['name']}”{STATUSES[row['status']]}"
    if row["status"] in {"lifting", "lifted"}:
        raise errors.NotInForce(why)
    raise errors.NotExpected(f"{why}，不须请实施单位办理")


def propose(
    tx: Transaction,
    listing_id: int,
    case: values.Fields,
    targets: Iterable[Target],
    now: datetime,
) -> list[int]:
    """Write down what is to be applied, and by whom; ids of the rows.

    Raises NotExpected before the decision is served or after the listing ended; MeasureUnlawful
    for what the decision did not name (R-141), the catalogue does not allow (D09), or whoever may
    not be made to carry it out (INV-08).
    """
    listing = _check_applicable(tx, listing_id, now)
    if listing["subject_id"] != case["subject_id"]:
        raise errors.NotExpected("该列名不属于本案主体")
    allowed = review(tx, listing_id, now)
    ids: list[int] = []
    for target in targets:
        measure = _check_target(tx, target, allowed, now)
        same = (_m.c.listing_id == listing_id, _m.c.code == target.code)
        if tx.first(_m.select().where(*same, _m.c.implementer == target.implementer)):
            raise errors.NotExpected(f"已经请{target.implementer}实施“{measure.name}”")
        ids.append(
            tx.insert(
                _m,
                {
                    "subject_id": listing["subject_id"],
                    "listing_id": listing_id,
                    "case_id": case["id"],
                    "code": measure.code,
                    "name": measure.name,
                    "class_": measure.cls,
                    "basis": f"《{measure.basis}》{measure.article}",
                    "implementer": target.implementer,
                    "implementer_id": target.department_id,
                    "status": "proposed",
                    "ends_on": longest_end(measure, listing, instants.office_day(now)),
                },
            )
        )
    return ids


def notify(tx: Transaction, measure_id: int, document_id: int, now: datetime) -> None:
    """The implementer has been written to (协助实施通知)."""
    row = _expect(tx, measure_id, "proposed")
    _check_applicable(tx, row["listing_id"], now)
    change = {"status": "notified", "notice_document_id": document_id, "notified_at": now}
    _set(tx, measure_id, change)


def answer(
    tx: Transaction,
    measure_id: int,
    now: datetime,
    *,
    own_basis: str = "",
    starts_on: date | None = None,
    reason: str = "",
) -> Row:
    """The implementer acts on its own basis from a day, or says why it may not (`reason`).

    Raises as `check_answer`.
    """
    change = check_answer(
        tx, measure_id, now, own_basis=own_basis, starts_on=starts_on, reason=reason
    )
    _set(tx, measure_id, {**change, "answered_at": now})
    return find(tx, measure_id)


def check_answer(
    tx: Transaction,
    measure_id: int,
    now: datetime,
    *,
    own_basis: str = "",
    starts_on: date | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """What an answer would change, if it may be given.

    Raises MeasureUnlawful for a start before the decision was served or after the listing's end
    (INV-09), or a measure no longer allowed on that day (INV-08); BasisMissing without a basis.
    """
    row = _expect(tx, measure_id, "notified")
    if starts_on is None:
        if not reason.strip():
            raise errors.BasisMissing("不实施的须写明理由", article=TERM_LAW)
        return {"status": "no_basis", "reason": reason.strip()}
    if not own_basis.strip():
        raise errors.BasisMissing("实施单位须写明自己实施所依据的法律、法规", article=TERM_LAW)
    listing = _check_applicable(tx, row["listing_id"], now)
    measure = _check_day(tx, row, listing, starts_on)
    return {
        "status": "in_force",
        "own_basis": own_basis.strip(),
        "starts_on": starts_on,
        "ends_on": longest_end(measure, listing, starts_on),
    }


def drop(tx: Transaction, measure_id: int, reason: str, now: datetime) -> None:
    """Nobody answered though urged: it is not applied, and the reason is kept."""
    _expect(tx, measure_id, "notified")
    if not reason.strip():
        raise errors.BasisMissing("不实施的须写明理由", article=TERM_LAW)
    _set(tx, measure_id, {"status": "no_basis", "reason": reason.strip(), "answered_at": now})


def begin_lifting(tx: Transaction, listing_id: int, ground: str, now: datetime) -> None:
    """The listing has ended: each of its measures ends with it (INV-09), in this transaction.

    What nobody was told of is lifted; what the implementer knows of waits for its word (`lifting`).
    A ban whose term a law fixes runs on. Where another listing in force carries the same measure
    with the same implementer it stays there, and this row is closed (`carried_by`, INV-20). Cases
    that apply the measures are told.
    """
    for row in _rows(tx, listing_id):
        if row["status"] in {"lifted", "no_basis", "lifting"} or _runs_on(row, ground):
            continue
        change: dict[str, Any] = {"lift_ground": ground}
        carrier = find_carrier(tx, row)
        if carrier is not None and row["status"] in TOLD:
            change |= {"status": "lifted", "carried_by": carrier, "lifted_at": now}
        elif row["status"] in TOLD:
            change["status"] = "lifting"
        else:
            change |= {"status": "lifted", "lifted_at": now}
        _set(tx, row["id"], change)
    listing = _listing(tx, listing_id)
    asking = _cases_about(tx, listing["subject_id"], "apply_measures", "listing_id", {listing_id})
    ids = {row["id"] for row in _rows(tx, listing_id) if row["status"] in {"lifting", "lifted"}}
    doing = _cases_about(tx, listing["subject_id"], "implement_measure", "measure_id", ids)
    reaching.tell(tx, [*asking, *doing], "measures_withdrawn", {"reason": ground})


def notify_lift(tx: Transaction, measure_id: int, document_id: int, now: datetime) -> None:
    """The implementer has been written to that the measure ends, or stays for another listing."""
    row = find(tx, measure_id)
    if row["status"] != "lifting" and row["carried_by"] is None:
        raise errors.NotExpected(f"“{row['name']}”{STATUSES[row['status']]}，不须通知解除")
    _set(tx, measure_id, {"lift_document_id": document_id, "lift_notified_at": now})


def lifted(tx: Transaction, measure_id: int, now: datetime) -> None:
    """The implementer has ended the measure and says so (河南省社会信用条例第三十七条第三款)."""
    _expect(tx, measure_id, "lifting")
    _set(tx, measure_id, {"status": "lifted", "lifted_at": now})


def note_effect(tx: Transaction, measure_id: int, effect: str) -> None:
    """What came of it, as the implementer tells (成效统计与反馈, 濮信用〔2020〕3号 三（四）21)."""
    row = find(tx, measure_id)
    if row["status"] not in {"in_force", "lifting", "lifted"} or row["starts_on"] is None:
        raise errors.NotExpected("该措施没有实施，没有成效可以反馈")
    if not effect.strip():
        raise errors.NotExpected("须写明实施的成效")
    _set(tx, measure_id, {"effect": effect.strip()})


def find_carrier(tx: Transaction, row: Row) -> int | None:
    """The same measure by the same implementer for another listing in force, or None (INV-20)."""
    entry = models.listings
    others = tx.all(
        _m.join(entry, _m.c.listing_id == entry.c.id)
        .select()
        .with_only_columns(_m.c.id)
        .where(
            _m.c.subject_id == row["subject_id"],
            _m.c.code == row["code"],
            _m.c.implementer == row["implementer"],
            _m.c.listing_id != row["listing_id"],
            _m.c.status == "in_force",
            entry.c.status.in_(sorted(STANDING)),
        )
        .order_by(_m.c.id)
    )
    return others[0]["id"] if others else None


def answering_office(tx: Transaction, row: Row) -> int | None:
    """The department of this house that answers for itself, or None: then whoever asked registers.

    One with nobody in the lane of the co-operating office could not.
    """
    m, p = models.memberships, models.people
    asking = tx.one(models.cases.select().where(models.cases.c.id == row["case_id"]))
    office = row["implementer_id"]
    if office is None or office == asking["department_id"]:
        return None
    peers = tx.all(
        m.join(p, m.c.person_id == p.c.id)
        .select()
        .with_only_columns(p.c.id)
        .where(m.c.department_id == office, m.c.role == "dept_peer", p.c.active)
    )
    return office if peers else None


def of_listing(tx: Transaction, listing_id: int) -> list[Row]:
    """The measures of a listing, oldest first."""
    return _rows(tx, listing_id)


def to_lift(tx: Transaction, listing_id: int) -> list[int]:
    """Those whose implementers are still to be written to: they end, or stay for another."""
    return [
        row["id"]
        for row in _rows(tx, listing_id)
        if row["lift_notified_at"] is None
        and (row["status"] == "lifting" or row["carried_by"] is not None)
    ]


def find(tx: Transaction, measure_id: int) -> Row:
    """The measure; raises NotFound."""
    return tx.one(_m.select().where(_m.c.id == measure_id))


def longest_end(measure: law.Measure, listing: Row, starts_on: date) -> date:
    """The last day a measure may run: the listing's, or the law's own where it fixes a term."""
    end: date = listing["term_end"]
    if measure.max_months is None:
        return end
    own = instants.add_months(starts_on, measure.max_months)
    return own if measure.own_term else min(own, end)


def _runs_on(row: Row, ground: str) -> bool:
    """Whether a law fixes the term of a ban that is in force: it does not end with the listing.

    Unless the base of all of it was annulled (INV-16).
    """
    if ground == "base_revoked" or row["status"] != "in_force":
        return False
    measure = law.find_measure(row["code"], row["starts_on"])
    return measure is not None and measure.own_term


def _check_target(
    tx: Transaction, target: Target, allowed: Mapping[str, str], now: datetime
) -> law.Measure:
    if target.code not in allowed:
        raise errors.MeasureUnlawful(
            f"“{target.code}”不在列入决定之内，不得增加", article="国办发〔2020〕49号 五（十）"
        )
    if allowed[target.code]:
        raise errors.MeasureUnlawful(allowed[target.code], article=lawful.MEASURE_LAW)
    measure = law.find_measure(target.code, instants.office_day(now))
    if measure is None:
        raise errors.MeasureUnlawful(target.code, article=lawful.MEASURE_LAW)
    name = target.implementer
    if target.department_id is not None:
        d = models.departments
        office = tx.one(d.select().where(d.c.id == target.department_id))
        if office["name"] != name:
            raise errors.NotExpected(f"实施单位{name}与登记的{office['name']}不符")
        if office["kind"] == "court":
            raise errors.MeasureUnlawful(f"{name}不是行政机关", article=lawful.MEASURE_LAW)
    why = lawful.refuse_implementer(measure, name)
    if why:
        raise errors.MeasureUnlawful(why, article=lawful.MEASURE_LAW)
    return measure


def _check_day(tx: Transaction, row: Row, listing: Row, starts_on: date) -> law.Measure:
    served_on = instants.office_day(listing["served_at"])
    if starts_on < served_on:
        raise errors.MeasureUnlawful(
            f"实施日期不得早于列入决定送达之日（{served_on}）", article=TERM_LAW
        )
    if starts_on > listing["term_end"]:
        raise errors.MeasureUnlawful(
            f"实施日期不得晚于列入期限届满之日（{listing['term_end']}）", article=TERM_LAW
        )
    organ = public_view.organ_of(tx, listing["case_id"])
    subject = subjects.find_subject(tx, row["subject_id"])
    at = instants.noon(starts_on)
    why = lawful.refuse_measure(row["code"], listing["list_code"], organ, subject, at)
    measure = law.find_measure(row["code"], starts_on)
    if why or measure is None:
        raise errors.MeasureUnlawful(why, article=lawful.MEASURE_LAW)
    return measure


def _check_applicable(tx: Transaction, listing_id: int, now: datetime) -> Row:
    listing = check_served(tx, listing_id, now)
    remedies.check_not_stayed(tx, now, listing_id=listing_id)
    return listing


def _listing(tx: Transaction, listing_id: int) -> Row:
    return tx.one(models.listings.select().where(models.listings.c.id == listing_id))


def _rows(tx: Transaction, listing_id: int) -> list[Row]:
    return list(tx.all(_m.select().where(_m.c.listing_id == listing_id).order_by(_m.c.id)))


def _expect(tx: Transaction, measure_id: int, status: str) -> Row:
    row = find(tx, measure_id)
    if row["status"] != status:
        raise errors.NotExpected(f"“{row['name']}”{STATUSES[row['status']]}，不能这样办理")
    return row


def _set(tx: Transaction, measure_id: int, change: Mapping[str, Any]) -> None:
    tx.run(_m.update().where(_m.c.id == measure_id).values(**change))


def _cases_about(
    tx: Transaction, subject_id: int, procedure: str, fact: str, ids: set[int]
) -> list[int]:
    """The open cases of a procedure whose fact is one of these ids."""
    c = models.cases
    open_ = reaching.cases_of_subject(tx, subject_id, [procedure])
    rows: Sequence[Row] = tx.all(c.select().where(c.c.id.in_(open_)).order_by(c.c.id))
    return [row["id"] for row in rows if _fact(row, fact) in ids]


def _fact(case: Row, name: str) -> Any:
    stored = values.read_rows([case["facts"]])
    root = values.read_rows([one.get("") for one in stored])
    return root[0].get(name) if root else None
