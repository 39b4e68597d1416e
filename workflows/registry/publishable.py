"""Whether something may be shown to everybody, and until when (D13, D22; INV-12, INV-13).

Told from rows: the listing, record or commitment, its documents and how they were served.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows import deadlines, errors, models
from workflows.registry import (
    instants,
    law,
    leniency,
    papers,
    public_view,
    records,
    remedies,
    service_of_process,
    subjects,
    tables,
    values,
)
from workflows.registry.public_view import About
from workflows.store import Row, Transaction

SERVED_LAW = "国办发〔2020〕49号 三（五）、四（八）"
SAME_LAW = "国办发〔2020〕49号 三（五）"
EYES_LAW = "国办发〔2020〕49号 三（四）"

STANDING = frozenset({"decided_listed", "published"})
SIGNED = frozenset({"signed", "published", "supervised", "annulled_breach"})
CONSENTS: Mapping[str, str] = {
    "unit": "",
    "both": "承诺人书面同意公示单位及其法定代表人信息",
}
"""What a commitment consents to: the unit shown, the legal representative too (C-9)."""

LEVELS: Mapping[str, str] = {"listing": "严重"}
"""How grave is what a kind of information tells of, where the kind says it."""


@dataclass(frozen=True)
class Term:
    """From the day of the document (D13): until when it shows, from when it may be repaired."""

    ends_on: date
    repairable_on: date | None
    basis: str


def about_of(tx: Transaction, row: Row) -> About:
    """What a publicity is about."""
    return find_about(tx, row["kind"], row[f"{row['kind']}_id"])


def find_about(tx: Transaction, kind: str, id_: int) -> About:
    """What is to be shown; raises NotPublishable before it is decided or signed."""
    table, day = {
        "listing": (models.listings, "term_start"),
        "record": (models.records, "decided_on"),
        "commitment": (models.commitments, "signed_on"),
    }[kind]
    row = tx.one(table.select().where(table.c.id == id_))
    if row[day] is None:
        raise errors.NotPublishable("尚未作出决定或者尚未签署", article=SERVED_LAW)
    subject = subjects.find_subject(tx, row["subject_id"])
    return About(kind, row, subject, _organ(tx, kind, row), row[day])


def find_term(about: About, level: str, now: datetime) -> Term:
    """How long it is shown (D13), counted from the day of the document.

    By the limit in force on that day; where there was none yet, by the one in force now.
    """
    since = about.document_on
    ruled = tables.publicity_term(about.kind, level, about.list_code, regime_of(since))
    longest = _limit(ruled["longest"], since, now)
    last = _last_day(longest, since)
    if ruled["until"] == "listing":
        listed = about.row["term_end"]  # Henan 19: what is still listed is shown as long as that
        last = listed if ruled["longest"] == "disclosure_term" else min(last, listed)
    if ruled["until"] == "commitment" and about.row["period_end"]:
        last = min(last, about.row["period_end"])
    shortest = ruled["shortest"] and _last_day(_limit(ruled["shortest"], since, now), since)
    return Term(last, min(shortest, last) if shortest else None, longest.basis)


def regime_of(document_on: date) -> str:
    """Which rules of publicity terms the day of a document falls under (D13)."""
    known = [one for one in law.limits() if one.id == "publicity_general_max"]
    return "R36" if any(one.is_in_force(document_on) for one in known) else "R58"


def openness_facts(tx: Transaction, row: Row) -> dict[str, Any]:
    """What D22 asks of a publicity."""
    about = about_of(tx, row)
    who = public_view.holder(tx, about)
    categories = values.read_texts(about.row["categories"]) if row["kind"] == "record" else []
    return {
        "kind": row["kind"],
        "minor": who == "minor",
        "secret": row["secret"],
        "is_person": who != "enterprise",
        "has_basis": about.row["consent"] in CONSENTS
        if row["kind"] == "commitment"
        else bool(row["personal_basis"]) and not _is_spared(tx, about),
        "warning_only": bool(categories) and set(categories) <= {"警告", "通报批评"},
    }


def _is_spared(tx: Transaction, about: About) -> bool:
    """Whether a review found leniency due: then no basis lets a person be shown (D05)."""
    return about.kind == "listing" and leniency.is_light(tx, about.row["case_id"])


def check_allowed(tx: Transaction, row: Row, now: datetime) -> None:
    """Raise unless the law lets this be public today: open, served, unchanged, in its term."""
    about = about_of(tx, row)
    opened, why = tables.openness(**openness_facts(tx, row))
    if opened != "publish":
        raise errors.NotPublishable(why, article=public_view.ARTICLE)
    _check_in_force(tx, about, now)
    if row["content_sha256"] != public_view.digest(row["content"], row["ends_on"]):
        raise errors.NotPublishable("公示内容与核对时不同，须重新核对", article=SAME_LAW)
    again = public_view.compose(tx, about, row["summary"], row["personal_basis"], row["ends_on"])
    if again != row["content"]:
        raise errors.NotPublishable("登记的信息已经变更，须重新拟写、核对", article=SAME_LAW)
    public_view.check_words(about, row["content"], has_basis=bool(row["personal_basis"]))
    if row["ends_on"] < instants.office_day(now):
        raise errors.NotPublishable(
            f"公示期已于{public_view.say_day(row['ends_on'])}届满", article=row["basis"]
        )


def check_eyes(tx: Transaction, row: Row, checker_id: int | None) -> None:
    """Raise FourEyes unless a person checks who drafted nothing in this case."""
    if checker_id is None:
        raise errors.FourEyes("公示内容须由具名的人核对，系统不得自动公示", article=EYES_LAW)
    t = models.tasks.c
    drafted = tx.all(
        models.tasks.select().where(
            t.case_id == row["case_id"], t.role == "caseworker", t.completed_by == checker_id
        )
    )
    if drafted:
        raise errors.FourEyes("拟写公示内容的人不得核对", article=EYES_LAW)


def _organ(tx: Transaction, kind: str, row: Row) -> Any:
    if kind == "record":
        return {"name": row["organ"]}
    return public_view.organ_of(tx, row["case_id"])


def known_basis(about: About, now: datetime) -> str:
    """The law or the signed consent that lets personal data be shown, masked; or nothing."""
    if about.kind == "commitment":
        return CONSENTS.get(about.row["consent"], "")
    rule = law.find_list(about.list_code, instants.office_day(now)) if about.list_code else None
    return rule.personal_basis if rule else ""


def check_standing(tx: Transaction, about: About) -> None:
    """Raise NotPublishable, of a listing that ended NotInForce, for what does not stand any more.

    What was withdrawn, revoked or removed is never shown, however long one waits.
    """
    row = about.row
    if about.kind == "record" and not records.is_in_force(row):
        raise errors.NotPublishable(
            "所据法律文书已被撤销或者停止执行", article="行政处罚法第四十八条"
        )
    if about.kind == "commitment" and row["status"] not in SIGNED:
        raise errors.NotPublishable("承诺书尚未签署，或者已经终止", article=public_view.ARTICLE)
    if about.kind == "listing" and row["status"] not in STANDING:
        if row["removed_at"] is None:
            raise errors.NotPublishable("没有列入决定，或者已经移出、撤销", article=SERVED_LAW)
        if not _is_repair_revoked(tx, row):
            raise errors.NotInForce("不再公示", article=SERVED_LAW)


def _check_in_force(tx: Transaction, about: About, now: datetime) -> None:
    check_standing(tx, about)
    if about.kind != "listing":
        return
    row = about.row
    document_id = row["decision_document_id"]
    if document_id is None or row["served_at"] is None or row["served_at"] > now:
        raise errors.NotPublishable("列入决定书尚未送达，不得公示", article=SERVED_LAW)
    papers.check_sound(tx, document_id, "列入决定书")
    remedies.check_not_stayed(tx, now, listing_id=row["id"])
    try:
        proved = service_of_process.check_served(tx, document_id, "列入决定书", now)
    except errors.Refusal as refusal:
        raise errors.NotPublishable(refusal.detail, article=SERVED_LAW) from refusal
    if proved != row["served_at"]:
        raise errors.NotPublishable("列入决定书的送达时间与送达回证不符", article=SERVED_LAW)


def _is_repair_revoked(tx: Transaction, listing: Row) -> bool:
    """A removal that rested on false material: the rest of its term is shown again (36号令)."""
    r = models.repairs
    revoked = tx.all(
        r.select().where(r.c.subject_id == listing["subject_id"], r.c.status == "revoked")
    )
    named = {str(one) for row in revoked for one in values.read_texts(row["listing_ids"])}
    return listing["status"] == "removed_repaired" and str(listing["id"]) in named


def _limit(limit_id: str, since: date, now: datetime) -> deadlines.Limit:
    try:
        return deadlines.find(law.limits(), limit_id, since)
    except errors.LimitUnknown:
        return deadlines.find(law.limits(), limit_id, instants.office_day(now))


def _last_day(limit: deadlines.Limit, day: date) -> date:
    return deadlines.compute(limit, instants.noon(day), law.calendar()).last_day
