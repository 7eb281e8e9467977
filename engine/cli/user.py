"""`baton user`: accounts of staff, first of all the first one."""

import getpass

import click

from engine.actors import Actor
from engine.cli.words import say
from engine.runtime import accounts
from engine.start import at_work

CAN = {"ko": "로그인할 수 있어요", "en": "can sign in"}
CANNOT = {"ko": "로그인할 수 없어요", "en": "can no longer sign in"}


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
    with at_work() as baton:
        baton.do(accounts.save, login=login, name=name, password=password, roles=roles, actor=_operator())
    click.echo(f"{login}: {say(CAN)}")


@command.command("list")
def list_all() -> None:
    """Who there is, with roles."""
    with at_work() as baton, baton.read() as read:
        for row in accounts.everybody(read):
            click.echo(f"{row.login}\t{row.name}\t{', '.join(row.roles)}\t{say(CAN if row.active else CANNOT)}")


@command.command()
@click.argument("login")
@click.password_option(help="Asked for when it is not given.")
def password(login: str, password: str) -> None:
    """Give an account a new password; name, roles and whether it is active stay."""
    with at_work() as baton:
        baton.do(accounts.set_password, login=login, password=password, actor=_operator())
    click.echo(say({"ko": f"{login}: 비밀번호를 바꿨어요", "en": f"{login}: the password is new"}))


@command.command()
@click.argument("login")
@click.argument("names", nargs=-1)
def roles(login: str, names: tuple[str, ...]) -> None:
    """Give an account exactly the roles NAMES; none takes all away."""
    with at_work() as baton:
        baton.do(accounts.set_roles, login=login, roles=names, actor=_operator())
    click.echo(f"{login}: {', '.join(names) or '-'}")


@command.command()
@click.argument("login")
def deactivate(login: str) -> None:
    """Keep somebody from signing in; their history stays."""
    with at_work() as baton:
        baton.do(accounts.deactivate, login=login, actor=_operator())
    click.echo(f"{login}: {say(CANNOT)}")


@command.command()
@click.argument("login")
def activate(login: str) -> None:
    """Let somebody sign in again."""
    with at_work() as baton:
        baton.do(accounts.activate, login=login, actor=_operator())
    click.echo(f"{login}: {say(CAN)}")


def _operator() -> Actor:
    return Actor("staff", getpass.getuser(), getpass.getuser(), frozenset({"operator"}))
