"""Bringing messages to the instances that wait for them, or to the processes that they start."""

from typing import Any

from sqlalchemy import Row, Select, and_, delete, exists, select, update

from engine.actors import SYSTEM, Actor
from engine.bpmn import TokenGone
from engine.errors import BatonError, NotFound
from engine.runtime import audit, incidents, messages, step
from engine.runtime.reader import Reader
from engine.runtime.switches import is_paused, stands_still
from engine.store.commit import Change, Stale, Write
from engine.store.tables import Deployment, Incident, Message, MessageSubscription, StartSubscription

# A message meets who waited, or began to wait, before it lapsed; that it is brought to them later changes nothing.
MET = (
    Message.name == MessageSubscription.name,
    Message.key == MessageSubscription.key,
    MessageSubscription.created_at <= Message.expires_at,
)
# A message starts processes whose version went live before it lapsed.
STARTS = (
    Message.name == StartSubscription.name,
    StartSubscription.deployment_id == Deployment.id,
    Deployment.deployed_at <= Message.expires_at,
)


def deliverable(read: Reader, limit: int = 20) -> list[str]:
    """The ids of messages that somebody waits for, or that start something, oldest first."""
    found = select(Message.id, Message.published_at).distinct().where(Message.error.is_(None)).order_by(Message.published_at, Message.id).limit(limit)
    waited = found.join(MessageSubscription, and_(*MET)).where(~stands_still(MessageSubscription.__table__.c.instance_id))
    rows = [*read.all(waited), *read.all(_that_start(found))]
    return [row.id for row in sorted(rows, key=lambda row: (row.published_at, row.id))][:limit]


def deliver(read: Reader, *, message_id: str) -> Change:
    """Bring one message to the instance that waits for it; if none does, it starts every process that it can. Applied once whoever else tries.

    Answers whether it was delivered. What goes wrong in the instance is an incident, and the message is kept for an operator.
    """
    message, waiting = _met(read, message_id)
    if message is None or waiting is None:
        return _start(read, message) if message is not None else Change(result=False)
    work, snapshot = step.load(read, waiting.instance_id, SYSTEM)
    try:
        change = step.advance(read, work, snapshot, lambda execution: execution.trigger(waiting.token, dict(message.variables)), SYSTEM)
    except TokenGone:
        raise Stale() from None  # the instance went on since the subscription was read
    except BatonError as error:
        return _hold(read, message, waiting, str(error))
    change.writes.insert(0, Write(delete(Message).where(Message.id == message_id), expect=1))
    change.result = True
    return change


def _start(read: Reader, message: Row[Any]) -> Change:
    starting = read.all(_that_start(select(*StartSubscription.__table__.c).where(Message.id == message.id).order_by(StartSubscription.id)))
    if not starting:
        return Change(result=False)
    change = Change(result=True)
    change.add(delete(Message).where(Message.id == message.id, Message.error.is_(None)), expect=1)
    messages.write_starts(change, starting, "message", dict(message.variables), read.now)
    return change


def _that_start(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Of messages only those that start something now, and that nobody waits for."""
    met = statement.where(*STARTS, ~is_paused(StartSubscription.__table__.c.app))
    return met.where(~exists().where(*MET).correlate(Message))


def hold(read: Reader, *, message_id: str, error: str) -> Change:
    """Keep a message that cannot be delivered from being tried again until an operator says so, with an incident at who waits for it."""
    message, waiting = _met(read, message_id)
    return _hold(read, message, waiting, error) if message and waiting else Change(result=False)


def _met(read: Reader, message_id: str) -> tuple[Row[Any] | None, Row[Any] | None]:
    message = read.one(select(*Message.__table__.c).where(Message.id == message_id, Message.error.is_(None)))
    waiting = select(*MessageSubscription.__table__.c).join(Message, MET[0] & MET[1] & MET[2]).where(Message.id == message_id)
    waiting = waiting.where(~stands_still(MessageSubscription.__table__.c.instance_id))
    return message, read.one(waiting.order_by(MessageSubscription.created_at, MessageSubscription.id).limit(1)) if message else None


def _hold(read: Reader, message: Row[Any], waiting: Row[Any], error: str) -> Change:
    change = Change(result=False)
    change.add(update(Message).where(Message.id == message.id, Message.error.is_(None)).values(error=error[:2000]), expect=1)
    incidents.open_incident(read, change, waiting.instance_id, message.id, waiting.element_id, "MESSAGE_FAILED", f"{message.name}: {error}")
    return change


def retry(read: Reader, *, message_id: str, actor: Actor, reason: str) -> Change:
    """Let a message that could not be delivered be tried again; audited with the reason. NotFound when it is not such a one."""
    held = read.one(select(Message.id).where(Message.id == message_id, Message.error.is_not(None)))
    if held is None:
        raise NotFound("NO_JOB")
    change = Change(result=message_id, wake=True)
    change.add(update(Message).where(Message.id == message_id, Message.error.is_not(None)).values(error=None), expect=1)
    for row in read.all(select(Incident.instance_id).distinct().where(Incident.source == message_id, Incident.resolved_at.is_(None))):
        incidents.resolve(read, change, row.instance_id, [message_id])
    audit.note(read, change, actor, "message.retry", message_id, reason)
    return change
