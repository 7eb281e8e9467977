"""`baton undeploy APP`: take an app out of service."""

import click

from engine.cli.person import operator
from engine.cli.words import say
from engine.errors import Refused
from engine.runtime import definitions
from engine.start import open_baton


@click.command("undeploy")
@click.argument("app")
@click.option("--reason", default="taken out of service", show_default=True, help="Why; it stands in the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(app: str, reason: str, yes: bool) -> None:
    """Let nobody and nothing start new cases of APP, and let it hear no more events. Running cases go on to their end; no other app changes."""
    if not yes:
        click.confirm(f"{app} takes no new cases and hears no events any more. Go on?", abort=True)
    baton = open_baton()
    try:
        version = baton.do(definitions.retire, key=app, actor=operator(), reason=reason)
    except Refused as refused:
        raise click.ClickException(say(refused.texts)) from None
    finally:
        baton.database.close()
    click.echo(f"{app} version {version} is out of service")
