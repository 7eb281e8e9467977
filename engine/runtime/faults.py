"""What cannot go on although nothing failed: jobs that no external worker takes, and subscribers that read no events. Instances: `stuck`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, exists, select

from engine.connectors.contract import CALLS
from engine.errors import NotFound
from engine.runtime import listeners
from engine.runtime.reader import Reader
from engine.runtime.subscribers import APP
from engine.runtime.switches import is_paused, paused
from engine.store.tables import Event, Job, Presence, SubscriberCursor

PATIENCE = timedelta(seconds=40)  # with two looks of the watchdog in a minute to find it
AT_MOST = 200  # of each kind in one look
UNSERVED, LEASE_LOST, SUBSCRIBER_STILL = "UNSERVED", "LEASE_LOST", "SUBSCRIBER_STILL"


@dataclass(frozen=True)
class Fault:
    """Something that cannot go on. `source` names it within its kind: one open incident for each."""

    kind: str
    source: str
    instance_id: str
    element_id: str
    message: str
    app: str


def jobs(read: Reader) -> Iterator[Fault]:
    """Jobs of external workers that nobody takes, or that their worker never reported."""
    mine = Job.__table__.c
    ours = (mine.kind == "service", mine.type.not_in(CALLS), mine.retries_left > 0, mine.suspended.is_(False), ~is_paused(mine.app))
    waited = (mine.due_at < read.now - PATIENCE, mine.lease_until < read.now - PATIENCE)
    # A worker that was just there serves it: the queue is long, and nobody is missing. Holding another job is no sign of life.
    served = exists().where(Presence.type == mine.type, Presence.seen_at >= read.now - PATIENCE)
    rows = read.all(select(*mine).where(*ours, *waited, mine.lease_token.is_not(None) | ~served).order_by(mine.due_at, mine.id).limit(AT_MOST))
    yield from (_job(row) for row in rows)


def _job(job: Row[Any]) -> Fault:
    if job.lease_token:
        said = f"the worker {job.worker or '?'} took this job of the type {job.type} and never reported; nobody else takes it"
        return Fault(LEASE_LOST, job.id, job.instance_id, job.element_id, said, job.app)
    said = f"no worker has asked for jobs of the type {job.type} for {PATIENCE.seconds} seconds"
    return Fault(UNSERVED, job.id, job.instance_id, job.element_id, said, job.app)


def subscribers(read: Reader) -> Iterator[Fault]:
    """Subscribers that have not moved although there is something to read, and that nobody paused."""
    still = (SubscriberCursor.updated_at < read.now - PATIENCE, SubscriberCursor.error.is_(None))
    behind = exists().where(Event.position > SubscriberCursor.position, Event.occurred_at < read.now - PATIENCE)
    stopped = {f"{APP}{app}" for app in paused(read)}
    for row in read.all(select(*SubscriberCursor.__table__.c).where(*still, behind).limit(AT_MOST)):
        if row.subscriber not in stopped and _heard(read, row.subscriber):
            said = f"{row.subscriber} has read nothing since {row.updated_at.isoformat()} although there are newer events"
            app = row.subscriber.removeprefix(APP) if row.subscriber.startswith(APP) else ""
            yield Fault(SUBSCRIBER_STILL, row.subscriber[:60], "", "", said, app)


def _heard(read: Reader, subscriber: str) -> bool:
    """Whether a subscriber has something to read: an app hears only what it listens to, and nothing once it is out of service."""
    try:
        event = listeners.next_event(read, subscriber.removeprefix(APP)) if subscriber.startswith(APP) else None
    except NotFound:
        return False
    return not subscriber.startswith(APP) or (event is not None and event.occurred_at < read.now - PATIENCE)
