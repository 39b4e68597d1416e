"""One case on a real database, for every test of the registry."""

from collections.abc import Iterator

import pytest

from tests.registry import told


@pytest.fixture
def desk() -> Iterator[told.Desk]:
    made = told.Desk()
    yield made
    made.store.close()
