"""Domain §2.1 read anew: what the rows must prove before anybody is listed.

Written from the dossier, not from the guard: it reads the file with SQL, counts days on its own
and knows the law of service (D07) as a table of its own. Where it and the guard differ, one is
wrong.
"""

import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import yaml

from tests.walks.rows import Row, Rows, instant
from workflows import settings

OFFICE = instant("2026-01-01T00:00:00+08:00").tzinfo
DAY = timedelta(days=1)

LISTED = {"decided_listed", "published"} | {
    *("removed_repaired", "removed_expired", "removed_performed", "removed_exit", "revoked"),
}
"""Statuses of a listing that was once decided."""

EFFECTIVE: dict[tuple[str, str], tuple[str, ...]] = {
    ("direct", "signed"): ("receiver", "evidence"),
    ("direct", "signed_by_other"): ("receiver", "relation", "evidence"),
    ("left", "left"): ("servers", "evidence"),
    ("electronic", "arrived"): ("evidence",),
    ("mail", "received"): ("evidence",),
    ("mail", "signed"): ("evidence",),
    ("mail", "signed_by_other"): ("receiver", "relation", "evidence"),
    ("entrusted", "signed"): ("receiver", "evidence"),
    ("entrusted", "signed_by_other"): ("receiver", "relation", "evidence"),
    ("announcement", "announced"): ("evidence",),
}
"""Method and result that serve, with what must prove it (D07)."""


def unproved(rows: Rows, case_id: int, now: datetime) -> set[str]:
    """Which of INV-01a (served), INV-01b (window or waiver), INV-01c (answered) is not proved."""
    notices = rows.of("notices", case_id=case_id)
    notice = notices[-1] if notices else None
    served = _served(rows, notice["document_id"], now) if notice else None
    missing: set[str] = set()
    if notice is None or served is None or notice["served_at"] is None:
        missing.add("INV-01a")
    if notice is None or not _may_decide(rows, notice, served, now):
        missing.add("INV-01b")
    if _unheard(rows, case_id, now):
        missing.add("INV-01c")
    return missing


def check_listed(rows: Rows, listing: Row) -> None:
    """Assert that the evidence for a listing was there when it was decided."""
    case_id, at = listing["case_id"], instant(listing["decided_at"])
    assert unproved(rows, case_id, at) == set()
    notice = rows.of("notices", case_id=case_id)[-1]
    document = rows.one("documents", notice["document_id"])
    _check_document(rows, document)
    announced = {str(one["no"]): one for one in notice["grounds"]}
    decided = [str(one["no"]) for one in listing["grounds"]]
    assert decided, "INV-03: a listing without grounds"
    assert set(decided) <= set(announced), "INV-03: a ground that was not announced"
    assert not set(decided) & _struck(rows, notice, document), "INV-03: a ground that fell"
    assert set(listing["measures"]) <= set(notice["measures"]), "INV-04: more than announced"
    content = document["content"]
    assert notice["basis"], "INV-02: no basis"
    assert notice["measures"], "INV-02: no measures"
    assert content["rights"]["channels"], "INV-02: no way to object"
    assert content["rights"]["window_days"], "INV-02: no time to object"
    assert content["organ"]["address"], "INV-02: nowhere to object"
    for number in decided:
        cited = [rows.one("records", int(one)) for one in announced[number]["records"]]
        assert cited, "INV-07: a ground without an effective document"
        day = listing["decided_at"][:10]
        assert all(_stood(one, day) for one in cited), "INV-07: not in force"
        assert {one["subject_id"] for one in cited} == {listing["subject_id"]}, "INV-07: strangers'"
    handled = {
        one["completed_by"]
        for one in rows.of("tasks", case_id=case_id, status="done")
        if one["role"] in {"caseworker", "legal_reviewer"}
        and one["ended_at"] <= listing["decided_at"]
    }
    assert listing["decided_by"] is not None, "INV-10: nobody decided"
    assert listing["decided_by"] not in handled, "INV-10: the decider handled the case"
    assert any(
        one["element"] == "review_legality" and one["ended_at"] <= listing["decided_at"]
        for one in rows.of("tasks", case_id=case_id, status="done")
    ), "INV-11: no legal review"
    assert listing["term_end"] > listing["term_start"], "INV-05: no term"
    subject = rows.one("subjects", listing["subject_id"])
    assert subject["track"] != "gov", "INV-19: a government body"
    if subject["id_scheme"] == "citizen_id":
        born = date.fromisoformat(subject["id_no"][6:14])
        days = [
            date.fromisoformat(rows.one("records", int(one))["decided_on"])
            for number in decided
            for one in announced[number]["records"]
        ]
        assert min(days) >= born.replace(year=born.year + 14), "INV-18: under fourteen"


def _stood(record: Row, day: str) -> bool:
    """Whether a document was in force on that day, though it may be withdrawn by now."""
    if record["status"] in {"public", "ended"}:
        return True
    return bool(record["withdrawn_on"]) and record["withdrawn_on"] > day


def check_late(rows: Rows, case_id: int) -> None:
    """Assert that each objection is late exactly if it was made, or posted, after its window."""
    came = rows.of("case_messages", case_id=case_id, message="objection_received")
    for objection in rows.of("objections", case_id=case_id):
        texts = [one["text"] for one in objection["points"]]
        told = [
            one
            for one in came
            if one["status"] == "delivered"
            and instant(one["values"]["received_at"]) == instant(objection["received_at"])
            and [point["text"] for point in one["values"]["points"]] == texts
        ]
        assert told, "an objection that nobody has registered"
        notice = [
            one
            for one in rows.of("notices", case_id=case_id)
            if rows.one("documents", one["document_id"])["issued_at"] <= told[0]["delivered_at"]
        ][-1]
        end = window_end(instant(notice["served_at"]), notice["limit_id"])
        late = {_made_at(one["values"]) >= end for one in told}
        assert bool(objection["late"]) in late, objection["number"]


