"""Persons, accounts, and what they sent or did."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import KEYED, Base


class Person(Base):
    """Personal data, encrypted with a key of its own; dropping the key erases it."""

    __tablename__ = "person"
    __table_args__ = KEYED
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Account(Base):
    """A member of staff who signs in."""

    __tablename__ = "account"
    login: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(255))
    roles: Mapped[list[Any]]
    active: Mapped[bool]


class Idempotency(Base):
    """The first answer to a request key, for a day."""

    __tablename__ = "idempotency"
    __table_args__ = KEYED
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Audit(Base):
    """What staff did outside a case: deployments, retries, hand-overs, with the reason."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"),)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80))
    object: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str]
