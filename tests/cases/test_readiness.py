"""What the first command of a process would wait for is there before it comes."""

import pytest

from tests.cases import office
from workflows import cases, models, procedures, store
from workflows.engine import feel


def test_a_process_that_is_ready_reads_no_procedure_again(
    house: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy(house)
    cases.get_ready(house)
    with monkeypatch.context() as nothing:
        nothing.setattr(procedures, "_read", None)
        nothing.setattr(feel, "_open_engine", None)
        case_id = office.open_permit(house)
        assert feel.evaluate("1 + 1", {}, {}) == 2
    assert office.elements(house, case_id) == ["apply"]


def test_a_procedure_that_cannot_be_read_keeps_no_process_from_starting(
    house: store.Store,
) -> None:
    office.deploy(house)
    p = models.procedures
    with house.transaction() as tx:
        whole = dict(tx.one(p.select())) | {"id": None, "key": "broken", "fact_types": {}}
        del whole["id"]
        tx.insert(p, whole)
    cases.get_ready(house)
    assert office.open_permit(house)
