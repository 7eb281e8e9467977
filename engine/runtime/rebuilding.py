"""Building an app that listens anew: what it made of events goes, and it takes all events again from the first one."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, tuple_, update

from engine.actors import Actor
from engine.apps import ProcessApp
from engine.errors import Refused
from engine.runtime import audit, incidents, subscribers
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import (
    Capacity,
    CaseView,
    Comment,
    Draft,
    History,
    Incident,
    Job,
    Message,
    MessageSubscription,
    Person,
    ProcessInstance,
    Record,
    RecordKey,
    Reservation,
    SearchKey,
    UserTask,
    UserTaskCandidate,
)

CHUNK = 400  # names in one condition
LISTENS_TO_NOTHING = {"ko": "이 앱은 다른 앱의 이벤트를 듣지 않아요.", "en": "This app listens to no events."}


@dataclass(frozen=True)
class Cleared:
    """What goes, and how many events there are to take again."""

    instances: int
    records: int
    events: int


@dataclass(frozen=True)
class _Going:
    instances: list[str]
    records: list[Any]  # rows of `record`: collection, id, person_id


def look(read: Reader, app: str) -> Cleared:
    """What `clear` would take away now. NotFound for an app that is not deployed; LISTENS_TO_NOTHING for one that does not listen."""
    going, _ = _survey(read, app)
    return _cleared(read, going)


def _survey(read: Reader, app: str) -> tuple[_Going, Row[Any]]:
    found, at = read.live(app)[1], subscribers.cursor(read, subscribers.of_app(app))
    if at is None:
        raise Refused("LISTENS_TO_NOTHING", LISTENS_TO_NOTHING)
    return _going(read, found), at


def _cleared(read: Reader, going: _Going) -> Cleared:
    return Cleared(len(going.instances), len(going.records), subscribers.end(read))


def clear(read: Reader, *, app: str, actor: Actor, reason: str) -> Change:
    """Take away, at once, every process instance that no person started and every record that is not a person's work, and put the cursor before
    the first event; workers then take all events again. Answers Cleared.

    What people did stays: cases that they opened, and collections that they edit by hand (`[lists.*]` with `edit` or `add`, and seeded ones).
    Instances that come again have the ids they had, so partners see the idempotency keys that they know and no event is told twice.
    """
    going, at = _survey(read, app)
    change = Change(result=_cleared(read, going), wake=True)
    _drop_instances(change, going.instances)
    _drop_records(change, app, going.records)
    _drop_messages(read, change, app)
    _free_capacities(read, change, app, {*going.instances, *(record.id for record in going.records)})
    subscribers.advance(read, change, at, 0)
    audit.note(read, change, actor, "app.replay", app, reason)
    return change


def _going(read: Reader, app: ProcessApp) -> _Going:
    instances = [row.instance_id for row in _firsts(read, app.key) if not _by_a_person(row.events)]
    gone = set(instances)
    cases = read.all(select(ProcessInstance.id, ProcessInstance.collection, ProcessInstance.business_key).where(ProcessInstance.app == app.key))
    kept = {(case.collection, case.business_key) for case in cases if case.id not in gone}
    by_hand = {shown.source for shown in app.lists.values() if shown.edit or shown.add} | set(app.seed)
    rows = read.all(select(Record.collection, Record.id, Record.person_id).where(Record.app == app.key))
    return _Going(instances, [row for row in rows if row.collection not in by_hand and (row.collection, row.id) not in kept])


def _firsts(read: Reader, app: str) -> Sequence[Any]:
    return read.all(select(History.instance_id, History.events).where(History.app == app, History.rev == 1))


def _by_a_person(events: list[dict[str, Any]]) -> bool:
    return any(event["type"] == "started" and ("door" in event or "action" in event) for event in events)


def _chunks(names: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(names)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _drop_instances(change: Change, instances: list[str]) -> None:
    for ids in _chunks(instances):
        tasks = select(UserTask.id).where(UserTask.instance_id.in_(ids))
        for of_task in (UserTaskCandidate, Draft, Comment):
            change.add(delete(of_task).where(of_task.__table__.c.task_id.in_(tasks)))
        for of_instance in (UserTask, Job, MessageSubscription, Incident, History):
            change.add(delete(of_instance).where(of_instance.__table__.c.instance_id.in_(ids)))
        change.add(delete(ProcessInstance).where(ProcessInstance.id.in_(ids)))


def _drop_records(change: Change, app: str, records: list[Any]) -> None:
    for places in _chunks([(record.collection, record.id) for record in records]):
        for table, name in ((Record, "id"), (RecordKey, "record_id"), (SearchKey, "record_id"), (CaseView, "number")):
            columns = table.__table__.c
            change.add(delete(table).where(columns.app == app, tuple_(columns.collection, columns[name]).in_(places)))
    for persons in _chunks({record.person_id for record in records if record.person_id}):
        change.add(delete(Person).where(Person.id.in_(persons)))


def _drop_messages(read: Reader, change: Change, app: str) -> None:
    rows = read.all(select(Message.id, Message.variables).where(Message.name.startswith(f"{app}.")))
    for ids in _chunks([row.id for row in rows if set(row.variables) == {"event"}]):  # they come again
        change.add(delete(Message).where(Message.id.in_(ids)))
        incidents.resolve(read, change, "", ids)


def _free_capacities(read: Reader, change: Change, app: str, gone: set[str]) -> None:
    holders = {row.holder for row in read.all(select(Reservation.holder).where(Reservation.app == app)) if row.holder.split("/")[0] in gone}
    for names in _chunks(holders):
        change.add(delete(Reservation).where(Reservation.app == app, Reservation.holder.in_(names)))
    if holders:
        change.add(update(Capacity).where(Capacity.app == app).values(reserved=_held()))


def _held() -> ColumnElement[int]:
    same = (Reservation.app == Capacity.app, Reservation.name == Capacity.name, Reservation.key == Capacity.key)
    return select(func.coalesce(func.sum(Reservation.amount), 0)).where(*same).correlate(Capacity).scalar_subquery()
