"""`baton migrate`: bring the database's schema to this version."""

import click

from engine import settings
from engine.store import migrate
from engine.store.database import Database


@click.command("migrate")
def command() -> None:
    """Migrate the configured database. Safe to call again, and while old code still runs."""
    chosen = settings.load()
    chosen.data.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(Database(chosen.database))
    click.echo("the schema fits this version")
