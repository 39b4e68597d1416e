"""文书 and 附件: what was issued and what was handed in, with the bytes that are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import models
from workflows.access import Actor
from workflows.queries import reading, seeing
from workflows.queries.reading import CaseHead
from workflows.store import Row, Store, Transaction


@dataclass(frozen=True)
class DocumentRow:
    """One issued document. `sha256` is of the stored bytes; `served_at` where it was served."""

    id: int
    kind: str
    title: str
    number: str
    status: str
    addressee: str
    issued_at: datetime
    issued_by: str
    pages: int
    sealed: bool
    sha256: str
    served_at: datetime | None
    withdrawn_reason: str


@dataclass(frozen=True)
class DocumentPage:
    """A document and the case it belongs to."""

    document: DocumentRow
    case: CaseHead


@dataclass(frozen=True)
class DocumentFile:
    """The stored bytes of a document, and what to call them."""

    name: str
    sha256: str
    content: bytes


@dataclass(frozen=True)
class AttachmentFile:
    """The stored bytes of an attachment."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def documents_of(tx: Transaction, case_id: int) -> tuple[DocumentRow, ...]:
    """The documents of a case, oldest first."""
    rows = tx.all(_select().where(models.documents.c.case_id == case_id))
    return tuple(_row(row) for row in rows)


def letters_to(tx: Transaction, case: Row) -> tuple[DocumentRow, ...]:
    """The letters with which another office asked for what this case is about."""
    d, m = models.documents.c, models.measures.c
    if case["cause_id"] is None:
        return ()
    told = (m.notice_document_id == d.id) | (m.lift_document_id == d.id)
    asked = sa.exists().where(
        told,
        m.implementer_id == case["department_id"],
        m.id == reading.facts_of(case, "").get("measure_id"),
    )
    return tuple(_row(row) for row in tx.all(_select().where(d.case_id == case["cause_id"], asked)))


def document_page(store: Store, actor: Actor, document_id: int) -> DocumentPage:
    """One document; raises NotFound."""
    with store.reading() as tx:
        row = tx.one(_select().where(models.documents.c.id == document_id))
        case = _case_beside(tx, actor, row) or reading.case_row(tx, actor, row["case_id"])
        return DocumentPage(document=_row(row), case=reading.case_head(tx, case))


def _case_beside(tx: Transaction, actor: Actor, document: Row) -> Row | None:
    """The case in which the actor's office answers the letter; None for what is no letter to it."""
    d, c = models.documents, models.cases
    to_us = sa.select(d.c.id).where(d.c.id == document["id"], seeing.letter(actor))
    if tx.first(to_us) is None:
        return None
    ours = c.c.cause_id == document["case_id"], c.c.department_id == actor.department_id
    case = tx.first(sa.select(c.c.id).where(*ours).order_by(c.c.id.desc()).limit(1))
    return reading.case_row(tx, actor, case["id"]) if case else None


def document_pdf(store: Store, actor: Actor, document_id: int) -> DocumentFile:
    """The bytes as they were issued; raises NotFound."""
    d, b, c, o = models.documents, models.document_bytes, models.cases, models.departments
    with store.reading() as tx:
        row = tx.one(
            sa.select(d.c.number, d.c.title, d.c.sha256, b.c.pdf)
            .select_from(
                d.join(b, b.c.document_id == d.c.id)
                .join(c, d.c.case_id == c.c.id)
                .join(o, c.c.department_id == o.c.id)
            )
            .where(d.c.id == document_id, seeing.case(actor) | seeing.letter(actor))
        )
    return DocumentFile(f"{row['title']} {row['number']}.pdf", row["sha256"], row["pdf"])


def attachment_file(store: Store, actor: Actor, case_id: int, sha256: str) -> AttachmentFile:
    """A file of a case; raises NotFound."""
    a = models.attachments
    with store.reading() as tx:
        reading.case_row(tx, actor, case_id)
        row = tx.one(a.select().where(a.c.case_id == case_id, a.c.sha256 == sha256))
    return AttachmentFile(row["filename"], row["media_type"], row["sha256"], row["content"])


def _select() -> sa.Select[Any]:
    d, p, s = models.documents, models.people, models.services
    served = (
        sa.select(sa.func.min(s.c.served_at)).where(s.c.document_id == d.c.id).scalar_subquery()
    )
    return (
        sa.select(
            d,
            p.c.name.label("issuer"),
            sa.type_coerce(served, s.c.served_at.type).label("served_at"),
        )
        .select_from(d.outerjoin(p, d.c.issued_by == p.c.id))
        .order_by(d.c.issued_at, d.c.id)
    )


def _row(row: Mapping[Any, Any]) -> DocumentRow:
    return DocumentRow(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        number=row["number"] or "",
        status=row["status"],
        addressee=row["addressee"],
        issued_at=row["issued_at"],
        issued_by=row["issuer"] or "",
        pages=row["pages"],
        sealed=row["sealed"],
        sha256=row["sha256"],
        served_at=row["served_at"],
        withdrawn_reason=row["withdrawn_reason"] or "",
    )
