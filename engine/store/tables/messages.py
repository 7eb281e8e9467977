"""Messages, and who waits for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class MessageSubscription(Base):
    """An instance waits for the message `name` with this correlation key."""

    __tablename__ = "message_subscription"
    __table_args__ = (Index(None, "name", "key"), Index(None, "instance_id"))
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    instance_id: Mapped[str] = mapped_column(String(40))
    token: Mapped[int]
    element_id: Mapped[str] = mapped_column(String(160))
    name: Mapped[str] = mapped_column(String(180))  # <app>.<Name>; of a signal `signal:<app>.<Name>`, with an empty key
    key: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]


class Message(Base):
    """The inbox: a published message until it is delivered or lapses."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "name", "key"), Index(None, "expires_at"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    key: Mapped[str] = mapped_column(String(255))
    variables: Mapped[dict[str, Any]]
    dedupe: Mapped[str | None] = mapped_column(String(160), unique=True)
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    error: Mapped[str | None]  # delivery failed, or it lapsed: an incident waits for an operator
    instance_id: Mapped[str | None] = mapped_column(String(40))  # who sent it; None: it came from outside
    element_id: Mapped[str | None] = mapped_column(String(160))
    fleeting: Mapped[bool] = mapped_column(server_default=false())  # only for who waits now: that it lapses is no incident


class Correlation(Base):
    """One row per (name, key), locked by whoever adds a message or a subscription, so that two that commit together always meet."""

    __tablename__ = "correlation"
    name: Mapped[str] = mapped_column(String(160), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
