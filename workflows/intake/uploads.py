"""What was uploaded, kept in the database until a worker has taken it in: any machine can reach it.

It is written and read in pieces, so that memory stays the same however large the file is.
"""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import BinaryIO, cast

from workflows import errors, models
from workflows.store import Row, Store

CHUNK = 1024 * 1024
"""Bytes of one row."""

LONGEST = timedelta(hours=1)
"""An upload that takes longer has broken off."""


def keep(store: Store, import_id: int, stream: BinaryIO) -> None:
    """Keep the whole stream, which must be seekable, as the file of an import.

    Piece by piece, so that nobody waits for a large upload to be written.
    """
    stream.seek(0)
    for no, content in enumerate(iter(lambda: stream.read(CHUNK), b"")):
        with store.transaction() as tx:
            tx.insert(models.upload_chunks, {"import_id": import_id, "no": no, "content": content})


@contextmanager
def fetched(store: Store, row: Row) -> Generator[BinaryIO]:
    """The file of an import (its row) on this machine's disk while it is read.

    Raises FileRefused where it is no longer kept.
    """
    c = models.upload_chunks
    with tempfile.TemporaryFile() as file:
        for no in range(-(-row["size"] // CHUNK)):
            with store.reading() as tx:
                chunk = tx.first(c.select().where(c.c.import_id == row["id"], c.c.no == no))
            if chunk is None:
                raise errors.FileRefused("上传的文件已经不在服务器上，请重新上传")
            file.write(chunk["content"])
        file.seek(0)
        yield cast("BinaryIO", file)


def forget_finished(store: Store) -> None:
    """Drop what nobody waits for: it may hold numbers that rows keep masked."""
    c, i = models.upload_chunks, models.imports
    broken_off = store.now - LONGEST
    with store.reading() as tx:
        left = tx.first(i.select().where(i.c.status == "uploading", i.c.started_at < broken_off))
    if left:
        told = {"status": "failed", "error": "上传中断，请重新上传", "ended_at": store.now}
        with store.transaction() as tx:
            tx.run(i.update().where(i.c.id == left["id"], i.c.status == "uploading").values(**told))
    with store.reading() as tx:
        kept = tx.all(
            i.select()
            .with_only_columns(i.c.id)
            .where(
                i.c.id.in_(c.select().with_only_columns(c.c.import_id).where(c.c.no == 0)),
                i.c.status.in_(("done", "failed")),
            )
        )
    for row in kept:
        with store.transaction() as tx:
            tx.run(c.delete().where(c.c.import_id == row["id"]))
