"""Which records an armed condition reads, as rows of `message_subscription`: whoever writes such a record wakes the instance.

A row is named `condition:<app>.<collection>`; its key is the record's id, or empty where any record of the collection counts.
The wake-up is the instance's one job of kind "condition". It is also due by itself now and then: a write that could not know of the condition
costs a round, never the event. A condition that reads the clock is woken by these rounds alone.
"""

import re
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, or_, select, update

from engine.apps import ProcessApp, RecordType
from engine.bpmn import Element, Execution, Wait
from engine.runtime.leases import FREE, unleased
from engine.runtime.reader import Reader
from engine.runtime.records import WATCHES, Records, RecordView
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.tables import Job, MessageSubscription

if TYPE_CHECKING:
    from engine.runtime.work import Work

KIND = "condition"
PREFIX = WATCHES
SOON = timedelta(seconds=10)  # after arming: what was being written just then is seen by that time
ROUND = timedelta(minutes=5)
DEPTH = 3  # how many references a condition is followed along
TRIES = 3

CLOCK = re.compile(r"\b(?:now|today)\s*\(")

PLACE = MessageSubscription.__table__.c
WAITING = select(PLACE.instance_id.concat(f"-{KIND}")).where(
    PLACE.name == bindparam("watched"), or_(PLACE.key == "", PLACE.key == bindparam("record"))
)
# Whoever is looking right now has seen the record as it was: the lease is taken away, and the look comes again.
AT_ONCE = {"due_at": bindparam("now", type_=Job.__table__.c.due_at.type), "lease_until": FREE, "lease_token": None, "attempts": 0}
WAKE = Constant(update(Job).where(Job.id.in_(WAITING)).values(AT_ONCE))

Rows = list[dict[str, Any]]
Watched = set[tuple[str, str]]
OWN: Watched = {("", "")}  # only the instance's own variables: the row says that something waits


def write(read: Reader, work: "Work", change: Change, execution: Execution, before: list[Wait], subscriptions: Rows, jobs: Rows) -> None:
    """Let the watches of an instance follow its armed conditions: add the statements for those that go, and the rows of those that come."""
    old, new = tokens(before), tokens(execution.waits)
    if old == new:
        return
    if old:
        change.add(delete(MessageSubscription).where(MessageSubscription.instance_id == work.id, MessageSubscription.name.startswith(PREFIX)))
        if work.finishes != job_id(work.id):
            change.add(delete(Job).where(Job.id == job_id(work.id)))
    if not new:
        return
    watched = of_conditions(work, execution)
    subscriptions += rows(read, work, watched)
    if watched != OWN or reads_clock(execution):  # whoever changes the instance's own variables looks at its conditions
        row = {"id": job_id(work.id), "instance_id": work.id, "token": 0, "kind": KIND, "type": KIND, "app": work.app.key, "element_id": ""}
        row |= {"payload": {}, "due_at": read.now + SOON, "retries_left": TRIES, "suspended": work.suspended_at is not None}
        jobs.append(row | unleased(read.now))


def tokens(waits: list[Wait]) -> list[int]:
    """The tokens that wait for a condition."""
    return [wait.token for wait in waits if wait.kind == KIND]


def job_id(instance_id: str) -> str:
    """The id of an instance's job to look at its conditions."""
    return f"{instance_id}-{KIND}"


def rows(read: Reader, work: "Work", watched: Watched) -> list[dict[str, Any]]:
    """The rows for what is watched."""
    fixed = {"instance_id": work.id, "token": 0, "element_id": "", "created_at": read.now}
    return [
        {"id": f"{work.id}-c{number}", "name": f"{PREFIX}{work.app.key}.{collection}", "key": key} | fixed
        for number, (collection, key) in enumerate(sorted(watched), 1)
    ]


def of_conditions(work: "Work", execution: Execution) -> Watched:
    """The (collection, record id) that the armed conditions of an instance read; an empty id stands for every record, OWN for none."""
    found: Watched = set()
    for wait in execution.waits:
        if wait.kind == KIND:
            element = execution.element(wait.token)
            for name in names_read(element) & work.app.records.keys():
                record = work.effects.names.bound(name)
                found |= {(name, "")} if record is None else _followed(record, words(element), DEPTH)
    return found or OWN


def reads_clock(execution: Execution) -> bool:
    """Whether an armed condition asks what time it is: nothing that is written tells it."""
    armed = (execution.element(wait.token).condition for wait in execution.waits if wait.kind == KIND)
    return any(CLOCK.search(condition.expression.text) for condition in armed if condition and condition.expression)


def _followed(record: RecordView, named: frozenset[str], depth: int) -> Watched:
    found = {(record.kind.name, record.id)}
    for name, field in record.kind.fields.items():
        if field.type == "ref" and name in named and depth:
            referred = record[name]
            found |= _followed(referred, named, depth - 1) if isinstance(referred, RecordView) else {(str(field.to), "")}
    return found


def names_read(element: Element) -> frozenset[str]:
    """The names that a conditional event's expression begins with."""
    expression = element.condition.expression if element.condition else None
    return expression.names_read if expression else frozenset()


def words(element: Element) -> frozenset[str]:
    """Every name on the paths of a conditional event's expression."""
    expression = element.condition.expression if element.condition else None
    return frozenset(part for path in expression.paths_read for part in path) if expression else frozenset()


@lru_cache(maxsize=64)
def watched_by(app: ProcessApp) -> frozenset[str]:
    """The collections whose records the conditional events of an app may read."""
    elements = (element for process in app.model.processes.values() for element in process.elements.values())
    roots = ((app.records[name], words(element)) for element in elements for name in names_read(element) & app.records.keys())
    return frozenset(name for kind, named in roots for name in _reached(app, kind, named, DEPTH))


def _reached(app: ProcessApp, kind: RecordType, named: frozenset[str], depth: int) -> set[str]:
    referred = (app.records[str(field.to)] for name, field in kind.fields.items() if field.type == "ref" and name in named and depth)
    return {kind.name}.union(*(_reached(app, one, named, depth - 1) for one in referred))


def wake(change: Change, records: Records) -> None:
    """Add the statement that makes the instances due whose armed conditions read what this step has written. After the records' own statements."""
    touched = {*records.changed, *records.created, *records.additions}
    places = sorted((record.kind.name, record.id) for record in touched if record.watched and record.kind.name in watched_by(records.app))
    if places:
        app, now = records.app.key, records.read.now
        change.add(WAKE, [{"watched": f"{PREFIX}{app}.{collection}", "record": record_id, "now": now} for collection, record_id in places])
        change.wake = True
