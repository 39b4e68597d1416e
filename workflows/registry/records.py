"""Dishonesty records: the effective documents every finding must rest on (INV-07)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from workflows import identifiers, models
from workflows.registry import values
from workflows.store import Row, Transaction

IN_FORCE = frozenset({"public", "ended"})
"""A record that was withdrawn or stands stayed proves nothing; one no longer public still does."""

WITHDRAWN = "withdrawn"


def by_ids(tx: Transaction, ids: Iterable[Any]) -> list[Row]:
    """The records with these ids, in the order of their decision."""
    wanted = [int(one) for one in ids]
    r = models.records.c
    statement = models.records.select().where(r.id.in_(wanted)).order_by(r.decided_on, r.id)
    return list(tx.all(statement)) if wanted else []


def of_subject(tx: Transaction, subject_id: int) -> list[Row]:
    """Every record of a subject, in the order of their decision."""
    r = models.records.c
    return list(
        tx.all(
            models.records.select().where(r.subject_id == subject_id).order_by(r.decided_on, r.id)
        )
    )


def is_in_force(record: Row) -> bool:
    """Whether the document is legally effective (国办发〔2020〕49号 二（二）)."""
    return record["status"] in IN_FORCE


def withdraw(tx: Transaction, record_id: int, on: date, by: str) -> None:
    """Note that the document was revoked by `by`; the record itself is kept (INV-23, Henan 42)."""
    r = models.records
    tx.run(
        r.update()
        .where(r.c.id == record_id, r.c.status != WITHDRAWN)
        .values(status=WITHDRAWN, withdrawn_on=on, withdrawn_by=by)
    )


def correct(tx: Transaction, record: Row, content: str, by: str) -> None:
    """Write what the record says after a change or an error, beside what it said before."""
    r = models.records
    changed = {"field": "content", "before": record["content"], "after": content, "by": by}
    known = cast("list[Any]", record["changes"] or [])
    tx.run(
        r.update().where(r.c.id == record["id"]).values(content=content, changes=[*known, changed])
    )


def mark_disputed(tx: Transaction, record_id: int, *, on: bool) -> None:
    """Mark the record as disputed, or take the mark away (Henan 41)."""
    r = models.records
    tx.run(r.update().where(r.c.id == record_id).values(disputed=on))


def cite(
    grounds: Sequence[Mapping[str, Any]], known: Sequence[Row], base: Sequence[int]
) -> list[dict[str, Any]]:
    """The grounds, each with `records`: ids of the documents it cites.

    `evidence_ref` cites by id or by document number; a ground that names none rests on the
    documents the case was opened with (`base`). Ids of strangers are dropped.
    """
    by_id = {row["id"]: row for row in known}
    return [
        {**ground, "records": _cited(ground, known) or [one for one in base if one in by_id]}
        for ground in grounds
    ]


def cited(ground: Mapping[str, Any]) -> list[int]:
    """Ids of the records that an announced ground cites."""
    return [int(one) for one in values.read_texts(ground.get("records"))]


def _cited(ground: Mapping[str, Any], known: Sequence[Row]) -> list[int]:
    words = values.read_texts(ground.get("evidence_ref"))
    text = identifiers.normalise_document_number(" ".join(words))
    return [
        row["id"]
        for row in known
        if str(row["id"]) in words or (row["doc_no"] and row["doc_no"] in text)
    ]
