"""`baton restore FILE`: a backup, into an empty place."""

from pathlib import Path

import click

from engine import settings
from engine.cli.words import say
from engine.start import mended
from engine.store import backup
from engine.store.database import Database


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def command(file: Path) -> None:
    """Put the backup FILE into the configured database, which must be empty, and its secret into BATON_DATA.

    The backup may come from SQLite or PostgreSQL, and from an older version. Start the service afterwards: running cases go on.
    """
    chosen = settings.load()
    with mended(chosen):
        chosen.data.mkdir(parents=True, exist_ok=True)
        database = Database(chosen.database)
        try:
            found = backup.restore(database, file, chosen.data / "secret")
        finally:
            database.close()
    rows = sum(found.rows.values())
    click.echo(say({"ko": f"{found.made_at}의 백업에서 {rows:,}줄을 되살렸어요.", "en": f"{rows:,} rows of the backup of {found.made_at} are back."}))
