"""Evidence: the files of a case, named by the sha256 of their bytes."""

import hashlib
from collections.abc import Iterable
from typing import Any

from workflows import errors, models
from workflows.registry import values
from workflows.store import Transaction


def check_evidence(tx: Transaction, case_id: int, hashes: Any, what: str) -> list[str]:
    """The hashes, each known to be a file of this case; raises EvidenceMissing saying which is not.

    `what` names what the files are to prove.
    """
    given = values.read_texts(hashes)
    if not given:
        raise errors.EvidenceMissing(f"{what}须上传证据材料")
    a = models.attachments.c
    rows = tx.all(
        models.attachments.select()
        .with_only_columns(a.sha256)
        .where(a.case_id == case_id, a.sha256.in_(given))
    )
    strangers = set(given) - {row["sha256"] for row in rows}
    if strangers:
        raise errors.EvidenceMissing(f"{what}所列材料 {_short(strangers)} 不在本案附件中")
    return given


def check_bytes(tx: Transaction, case_id: int, hashes: Any, what: str) -> None:
    """As `check_evidence`, and the bytes kept must still be those that were added."""
    given = check_evidence(tx, case_id, hashes, what)
    a = models.attachments.c
    for sha256 in given:
        row = tx.one(
            models.attachments.select()
            .with_only_columns(a.content)
            .where(a.case_id == case_id, a.sha256 == sha256)
        )
        if hashlib.sha256(row["content"]).hexdigest() != sha256:
            raise errors.EvidenceMissing(f"{what}所附材料 {_short([sha256])} 的内容与散列值不符")


def _short(hashes: Iterable[str]) -> str:
    return "、".join(sorted(one[:12] for one in hashes))
