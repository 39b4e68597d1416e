"""Listings: the only place where a subject is put on a list or taken off it, behind the guards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import (
    guards,
    instants,
    measures,
    notices,
    publicity,
    reaching,
    removal_grounds,
    values,
)
from workflows.store import Row, Transaction

DECIDED = "decided_listed"
PUBLISHED = "published"
OPEN = frozenset({"draft", "noticed"})
IN_FORCE = frozenset({DECIDED, PUBLISHED})
RELIEF_LAW = "行政复议法第二十条；行政诉讼法第四十六条"
OVERDUE = "removal_overdue"
"""Kind of the incidents that tell of an entry whose term is over."""


def decide_listing(
    tx: Transaction,
    case: values.Fields,
    decider_id: int | None,
    decision: Mapping[str, Any],
    now: datetime,
) -> int:
    """Put the case's subject on the list, if the guard finds nothing missing.

    The only function that writes `decided_listed` (INV-01): no diagram, command or migration gets
    past `guards.check_listing`, which raises what is missing with its article.
    `decision`: list_code, grounds [no], measures [code], reasons, term_months, removal_conditions,
    removal_procedure.
    """
    guards.check_listing(tx, case, decider_id, dict(decision), now)
    listing = of_case(tx, case["id"])
    notice = notices.current_notice(tx, case["id"])
    if notice is None or listing is None or listing["status"] not in OPEN:
        raise errors.NotExpected("本案已经作出决定或者已经终止，不得再次列入")
    start = instants.office_day(now)
    kept = values.read_numbers(decision["grounds"])
    announced = values.read_rows(notice["grounds"])
    tx.run(
        models.listings.update()
        .where(models.listings.c.id == listing["id"])
        .values(
            status=DECIDED,
            grounds=[ground for ground in announced if str(ground["no"]) in kept],
            measures=values.read_texts(decision["measures"]),
            term_start=start,
            term_end=instants.add_months(start, int(decision["term_months"])),
            decided_at=now,
            decided_by=decider_id,
        )
    )
    return listing["id"]


def terminate(tx: Transaction, case: values.Fields, list_code: str, now: datetime) -> int:
    """End the case without listing: nothing is recorded against the subject (§2.8)."""
    listing = of_case(tx, case["id"])
    if listing is None:
        return tx.insert(
            models.listings,
            {
                "subject_id": case["subject_id"],
                "case_id": case["id"],
                "list_code": list_code,
                "status": "terminated",
                "decided_at": now,
            },
        )
    if listing["status"] not in OPEN:
        raise errors.NotExpected("本案已经作出列入决定，不得终止；须依法撤销")
    tx.run(
        models.listings.update()
        .where(models.listings.c.id == listing["id"])
        .values(status="terminated", decided_at=now)
    )
    return listing["id"]


def check_undecided(tx: Transaction, case_id: int, what: str) -> None:
    """Raise NotExpected once the case is decided: the law gives other relief from then on."""
    listing = of_case(tx, case_id)
    if listing is not None and listing["decided_at"] is not None:
        raise errors.NotExpected(
            f"本案已经作出决定，不再受理{what}；请告知当事人可以申请行政复议或者提起行政诉讼",
            article=RELIEF_LAW,
        )


def attach_decision(tx: Transaction, case_id: int, document_id: int) -> None:
    """Note which document carries the decision."""
    tx.run(
        models.listings.update()
        .where(models.listings.c.case_id == case_id)
        .values(decision_document_id=document_id)
    )


def was_decided(tx: Transaction, case_id: int) -> bool:
    """Whether somebody decided to list in this case, whatever became of it."""
    listing = of_case(tx, case_id)
    return listing is not None and listing["decided_by"] is not None


def close_listing(tx: Transaction, case: values.Fields, served_at: datetime) -> int:
    """Note when the decision was served; nothing is public before (INV-13)."""
    listing = of_case(tx, case["id"])
    if listing is None or listing["status"] != DECIDED:
        raise errors.NotExpected("本案没有列入决定")
    if listing["decision_document_id"] is None:
        raise errors.DocumentIncomplete("列入决定书尚未制发")
    tx.run(
        models.listings.update()
        .where(models.listings.c.id == listing["id"])
        .values(served_at=served_at)
    )
    return listing["id"]


def in_force(tx: Transaction, subject_id: int) -> list[Row]:
    """The subject's entries that stand today, of every department, oldest first."""
    entry = models.listings
    mine = entry.c.subject_id == subject_id, entry.c.status.in_(sorted(IN_FORCE))
    return list(tx.all(entry.select().where(*mine).order_by(entry.c.id)))


def find_listing(tx: Transaction, listing_id: int) -> Row:
    """The listing; raises NotFound."""
    return tx.one(models.listings.select().where(models.listings.c.id == listing_id))


def check_in_force(tx: Transaction, listing_id: int) -> Row:
    """The listing, if it stands; raises NotInForce saying what became of it."""
    listing = find_listing(tx, listing_id)
    if listing["status"] not in IN_FORCE:
        known = removal_grounds.GROUNDS.get(listing["removal_ground"])
        raise errors.NotInForce(known.name if known else "")
    return listing


