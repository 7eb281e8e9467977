"""Domain events in their order, who has read how far, and what pages keep of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class Event(Base):
    """A domain event at its place in the order that all subscribers read; the relay brings it here from history."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "app", "business_key"), Index(None, "type", "position"))
    position: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(60), unique=True)
    app: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(180))  # <app>.<Name>
    business_key: Mapped[str | None] = mapped_column(String(80))
    instance_id: Mapped[str] = mapped_column(String(40))
    occurred_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]


class SubscriberCursor(Base):
    """How far a subscriber (an app, a projection, the broker) has read the events."""

    __tablename__ = "subscriber_cursor"
    subscriber: Mapped[str] = mapped_column(String(100), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
    error: Mapped[str | None]  # why it stands still
    attempts: Mapped[int] = mapped_column(server_default="0")  # at the event that it stands at
    due_at: Mapped[datetime | None]  # nobody takes its next event before: it failed, or somebody is at it


class CaseView(Base):
    """A projection: what the customer's page shows of a case. Rebuilt from history at will."""

    __tablename__ = "case_view"
    app: Mapped[str] = mapped_column(String(80), primary_key=True)
    collection: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[str] = mapped_column(String(80), primary_key=True)
    status: Mapped[str | None] = mapped_column(String(80))
    reached: Mapped[dict[str, Any]]  # status -> ISO moment at which it was first reached
    updated_at: Mapped[datetime]
