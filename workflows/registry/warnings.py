"""Early warnings (失信预警): who is to be warned, by which records; a prompt, never a measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflows import errors, models
from workflows.registry import instants, law, reaching, records, values
from workflows.store import Row, Transaction

LAW = "安发改财金〔2025〕94号 三（七）"
PROCEDURE = "early_warning"
WATCHED = "watch"
"""The class (D02) of a subject with penalties enough to be warned and too few to be governed."""


@dataclass(frozen=True)
class Warned:
    """What a warning rests on: the window, the records that count, the thresholds."""

    since: date
    as_of: date
    records: Sequence[Row]
    threshold: int
    governed: int


def due(tx: Transaction) -> list[Row]:
    """The subjects flagged `watch` for whom no warning is open, with the day of the flag.

    Rows: subject_id, name, as_of.
    """
    f, s, c = models.flags, models.subjects, models.cases
    busy = (
        c.select()
        .with_only_columns(c.c.subject_id)
        .where(c.c.procedure_key == PROCEDURE, c.c.status != "ended")
    )
    return list(
        tx.all(
            f.join(s, f.c.subject_id == s.c.id)
            .select()
            .with_only_columns(f.c.subject_id, s.c.name, f.c.as_of)
            .where(f.c.current, f.c.kind == WATCHED, f.c.subject_id.not_in(busy))
            .order_by(f.c.id)
        )
    )


def flag_of(tx: Transaction, subject_id: int) -> Row | None:
    """The current flag of a subject (D02)."""
    f = models.flags
    return tx.first(f.select().where(f.c.subject_id == subject_id, f.c.current))


def check_due(tx: Transaction, case: values.Fields) -> None:
    """Raise NotExpected unless the subject is to be warned and is not being warned already."""
    flag = flag_of(tx, case["subject_id"])
    if flag is None or flag["kind"] != WATCHED:
        raise errors.NotExpected("该主体不在预警范围内，不需要发出预警提醒", article=LAW)
    others = reaching.cases_of_subject(tx, case["subject_id"], [PROCEDURE])
    if [one for one in others if one != case["id"]]:
        raise errors.NotExpected("该主体的失信预警正在办理，不重复立案", article=LAW)


def counted(tx: Transaction, subject_id: int) -> Warned:
    """The penalties a warning tells of, as the current flag counted them."""
    flag = flag_of(tx, subject_id)
    if flag is None:
        raise errors.NotExpected("该主体没有被筛查出来", article=LAW)
    said = values.read_rows([flag["explanation"]])[0]
    since, as_of = (instants.read_day(one, "统计期间") for one in said["window"])
    rows = records.by_ids(tx, said["counted"])
    bounds = law.thresholds(as_of)
    penalties = [row for row in rows if row["kind"] != "listing"]
    return Warned(since, as_of, penalties, bounds.watch, bounds.governed)


def check_mere_prompt(tx: Transaction, case: values.Fields) -> None:
    """Raise MeasureUnlawful where a measure or a publication hangs on a warning.

    A warning takes nothing away and is told to nobody else (安发改财金〔2025〕94号 三（七）).
    """
    for table in (models.measures, models.publicities):
        hanging = tx.first(table.select().where(table.c.case_id == case["id"]))
        if hanging is not None:
            raise errors.MeasureUnlawful("失信预警只是提醒，不得附带惩戒措施或者公示", article=LAW)
