"""What an application for repair asks about, and how it stands: the facts D12 is decided on.

Everything is read from rows: records, listings, the application's materials and the findings of
whoever verified them. Nothing of a case's facts is trusted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from workflows import deadlines, models, workdays
from workflows.registry import (
    commitments,
    instants,
    law,
    lawful,
    records,
    repair_law,
    values,
)
from workflows.store import Row, Transaction

LISTED = ("decided_listed", "published")
SHORTEST: Mapping[str, str] = {
    "general": "publicity_general_min",
    "serious": "publicity_serious_min",
}
LONGEST: Mapping[str, str] = {
    "minor": "publicity_minor_max",
    "general": "publicity_general_max",
    "serious": "publicity_serious_max",
    "specific": "publicity_serious_max",
}
"""Level → the limit within which its information is public (D13; DP-P9, DP-P10, DP-R8)."""

FALSE_HISTORY = "repair_false_history"
LETTER, PROOF = "commitment_letter", "performance_proof"


@dataclass(frozen=True)
class Item:
    """One piece of information to be repaired. `id`: `record:5` or `listing:3`."""

    id: str
    row: Row
    name: str
    document_no: str
    organ: str
    starts_on: date
    behaviour: str = ""
    categories: tuple[str, ...] = ()
    list_code: str = ""

    @property
    def is_listing(self) -> bool:
        """Whether it is a listing, else a record."""
        return self.id.startswith("listing:")


@dataclass(frozen=True)
class Assessment:
    """How an application stands; the inputs of D12 and what documents say of them."""

    level: str
    earliest_on: date | None
    term_reached: bool
    performed: bool
    effects_removed: bool
    commitment_given: bool
    unrepairable: str
    false_history: bool
    base_stayed: bool
    base_revoked: bool
    missing: tuple[str, ...]
    ends_on: date | None


def read_items(tx: Transaction, repair: values.Fields) -> list[Item]:
    """The records and listings of an application, in the order of their documents."""
    found = [_record_item(row) for row in records.by_ids(tx, repair["record_ids"] or [])]
    found += [_listing_item(tx, row) for row in _listings(tx, repair["listing_ids"] or [])]
    return sorted(found, key=lambda item: (item.starts_on, item.id))


def offered(tx: Transaction, case: values.Fields) -> list[Item]:
    """What of the case's subject is public or in force and may be asked about here.

    A list is left where it was entered (谁认定、谁修复): other offices' listings are not offered.
    """
    listing, c = models.listings, models.cases
    mine = (
        listing.c.subject_id == case["subject_id"],
        listing.c.status.in_(LISTED),
        c.c.department_id == case["department_id"],
    )
    listed = tx.all(
        listing.join(c, listing.c.case_id == c.c.id)
        .select()
        .with_only_columns(*listing.c)
        .where(*mine)
        .order_by(listing.c.id)
    )
    rows = records.of_subject(tx, case["subject_id"])
    public = [_record_item(row) for row in rows if row["status"] in {"public", "stayed"}]
    return public + [_listing_item(tx, row) for row in listed]


def assess(
    tx: Transaction,
    case: values.Fields,
    repair: Row,
    limits: Sequence[deadlines.Limit],
    now: datetime,
) -> Assessment:
    """How the application stands at `now` (D12), all of its items together: the worst decides."""
    items = read_items(tx, repair)
    today = instants.office_day(now)
    asked_on = instants.office_day(repair["applied_at"])
    day = regime_day(items, asked_on, today)
    regime = repair["regime"]
    levels = {item.id: level_of(item, regime) for item in items}
    starts = [earliest_day(item, levels[item.id], regime, limits, day) for item in items]
    earliest = max((one for one in starts if one), default=None)
    shown = _shown(repair)
    why = [repair_law.why_unrepairable(i.behaviour, i.categories, i.list_code) for i in items]
    level = max(levels.values(), key=list(repair_law.LEVELS).index, default="general")
    if level == "specific":
        why.append("特定严重失信行为的信息公示至最长期限，不予提前修复（发改办财金〔2019〕527号）")
    return Assessment(
        level=level,
        earliest_on=earliest,
        term_reached=earliest is None or today >= earliest,
        performed=all(_performed(item, repair, shown) for item in items),
        effects_removed=all(_removed(item, repair) for item in items),
        commitment_given=LETTER not in _needed(regime)
        or repair["commitment_id"] is not None
        or any(material == LETTER for material, _ in shown),
        unrepairable="；".join(dict.fromkeys(one for one in why if one)),
        false_history=has_false_history(tx, repair["subject_id"], repair["id"], now),
        base_stayed=any(_is_stayed(tx, item) for item in items),
        base_revoked=any(_is_revoked(item) for item in items),
        missing=tuple(missing_materials(tx, case, repair, items)),
        ends_on=max((latest_day(i, levels[i.id], limits, today) for i in items), default=None),
    )


def regime_day(items: Iterable[Item], asked_on: date, today: date) -> date:
    """The date on which D11 decides: the application's, by the switch of repair.yaml."""
    return repair_law.regime_day(asked_on, [item.starts_on for item in items], today)


def level_of(item: Item, regime: str) -> str:
    """How grave an item is; a listing always is serious (国办发〔2020〕49号 四)."""
    if item.is_listing:
        return "serious"
    return repair_law.level_of(item.behaviour, item.categories, regime)


def earliest_day(
    item: Item, level: str, regime: str, limits: Sequence[deadlines.Limit], day: date
) -> date | None:
    """The first day on which an item may be repaired: after its shortest publicity term.

    Counted from the day of its document. None where the regime knows no term or the level has none
    (轻微). A list's own term goes before (DP-R4). `limits` as in force on `day`.
    """
    own = repair_law.list_term(item.list_code) if item.is_listing else ""
    limit_id = own or SHORTEST.get(level, "")
    if regime == "manual" or not limit_id:
        return None
    return _last_day(limits, limit_id, day, item.starts_on) + timedelta(days=1)


