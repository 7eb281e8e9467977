"""The relay: history is the outbox, and here its domain events get their places in the one order that all subscribers read."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, tuple_, update

from engine.runtime import events, subscribers
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Event, History, SubscriberCursor

BATCH = 200  # rows of history in one transaction
TOLD = ("event", "status")  # what others hear of: subscribers, and the pages that show where a case stands
TICK = timedelta(microseconds=1)
Projection = Callable[[Reader, Change, Sequence[Row[Any]]], None]
ROWS = select(History.instance_id, History.rev, History.app, History.business_key, History.at, History.events)


def has_news(happened: Sequence[dict[str, Any]]) -> bool:
    """Whether anything in a step's history is for others; else the relay need not look at the row."""
    return any(one["type"] in TOLD for one in happened)


def relay(read: Reader, *, projections: Sequence[Projection] = (), limit: int = BATCH) -> Change:
    """Give the events of the oldest rows of history their places, and let the projections follow in the same transaction.

    Answers how many rows that were. Positions have no gaps, and come in the order of what happened, per instance in the order of its steps.
    Of several relays at a time one writes: all move the same cursor.
    """
    waiting = ROWS.where(History.published_at.is_(None)).order_by(History.at, History.instance_id, History.rev)
    rows = in_order(read.all(waiting.limit(limit)))
    change = Change(result=len(rows))
    if not rows:
        return change
    at = subscribers.cursor(read, subscribers.RELAY)
    published_at = read.now if at is None else max(read.now, at.updated_at + TICK)  # each relay has a moment of its own: a rebuild goes by it
    told = _placed(read, rows, at.position if at else 0)
    _move(read, change, at, (at.position if at else 0) + len(told), published_at)
    if told:
        change.add(insert(Event), told)
        change.wake = True
    steps = [(row.instance_id, row.rev) for row in rows]
    where = (tuple_(History.instance_id, History.rev).in_(steps), History.published_at.is_(None))
    change.add(update(History).where(*where).values(published_at=published_at), expect=len(rows))
    for projection in projections:
        projection(read, change, rows)
    return change


def in_order(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Rows of history, which come by time, with the steps of each instance in their own order: clocks of two machines may differ."""
    steps: dict[str, list[Row[Any]]] = {}
    for row in rows:
        steps.setdefault(row.instance_id, []).append(row)
    following = {instance_id: iter(sorted(found, key=lambda row: row.rev)) for instance_id, found in steps.items()}
    return [next(following[row.instance_id]) for row in rows]


def _placed(read: Reader, rows: Sequence[Row[Any]], last: int) -> list[dict[str, Any]]:
    found = [event for row in rows for event in _events(row)]
    ids = [event["id"] for event in found]
    known = {row.id for row in read.all(select(Event.id).where(Event.id.in_(ids)))} if ids else set()
    # A rebuilt app tells again what it told before: that has its place already.
    fresh = [event for event in found if event["id"] not in known]
    return [{"position": position, **event} for position, event in enumerate(fresh, last + 1)]


def _events(row: Row[Any]) -> list[dict[str, Any]]:
    about = {"app": row.app, "business_key": row.business_key, "instance_id": row.instance_id, "occurred_at": row.at}
    told = [one for one in row.events if one["type"] == "event"]
    return [
        {"id": events.identity(row.instance_id, row.rev, number), "type": one["name"], "payload": one["payload"], **about}
        for number, one in enumerate(told, 1)
    ]


def _move(read: Reader, change: Change, at: Row[Any] | None, position: int, published_at: datetime) -> None:
    if at is None:
        row = {"subscriber": subscribers.RELAY, "position": position, "updated_at": published_at, "attempts": 0}
        change.add(insert(SubscriberCursor), row)
        return
    where = (SubscriberCursor.subscriber == at.subscriber, SubscriberCursor.position == at.position, SubscriberCursor.updated_at == at.updated_at)
    change.add(update(SubscriberCursor).where(*where).values(position=position, updated_at=published_at), expect=1)


def lag(read: Reader) -> timedelta:
    """How long the oldest news has waited for the relay; nothing when none waits."""
    oldest: datetime | None = read.value(select(func.min(History.at)).where(History.published_at.is_(None)))
    return read.now - oldest if oldest else timedelta()
