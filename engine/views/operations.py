"""What operators see: instances, what they wait for, what failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, func, or_, select

from engine import bpmn
from engine.actors import SYSTEM
from engine.bpmn import Model
from engine.bpmn.drawing import Drawing, draw
from engine.errors import BatonError, NotFound, Text
from engine.personal import MARK
from engine.runtime import causes, step
from engine.runtime.causes import Cause
from engine.runtime.reader import Reader
from engine.runtime.waits import element_of
from engine.store.tables import Deployment, Incident, Job, Message, MessageSubscription, ProcessInstance, UserTask
from engine.views import timeline
from engine.views.paging import PAGE, offset, pages
from engine.views.task_rows import TaskRow, rows_of
from engine.views.timeline import TimelineEntry

LISTED = 500  # failed jobs in one list
OWNER = (
    ProcessInstance.id.label("instance_id"),
    ProcessInstance.app,
    ProcessInstance.deployment_id,
    ProcessInstance.process_id,
    ProcessInstance.business_key,
)


@dataclass(frozen=True)
class InstanceRow:
    """A line in the list of instances; `where` names the elements it stands at."""

    id: str
    app: str
    version: int
    process: Text
    number: str
    state: str
    where: Text
    started_at: datetime
    updated_at: datetime
    incidents: int


@dataclass(frozen=True)
class Instances:
    """One page of the list."""

    rows: list[InstanceRow]
    pages: int
    total: int


@dataclass(frozen=True)
class JobRow:
    """A job, or a message that could not be delivered; `state` is waiting, running or failed."""

    id: str
    instance_id: str
    app: str
    number: str
    element: Text
    type: str
    attempts: int
    retries_left: int
    due_at: datetime
    error: str
    state: str


@dataclass(frozen=True)
class IncidentRow:
    """An open incident, with its cause in words."""

    id: str
    instance_id: str
    element: Text
    kind: str
    message: str
    created_at: datetime
    cause: Cause
    note: str


@dataclass(frozen=True)
class InstancePage:
    """One instance with everything an operator needs. Variables are (name, type, value, masked)."""

    row: InstanceRow
    drawing: Drawing
    history: list[TimelineEntry]
    variables: list[tuple[str, str, str, bool]]
    incidents: list[IncidentRow]
    jobs: list[JobRow]
    tasks: list[TaskRow]


def instances(read: Reader, *, app: str = "", state: str = "", q: str = "", page: int = 1, lang: str) -> Instances:
    """Instances, the latest first; `state` may also be `incident` or `suspended`, `q` is a number or an instance id."""
    where = []
    if app:
        where.append(ProcessInstance.app == app)
    if state == "incident":
        where.append(ProcessInstance.id.in_(select(Incident.instance_id).where(Incident.resolved_at.is_(None))))
    elif state == "suspended":
        where += [ProcessInstance.suspended_at.is_not(None), ProcessInstance.state == "running"]
    elif state:
        where.append(ProcessInstance.state == state)
    if q:
        where.append(or_(ProcessInstance.business_key == q, ProcessInstance.id == q))
    total = read.value(select(func.count()).select_from(ProcessInstance).where(*where))
    order = (ProcessInstance.updated_at.desc(), ProcessInstance.id)
    rows = read.all(_select().where(*where).order_by(*order).limit(PAGE).offset(offset(page)))
    return Instances(instance_rows(read, list(rows)), pages(total), total)


def _select() -> Any:
    columns = [column for column in ProcessInstance.__table__.c if column.name != "snapshot"]
    return select(*columns, Deployment.version).join(Deployment, Deployment.id == ProcessInstance.deployment_id)


def of_case(read: Reader, app: str, numbers: list[str]) -> list[InstanceRow]:
    """The instances with these business keys, oldest first."""
    where = (ProcessInstance.app == app, ProcessInstance.business_key.in_(numbers))
    return instance_rows(read, list(read.all(_select().where(*where).order_by(ProcessInstance.started_at))))


def instance_rows(read: Reader, rows: list[Row[Any]]) -> list[InstanceRow]:
    """Rows for the list, with the elements each stands at."""
    ids = [row.id for row in rows]
    at = standing(read, {row.id: read.app(row.deployment_id).model for row in rows})
    counts = select(Incident.instance_id, func.count().label("number")).where(Incident.instance_id.in_(ids), Incident.resolved_at.is_(None))
    incidents: dict[str, int] = {found.instance_id: found.number for found in read.all(counts.group_by(Incident.instance_id))}
    return [_row(read, row, at[row.id], incidents.get(row.id, 0)) for row in rows]


def standing(read: Reader, models: Mapping[str, Model]) -> dict[str, list[str]]:
    """Where each instance stands: the elements that wait, without boundary events that only stand by. `models` is by instance id."""
    found: dict[str, list[str]] = {instance_id: [] for instance_id in models}
    tables = ((UserTask, UserTask.state == "open"), (Job, Job.kind != "notification"), (MessageSubscription, None))
    for table, condition in tables:
        statement = select(table.instance_id, table.element_id).where(table.instance_id.in_(list(models)))
        for row in read.all(statement if condition is None else statement.where(condition)):
            if not _stands_by(models[row.instance_id], row.element_id) and row.element_id not in found[row.instance_id]:
                found[row.instance_id].append(row.element_id)
    return found


def _stands_by(model: Model, element_id: str) -> bool:
    element = next((process.elements[element_id] for process in model.processes.values() if element_id in process.elements), None)
    return element is not None and element.type == "boundaryEvent"


def _row(read: Reader, row: Row[Any], at: list[str], incidents: int) -> InstanceRow:
    app = read.app(row.deployment_id)
    process = app.model.processes[row.process_id]
    name = {"ko": process.name or process.id, "en": process.label_en or process.name or process.id}
    places = [label(app, row.process_id, element) for element in at]
    where = {language: ", ".join(place[language] for place in places) for language in ("ko", "en")}
    dates = (row.started_at, row.updated_at)
    state = "suspended" if row.suspended_at and row.state == "running" else row.state
    return InstanceRow(row.id, row.app, row.version, name, row.business_key or "", state, where, *dates, incidents)


def label(app: Any, process_id: str, element_id: str) -> Text:
    """An element's name in both languages."""
    element = element_of(app.model, process_id, element_id)
    name = element.name or element.id
    return {"ko": name, "en": element.label_en or name}


