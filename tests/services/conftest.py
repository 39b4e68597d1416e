"""The registry's case, and the diagram's words said about it."""

from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.services import said


@pytest.fixture
def desk(databases: Databases) -> Iterator[said.Desk]:
    made = said.Desk(databases.fresh())
    yield made
    made.store.close()
