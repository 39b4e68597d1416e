"""The demonstration is made whole or not at all, and never over real data."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from workflows import demo, errors, models, settings, store


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that point at an empty folder, with two small batches."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(settings, "CLOCK", tmp_path / "clock")
    monkeypatch.setattr(settings, "DATABASE_URL", f"sqlite:///{tmp_path / 'demo.sqlite3'}")
    monkeypatch.setattr(demo, "LOGINS", tmp_path / "demo.json")
    return tmp_path


def rows_of(house: store.Store, table: Any, **wanted: str) -> Sequence[store.Row]:
    asked = table.select()
    for name, value in wanted.items():
        asked = asked.where(table.c[name] == value)
    with house.reading() as tx:
        return tx.all(asked)


def test_a_demonstration_has_people_registers_and_cases_of_every_age(empty: Path) -> None:
    said: list[str] = []
    logins = demo.prepare(said.append)
    assert ("wang", "王承办") in {(login, name) for login, _, name, _ in logins}
    house = store.open_store(settings.DATABASE_URL)
    tasks = rows_of(house, models.tasks, status="open")
    failed = [row for row in rows_of(house, models.jobs) if row["error"]]
    stands = {
        table.name: {row["status"] for row in rows_of(house, table)}
        for table in (models.listings, models.measures, models.commitments, models.publicities)
    }
    now = house.now
    house.close()
    assert {task["role"] for task in tasks} == {
        *("caseworker", "dept_head", "legal_reviewer", "hearing_officer"),
        *("dept_peer", "provincial_credit", "credit_center"),
    }
    assert {task["element"] for task in tasks} >= {
        *("draft_case", "verify_objection", "decide", "hold_hearing", "review_answer"),
        *("decide_repair", "verify_dispute", "check_publicity", "check_commitment"),
    }
    assert {task["due_at"] < now for task in tasks} == {True, False}
    assert stands == {
        "listings": {"published", "noticed", "removed_exit"},
        "measures": {"in_force"},
        "commitments": {"supervised"},
        "publicities": {"public", "prepared", "ended"},
    }
    assert failed == []
    assert demo.prepare(said.append) == logins
    assert oct((empty / "demo.json").stat().st_mode)[-3:] == "600"


def test_a_stop_half_way_leaves_nothing_that_looks_whole(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_import", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        demo.prepare(lambda _said: None)
    assert not (empty / "demo.sqlite3").exists()


def test_real_data_is_not_overwritten(empty: Path) -> None:
    (empty / "demo.sqlite3").write_bytes(b"real")
    with pytest.raises(errors.NotDemonstration):
        demo.prepare(lambda _said: None)
    assert (empty / "demo.sqlite3").read_bytes() == b"real"


def test_a_database_on_a_server_is_no_demonstration(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATABASE_URL", "postgresql+psycopg://host/zhengcheng")
    with pytest.raises(errors.NotDemonstration, match="SQLite"):
        demo.prepare(lambda _said: None)
    assert not list(empty.iterdir())