def latest_day(item: Item, level: str, limits: Sequence[deadlines.Limit], today: date) -> date:
    """The day on which publicity of an item ends by itself."""
    end = item.row["term_end"] if item.is_listing else item.row["publicity_to"]
    return end or _last_day(limits, LONGEST[level], today, item.starts_on)


def missing_materials(
    tx: Transaction, case: values.Fields, repair: Row, items: Sequence[Item]
) -> list[str]:
    """What the regime asks and the application does not show, one line each (C-7).

    Under the 2019 regime a letter is due for every penalty; two materials are asked since 2026.
    """
    shown = _shown(repair)
    anything = {material for material, item in shown if not item}
    own_organ = lawful.find_organ(tx, case)["name"]
    lacking: list[str] = []
    for material in repair_law.find_regime(repair["regime"]).materials:
        if material.code == LETTER and repair["commitment_id"] is not None:
            continue
        if material.per == "application":
            if not any(material.code == one for one, _ in shown):
                lacking.append(material.name)
            continue
        for item in items:
            due = material.when == "always" or item.organ == own_organ
            alone = len(items) == 1 and material.code in anything
            if due and not alone and (material.code, item.id) not in shown:
                lacking.append(f"{material.name}（{item.document_no}）")
    if repair["agent"] and ("agent_authority", "") not in shown:
        lacking.append(f"申请人授权{repair['agent']}代为申请的委托书")
    return lacking


def has_false_history(tx: Transaction, subject_id: int, but: int, now: datetime) -> bool:
    """Whether a repair of the subject was revoked for false material, or a commitment breached,
    within the policy period (D12 row 6).
    """
    start = instants.office_day(now)
    limit = deadlines.find(law.limits(), FALSE_HISTORY, start)
    since = datetime.combine(
        instants.add_months(start, -12 * limit.length), time(), workdays.OFFICE
    )
    r = models.repairs.c
    revoked = tx.first(
        models.repairs.select().where(
            r.subject_id == subject_id, r.id != but, r.revoked_at >= since
        )
    )
    return revoked is not None or commitments.has_breach(tx, subject_id, since.date())


def _needed(regime: str) -> set[str]:
    return {material.code for material in repair_law.find_regime(regime).materials}


def _shown(repair: values.Fields) -> set[tuple[str, str]]:
    """(material, item) of everything shown with evidence."""
    return {
        (values.read_text(row, "material"), values.read_text(row, "item"))
        for row in values.read_rows(repair["materials"])
        if values.read_texts(row.get("evidence"))
    }


def _finding(item: Item, repair: values.Fields) -> dict[str, Any] | None:
    found = [row for row in values.read_rows(repair["findings"]) if row.get("item") == item.id]
    return found[-1] if found else None


def _performed(item: Item, repair: values.Fields, shown: set[tuple[str, str]]) -> bool:
    """As verified; before that, whether proof was shown or the record says so."""
    finding = _finding(item, repair)
    if finding is not None:
        return finding.get("performed") == "yes"
    known = not item.is_listing and item.row["corrected"]
    return known or bool({(PROOF, item.id), (PROOF, "")} & shown)


def _removed(item: Item, repair: values.Fields) -> bool:
    finding = _finding(item, repair)
    return finding is None or finding.get("effects_removed") == "yes"


def _is_stayed(tx: Transaction, item: Item) -> bool:
    """Whether a court or a review body is still seized of what the item rests on."""
    if not item.is_listing:
        return item.row["status"] == "stayed"
    r = models.remedies.c
    open_remedy = models.remedies.select().where(r.listing_id == item.row["id"], r.outcome == "")
    return tx.first(open_remedy) is not None


def _is_revoked(item: Item) -> bool:
    return item.row["status"] in {"withdrawn", "revoked"}


def _last_day(limits: Sequence[deadlines.Limit], limit_id: str, day: date, starts_on: date) -> date:
    noon = datetime.combine(starts_on, time(12), workdays.OFFICE)
    limit = deadlines.find(limits, limit_id, day)
    return deadlines.compute(limit, noon, law.calendar()).last_day


def _record_item(row: Row) -> Item:
    return Item(
        id=f"record:{row['id']}",
        row=row,
        name="行政处罚信息",
        document_no=row["doc_no"],
        organ=row["organ"],
        starts_on=row["decided_on"],
        behaviour=f"{row['behaviour']}{row['facts']}",
        categories=tuple(values.read_texts([*(row["categories"] or []), row["content"]])),
    )


def _listing_item(tx: Transaction, row: Row) -> Item:
    d = models.documents.c
    document = tx.first(models.documents.select().where(d.id == row["decision_document_id"]))
    organ = tx.one(
        models.cases.join(
            models.departments, models.cases.c.department_id == models.departments.c.id
        )
        .select()
        .with_only_columns(models.departments.c.name)
        .where(models.cases.c.id == row["case_id"])
    )
    rule = law.describe_list(row["list_code"])
    return Item(
        id=f"listing:{row['id']}",
        row=row,
        name=f"列入{rule.name if rule else row['list_code']}信息",
        document_no=document["number"] if document else f"列名{row['id']}号",
        organ=organ["name"],
        starts_on=row["term_start"] or instants.office_day(row["decided_at"]),
        list_code=row["list_code"],
    )


def _listings(tx: Transaction, ids: Iterable[Any]) -> list[Row]:
    wanted = [int(one) for one in ids]
    listing = models.listings.c
    chosen = models.listings.select().where(listing.id.in_(wanted)).order_by(listing.id)
    return list(tx.all(chosen)) if wanted else []
