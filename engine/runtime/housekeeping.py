"""Dropping what is kept for a time only: announcements that nobody waited for, old answers to repeated requests, forgotten drafts,
old notices, and uploads of forms that nobody submitted."""

from datetime import timedelta

from sqlalchemy import and_, delete, literal, select

from engine.runtime import lapses
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Document, Draft, Idempotency, Message, Notice

ANSWERS_KEPT = timedelta(hours=24)
DRAFTS_KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=30)
UPLOADS_KEPT = timedelta(hours=24)  # of a form that was never submitted


def tidy(read: Reader) -> Change:
    """One round; writes nothing when there is nothing to drop."""
    change = Change()
    old = (
        (Message, and_(Message.expires_at < read.now, Message.fleeting, Message.error.is_(None), lapses.LAPSED)),
        (Idempotency, Idempotency.created_at < read.now - ANSWERS_KEPT),
        (Draft, Draft.saved_at < read.now - DRAFTS_KEPT),
        (Notice, Notice.at < read.now - NOTICES_KEPT),
        (Document, and_(Document.owner.is_(None), Document.created_at < read.now - UPLOADS_KEPT)),
    )
    for table, condition in old:
        if read.one(select(literal(1)).select_from(table).where(condition).limit(1)):
            change.add(delete(table).where(condition))
    return change
