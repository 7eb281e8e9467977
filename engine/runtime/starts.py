"""What starts instances without a person: the timer, message and signal start events of live versions.

A message or signal start is a row of `start_subscription`; a timer start is a job of kind "start" that stays from one firing to the next.
A message or signal that has come is a job of that kind too, for one firing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from engine import bpmn
from engine.actors import SYSTEM
from engine.apps import AppRefused, ProcessApp
from engine.bpmn import Due, Element, Process
from engine.errors import BatonError, BpmnError
from engine.findings import Finding
from engine.ids import new_id
from engine.runtime import business_hours, incidents, messages, step
from engine.runtime.leases import FREE, unleased
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import Records
from engine.store.commit import Change, Write
from engine.store.tables import Job, StartSubscription

KIND = "start"
SCHEDULE = "start:"  # begins the id of a timer start's job
TRIES = 3
MADE_UP_FOR = timedelta(days=1)  # of standstill
TIMER_ERRORS = (ValueError, BpmnError, bpmn.StepFailed)


@dataclass
class Schedule:
    """The time and the calendars by which the timers of start events count."""

    app: ProcessApp
    now: datetime

    def business_time(self, calendar: str, start: datetime, duration: timedelta) -> datetime:
        """`duration` later, counting the app's business hours only."""
        return business_hours.by(calendar, start, duration, self.app.calendar)


def replace(read: Reader, change: Change, app: ProcessApp, deployment_id: str, before: ProcessApp | None) -> None:
    """Let a version that goes live wait for what starts its processes, and the one `before` it no longer.

    A timer that is drawn as before goes on as it was: it neither begins again nor fires again. Raises AppRefused for a timer that gives no time.
    """
    key = app.key
    change.add(delete(StartSubscription).where(StartSubscription.app == key))
    running = {job.id: job for job in read.all(select(*Job.__table__.c).where(Job.app == key, Job.kind == KIND, Job.id.startswith(SCHEDULE)))}
    for job in running.values():
        # Fired meanwhile: then its next time is another one, and all of this is worked out again.
        change.add(delete(Job).where(Job.id == job.id, Job.due_at == job.due_at), expect=1)
    if running:
        incidents.resolve(read, change, "", sorted(running))
    schedules = []
    for process, element in drawn(app):
        if element.event == "timer":
            kept = running.get(schedule_id(key, process, element))
            schedules += _schedule(read, app, deployment_id, process, element, kept, before)
        elif (name := subscribed_name(read, app, element)) is not None:
            row = {"id": new_id(), "app": key, "deployment_id": deployment_id, "process_id": process.id, "element_id": element.id, "name": name}
            change.add(insert(StartSubscription), row)
    if schedules:
        change.add(insert(Job), schedules)
    change.wake = True


def remove(read: Reader, change: Change, key: str) -> None:
    """Nothing starts instances of this app any more."""
    change.add(delete(StartSubscription).where(StartSubscription.app == key))
    jobs = [job.id for job in read.all(select(Job.id).where(Job.app == key, Job.kind == KIND))]
    if jobs:
        change.add(delete(Job).where(Job.id.in_(jobs)))
        incidents.resolve(read, change, "", jobs)


def drawn(app: ProcessApp) -> list[tuple[Process, Element]]:
    """The elements at which an event starts an instance, each with its process."""
    found = ((process, element) for process in app.model.processes.values() for element in process.starts)
    return [(process, element) for process, element in found if element.event in ("timer", "message", "signal")]


def subscribed_name(read: Reader, app: ProcessApp, element: Element) -> str | None:
    """The full name of the message or signal that a start waits for; None when its expression gives none."""
    value = element.message.name if element.message else element.signal
    found = value.evaluate(_names(read, app), read.now) if value is not None else None
    if not isinstance(found, str) or not found:
        return None
    full = messages.full_name(app.key, found)
    return full if element.message else messages.SIGNAL + full


def schedule_id(key: str, process: Process, element: Element) -> str:
    """The id of a timer start's job; a long one ends in a digest."""
    found = f"{SCHEDULE}{key}:{process.id}:{element.id}"
    return found if len(found) <= 60 else f"{found[:43]}-{blake2b(found.encode(), digest_size=8).hexdigest()}"


def _schedule(
    read: Reader, app: ProcessApp, deployment_id: str, process: Process, element: Element, kept: Row[Any] | None, before: ProcessApp | None
) -> list[dict[str, Any]]:
    timer = _drawn_as(element)
    if kept is not None and kept.payload["timer"] == timer:
        due = Due(kept.due_at, kept.payload["left"])
    elif kept is None and before is not None and _drawn_before(before, process, element) == timer:
        return []  # it has fired for the last time
    else:
        due = _first(read, app, process, element)
    payload = {"deployment": deployment_id, "process": process.id, "timer": timer, "left": due.left}
    row = {"id": schedule_id(app.key, process, element), "instance_id": "", "token": 0, "kind": KIND, "type": "timer", "app": app.key}
    row |= {"element_id": element.id, "payload": payload, "due_at": due.at, "retries_left": TRIES}
    return [row | unleased(read.now)]


