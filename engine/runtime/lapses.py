"""Messages that nobody waited for in time: kept for an operator with the near-miss, sent again to another key, or discarded with a reason."""

from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import Row, and_, delete, exists, select, tuple_, update

from engine.actors import Actor
from engine.errors import NotFound, Refused
from engine.runtime import audit, delivery, incidents
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Correlation, Incident, Message, MessageSubscription

KIND = "MESSAGE_LAPSED"
AT_ONCE = 200  # messages in one round
COMPARED = 500  # waiting keys that are looked at for the closest one
SHOWN = 3
CLOSE = 0.5  # below this, two keys have nothing to do with each other
AGAIN = timedelta(hours=24)  # how long a message lives that an operator sends again
NO_REASON = {"ko": "이유를 적어 주세요. 감사 기록에 남아요.", "en": "Give a reason. It is kept in the audit log."}
NO_KEY = {"ko": "받을 키를 적어 주세요.", "en": "Give the key that it should go to."}
LAPSED = and_(~exists().where(*delivery.MET), ~exists().where(*delivery.STARTS))


@dataclass(frozen=True)
class NearMiss:
    """Somebody who waits for nearly this message: under another key, or by another name. `likeness` of the keys is 0 to 1."""

    instance_id: str
    element_id: str
    name: str
    key: str
    likeness: float


def lapse(read: Reader) -> Change:
    """Make incidents of the ordinary messages whose time is over. Answers how many."""
    over = (Message.expires_at < read.now, Message.error.is_(None), Message.fleeting.is_(False), LAPSED)
    rows = read.all(select(*Message.__table__.c).where(*over).order_by(Message.expires_at).limit(AT_ONCE))
    change = Change(result=len(rows))
    for row in rows:
        said = _said(row, near_misses(read, row.name, row.key))
        change.add(update(Message).where(Message.id == row.id, Message.error.is_(None)).values(error=said), expect=1)
        app = row.name.partition(".")[0]
        incidents.open_incident(read, change, row.instance_id or "", row.id, row.element_id or "", KIND, said, app)
    return change


def _said(message: Row[Any], close: list[NearMiss]) -> str:
    said = f"{message.name} with the key {message.key!r}: nobody waited for it in time"
    if not close:
        return f"{said}, and nobody waits for anything like it"
    return f"{said}; closest is {close[0].name} with the key {close[0].key!r} at {close[0].element_id} of {close[0].instance_id}"


def near_misses(read: Reader, name: str, key: str) -> list[NearMiss]:
    """Who comes closest to this message, closest first, at most 3: who waits for its name under a similar key, or for its key by another name."""
    waiting = select(*MessageSubscription.__table__.c)
    same_name = waiting.where(MessageSubscription.name == name)
    rows = {row.id: row for row in read.all(same_name.where(MessageSubscription.key.startswith(key[:3], autoescape=True)).limit(COMPARED))}
    rows |= {row.id: row for row in read.all(same_name.order_by(MessageSubscription.created_at.desc()).limit(COMPARED))}
    others = waiting.where(MessageSubscription.key == key, MessageSubscription.name != name) if key else None
    rows |= {row.id: row for row in read.all(others.limit(SHOWN))} if others is not None else {}
    found = [NearMiss(row.instance_id, row.element_id, row.name, row.key, _likeness(row.key, key)) for row in rows.values()]
    return sorted((miss for miss in found if miss.likeness >= CLOSE), key=lambda miss: (-miss.likeness, miss.key))[:SHOWN]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.strip().casefold(), other.strip().casefold(), autojunk=False).ratio()


def redeliver(read: Reader, *, message_id: str, key: str, actor: Actor, reason: str) -> Change:
    """Send a lapsed message again, to this key; it lives for another day. NotFound without it, refused without a reason."""
    held = _held(read, message_id, reason)
    if not key.strip():
        raise Refused("NO_KEY", NO_KEY, 422)
    change = Change(result=message_id, wake=True, pairs={(held.name, key.strip())})
    values = {"key": key.strip(), "error": None, "expires_at": read.now + AGAIN}
    change.add(update(Message).where(Message.id == message_id, Message.error.is_not(None)).values(**values), expect=1)
    _close(read, change, message_id, actor, "message.redeliver", reason)
    return change


def discard(read: Reader, *, message_id: str, actor: Actor, reason: str) -> Change:
    """Drop a message that could not be delivered. NotFound without it, refused without a reason."""
    _held(read, message_id, reason)
    change = Change(result=message_id)
    change.add(delete(Message).where(Message.id == message_id, Message.error.is_not(None)), expect=1)
    _close(read, change, message_id, actor, "message.discard", reason)
    return change


def _held(read: Reader, message_id: str, reason: str) -> Row[Any]:
    if not reason.strip():
        raise Refused("NO_REASON", NO_REASON, 422)
    row = read.one(select(Message.name, Message.key).where(Message.id == message_id, Message.error.is_not(None)))
    if row is None:
        raise NotFound("NO_MESSAGE")
    return row


def _close(read: Reader, change: Change, message_id: str, actor: Actor, action: str, reason: str) -> None:
    where = (Incident.source == message_id, Incident.resolved_at.is_(None))
    change.add(update(Incident).where(*where).values(resolved_at=read.now, resolved_by=actor.id))
    audit.note(read, change, actor, action, message_id, reason)


def forget_pairs(read: Reader) -> Change:
    """Drop the rows of (name, key) that nobody needs any more.

    A pair that somebody locks right now is left alone; and one that is dropped is made anew by whoever needs it next, so no two ever miss each other.
    """
    pair = (Correlation.name, Correlation.key)
    sent = exists().where(Message.name == Correlation.name, Message.key == Correlation.key)
    waited = exists().where(MessageSubscription.name == Correlation.name, MessageSubscription.key == Correlation.key)
    idle = select(*pair).where(~sent, ~waited).limit(AT_ONCE)
    change = Change()
    if read.one(idle.limit(1)):
        change.add(delete(Correlation).where(tuple_(*pair).in_(idle.with_for_update(skip_locked=True))))
    return change
