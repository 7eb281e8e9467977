"""Everything that is kept about the person behind a case, in clear, to be given to them (design 8)."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, or_, select

from engine import bpmn
from engine.actors import SYSTEM, Actor
from engine.personal import from_stored
from engine.runtime import audit, privacy, step
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.store.base import Base
from engine.store.commit import Change
from engine.store.tables import Comment, Document, Draft, History, Job, Message, MessageSubscription, ProcessInstance, UserTask

SEALED = {"data", "text", "snapshot", "link", "lease_token"}  # columns that are told in another way, or are secrets of the machine


def export(read: Reader, *, case: CaseRef, actor: Actor, reason: str) -> Change:
    """One JSON document about a case and those about it: records, instances, history, messages, jobs, tasks, drafts, comments, documents.

    Personal values stand in it in clear, documents as base64, moments as ISO 8601. Audited. NotFound without the case.
    """
    rows = privacy.family(read, case)
    numbers = [row.id for row in rows]
    instances = read.all(select(*ProcessInstance.__table__.c).where(*_of(ProcessInstance, case.app, numbers)).order_by(ProcessInstance.started_at))
    ids = [row.id for row in instances]
    tasks = _rows(read, UserTask, UserTask.instance_id.in_(ids))
    task_ids = [task["id"] for task in tasks]
    waiting = select(MessageSubscription.key).where(MessageSubscription.instance_id.in_(ids))
    change = Change(
        result={
            "case": {"app": case.app, "collection": case.collection, "number": case.number},
            "exported_at": read.now.isoformat(),
            "records": [{"collection": row.collection, "number": row.id, "data": from_stored(row.data, read.resolve)} for row in rows],
            "instances": [_instance(read, row) for row in instances],
            "history": _rows(read, History, History.instance_id.in_(ids)),
            "messages": _rows(read, Message, or_(Message.instance_id.in_(ids), Message.key.in_(numbers), Message.key.in_(waiting))),
            "jobs": _rows(read, Job, Job.instance_id.in_(ids)),
            "tasks": tasks,
            "drafts": [_draft(read, row) for row in read.all(select(*Draft.__table__.c).where(Draft.task_id.in_(task_ids)))],
            "comments": [_comment(read, row) for row in read.all(select(*Comment.__table__.c).where(*_of(Comment, case.app, numbers)))],
            "documents": _documents(read, case.app, rows),
        }
    )
    audit.note(read, change, actor, "privacy.export", f"{case.app}/{case.collection}/{case.number}", reason)
    return change


def _of(table: Any, app: str, numbers: list[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.app == app, table.business_key.in_(numbers)


def _rows(read: Reader, table: type[Base], *where: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [_told(read, row) for row in read.all(select(*table.__table__.c).where(*where))]


def _told(read: Reader, row: Row[Any]) -> dict[str, Any]:
    told = {name: value for name, value in row._mapping.items() if name not in SEALED and value is not None}
    plain: dict[str, Any] = from_stored(
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items()}, read.resolve
    )
    return plain


def _instance(read: Reader, row: Row[Any]) -> dict[str, Any]:
    work, snapshot = step.load(read, row.id, SYSTEM)
    variables = bpmn.restore(work.app.model, snapshot, step.Host(work, read)).variables
    return _told(read, row) | {"variables": from_stored(dict(variables), read.resolve)}


def _draft(read: Reader, row: Row[Any]) -> dict[str, Any]:
    return _told(read, row) | {"data": orjson.loads(read.vault.open(row.data))}


def _comment(read: Reader, row: Row[Any]) -> dict[str, Any]:
    return _told(read, row) | {"text": read.vault.open(row.text).decode()}


def _documents(read: Reader, app: str, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    owners = [f"{row.collection}/{row.id}" for row in rows]
    persons = [row.person_id for row in rows if row.person_id]
    where = (Document.app == app, or_(Document.person_id.in_(persons), Document.owner.in_(owners)))
    return [_told(read, row) | {"content": _content(read, row)} for row in read.all(select(*Document.__table__.c).where(*where))]


def _content(read: Reader, row: Row[Any]) -> str:
    key = read.person_key(row.person_id) if row.person_id else None
    return b64encode(read.vault.open_for(key, row.data) if key else read.vault.open(row.data)).decode()
