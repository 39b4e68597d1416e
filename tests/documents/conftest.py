"""The bundle as it lies in forms/, and every golden document printed once."""

from datetime import datetime

import pytest

from tests.documents import contexts
from workflows import documents, settings

AT = datetime.fromisoformat("2026-03-02T09:00:00+08:00")

FILES = sorted(
    path for path in settings.FORMS.rglob("*") if path.suffix in {".html", ".yaml", ".css"}
)
"""Wording kept as data (clauses.yaml) is there too; only a declaration is looked up by name."""


@pytest.fixture(scope="session")
def files() -> dict[str, str | bytes]:
    return {str(path.relative_to(settings.FORMS)): path.read_bytes() for path in FILES}


@pytest.fixture(scope="session")
def printed(files: dict[str, str | bytes]) -> dict[str, documents.Rendered]:
    return {
        name: documents.render(name, files, context, number=contexts.NUMBERS[name], issued_at=AT)
        for name, context in contexts.CONTEXTS.items()
    }
