"""Domain §2.1 read anew, second part: what must hold of what a listing brings with it.

Measures, publicity, repair, hearings: INV-08, 09, 10, 12, 13, 15, 16, 18, 20. Like `oracle`, it
reads the rows alone and has its own idea of the law.
"""

import json
from collections import defaultdict
from datetime import date, datetime
from functools import cache
from typing import Any

import yaml

from tests.walks import oracle
from tests.walks.rows import Row, Rows, instant
from workflows import settings

IN_FORCE = {"decided_listed", "published"}
ACTS = {"public_authority", "court"}
"""Who may be asked to carry out a measure; banks, associations and media must not be (INV-08)."""

OVER = {"lifting", "lifted", "no_basis"}
ADULT = 18
WITHOUT_SUCCESS = {"not_accepted", "refused"}
SAYS_NO = {"repair_not_accepted", "repair_refused"}


def check(rows: Rows, now: datetime) -> None:
    """Assert all of it."""
    listings = {one["id"]: one for one in rows.of("listings") if one["status"] in oracle.LISTED}
    measures = rows.of("measures")
    for measure in measures:
        _check_measure(measure, listings[measure["listing_id"]], now)
    _check_shared(listings, measures)
    subjects = {one["id"]: one for one in rows.of("subjects")}
    for publicity in rows.of("publicities"):
        listing = listings.get(publicity["listing_id"])
        _check_publicity(rows, publicity, listing, subjects[publicity["subject_id"]])
    for repair in rows.of("repairs"):
        if rows.one("cases", repair["case_id"])["status"] == "ended":
            _check_repair(rows, repair)
    for hearing in rows.of("hearings"):
        _check_hearing(rows, hearing)
    for listing in listings.values():
        _check_origin(rows, listing)


def check_over(rows: Rows) -> None:
    """Assert what must hold when every case of the house has ended."""
    for listing in rows.of("listings"):
        followed = rows.of(
            "cases", procedure_key="listing_in_force", subject_id=listing["subject_id"]
        )
        assert listing["status"] not in IN_FORCE or not followed, "a listing nobody looks after"
    public = [one["id"] for one in rows.of("publicities", status="public", kind="listing")]
    assert not public, f"INV-13: still public: {public}"
    still = [one["id"] for one in rows.of("measures", status="lifting")]
    assert not still, f"INV-09: never lifted: {still}"


def _check_measure(measure: Row, listing: Row, now: datetime) -> None:
    rule = _catalogue(measure["code"], listing["decided_at"][:10])
    what = f"measure {measure['id']} {measure['code']}"
    assert rule is not None, f"INV-08: not in the catalogue: {what}"
    assert rule["status"] == "active", f"INV-08: blocked: {what}"
    assert {"any_listed", listing["list_code"]} & set(rule["triggers"]), f"INV-08: {what}"
    assert rule["implementer_kind"] in ACTS, f"INV-08: forced on {rule['implementer_kind']}"
    assert measure["code"] in listing["measures"], f"INV-04: not decided: {what}"
    if measure["starts_on"]:
        assert listing["served_at"], f"INV-09: before the decision was served: {what}"
        assert measure["starts_on"] >= listing["served_at"][:10], f"INV-09: too early: {what}"
    if measure["ends_on"] and measure["ends_on"] > listing["term_end"]:
        assert rule.get("own_term"), f"INV-09: longer than the listing: {what}"
    if listing["status"] not in IN_FORCE:
        gone = measure["status"] in OVER or measure["carried_by"] or rule.get("own_term")
        assert gone, f"INV-09: {what} is {measure['status']} after {listing['status']}"
    elif measure["status"] in {"lifting", "lifted"}:
        ended = measure["ends_on"] and measure["ends_on"] <= now.date().isoformat()
        assert ended, f"INV-20: lifted while the listing is in force: {what}"


def _check_shared(listings: dict[int, Row], measures: list[Row]) -> None:
    """INV-20: what another listing still asks for stays when one listing goes."""
    alike: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for one in measures:
        alike[one["subject_id"], one["code"]].append(one)
    for several in alike.values():
        held = {
            one["id"]
            for one in several
            if listings[one["listing_id"]]["status"] in IN_FORCE and one["status"] == "in_force"
        }
        for one in several:
            listing = listings[one["listing_id"]]
            if listing["status"] in IN_FORCE or one["status"] == "no_basis":
                continue
            kept = [other for other in several if other["id"] in held and _before(other, listing)]
            was_in_force = one["starts_on"] is not None
            assert not (kept and was_in_force) or one["carried_by"], f"INV-20: {one['id']}"


