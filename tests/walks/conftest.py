"""A press that does not take its time."""

import pytest

from tests.walks import house
from workflows import documents


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.option.walks))


@pytest.fixture
def words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents have their words but no pages."""
    monkeypatch.setattr(documents, "render", house.print_words)


@pytest.fixture
def facts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents have neither words nor pages."""
    monkeypatch.setattr(documents, "render", house.print_facts)
