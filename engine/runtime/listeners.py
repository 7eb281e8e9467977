"""Apps that listen (`[[listen]]`): each reads the events in order by a cursor of its own; an event is taken once, with the cursor's advance."""

from collections import ChainMap
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select

from engine.actors import SYSTEM
from engine.apps import Listener, ProcessApp
from engine.errors import BatonError, BpmnError, NotFound
from engine.runtime import events, step, subscribers, switches
from engine.runtime.effects import Effects
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import Records, encode
from engine.store.commit import Change
from engine.store.tables import Event, SubscriberCursor

STEP = 100  # events of no interest after which a cursor is moved past them
TIME_TO_LIVE = "PT24H"  # of a message that an event becomes


def subscribe(read: Reader, change: Change, app: ProcessApp, before: ProcessApp | None) -> None:
    """With a version that goes live: an app hears what happens from its first deployment on, and a new version what is new to it from then on."""
    at = subscribers.cursor(read, subscribers.of_app(app.key))
    if at is None and app.listeners:
        subscribers.begin(read, change, subscribers.of_app(app.key), subscribers.end(read))
    elif at is not None and (before is None or _next(read, before, at) is None):
        subscribers.advance(read, change, at, subscribers.end(read))


def behind(read: Reader) -> list[str]:
    """The keys of the apps that may have events to take now: not paused, and not waiting before they try again."""
    newest = subscribers.end(read)
    where = (SubscriberCursor.subscriber.startswith(subscribers.APP), SubscriberCursor.position < newest)
    ready = (SubscriberCursor.due_at.is_(None)) | (SubscriberCursor.due_at <= read.now)
    keys = [row.subscriber.removeprefix(subscribers.APP) for row in read.all(select(SubscriberCursor.subscriber).where(*where, ready))]
    still = switches.paused(read) if keys else set()
    return [key for key in sorted(keys) if key not in still]


def take(read: Reader, *, app: str) -> Change:
    """Let an app take its next event: a process starts with the variable `event`, or a message is published, and the cursor moves on.

    Answers the event's id, or None when there is nothing to take. What goes wrong keeps the cursor where it is, with an incident.
    """
    at = subscribers.cursor(read, subscribers.of_app(app))
    if at is None or app in switches.paused(read) or (at.due_at and at.due_at > read.now):
        return Change()
    try:
        deployment_id, found = read.live(app)
    except NotFound:  # taken out of service since
        return Change()
    event = _next(read, found, at)
    if event is None:
        return _past(read, at)
    try:
        change = _applied(read, deployment_id, found, event)
    except BatonError as error:
        return subscribers.hold(read, subscriber=at.subscriber, position=at.position, error=refusal(app, event, str(error)))
    subscribers.advance(read, change, at, event.position)
    change.result = event.id
    return change


def refusal(app: str, event: Row[Any], reason: str) -> str:
    """Why an app stands still, for operators."""
    what = events.described(event)
    return f"{app}이(가) 이벤트 {what}을(를) 처리하지 못해 기다려요: {reason} / {app} stands still before the event {what}: {reason}"


def next_event(read: Reader, app: str) -> Row[Any] | None:
    """The event that an app takes next, or None."""
    at = subscribers.cursor(read, subscribers.of_app(app))
    return _next(read, read.live(app)[1], at) if at is not None else None


def _next(read: Reader, app: ProcessApp, at: Row[Any]) -> Row[Any] | None:
    heard = sorted({listener.event for listener in app.listeners})
    following = select(*Event.__table__.c).where(Event.type.in_(heard), Event.position > at.position)
    return read.one(following.order_by(Event.position).limit(1)) if heard else None


def _past(read: Reader, at: Row[Any]) -> Change:
    change, newest = Change(), subscribers.end(read)
    if newest - at.position >= STEP:
        subscribers.advance(read, change, at, newest)
    return change


def _applied(read: Reader, deployment_id: str, app: ProcessApp, event: Row[Any]) -> Change:
    change = Change(wake=True)
    for listener in app.listeners:
        if listener.event == event.type:
            part = _start(read, deployment_id, app, listener, event) if listener.start else _send(read, app, listener, event)
            change.writes += part.writes
            change.pairs |= part.pairs
    return change


def _start(read: Reader, deployment_id: str, app: ProcessApp, listener: Listener, event: Row[Any]) -> Change:
    process_id = str(listener.start)
    work = step.begin(read, deployment_id, process_id, Records(read, app), None, SYSTEM, _instance_id(app, process_id, event))
    work.events.append({"type": "started", "event": event.id, "name": event.type})
    return step.start(read, work, {"event": events.envelope(event)}, SYSTEM)


def _instance_id(app: ProcessApp, process_id: str, event: Row[Any]) -> str:
    """The same for the same event: a rebuilt app makes its outside calls with the keys it used before, and tells no event twice."""
    digest = sha256(f"{app.key}/{process_id}/{event.id}".encode()).hexdigest()
    return f"{int(event.occurred_at.timestamp() * 1000):012x}{digest[:20]}"


def _send(read: Reader, app: ProcessApp, listener: Listener, event: Row[Any]) -> Change:
    names, envelope = Names(Records(read, app), None, SYSTEM), events.envelope(event)
    key = listener.key(ChainMap({"event": envelope}, names), read.now) if listener.key else ""  # type: ignore[arg-type]
    if key is None:
        raise BpmnError("NO_KEY", f"the key of the message {listener.message} is null")
    effects = Effects(names, "")
    effects.publish(str(listener.message), str(encode(key)), {"event": envelope}, TIME_TO_LIVE)
    change = Change()
    effects.write(change)
    return change
