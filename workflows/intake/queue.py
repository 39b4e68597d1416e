"""Imports left for the worker: the upload is kept on disk, then taken in and gone on with.

Each batch is one transaction together with its counts, so that whoever takes up an import that
stopped goes on behind the last batch kept. The worker holds a lock on the file it reads; when the
worker dies the lock goes with it, and the import is free to be taken up.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Generator, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import structlog

from workflows import access, errors, models, settings
from workflows.intake import amounts, cells, importing, penalties, sorting, subjects
from workflows.store import Row, Store

KINDS = ("penalties", "subjects")

log = structlog.get_logger()


def queue_import(
    store: Store,
    actor: access.Actor,
    kind: str,
    filename: str,
    stream: BinaryIO,
    unit: str | None = None,
) -> int:
    """Keep the upload, leave it for the worker, and return the import's id.

    `kind`: penalties | subjects; `stream` must be seekable; `unit`: 元 | 万元, what the sender
    declares of amounts without one. Raises NotAllowed, and FileRefused where the file as a whole
    cannot be taken: then nothing is kept.
    """
    importing.check_may_import(actor)
    if kind not in KINDS:
        raise errors.FileRefused("请选择导入的是行政处罚还是主体登记信息")
    importing.check_unit(unit)
    _open_rows(kind, stream, store.now.date(), unit)
    sha256, size = importing.measure(stream)
    part = _write(stream)
    with store.transaction() as tx:
        tx.begin()
        _put(part, _file(sha256))
        return tx.insert(
            models.imports,
            {
                "kind": kind,
                "filename": filename,
                "sha256": sha256,
                "size": size,
                "unit": unit or "",
                "status": "queued",
                "queued_at": tx.now,
                "started_at": tx.now,
                "started_by": actor.person_id,
                "department_id": actor.department_id,
            },
        )


def run_queued(store: Store) -> int:
    """Take in every import that waits or stopped half-way, oldest first; returns how many."""
    return sum(_run(store, import_id) for import_id in _waiting(store))


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
    """Take one import in; False where another worker is at it or it is finished already."""
    with store.reading() as tx:
        sha256 = tx.one(_row(import_id))["sha256"]
    try:
        with _locked(_file(sha256)) as stream:
            row = _begin(store, import_id) if stream else None
            if stream is None or row is None:
                return False
            _take_in(store, row, stream)
    except errors.ImportTaken:
        log.info("import_taken", import_id=import_id)
    except Exception as fault:  # one bad file must not stop those behind it
        log.exception("import_failed", import_id=import_id)
        _fail(store, import_id, fault)
    _clear(store, sha256)
    return True


def _begin(store: Store, import_id: int) -> Row | None:
    with store.transaction() as tx:
        row = tx.one(_row(import_id))
        if row["status"] not in {"queued", "running"}:
            return None
        first = {"started_at": tx.now} if row["status"] == "queued" else {}
        table = models.imports
        tx.run(table.update().where(table.c.id == import_id).values(status="running", **first))
        return row


def _take_in(store: Store, row: Row, stream: BinaryIO) -> None:
    today = row["queued_at"].date()
    rows = _open_rows(row["kind"], stream, today, row["unit"] or None)
    taker = sorting.Penalties() if row["kind"] == "penalties" else sorting.Subjects()
    for one in islice(rows, row["total"]):
        _remember(taker, one)
    upload = importing.Upload(row["kind"], row["filename"], stream, rows, cast("Any", taker.take))
    counts = ("id", "filename", "total", "accepted", "duplicates", "rejected", "warnings")
    receipt = importing.Receipt(**{name: row[name] for name in counts})
    importing.take_rows(store, receipt, upload, row["size"])


def _remember(taker: sorting.Penalties | sorting.Subjects, row: Any) -> None:
    """A row taken in before the stop: a later one that repeats it is told which row it repeats."""
    if isinstance(taker, sorting.Penalties) and isinstance(row, penalties.Penalty):
        taker.first_rows.setdefault(row.key, row.row_no)
    if isinstance(taker, sorting.Subjects) and isinstance(row, subjects.Subject):
        taker.first_rows.setdefault(row.uscc, row.row_no)


def _fail(store: Store, import_id: int, fault: Exception) -> None:
    said = fault.message if isinstance(fault, errors.ZhengchengError) else str(fault)
    if isinstance(fault, FileNotFoundError):
        said = "上传的文件已经不在服务器上，请重新上传"
    table = models.imports
    with store.transaction() as tx:
        tx.run(
            table.update()
            .where(table.c.id == import_id, table.c.status != "failed")
            .values(status="failed", error=said, ended_at=tx.now)
        )


def _clear(store: Store, sha256: str) -> None:
    """Forget the upload once nobody waits for it: it may hold numbers that rows keep masked."""
    table = models.imports
    waits = table.c.status.in_(("queued", "running")), table.c.queued_at.is_not(None)
    with store.transaction() as tx:
        tx.begin()  # whoever leaves the same file again comes before or after, not in between
        if tx.first(table.select().where(table.c.sha256 == sha256, *waits)) is None:
            _file(sha256).unlink(missing_ok=True)


def _open_rows(
    kind: str, stream: BinaryIO, today: date, unit: str | None
) -> Iterator[penalties.Penalty | subjects.Subject | cells.Rejected]:
    if kind == "penalties":
        declared = cast("amounts.Unit | None", unit)
        return penalties.read_penalties(stream, today=today, unit=declared)
    return subjects.read_subjects(stream)


@contextlib.contextmanager
def _locked(file: Path) -> Generator[BinaryIO | None]:
    """The file opened and held, or None where another worker holds it."""
    with file.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield stream


def _row(import_id: int) -> Any:
    return models.imports.select().where(models.imports.c.id == import_id)


def _file(sha256: str) -> Path:
    return settings.DATA / "uploads" / sha256


def _write(stream: BinaryIO) -> Path:
    """The upload as a file of its own, wholly on disk."""
    folder = settings.DATA / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{secrets.token_hex(8)}"
    stream.seek(0)
    with part.open("xb") as kept:
        shutil.copyfileobj(stream, kept, 1024 * 1024)
        kept.flush()
        os.fsync(kept.fileno())
    return part


def _put(part: Path, file: Path) -> None:
    """Under its name; a file that is there already has these very bytes and may be being read."""
    if file.exists():
        part.unlink()
    else:
        part.replace(file)
