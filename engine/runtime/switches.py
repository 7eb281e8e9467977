"""What operators stop for a while: a paused app or a suspended instance stands still, a draining service takes no new cases."""

from sqlalchemy import ColumnElement, delete, exists, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.actors import Actor
from engine.runtime import audit
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import ProcessInstance, Switch

DRAIN = "drain"
PAUSE = "pause:"
TRY_AGAIN = 30  # seconds that a door asks for while it is closed


def pause(read: Reader, *, app: str, actor: Actor, reason: str) -> Change:
    """Let an app stand still: its jobs, messages and events wait, and its doors are closed. NotFound for an app that is not deployed."""
    read.live(app)
    return _on(read, f"{PAUSE}{app}", actor, "app.pause", app, reason)


def unpause(read: Reader, *, app: str, actor: Actor, reason: str) -> Change:
    """Let a paused app go on with everything that waited meanwhile. Nothing happens when it is not paused."""
    return _off(read, f"{PAUSE}{app}", actor, "app.unpause", app, reason)


def drain(read: Reader, *, actor: Actor, reason: str) -> Change:
    """Take no new cases: doors answer BUSY, running cases go on, workers finish what there is."""
    return _on(read, DRAIN, actor, "drain", "", reason)


def undrain(read: Reader, *, actor: Actor, reason: str) -> Change:
    """Take new cases again. Nothing happens when the service is not draining."""
    return _off(read, DRAIN, actor, "undrain", "", reason)


def _on(read: Reader, name: str, actor: Actor, action: str, subject: str, reason: str) -> Change:
    change = Change(result=name)
    row = {"name": name, "since": read.now, "by": actor.id, "reason": reason}
    change.add(upsert(Switch).values(**row).on_conflict_do_nothing())
    audit.note(read, change, actor, action, subject, reason)
    return change


def _off(read: Reader, name: str, actor: Actor, action: str, subject: str, reason: str) -> Change:
    change = Change(result=name, wake=True)
    if read.value(select(Switch.name).where(Switch.name == name)):
        change.add(delete(Switch).where(Switch.name == name))
        audit.note(read, change, actor, action, subject, reason)
    return change


def paused(read: Reader) -> set[str]:
    """The keys of the apps that stand still."""
    return {row.name.removeprefix(PAUSE) for row in read.all(select(Switch.name).where(Switch.name.startswith(PAUSE)))}


def draining(read: Reader) -> bool:
    """Whether no new cases are taken."""
    return read.value(select(Switch.name).where(Switch.name == DRAIN)) is not None


def is_paused(app: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition, for a query, that the app in this column stands still."""
    return exists().where(Switch.name == literal(PAUSE).concat(app))


def is_draining() -> ColumnElement[bool]:
    """The condition, for a query, that no new cases are taken."""
    return exists().where(Switch.name == DRAIN)


def is_held(instance_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition, for a query, that the instance in this column is suspended."""
    return exists().where(ProcessInstance.id == instance_id, ProcessInstance.suspended_at.is_not(None))


def stands_still(instance_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition, for a query, that the instance in this column is suspended, or that its app is paused."""
    held = ProcessInstance.suspended_at.is_not(None) | is_paused(ProcessInstance.__table__.c.app)
    return exists().where(ProcessInstance.id == instance_id, held)
