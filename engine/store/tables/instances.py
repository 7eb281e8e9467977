"""Process instances, what happened to them, and what stopped them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class ProcessInstance(Base):
    """A running or ended process. `rev` guards every step: one winner per revision."""

    __tablename__ = "process_instance"
    __table_args__ = (Index(None, "app", "business_key"), Index(None, "state", "updated_at"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rev: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))  # running | completed | terminated
    app: Mapped[str] = mapped_column(String(80))
    deployment_id: Mapped[str] = mapped_column(String(40))
    process_id: Mapped[str] = mapped_column(String(160))
    collection: Mapped[str | None] = mapped_column(String(80))  # of the case record; its id is the business key
    business_key: Mapped[str | None] = mapped_column(String(80))
    snapshot: Mapped[bytes] = mapped_column(LargeBinary)
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]  # an operator holds it: nothing of it runs


class History(Base):
    """What happened, one row per step; also the outbox, by `published_at`."""

    __tablename__ = "history"
    __table_args__ = (Index(None, "published_at"),)
    instance_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rev: Mapped[int] = mapped_column(primary_key=True)
    app: Mapped[str] = mapped_column(String(80))
    business_key: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(80))
    actor_name: Mapped[str] = mapped_column(String(200))
    events: Mapped[list[Any]]
    published_at: Mapped[datetime | None]


class Incident(Base):
    """Something that cannot go on by itself, in words for an operator."""

    __tablename__ = "incident"
    __table_args__ = (Index(None, "instance_id"), Index(None, "resolved_at"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    app: Mapped[str] = mapped_column(String(80), server_default="")
    instance_id: Mapped[str] = mapped_column(String(40))  # empty: it belongs to no instance
    source: Mapped[str | None] = mapped_column(String(60))  # the job or message that failed
    element_id: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(40))
    message: Mapped[str]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str | None]  # what operators wrote about it
