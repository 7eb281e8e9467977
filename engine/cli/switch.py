"""`baton pause`, `resume`, `drain` and `undrain`: what operators stop for a while, with a reason."""

import click

from engine.cli.person import operator
from engine.runtime import switches
from engine.start import open_baton

REASON = click.option("--reason", required=True, help="Why; stands in the audit trail.")


@click.command()
@click.argument("app")
@REASON
def pause(app: str, reason: str) -> None:
    """Let APP stand still: its jobs, messages and events wait, its doors are closed."""
    open_baton().do(switches.pause, app=app, actor=operator(), reason=reason)
    click.echo(f"{app} is paused; `baton resume {app}` lets it go on")


@click.command()
@click.argument("app")
@REASON
def resume(app: str, reason: str) -> None:
    """Let a paused APP go on; it catches up with what waited."""
    open_baton().do(switches.unpause, app=app, actor=operator(), reason=reason)
    click.echo(f"{app} runs")


@click.command()
@REASON
def drain(reason: str) -> None:
    """Take no new cases; running ones go on."""
    open_baton().do(switches.drain, actor=operator(), reason=reason)
    click.echo("no new cases are taken; `baton undrain` takes them again")


@click.command()
@REASON
def undrain(reason: str) -> None:
    """Take new cases again."""
    open_baton().do(switches.undrain, actor=operator(), reason=reason)
    click.echo("new cases are taken")
