"""Looking at the conditions of an instance because records have changed elsewhere, or because it is time to look again."""

from typing import Any

from sqlalchemy import Row, delete, select, update

from engine import bpmn
from engine.actors import SYSTEM
from engine.runtime import step, suspension, watches
from engine.runtime.leases import FREE
from engine.runtime.reader import Reader
from engine.runtime.work import Work
from engine.store.commit import Change, Write
from engine.store.tables import Job, MessageSubscription

KIND = watches.KIND


def look(read: Reader, job: Row[Any]) -> Change:
    """The instance of a leased job runs on if one of its conditions has become true. If none has, nothing of it is written and the job waits
    for the next change or the next round."""
    work, snapshot = step.load(read, job.instance_id, SYSTEM)
    suspension.need_running(read, work)
    execution = bpmn.restore(work.app.model, snapshot, step.Host(work, read))
    before = execution.waits
    execution.run()
    if execution.dump() == snapshot:
        return _again(read, job, work, execution)
    work.finishes = job.id
    change = step.save(read, work, execution, before, SYSTEM)
    held = _held(job)
    if watches.tokens(before) == watches.tokens(execution.waits):
        return _first(change, Write(update(Job).where(*held).values(**_freed(read)), expect=1))
    return _first(change, Write(delete(Job).where(*held), expect=1))


def _again(read: Reader, job: Row[Any], work: Work, execution: bpmn.Execution) -> Change:
    change = Change()
    change.add(update(Job).where(*_held(job)).values(**_freed(read)), expect=1)
    wanted = watches.rows(read, work, watches.of_conditions(work, execution))
    ours = (MessageSubscription.instance_id == work.id, MessageSubscription.name.startswith(watches.PREFIX))
    standing = {(row.name, row.key) for row in read.all(select(MessageSubscription.name, MessageSubscription.key).where(*ours))}
    if standing != {(row["name"], row["key"]) for row in wanted}:  # a reference points elsewhere now
        change.add(delete(MessageSubscription).where(*ours))
        if wanted:
            change.insert(MessageSubscription, wanted)
    return change


def _held(job: Row[Any]) -> tuple[Any, ...]:
    # Who writes a watched record meanwhile takes the lease away.
    return Job.id == job.id, Job.lease_token == job.lease_token


def _freed(read: Reader) -> dict[str, Any]:
    return {"due_at": read.now + watches.ROUND, "lease_until": FREE, "lease_token": None, "attempts": 0}


def _first(change: Change, write: Write) -> Change:
    change.writes.insert(0, write)
    return change
