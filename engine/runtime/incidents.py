"""Incidents: what cannot go on by itself, in words for an operator, until somebody resolves it."""

from collections.abc import Sequence

from sqlalchemy import insert, update

from engine.ids import new_id
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Incident


def open_incident(read: Reader, change: Change, instance_id: str, source: str | None, element_id: str, kind: str, message: str) -> None:
    """Add the row of a new incident. `source` is the job or message that cannot go on."""
    row = {"id": new_id(), "instance_id": instance_id, "source": source, "element_id": element_id, "kind": kind, "message": message[:2000]}
    change.add(insert(Incident), row | {"created_at": read.now, "resolved_at": None})


def resolve(read: Reader, change: Change, instance_id: str, sources: Sequence[str]) -> None:
    """Close the incidents of an instance's jobs or messages that go on, or that nobody needs any more."""
    where = (Incident.instance_id == instance_id, Incident.source.in_(sources), Incident.resolved_at.is_(None))
    change.add(update(Incident).where(*where).values(resolved_at=read.now))
