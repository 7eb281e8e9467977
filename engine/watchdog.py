"""The watchdog: looks every ten seconds, once per database, for what cannot go on although nothing failed, and keeps one open incident for each.

Nothing is older than a minute before it is found: 40 seconds of patience, or three looks, and the look itself. An incident of the watchdog
resolves itself once what it found is gone.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.runtime import faults, incidents, lapses, stuck
from engine.runtime.baton import Baton
from engine.runtime.faults import LEASE_LOST, SUBSCRIBER_STILL, UNSERVED, Fault
from engine.runtime.leases import FREE
from engine.runtime.reader import Reader
from engine.runtime.stuck import JOIN_STUCK, STUCK
from engine.store.commit import Change
from engine.store.tables import Duty, Incident

EVERY = timedelta(seconds=10)
OURS = (STUCK, JOIN_STUCK, UNSERVED, LEASE_LOST, SUBSCRIBER_STILL)
NAME = "watchdog"
ROUND = "watchdog-round"  # up to which of the running instances the last look came
WROTE = 500  # incidents that are closed with one statement


def look(baton: Baton) -> None:
    """Look, unless this database was looked at less than 10 seconds ago; whoever of several looks at the same moment, one writes."""
    with baton.read() as read:
        last = _done(read, NAME)
        if last is not None and read.now - last < EVERY and read.now >= last:
            return
    baton.do(report)
    while baton.do(lapses.lapse) == lapses.AT_ONCE:
        pass
    baton.do(lapses.forget_pairs)


def report(read: Reader) -> Change:
    """Open an incident for each fault that has none, and resolve those whose fault is gone."""
    last, change = _done(read, NAME), Change()
    if last is None:
        change.add(insert(Duty), {"name": NAME, "done_at": read.now})
    else:
        change.add(update(Duty).where(Duty.name == NAME, Duty.done_at == last).values(done_at=read.now), expect=1)
    among, reached = stuck.part(read, _done(read, ROUND) or FREE)
    change.add(upsert(Duty).values(name=ROUND, done_at=reached).on_conflict_do_update(index_elements=["name"], set_={"done_at": reached}))
    found = {(fault.kind, fault.source): fault for fault in _faults(read, last, among)}
    known = {(row.kind, row.source): row.id for row in read.all(_open())}
    for pair, fault in found.items():
        if pair not in known:
            incidents.open_incident(read, change, fault.instance_id, fault.source, fault.element_id, fault.kind, fault.message, fault.app)
    gone = [incident_id for pair, incident_id in known.items() if pair not in found]
    for number in range(0, len(gone), WROTE):
        these = Incident.id.in_(gone[number : number + WROTE])
        change.add(update(Incident).where(these, Incident.resolved_at.is_(None)).values(resolved_at=read.now))
    return change


def _done(read: Reader, name: str) -> datetime | None:
    found: datetime | None = read.value(select(Duty.done_at).where(Duty.name == name))
    return found


def _open() -> Any:
    return select(Incident.id, Incident.kind, Incident.source).where(Incident.kind.in_(OURS), Incident.resolved_at.is_(None))


def _faults(read: Reader, last: datetime | None, among: list[ColumnElement[bool]]) -> Iterator[Fault]:
    joins = list(stuck.joins(read, last))
    explained = {fault.instance_id for fault in joins}
    yield from joins
    yield from (fault for fault in stuck.instances(read, among) if fault.instance_id not in explained)
    yield from faults.jobs(read)
    yield from faults.subscribers(read)