def instance(read: Reader, instance_id: str, *, lang: str) -> InstancePage:
    """One instance. Personal values are shown as masked. NotFound without it."""
    row = read.one(_select().where(ProcessInstance.id == instance_id))
    if row is None:
        raise NotFound("NO_INSTANCE")
    tasks = read.all(select(*UserTask.__table__.c).where(UserTask.instance_id == instance_id).order_by(UserTask.created_at))
    found = job_rows(read, list(read.all(select(*Job.__table__.c).where(Job.instance_id == instance_id).order_by(Job.due_at).limit(LISTED))))
    found += held_messages(read, Incident.instance_id == instance_id)
    return InstancePage(
        instance_rows(read, [row])[0],
        drawing(read, row.id, row.deployment_id, row.process_id, lang=lang),
        timeline.of_instance(read, instance_id),
        variables(read, instance_id),
        incidents_of(read, instance_id),
        found,
        rows_of(read, list(tasks), lang),
    )


def drawing(read: Reader, instance_id: str, deployment_id: str, process_id: str, *, lang: str, crop_to: str | None = None) -> Drawing:
    """The diagram of an instance with its tokens, finished elements and incidents marked."""
    stuck = {row.element_id for row in read.all(_open_incidents(instance_id))}
    app = read.app(deployment_id)
    tokens = set(standing(read, {instance_id: app.model})[instance_id])
    picture = app.files[app.model.processes[process_id].file]
    done = timeline.done_elements(read, instance_id)
    return draw(picture, process_id, tokens=tokens, done=done - tokens, incidents=stuck, lang=lang, crop_to=crop_to)


