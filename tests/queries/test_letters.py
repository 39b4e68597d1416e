"""An office that is asked to act on a measure reads the letter, and not the file of who asks."""

from pathlib import Path

import pytest

from tests.databases import Databases
from workflows import errors, models, people, queries, store, stories

ASKED = Path(__file__).parent.parent / "scenarios/apply_measures/other_office_implements.yaml"


def test_the_letter_can_be_read_where_it_is_answered(databases: Databases) -> None:
    url = databases.like(*stories.beginning(ASKED))
    assert not stories.tell(ASKED, url).error
    house = store.Store(url)
    d, c = models.documents, models.cases
    with house.reading() as tx:
        letter = tx.one(d.select().where(d.c.kind == "measure_notice").order_by(d.c.id).limit(1))
        ours = tx.one(c.select().where(c.c.procedure_key == "implement_measure").limit(1))
        lu = people.find_actor(tx, "lu", role="dept_peer")
        he = people.find_actor(tx, "he")
    assert letter["id"] in {one.id for one in queries.case_page(house, lu, ours["id"]).documents}
    assert queries.document_page(house, lu, letter["id"]).case.id == ours["id"]
    assert queries.document_pdf(house, lu, letter["id"]).content.startswith(b"%PDF")
    with pytest.raises(errors.NotFound):
        queries.case_page(house, lu, letter["case_id"])
    with pytest.raises(errors.NotFound):
        queries.document_pdf(house, he, letter["id"])
    house.close()
