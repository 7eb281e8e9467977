"""Retrying everything that stopped for the same cause: one command for each, so that what one of them refuses keeps no other back."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.actors import Actor
from engine.errors import BatonError, Refused
from engine.runtime import jobs, subscribers
from engine.runtime.baton import Baton
from engine.runtime.operations import NO_REASON
from engine.store.tables import Incident, SubscriberCursor

AT_ONCE = 500


@dataclass(frozen=True)
class Tried:
    """How many were set going again, and how many could not be. Whether they succeed shows afterwards, not here."""

    going: int
    refused: int


def retry_cause(baton: Baton, *, kind: str, app: str, actor: Actor, reason: str) -> Tried:
    """Retry the jobs, messages and subscribers whose open incidents have this kind and app; the oldest 500. Refused without a reason."""
    if not reason.strip():
        raise Refused("NO_REASON", NO_REASON, 422)
    where = (Incident.kind == kind, Incident.app == app, Incident.resolved_at.is_(None), Incident.source.is_not(None))
    with baton.read() as read:
        found = read.all(select(Incident.source).where(*where).distinct().order_by(Incident.source).limit(AT_ONCE))
        known = {row.subscriber[:60]: row.subscriber for row in read.all(select(SubscriberCursor.subscriber))}
    results = [_retry(baton, row.source, known.get(row.source), actor, reason) for row in found]
    return Tried(sum(results), len(results) - sum(results))


def _retry(baton: Baton, source: str, subscriber: str | None, actor: Actor, reason: str) -> bool:
    try:
        if subscriber is not None:
            baton.do(subscribers.retry, subscriber=subscriber, actor=actor, reason=reason)
        else:
            baton.do(jobs.retry, job_id=source, actor=actor, reason=reason)
    except BatonError:
        return False
    return True
