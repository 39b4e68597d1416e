"""Shared: a throw-away house with its offices and people, on either database; a clock that travels.

`--database both` (sqlite, postgresql): on which the tests run. Unless told, every test of the
commands, the registry and the store runs on both; stories, walks and pages, which go the same ways
again, run on SQLite and a fixed part of them on PostgreSQL as well.
"""

import os
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest

from tests import databases as throw_away
from tests.databases import Databases, Kind
from workflows import store, workdays
from workflows.stories import stage

SAMPLED = {"browser": 24, "walks": 8, "web": 8, "test_stories.py": 8, "test_people.py": 5}
"""Rooms of which one test in so many runs on PostgreSQL too."""

_run = pytest.StashKey[Path]()

hypothesis.settings.register_profile("untimed", deadline=None)  # how long it took proves nothing
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sampled", "both", *throw_away.KINDS),
        default="sampled",
        help="which database the tests run on; sampled: both, but only part of the long rooms",
    )
    parser.addoption("--faults", action="store_true", help="try the faults in full, for minutes")
    parser.addoption(
        "--walks", type=int, default=1, help="how many walks begin in stories of each procedure"
    )
    parser.addoption("--fault-seed", help="the seed of what is random in the tests of faults")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_databases: on both, though its room is sampled")
    wanted = config.getoption("--database")
    demanded = os.environ.get("CI") == "true" or wanted in {"both", "postgresql"}  # noqa: TID251
    if demanded and wanted != "sqlite" and throw_away.programs() is None:
        raise pytest.UsageError(throw_away.MISSING)
    folder = throw_away.begin_run()
    if folder:
        config.stash[_run] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(_run, None)
    if folder:
        throw_away.end_run(folder)


def pytest_report_header(config: pytest.Config) -> str:
    return _told(config)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if throw_away.programs() is None:
        terminalreporter.write_line(_told(config), red=True, bold=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = _kinds(metafunc.config)
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the sample leaves out: the same tests in every worker and every run."""
    if config.getoption("--database") != "sampled":
        return
    left_out = [item for item in items if _left_out(config, item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """The database that the test runs on."""
    return request.param


@pytest.fixture
def databases(database_kind: Kind, tmp_path: Path) -> Iterator[Databases]:
    """Makes databases for one test."""
    made = Databases(database_kind, tmp_path)
    yield made
    made.drop()


@pytest.fixture
def house(databases: Databases) -> Iterator[store.Store]:
    """A database with every table, the sample offices and people, at 2026-03-02 09:00."""
    at = datetime(2026, 3, 2, 9, tzinfo=workdays.OFFICE)
    opened = store.travelling(databases.like("stage", _furnish), at)
    yield opened
    opened.close()


def _furnish(url: str) -> None:
    opened = store.travelling(url, datetime(2026, 3, 2, 9, tzinfo=workdays.OFFICE))
    stage.set_stage(opened)
    opened.close()


def _kinds(config: pytest.Config) -> tuple[Kind, ...]:
    wanted = config.getoption("--database")
    if wanted in throw_away.KINDS:
        return (wanted,)
    return throw_away.KINDS if throw_away.programs() else ("sqlite",)


def _left_out(config: pytest.Config, item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    if called is None or called.params.get("database_kind") != "postgresql":
        return False
    if item.get_closest_marker("both_databases"):
        return False
    room = item.path.relative_to(config.rootpath / "tests").parts[0]
    return zlib.crc32(item.nodeid.encode()) % SAMPLED.get(room, 1) != 0


def _told(config: pytest.Config) -> str:
    wanted, found = config.getoption("--database"), throw_away.programs()
    if found is None:
        return f"只在SQLite上测试，PostgreSQL的一半未运行：{throw_away.MISSING}"
    return f"database: {wanted}" + ("" if wanted == "sqlite" else f", PostgreSQL of {found}")
