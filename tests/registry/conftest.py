"""One case on a real database, for every test of the registry."""

from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.registry import told


@pytest.fixture
def desk(databases: Databases) -> Iterator[told.Desk]:
    made = told.Desk(databases.fresh())
    yield made
    made.store.close()
