"""`baton migrate`: bring the database's schema to this version."""

import click

from engine import settings
from engine.cli.words import say
from engine.start import migrated

FITS = {"ko": "데이터베이스가 이 버전에 맞아요.", "en": "The schema fits this version."}
LATER = {
    "ko": "모든 프로세스가 새 버전으로 바뀌면 `baton migrate --post`를 실행해 주세요.",
    "en": "Once every process runs the new version, run `baton migrate --post`.",
}


@click.command("migrate")
@click.option("--post", is_flag=True, help="Also take away what only older versions use; when all processes run the new version.")
def command(post: bool) -> None:
    """Migrate the configured database. Safe to call again, and while old code still runs; with --post when none does."""
    unfinished = migrated(settings.load(), post=post)
    click.echo(say(FITS))
    if unfinished:
        click.echo(say(LATER))
