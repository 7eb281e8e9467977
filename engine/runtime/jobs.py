"""Jobs: service calls, notifications, timers, signals and continuations, under a lease with a fencing token (design 5)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update

from engine.actors import SYSTEM, Actor
from engine.bpmn import Execution, TokenGone, UncaughtError
from engine.errors import BatonError, BpmnError, NotFound, Refused
from engine.ids import new_id
from engine.runtime import audit, incidents, step
from engine.runtime.messages import EPOCH
from engine.runtime.reader import Reader
from engine.store.commit import Change, Write
from engine.store.tables import Job

LEASE = timedelta(seconds=30)
ATTEMPT_LIMIT = 10  # a job whose workers die again and again becomes an incident too
BACK_OFF = (10, 60, 300)  # seconds before the next try, by failures so far (C-15)


def claim(read: Reader) -> Change:
    """Lease the oldest due job of ours; service jobs wait for external workers.

    Answers its row as a dict, with a fresh lease token, or None when nothing is due.
    """
    due = (Job.due_at <= read.now, Job.lease_until < read.now, Job.retries_left > 0, Job.kind != "service")
    job = read.one(select(*Job.__table__.c).where(*due).order_by(Job.due_at, Job.id).limit(1))
    if job is None:
        return Change()
    token = new_id()
    change = Change(wake=True)
    where = (Job.id == job.id, Job.attempts == job.attempts, Job.lease_until < read.now)
    values: dict[str, Any] = {"lease_until": read.now + LEASE, "lease_token": token, "attempts": job.attempts + 1}
    if job.attempts >= ATTEMPT_LIMIT:
        values = {"retries_left": 0, "error": f"given up after {ATTEMPT_LIMIT} attempts that never reported"}
        incidents.open_incident(read, change, job.instance_id, job.id, job.element_id, "JOB_LOST", values["error"])
    change.add(update(Job).where(*where).values(**values), expect=1)
    if job.attempts < ATTEMPT_LIMIT:
        change.result = {**job._mapping, "lease_token": token, "attempts": job.attempts + 1}
    return change


def _held(read: Reader, job_id: str, lease_token: str) -> Row[Any] | None:
    return read.one(select(*Job.__table__.c).where(Job.id == job_id, Job.lease_token == lease_token))


def sent(read: Reader, *, job_id: str, lease_token: str) -> Change:
    """A notification was taken by its partner; no instance waits for it."""
    job = _held(read, job_id, lease_token)
    change = Change()
    if job is not None:
        change.add(delete(Job).where(Job.id == job_id, Job.lease_token == lease_token), expect=1)
        incidents.resolve(read, change, job_id)
    return change


def finish(read: Reader, *, job_id: str, lease_token: str, result: Mapping[str, Any]) -> Change:
    """A job succeeded: its result goes into the instance and the instance runs on. Nothing happens when the lease went to another."""

    def act(execution: Execution, job: Row[Any]) -> None:
        if job.kind == "service":
            execution.complete(job.token, dict(result))
        elif job.kind != "continue":
            execution.trigger(job.token, dict(job.payload.get("variables", {})))

    return _step(read, job_id, lease_token, act)


def throw(read: Reader, *, job_id: str, lease_token: str, error: BpmnError) -> Change:
    """A job ended in a business error: the drawing catches it, or it becomes an incident."""
    return _step(read, job_id, lease_token, lambda execution, job: execution.throw(job.token, error))


def _step(read: Reader, job_id: str, lease_token: str, act: Any) -> Change:
    job = _held(read, job_id, lease_token)
    if job is None:
        return Change()
    work, snapshot = step.load(read, job.instance_id, SYSTEM)
    try:
        change = step.advance(read, work, snapshot, lambda execution: act(execution, job), SYSTEM)
    except TokenGone:
        change = Change()
    except BatonError as error:
        return _give_up(read, job, error)
    change.writes.insert(0, Write(delete(Job).where(Job.id == job_id, Job.lease_token == lease_token), expect=1))
    incidents.resolve(read, change, job_id)
    return change


def fail(read: Reader, *, job_id: str, lease_token: str, error: str, permanent: bool = False) -> Change:
    """A try failed: the next one comes after 10, 60, 300 seconds; with no retries left it is an incident."""
    job = _held(read, job_id, lease_token)
    if job is None:
        return Change()
    left = 0 if permanent else job.retries_left - 1
    if left <= 0:
        return _give_up(read, job, BpmnError("JOB_FAILED", error))
    wait = timedelta(seconds=BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1])
    return _release(job, due_at=read.now + wait, retries_left=left, error=error[:2000])


def _give_up(read: Reader, job: Row[Any], error: Exception) -> Change:
    code = error.code if isinstance(error, (UncaughtError, BpmnError)) else "STEP_FAILED"
    change = _release(job, retries_left=0, error=str(error)[:2000])
    incidents.open_incident(read, change, job.instance_id, job.id, job.element_id, code, str(error))
    return change


def _release(job: Row[Any], **values: Any) -> Change:
    change = Change(wake=True)
    where = (Job.id == job.id, Job.lease_token == job.lease_token)
    change.add(update(Job).where(*where).values(lease_until=EPOCH, lease_token=None, **values), expect=1)
    return change


def retry(read: Reader, *, job_id: str, actor: Actor, reason: str) -> Change:
    """Give a failed job its tries back and let it run now. Refused when it is not failed; audited with the reason."""
    job = read.one(select(*Job.__table__.c).where(Job.id == job_id))
    if job is None:
        raise NotFound("NO_JOB")
    if job.lease_until > read.now:
        raise Refused("JOB_RUNNING", {"ko": "지금 다시 시도하고 있어요.", "en": "It is being tried right now."})
    change = Change(result=job_id, wake=True)
    where = (Job.id == job_id, Job.attempts == job.attempts, Job.lease_until == job.lease_until)
    change.add(update(Job).where(*where).values(retries_left=3, attempts=0, due_at=read.now, error=None), expect=1)
    incidents.resolve(read, change, job_id)
    audit.note(read, change, actor, "job.retry", job_id, reason)
    return change
