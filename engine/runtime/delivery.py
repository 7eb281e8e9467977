"""Bringing messages to the instances that wait for them."""

from typing import Any

from sqlalchemy import Row, delete, select, update

from engine.actors import SYSTEM
from engine.bpmn import TokenGone
from engine.errors import BatonError
from engine.runtime import incidents, step
from engine.runtime.reader import Reader
from engine.store.commit import Change, Write
from engine.store.tables import Message, MessageSubscription


def deliverable(read: Reader, limit: int = 20) -> list[str]:
    """The ids of messages that somebody waits for, oldest first."""
    met = (Message.name == MessageSubscription.name, Message.key == MessageSubscription.key)
    statement = (
        select(Message.id).distinct().add_columns(Message.published_at).join(MessageSubscription, met[0] & met[1]).where(Message.error.is_(None))
    )
    return [row.id for row in read.all(statement.order_by(Message.published_at, Message.id).limit(limit))]


def deliver(read: Reader, *, message_id: str) -> Change:
    """Bring one message to the instance that waits for it. Answers whether it was delivered; it is applied once whoever else tries."""
    message = read.one(select(*Message.__table__.c).where(Message.id == message_id))
    waiting = _receiver(read, message) if message else None
    if message is None or waiting is None:
        return Change(result=False)
    work, snapshot = step.load(read, waiting.instance_id, SYSTEM)
    try:
        change = step.advance(read, work, snapshot, lambda execution: execution.trigger(waiting.token, dict(message.variables)), SYSTEM)
    except TokenGone:
        return Change(result=False)
    except BatonError as error:
        return _hold(read, message, waiting, error)
    change.writes.insert(0, Write(delete(Message).where(Message.id == message_id), expect=1))
    change.result = True
    return change


def _receiver(read: Reader, message: Row[Any]) -> Row[Any] | None:
    where = (MessageSubscription.name == message.name, MessageSubscription.key == message.key)
    return read.one(select(*MessageSubscription.__table__.c).where(*where).order_by(MessageSubscription.created_at, MessageSubscription.id).limit(1))


def _hold(read: Reader, message: Row[Any], waiting: Row[Any], error: Exception) -> Change:
    change = Change(result=False)
    change.add(update(Message).where(Message.id == message.id, Message.error.is_(None)).values(error=str(error)[:2000]), expect=1)
    incidents.open_incident(read, change, waiting.instance_id, message.id, waiting.element_id, "MESSAGE_FAILED", f"{message.name}: {error}")
    return change
