"""The numbered migrations make exactly the tables that the models describe."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext

from tests.databases import Databases
from workflows import migrations, models, settings, store

OTHERWISE = """SELECT attrelid::regclass, attname FROM pg_attribute
WHERE attnum > 0 AND atttypid = 'text'::regtype AND attcollation <> '"C"'::regcollation
AND attrelid::regclass::text = ANY(%s)"""
"""Columns that a server sorts by its own language."""


@pytest.fixture
def bare(databases: Databases) -> Iterator[store.Store]:
    """A database without any table."""
    house = store.Store(databases.bare())
    yield house
    house.close()


def tables(house: store.Store) -> set[str]:
    return set(sa.inspect(house.engine).get_table_names())


def test_migrations_and_models_agree(bare: store.Store) -> None:
    migrations.migrate(bare)
    migrations.migrate(bare)
    with bare.engine.connect() as connection:
        opts = {"render_as_batch": True, "include_name": ours}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, models.metadata) == []


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Not the tables of the queue, which brings its own, nor SQLite's of the full text."""
    return kind != "table" or not (name or "").startswith(("procrastinate_", "subject_names"))


def test_a_crash_on_the_way_changes_nothing(
    bare: store.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = EnvironmentContext.run_migrations

    def crash(self: EnvironmentContext) -> None:
        real(self)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(EnvironmentContext, "run_migrations", crash)
        with pytest.raises(KeyboardInterrupt):
            migrations.migrate(bare)
    assert tables(bare) == set()
    migrations.migrate(bare)
    assert tables(bare) > {"cases", "events"}


def test_two_machines_migrate_at_once(bare: store.Store) -> None:
    program = "import sys; from workflows import migrations, store;"
    program += "migrations.migrate(store.Store(sys.argv[1]))"
    command = [sys.executable, "-c", program, bare.url]
    machines = [subprocess.Popen(command, cwd=settings.ROOT) for _ in range(3)]
    assert [machine.wait(60) for machine in machines] == [0, 0, 0]
    assert tables(bare) > {"cases", "events"}


def test_text_sorts_by_code_point_whatever_the_language_of_the_server(house: store.Store) -> None:
    names = ["b", "B", "a", "中", "丁", "_", "Z", "é"]
    with house.transaction() as tx:
        for name in names:
            tx.insert(models.subjects, {"name": name, "id_no": name, **stamps(tx)})
    with house.reading() as tx:
        s = models.subjects.c
        found = [row["name"] for row in tx.all(models.subjects.select().order_by(s.name))]
    assert found == sorted(names)
    if house.engine.dialect.name == "postgresql":
        with house.engine.connect() as connection:
            assert (
                connection.exec_driver_sql(OTHERWISE, (list(models.metadata.tables),)).all() == []
            )


def stamps(tx: store.Transaction) -> dict[str, datetime]:
    return {"created_at": tx.now, "updated_at": tx.now}


def test_migrations_are_numbered_without_gaps() -> None:
    folder = settings.ROOT / "workflows" / "migrations" / "versions"
    numbers = sorted(int(file.name[:4]) for file in folder.glob("[0-9]*.py"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
