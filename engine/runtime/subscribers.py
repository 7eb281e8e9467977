"""Cursors: how far each subscriber (an app, the broker) has read the events, why one stands still, and how it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update

from engine.actors import Actor
from engine.errors import Refused
from engine.runtime import audit, incidents
from engine.runtime.reader import Reader
from engine.store.commit import Change, Write
from engine.store.tables import Event, SubscriberCursor

RELAY = "relay"  # its position is the end of all events
APP = "app:"
BATCH = 100  # events in one turn
LEASE = timedelta(minutes=2)  # how long a turn may take
KIND = "EVENT_FAILED"
GOES_ON = {"ko": "이미 다음 이벤트로 나아갔어요. 목록을 다시 확인해 주세요.", "en": "It has gone on since. Look at the list again."}
BACK_OFF = (1, 10, 60, 300)  # seconds before the next try of an event, by tries so far; the last repeats


def of_app(key: str) -> str:
    """The subscriber that an app is."""
    return f"{APP}{key}"


def end(read: Reader) -> int:
    """The position of the newest event; 0 before the first."""
    found: int | None = read.value(select(SubscriberCursor.position).where(SubscriberCursor.subscriber == RELAY))
    return found or 0


def cursor(read: Reader, subscriber: str) -> Row[Any] | None:
    """A subscriber's row."""
    return read.one(select(*SubscriberCursor.__table__.c).where(SubscriberCursor.subscriber == subscriber))


def begin(read: Reader, change: Change, subscriber: str, position: int) -> None:
    """Add the row of a new subscriber, which has read up to this position."""
    change.add(insert(SubscriberCursor), {"subscriber": subscriber, "position": position, "updated_at": read.now, "attempts": 0})


def advance(read: Reader, change: Change, at: Row[Any], position: int) -> None:
    """Move a cursor on, in the transaction of what its event led to and before everything else in it; only one of several wins."""
    values = {"position": position, "updated_at": read.now, "error": None, "attempts": 0, "due_at": None}
    change.writes.insert(0, _moved(at, **values))
    if at.error:
        incidents.resolve(read, change, "", [_source(at.subscriber)])


def _moved(at: Row[Any], **values: Any) -> Write:
    # Whoever else moved it meanwhile, retried it or holds it changed one of these.
    same = [SubscriberCursor.__table__.c[name] == at._mapping[name] for name in ("subscriber", "position", "attempts", "due_at")]
    return Write(update(SubscriberCursor).where(*same).values(**values), expect=1)


@dataclass(frozen=True)
class Turn:
    """Events that one holder may take beyond a cursor, which stands at `position`, until the moment `until`."""

    subscriber: str
    position: int
    until: datetime
    events: Sequence[Row[Any]]


def lease(read: Reader, *, subscriber: str) -> Change:
    """Hold the next events of a subscriber that takes them outside of a transaction. Answers a Turn, or None when there is nothing to take now.

    A subscriber that is not known yet begins with what happens from now on.
    """
    at, change = cursor(read, subscriber), Change()
    if at is None:
        begin(read, change, subscriber, end(read))
        return change
    if at.due_at and at.due_at > read.now:
        return change
    found = read.all(select(*Event.__table__.c).where(Event.position > at.position).order_by(Event.position).limit(BATCH))
    if found:
        until = read.now + LEASE
        change.writes.append(_moved(at, due_at=until))
        change.result = Turn(subscriber, at.position, until, found)
    return change


def done(read: Reader, *, turn: Turn, position: int) -> Change:
    """A turn's events up to `position` were taken. Nothing happens when another holds the subscriber by now."""
    at, change = cursor(read, turn.subscriber), Change()
    if at is None or (at.position, at.due_at) != (turn.position, turn.until):
        return change
    if position > at.position:
        advance(read, change, at, position)
    else:
        change.writes.append(_moved(at, due_at=None))
    return change


def hold(read: Reader, *, subscriber: str, position: int, error: str) -> Change:
    """An event could not be taken: the subscriber stands still before it, with an incident, until the next try. `position` is the cursor's.

    Nothing happens when the cursor has moved meanwhile.
    """
    at, change = cursor(read, subscriber), Change()
    if at is None or at.position != position:
        return change
    wait = timedelta(seconds=BACK_OFF[min(at.attempts, len(BACK_OFF) - 1)])
    change.writes.append(_moved(at, error=error[:2000], attempts=at.attempts + 1, due_at=read.now + wait, updated_at=read.now))
    if not at.error:
        app = subscriber.removeprefix(APP) if subscriber.startswith(APP) else ""
        incidents.open_incident(read, change, "", _source(subscriber), "", KIND, error, app)
    return change


def _source(subscriber: str) -> str:
    return subscriber[:60]


def retry(read: Reader, *, subscriber: str, actor: Actor, reason: str) -> Change:
    """Let a subscriber that stands still try its event again at once; audited with the reason. refused when it does not stand still."""
    at = _standing(read, subscriber)
    change = Change(result=subscriber, wake=True)
    change.writes.append(_moved(at, error=None, attempts=0, due_at=None, updated_at=read.now))
    incidents.resolve(read, change, "", [_source(subscriber)])
    audit.note(read, change, actor, "event.retry", subscriber, reason)
    return change


def skip(read: Reader, *, subscriber: str, position: int, actor: Actor, reason: str) -> Change:
    """Let a subscriber that stands still leave out the event at `position` and go on behind it; audited with the event and the reason.

    Refused when it does not stand still, or not before that event any more.
    """
    at = _standing(read, subscriber)
    event = read.one(select(Event.id, Event.type, Event.business_key).where(Event.position == position))
    if event is None or position <= at.position:
        raise Refused("SUBSCRIBER_GOES_ON", GOES_ON)
    change = Change(result=subscriber, wake=True)
    advance(read, change, at, position)
    audit.note(read, change, actor, "event.skip", f"{subscriber} {event.type} {event.business_key or ''} {event.id}"[:200], reason)
    return change


def _standing(read: Reader, subscriber: str) -> Row[Any]:
    at = cursor(read, subscriber)
    if at is None or not at.error:
        raise Refused("SUBSCRIBER_GOES_ON", GOES_ON)
    return at
