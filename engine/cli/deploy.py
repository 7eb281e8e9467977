"""`baton deploy processes/<app>...`: make the files the live version of the app."""

import getpass
from pathlib import Path

import click

from engine import apps
from engine.actors import Actor
from engine.apps import AppRefused
from engine.errors import Refused
from engine.runtime import definitions
from engine.runtime.baton import Baton
from engine.start import open_baton


@click.command("deploy")
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def command(folders: tuple[Path, ...]) -> None:
    """Deploy process apps: FOLDERS are `processes/<app>`; their forms are taken from `forms/<app>` beside them.

    New cases start on the new version, running ones stay on theirs. Nothing restarts.
    """
    baton = open_baton()
    try:
        for folder in folders:
            _deploy(baton, folder.resolve())
    finally:
        baton.database.close()


def _deploy(baton: Baton, folder: Path) -> None:
    key, actor = folder.name, Actor("staff", getpass.getuser(), getpass.getuser(), frozenset({"analyst"}))
    try:
        done = baton.do(definitions.deploy, key=key, files=apps.read(folder.parent.parent, key), actor=actor)
    except AppRefused as refused:
        for finding in refused.findings:
            click.echo(f"{finding.file}:{finding.element} {finding.level} {finding.rule} — {finding.en} ({finding.mend_en})", err=True)
        raise click.exceptions.Exit(1) from None
    except Refused as refused:
        raise click.ClickException(refused.texts["en"]) from None
    click.echo(f"{key} version {done.version} is live" if done.changed else f"{key} version {done.version} was live already: the files are the same")
