"""Subjects: whom an act concerns, what they are (D01), how old they are."""

from datetime import date

from workflows import models
from workflows.registry import tables
from workflows.store import Row, Transaction


def find_subject(tx: Transaction, subject_id: int) -> Row:
    """The subject; raises NotFound."""
    return tx.one(models.subjects.select().where(models.subjects.c.id == subject_id))


def is_person(subject: Row) -> bool:
    """Whether the subject is a natural person; sole proprietors are market subjects."""
    return subject["track"] == "person" or subject["id_scheme"] == "citizen_id"


def classify(subject: Row) -> tuple[str, str]:
    """Kind and governance track: as registered, else by the subject's number (D01)."""
    kind, track = tables.subject_type(subject["id_scheme"], subject["id_no"])
    return subject["kind"] or kind, subject["track"] or track


def age_on(subject: Row, day: date) -> int | None:
    """Full years (周岁) of a natural person on `day`, the birthday included (GB 11643 birth date).

    None for others and for a number that gives no birth date.
    """
    number = str(subject["id_no"])
    if not is_person(subject) or len(number) != 18:
        return None
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
