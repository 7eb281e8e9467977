"""The `baton` command. Each subcommand lives in a file of its own and is loaded by name when it is asked for, so that `baton lint` starts at once."""

import importlib
import sys

import click

from engine.errors import BatonError

COMMANDS = {
    "run": "engine.cli.run",
    "worker": "engine.cli.worker",
    "deploy": "engine.cli.deploy",
    "lint": "engine.cli.lint",
    "test": "engine.cli.test",
    "migrate": "engine.cli.migrate",
    "user": "engine.cli.user",
    "simulate-partners": "engine.cli.partners",
}


class _ByName(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name]).command
        return command


@click.command(cls=_ByName)
def group() -> None:
    """Baton runs the business processes that analysts draw."""


def main() -> None:
    """The entry point: an error that Baton raises on purpose is one sentence and exit code 1."""
    try:
        group(prog_name="baton")
    except BatonError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