def _made_at(said: Row) -> datetime:
    """What was posted counts from its postmark (民事诉讼法第八十五条第四款)."""
    at, posted = instant(said["received_at"]), said.get("postmark_date")
    return min(at, datetime.fromisoformat(posted).replace(tzinfo=OFFICE)) if posted else at


def window_end(served_at: datetime, limit_id: str) -> datetime:
    """24:00 of the last day, the day of service not counted (民法典201、203)."""
    limit = _limit(limit_id, served_at.astimezone(OFFICE).date())
    day, left = served_at.astimezone(OFFICE).date(), int(limit["length"])
    while left:
        day += DAY
        left -= 1 if limit["unit"] == "days" or _is_workday(day) else 0
    while limit.get("roll") == "next_workday" and not _is_workday(day):
        day += DAY
    return datetime(day.year, day.month, day.day, tzinfo=OFFICE) + DAY


def _may_decide(rows: Rows, notice: Row, served: datetime | None, now: datetime) -> bool:
    if served is None or notice["served_at"] is None or notice["window_end"] is None:
        # A waiver needs a right that is known: no service, no waiver.
        return False
    waiver = notice["waiver"]
    if waiver:
        files = {one["sha256"] for one in rows.of("attachments", case_id=notice["case_id"])}
        signed = date.fromisoformat(waiver["signed_on"])
        known = served.astimezone(OFFICE).date() <= signed <= now.astimezone(OFFICE).date()
        return known and bool(waiver["evidence"]) and set(waiver["evidence"]) <= files
    end = max(window_end(served, notice["limit_id"]), instant(notice["window_end"]))
    return now >= end


def _unheard(rows: Rows, case_id: int, now: datetime) -> bool:
    """Whether an objection has come in that is not answered with the answer served."""
    came = [
        one
        for one in rows.of("case_messages", case_id=case_id, message="objection_received")
        if instant(one["received_at"]) <= now
    ]
    heard = [
        one for one in rows.of("objections", case_id=case_id) if instant(one["received_at"]) <= now
    ]
    if len(heard) != len(came) or any(one["status"] == "pending" for one in came):
        return True
    for one in heard:
        if not one["answered_at"] or not one["result"] or not one["answer_document_id"]:
            return True
        document = rows.one("documents", one["answer_document_id"])
        _check_document(rows, document)
        served = _served(rows, document["id"], now)
        if served is None or one["answer_served_at"] is None:
            return True
        if served != instant(one["answer_served_at"]):
            return True
        answered = [point for point in one["points"] if point.get("reason")]
        if len(answered) != len(one["points"]):
            return True
    return False


def _served(rows: Rows, document_id: int, now: datetime) -> datetime | None:
    """When the document was served, if the attempts and their evidence prove it by `now`."""
    proved = None
    for service in rows.of("services", document_id=document_id):
        for attempt in rows.of("service_attempts", service_id=service["id"]):
            at = _effect(rows, service, attempt)
            if at is not None and at <= now and service["status"] == "served":
                assert at == instant(service["served_at"])
                proved = at
    return proved


def _effect(rows: Rows, service: Row, attempt: Row) -> datetime | None:
    needs = EFFECTIVE.get((attempt["method"], attempt["result"]))
    if needs is None:
        return None
    if not all(attempt[need] for need in needs):
        return None
    if attempt["method"] == "left" and not (attempt["witness"] or attempt["evidence"]):
        return None
    files = {one["sha256"] for one in rows.of("attachments", case_id=service["case_id"])}
    if not set(attempt["evidence"]) <= files:
        return None
    at = instant(attempt["at"])
    issued_at = instant(rows.one("documents", service["document_id"])["issued_at"])
    if at < issued_at.replace(second=0, microsecond=0):  # what people type has no seconds
        return None
    return window_end(at, "announcement_period") if attempt["method"] == "announcement" else at


def _struck(rows: Rows, notice: Row, document: Row) -> set[str]:
    """Numbers of grounds that upheld points of objections to this notice have struck."""
    return {
        str(number)
        for one in rows.of("objections", case_id=notice["case_id"])
        if one["received_at"] >= document["issued_at"]
        for point in one["points"]
        if point.get("accepted") is True
        for number in point.get("grounds") or []
    }


def _check_document(rows: Rows, document: Row) -> None:
    kept = rows.of("document_bytes", document_id=document["id"])
    assert kept, "INV-23: no bytes"
    assert hashlib.sha256(kept[0]["pdf"]).hexdigest() == document["sha256"], "INV-23: other bytes"
    assert document["number"], "INV-23: no number"
    assert document["sealed"], "INV-23: no seal"
    assert document["template_sha256"], "INV-23: no template version"


@cache
def _limits() -> list[dict[str, Any]]:
    return yaml.safe_load((settings.LAW / "limits.yaml").read_text("utf-8"))["limits"]


def _limit(limit_id: str, day: date) -> dict[str, Any]:
    return next(
        one
        for one in _limits()
        if one["id"] == limit_id
        and one["in_force_from"] <= day
        and (one.get("in_force_to") or date.max) >= day
    )


@cache
def _year(year: int) -> tuple[set[date], set[date]]:
    file = settings.LAW / "calendar" / f"{year}.yaml"
    if not file.exists():
        return set(), set()
    said = yaml.safe_load(file.read_text("utf-8"))
    return {one["day"] for one in said["rest"]}, {one["day"] for one in said["work"]}


@cache
def _is_workday(day: date) -> bool:
    rest, work = _year(day.year)
    return day in work or (day.weekday() < 5 and day not in rest)
