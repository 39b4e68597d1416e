"""Imports left for the workers: the upload is kept, then taken in and gone on with.

Each batch is one transaction together with its counts, so that whoever takes up an import that
stopped goes on behind the last batch kept. One worker of all machines is at it at a time; when it
dies, the next goes on.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import BinaryIO, cast

import structlog

from workflows import access, errors, models
from workflows.intake import (
    amounts,
    cells,
    changes,
    importing,
    penalties,
    sorting,
    subjects,
    uploads,
)
from workflows.store import Row, Store

KINDS = ("penalties", "subjects", "changes")

log = structlog.get_logger()


def queue_import(
    store: Store,
    actor: access.Actor,
    kind: str,
    filename: str,
    stream: BinaryIO,
    unit: str | None = None,
) -> int:
    """Keep the upload, leave it for the workers, and return the import's id.

    `kind`: penalties | subjects | changes; `stream` must be seekable; `unit`: 元 | 万元, what the
    sender declares of amounts without one. Raises NotAllowed, and FileRefused where the file as a
    whole cannot be taken: then nothing is kept.
    """
    importing.check_may_import(actor)
    if kind not in KINDS:
        raise errors.FileRefused("请选择导入的是行政处罚、主体登记信息还是变动信息")
    importing.check_unit(unit)
    _open_rows(kind, stream, store.now.date(), unit)
    sha256, size = importing.measure(stream)
    table = models.imports
    with store.transaction() as tx:
        import_id = tx.insert(
            table,
            {
                "kind": kind,
                "filename": filename,
                "sha256": sha256,
                "size": size,
                "unit": unit or "",
                "status": "uploading",
                "started_at": tx.now,
                "started_by": actor.person_id,
                "department_id": actor.department_id,
            },
        )
    uploads.keep(store, import_id, stream)
    with store.transaction() as tx:
        waits = {"status": "queued", "queued_at": tx.now}
        tx.run(table.update().where(table.c.id == import_id).values(**waits))
    return import_id


def run_queued(store: Store) -> int:
    """Take in every import that waits or stopped half-way, oldest first; returns how many.

    None where another worker, on whatever machine, is at it.
    """
    waiting = _waiting(store)
    if waiting:
        with store.alone("imports") as mine:
            done = sum(_run(store, import_id) for import_id in waiting) if mine else 0
    else:
        done = 0
    uploads.forget_finished(store)
    return done


def _waiting(store: Store) -> list[int]:
    table = models.imports
    with store.reading() as tx:
        rows = tx.all(
            table.select()
            .with_only_columns(table.c.id)
            .where(table.c.status.in_(("queued", "running")), table.c.queued_at.is_not(None))
            .order_by(table.c.id)
        )
    return [row["id"] for row in rows]


def _run(store: Store, import_id: int) -> bool:
    """Take one import in; False where it is finished already."""
    row = _begin(store, import_id)
    if row is None:
        return False
    try:
        with uploads.fetched(store, row) as stream:
            _take_in(store, row, stream)
    except errors.ImportTaken:
        log.info("import_taken", import_id=import_id)
    except (errors.CaseChanged, errors.DatabaseUnavailable):
        log.info("import_put_off", import_id=import_id)
        return False
    except Exception as fault:  # one bad file must not stop those behind it
        log.exception("import_failed", import_id=import_id)
        _fail(store, import_id, fault)
    return True


def _begin(store: Store, import_id: int) -> Row | None:
    table = models.imports
    with store.transaction() as tx:
        row = tx.one(table.select().where(table.c.id == import_id))
        if row["status"] not in {"queued", "running"}:
            return None
        first = {"started_at": tx.now} if row["status"] == "queued" else {}
        tx.run(table.update().where(table.c.id == import_id).values(status="running", **first))
        return row


def _take_in(store: Store, row: Row, stream: BinaryIO) -> None:
    rows = _open_rows(row["kind"], stream, row["queued_at"].date(), row["unit"] or None)
    going_on = islice(rows, row["total"], None)
    take = sorting.TAKERS[row["kind"]]
    upload = importing.Upload(row["kind"], row["filename"], stream, going_on, take)
    counts = ("id", "filename", "total", "accepted", "duplicates", "rejected", "warnings")
    receipt = importing.Receipt(**{name: row[name] for name in counts})
    importing.take_rows(store, receipt, upload, row["size"])


def _fail(store: Store, import_id: int, fault: Exception) -> None:
    said = fault.message if isinstance(fault, errors.ZhengchengError) else str(fault)
    table = models.imports
    with store.transaction() as tx:
        tx.run(
            table.update()
            .where(table.c.id == import_id, table.c.status != "failed")
            .values(status="failed", error=said, ended_at=tx.now)
        )


def _open_rows(
    kind: str, stream: BinaryIO, today: date, unit: str | None
) -> Iterator[penalties.Penalty | subjects.Subject | changes.Change | cells.Rejected]:
    if kind == "penalties":
        declared = cast("amounts.Unit | None", unit)
        return penalties.read_penalties(stream, today=today, unit=declared)
    if kind == "changes":
        return changes.read_changes(stream, today)
    return subjects.read_subjects(stream)
