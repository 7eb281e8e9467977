"""`baton backup FILE`: everything that is kept, in one file, while the service goes on."""

import time
from importlib.metadata import version
from pathlib import Path

import click

from engine.cli.words import say
from engine.start import at_work
from engine.store import backup


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def command(file: Path) -> None:
    """Write all rows of this moment and the secret into the new FILE (mode 0600). Nothing has to stop.

    Whoever has the file can read everything in it: keep it as safe as the database.
    """
    started = time.monotonic()
    with at_work() as baton:
        secret = (baton.settings.data / "secret").read_bytes().strip()
        made = backup.write(baton.database, secret, file, now=baton.clock.now(), version=version("baton"))
    rows, megabytes, seconds = sum(made.rows.values()), file.stat().st_size / 1e6, time.monotonic() - started
    click.echo(
        say(
            {
                "ko": f"{file}: {rows:,}줄, {megabytes:.1f} MB, {seconds:.1f}초. 비밀 키가 들어 있으니 안전한 곳에 두세요.",
                "en": f"{file}: {rows:,} rows, {megabytes:.1f} MB, {seconds:.1f} s. It holds the secret: keep it in a safe place.",
            }
        )
    )
