"""The case file as the rows tell it: what every guard looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows import errors, models
from workflows.registry import notices, objections, values
from workflows.store import Row, Transaction

NOTICE_LAW = "国办发〔2020〕49号 四（八）；河南省社会信用条例第二十八条；行政处罚法第四十四条"


@dataclass(frozen=True)
class File:
    """The case file as the rows tell it. `decision` and `decider_id`: what somebody wants to do."""

    tx: Transaction
    case: values.Fields
    now: datetime
    notice: Row | None
    document: Row | None
    listing: Row | None
    objections: Sequence[Row]
    decider_id: int | None = None
    decision: Mapping[str, Any] | None = None


def gather(
    tx: Transaction,
    case: values.Fields,
    now: datetime,
    decider_id: int | None = None,
    decision: Mapping[str, Any] | None = None,
) -> File:
    """Read the file of a case."""
    notice = notices.current_notice(tx, case["id"])
    d, entry = models.documents.c, models.listings.c
    document = notice and tx.first(
        models.documents.select().where(d.id == notice["document_id"], d.case_id == case["id"])
    )
    listing = tx.first(models.listings.select().where(entry.case_id == case["id"]))
    heard = [one for one in objections.of_case(tx, case["id"]) if one["received_at"] <= now]
    return File(tx, case, now, notice, document, listing, heard, decider_id, decision)


def find_notice(file: File) -> Row:
    """The current notice with its document; raises NoticeNotServed where there is none."""
    if file.notice is None or file.document is None:
        raise errors.NoticeNotServed("没有制发事前告知书", article=NOTICE_LAW)
    return file.notice


def list_code(file: File) -> str:
    """The list decided on, else the list announced."""
    decided = values.read_text(file.decision or {}, "list_code")
    return decided or (file.listing["list_code"] if file.listing else "")


def said_of(file: File, part: str) -> dict[str, Any]:
    """A part of what the notice said, or nothing."""
    content = values.read_rows([file.document["content"] if file.document else None])
    parts = values.read_rows([one.get(part) for one in content])
    return parts[0] if parts else {}


def grounds_at_issue(file: File) -> list[dict[str, Any]]:
    """The grounds decided on, or all that still stand where nothing is decided yet."""
    notice = find_notice(file)
    decided = values.read_numbers((file.decision or {}).get("grounds"))
    if not decided:
        return notices.standing_grounds(file.tx, notice, file.objections)
    return [one for one in values.read_rows(notice["grounds"]) if str(one["no"]) in decided]
