"""News of a court's list reach the open cases of its subject that can take them, and nobody else.

The stories of the other news are in tests/scenarios/changes.
"""

from datetime import date

import pytest

from tests.cases import office
from workflows import cases, designing, errors, models, store
from workflows.registry import changes

ENTRY = "（2026）豫0505执9号"
DAY = date(2026, 3, 1)
MESSAGE = "court_list_changed"


@pytest.fixture
def told(house: store.Store) -> store.Store:
    """A procedure that hears of the court's list, one that does not, and two subjects."""
    files = office.bundle()
    hears = files["permit/permit.bpmn"].replace(b'name="note"', b'name="court_list_changed"')
    files["permit/permit.bpmn"] = hears
    said = [{"key": key, "label": key} for key in ("act", "entry", "on")]
    files[f"forms/permit/{MESSAGE}.form"] = office.form(*said)
    office.deploy(house)
    designing.deploy_bundle(house, files, "permit")
    with house.transaction() as tx:
        first = tx.one(models.subjects.select())
        other = {**first, "id_no": "91410505MA44AA0265", "name": "殷都乙商贸有限公司"}
        tx.insert(models.subjects, {key: other[key] for key in other if key != "id"})
    return house


def open_case(house: store.Store, subject_id: int) -> int:
    wang, topic = office.actor(house, "wang"), {"topic": "测试"}
    return cases.open_case(house, wang, "permit", topic, subject_id=subject_id)


def change(house: store.Store, act: str, subject_id: int = 1) -> list[int] | None:
    with house.transaction() as tx:
        return changes.change_court_list(tx, subject_id, act, ENTRY, DAY)


def messages(house: store.Store) -> list[tuple[int, str, object]]:
    m = models.case_messages
    with house.reading() as tx:
        rows = tx.all(m.select().order_by(m.c.id))
    return [(row["case_id"], row["message"], row["values"]) for row in rows]


def test_only_the_cases_of_the_subject_are_told(told: store.Store) -> None:
    mine, others = open_case(told, 1), open_case(told, 2)
    assert change(told, "added") == [mine]
    assert others not in [case_id for case_id, _message, _said in messages(told)]
    said = {"act": "added", "entry": ENTRY, "on": "2026-03-01"}
    assert messages(told) == [(mine, MESSAGE, said)]


def test_the_same_act_of_the_court_is_told_once_and_its_end_again(told: store.Store) -> None:
    mine = open_case(told, 1)
    assert [change(told, act) for act in ("added", "added", "deleted", "deleted")] == [
        *([mine], None),
        *([mine], None),
    ]
    assert [said for *_, said in messages(told)] == [
        {"act": act, "entry": ENTRY, "on": "2026-03-01"} for act in ("added", "deleted")
    ]


def test_a_case_that_has_ended_is_told_nothing(told: store.Store) -> None:
    mine = open_case(told, 1)
    with told.transaction() as tx:
        tx.run(models.cases.update().where(models.cases.c.id == mine).values(status="ended"))
    assert change(told, "added") == []
    assert messages(told) == []


def test_a_case_whose_version_cannot_take_the_news_is_not_told(house: store.Store) -> None:
    office.deploy(house)
    office.open_permit(house)
    assert change(house, "added") == []
    with house.reading() as tx:
        assert tx.one(models.records.select())["status"] == "public"


def test_what_the_court_never_listed_cannot_be_deleted(told: store.Store) -> None:
    open_case(told, 1)
    with pytest.raises(errors.NotFound, match="没有案号"):
        change(told, "deleted")
    assert messages(told) == []
