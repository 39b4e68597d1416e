"""One case that cannot be worked on does not hold up the others."""

from datetime import timedelta
from typing import Any

import pytest

from tests.cases import office
from workflows import errors, models, scheduler, store
from workflows.cases import opening


def test_a_broken_case_neither_stops_the_ladder_nor_the_clock(
    house: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deploy(house)
    broken, sound = office.open_permit(house), office.open_permit(house)
    take_up = opening.take_up

    def refuse(tx: store.Transaction, case: store.Row, actor: Any) -> Any:
        if case["id"] == broken:
            raise errors.StateUnreadable
        return take_up(tx, case, actor)

    monkeypatch.setattr(opening, "take_up", refuse)
    at = house.now + timedelta(days=60)
    scheduler.travel(house, at)
    e = models.events
    with house.reading() as tx:
        told = tx.all(e.select().where(e.c.kind == "escalated"))
    assert house.now == at
    assert {row["case_id"] for row in told} == {sound}
