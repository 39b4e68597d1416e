"""Alembic's entry: runs the numbered changes on the engine that `migrate` hands over.

All changes are made in one transaction, so that a crash leaves the tables as they were; who comes
meanwhile waits and finds nothing left to do.
"""

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context

from workflows import models


@contextmanager
def _all_or_nothing(connection: sa.Connection) -> Generator[None]:
    run = connection.exec_driver_sql
    embedded = connection.dialect.name == "sqlite"
    if embedded:
        # A table is changed by copying it; the rows that refer to it stay for that while.
        run("PRAGMA foreign_keys=OFF")
    run("BEGIN IMMEDIATE" if embedded else "BEGIN")
    try:
        if not embedded:
            run("SELECT pg_advisory_xact_lock(hashtextextended('migrations', 0))")
        yield
        if embedded:
            _check_references(connection)
        run("COMMIT")
    except BaseException:
        run("ROLLBACK")
        raise
    finally:
        if embedded:
            run("PRAGMA foreign_keys=ON")


def _check_references(connection: sa.Connection) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost:
        raise RuntimeError(f"表结构升级后有行指向不存在的行，已全部撤销：{lost}")


def _sort_alike(connection: sa.Connection) -> None:
    """Text sorts by code point on every server, as on SQLite, whatever its language is."""
    columns = connection.execute(
        sa.text(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type = 'text' "
            "AND collation_name IS DISTINCT FROM 'C' AND table_name = ANY(:own)"
        ),
        {"own": list(models.metadata.tables)},
    )
    for table, column in columns.all():
        connection.exec_driver_sql(
            f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE text COLLATE "C"'
        )


engine: sa.Engine = context.config.attributes["engine"]
with engine.connect() as connected, _all_or_nothing(connected):
    context.configure(
        connection=connected,
        target_metadata=models.metadata,
        render_as_batch=connected.dialect.name == "sqlite",
        transactional_ddl=False,  # ours is around it
        user_module_prefix="columns.",
    )
    context.run_migrations()
    if connected.dialect.name == "postgresql":
        _sort_alike(connected)
