"""The append-only history of a case: each event carries the hash of the one before it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from workflows import models
from workflows.access import Actor
from workflows.store import Store, Transaction

CLOCKS_DIFFER = timedelta(minutes=1)
"""So far apart the clocks of an installation's machines may be without a word in the history."""


@dataclass
class Event:
    """What happened: `before` and `after` are JSON; `documents` are sha256 of what it names."""

    kind: str
    element: str = ""
    article: str = ""
    before: Any = None
    after: Any = None
    documents: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Fault:
    """The first event that does not fit, or a document whose bytes changed."""

    seq: int
    reason: str


def chain(
    case: dict[str, Any], events: list[Event], actor: Actor, at: datetime
) -> list[dict[str, Any]]:
    """Rows for the events, each sealed with the one before; moves the case's `last_…`.

    An event comes no earlier than the one that it follows, though machines' clocks differ. Where
    the clock was set back further, the history says so and goes on with the instants it tells now.
    """
    if not events:
        return []
    last = case["last_at"]
    if last and last - CLOCKS_DIFFER <= at < last:
        at = last
    elif last and at < last:
        events = [Event("clock_set_back", before={"at": last.isoformat()}), *events]
    case["last_at"] = at
    rows: list[dict[str, Any]] = []
    for event in events:
        case["last_seq"] += 1
        row: dict[str, Any] = {
            "case_id": case["id"],
            "seq": case["last_seq"],
            "at": at,
            "actor_id": actor.person_id,
            "actor": actor.name,
            "role": actor.role,
            "kind": event.kind,
            "element": event.element,
            "article": event.article,
            "before": event.before,
            "after": event.after,
            "documents": event.documents,
        }
        row["hash"] = seal(row, case["last_hash"])
        case["last_hash"] = row["hash"]
        rows.append(row)
    return rows


def seal(row: Mapping[str, Any], previous: str) -> str:
    """sha256 over every field of an event but its own hash and key, and the hash before it."""
    said = {
        name: row[name]
        for name in (
            *("case_id", "seq", "actor_id", "actor", "role", "kind", "element", "article"),
            *("before", "after", "documents"),
        )
    }
    said["previous"] = previous
    said["at"] = row["at"].isoformat(timespec="microseconds")
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def verify_case(store: Store, case_id: int) -> Fault | None:
    """The first thing in the case's history that does not fit, or None when it proves itself.

    A case that went on meanwhile is looked at again.
    """
    wanted = models.cases.select().where(models.cases.c.id == case_id)
    with store.reading() as tx:
        while True:
            case = tx.one(wanted)
            fault = _first_fault(tx, case)
            if fault is None or tx.one(wanted)["version"] == case["version"]:
                return fault


def _first_fault(tx: Transaction, case: Mapping[str, Any]) -> Fault | None:
    e = models.events
    previous, seq, named = "", 0, set[str]()
    for row in tx.all(e.select().where(e.c.case_id == case["id"]).order_by(e.c.seq)):
        seq += 1
        if row["seq"] != seq:
            return Fault(seq, f"第{seq}条事件缺失")
        if seal(row, previous) != row["hash"]:
            return Fault(seq, f"第{seq}条事件的内容被改动，或者与前一条不衔接")
        previous = row["hash"]
        named.update(row["documents"] or [])
    if (seq, previous) != (case["last_seq"], case["last_hash"]):
        return Fault(seq + 1, "最后的事件缺失")
    return _check_documents(tx, case["id"], seq, named)


def _check_documents(tx: Transaction, case_id: int, seq: int, named: set[str]) -> Fault | None:
    d, b, a = models.documents, models.document_bytes, models.attachments
    kept: set[str] = set()
    for document in tx.all(d.select().where(d.c.case_id == case_id)):
        content = tx.first(b.select().where(b.c.document_id == document["id"]))
        digest = hashlib.sha256(content["pdf"] if content else b"").hexdigest()
        if digest != document["sha256"]:
            return Fault(seq, f"文书{document['number']}的内容与登记的散列值不符")
        kept.add(digest)
    for attachment in tx.all(a.select().where(a.c.case_id == case_id)):
        if hashlib.sha256(attachment["content"]).hexdigest() != attachment["sha256"]:
            return Fault(seq, f"附件{attachment['filename']}的内容与登记的散列值不符")
        kept.add(attachment["sha256"])
    lost = named - kept
    return Fault(seq, f"历史所载的{len(lost)}份文书或者附件已缺失") if lost else None
