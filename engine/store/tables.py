"""All tables. What each row means and which column guards it stands beside it."""

from datetime import datetime
from typing import Any

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


class UserTask(Base):
    """A piece of work for a person. `rev` guards claiming, handing over and completing."""

    __tablename__ = "user_task"
    __table_args__ = (
        Index(None, "instance_id"),
        Index(None, "state", "assignee", "due"),
        Index(None, "state", "due"),
        Index(None, "done_by", "done_at"),
        Index(None, "app", "business_key"),
    )
    id: Mapped[str] = mapped_column(String(60), primary_key=True)  # <instance>-<token>
    instance_id: Mapped[str] = mapped_column(String(40))
    token: Mapped[int]
    rev: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))  # open | done | cancelled
    app: Mapped[str] = mapped_column(String(80))
    deployment_id: Mapped[str] = mapped_column(String(40))
    process_id: Mapped[str] = mapped_column(String(160))
    collection: Mapped[str | None] = mapped_column(String(80))
    business_key: Mapped[str | None] = mapped_column(String(80))
    element_id: Mapped[str] = mapped_column(String(160))
    form: Mapped[str | None] = mapped_column(String(160))
    name: Mapped[dict[str, Any]]  # {"ko", "en"}
    subject: Mapped[list[Any]]  # pieces of text; personal ones by reference
    facts: Mapped[list[Any]]  # [[label text, pieces], ...]
    assignee: Mapped[str | None] = mapped_column(String(80))
    assignee_name: Mapped[str | None] = mapped_column(String(200))
    users: Mapped[list[Any]]
    due: Mapped[datetime | None]
    follow_up: Mapped[datetime | None]
    priority: Mapped[int]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(80))
    done_by_name: Mapped[str | None] = mapped_column(String(200))


class UserTaskCandidate(Base):
    """Who may take a user task: a role, or one person by name (`@login`)."""

    __tablename__ = "user_task_candidate"
    __table_args__ = (Index(None, "role", "task_id"),)
    task_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    role: Mapped[str] = mapped_column(String(80), primary_key=True)


class Job(Base):
    """Something the outside world or the clock has to do. `lease_token` fences: only its holder may finish."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "due_at", "lease_until"), Index(None, "instance_id"))
    id: Mapped[str] = mapped_column(String(60), primary_key=True)  # <instance>-<token>
    instance_id: Mapped[str] = mapped_column(String(40))
    token: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))  # service | notification | timer | signal | continue
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
    created_at: Mapped[datetime]


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
    error: Mapped[str | None]  # delivery failed: an incident waits for an operator


class Correlation(Base):
    """One row per (name, key), locked by whoever adds a message or a subscription, so that two that commit together always meet."""

    __tablename__ = "correlation"
    name: Mapped[str] = mapped_column(String(160), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)


class Incident(Base):
    """Something that cannot go on by itself, in words for an operator."""

    __tablename__ = "incident"
    __table_args__ = (Index(None, "instance_id"), Index(None, "resolved_at"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    instance_id: Mapped[str] = mapped_column(String(40))
    source: Mapped[str | None] = mapped_column(String(60))  # the job or message that failed
    element_id: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(40))
    message: Mapped[str]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class History(Base):
    """What happened, one row per step; also the outbox, by `published_at`."""

    __tablename__ = "history"
    __table_args__ = (Index(None, "app", "business_key"), Index(None, "published_at"))
    instance_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rev: Mapped[int] = mapped_column(primary_key=True)
    app: Mapped[str] = mapped_column(String(80))
    business_key: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(80))
    actor_name: Mapped[str] = mapped_column(String(200))
    events: Mapped[list[Any]]
    published_at: Mapped[datetime | None]


class Record(Base):
    """A business record of an app. `rev` guards writes of several fields; its number is the business key of its case."""

    __tablename__ = "record"
    __table_args__ = (Index(None, "app", "collection", "updated_at"),)
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
    __table_args__ = (Index(None, "term"),)
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
    """Who holds one unit of a capacity: releasing twice changes nothing."""

    __tablename__ = "reservation"
    app: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(160), primary_key=True)
    key: Mapped[str] = mapped_column(String(255))


class NumberBlock(Base):
    """The next free number of a series; drawn in blocks, never reused."""

    __tablename__ = "number_block"
    series: Mapped[str] = mapped_column(String(160), primary_key=True)
    next: Mapped[int]


class Person(Base):
    """Personal data, encrypted with a key of its own; dropping the key erases it."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


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
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Draft(Base):
    """What somebody typed into a task and has not sent yet; encrypted."""

    __tablename__ = "draft"
    task_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    login: Mapped[str] = mapped_column(String(80), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]


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
