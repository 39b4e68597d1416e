"""The house that walks begin in, built once; a press that does not take its time."""

from pathlib import Path

import pytest

from tests.walks import house
from workflows import documents


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished house, to be copied."""
    file = tmp_path_factory.mktemp("house") / "built.sqlite3"
    house.build(file)
    return file


@pytest.fixture
def words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents have their words but no pages."""
    monkeypatch.setattr(documents, "render", house.print_words)


@pytest.fixture
def facts_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents have neither words nor pages."""
    monkeypatch.setattr(documents, "render", house.print_facts)
