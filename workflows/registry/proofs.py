"""What proves that a document reached its addressee: the paper is sound and its service too."""

from datetime import datetime

from workflows.registry import papers, service_of_process
from workflows.store import Transaction


def check_delivered(tx: Transaction, document_id: int | None, what: str, now: datetime) -> datetime:
    """When document `what` was served, proved again from its bytes, attempts and evidence.

    Raises DocumentIncomplete, NoticeNotServed: what cannot be proved has not been served
    (行政处罚法第六十一条).
    """
    check_sound(tx, document_id, what)
    return service_of_process.check_served(tx, document_id or 0, what, now)


def check_sound(tx: Transaction, document_id: int | None, what: str, *, sealed: bool = True) -> str:
    """The number of document `what` as issued; raises DocumentIncomplete where there is none."""
    return papers.check_sound(tx, document_id or 0, what, sealed=sealed)
