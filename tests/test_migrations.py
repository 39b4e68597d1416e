"""The numbered migrations make exactly the tables that the models describe."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from workflows import migrations, models, settings, store


def test_migrations_and_models_agree(tmp_path: Path) -> None:
    house = store.Store(f"sqlite:///{tmp_path}/migrated.sqlite3")
    migrations.migrate(house)
    migrations.migrate(house)
    with house.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert compare_metadata(context, models.metadata) == []
    house.close()


def test_migrations_are_numbered_without_gaps() -> None:
    folder = settings.ROOT / "workflows" / "migrations" / "versions"
    numbers = sorted(int(file.name[:4]) for file in folder.glob("[0-9]*.py"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
