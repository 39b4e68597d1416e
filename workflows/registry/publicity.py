"""Publicity (公示): what is shown to everybody, where, until when, and how it is taken down again.

prepared → checked → public → ended. Nothing is public before the decision is served (INV-13);
the same content and term on every channel, nothing of a minor, personal data only with a basis
and masked (INV-12). 国办发〔2020〕49号 三（四）、（五）; 河南省社会信用条例第十九条、第三十六条、
第四十二条.

This room does not look at `listings`, which looks here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from workflows import errors, models
from workflows.registry import (
    channels,
    instants,
    lawful,
    public_view,
    publishable,
    reaching,
    tables,
    values,
)
from workflows.store import Row, Transaction
from workflows.workdays import OFFICE

ACTS: Mapping[str, str] = {"publish": "公示", "take_down": "撤下", "mark": "加注异议标注"}

_p, _r = models.publicities, models.publicity_receipts


def prepare(
    tx: Transaction,
    case: values.Fields,
    now: datetime,
    *,
    listing_id: int | None = None,
    record_id: int | None = None,
    commitment_id: int | None = None,
    level: str = "",
) -> int:
    """A publicity about exactly one listing, record or commitment of the case's subject.

    `level` of a record: 轻微, 一般 or 严重. Raises NotExpected for anything else, and where one
    about the same is under way or public.
    """
    named = {"listing_id": listing_id, "record_id": record_id, "commitment_id": commitment_id}
    given = {name: id_ for name, id_ in named.items() if id_ is not None}
    if len(given) != 1:
        raise errors.NotExpected("公示须针对一项名单信息、一条记录或者一份承诺书")
    [(column, id_)] = given.items()
    other = tx.first(_p.select().where(_p.c[column] == id_, _p.c.status != "ended"))
    if other is not None:
        raise errors.NotExpected("该信息的公示正在办理或者正在公示，不得重复")
    kind = column.removesuffix("_id")
    about = publishable.find_about(tx, kind, id_)
    if about.subject["id"] != case["subject_id"]:
        raise errors.NotExpected("该信息不属于本案主体")
    publishable.check_standing(tx, about)
    chosen = publishable.LEVELS.get(kind) or level or "一般"
    term = publishable.find_term(about, chosen, now)
    return tx.insert(
        _p,
        {
            "subject_id": case["subject_id"],
            "case_id": case["id"],
            "kind": kind,
            column: id_,
            "status": "prepared",
            "channels": [
                one.code for one in channels.channels_for(kind, lawful.object_of(about.subject))
            ],
            "level": chosen,
            "basis": term.basis,
            "starts_on": instants.office_day(now),
            "ends_on": term.ends_on,
            "repairable_on": term.repairable_on,
            "personal_basis": publishable.known_basis(about, now),
        },
    )


def draft(
    tx: Transaction, publicity_id: int, summary: str, personal_basis: str, *, secret: bool
) -> Row:
    """Word what is shown; the view is put together from rows and these words (D14).

    `personal_basis`: the article on which personal data may be shown; of a commitment its signed
    consent alone counts.
    """
    row = find(tx, publicity_id)
    if row["status"] not in {"prepared", "checked"}:
        raise errors.NotExpected("公示已经发布或者已经终止，不能修改")
    about = publishable.about_of(tx, row)
    basis = row["personal_basis"] if row["kind"] == "commitment" else personal_basis.strip()
    content = public_view.compose(tx, about, summary.strip(), basis, row["ends_on"])
    public_view.check_words(about, content, has_basis=bool(basis))
    change = {
        "summary": summary.strip(),
        "personal_basis": basis,
        "secret": secret,
        "content": content,
        "content_sha256": public_view.digest(content, row["ends_on"]),
        "status": "prepared",
        "checked_by": None,
        "checked_at": None,
    }
    tx.run(_p.update().where(_p.c.id == publicity_id).values(**change))
    return find(tx, publicity_id)


def openness(tx: Transaction, publicity_id: int) -> tuple[str, str]:
    """publish, share_only or none, and why (D22), told from rows."""
    row = find(tx, publicity_id)
    return tables.openness(**publishable.openness_facts(tx, row))


def check(tx: Transaction, publicity_id: int, checker_id: int | None, now: datetime) -> None:
    """A person has seen exactly what will be shown: no secret of anybody's in it (R-128).

    Raises FourEyes for the machine and for whoever drafted it.
    """
    row = find(tx, publicity_id)
    if row["status"] not in {"prepared", "checked"} or not row["content"]:
        raise errors.NotExpected("没有待核对的公示内容")
    publishable.check_eyes(tx, row, checker_id)
    change = {"status": "checked", "checked_by": checker_id, "checked_at": now}
    tx.run(_p.update().where(_p.c.id == publicity_id).values(**change))


def publish(tx: Transaction, publicity_id: int, now: datetime) -> Row:
    """Make it public, if nothing stands against it (INV-12, INV-13).

    The only function that writes `public`. Raises NotPublishable, FourEyes, NotExpected, and what
    proves the service of the decision missing.
    """
    row = find(tx, publicity_id)
    if row["status"] != "checked":
        raise errors.NotExpected("公示内容尚未核对，或者已经公示、终止")
    publishable.check_eyes(tx, row, row["checked_by"])
    publishable.check_allowed(tx, row, now)
    change = {
        "status": "public",
        "published_at": now,
        "starts_on": instants.office_day(now),
    }
    tx.run(_p.update().where(_p.c.id == publicity_id).values(**change))
    if channels.OWN in values.read_texts(row["channels"]):
        _note(tx, row, channels.OWN, "publish", "本系统公示页面 /public/listings", now)
    return find(tx, publicity_id)


def record_receipt(
    tx: Transaction, publicity_id: int, channel: str, act: str, receipt: str, now: datetime
) -> None:
    """Keep what a channel answered: it shows, or has taken down, exactly this content (INV-12).

    Raises NotExpected where the act does not fit the state, EvidenceMissing without a receipt.
    """
    row = find(tx, publicity_id)
    wanted = {"publish": {"public"}, "mark": {"public"}, "take_down": {"ended"}}
    if act not in wanted or channel not in values.read_texts(row["channels"]):
        raise errors.NotExpected("该渠道不在本次公示的范围内")
    if row["status"] not in wanted[act]:
        raise errors.NotExpected(f"公示目前的状态不能登记{ACTS[act]}的回执")
    if not receipt.strip():
        raise errors.EvidenceMissing(
            "须写明渠道的回执编号或者页面地址", article=publishable.SAME_LAW
        )
    _note(tx, row, channel, act, receipt.strip(), now)


def end(tx: Transaction, publicity_id: int, reason: str, now: datetime) -> bool:
    """It shows no longer from this instant on; whether it did. What has ended stays ended."""
    row = find(tx, publicity_id)
    if row["status"] == "ended":
        return False
    change = {"status": "ended", "ended_at": now, "ended_reason": reason}
    tx.run(_p.update().where(_p.c.id == publicity_id).values(**change))
    if row["status"] == "public" and channels.OWN in values.read_texts(row["channels"]):
        _note(tx, row, channels.OWN, "take_down", "本系统公示页面已撤下", now)
    return row["status"] == "public"


def end_of_listing(tx: Transaction, listing_id: int, reason: str, now: datetime) -> None:
    """All that is shown or about to be shown of a listing ends with it (INV-13, INV-16)."""
    _end_all(tx, _p.c.listing_id == listing_id, reason, now)


def end_of_record(tx: Transaction, record_id: int, reason: str, now: datetime) -> None:
    """As `end_of_listing`, of a record; the cases that show it are told."""
    _tell(tx, _end_all(tx, _p.c.record_id == record_id, reason, now), reason)


def end_of_commitment(tx: Transaction, commitment_id: int, reason: str, now: datetime) -> None:
    """As `end_of_listing`, of a commitment; the cases that show it are told."""
    _tell(tx, _end_all(tx, _p.c.commitment_id == commitment_id, reason, now), reason)


def restore(tx: Transaction, publicity_id: int, now: datetime) -> None:
    """A repair was revoked: the rest of the term is shown again, through a case of its own.

    Raises NotExpected where it has not ended or nothing of its term is left.
    """
    row = find(tx, publicity_id)
    if row["status"] != "ended":
        raise errors.NotExpected("公示没有终止，不需要恢复")
    if row["ends_on"] < instants.office_day(now):
        raise errors.NotExpected("公示期已经届满，不再恢复公示")
    cause = tx.one(models.cases.select().where(models.cases.c.id == row["case_id"]))
    said = {"restores": publicity_id}
    reaching.open_case(tx, cause, "publicity_restored", "publication", said)


def prepare_again(tx: Transaction, case: values.Fields, publicity_id: int, now: datetime) -> int:
    """The rest of an ended publicity as a new one, with the same words and the same end."""
    old = find(tx, publicity_id)
    if old["subject_id"] != case["subject_id"] or old["status"] != "ended":
        raise errors.NotExpected("没有可以恢复的公示")
    same = _p.c[f"{old['kind']}_id"] == old[f"{old['kind']}_id"]
    if tx.first(_p.select().where(same, _p.c.status != "ended")):
        raise errors.NotExpected("该信息的公示正在办理或者正在公示，不得重复")
    kept = (
        *("subject_id", "kind", "listing_id", "record_id", "commitment_id", "channels", "level"),
        *("basis", "ends_on", "repairable_on", "summary", "personal_basis", "secret"),
        *("content", "content_sha256"),
    )
    fresh = {"case_id": case["id"], "starts_on": instants.office_day(now), "status": "prepared"}
    return tx.insert(_p, {**{name: old[name] for name in kept}, **fresh})


def mark_disputed(
    tx: Transaction,
    *,
    on: bool,
    publicity_id: int | None = None,
    listing_id: int | None = None,
    record_id: int | None = None,
) -> int:
    """Mark what is shown as disputed (异议), or no longer; how many (Henan 41)."""
    return _set_flag(tx, "disputed", on, publicity_id, listing_id, record_id)


def shield(
    tx: Transaction,
    *,
    on: bool,
    publicity_id: int | None = None,
    listing_id: int | None = None,
    record_id: int | None = None,
) -> int:
    """Hide what is shown for a time, as after a reorganisation is confirmed; how many (22号文)."""
    return _set_flag(tx, "shielded", on, publicity_id, listing_id, record_id)


def waiting_channels(tx: Transaction, publicity_id: int, act: str) -> list[str]:
    """The channels that have not yet shown it (`publish`), or still show it (`take_down`)."""
    row = find(tx, publicity_id)
    if act == "take_down" and row["published_at"] is None:
        return []
    done = {one["channel"] for one in receipts(tx, publicity_id) if one["act"] == act}
    return [one for one in values.read_texts(row["channels"]) if one not in done]


def receipts(tx: Transaction, publicity_id: int) -> Sequence[Row]:
    """What the channels answered, in order."""
    return tx.all(_r.select().where(_r.c.publicity_id == publicity_id).order_by(_r.c.id))


def find(tx: Transaction, publicity_id: int) -> Row:
    """The publicity; raises NotFound."""
    return tx.one(_p.select().where(_p.c.id == publicity_id))


def ends_at(row: Row) -> datetime:
    """The exclusive end of the term: 24:00 of its last day (民法典第二百零三条)."""
    return datetime.combine(row["ends_on"] + timedelta(days=1), time(), OFFICE)


def _note(tx: Transaction, row: Row, channel: str, act: str, receipt: str, now: datetime) -> None:
    tx.insert(
        _r,
        {
            "publicity_id": row["id"],
            "channel": channel,
            "act": act,
            "content_sha256": row["content_sha256"],
            "ends_on": row["ends_on"],
            "receipt": receipt,
            "at": now,
        },
    )


def _end_all(tx: Transaction, about: Any, reason: str, now: datetime) -> list[Row]:
    rows = list(tx.all(_p.select().where(about, _p.c.status != "ended")))
    for row in rows:
        end(tx, row["id"], reason, now)
    return rows


def _tell(tx: Transaction, rows: Sequence[Row], reason: str) -> None:
    reaching.tell(tx, {row["case_id"] for row in rows}, "publicity_ended", {"reason": reason})


def _set_flag(
    tx: Transaction,
    flag: str,
    on: bool,
    publicity_id: int | None,
    listing_id: int | None,
    record_id: int | None,
) -> int:
    named = {"id": publicity_id, "listing_id": listing_id, "record_id": record_id}
    about = [_p.c[name] == id_ for name, id_ in named.items() if id_ is not None]
    if not about:
        raise errors.NotExpected("没有写明是哪一项公示")
    open_ = _p.c.status != "ended"
    return tx.run(_p.update().where(*about, open_).values(**{flag: on}))
