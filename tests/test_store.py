"""One command, one commit, nothing kept of what fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from workflows import errors, models, store, workdays


def names(house: store.Store) -> list[str]:
    with house.reading() as tx:
        return [row["login"] for row in tx.all(models.people.select().order_by(models.people.c.id))]


def add(tx: store.Transaction, login: str) -> None:
    tx.insert(models.people, {"login": login, "created_at": tx.now})


def add_then_fail(house: store.Store) -> None:
    with house.transaction() as tx:
        add(tx, "one")
        raise RuntimeError


def test_what_fails_keeps_nothing(house: store.Store) -> None:
    before = names(house)
    with pytest.raises(RuntimeError):
        add_then_fail(house)
    assert names(house) == before


def test_reading_holds_no_lock(house: store.Store) -> None:
    with house.transaction() as reader:
        reader.all(models.people.select())
        with house.transaction() as writer:
            add(writer, "two")
        assert "two" in [row["login"] for row in reader.all(models.people.select())]


def test_an_instant_comes_back_as_office_time(house: store.Store) -> None:
    with house.transaction() as tx:
        add(tx, "three")
        row = tx.one(models.people.select().where(models.people.c.login == "three"))
    assert row["created_at"] == house.now
    assert row["created_at"].utcoffset() == workdays.OFFICE.utcoffset(None)


def test_a_naive_instant_is_refused(house: store.Store) -> None:
    naive = datetime(2026, 3, 2, 9)  # noqa: DTZ001
    with pytest.raises(Exception, match="offset"), house.transaction() as tx:
        tx.insert(models.people, {"login": "four", "created_at": naive})


def test_office_time_can_be_moved_only_where_it_travels() -> None:
    real = store.Store("sqlite://")
    with pytest.raises(errors.ClockFixed):
        store.travel(real, real.now)
    real.close()


def test_a_travelling_clock_does_not_go_back(house: store.Store) -> None:
    with pytest.raises(errors.ClockFixed):
        store.travel(house, house.now.replace(year=2025))


def test_only_one_is_alone_and_whoever_ends_lets_go(house: store.Store) -> None:
    other = store.Store(house.url)
    with house.alone("work") as first, other.alone("work") as second, other.alone("rest") as third:
        assert (first, second, third) == (True, False, True)
    with other.alone("work") as again:
        assert again
    other.close()


def test_writers_take_their_turn_and_none_starves(house: store.Store) -> None:
    each, writers = 20, 8

    def write(writer: int) -> None:
        for number in range(each):
            with house.transaction() as tx:
                add(tx, f"writer-{writer}-{number}")

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    assert sum(name.startswith("writer-") for name in names(house)) == each * writers


def test_a_database_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    gone = store.Store(f"sqlite:///{tmp_path}/no/such/folder/house.sqlite3")
    with pytest.raises(errors.DatabaseUnavailable), gone.reading() as tx:
        tx.all(models.people.select())
    gone.close()


def test_a_zero_character_is_searched_in_vain_or_refused(house: store.Store) -> None:
    try:
        with house.reading() as tx:
            assert not tx.all(models.people.select().where(models.people.c.login == "a\0b"))
    except errors.NotStorable:
        assert house.engine.dialect.name == "postgresql"


def test_amounts_of_a_hundred_million_yuan_are_kept(house: store.Store) -> None:
    fen = 10**17
    with house.transaction() as tx:
        said = {"name": "甲", "id_no": "x", "created_at": tx.now, "updated_at": tx.now}
        subject_id = tx.insert(models.subjects, said)
        record = {"doc_no": "1", "subject_id": subject_id, "fine_fen": fen}
        tx.insert(models.records, {**record, "decided_on": tx.now.date(), "created_at": tx.now})
        assert tx.one(models.records.select())["fine_fen"] == fen


def test_a_row_is_inserted_once_whoever_comes_first(house: store.Store) -> None:
    number = {"department_id": 1, "series": "列告", "year": 2026}
    with house.transaction() as tx:
        assert [tx.insert_once(models.document_numbers, number) for _ in range(2)] == [True, False]
        assert tx.one(models.document_numbers.select())["last"] == 0
