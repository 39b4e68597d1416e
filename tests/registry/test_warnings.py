"""Early warnings: who is due, by which records; and that nothing hangs on a prompt."""

from datetime import date

import pytest

from tests.registry import told
from workflows import errors, models, procedures
from workflows.registry import screening, warnings

DAY = date(2026, 3, 2)


def watched(desk: told.Desk, penalties: int = 8) -> None:
    with desk.at(told.SERVED) as tx:
        for number in range(3, penalties + 1):
            tx.insert(
                models.records,
                {
                    "subject_id": 1,
                    "kind": "penalty",
                    "doc_no": f"殷市监罚决〔2025〕{number}号",
                    "organ": "殷都区市场监督管理局",
                    "organ_uscc": "11410505",
                    "decided_on": date(2025, 5, number),
                    "status": "public",
                    "created_at": told.ISSUED,
                },
            )
        screening.screen_subject(tx, 1, DAY)


def test_a_subject_is_due_from_the_eighth_penalty_until_a_warning_is_open(desk: told.Desk) -> None:
    watched(desk, 7)
    with desk.store.reading() as tx:
        assert warnings.due(tx) == []
    watched(desk, 0)
    with desk.at(told.SERVED) as tx:
        tx.run(models.flags.delete())
        tx.run(models.records.delete().where(models.records.c.id > 2))
    watched(desk)
    with desk.at(told.SERVED) as tx:
        assert [(row["subject_id"], row["as_of"]) for row in warnings.due(tx)] == [(1, DAY)]
        said = warnings.counted(tx, 1)
        assert (len(said.records), said.threshold, said.governed) == (8, 8, 10)
        tx.run(models.cases.update().values(procedure_key="early_warning", status="open"))
        assert warnings.due(tx) == []
        tx.run(models.cases.update().values(status="ended"))
        assert len(warnings.due(tx)) == 1


def test_screening_one_subject_leaves_the_others_alone(desk: told.Desk) -> None:
    watched(desk)
    with desk.at(told.SERVED) as tx:
        assert screening.screen_subject(tx, 1, DAY) == "watch"
        assert screening.screen_subject(tx, 2, DAY) == "none"
        with pytest.raises(errors.NotFound):
            screening.screen_subject(tx, 10**6, DAY)
        assert len(tx.all(models.flags.select())) == 1


def test_nobody_is_warned_without_a_flag(desk: told.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        with pytest.raises(errors.NotExpected):
            warnings.check_due(tx, desk.case(tx))
        with pytest.raises(errors.NotExpected):
            warnings.counted(tx, 1)


def test_a_publication_on_a_warning_is_refused(desk: told.Desk) -> None:
    with desk.at(told.SERVED) as tx:
        warnings.check_mere_prompt(tx, desk.case(tx))
        tx.insert(models.publicities, {"subject_id": 1, "case_id": 1, "kind": "record"})
        with pytest.raises(errors.MeasureUnlawful):
            warnings.check_mere_prompt(tx, desk.case(tx))


def test_the_drawing_of_a_warning_says_no_word_of_measures_or_publicity() -> None:
    bundle = procedures.load("early_warning")
    drawn = b"".join(data for path, data in bundle.items() if path.endswith(".bpmn")).decode()
    assert "measure" not in drawn
    assert "public" not in drawn
