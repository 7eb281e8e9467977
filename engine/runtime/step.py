"""The heart: one step of one process instance, a pure function of snapshot, records, command, time and numbers. `store.commit` writes its Change."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, Row, and_, bindparam, select, update

from engine import bpmn
from engine.actors import Actor
from engine.bpmn import Element, Execution
from engine.errors import NotFound
from engine.ids import new_id
from engine.runtime import business_hours, in_step, outbox, payloads, refusals, requests, suspension, waits
from engine.runtime.effects import Effects
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import WATCHED, Records, RecordView, encode
from engine.runtime.work import Work
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.tables import History, Person, ProcessInstance, Record, UserTask

PLACE = [ProcessInstance.__table__.c[name] for name in ("deployment_id", "process_id", "collection", "business_key")]
STATE: list[ColumnElement[Any]] = [
    ProcessInstance.rev.label("instance_rev"),
    ProcessInstance.state.label("instance_state"),
    *(ProcessInstance.__table__.c[name] for name in ("snapshot", "suspended_at")),
]
CASE: list[ColumnElement[Any]] = [
    Record.rev.label("record_rev"),
    *(Record.__table__.c[name] for name in ("data", "person_id")),
    Person.key.label("person_key"),
    Person.data.label("person_data"),
    WATCHED,
]
OF_CASE = and_(Record.app == ProcessInstance.app, Record.collection == ProcessInstance.collection, Record.id == ProcessInstance.business_key)
LOAD = Constant(
    select(ProcessInstance.id.label("instance_id"), *PLACE, *STATE, *CASE)
    .outerjoin(Record, OF_CASE)
    .outerjoin(Person, Person.id == Record.person_id)
    .where(ProcessInstance.id == bindparam("instance_id"))
)


class Host:
    """What the BPMN layer is given: the time, the names, and where effects go."""

    def __init__(self, work: Work, read: Reader) -> None:
        self._work = work
        self._read = read
        self.now = read.now
        self.names: Mapping[str, Any] = work.effects.names
        self.seed = crc32(f"{work.id}/{work.rev}".encode())

    def resolve(self, reference: str) -> str:
        """A personal text by its reference."""
        return self._work.effects.records.resolve(reference)

    def runs_in_step(self, job_type: str) -> bool:
        """Whether the job type is a connector of ours that needs no network."""
        return job_type in in_step.CONNECTORS

    def call(self, element: Element, job_type: str, inputs: dict[str, Any], headers: Mapping[str, str], scope: Mapping[str, Any]) -> dict[str, Any]:
        """Run such a connector."""
        self._work.effects.element, self._work.effects.scope = element, scope
        return in_step.call(self._work.effects, job_type, inputs, headers)

    def decide(self, decision_id: str, scope: Mapping[str, Any]) -> Any:
        """The value of a decision; which rules matched goes into the history."""
        decision = self._work.app.decisions[decision_id].decide(decision_id, scope, now=self.now, seed=self.seed)
        rules = [{"table": rule.table, "rule": rule.rule} for rule in decision.matched]
        self._work.events.append({"type": "decision", "id": decision_id, "rules": rules})
        return decision.value

    def publish(self, element: Element, name: str, key: str, variables: dict[str, Any], ttl: str) -> None:
        """A message thrown by the drawing."""
        self._work.effects.element = element
        self._work.effects.publish(name, key, variables, ttl)

    def broadcast(self, element: Element, name: str, variables: dict[str, Any]) -> None:
        """A signal thrown by the drawing reaches every instance of its app that waits for it."""
        self._work.effects.broadcast(name, variables)

    def entered(self, element: Element) -> None:
        """An element began."""

    def took(self, process_id: str, flow_id: str) -> None:
        """A token left along a sequence flow."""
        if self._read.watch:
            self._read.watch(process_id, flow_id)

    def completed(self, element: Element, scope: Mapping[str, Any]) -> None:
        """An element ended: note it, and write the status and the event that it stands for."""
        work, properties = self._work, element.properties
        work.events.append({"type": "done", "element": element.id})
        work.answer = properties.get("baton:answer") or work.answer
        status, event = properties.get("baton:status"), properties.get("baton:event")
        if not status and not event:
            return
        mark = len(work.effects.events)
        if status:
            work.effects.status(status)
        if event:
            work.effects.event(event, payloads.of(self._read, element, work.effects.names.case, scope, self.seed))
        work.events += work.effects.events[mark:]
        del work.effects.events[mark:]

    def cancelled(self, element: Element) -> None:
        """An element was interrupted."""
        self._work.events.append({"type": "cancelled", "element": element.id})

    def business_time(self, calendar: str, start: datetime, duration: timedelta) -> datetime:
        """`duration` later, counting the app's business hours only."""
        return business_hours.by(calendar, start, duration, self._work.app.calendar)


