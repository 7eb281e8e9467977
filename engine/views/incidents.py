"""Open incidents as operators see them: by cause, with what happened in words, the near-miss of a lapsed message, and what was noted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from engine.errors import Text
from engine.runtime import causes, events, listeners, subscribers
from engine.runtime.causes import Cause
from engine.runtime.incidents import RAISED
from engine.runtime.lapses import KIND as LAPSED
from engine.runtime.lapses import NearMiss, near_misses
from engine.runtime.reader import Reader
from engine.runtime.waits import element_of
from engine.store.tables import Event, Incident, Message, ProcessInstance, SubscriberCursor

LISTED = 100  # incidents of one cause on the page
NOT_RETRIED = (RAISED, "STUCK", "JOIN_STUCK", "UNSERVED", "LEASE_LOST", "SUBSCRIBER_STILL", LAPSED)  # a retry cannot help these


@dataclass(frozen=True)
class Lapsed:
    """A message that nobody waited for, and who waits for nearly the same."""

    id: str
    name: str
    key: str
    close: list[NearMiss]


@dataclass(frozen=True)
class Standing:
    """A subscriber (an app by its key, or the broker) that stands still before an event, and when it tries again by itself."""

    subscriber: str
    event: str
    position: int
    attempts: int
    again: datetime | None


@dataclass(frozen=True)
class OpenIncident:
    """One incident. `number` is the business key of its instance."""

    id: str
    instance_id: str
    number: str
    element: Text
    message: str
    created_at: datetime
    note: str
    lapsed: Lapsed | None
    standing: Standing | None


@dataclass(frozen=True)
class Group:
    """Incidents of one cause in one app; `rows` are the oldest of `count`."""

    kind: str
    app: str
    cause: Cause
    count: int
    first: datetime
    last: datetime
    retried: bool
    rows: list[OpenIncident]


def groups(read: Reader) -> list[Group]:
    """Everything that is open, the largest group first."""
    by = (Incident.kind, Incident.app)
    seen = (func.count().label("number"), func.min(Incident.created_at).label("first"), func.max(Incident.created_at).label("last"))
    found = read.all(select(*by, *seen).where(Incident.resolved_at.is_(None)).group_by(*by).order_by(func.count().desc(), *by))
    return [_group(read, row) for row in found]


def _group(read: Reader, row: Row[Any]) -> Group:
    owner = (ProcessInstance.business_key, ProcessInstance.deployment_id, ProcessInstance.process_id)
    joined = select(*Incident.__table__.c, *owner).outerjoin(ProcessInstance, ProcessInstance.id == Incident.instance_id)
    where = (Incident.kind == row.kind, Incident.app == row.app, Incident.resolved_at.is_(None))
    rows = read.all(joined.where(*where).order_by(Incident.created_at, Incident.id).limit(LISTED))
    incidents = [_incident(read, found) for found in rows]
    return Group(row.kind, row.app, causes.of(row.kind), row.number, row.first, row.last, row.kind not in NOT_RETRIED, incidents)


def _incident(read: Reader, row: Row[Any]) -> OpenIncident:
    lapsed = _lapsed(read, row.source) if row.kind == LAPSED and row.source else None
    standing = _standing(read, row.source) if row.kind == subscribers.KIND and row.source else None
    return OpenIncident(
        row.id, row.instance_id, row.business_key or "", place(read, row), row.message, row.created_at, row.note or "", lapsed, standing
    )


def place(read: Reader, row: Row[Any]) -> Text:
    """The name of the element of an incident; its id where the drawing does not have it, or where there is no instance."""
    try:
        element = element_of(read.app(row.deployment_id).model, row.process_id, row.element_id) if row.deployment_id else None
    except (StopIteration, KeyError):
        element = None
    name = (element.name or element.id) if element else row.element_id
    return {"ko": name, "en": (element.label_en if element else "") or name}


def _lapsed(read: Reader, message_id: str) -> Lapsed | None:
    row = read.one(select(Message.id, Message.name, Message.key).where(Message.id == message_id, Message.error.is_not(None)))
    return Lapsed(row.id, row.name, row.key, near_misses(read, row.name, row.key)) if row else None


def _standing(read: Reader, source: str) -> Standing | None:
    held = select(*SubscriberCursor.__table__.c).where(SubscriberCursor.subscriber.startswith(source, autoescape=True))
    at = read.one(held.where(SubscriberCursor.error.is_not(None)).order_by(SubscriberCursor.subscriber))
    event = _next(read, at) if at else None
    return Standing(at.subscriber, events.described(event), event.position, at.attempts, at.due_at) if at and event else None


def _next(read: Reader, at: Row[Any]) -> Row[Any] | None:
    if at.subscriber.startswith(subscribers.APP):
        return listeners.next_event(read, at.subscriber.removeprefix(subscribers.APP))
    return read.one(select(*Event.__table__.c).where(Event.position > at.position).order_by(Event.position).limit(1))
