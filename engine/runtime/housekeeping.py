"""Dropping what is kept for a time only: lapsed messages that nobody waited for, old answers to repeated requests, forgotten drafts."""

from datetime import timedelta

from sqlalchemy import and_, delete, exists, literal, select

from engine.runtime import delivery
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Draft, Idempotency, Message

ANSWERS_KEPT = timedelta(hours=24)
DRAFTS_KEPT = timedelta(days=30)


def tidy(read: Reader) -> Change:
    """One round; writes nothing when there is nothing to drop."""
    change = Change()
    old = (
        (Message, and_(Message.expires_at < read.now, Message.error.is_(None), ~exists().where(*delivery.MET))),
        (Idempotency, Idempotency.created_at < read.now - ANSWERS_KEPT),
        (Draft, Draft.saved_at < read.now - DRAFTS_KEPT),
    )
    for table, condition in old:
        if read.one(select(literal(1)).select_from(table).where(condition).limit(1)):
            change.add(delete(table).where(condition))
    return change
