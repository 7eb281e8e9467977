"""The `baton` command. Each subcommand lives in a file of its own and is loaded by name when it is asked for, so that `baton lint` starts at once."""

import sys

import click

from engine import optional
from engine.cli.words import say
from engine.errors import BatonError, Refused

COMMANDS = {
    "run": "engine.cli.run",
    "worker": "engine.cli.worker",
    "deploy": "engine.cli.deploy",
    "lint": "engine.cli.lint",
    "test": "engine.cli.test",
    "migrate": "engine.cli.migrate",
    "undeploy": "engine.cli.undeploy",
    "replay": "engine.cli.replay",
    "pause": "engine.cli.switch:pause",
    "resume": "engine.cli.switch:resume",
    "drain": "engine.cli.switch:drain",
    "undrain": "engine.cli.switch:undrain",
    "instance": "engine.cli.instance",
    "user": "engine.cli.user",
    "privacy": "engine.cli.privacy",
    "backup": "engine.cli.backup",
    "restore": "engine.cli.restore",
    "doctor": "engine.cli.doctor",
    "secret": "engine.cli.secret",
    "simulate-partners": "engine.cli.partners",
}


class _ByName(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(optional.load(module), name or "command")
        return command


@click.command(cls=_ByName)
def group() -> None:
    """Baton runs the business processes that analysts draw."""


def main() -> None:
    """The entry point: an error that Baton raises on purpose is one sentence and exit code 1."""
    try:
        group(prog_name="baton")
    except BatonError as error:
        click.echo(say(error.texts) if isinstance(error, Refused) else str(error), err=True)
        sys.exit(1)