def place(instance_id: str) -> Any:
    """The query for the version and the process of an instance."""
    return select(ProcessInstance.deployment_id, ProcessInstance.process_id).where(ProcessInstance.id == instance_id)


def variables(read: Reader, instance_id: str) -> list[tuple[str, str, str, bool]]:
    """The root variables of an instance; personal ones are not looked up."""
    work, snapshot = step.load(read, instance_id, SYSTEM)
    try:
        execution = bpmn.restore(work.app.model, snapshot, step.Host(work, read))
    except (BatonError, ValueError, LookupError, TypeError):  # one that cannot be read any more is still shown
        return []
    return [_variable(name, value) for name, value in sorted(execution.variables.items())]


def _variable(name: str, value: Any) -> tuple[str, str, str, bool]:
    if isinstance(value, dict) and MARK in value:
        return name, "personal", "****", True
    kinds = {bool: "boolean", str: "text", int: "number", float: "number", list: "list", dict: "context", type(None): "null"}
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return name, kinds.get(type(value), "number"), text, False


def _open_incidents(instance_id: str) -> Any:
    return select(*Incident.__table__.c).where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))


def incidents_of(read: Reader, instance_id: str) -> list[IncidentRow]:
    """The open incidents of one instance."""
    app = read.one(place(instance_id))
    rows = read.all(_open_incidents(instance_id).order_by(Incident.created_at)) if app else []
    return [
        IncidentRow(row.id, instance_id, _named(read, app, row.element_id), row.kind, row.message, row.created_at, causes.of(row.kind), note)
        for row in rows
        for note in [row.note or ""]
        if app
    ]


def _named(read: Reader, instance: Row[Any], element_id: str) -> Text:
    """The name of the element of an incident; the process itself is no element."""
    try:
        return label(read.app(instance.deployment_id), instance.process_id, element_id)
    except (StopIteration, KeyError):
        return {"ko": element_id, "en": element_id}


def failed_jobs(read: Reader, *, lang: str) -> list[JobRow]:
    """The jobs, and the messages that could not be delivered, which wait for an operator; the oldest 500 of each."""
    failed = select(*Job.__table__.c).where(Job.retries_left <= 0).order_by(Job.created_at, Job.id).limit(LISTED)
    return job_rows(read, list(read.all(failed))) + held_messages(read)


def held_messages(read: Reader, *where: ColumnElement[bool]) -> list[JobRow]:
    """Messages that could not be delivered, as jobs: what they were to wake, and why it failed."""
    columns = (Message.id, Message.name, Message.published_at, Message.error, Incident.element_id, *OWNER)
    statement = select(*columns).join(Incident, Incident.source == Message.id).join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
    held = statement.where(Message.error.is_not(None), Incident.resolved_at.is_(None), *where)
    rows = read.all(held.order_by(Message.published_at, Message.id).limit(LISTED))
    return [
        JobRow(row.id, row.instance_id, row.app, row.business_key or "", _label(read, row), row.name, 1, 0, row.published_at, row.error, "failed")
        for row in rows
    ]


def _label(read: Reader, row: Row[Any]) -> Text:
    return label(read.app(row.deployment_id), row.process_id, row.element_id)


def job_rows(read: Reader, rows: list[Row[Any]]) -> list[JobRow]:
    """Jobs for a list."""
    ids = {row.instance_id for row in rows}
    owners = {owner.instance_id: owner for owner in read.all(select(*OWNER).where(ProcessInstance.id.in_(ids)))}
    return [_job(read, row, owners[row.instance_id]) for row in rows if row.instance_id in owners]


def _job(read: Reader, row: Row[Any], owner: Row[Any]) -> JobRow:
    state = "failed" if row.retries_left <= 0 else "running" if row.lease_until > read.now else "waiting"
    element = label(read.app(owner.deployment_id), owner.process_id, row.element_id)
    numbers = (row.attempts, row.retries_left, row.due_at)
    return JobRow(row.id, row.instance_id, row.app, owner.business_key or "", element, row.type, *numbers, row.error or "", state)
