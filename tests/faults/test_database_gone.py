"""The database goes away for a while and comes back: told plainly, nothing typed is lost."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.cases import office as people
from tests.faults import errands
from tests.faults.checking import check, is_idle
from tests.faults.clients import Browser, Crowd
from tests.faults.installation import Begin
from tests.faults.waiting import until
from workflows import cases, errors, migrations, services, store

TYPED = "写于数据库中断之时"
PEOPLE = 2
SECONDS_IN_FULL = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Server]:
    """A server of its own, which keeps what it has said that it kept; the errands are on it."""
    if databases.programs() is None:
        pytest.skip(databases.MISSING)
    started = databases.start(tmp_path_factory.mktemp("gone") / "server")
    with started.connect() as connection:
        connection.execute("CREATE DATABASE furnished")
    opened = store.Store(started.url("furnished"))
    migrations.migrate(opened)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "TOPICS", errands.TOPICS)
        errands.furnish(opened)
    opened.close()
    yield started
    if (started.folder / "data" / "postmaster.pid").exists():
        started.stop()


@pytest.fixture
def remote(server: databases.Server) -> Iterator[store.Store]:
    """A database of that server."""
    with server.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS errands WITH (FORCE)")
        connection.execute("CREATE DATABASE errands TEMPLATE furnished")
    opened = store.Store(server.url("errands"))
    yield opened
    opened.close()


def processes(server: databases.Server) -> list[int]:
    """The server's own and those of its connections."""
    main = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    return [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]


def test_a_database_that_goes_and_comes_back_costs_nobody_anything(
    remote: store.Store,
    server: databases.Server,
    begin: Begin,
    full: bool,
    seed: int,
) -> None:
    mine = errands.open_errand(remote, "mine")
    task = people.task(remote, mine, "apply")
    cases.claim_task(remote, people.actor(remote, "liu"), task["id"])
    with begin(remote.url, ["web", "worker"]) as office:
        liu = Browser(office.port, "liu")
        liu.sign_in()
        crowd = Crowd(remote, office.port, seed)
        crowd.ledger.accepted.add("mine")
        crowd.start(PEOPLE)
        try:
            until(lambda: crowd.accepted > 5, 60)
            server.stop()
            until(lambda: crowd.unavailable > PEOPLE, 60, "nobody is told")
            told = liu.ask(f"/tasks/{task['id']}", {"mark": TYPED, "_action": "submit"})
            crowd.stopping.wait(SECONDS_IN_FULL if full else 0)
            databases.start(server.folder)
            before = crowd.accepted
            until(lambda: crowd.accepted > before + 5, 90, "the web does not recover")
            again = liu.ask(f"/tasks/{task['id']}", {"mark": TYPED, "_action": "submit"})
        finally:
            crowd.stop()
        until(lambda: is_idle(remote), 90, "the worker does not recover")
    assert told.status == errors.DatabaseUnavailable.status
    assert (errors.DatabaseUnavailable.__doc__ or "").rstrip("。") in told.page
    assert f'name="mark" value="{TYPED}"' in told.page
    assert again.to == f"/cases/{mine}"
    crowd.ledger.accepted.add(TYPED)
    check(remote, crowd.ledger)
    assert crowd.failures == []


def test_a_database_that_stands_still_is_waited_for(
    remote: store.Store,
    server: databases.Server,
    begin: Begin,
    full: bool,
    seed: int,
) -> None:
    with begin(remote.url, ["web", "worker"]) as office:
        crowd = Crowd(remote, office.port, seed)
        crowd.start(PEOPLE)
        stopped: list[int] = []
        try:
            until(lambda: crowd.accepted > 5, 60)
            stopped = processes(server)
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            until(lambda: crowd.waiting == PEOPLE, 60)
            crowd.stopping.wait(SECONDS_IN_FULL / 3 if full else 1)
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
            before = crowd.accepted
            until(lambda: crowd.accepted > before + 5, 60, "the web does not go on")
        finally:
            crowd.stop()
        until(lambda: is_idle(remote), 60, "the worker does not go on")
    check(remote, crowd.ledger)
    assert crowd.failures == []
