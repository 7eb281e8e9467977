"""`baton instance`: what operators do to running instances, each with a reason; many at once for another version."""

from collections.abc import Callable
from typing import Any

import click
import orjson

from engine.cli.person import operator
from engine.cli.switch import REASON
from engine.cli.words import say
from engine.errors import Text
from engine.runtime import instance_versions, operations
from engine.start import open_baton


@click.group("instance")
def command() -> None:
    """Hold, mend, cancel and migrate running instances."""


def carry_out(done: str, act: Callable[..., Any], instance_id: str, reason: str, **words: Any) -> None:
    """Run one operation and say so."""
    open_baton().do(act, instance_id=instance_id, actor=operator(), reason=reason, **words)
    click.echo(f"{instance_id}: {done}")


@command.command()
@click.argument("instance_id")
@REASON
def suspend(instance_id: str, reason: str) -> None:
    """Nothing of it runs until it is resumed."""
    carry_out("suspended", operations.suspend, instance_id, reason)


@command.command()
@click.argument("instance_id")
@REASON
def resume(instance_id: str, reason: str) -> None:
    """Let it go on; what became due runs now."""
    carry_out("resumed", operations.resume, instance_id, reason)


@command.command()
@click.argument("instance_id")
@REASON
def cancel(instance_id: str, reason: str) -> None:
    """End it. Nothing is compensated and no reservation is given back."""
    carry_out("cancelled", operations.cancel, instance_id, reason)


@command.command("set")
@click.argument("instance_id")
@click.argument("name")
@click.argument("value")
@REASON
def set_variable(instance_id: str, name: str, value: str, reason: str) -> None:
    """Write the root variable NAME; VALUE is JSON, such as 5 or '"text"'."""
    try:
        given = orjson.loads(value)
    except orjson.JSONDecodeError:
        raise click.BadParameter("the value is JSON: a text stands in double quotes", param_hint="VALUE") from None
    carry_out(f"{name} is set", operations.set_variables, instance_id, reason, variables={name: given})


@command.command()
@click.argument("instance_id")
@click.argument("token", type=int)
@click.argument("element")
@REASON
def move(instance_id: str, token: int, element: str, reason: str) -> None:
    """Cancel what TOKEN is at and go on before ELEMENT."""
    carry_out(f"moved to {element}", operations.move_token, instance_id, reason, token=token, to=element)


@command.command()
@click.argument("app")
@click.argument("version", type=int)
@click.option("--instance", "ids", multiple=True, help="Only this one; several times for several. Without it: every running one on another version.")
@click.option("--map", "mapping", multiple=True, metavar="OLD=NEW", help="An element or flow that has another id in the new version.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--reason", default="", help="Why; stands in the audit trail. Needed without --dry-run.")
def migrate(app: str, version: int, ids: tuple[str, ...], mapping: tuple[str, ...], dry_run: bool, reason: str) -> None:
    """Take instances of APP to VERSION. Exits 1 when one of them could not be moved."""
    if not dry_run and not reason.strip():
        raise click.UsageError("give --reason, or --dry-run to change nothing")
    baton, names = open_baton(), dict(pair.partition("=")[::2] for pair in mapping)
    with baton.read() as read:
        to = instance_versions.deployment(read, app, version)
        chosen = list(ids) or instance_versions.candidates(read, app, to)
        planned = instance_versions.plan(read, instance_ids=chosen, to=to, mapping=names) if dry_run else []
    told: list[tuple[str, tuple[Text, ...]]] = [(one.instance_id, one.problems) for one in planned]
    if not dry_run:
        moved = instance_versions.migrate_many(baton, instance_ids=chosen, to=to, actor=operator(), reason=reason, mapping=names)
        told = [(one.instance_id, (one.refused,) if one.refused else ()) for one in moved]
    for instance_id, problems in told:
        click.echo(f"{instance_id}: {'; '.join(say(text) for text in problems) or ('can move' if dry_run else 'moved')}")
    stayed = sum(1 for _, problems in told if problems)
    click.echo(f"{len(told) - stayed} {'can move' if dry_run else 'moved'}, {stayed} stay")
    if stayed:
        raise SystemExit(1)
