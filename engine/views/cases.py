"""Cases for staff: finding them, and the business view of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from engine.actors import Actor
from engine.apps import ProcessApp
from engine.bpmn.drawing import Drawing
from engine.errors import NotFound, Text
from engine.runtime import cases
from engine.runtime.cases import CaseRef
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.record_changes import reference_term
from engine.runtime.records import Records, RecordView
from engine.store.tables import Deployment, Record, SearchKey, UserTask
from engine.texts import Coded, for_people, mask, mobile, pick
from engine.views import operations, timeline
from engine.views.operations import InstanceRow
from engine.views.task_rows import TaskRow, rows_of
from engine.views.timeline import TimelineEntry

PAGE = 50


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


@dataclass(frozen=True)
class Cases:
    """One page of the list."""

    rows: list[CaseRow]
    pages: int
    total: int


@dataclass(frozen=True)
class CasePage:
    """One case. Fields are (label, value, whether it is masked); actions are (id, label) that this person is offered."""

    row: CaseRow
    fields: list[tuple[Text, str, bool]]
    timeline: list[TimelineEntry]
    instances: list[InstanceRow]
    tasks: list[TaskRow]
    actions: list[tuple[str, Text]]
    drawing: Drawing | None


def find(read: Reader, q: str, *, lang: str, page: int = 1) -> Cases:
    """Cases with this number, name or phone (exactly, however written); without a search the latest changed."""
    found: Any = _numbered(read)
    where = [Record.collection.in_(sorted({name for names in found.values() for name in names}))]
    if q:
        hits = select(SearchKey.record_id).where(
            SearchKey.term == read.vault.term(q), SearchKey.app == Record.app, SearchKey.collection == Record.collection
        )
        where.append(Record.id.in_(hits))
    total = read.value(select(func.count()).select_from(Record).where(*where))
    columns = (Record.app, Record.collection, Record.id, Record.updated_at)
    rows = read.all(select(*columns).where(*where).order_by(Record.updated_at.desc(), Record.id).limit(PAGE).offset((page - 1) * PAGE))
    cases_found = [
        case_row(read, CaseRef(row.app, row.collection, row.id), row.updated_at, lang) for row in rows if row.collection in found.get(row.app, ())
    ]
    return Cases(cases_found, max(1, -(-total // PAGE)), total)


def _numbered(read: Reader) -> dict[str, set[str]]:
    """The collections that are cases, by app: those that a process is about."""
    live = read.all(select(Deployment.id, Deployment.app).where(Deployment.live.is_(True)))
    apps = {row.app: read.app(row.id) for row in live}
    return {key: {kind.name for process in app.model.processes if (kind := app.case_of(process))} for key, app in apps.items()}


def case_row(read: Reader, ref: CaseRef, updated_at: datetime, lang: str) -> CaseRow:
    """A case as a line."""
    deployment_id, app = cases.deployment_of(read, ref)
    record = Records(read, app).need(ref.collection, ref.number)
    status = record.data.get(record.kind.states) if record.kind.states else None
    text = timeline.status_text(app, ref.collection, status)
    waiting = _waiting_for(read, ref, lang)
    return CaseRow(
        ref.app, app.title, ref.collection, ref.number, title(record), text, str(status or ""), updated_at, progress(read, app, ref), waiting
    )


def title(record: RecordView) -> str:
    """Who or what the case is about: its first searchable field that is not its number; of a case about another, that one's."""
    number = record.kind.number.field if record.kind.number else ""
    own = next((str(record[name]) for name in record.kind.search if name != number and record[name]), "")
    if own:
        return own
    referred = (record[name] for name, field in record.kind.fields.items() if field.type == "ref" and record.data.get(name))
    return next((title(found) for found in referred if isinstance(found, RecordView)), "")


def progress(read: Reader, app: ProcessApp, ref: CaseRef) -> tuple[int, int]:
    """(milestones reached, all milestones) of the customer's timeline."""
    reached = timeline.statuses(read, ref.app, ref.collection, ref.number)
    milestones = app.tracking.milestones
    return sum(1 for milestone in milestones if not reached.keys().isdisjoint(milestone.at)), len(milestones)


def _waiting_for(read: Reader, ref: CaseRef, lang: str) -> str:
    columns = (UserTask.name, UserTask.assignee_name)
    where = (UserTask.app == ref.app, UserTask.business_key == ref.number, UserTask.state == "open")
    rows = read.all(select(*columns).where(*where).order_by(UserTask.created_at).limit(3))
    return ", ".join(pick(row.name, lang) + (f" ({row.assignee_name})" if row.assignee_name else "") for row in rows)


