"""Incidents: what cannot go on by itself, in words for an operator, until somebody resolves it."""

from sqlalchemy import insert, update

from engine.ids import new_id
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Incident


def open_incident(read: Reader, change: Change, instance_id: str, source: str | None, element_id: str, kind: str, message: str) -> None:
    """Add the row of a new incident. `source` is the job or message that cannot go on."""
    row = {"id": new_id(), "instance_id": instance_id, "source": source, "element_id": element_id, "kind": kind, "message": message[:2000]}
    change.add(insert(Incident), row | {"created_at": read.now, "resolved_at": None})


def resolve(read: Reader, change: Change, source: str) -> None:
    """Close the incidents of a job or message that goes on."""
    change.add(update(Incident).where(Incident.source == source, Incident.resolved_at.is_(None)).values(resolved_at=read.now))
