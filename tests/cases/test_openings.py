"""Cases that other cases ask for: opened once, or not at all where there is no need any more."""

import pytest

from tests.databases import Databases
from tests.walks import house, samples
from workflows import models, scheduler, stories
from workflows.registry import reaching

REMOVED = samples.SCENARIOS / "lift_measures" / "end_nothing_to_lift.yaml"


@pytest.mark.parametrize("procedure", ["publication", "apply_measures", "listing_in_force"])
def test_nothing_is_opened_for_a_listing_that_has_ended_meanwhile(
    databases: Databases, procedure: str
) -> None:
    most = len(stories.read(REMOVED)["steps"])
    opened = house.tell(databases.like("told", stories.furnish), REMOVED, most)
    c, j = models.cases, models.jobs
    with opened.transaction() as tx:
        before = tx.count(c.select())
        cause = tx.one(c.select().where(c.c.procedure_key == "serious_listing"))
        reaching.open_case(tx, cause, "begin", procedure, {"listing_id": 1})
    scheduler.run_due(opened)
    with opened.reading() as tx:
        asked = tx.one(j.select().where(j.c.kind == "opening", j.c.element == "begin"))
        assert (asked["status"], asked["attempts"], asked["error"]) == ("done", 1, "")
        assert tx.count(c.select()) == before
    opened.close()
