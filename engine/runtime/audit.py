"""The audit trail of what staff do outside a case's own steps."""

from sqlalchemy import insert

from engine.actors import Actor
from engine.ids import new_id
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Audit


def note(read: Reader, change: Change, actor: Actor, action: str, subject: str, reason: str = "") -> None:
    """Add one row: who did what to which object, and why."""
    row = {"id": new_id(), "at": read.now, "actor_id": actor.id, "action": action, "object": subject, "reason": reason}
    change.add(insert(Audit), row)
