"""Numbered changes of the tables, run by Alembic: 0001_…, 0002_…"""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from workflows import settings
from workflows.store import Store


def migrate(store: Store, to: str = "head") -> None:
    """Bring the database to the newest tables; running it again changes nothing.

    A crash on the way changes nothing either, and several machines may do it at once.
    """
    config = _config(store)
    if revision(store) != ScriptDirectory.from_config(config).as_revision_number(to):
        command.upgrade(config, to)


def revision(store: Store) -> str | None:
    """The number of the last change made to the tables; None for a database without tables."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(store: Store) -> bool:
    """Whether the database has the newest tables."""
    newest = ScriptDirectory.from_config(_config(store)).get_current_head()
    return revision(store) == newest


def known(store: Store) -> set[str]:
    """The numbers of all changes that this version of the program knows."""
    return {one.revision for one in ScriptDirectory.from_config(_config(store)).walk_revisions()}


def _config(store: Store) -> Config:
    config = Config()
    config.set_main_option("script_location", str(settings.ROOT / "workflows" / "migrations"))
    config.attributes["engine"] = store.engine
    return config
