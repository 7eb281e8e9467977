"""What is kept about a person: giving it to them, erasing it, and erasing it by itself after a time (design 8, C-20).

A person's data goes when their key goes. History, numbers, statuses and figures stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine import bpmn
from engine.actors import SYSTEM, Actor
from engine.apps import ProcessApp, RecordType
from engine.errors import NotFound, Refused
from engine.personal import MARK, NOBODY, persons_of
from engine.runtime import audit
from engine.runtime.cases import CaseRef, deployment_of
from engine.runtime.reader import Reader
from engine.runtime.record_changes import reference_term
from engine.store.commit import Change
from engine.store.tables import Comment, Deployment, Document, Draft, Duty, History, Person, ProcessInstance, Record, RecordKey, SearchKey, UserTask

RUNNING = {
    "ko": "아직 진행 중인 신청이에요. 먼저 취소하거나 끝낸 뒤 지워 주세요.",
    "en": "This case is still running. Cancel or finish it first, then erase it.",
}
AT_ONCE = 50  # cases of a collection that one round of retention erases
DUTY, EVERY = "retention", timedelta(hours=1)
MOST = 1_000  # ended cases that one round looks at


@dataclass(frozen=True)
class Due:
    """A case whose personal data has been kept long enough: the status it ended with, and when."""

    case: CaseRef
    status: str
    since: datetime


def find(read: Reader, text: str) -> list[CaseRef]:
    """The cases with exactly this number, name or phone, however written."""
    rows = read.all(select(SearchKey.app, SearchKey.collection, SearchKey.record_id).where(SearchKey.term == read.vault.term(text)).distinct())
    return sorted((CaseRef(row.app, row.collection, row.record_id) for row in rows), key=lambda ref: (ref.app, ref.collection, ref.number))


def family(read: Reader, case: CaseRef) -> list[Row[Any]]:
    """The record of a case and those that are about it (a cancellation of it, say), each (collection, id, data, person_id). NotFound without it."""
    found: dict[tuple[str, str], Row[Any]] = {}
    pending = [(case.collection, case.number)]
    while pending:
        where = (Record.app == case.app, tuple_(Record.collection, Record.id).in_(pending))
        rows = read.all(select(Record.collection, Record.id, Record.data, Record.person_id).where(*where))
        found |= {(row.collection, row.id): row for row in rows}
        terms = [read.vault.term(reference_term(row.collection, row.id)) for row in rows]
        about = read.all(select(SearchKey.collection, SearchKey.record_id).where(SearchKey.app == case.app, SearchKey.term.in_(terms)))
        pending = sorted({(row.collection, row.record_id) for row in about} - found.keys())
    if not found:
        raise NotFound()
    return list(found.values())


def erase(read: Reader, *, case: CaseRef, actor: Actor, reason: str, running: bool = False) -> Change:
    """Erase the personal data of a case and of those about it; answers how many persons' data went. Audited.

    Refused while an instance of it runs, unless `running`. What stays: numbers, statuses, history, figures.
    """
    app, rows = deployment_of(read, case)[1], family(read, case)
    numbers = [row.id for row in rows]
    instances = read.all(select(ProcessInstance.id, ProcessInstance.state, ProcessInstance.snapshot).where(*_of(ProcessInstance, case.app, numbers)))
    if not running and any(row.state == "running" for row in instances):
        raise Refused("STILL_RUNNING", RUNNING)
    persons = sorted({row.person_id for row in rows if row.person_id and not read.erased(row.person_id)})
    change = Change(result=len(persons))
    change.add(update(Person).where(Person.id.in_(persons)).values(key=None, data=b"", erased_at=read.now))
    for row in rows:
        _erase_record(change, app, case.app, row, set(persons))
    for row in instances:
        if row.state != "running":
            change.add(update(ProcessInstance).where(ProcessInstance.id == row.id).values(snapshot=bpmn.forgotten(row.snapshot)))
    tasks = select(UserTask.id).where(UserTask.instance_id.in_([row.id for row in instances]))
    change.add(delete(Draft).where(Draft.task_id.in_(tasks)))
    change.add(delete(Comment).where(*_of(Comment, case.app, numbers)))
    change.add(delete(Document).where(_documents(case.app, rows, persons)))
    audit.note(read, change, actor, "privacy.erase", f"{case.app}/{case.collection}/{case.number}", reason)
    return change


def _of(table: Any, app: str, numbers: list[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.app == app, table.business_key.in_(numbers)


def _documents(app: str, rows: Iterable[Row[Any]], persons: list[str]) -> ColumnElement[bool]:
    owners = [f"{row.collection}/{row.id}" for row in rows]
    return (Document.app == app) & or_(Document.person_id.in_(persons), Document.owner.in_(owners))


def _erase_record(change: Change, app: ProcessApp, key: str, row: Row[Any], persons: set[str]) -> None:
    kind = app.records.get(row.collection)
    names = sorted(_personal(kind, row.data))
    where = {"app": key, "collection": row.collection, "record_id": row.id}
    change.add(delete(SearchKey).filter_by(**where).where(SearchKey.field.in_(names)))
    held = [",".join(unique.fields) for unique in (kind.unique if kind else ()) if not set(names).isdisjoint(unique.fields)]
    change.add(delete(RecordKey).filter_by(**where).where(RecordKey.fields.in_(held)))
    foreign = {name: {MARK: f"{NOBODY}/{name}"} for name in names if not persons.issuperset(_persons(row.data.get(name)))}
    if foreign:  # what was taken over from somebody else's record, who keeps their own
        record = (Record.app == key, Record.collection == row.collection, Record.id == row.id)
        change.add(update(Record).where(*record).values(data=row.data | foreign, rev=Record.rev + 1))


def _personal(kind: RecordType | None, data: dict[str, Any]) -> set[str]:
    declared = {name for name, field in kind.fields.items() if field.pii} if kind else set()
    return {name for name, value in data.items() if value is not None and (name in declared or _persons(value))}


def _persons(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(persons_of(value[MARK])) if MARK in value else set().union(*map(_persons, value.values()))
    return set().union(*map(_persons, value)) if isinstance(value, list) else set()


def due(read: Reader, limit: int = AT_ONCE) -> list[Due]:
    """The cases whose personal data is to go now, by `[retention]` of their apps; the oldest first, `limit` of each collection."""
    found: list[Due] = []
    for row in read.all(select(Deployment.id, Deployment.app).where(Deployment.live.is_(True)).order_by(Deployment.app)):
        app = read.app(row.id)
        if app.retention:
            before = read.now - timedelta(days=app.retention.days)
            for kind in (kind for kind in app.records.values() if kind.states):
                found += _ended(read, row.app, kind, app.retention.after, before, limit)
    return found


def _ended(read: Reader, app: str, kind: RecordType, after: tuple[str, ...], before: datetime, limit: int) -> list[Due]:
    status = Record.data[kind.states].as_string()
    running = select(ProcessInstance.id).where(
        ProcessInstance.app == app, ProcessInstance.business_key == Record.id, ProcessInstance.state == "running"
    )
    where = (
        Record.app == app,
        Record.collection == kind.name,
        status.in_(after),
        Record.created_at < before,
        Person.key.is_not(None),
        ~running.exists(),
    )
    statement = select(Record.id, Record.updated_at, status.label("status")).join(Person, Person.id == Record.person_id).where(*where)
    rows = read.all(statement.order_by(Record.created_at).limit(MOST))
    ended = _moments(read, app, kind.name, [row.id for row in rows])
    dues = [Due(CaseRef(app, kind.name, row.id), row.status, ended.get((row.id, row.status), row.updated_at)) for row in rows]
    return [one for one in dues if one.since < before][:limit]


def _moments(read: Reader, app: str, collection: str, numbers: list[str]) -> dict[tuple[str, str], datetime]:
    """When each of the cases got each status last."""
    instances = select(ProcessInstance.id).where(*_of(ProcessInstance, app, numbers))
    happened = select(History.at, History.events).where(History.instance_id.in_(instances)).order_by(History.at, History.rev)
    rows = read.all(happened) if numbers else []
    events = [(row.at, event) for row in rows for event in row.events if event["type"] == "status" and event["record"] == collection]
    return {(event["id"], event["status"]): at for at, event in events}


def retire(read: Reader) -> Change:
    """Erase what is due, a few cases at a time; answers which. Writes nothing when nothing is."""
    change, done = Change(result=[]), due(read)
    for one in done:
        reason = f"{one.status} since {one.since:%Y-%m-%d}"
        change.writes += erase(read, case=one.case, actor=SYSTEM, reason=reason, running=True).writes
    change.result = done
    return change


def sweep(read: Reader) -> Change:
    """As `retire`, for workers: once an hour for each database, or again at once while there is more; answers what went."""
    last = read.value(select(Duty.done_at).where(Duty.name == DUTY))
    if last is not None and timedelta() <= read.now - last < EVERY:
        return Change(result=[])
    change = retire(read)
    done_at = read.now - EVERY if len(change.result) >= AT_ONCE else read.now
    row = upsert(Duty).values(name=DUTY, done_at=done_at)
    change.add(row.on_conflict_do_update(index_elements=["name"], set_={"done_at": done_at}, where=Duty.done_at <= read.now - EVERY))
    return change
