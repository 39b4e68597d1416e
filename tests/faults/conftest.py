"""A house with the errand deployed; whether faults are tried in full; the seed of what is random.

`--faults`: everything in full, for minutes. `--fault-seed`: try again what failed.
"""

import random
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.faults import errands, installation
from workflows import services, store, workdays

AT = datetime(2026, 3, 2, 9, tzinfo=workdays.OFFICE)


@pytest.fixture(autouse=True)
def topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """The errand's step is one of those that a diagram may name."""
    monkeypatch.setattr(services, "TOPICS", errands.TOPICS)


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether faults are tried in full."""
    return bool(request.config.getoption("--faults"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of everything random in this test, shown where it fails."""
    given = request.config.getoption("--fault-seed")
    chosen = random.SystemRandom().randrange(2**32) if given is None else int(given)
    sys.stderr.write(f"--fault-seed {chosen}\n")
    return chosen


@pytest.fixture
def url(databases: Databases) -> str:
    """A database of its own with the errand deployed, at 2026-03-02 09:00."""
    return databases.like("errands", furnish)


@pytest.fixture
def office(url: str) -> Iterator[store.Store]:
    """The same, opened, its clock standing still."""
    opened = store.travelling(url, AT)
    yield opened
    opened.close()


@pytest.fixture
def today(url: str) -> Iterator[store.Store]:
    """The same by the machine's own clock, for processes."""
    opened = store.Store(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[installation.Zygote]:
    """What the processes of every installation are forked from."""
    with installation.zygote(tmp_path_factory.mktemp("zygote") / "log") as started:
        yield started


@pytest.fixture
def begin(zygote: installation.Zygote, tmp_path: Path) -> installation.Begin:
    """Starts the processes of an installation, in a folder of its own."""
    return partial(installation.running, zygote, tmp_path)


def furnish(url: str) -> None:
    """Make an empty database an office with the errand deployed, at 2026-03-02 09:00."""
    opened = store.travelling(url, AT)
    errands.furnish(opened)
    opened.close()
