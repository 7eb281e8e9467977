"""The work of people."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String, literal_column, text, true
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.base import Base

NUMBERED = "state = 'open' and business_key is not null"
IN_BYTES = {"business_key": "varchar_pattern_ops"}  # as `number_search.begins` compares
BY_DUE = ("due", text("priority DESC"), "created_at", "id")


def _index(name: str, *columns: Any, where: str, **more: Any) -> Index:
    """An index of the rows that `where` names, on both databases."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where), **more)


class UserTask(Base):
    """A piece of work for a person. `rev` guards claiming, handing over and completing."""

    __tablename__ = "user_task"
    __table_args__ = (
        Index(None, "instance_id"),
        # Lists of open tasks: a task that is done stands in none of them any more.
        _index("ix_user_task_mine_by_due", "assignee", *BY_DUE, where="state = 'open' and assignee is not null"),
        _index("ix_user_task_open_by_due", *BY_DUE, where="state = 'open'"),
        _index("ix_user_task_open_by_age", "created_at", "id", where="state = 'open'"),
        _index("ix_user_task_team_by_due", "team", *BY_DUE, where="state = 'open' and team is not null"),
        _index("ix_user_task_team_by_age", "team", "created_at", "id", where="state = 'open' and team is not null"),
        _index("ix_user_task_done_by_done_at", "done_by", "done_at", where="done_by is not null"),
        _index("ix_user_task_open_number", "business_key", where=NUMBERED, postgresql_ops=IN_BYTES),
        _index("ix_user_task_open_number_end", text("substr(business_key, length(business_key) - 3)"), where=NUMBERED),
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
    team: Mapped[str | None] = mapped_column(String(80))  # its one candidate; None: none at all, or several in user_task_candidate
    due: Mapped[datetime | None]
    follow_up: Mapped[datetime | None]
    priority: Mapped[int]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(80))
    done_by_name: Mapped[str | None] = mapped_column(String(200))
    done_request: Mapped[str | None] = mapped_column(String(64))  # digests of the request that did it and of its body, and what was answered
    done_body: Mapped[str | None] = mapped_column(String(64))
    done_answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)


IS_OPEN = UserTask.state == literal_column("'open'")  # written out as in the indexes: for a bound value SQLite uses none of them


class UserTaskCandidate(Base):
    """One of several who may take a user task: a role, or one person by name (`@login`). By what its list is sorted stands here again."""

    __tablename__ = "user_task_candidate"
    __table_args__ = (
        Index(None, "role", "task_id"),
        Index("ix_user_task_candidate_by_due", "role", "open", "due", text("priority DESC"), "created_at", "task_id"),
        Index("ix_user_task_candidate_by_age", "role", "open", "created_at", "task_id"),
    )
    task_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    role: Mapped[str] = mapped_column(String(80), primary_key=True)
    open: Mapped[bool] = mapped_column(server_default=true())
    due: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(server_default="50")
    created_at: Mapped[datetime | None]


class Draft(Base):
    """What somebody typed into a task and has not sent yet; encrypted."""

    __tablename__ = "draft"
    task_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    login: Mapped[str] = mapped_column(String(80), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]


class Comment(Base):
    """What somebody wrote beside a task, for colleagues; encrypted."""

    __tablename__ = "comment"
    __table_args__ = (Index(None, "task_id", "at"), Index(None, "app", "business_key"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(60))
    app: Mapped[str] = mapped_column(String(80))
    business_key: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime]
    author_id: Mapped[str] = mapped_column(String(80))
    author_name: Mapped[str] = mapped_column(String(200))
    text: Mapped[bytes] = mapped_column(LargeBinary)


class Notice(Base):
    """What a member of staff is told inside Baton: to a role, or to one person (`@login`)."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "recipient", "at"),)
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    app: Mapped[str] = mapped_column(String(80))
    recipient: Mapped[str] = mapped_column(String(100))
    text: Mapped[dict[str, Any]]  # language -> pieces of text; personal ones by reference
    link: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]


class NoticeSeen(Base):
    """Up to which moment somebody has read the notices."""

    __tablename__ = "notice_seen"
    login: Mapped[str] = mapped_column(String(80), primary_key=True)
    until: Mapped[datetime]
