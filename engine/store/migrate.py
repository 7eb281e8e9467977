"""The schema's history: Alembic revisions beside this file. Only `baton migrate` and the embedded start run them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.store.database import Database

SCRIPTS = Path(__file__).parent / "migrations"


def configuration(database: Database) -> Config:
    """Alembic's settings for this database."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["engine"] = database.engine.execution_options(write=True)
    return config


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision, under a lock; nothing happens when it is there already."""
    command.upgrade(configuration(database), "head")


def fits(database: Database) -> bool:
    """Whether the schema is the one that this code needs."""
    newest = ScriptDirectory.from_config(configuration(database)).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest
