"""Issued documents as evidence: numbered, sealed, and still the bytes that were issued (INV-23)."""

import hashlib
import re

from workflows import errors, models
from workflows.store import Transaction

ARTICLE = "GB/T 9704-2012 7"
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}〔20\d{2}〕[1-9]\d{0,4}号")


def check_sound(tx: Transaction, document_id: int, what: str, *, sealed: bool = True) -> str:
    """The number of a sound document; raises DocumentIncomplete saying what is wrong with it.

    A record (笔录) is signed by those who were there and carries no seal: `sealed` False.
    """
    d, b = models.documents.c, models.document_bytes.c
    row = tx.first(models.documents.select().where(d.id == document_id))
    if row is None:
        raise errors.DocumentIncomplete(f"没有制发{what}", article=ARTICLE)
    if row["status"] != "issued":
        raise errors.DocumentIncomplete(f"{what}已经撤回：{row['withdrawn_reason']}")
    kept = tx.first(models.document_bytes.select().where(b.document_id == document_id))
    demands = {
        "没有合规的文号": _NUMBER.fullmatch(row["number"] or "") is not None,
        "没有印章": row["sealed"] or not sealed,
        "没有模板版本": bool(row["template_sha256"]),
        "没有内容散列值": bool(row["content_sha256"]) and bool(row["content"]),
        "原件已经丢失": kept is not None,
        "原件与制发时的散列值不符": kept is None
        or hashlib.sha256(kept["pdf"]).hexdigest() == row["sha256"],
    }
    wrong = [fault for fault, is_right in demands.items() if not is_right]
    if wrong:
        raise errors.DocumentIncomplete(f"{what}{'、'.join(wrong)}", article=ARTICLE)
    return row["number"]
