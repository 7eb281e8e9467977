"""`baton user`: accounts of staff, first of all the first one."""

import getpass

import click

from engine.actors import Actor
from engine.runtime import accounts
from engine.start import open_baton


@click.group("user")
def command() -> None:
    """Accounts of staff."""


@command.command()
@click.argument("login")
@click.option("--name", default="", help="How colleagues see them; an existing account keeps its name without it.")
@click.option(
    "--role", "roles", multiple=True, help="A role id of an app, or operator, analyst, lead, admin; several times for several. Kept without it."
)
@click.password_option(help="Asked for when it is not given.")
def save(login: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Make an account, or change the password, and if given the name and roles, of one."""
    open_baton().do(accounts.save, login=login, name=name, password=password, roles=roles, actor=_operator())
    click.echo(f"{login} can sign in")


@command.command()
@click.argument("login")
def deactivate(login: str) -> None:
    """Keep somebody from signing in; their history stays."""
    open_baton().do(accounts.deactivate, login=login, actor=_operator())
    click.echo(f"{login} can no longer sign in")


def _operator() -> Actor:
    return Actor("staff", getpass.getuser(), getpass.getuser(), frozenset({"operator"}))