def load(read: Reader, instance_id: str, actor: Actor) -> tuple[Work, bytes]:
    """The instance as it stands and its snapshot; NotFound when there is none."""
    row = read.one(LOAD, {"instance_id": instance_id})
    if row is None:
        raise NotFound()
    return opened(read, row, actor)


def opened(read: Reader, row: Row[Any], actor: Actor) -> tuple[Work, bytes]:
    """The same from a row that has `instance_id` and the columns PLACE, STATE and CASE."""
    app = read.app(row.deployment_id)
    records = Records(read, app)
    case = (row.collection, row.business_key, row.record_rev, row.data, row.person_id, row.watched)
    record = records.know(*case) if row.record_rev is not None else None
    if row.person_data is not None:
        read.know_person(row.person_id, row.person_key, row.person_data)
    effects = Effects(Names(records, record, actor), row.instance_id)
    place = (app, row.deployment_id, row.process_id, effects)
    return Work(row.instance_id, row.instance_rev, *place, row.instance_state, suspended_at=row.suspended_at), row.snapshot


def begin(
    read: Reader,
    deployment_id: str,
    process_id: str,
    records: Records,
    record: RecordView | None,
    actor: Actor,
    instance_id: str | None = None,
) -> Work:
    """A case for an instance that is about to start; its id is a fresh one unless it is given."""
    instance_id = instance_id or new_id()
    effects = Effects(Names(records, record, actor), instance_id)
    return Work(instance_id, 0, records.app, deployment_id, process_id, effects, "new")


def start(read: Reader, work: Work, variables: dict[str, Any], actor: Actor, start_id: str | None = None, linked: RecordView | None = None) -> Change:
    """Run a new instance to its first wait states."""
    execution = bpmn.start(work.app.model, work.process_id, encode(variables), Host(work, read), start_id)
    execution.run()
    change = Change()
    work.effects.write(change, linked)
    row = {"id": work.id, "rev": 1, "app": work.app.key, "deployment_id": work.deployment_id, "process_id": work.process_id}
    row |= {"collection": work.record.kind.name if work.record else None, "business_key": work.record.id if work.record else None}
    row |= {"state": execution.state, "snapshot": execution.dump(), "started_at": read.now, "updated_at": read.now}
    change.insert(ProcessInstance, row | {"ended_at": read.now if execution.state != "running" else None})
    _finish(read, work, change, execution, [], actor)
    return change


def advance(read: Reader, work: Work, snapshot: bytes, act: Callable[[Execution], None], actor: Actor) -> Change:
    """Do `act` to a restored instance and run it to its next wait states; the change is guarded by the instance's revision.

    Raises BpmnError (uncaught by the drawing), StepFailed, and Suspended while an operator holds it; then nothing is to be written.
    """
    suspension.need_running(read, work)
    execution = bpmn.restore(work.app.model, snapshot, Host(work, read))
    before = execution.waits
    act(execution)
    execution.run()
    return save(read, work, execution, before, actor)


def save(read: Reader, work: Work, execution: Execution, before: list[bpmn.Wait], actor: Actor, **columns: Any) -> Change:
    """The change that writes what an execution came to, with further `columns` of the instance; guarded by its revision."""
    change = Change()
    values = {"rev": work.rev + 1, "state": execution.state, "snapshot": execution.dump(), "updated_at": read.now, **columns}
    if execution.state != "running":
        values |= {"ended_at": read.now} | ({"suspended_at": None} if work.suspended_at else {})
    change.update(ProcessInstance, {"id": work.id, "rev": work.rev}, values)
    work.effects.write(change)
    if work.effects.bound is not None:
        _bind(change, work, work.effects.bound)
    _finish(read, work, change, execution, before, actor)
    return change


def _bind(change: Change, work: Work, case: RecordView) -> None:
    """What the instance left behind before it had a case belongs to the case too."""
    place = {"collection": case.kind.name, "business_key": case.id}
    change.add(update(ProcessInstance).where(ProcessInstance.id == work.id).values(**place))
    change.add(update(UserTask).where(UserTask.instance_id == work.id).values(**place))
    change.add(update(History).where(History.instance_id == work.id).values(business_key=case.id))


def _finish(read: Reader, work: Work, change: Change, execution: Execution, before: list[bpmn.Wait], actor: Actor) -> None:
    waits.write(read, work, change, execution, before)
    if work.answer and read.slot:
        change.answer = refusals.answered(work.app, work.answer, work.retry_after)
        if read.slot.remembered:
            change.add(read.slot.remembered(requests.told(change)))
    note(read, work, change, actor)


def note(read: Reader, work: Work, change: Change, actor: Actor) -> None:
    """Add the history row of the revision that the change makes."""
    events = work.events + work.effects.events
    row = {"instance_id": work.id, "rev": work.rev + 1, "app": work.app.key, "business_key": work.record.id if work.record else None, "at": read.now}
    news = outbox.has_news(events)
    row |= {"actor_id": actor.id, "actor_name": actor.name, "events": events, "published_at": None if news else read.now}
    change.insert(History, row)
    change.wake = change.wake or news
