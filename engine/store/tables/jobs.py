"""The work of workers, and the state of the partners that it calls."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class Job(Base):
    """Something the outside world or the clock has to do. `lease_token` fences: only its holder may finish."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "due_at", "lease_until"), Index(None, "instance_id"))
    id: Mapped[str] = mapped_column(String(60), primary_key=True)  # <instance>-<token>, and .<turn> for a further job of that token
    instance_id: Mapped[str] = mapped_column(String(40))
    token: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))  # service | notification | timer | signal | continue | start
    type: Mapped[str] = mapped_column(String(160))
    app: Mapped[str] = mapped_column(String(80))
    element_id: Mapped[str] = mapped_column(String(160))
    payload: Mapped[dict[str, Any]]  # {"inputs", "headers"}; personal values by reference
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    lease_token: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int]
    retries_left: Mapped[int]  # 0: an incident waits for an operator
    error: Mapped[str | None]
    suspended: Mapped[bool] = mapped_column(server_default=false())  # its instance is: nobody may take it
    worker: Mapped[str | None] = mapped_column(String(80))  # the external worker that holds it
    created_at: Mapped[datetime]


class Breaker(Base):
    """The circuit breaker of a partner, shared by all workers."""

    __tablename__ = "breaker"
    key: Mapped[str] = mapped_column(String(200), primary_key=True)  # <app>/<partner>
    failures: Mapped[int]  # in a row
    opened_at: Mapped[datetime | None]
    probe_until: Mapped[datetime | None]  # half open: one caller tries until then
    updated_at: Mapped[datetime]


class Presence(Base):
    """A program that takes jobs, and when it was last there: a process of Baton's own (type ""), or an external worker by each type it asks for."""

    __tablename__ = "presence"
    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    type: Mapped[str] = mapped_column(String(160), primary_key=True)
    threads: Mapped[int]  # 0: an external worker does not say
    seen_at: Mapped[datetime]
