"""What is deployed, what starts by itself, and what operators switched off."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base


class Deployment(Base):
    """One immutable version of a process app: its files at one content digest."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("app", "version"),)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    app: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    files: Mapped[bytes] = mapped_column(LargeBinary)  # a zip
    live: Mapped[bool]  # new cases start on the live version; one per app
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str] = mapped_column(String(80))


class StartSubscription(Base):
    """A live process that a message or signal starts; timer starts are jobs of kind "start"."""

    __tablename__ = "start_subscription"
    __table_args__ = (Index(None, "name"), Index(None, "app"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    app: Mapped[str] = mapped_column(String(80))
    deployment_id: Mapped[str] = mapped_column(String(40))
    process_id: Mapped[str] = mapped_column(String(160))
    element_id: Mapped[str] = mapped_column(String(160))
    name: Mapped[str] = mapped_column(String(180))  # as in message_subscription


class Duty(Base):
    """Something that one process does for all now and then, and when it was done last."""

    __tablename__ = "duty"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    done_at: Mapped[datetime]


class Switch(Base):
    """Something an operator stopped for a while: `drain`, or `pause:<app>`. No row: it runs."""

    __tablename__ = "switch"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    since: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str]
