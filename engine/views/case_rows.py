"""Cases as lines of a list: everything that a page of them shows is read for all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from engine.apps import ProcessApp, RecordType
from engine.errors import Text
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.runtime.records import Records, RecordView
from engine.store.tables import IS_OPEN, ProcessInstance, Record, UserTask
from engine.texts import pick
from engine.views import case_view, timeline

COLUMNS = (Record.app, Record.collection, Record.id, Record.rev, Record.data, Record.person_id, Record.updated_at)
NAMED = 3  # open tasks that a line names


@dataclass(frozen=True)
class CaseRow:
    """A line in the list of cases; `progress` is (milestones reached, all milestones)."""

    app: str
    app_title: Text
    collection: str
    number: str
    title: str
    status: Text
    status_id: str
    updated_at: datetime
    progress: tuple[int, int]
    waiting_for: str


def case_rows(read: Reader, rows: Sequence[Row[Any]], lang: str) -> list[CaseRow]:
    """Rows of `record` (`COLUMNS`) as lines, in a few queries for all of them."""
    refs = [CaseRef(row.app, row.collection, row.id) for row in rows]
    versions = _versions(read, refs)
    records = _records(read, rows, [versions[ref] for ref in refs])
    reached, waiting = case_view.reached(read, refs), _waiting(read, refs, lang)
    return [
        _row(record, ref, row.updated_at, progress(record.records.app, record.kind, reached[ref]), waiting.get((ref.app, ref.number), []))
        for row, ref, record in zip(rows, refs, records, strict=True)
    ]


def _row(record: RecordView, ref: CaseRef, updated_at: datetime, done: tuple[int, int], waiting: list[str]) -> CaseRow:
    app, status = record.records.app, record.data.get(record.kind.states) if record.kind.states else None
    text = timeline.status_text(app, ref.collection, status)
    named = ", ".join(waiting[:NAMED])
    return CaseRow(ref.app, app.title, ref.collection, ref.number, title(record), text, str(status or ""), updated_at, done, named)


def _versions(read: Reader, refs: Sequence[CaseRef]) -> dict[CaseRef, str]:
    """The deployment that each case runs on (as `runtime.cases.deployment_of`)."""
    where = (ProcessInstance.app.in_({ref.app for ref in refs}), ProcessInstance.business_key.in_([ref.number for ref in refs]))
    columns = (ProcessInstance.app, ProcessInstance.business_key, ProcessInstance.deployment_id)
    first: dict[tuple[str, str], str] = {}
    for row in read.all(select(*columns).where(*where).order_by(ProcessInstance.started_at)):
        first.setdefault((row.app, row.business_key), row.deployment_id)
    live = {app: read.live(app)[0] for app in {ref.app for ref in refs if (ref.app, ref.number) not in first}}
    return {ref: first.get((ref.app, ref.number)) or live[ref.app] for ref in refs}


def _records(read: Reader, rows: Sequence[Row[Any]], versions: Sequence[str]) -> list[RecordView]:
    """The case records, with the records and persons that their titles name."""
    opened = {version: Records(read, read.app(version)) for version in versions}
    found = [opened[version].know(row.collection, row.id, row.rev, row.data, row.person_id) for row, version in zip(rows, versions, strict=True)]
    wanted: dict[tuple[str, str], set[str]] = {}
    for record, version in zip(found, versions, strict=True):
        if not _own(record.kind):
            for name, field in record.kind.fields.items():
                if field.type == "ref" and record.data.get(name):
                    wanted.setdefault((version, str(field.to)), set()).add(record.data[name])
    referred = [record for (version, collection), ids in wanted.items() for record in opened[version].several(collection, ids)]
    read.persons(record.person_id for record in (*found, *referred) if record.person_id)
    return found


def _own(kind: RecordType) -> list[str]:
    """The searchable fields that say who or what a record is about: not its number."""
    return [name for name in kind.search if not kind.number or name != kind.number.field]


def title(record: RecordView) -> str:
    """Who or what the case is about: its first searchable field that is not its number; of a case about another, that one's."""
    own = next((str(record[name]) for name in _own(record.kind) if record[name]), "")
    if own:
        return own
    referred = (record[name] for name, field in record.kind.fields.items() if field.type == "ref" and record.data.get(name))
    return next((title(found) for found in referred if isinstance(found, RecordView)), "")


def progress(app: ProcessApp, kind: RecordType, reached: Mapping[str, datetime]) -> tuple[int, int]:
    """(milestones reached, all milestones) of the customer's timeline."""
    milestones = app.tracking.milestones_of(kind)
    return sum(1 for milestone in milestones if not reached.keys().isdisjoint(milestone.at)), len(milestones)


def _waiting(read: Reader, refs: Sequence[CaseRef], lang: str) -> dict[tuple[str, str], list[str]]:
    """The open tasks of each case, by (app, number): their names, and who holds them."""
    columns = (UserTask.app, UserTask.business_key, UserTask.name, UserTask.assignee_name)
    where = (UserTask.app.in_({ref.app for ref in refs}), UserTask.business_key.in_([ref.number for ref in refs]), IS_OPEN)
    found: dict[tuple[str, str], list[str]] = {}
    for row in read.all(select(*columns).where(*where).order_by(UserTask.created_at, UserTask.id)):
        text = pick(row.name, lang) + (f" ({row.assignee_name})" if row.assignee_name else "")
        found.setdefault((row.app, row.business_key), []).append(text)
    return found
