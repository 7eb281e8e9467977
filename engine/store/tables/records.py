"""Business records, and what is limited or unique among them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import KEYED, Base


class Record(Base):
    """A business record of an app. `rev` guards writes of several fields; its number is the business key of its case."""

    __tablename__ = "record"
    app: Mapped[str] = mapped_column(String(80), primary_key=True)
    collection: Mapped[str] = mapped_column(String(80), primary_key=True)
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    rev: Mapped[int]
    data: Mapped[dict[str, Any]]
    person_id: Mapped[str | None] = mapped_column(String(40))
    link: Mapped[str | None] = mapped_column(String(64), unique=True)  # digest of the tracking token
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RecordKey(Base):
    """A unique value that one record holds."""

    __tablename__ = "record_key"
    __table_args__ = (Index(None, "app", "collection", "record_id"),)
    app: Mapped[str] = mapped_column(String(80), primary_key=True)
    collection: Mapped[str] = mapped_column(String(80), primary_key=True)
    fields: Mapped[str] = mapped_column(String(160), primary_key=True)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(80))


class SearchKey(Base):
    """A keyed digest of a searchable field: names and numbers are found without standing here in clear."""

    __tablename__ = "search_key"
    __table_args__ = (Index(None, "term"), KEYED)
    app: Mapped[str] = mapped_column(String(80), primary_key=True)
    collection: Mapped[str] = mapped_column(String(80), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    field: Mapped[str] = mapped_column(String(80), primary_key=True)
    term: Mapped[str] = mapped_column(String(64))


class Capacity(Base):
    """How much of a limited thing is taken; a missing row means none. Guarded by `reserved + 1 <= limit`."""

    __tablename__ = "capacity"
    app: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    reserved: Mapped[int]


class Reservation(Base):
    """Who holds how much of a capacity: releasing twice changes nothing."""

    __tablename__ = "reservation"
    app: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(160), primary_key=True)
    key: Mapped[str] = mapped_column(String(255))
    amount: Mapped[int] = mapped_column(server_default="1")


class NumberBlock(Base):
    """The next free number of a series; drawn in blocks, never reused."""

    __tablename__ = "number_block"
    series: Mapped[str] = mapped_column(String(160), primary_key=True)
    next: Mapped[int]


class Document(Base):
    """A file that somebody attached; encrypted with the key of its person."""

    __tablename__ = "document"
    __table_args__ = (Index(None, "app", "owner"), Index(None, "person_id"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    app: Mapped[str] = mapped_column(String(80))
    owner: Mapped[str | None] = mapped_column(String(180))  # <collection>/<record id>; None until its form is submitted
    person_id: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
