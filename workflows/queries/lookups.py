"""What the command line asks: a subject by its code, records by their document numbers."""

from collections.abc import Sequence

from workflows import errors, identifiers, models
from workflows.store import Store


def subject_by_code(store: Store, code: str) -> int:
    """Id of the subject with this 统一社会信用代码 or other number; raises NotFound."""
    s = models.subjects
    with store.reading() as tx:
        row = tx.first(s.select().where(s.c.id_no == identifiers.normalise_width(code.strip())))
    if row is None:
        raise errors.NotFound(f"没有代码为“{code}”的主体")
    return row["id"]


def records_by_number(store: Store, subject_id: int, numbers: Sequence[str]) -> list[int]:
    """Ids of the subject's records with these 文号, all of them when none is named."""
    r = models.records
    wanted = {identifiers.normalise_document_number(number) for number in numbers}
    with store.reading() as tx:
        rows = tx.all(r.select().where(r.c.subject_id == subject_id).order_by(r.c.id))
    found = {row["doc_no"]: row["id"] for row in rows}
    lost = wanted - set(found)
    if lost:
        raise errors.NotFound(f"该主体没有文号为{'、'.join(sorted(lost))}的记录")
    return [found[number] for number in sorted(wanted or found)]