def _before(measure: Row, gone: Row) -> bool:
    """Whether a measure was in force when a listing was removed."""
    return bool(measure["answered_at"]) and measure["answered_at"] <= gone["removed_at"]


def _check_publicity(rows: Rows, publicity: Row, listing: Row | None, subject: Row) -> None:
    what = f"publicity {publicity['id']}"
    if not publicity["published_at"]:
        return
    if subject["id_scheme"] == "citizen_id":
        born = subject["id_no"][6:14]
        of_age = f"{int(born[:4]) + ADULT}-{born[4:6]}-{born[6:]}"
        assert publicity["published_at"][:10] >= of_age, f"INV-12: a minor is shown: {what}"
        shown = json.dumps(publicity["content"], ensure_ascii=False)
        assert subject["id_no"] not in shown, f"INV-12: not masked: {what}"
    latest: dict[str, Row] = {}
    for receipt in rows.of("publicity_receipts", publicity_id=publicity["id"], act="publish"):
        latest[receipt["channel"]] = receipt
    said = {(one["content_sha256"], one["ends_on"]) for one in latest.values()}
    assert len(said) <= 1, f"INV-12: channels differ: {what}"
    assert all(one == publicity["content_sha256"] for one, _ in said), f"INV-12: {what}"
    if publicity["kind"] == "listing":
        assert listing, f"INV-13: of no listing: {what}"
        assert listing["served_at"], f"INV-13: not served: {what}"
        assert instant(listing["served_at"]) <= instant(publicity["published_at"]), (
            f"INV-13: {what}"
        )
        over = listing["status"] not in IN_FORCE
        assert not (over and publicity["status"] == "public"), f"INV-13: still public: {what}"


def _check_repair(rows: Rows, repair: Row) -> None:
    if repair["status"] not in WITHOUT_SUCCESS:
        return
    assert repair["reasons"], f"INV-15: refused without reasons: {repair['number']}"
    told = [
        one for one in rows.of("documents", case_id=repair["case_id"]) if one["kind"] in SAYS_NO
    ]
    assert told, f"INV-15: in silence: {repair['number']}"
    for one in told:
        assert rows.of("services", document_id=one["id"]), "INV-15: nobody tried to serve it"


def _check_hearing(rows: Rows, hearing: Row) -> None:
    if hearing["officer_id"] is None:
        return
    handled = {
        one["completed_by"]
        for one in rows.of("tasks", case_id=hearing["case_id"], status="done")
        if one["element"] in {"draft_case", "draft_notice", "verify_objection"}
    }
    assert hearing["officer_id"] not in handled, "INV-10: the hearing officer investigated"


def _check_origin(rows: Rows, listing: Row) -> None:
    """INV-05, INV-16, INV-18: the decision's document, its base, and care for the young."""
    if listing["decision_document_id"]:
        said = rows.one("documents", listing["decision_document_id"])["content"]
        for part in ("grounds", "basis", "measures", "relief"):
            assert said.get(part), f"INV-05: the decision lacks {part}"
    subject = rows.one("subjects", listing["subject_id"])
    cared = [
        one
        for one in rows.of("tasks", case_id=listing["case_id"], status="done")
        if "leniency" in one["element"] or one["process"] == "leniency_review"
    ]
    facts = rows.one("cases", listing["case_id"])["facts"].get("", {})
    claimed = any(value is True and key.startswith("claims_") for key, value in facts.items())
    young = subject["id_scheme"] == "citizen_id" and _age(subject, listing["decided_at"]) < ADULT
    if claimed or young:
        first = rows.of("notices", case_id=listing["case_id"])[0]
        issued = rows.one("documents", first["document_id"])["issued_at"]
        assert any(one["ended_at"] <= issued for one in cared), "INV-18: no leniency review"


def _age(person: Row, at: str) -> int:
    born, day = date.fromisoformat(person["id_no"][6:14]), date.fromisoformat(at[:10])
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@cache
def _measures() -> list[dict[str, Any]]:
    return yaml.safe_load((settings.LAW / "measures.yaml").read_text("utf-8"))["measures"]


def _catalogue(code: str, day: str) -> dict[str, Any] | None:
    on = date.fromisoformat(day)
    return next(
        (
            one
            for one in _measures()
            if one["code"] == code
            and one["valid_from"] <= on
            and (one.get("valid_to") or date.max) >= on
        ),
        None,
    )
