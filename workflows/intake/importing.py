"""The commands: a file of penalties or subjects into the registry, batch by batch (P-01).

Each batch is one transaction, so that memory stays bounded and progress can be watched. Whatever
stops an import half-way, running it again adds nothing twice: a row already kept is a duplicate.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from workflows import access, errors, models
from workflows.intake import amounts, changes, penalties, sorting, subjects, verdicts
from workflows.store import Store, Transaction

BATCH = 1000
"""Rows of one transaction."""

Progress = Callable[[int], None]
"""Told, after each batch, how many bytes of the file are done."""


@dataclass(frozen=True)
class Receipt:
    """What became of each row: accepted + duplicates + rejected = total; warnings are accepted."""

    id: int
    filename: str
    total: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    warnings: int = 0
    same_as: int | None = None
    """An earlier finished import of the very same bytes."""

    def plus(self, verdicts: Iterable[verdicts.Verdict]) -> "Receipt":
        """The receipt after one more batch."""
        told = [one.verdict for one in verdicts]
        return replace(
            self,
            total=self.total + len(told),
            accepted=self.accepted + told.count("accepted") + told.count("warning"),
            duplicates=self.duplicates + told.count("duplicate"),
            rejected=self.rejected + told.count("rejected"),
            warnings=self.warnings + told.count("warning"),
        )


@dataclass(frozen=True)
class Upload:
    """A file that can be read, and who takes its rows in."""

    kind: str
    filename: str
    stream: BinaryIO
    rows: Iterator[Any]
    take: Callable[[Transaction, int, list[Any]], list[verdicts.Verdict]]


def import_penalties(
    store: Store,
    actor: access.Actor,
    filename: str,
    stream: BinaryIO,
    *,
    unit: amounts.Unit | None = None,
    progress: Progress | None = None,
) -> Receipt:
    """Take every good row of a 双公示 penalty table; the others are kept with their reasons.

    `stream` must be seekable; `unit` is what the sender declares of amounts without one. Raises
    NotAllowed, and FileRefused when the file as a whole cannot be taken: then nothing is kept.
    """
    check_unit(unit)
    check_may_import(actor)
    rows = penalties.read_penalties(stream, today=store.now.date(), unit=unit)
    upload = Upload("penalties", filename, stream, rows, sorting.TAKERS["penalties"])
    return _run(store, actor, upload, progress)


def import_subjects(
    store: Store,
    actor: access.Actor,
    filename: str,
    stream: BinaryIO,
    *,
    progress: Progress | None = None,
) -> Receipt:
    """Take every good row of a registry extract; a known subject is brought up to date.

    Raises as `import_penalties`.
    """
    check_may_import(actor)
    rows = subjects.read_subjects(stream)
    upload = Upload("subjects", filename, stream, rows, sorting.TAKERS["subjects"])
    return _run(store, actor, upload, progress)


def import_changes(
    store: Store,
    actor: access.Actor,
    filename: str,
    stream: BinaryIO,
    *,
    progress: Progress | None = None,
) -> Receipt:
    """Take every good row of news: a subject's status, a document annulled, a court's list.

    Each reaches the running cases it concerns. Raises as `import_penalties`.
    """
    check_may_import(actor)
    rows = changes.read_changes(stream, store.now.date())
    upload = Upload("changes", filename, stream, rows, sorting.TAKERS["changes"])
    return _run(store, actor, upload, progress)


def check_unit(unit: str | None) -> None:
    """Raise FileRefused for anything but a unit of amounts or None."""
    if unit not in {None, "元", "万元"}:
        raise errors.FileRefused(f"金额单位只能是元或者万元，不能是“{unit}”")


def check_may_import(actor: access.Actor) -> None:
    """Raise NotAllowed for a role that takes no data in; the machine itself may."""
    if actor is not access.SYSTEM:
        access.check_role(actor, access.IMPORTS, "导入数据")


def _run(store: Store, actor: access.Actor, upload: Upload, progress: Progress | None) -> Receipt:
    sha256, size = measure(upload.stream)
    return take_rows(store, _begin(store, actor, upload, sha256, size), upload, size, progress)


def take_rows(
    store: Store, receipt: Receipt, upload: Upload, size: int, progress: Progress | None = None
) -> Receipt:
    """Take the rows of an import in, batch by batch; its counts are kept with each batch.

    `receipt` says how much is in already, `upload.rows` go on from there. Raises ImportTaken where
    somebody else goes on with it: that batch is not kept. Where the database fails the import
    stays as it is, to be gone on with.
    """
    try:
        while batch := list(islice(upload.rows, BATCH)):
            done = min(upload.stream.tell(), size)
            with store.transaction() as tx:
                further = receipt.plus(upload.take(tx, receipt.id, batch))
                _note(tx, further, receipt.total, done_bytes=done)
            receipt = further
            if progress:
                progress(done)
        with store.transaction() as tx:
            _note(tx, receipt, receipt.total, status="done", done_bytes=size, ended_at=tx.now)
    except (errors.ImportTaken, errors.CaseChanged, errors.DatabaseUnavailable):
        raise
    except Exception as error:
        said = error.message if isinstance(error, errors.ZhengchengError) else str(error)
        with store.transaction() as tx:
            _note(tx, receipt, receipt.total, status="failed", error=said, ended_at=tx.now)
        raise
    return receipt


def _begin(store: Store, actor: access.Actor, upload: Upload, sha256: str, size: int) -> Receipt:
    table = models.imports
    same = table.c.sha256 == sha256, table.c.kind == upload.kind
    with store.transaction() as tx:
        earlier = tx.first(table.select().where(*same, table.c.status == "done").limit(1))
        import_id = tx.insert(
            table,
            {
                "kind": upload.kind,
                "filename": upload.filename,
                "sha256": sha256,
                "size": size,
                "status": "running",
                "started_by": actor.person_id,
                "department_id": actor.department_id,
                "started_at": tx.now,
            },
        )
        stopped = table.c.status == "running", table.c.id != import_id
        tx.run(
            table.update()
            .where(*same, *stopped)
            .values(status="failed", error=f"导入中断，由第 {import_id} 批接续", ended_at=tx.now)
        )
    return Receipt(import_id, upload.filename, same_as=earlier["id"] if earlier else None)


def _note(tx: Transaction, receipt: Receipt, before: int, **values: Any) -> None:
    """Keep the counts, provided that the row still stands where this import left it."""
    counts = {
        name: getattr(receipt, name)
        for name in ("total", "accepted", "duplicates", "rejected", "warnings")
    }
    here = models.imports.c.id == receipt.id, models.imports.c.total == before
    if not tx.run(models.imports.update().where(*here).values(**counts, **values)):
        raise errors.ImportTaken


def measure(stream: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size; leaves the stream where it was."""
    place = stream.tell()
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(1024 * 1024):
        digest.update(chunk)
    size = stream.tell()
    stream.seek(place)
    return digest.hexdigest(), size