def check_own(tx: Transaction, listing: Row, case: values.Fields) -> None:
    """Raise NotAllowed unless the case is about this subject, in the office that listed it.

    Whoever recognises removes (谁认定、谁移出); no other office's entry is touched (INV-20).
    """
    c, d = models.cases, models.departments
    own = tx.one(c.select().where(c.c.id == listing["case_id"]))
    if own["subject_id"] != case["subject_id"]:
        raise errors.NotAllowed("该列名不属于本案主体")
    if own["department_id"] != case["department_id"]:
        office = tx.one(d.select().where(d.c.id == own["department_id"]))
        raise errors.NotAllowed(f"该列名由{office['name']}认定，须由该机关移出")


def mark_published(tx: Transaction, listing_id: int, now: datetime) -> None:
    """Note that the listing is public; NotExpected before its decision is served (INV-13)."""
    listing = check_in_force(tx, listing_id)
    if listing["served_at"] is None or listing["served_at"] > now:
        raise errors.NotExpected(
            "列入决定书尚未送达，不得公示", article="国办发〔2020〕49号 四（八）"
        )
    entry = models.listings
    tx.run(entry.update().where(entry.c.id == listing_id).values(status=PUBLISHED))


def remove(
    tx: Transaction,
    listing_id: int,
    ground: str,
    case: values.Fields,
    now: datetime,
    document_id: int | None = None,
) -> str:
    """Take the subject off this list; says, in Chinese, what proves the ground (D17).

    The only function that writes `removed_*` and `revoked`. In the same transaction its publicity
    ends and its measures begin to be lifted (INV-09, -13, -16); no other entry of the subject is
    touched (INV-20). The cases that watch and publish the entry are told, and one that lifts its
    measures is opened. Raises NotInForce, NotAllowed, RemovalUnfounded, EvidenceMissing, FourEyes.
    """
    rule = removal_grounds.GROUNDS.get(ground)
    if rule is None:
        raise errors.NotExpected(f"“{ground}”不是法定的移出事由")
    listing = check_in_force(tx, listing_id)
    check_own(tx, listing, case)
    proposed = models.removals.select().where(models.removals.c.case_id == case["id"])
    proof = rule.check(removal_grounds.Asked(tx, listing, ground, case, now, tx.first(proposed)))
    entry = models.listings
    removed = tx.run(
        entry.update()
        .where(entry.c.id == listing_id, entry.c.status.in_(sorted(IN_FORCE)))
        .values(
            status=rule.status,
            removed_at=now,
            removal_ground=ground,
            removal_case_id=case["id"],
            removal_document_id=document_id,
        )
    )
    if not removed:
        raise errors.NotInForce
    _end_effects(tx, listing, ground, case, now)
    return proof


def _end_effects(
    tx: Transaction, listing: Row, ground: str, case: values.Fields, now: datetime
) -> None:
    """Publicity and measures of the entry end with it; whoever watches it is told."""
    showing = published_by(tx, listing["id"])
    publicity.end_of_listing(tx, listing["id"], ground, now)
    measures.begin_lifting(tx, listing["id"], ground, now)
    said = {"listing_id": listing["id"], "removal_ground": ground}
    concerned = _about(tx, listing, "listing_in_force", "delisting")
    told = [one for one in concerned if one != case["id"]]
    reaching.tell(tx, told, "listing_removed", said)
    reaching.tell(tx, showing, "publicity_ended", {"reason": ground})
    if measures.to_lift(tx, listing["id"]):
        reaching.open_case(tx, case, "listing_removed", "lift_measures", said)
    j = models.jobs
    late = j.c.unique_key == f"{OVERDUE}:listing:{listing['id']}"
    tx.run(j.update().where(late).values(status="done", ended_at=now))


def published_by(tx: Transaction, listing_id: int) -> list[int]:
    """The cases whose publicity shows this entry, or is about to."""
    p = models.publicities
    rows = tx.all(p.select().where(p.c.listing_id == listing_id, p.c.status != "ended"))
    return sorted({row["case_id"] for row in rows})


def watched_by(tx: Transaction, listing: Row) -> list[int]:
    """The open cases that keep this entry (`listing_in_force`)."""
    return _about(tx, listing, "listing_in_force")


def _about(tx: Transaction, listing: Row, *procedures: str) -> list[int]:
    ids = reaching.cases_of_subject(tx, listing["subject_id"], procedures)
    c = models.cases
    rows = tx.all(c.select().where(c.c.id.in_(ids)).order_by(c.c.id))
    return [row["id"] for row in rows if reaching.read_fact(row, "listing_id") == listing["id"]]


def attach_removal(tx: Transaction, case_id: int, document_id: int) -> None:
    """Note which document carries the removal that this case brought about."""
    entry = models.listings
    mine = entry.c.removal_case_id == case_id
    tx.run(entry.update().where(mine).values(removal_document_id=document_id))


def of_case(tx: Transaction, case_id: int) -> Row | None:
    """The listing of a case, whatever its status."""
    return tx.first(models.listings.select().where(models.listings.c.case_id == case_id))
