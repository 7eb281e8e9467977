"""`baton replay`: build an app that listens, or the view of where cases stand, anew from what happened."""

import click

from engine.cli.person import operator
from engine.cli.words import say
from engine.errors import Refused
from engine.runtime import listeners, rebuilding, switches
from engine.runtime.baton import Baton
from engine.start import open_baton
from engine.views import case_view


@click.command("replay")
@click.argument("app", required=False)
@click.option("--views", is_flag=True, help="Build the view of where each case stands anew instead.")
@click.option("--reason", default="replayed", show_default=True, help="Why; it stands in the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(app: str | None, views: bool, reason: str, yes: bool) -> None:
    """Clear what APP made of the events of others, and let it take all of them again from the first.

    What people did in it stays. It may be interrupted: running workers go on with the events, and it may be given again.
    """
    if views == bool(app):
        raise click.UsageError("give an app, or --views")
    baton = open_baton()
    try:
        _views(baton) if app is None else _app(baton, app, reason, yes)
    except Refused as refused:
        raise click.ClickException(say(refused.texts)) from None
    finally:
        baton.database.close()


def _views(baton: Baton) -> None:
    click.echo(f"the view of where cases stand is built anew; {case_view.rebuild(baton)} cases were wrong")


def _app(baton: Baton, app: str, reason: str, yes: bool) -> None:
    with baton.read() as read:
        going, paused = rebuilding.look(read, app), app in switches.paused(read)
    what = f"{going.instances} process instances and {going.records} records of {app} go; {going.events} events are there to be taken again"
    if yes:
        click.echo(what)
    else:
        click.confirm(f"{what}. Go on?", abort=True)
    baton.do(rebuilding.clear, app=app, actor=operator(), reason=reason)
    if paused:
        click.echo(f"{app} is paused: it takes the events when it goes on")
        return
    taken = 0
    while baton.do(listeners.take, app=app) is not None:
        taken += 1
    click.echo(f"{taken} events were taken")
