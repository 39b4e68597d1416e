"""The disk is full: refused plainly, nothing half kept, and work goes on when there is room."""

import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests import databases as throw_away
from tests.databases import Databases
from tests.faults import conftest, errands
from tests.faults.checking import Ledger, check
from workflows import errors, migrations, scheduler, store

TRIES = 2_000
NO_DISK = "这里不能挂载小磁盘（需要root），磁盘写满未试"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path | None]:
    """A small disk of its own; None where this account may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=320m,mode=755", "tmpfs", str(folder)]
    may = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    yield folder if may else None
    if may:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """There is no room at all meanwhile."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
    yield
    ballast.unlink()


@contextmanager
def limited(house: store.Store) -> Iterator[None]:
    """SQLite may not make its file larger meanwhile: it says the same as of a full disk."""

    def limit(connection: Any, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")

    house.engine.dispose()
    event.listen(house.engine, "connect", limit)
    yield
    event.remove(house.engine, "connect", limit)
    house.engine.dispose()


def work_without_room(house: store.Store, no_room: AbstractContextManager[None]) -> None:
    """Work before, while and after there is no room."""
    ledger = Ledger(accepted={"before", "before-applied"})
    case_id = errands.open_errand(house, "before")
    errands.complete(house, case_id, "apply", "before-applied")
    with no_room:
        for number in range(TRIES):
            try:
                errands.open_errand(house, f"{number}")
            except errors.DatabaseUnavailable:
                ledger.refused.add(f"{number}")
                break
            ledger.accepted.add(f"{number}")
        assert ledger.refused, "there is always room"
        with suppress(errors.DatabaseUnavailable):
            scheduler.run_due(house)
        check(house, ledger, drained=False)
    errands.open_errand(house, "after")
    ledger.accepted.add("after")
    scheduler.travel(house, house.now + timedelta(minutes=1))
    check(house, ledger)
    assert {job["error"] for job in errands.jobs(house)} == {""}
    house.close()


def test_an_embedded_database_without_room_keeps_nothing_by_halves(disk: Path | None) -> None:
    if disk is None:
        pytest.skip(NO_DISK)
    url = Databases("sqlite", disk).like("errands", conftest.furnish)
    work_without_room(store.travelling(url, conftest.AT), filled(disk))


def test_a_limit_of_sqlite_is_told_as_a_full_disk(tmp_path: Path) -> None:
    url = Databases("sqlite", tmp_path).like("errands", conftest.furnish)
    house = store.travelling(url, conftest.AT)
    work_without_room(house, limited(house))


def test_a_server_without_room_keeps_nothing_by_halves(disk: Path | None) -> None:
    if disk is None or throw_away.programs() is None:
        pytest.skip(NO_DISK)
    server = throw_away.start(disk / "server")
    with server.connect() as connection:
        connection.execute("CREATE DATABASE errands")
    house = store.travelling(server.url("errands"), conftest.AT)
    migrations.migrate(house)
    errands.furnish(house)
    try:
        work_without_room(house, filled(disk))
    finally:
        server.stop()
