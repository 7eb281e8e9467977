"""The schema's history: Alembic revisions beside this file. Only `baton migrate` and the embedded start run them.

There are two lines of revisions. `0001`, `0002`, ... only add: the version before runs on them, so they are applied first ("pre").
`post_0001`, ... take away what no process uses any more once all of them run the new version ("post").
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from engine.errors import ConfigurationError
from engine.store.database import Database

SCRIPTS = Path(__file__).parent / "migrations"
POST = "post_"
Heads = tuple[str, str]  # the newest pre and the newest post revision; "" for none
OLDER = "the database's schema is older than this version; run `baton migrate`"
TAKEN_AWAY = "a newer version has taken away what this version needs from the database's schema; start that version, or restore a backup"


def configuration(database: Database, scripts: Path = SCRIPTS) -> Config:
    """Alembic's settings for this database."""
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = database.engine.execution_options(write=True)
    return config


def upgrade(database: Database, *, post: bool = False, scripts: Path = SCRIPTS) -> None:
    """Bring the schema to the newest revision that only adds, under a lock; with `post`, and on an empty database, to the very newest.

    Nothing happens when it is there already. Raises ConfigurationError when a migration of another version ran in the middle.
    """
    config, (pre_wanted, post_wanted) = configuration(database, scripts), wanted(database, scripts)
    pre_found, post_found = found(database)
    try:
        if pre_found < pre_wanted:
            command.upgrade(config, pre_wanted)
        if post_found < post_wanted and (post or not pre_found):
            command.upgrade(config, post_wanted)
    except CommandError as error:
        raise ConfigurationError(f"the schema could not be migrated, for another version has changed it: {error}") from error


def upgrade_to(database: Database, revision: str) -> None:
    """Bring an empty database to an older revision, for rows of that time."""
    command.upgrade(configuration(database), revision)


def fits(database: Database, scripts: Path = SCRIPTS) -> bool:
    """Whether this code can run on the schema: everything it needs was added and nothing of it taken away. Newer additions do no harm."""
    return problem(database, scripts) is None


def problem(database: Database, scripts: Path = SCRIPTS) -> str | None:
    """Why this code cannot run on the schema, and what mends it; None when it can."""
    (pre_wanted, post_wanted), (pre_found, post_found) = wanted(database, scripts), found(database)
    if pre_found < pre_wanted:
        return OLDER
    return TAKEN_AWAY if post_found > post_wanted else None


def unfinished(database: Database, scripts: Path = SCRIPTS) -> bool:
    """Whether `baton migrate --post` has something left to do."""
    return found(database)[1] < wanted(database, scripts)[1]


def wanted(database: Database, scripts: Path = SCRIPTS) -> Heads:
    """The newest revisions of this code."""
    return _newest(ScriptDirectory.from_config(configuration(database, scripts)).get_heads())


def found(database: Database) -> Heads:
    """The newest revisions of the database."""
    with database.engine.connect() as connection:
        return _newest(MigrationContext.configure(connection).get_current_heads())


def _newest(heads: tuple[str, ...] | list[str]) -> Heads:
    pre = max((head for head in heads if not head.startswith(POST)), default="")
    return pre, max((head for head in heads if head.startswith(POST)), default="")
