"""The registry's case, and the diagram's words said about it."""

from collections.abc import Iterator

import pytest

from tests.services import said


@pytest.fixture
def desk() -> Iterator[said.Desk]:
    made = said.Desk()
    yield made
    made.store.close()
