"""User tasks as lines of a list."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from engine.errors import Text
from engine.runtime.reader import Reader
from engine.views import pieces

SOON = timedelta(hours=1)


@dataclass(frozen=True)
class TaskRow:
    """One task. `sla` is ok, soon (within an hour), over or none; `state` open, done or cancelled."""

    id: str
    name: Text
    subject: str
    app: str
    app_title: Text
    process: Text
    number: str
    due: datetime | None
    follow_up: datetime | None
    sla: str
    assignee: str | None
    assignee_name: str | None
    facts: list[tuple[Text, str]]
    created_at: datetime
    state: str
    done_by: str | None
    done_at: datetime | None


def rows_of(read: Reader, rows: list[Row[Any]], lang: str) -> list[TaskRow]:
    """Rows of `user_task` as lines, personal values looked up."""
    read.persons(pieces.persons(piece for row in rows for piece in (*row.subject, *(fact for _, fact in row.facts))))
    return [_row(read, row, lang) for row in rows]


def _row(read: Reader, row: Row[Any], lang: str) -> TaskRow:
    app = read.app(row.deployment_id)
    process = app.model.processes[row.process_id]
    return TaskRow(
        id=row.id,
        name=row.name,
        subject=pieces.show(read, row.subject, lang),
        app=row.app,
        app_title=app.title,
        process={"ko": process.name or process.id, "en": process.label_en or process.name or process.id},
        number=row.business_key or "",
        due=row.due,
        follow_up=row.follow_up,
        sla=sla(row, read.now),
        assignee=row.assignee,
        assignee_name=row.assignee_name,
        facts=[(label, pieces.one(read, piece, lang)) for label, piece in row.facts],
        created_at=row.created_at,
        state=row.state,
        done_by=row.done_by_name,
        done_at=row.done_at,
    )


def sla(row: Row[Any], now: datetime) -> str:
    """How a task stands against its due date."""
    if row.due is None or row.state != "open":
        return "none"
    if row.due < now:
        return "over"
    return "soon" if row.due - now <= SOON else "ok"
