"""Evidence: files that people add to a case. Judged by their bytes, never by their name."""

import hashlib
import io
import unicodedata
import zipfile
from pathlib import PurePath

from workflows import access, errors, models
from workflows.access import Actor
from workflows.cases import opening
from workflows.store import Store

LARGEST = 20 * 1024 * 1024
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "OFD.xml": "application/ofd",
}
_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def add_attachment(store: Store, actor: Actor, case_id: int, filename: str, content: bytes) -> str:
    """Keep a file with the case and return its sha256; the same file twice is kept once.

    Raises FileRefused: empty, over 20 MB, or none of PDF, PNG, JPEG, DOCX, XLSX, OFD, plain text.
    """
    access.check_role(actor, access.WORKS_ON_TASKS, "上传证据")
    name = _clean_name(filename)
    media_type = _media_type(name, content)
    digest = hashlib.sha256(content).hexdigest()
    with store.transaction() as tx:
        case = opening.read_case(tx, actor, case_id)
        a = models.attachments
        known = tx.first(a.select().where(a.c.case_id == case_id, a.c.sha256 == digest))
        if known is None:
            handling = opening.take_up(tx, case, actor)
            handling.note(
                "attachment_added",
                after={"filename": name, "size": len(content), "media_type": media_type},
                documents=[digest],
            )
            tx.insert(
                a,
                {
                    "case_id": case_id,
                    "filename": name,
                    "media_type": media_type,
                    "sha256": digest,
                    "size": len(content),
                    "content": content,
                    "added_by": actor.person_id,
                    "added_at": tx.now,
                },
            )
            handling.save()
    return digest


def _clean_name(filename: str) -> str:
    """The last part of the name, without control characters, at most 120 characters."""
    last = PurePath(filename.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    return kept[-120:] or "附件"


def _media_type(name: str, content: bytes) -> str:
    if not content:
        raise errors.FileRefused(f"“{name}”是空文件，请重新选择")
    if len(content) > LARGEST:
        raise errors.FileRefused(f"“{name}”超过20MB，请压缩或者拆分后上传")
    for start, media_type in _STARTS:
        if content.startswith(start):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        found = _office_type(content)
        if found:
            return found
    if _is_text(content):
        return "text/plain"
    raise errors.FileRefused(
        f"“{name}”的类型不受支持，请上传PDF、PNG、JPEG、DOCX、XLSX、OFD或者文本文件"
    )


def _office_type(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return None
    return next(
        (kind for mark, kind in _OFFICE.items() if any(n.startswith(mark) for n in names)), None
    )


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in text)
