"""`baton secret`: the master secret."""

import click

from engine.cli.words import say
from engine.runtime import rotation
from engine.start import at_work

DONE = {
    "ko": "비밀 키를 바꿨어요. 모두 다시 로그인해야 하고, 조회 링크는 그대로예요. 새 백업을 만들어 주세요.",
    "en": "The secret is new. Everybody signs in again; tracking links stay as they are. Make a new backup.",
}


@click.group("secret")
def command() -> None:
    """The master secret, which seals personal data."""


@command.command()
def rotate() -> None:
    """Make a new secret and seal everything with it. Stop the service and its workers first.

    Call it again when it was interrupted: it goes on where it was.
    """
    with at_work() as baton:
        rotation.rotate(baton, baton.settings.data / "secret")
    click.echo(say(DONE))