def case(read: Reader, app: str, number: str, *, lang: str, actor: Actor) -> CasePage:
    """The business view of one case. NotFound without it."""
    row = read.one(select(Record.collection, Record.updated_at).where(Record.app == app, Record.id == number))
    if row is None:
        raise NotFound()
    return _page(read, CaseRef(app, row.collection, number), row.updated_at, lang, actor, clear=False)


def around(read: Reader, task: Row[Any], *, lang: str, actor: Actor) -> CasePage:
    """The case that a task belongs to, as its context."""
    row = read.one(select(Record.updated_at).where(Record.app == task.app, Record.collection == task.collection, Record.id == task.business_key))
    if row is None:
        raise NotFound()
    ref = CaseRef(task.app, task.collection, task.business_key)
    return _page(read, ref, row.updated_at, lang, actor, clear=task.state == "open" and task.assignee == actor.id)


def _page(read: Reader, ref: CaseRef, updated_at: datetime, lang: str, actor: Actor, *, clear: bool) -> CasePage:
    _, app, names = cases.opened(read, ref, actor)
    numbers = related(read, names)
    found = operations.of_case(read, ref.app, numbers)
    tasks = read.all(select(*UserTask.__table__.c).where(UserTask.app == ref.app, UserTask.business_key.in_(numbers)).order_by(UserTask.created_at))
    own = next((row for row in found if row.number == ref.number), None)
    return CasePage(
        case_row(read, ref, updated_at, lang),
        fields(read, names, lang, clear=clear),
        timeline.of_case(read, ref.app, numbers),
        found,
        rows_of(read, [row for row in tasks if row.state == "open"], lang),
        [
            (action.id, action.label)
            for action in app.actions.values()
            if action.roles and actor.has(*action.roles) and cases.offered(app, names, action)
        ],
        _drawing(read, own, lang),
    )


def _drawing(read: Reader, row: InstanceRow | None, lang: str) -> Drawing | None:
    if row is None:
        return None
    work = read.one(operations.place(row.id))
    return operations.drawing(read, row.id, work.deployment_id, work.process_id, lang=lang) if work else None


def related(read: Reader, names: Names) -> list[str]:
    """The case's number, those of the cases it is about, and those of the cases about it."""
    case = names.case
    if case is None:
        return []
    app = names.records.app
    about = [
        str(case.data[name]) for name, field in case.kind.fields.items() if field.type == "ref" and case.data.get(name) and _is_case(app, field.to)
    ]
    where = (SearchKey.app == app.key, SearchKey.term == read.vault.term(reference_term(case.kind.name, case.id)))
    rows = read.all(select(SearchKey.collection, SearchKey.record_id).where(*where).order_by(SearchKey.record_id))
    of_it = [row.record_id for row in rows if _is_case(app, row.collection)]
    return [case.id, *about, *of_it]


def _is_case(app: ProcessApp, collection: str | None) -> bool:
    return any(kind.name == collection for process in app.model.processes if (kind := app.case_of(process)))


def fields(read: Reader, names: Names, lang: str, *, clear: bool) -> list[tuple[Text, str, bool]]:
    """The filled fields of the case record; personal ones are in clear only for whoever holds the work on the case."""
    record = names.case
    if record is None:
        return []
    shown = []
    for name, field in record.kind.fields.items():
        if record.data.get(name) in (None, ""):
            continue
        value = record[name]
        hidden = field.pii and not clear
        text = mask(str(value), field.type) if hidden else _in_clear(value, field.type, lang, read.now)
        shown.append((field.label or {"ko": name}, text, hidden))
    return shown


def _in_clear(value: Any, field_type: str, lang: str, now: datetime) -> str:
    return mobile(str(value)) if field_type == "mobile" else shown_value(value, lang, now)


def shown_value(value: Any, lang: str, now: datetime) -> str:
    """A record's value for people; a record that it refers to by its name or number."""
    if isinstance(value, RecordView):
        return title(value) or _name(value)
    return pick(value.labels, lang) if isinstance(value, Coded) else for_people(value, lang, now.year)


def _name(record: RecordView) -> str:
    named = next((name for name, field in record.kind.fields.items() if field.type == "name"), None)
    return str(record[named]) if named and record[named] else record.id


def banner(read: Reader, task: Row[Any]) -> list[Text]:
    """What somebody working on the task should know: open cases about the same record, with their status."""
    app = read.app(task.deployment_id)
    if task.collection is None:
        return []
    record = Records(read, app).get(task.collection, task.business_key)
    if record is None:
        return []
    found = related(read, Names(Records(read, app), record, Actor("system")))[1:]
    open_rows = [row for row in operations.of_case(read, task.app, found) if row.state == "running"]
    return [
        {"ko": f"{row.process['ko']} {row.number}: {row.where['ko']}", "en": f"{row.process['en']} {row.number}: {row.where['en']}"}
        for row in open_rows
    ]
