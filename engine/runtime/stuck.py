"""Instances that run although nothing could ever wake them: nothing of them waits, or a join waits for what can never arrive.

Rows may vanish without a trace, so every running instance is looked at again and again: a part of them in each look, all in `LOOKS` looks.
A join can only get stuck by a step: there it is enough to look at what has changed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, exists, func, select, tuple_

from engine import bpmn
from engine.actors import SYSTEM
from engine.errors import BatonError
from engine.runtime import step
from engine.runtime.faults import Fault
from engine.runtime.leases import FREE
from engine.runtime.reader import Reader
from engine.store.tables import Incident, Job, MessageSubscription, ProcessInstance, UserTask

STUCK, JOIN_STUCK = "STUCK", "JOIN_STUCK"
LOOKS = 3
FEW = 2000  # running instances that are looked at together, however few there are
AT_MOST = 500  # newly stuck ones in one look: each is opened to see where
BATCH = 1000
OVERLAP = timedelta(seconds=30)  # a step that was computed before the last look may have been written after it
INSTANCE = ProcessInstance.__table__.c
RUNNING = INSTANCE.state == "running"


def part(read: Reader, begin: datetime) -> tuple[list[ColumnElement[bool]], datetime]:
    """The condition for the running instances that are looked at now, those not changed before `begin` first, and where the next look begins."""
    share = max(FEW, -(-(read.value(select(func.count()).where(RUNNING)) or 0) // LOOKS))
    rest = (RUNNING, INSTANCE.updated_at > begin)
    end = read.value(select(INSTANCE.updated_at).where(*rest).order_by(INSTANCE.updated_at).offset(share - 1).limit(1))
    return ([*rest], FREE) if end is None else ([*rest, INSTANCE.updated_at <= end], end)


def instances(read: Reader, among: list[ColumnElement[bool]]) -> Iterator[Fault]:
    """Instances of which nothing waits for anybody: those known to be stuck that still are, and new ones `among` these."""
    idle = (
        RUNNING,
        ~exists().where(UserTask.instance_id == INSTANCE.id, UserTask.state == "open"),
        ~exists().where(Job.instance_id == INSTANCE.id, Job.kind != "notification"),
        ~exists().where(MessageSubscription.instance_id == INSTANCE.id),
        ~exists().where(Incident.instance_id == INSTANCE.id, Incident.kind != STUCK, Incident.resolved_at.is_(None)),
    )
    found = select(INSTANCE.id, INSTANCE.app, INSTANCE.process_id)
    known = {row.id: row for row in read.all(found.where(*idle, INSTANCE.id.in_(_known(STUCK))))}
    yield from (Fault(STUCK, row.id, row.id, "", "", row.app) for row in known.values())
    new = found.where(*idle, *among, INSTANCE.id.not_in(_known(STUCK))).order_by(INSTANCE.updated_at).limit(AT_MOST)
    for row in read.all(new):
        if (where := _nothing_waits(read, row)) is not None:
            yield Fault(STUCK, row.id, row.id, where, f"nothing waits here, and the instance has not ended; it stands at {where}", row.app)


def _known(kind: str) -> Select[Any]:
    return select(Incident.instance_id).where(Incident.kind == kind, Incident.resolved_at.is_(None))


def _nothing_waits(read: Reader, row: Row[Any]) -> str | None:
    """Where an instance is stuck; None when it only waits for a condition to become true."""
    try:
        execution = _restored(read, row.id)
        waits = execution.waits
        if waits and all(wait.kind == "condition" for wait in waits):
            return None
        return next((element for _, element in execution.tokens), str(row.process_id))
    except (BatonError, ValueError, LookupError, TypeError):  # its snapshot cannot even be read
        return str(row.process_id)


def joins(read: Reader, last: datetime | None) -> Iterator[Fault]:
    """Instances with a join that can never fire, among those that have changed since the last look and those that were known."""
    seen = set()
    for row in _changed(read, last - OVERLAP if last else FREE):
        seen.add(row.id)
        yield from _hopeless(read, row)
    for row in read.all(select(INSTANCE.id, INSTANCE.app, INSTANCE.snapshot).where(RUNNING, INSTANCE.id.in_(_known(JOIN_STUCK)))):
        if row.id not in seen:
            yield from _hopeless(read, row)


def _changed(read: Reader, since: datetime) -> Iterator[Row[Any]]:
    place = (INSTANCE.updated_at, INSTANCE.id)
    rows = select(INSTANCE.id, INSTANCE.app, INSTANCE.snapshot, INSTANCE.updated_at).where(RUNNING).order_by(*place).limit(BATCH)
    found = read.all(rows.where(INSTANCE.updated_at >= since))
    while found:
        yield from found
        last = found[-1]
        found = read.all(rows.where(INSTANCE.updated_at >= last.updated_at, tuple_(*place) > tuple_(last.updated_at, last.id)))


def _hopeless(read: Reader, row: Row[Any]) -> Iterator[Fault]:
    if not _has_arrivals(row.snapshot):
        return
    try:
        join = _restored(read, row.id).hopeless_join
    except BatonError:
        return
    if join:
        yield Fault(JOIN_STUCK, row.id, row.id, join, f"the gateway {join} waits for tokens that can never arrive", row.app)


def _has_arrivals(snapshot: bytes) -> bool:
    try:
        return any(body[3] for body in orjson.loads(snapshot)[5])
    except (ValueError, LookupError, TypeError):
        return False


def _restored(read: Reader, instance_id: str) -> bpmn.Execution:
    work, snapshot = step.load(read, instance_id, SYSTEM)
    return bpmn.restore(work.app.model, snapshot, step.Host(work, read))
