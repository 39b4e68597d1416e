"""Subjects found by what is typed: parts of names, codes; few are looked up, many walked."""

import pytest

from workflows import access, models, queries, store
from workflows.queries import paging, reading

NAMES = (
    "安阳市甲乙商贸有限公司",
    "安阳市（甲）丙运输有限公司",
    "ＡＢＣ贸易（安阳）有限公司",
    "甄实",
    "乙甲商行",
)


def add(house: store.Store, *names: str) -> list[int]:
    with house.transaction() as tx:
        stamps = {"created_at": tx.now, "updated_at": tx.now}
        rows = [{"name": name, "id_scheme": "uscc", "id_no": f"91{name}"} for name in names]
        return [tx.insert(models.subjects, row | stamps) for row in rows]


def found(house: store.Store, text: str) -> list[str]:
    """Names of the subjects found, page by page."""
    names: list[str] = []
    after = ""
    while True:
        page = queries.find_subjects(house, access.SYSTEM, text, after)
        names += [row.name for row in page.rows]
        after = page.more
        if not after:
            return names


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("甲乙", [0]),
        ("甲", [0, 1, 4]),
        ("商", [0, 4]),
        ("甄实", [3]),
        ("甲丙", [1]),
        ("（甲）丙", [1]),
        ("abc贸易", [2]),
        ("安阳有限", [2]),
        ("甲商", [4]),
        ("有限公司", [0, 1, 2]),
        ("商贸甲乙", []),
        ("%", []),
        ('" OR 1', []),
        ("91甄实", [3]),
        ("９１甄实", [3]),
    ],
)
def test_a_part_of_a_name_finds_it_however_brackets_and_width_are_written(
    house: store.Store, text: str, wanted: list[int]
) -> None:
    add(house, *NAMES)
    assert found(house, text) == [NAMES[place] for place in wanted]


def test_what_fits_many_is_walked_and_finds_the_same(
    house: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"安阳市{number}号商贸有限公司" for number in range(60)]
    add(house, *NAMES, *names)
    monkeypatch.setattr(paging, "CAP", 20)
    assert found(house, "号商贸") == names
    assert found(house, "59号") == [names[59]]


def test_a_name_that_changes_is_found_by_the_new_one_alone(house: store.Store) -> None:
    (subject_id,) = add(house, "旧名商行")
    s = models.subjects
    with house.transaction() as tx:
        renamed = {"name": "新名商行", "pairs": models.pairs("新名商行")}
        tx.run(s.update().where(s.c.id == subject_id).values(**renamed))
    assert (found(house, "旧名"), found(house, "新名商")) == ([], ["新名商行"])
    with house.transaction() as tx:
        tx.run(s.delete().where(s.c.id == subject_id))
    assert found(house, "新名") == []


def test_a_persons_number_is_masked_where_many_may_look() -> None:
    person = {"id_scheme": "citizen_id", "id_no": "410502198001010001"}
    assert reading.shown_number(person) == "410502********0001"
    company = {"id_scheme": "uscc", "id_no": "91410505MA44AA018A"}
    assert reading.shown_number(company) == "91410505MA44AA018A"
