"""Cases for staff: finding them, and the business view of one."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select

from engine.actors import Actor
from engine.apps import ProcessApp
from engine.bpmn.drawing import Drawing
from engine.clock import KST
from engine.errors import NotFound, Text
from engine.runtime import cases
from engine.runtime.cases import CaseRef
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.record_changes import reference_term
from engine.runtime.records import RecordView
from engine.store.tables import IS_OPEN, Deployment, Record, SearchKey, UserTask
from engine.texts import Coded, for_people, mask, mobile, pick
from engine.views import operations, timeline
from engine.views.case_rows import COLUMNS, CaseRow, case_rows, title
from engine.views.operations import InstanceRow
from engine.views.paging import PAGE, offset, pages
from engine.views.task_rows import TaskRow, rows_of
from engine.views.timeline import TimelineEntry


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
    where: list[ColumnElement[bool]] = [_is_a_case(read)]
    if q:
        hits = select(SearchKey.record_id).where(
            SearchKey.term == read.vault.term(q), SearchKey.app == Record.app, SearchKey.collection == Record.collection
        )
        where.append(Record.id.in_(hits))
    total = read.value(select(func.count()).select_from(Record).where(*where))
    order = (Record.updated_at.desc(), Record.app, Record.collection, Record.id)
    rows = read.all(select(*COLUMNS).where(*where).order_by(*order).limit(PAGE).offset(offset(page)))
    return Cases(case_rows(read, rows, lang), pages(total), total)


def _is_a_case(read: Reader) -> ColumnElement[bool]:
    """The records that are cases: those that a process of a live app is about."""
    live = read.all(select(Deployment.id, Deployment.app).where(Deployment.live.is_(True)))
    return or_(false(), *(and_(Record.app == row.app, Record.collection.in_(case_collections(read.app(row.id)))) for row in live))


def case_collections(app: ProcessApp) -> list[str]:
    """The collections of an app whose records are cases."""
    return sorted({kind.name for process in app.model.processes if (kind := app.case_of(process))})


def case(read: Reader, app: str, number: str, *, lang: str, actor: Actor) -> CasePage:
    """The business view of one case. NotFound without it."""
    row = _record(read, Record.app == app, Record.id == number, _is_a_case(read))
    page = _page(read, row, lang, actor, clear=False)
    own = next((instance for instance in page.instances if instance.number == number), None)
    return replace(page, drawing=_drawing(read, own, lang))


def around(read: Reader, task: Row[Any], *, lang: str, actor: Actor) -> CasePage:
    """The case that a task belongs to, as its context, without its drawing."""
    row = _record(read, Record.app == task.app, Record.collection == task.collection, Record.id == task.business_key)
    return _page(read, row, lang, actor, clear=task.state == "open" and task.assignee == actor.id)


def _record(read: Reader, *where: ColumnElement[bool]) -> Row[Any]:
    row = read.one(select(*COLUMNS).where(*where).order_by(Record.collection).limit(1))
    if row is None:
        raise NotFound()
    return row


def _page(read: Reader, row: Row[Any], lang: str, actor: Actor, *, clear: bool) -> CasePage:
    ref = CaseRef(row.app, row.collection, row.id)
    _, app, names = cases.opened(read, ref, actor)
    numbers = related(read, names)
    where = (UserTask.app == ref.app, UserTask.business_key.in_(numbers), IS_OPEN)
    tasks = read.all(select(*UserTask.__table__.c).where(*where).order_by(UserTask.created_at, UserTask.id))
    offered = (action for action in app.actions.values() if action.roles and actor.has(*action.roles) and cases.offered(app, names, action))
    return CasePage(
        case_rows(read, [row], lang)[0],
        fields(read, names, lang, clear=clear),
        timeline.of_case(read, ref.app, numbers),
        operations.of_case(read, ref.app, numbers),
        rows_of(read, list(tasks), lang),
        [(action.id, action.label) for action in offered],
        None,
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
    kinds = case_collections(app)
    about = [str(case.data[name]) for name, field in case.kind.fields.items() if field.type == "ref" and case.data.get(name) and field.to in kinds]
    where = (SearchKey.app == app.key, SearchKey.term == read.vault.term(reference_term(case.kind.name, case.id)), SearchKey.collection.in_(kinds))
    rows = read.all(select(SearchKey.record_id).where(*where).order_by(SearchKey.record_id))
    return [case.id, *about, *(row.record_id for row in rows)]


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
        text = mask(value, field.type, lang) if hidden else _in_clear(value, field.type, lang, read.now)
        shown.append((field.label or {"ko": name}, text, hidden))
    return shown


def _in_clear(value: Any, field_type: str, lang: str, now: datetime) -> str:
    return mobile(str(value)) if field_type == "mobile" and value else shown_value(value, lang, now)


def shown_value(value: Any, lang: str, now: datetime) -> str:
    """A record's value for people; a record that it refers to by its name or number."""
    if isinstance(value, RecordView):
        return title(value) or _name(value)
    return pick(value.labels, lang) if isinstance(value, Coded) else for_people(value, lang, now.astimezone(KST).year)


def _name(record: RecordView) -> str:
    named = next((name for name, field in record.kind.fields.items() if field.type == "name"), None)
    return str(record[named]) if named and record[named] else record.id


def banner(page: CasePage) -> list[Text]:
    """What somebody working on the case should know: the open cases about the same thing, and where they stand."""
    beside = [row for row in page.instances if row.number != page.row.number and row.state == "running"]
    return [{language: f"{row.process[language]} {row.number}: {row.where[language]}" for language in ("ko", "en")} for row in beside]
