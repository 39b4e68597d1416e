"""Numbered changes of the tables, run by Alembic: 0001_…, 0002_…"""

from alembic import command
from alembic.config import Config

from workflows import settings
from workflows.store import Store


def migrate(store: Store, to: str = "head") -> None:
    """Bring the database to the newest tables; running it again changes nothing."""
    config = Config()
    config.set_main_option("script_location", str(settings.ROOT / "workflows" / "migrations"))
    config.attributes["engine"] = store.engine
    command.upgrade(config, to)
