"""The throw-away databases are thrown away, whatever becomes of the run that made them."""

import os
import select
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import databases as throw_away
from tests.databases import Databases
from workflows import models, store


def ended_process() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name leaves room for that of a socket."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_what_a_killed_run_left_is_cleared_away_by_the_next(
    databases: Databases, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(short_path))
    monkeypatch.delenv(throw_away.RUN)
    killed = throw_away.begin_run()
    assert killed
    databases.fresh()
    databases.made.clear()
    (killed / "owner").write_text(str(ended_process()))
    servers = [
        os.pidfd_open(int(file.read_text().split()[0])) for file in killed.rglob("postmaster.pid")
    ]
    assert len(servers) == (databases.kind == "postgresql")
    monkeypatch.delenv(throw_away.RUN)
    mine = throw_away.begin_run()
    assert mine
    assert list(short_path.glob(f"{throw_away.PREFIX}*")) == [mine]
    assert select.select(servers, [], [], 30 if servers else 0)[0] == servers, "a server still runs"
    for one in servers:
        os.close(one)
    throw_away.end_run(mine)
    assert not mine.exists()


def test_a_copy_is_of_its_own_and_dropped(databases: Databases) -> None:
    first, second = store.Store(databases.fresh()), store.Store(databases.fresh())
    with first.transaction() as tx:
        tx.insert(models.people, {"login": "one", "created_at": tx.now})
    with second.reading() as tx:
        assert not tx.all(models.people.select())
    first.close()
    second.close()
    databases.drop()
    if databases.kind == "postgresql":
        engine = sa.create_engine(throw_away.shared().url())
        with engine.connect() as connection:
            left = connection.exec_driver_sql(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", (f"test_{os.getpid()}_%",)
            ).all()
        engine.dispose()
        assert not left
