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
    return [_row(read, row, lang) for row in rows]


def _row(read: Reader, row: Row[Any], lang: str) -> TaskRow:
    app = read.app(row.deployment_id)
    process = app.model.processes[row.process_id]
    facts = [(label, pieces.one(read, piece, lang)) for label, piece in row.facts]
    subject = pieces.show(read, row.subject, lang)
    name = {"ko": process.name or process.id, "en": process.label_en or process.name or process.id}
    held = (row.assignee, row.assignee_name)
    moments = (facts, row.created_at, row.state, row.done_by_name, row.done_at)
    return TaskRow(row.id, row.name, subject, row.app, app.title, name, row.business_key or "", row.due, sla(row, read.now), *held, *moments)


def sla(row: Row[Any], now: datetime) -> str:
    """How a task stands against its due date."""
    if row.due is None or row.state != "open":
        return "none"
    if row.due < now:
        return "over"
    return "soon" if row.due - now <= SOON else "ok"
