"""Who takes jobs, and when they were last there: processes of Baton's own by a beat, external workers by asking for jobs or holding one longer."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Presence

EVERY = timedelta(seconds=10)
KEPT = timedelta(hours=1)  # how long operators see one that is gone
OWN = ""  # the type of Baton's own: they take whatever is due


def beat(read: Reader, *, worker: str, threads: int) -> Change:
    """A process of Baton's own is there, with so many threads; whoever has not been there for an hour is forgotten."""
    change = Change()
    _note(read, change, worker, OWN, threads)
    change.add(delete(Presence).where(Presence.seen_at < read.now - KEPT))
    return change


def leave(read: Reader, *, worker: str) -> Change:
    """A process of Baton's own ends."""
    change = Change()
    change.add(delete(Presence).where(Presence.worker == worker, Presence.type == OWN))
    return change


def seen(read: Reader, change: Change, worker: str, types: Collection[str]) -> None:
    """Add that an external worker is there for jobs of these types, unless that was written less than 10 seconds ago."""
    found = read.all(select(Presence.type).where(Presence.worker == worker, Presence.type.in_(types), Presence.seen_at > read.now - EVERY))
    for job_type in sorted(set(types) - {row.type for row in found}):
        _note(read, change, worker, job_type, 0)


def _note(read: Reader, change: Change, worker: str, job_type: str, threads: int) -> None:
    now = {"threads": threads, "seen_at": read.now}
    row = upsert(Presence).values(worker=worker, type=job_type, **now)
    change.add(row.on_conflict_do_update(index_elements=["worker", "type"], set_=now))
