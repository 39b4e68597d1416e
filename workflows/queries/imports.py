"""数据导入: what became of each batch and each row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import seeing
from workflows.store import Store

BATCH = 1000
VERDICTS: Mapping[str, str] = {
    "rejected": "rejected",
    "duplicate": "duplicates",
    "warning": "warnings",
}
"""Verdict of a row -> the column that counts them, the most pressing first."""


@dataclass(frozen=True)
class Import:
    """One batch; `percent` of its bytes are done.

    `status`: uploading | queued | running | done | failed.
    """

    id: int
    kind: str
    filename: str
    size: int
    sha256: str
    unit: str
    status: str
    percent: int
    total: int
    accepted: int
    duplicates: int
    rejected: int
    warnings: int
    error: str
    started_by: str
    department_name: str
    queued_at: datetime | None
    started_at: datetime
    ended_at: datetime | None

    @property
    def finished(self) -> bool:
        return self.status in {"done", "failed"}


@dataclass(frozen=True)
class Told:
    """One row that somebody should read. `reasons`: (column, what is wrong and how to mend it)."""

    row_no: int
    verdict: str
    reasons: tuple[tuple[str, str], ...]
    raw: Mapping[str, str]


@dataclass(frozen=True)
class ImportList:
    """One page of batches, newest first."""

    rows: tuple[Import, ...]
    more: str


@dataclass(frozen=True)
class Receipt:
    """One batch with a page of its rows; `same_as` is an earlier batch of the very same bytes."""

    batch: Import
    same_as: int | None
    ahead: int
    """Batches that the worker takes in before this one."""
    verdict: str
    rows: tuple[Told, ...]
    more: str


def imports(store: Store, actor: Actor, after: str = "") -> ImportList:
    """A page of 25 batches of the actor's department; who looks after others sees theirs too."""
    i = models.imports
    wanted = [i.c.id < int(after)] if after.isdecimal() else []
    with store.reading() as tx:
        found = _select(actor).where(*wanted).order_by(i.c.id.desc()).limit(seeing.PAGE + 1)
        rows = tx.all(found)
    page = rows[: seeing.PAGE]
    return ImportList(
        rows=tuple(_import(row) for row in page),
        more=str(page[-1]["id"]) if len(rows) > seeing.PAGE else "",
    )


def receipt(
    store: Store, actor: Actor, import_id: int, *, verdict: str = "", after: str = ""
) -> Receipt:
    """One batch with 25 of its rows; raises NotFound.

    `verdict`: rejected | duplicate | warning, unless given the first of these that has rows;
    `after` is the `more` of the page before.
    """
    i, r = models.imports, models.import_rejects
    with store.reading() as tx:
        row = tx.one(_select(actor).where(i.c.id == import_id))
        same = (i.c.sha256 == row["sha256"], i.c.kind == row["kind"], i.c.id < import_id)
        earlier = tx.first(
            i.select().where(*same, i.c.status == "done").order_by(i.c.id.desc()).limit(1)
        )
        waiting = sa.select(sa.func.count().label("n")).where(
            i.c.id < import_id,
            i.c.status.in_(("queued", "running")),
            i.c.queued_at.is_not(None),
        )
        ahead = tx.one(waiting)["n"] if row["status"] == "queued" else 0
        beyond = int(after) if after.isdecimal() else 0
        verdict = verdict if verdict in VERDICTS else _first_verdict(row)
        rows = tx.all(
            r.select()
            .where(r.c.import_id == import_id, r.c.verdict == verdict, r.c.id > beyond)
            .order_by(r.c.id)
            .limit(seeing.PAGE + 1)
        )
    page = rows[: seeing.PAGE]
    return Receipt(
        batch=_import(row),
        same_as=earlier["id"] if earlier else None,
        ahead=ahead,
        verdict=verdict,
        rows=tuple(_told(one) for one in page),
        more=str(page[-1]["id"]) if len(rows) > seeing.PAGE else "",
    )


def rejected_rows(store: Store, actor: Actor, import_id: int) -> Iterator[Told]:
    """Every rejected row of a batch in its order, read in small parts; raises NotFound at once."""
    with store.reading() as tx:
        tx.one(_select(actor).where(models.imports.c.id == import_id))
    return _all_rejected(store, import_id)


def rejected_columns(store: Store, actor: Actor, import_id: int) -> tuple[str, ...]:
    """Every column that a rejected row of the batch has, in the order of the file."""
    names: dict[str, None] = {}
    for one in rejected_rows(store, actor, import_id):
        names |= dict.fromkeys(one.raw)
    return tuple(names)


def _first_verdict(row: Mapping[Any, Any]) -> str:
    return next((verdict for verdict, count in VERDICTS.items() if row[count]), "rejected")


def _all_rejected(store: Store, import_id: int) -> Iterator[Told]:
    r, last = models.import_rejects, 0
    here = r.c.import_id == import_id, r.c.verdict == "rejected"
    while True:
        with store.reading() as tx:
            rows = tx.all(r.select().where(*here, r.c.id > last).order_by(r.c.id).limit(BATCH))
        if not rows:
            return
        last = rows[-1]["id"]
        yield from (_told(row) for row in rows)


def _select(actor: Actor) -> sa.Select[Any]:
    i, d, p = models.imports, models.departments, models.people
    joined = i.join(d, i.c.department_id == d.c.id).outerjoin(p, i.c.started_by == p.c.id)
    return (
        sa.select(i, d.c.name.label("department_name"), p.c.name.label("person"))
        .select_from(joined)
        .where(seeing.departments(actor))
    )


def _import(row: Mapping[Any, Any]) -> Import:
    size = max(row["size"], 1)
    return Import(
        id=row["id"],
        kind=row["kind"],
        filename=row["filename"],
        size=row["size"],
        sha256=row["sha256"],
        unit=row["unit"],
        status=row["status"],
        percent=100 if row["status"] == "done" else min(99, 100 * row["done_bytes"] // size),
        total=row["total"],
        accepted=row["accepted"],
        duplicates=row["duplicates"],
        rejected=row["rejected"],
        warnings=row["warnings"],
        error=row["error"],
        started_by=row["person"] or "",
        department_name=row["department_name"],
        queued_at=row["queued_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )


def _told(row: Mapping[Any, Any]) -> Told:
    return Told(
        row_no=row["row_no"],
        verdict=row["verdict"],
        reasons=tuple((field, text) for field, _code, text in row["reasons"]),
        raw=row["raw"] or {},
    )
