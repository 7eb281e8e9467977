"""`baton migrate`: bring the database's schema to this version."""

import click

from engine import settings
from engine.start import migrated


@click.command("migrate")
def command() -> None:
    """Migrate the configured database. Safe to call again, and while old code still runs."""
    migrated(settings.load())
    click.echo("the schema fits this version")
