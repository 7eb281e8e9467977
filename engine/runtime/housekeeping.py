"""Dropping what is kept for a time only: lapsed messages, old answers to repeated requests."""

from datetime import timedelta

from sqlalchemy import delete, select

from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Idempotency, Message

ANSWERS_KEPT = timedelta(hours=24)


def tidy(read: Reader) -> Change:
    """One round; writes nothing when there is nothing to drop."""
    change = Change()
    lapsed = (Message.expires_at < read.now, Message.error.is_(None))
    if read.value(select(Message.id).where(*lapsed).limit(1)):
        change.add(delete(Message).where(*lapsed))
    old = Idempotency.created_at < read.now - ANSWERS_KEPT
    if read.value(select(Idempotency.key).where(old).limit(1)):
        change.add(delete(Idempotency).where(old))
    return change
