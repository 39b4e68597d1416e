"""Shared: a throw-away house with its offices and people, and a clock that travels."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from workflows import store, workdays
from workflows.stories import stage


@pytest.fixture
def house(tmp_path: Path) -> Iterator[store.Store]:
    """A database with every table, the sample offices and people, at 2026-03-02 09:00."""
    at = datetime(2026, 3, 2, 9, tzinfo=workdays.OFFICE)
    opened = store.travelling(f"sqlite:///{tmp_path}/house.sqlite3", at)
    store.create_tables(opened)
    stage.set_stage(opened)
    yield opened
    opened.close()