def _drawn_as(element: Element) -> list[str | None]:
    timer = element.timer
    return [timer.kind, timer.value.text, timer.calendar] if timer else []


def _drawn_before(before: ProcessApp, process: Process, element: Element) -> list[str | None]:
    old = before.model.processes.get(process.id)
    return next((_drawn_as(start) for start in old.starts if start.id == element.id), []) if old else []


def _first(read: Reader, app: ProcessApp, process: Process, element: Element) -> Due:
    try:
        if element.timer is None:
            raise BpmnError("BAD_TIMER", "the timer says no time")
        return bpmn.first_due(element.timer, _names(read, app), Schedule(app, read.now))
    except TIMER_ERRORS as error:
        ko, en = f"시작 타이머의 시각을 알 수 없어요: {error}", f"the start timer gives no time: {error}"
        mend = "타이머의 값이 ISO 8601 시각·기간·반복이나 cron이 되게 해 주세요.", "Let the timer give an ISO 8601 date, duration or cycle, or cron."
        raise AppRefused(app.key, [Finding(process.file, element.id, "timer-value", "error", ko, en, *mend)]) from error


def _names(read: Reader, app: ProcessApp) -> Names:
    return Names(Records(read, app), None, SYSTEM)


def fire(read: Reader, job: Row[Any]) -> Change:
    """The start event of a leased job has happened: a new instance runs to its first wait states.

    A timer then waits for its next time, whatever came of this one. What goes wrong with a timer's firing is an incident with a job of its own;
    anything else raises.
    """
    app = read.app(job.payload["deployment"])
    if not job.id.startswith(SCHEDULE):
        return _once(_begin(read, app, job), job)
    after = _again(read, app, job)
    try:
        change = _begin(read, app, job)
    except BatonError as error:
        change = _failed(read, job, error)
    change.writes.insert(0, after)
    change.wake = True
    return change


def _begin(read: Reader, app: ProcessApp, job: Row[Any]) -> Change:
    work = step.begin(read, job.payload["deployment"], job.payload["process"], Records(read, app), None, SYSTEM)
    work.events.append({"type": "started", "element": job.element_id, "by": job.type})
    return step.start(read, work, job.payload.get("variables", {}), SYSTEM, job.element_id)


def _once(change: Change, job: Row[Any]) -> Change:
    change.writes.insert(0, Write(delete(Job).where(*_held(job)), expect=1))
    return change


def _again(read: Reader, app: ProcessApp, job: Row[Any]) -> Write:
    # Counted from when it was due, not from when a worker came to it: cycles do not drift. What was missed is made up for, but
    # after a standstill of more than a day only once: nobody needs the hundreds of firings of a clock that ticks every five minutes.
    element = app.model.processes[job.payload["process"]].elements[job.element_id]
    try:
        due = _next(read, app, element, job.payload["left"], job.due_at)
        if due is not None and due.at < read.now - MADE_UP_FOR:
            due = _next(read, app, element, job.payload["left"], read.now)
    except TIMER_ERRORS as error:
        raise BpmnError("BAD_TIMER", str(error)) from error
    if due is None:
        return Write(delete(Job).where(*_held(job)), expect=1)
    freed = {"lease_until": FREE, "lease_token": None, "attempts": 0, "retries_left": TRIES, "error": None}
    return Write(update(Job).where(*_held(job)).values(due_at=due.at, payload={**job.payload, "left": due.left}, **freed), expect=1)


def _next(read: Reader, app: ProcessApp, element: Element, left: int | None, since: datetime) -> Due | None:
    return bpmn.next_due(element.timer, left, _names(read, app), Schedule(app, since)) if element.timer else None


def _held(job: Row[Any]) -> tuple[Any, ...]:
    return Job.id == job.id, Job.lease_token == job.lease_token


def _failed(read: Reader, job: Row[Any], error: BatonError) -> Change:
    change, firing = Change(), new_id()
    row = {"id": firing, "instance_id": "", "token": 0, "kind": KIND, "type": job.type, "app": job.app, "element_id": job.element_id}
    row |= unleased(read.now) | {"payload": job.payload, "due_at": job.due_at, "retries_left": 0, "error": str(error)[:2000]}
    change.add(insert(Job), row)
    incidents.open_incident(read, change, "", firing, job.element_id, "START_FAILED", str(error))
    return change
