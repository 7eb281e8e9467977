"""`baton privacy`: what is kept about a person, given to them, erased, and erased by itself after a time."""

import getpass
import os
from pathlib import Path

import click
import orjson

from engine.actors import Actor
from engine.cli.words import say
from engine.errors import Refused
from engine.runtime import disclosure, privacy
from engine.runtime.baton import Baton
from engine.runtime.cases import CaseRef
from engine.start import at_work


class CaseName(click.ParamType[CaseRef]):
    """A case as `app/collection/number`."""

    name = "case"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> CaseRef:
        """`club/member/M-000001` as a CaseRef."""
        parts = value.split("/", 2)
        if len(parts) != 3:
            self.fail("a case is app/collection/number, such as club/member/M-000001; `baton privacy find` lists them", param, ctx)
        return CaseRef(*parts)


@click.group("privacy")
def command() -> None:
    """What is kept about a person."""


@command.command()
@click.argument("text")
def find(text: str) -> None:
    """List the cases with exactly this number, name or phone."""
    with at_work() as baton, baton.read() as read:
        for ref in privacy.find(read, text):
            click.echo(named(ref))


@command.command()
@click.argument("cases", nargs=-1, required=True, type=CaseName())
@click.option("--reason", required=True, help="Why; stands in the audit trail.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Write to this new file (mode 0600) and not to the screen.")
def export(cases: tuple[CaseRef, ...], reason: str, to: Path | None) -> None:
    """Everything that is kept about the persons behind CASES (app/collection/number), as one JSON document."""
    with at_work() as baton:
        document = orjson.dumps([_told(baton, case, reason) for case in cases], option=orjson.OPT_INDENT_2, default=str)
    if to is None:
        click.echo(document.decode())
        return
    with open(to, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(document)


@command.command()
@click.argument("cases", nargs=-1, required=True, type=CaseName())
@click.option("--reason", required=True, help="Why; stands in the audit trail.")
@click.option("--running", is_flag=True, help="Also while the case still runs; it goes on without the person's data.")
@click.confirmation_option(prompt="Personal data of these cases goes for good. Go on?")
def erase(cases: tuple[CaseRef, ...], reason: str, running: bool) -> None:
    """Erase the personal data of CASES (app/collection/number) for good; numbers, statuses and history stay."""
    with at_work() as baton:
        for case in cases:
            try:
                baton.do(privacy.erase, case=case, actor=operator(), reason=reason, running=running)
            except Refused as refused:
                raise click.ClickException(f"{named(case)}: {say(refused.texts)}") from None
            click.echo(say({"ko": f"{named(case)}: 개인정보를 지웠어요", "en": f"{named(case)}: personal data erased"}))
        baton.database.checkpoint()


@command.command()
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
def retention(dry_run: bool) -> None:
    """Erase the personal data that apps keep for a time only (`[retention]` in app.toml) and whose time is over."""
    with at_work() as baton, baton.read() as read:
        found = privacy.due(read) if dry_run else baton.do(privacy.retire)
        baton.database.checkpoint()
    for one in found:
        click.echo(f"{named(one.case)} {one.status} {one.since:%Y-%m-%d}")


def named(case: CaseRef) -> str:
    """`app/collection/number`."""
    return f"{case.app}/{case.collection}/{case.number}"


def operator() -> Actor:
    """Whoever is at the terminal."""
    return Actor("staff", getpass.getuser(), getpass.getuser(), frozenset({"operator"}))


def _told(baton: Baton, case: CaseRef, reason: str) -> object:
    try:
        return baton.do(disclosure.export, case=case, actor=operator(), reason=reason)
    except Refused as refused:
        raise click.ClickException(f"{named(case)}: {say(refused.texts)}") from None
