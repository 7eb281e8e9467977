"""Jobs: service calls, notifications, timers, signals and continuations, under a lease with a fencing token (design 5)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update

from engine.actors import SYSTEM, Actor
from engine.bpmn import Execution, TokenGone, UncaughtError
from engine.errors import BatonError, BpmnError, Refused
from engine.ids import new_id
from engine.runtime import audit, delivery, incidents, step
from engine.runtime.leases import FREE, LEASE
from engine.runtime.reader import Reader
from engine.store.commit import Change, Write
from engine.store.tables import Job

ATTEMPT_LIMIT = 10  # a job whose workers die again and again becomes an incident too
BACK_OFF = (10, 60, 300)  # seconds before the next try, by failures so far (C-15)
TRIES_AGAIN = 3  # what an operator gives a failed job


def claim(read: Reader) -> Change:
    """Lease the oldest due job of ours; service jobs wait for external workers.

    Answers its row as a dict, with a fresh lease token, or None when nothing is due.
    """
    due = (Job.due_at <= read.now, Job.lease_until < read.now, Job.retries_left > 0, Job.attempts < ATTEMPT_LIMIT, Job.kind != "service")
    job = read.one(select(*Job.__table__.c).where(*due).order_by(Job.due_at, Job.id).limit(1))
    if job is None:
        return Change()
    leased = {"lease_until": read.now + LEASE, "lease_token": new_id(), "attempts": job.attempts + 1}
    change = Change(result={**job._mapping, **leased}, wake=True)
    where = (Job.id == job.id, Job.attempts == job.attempts, Job.lease_until < read.now)
    change.add(update(Job).where(*where).values(**leased), expect=1)
    return change


def give_up_lost(read: Reader) -> Change:
    """Make incidents of the jobs whose workers died every time, without ever reporting."""
    lost = (Job.attempts >= ATTEMPT_LIMIT, Job.lease_until < read.now, Job.retries_left > 0)
    change = Change()
    for job in read.all(select(*Job.__table__.c).where(*lost).limit(100)):
        error = f"given up after {job.attempts} attempts that never reported"
        where = (Job.id == job.id, Job.attempts == job.attempts, Job.lease_until < read.now, Job.retries_left > 0)
        change.add(update(Job).where(*where).values(retries_left=0, error=error), expect=1)
        incidents.open_incident(read, change, job.instance_id, job.id, job.element_id, "JOB_LOST", error)
    return change


def _held(read: Reader, job_id: str, lease_token: str) -> Row[Any] | None:
    return read.one(select(*Job.__table__.c).where(Job.id == job_id, Job.lease_token == lease_token))


def renew(read: Reader, *, job_id: str, lease_token: str) -> Change:
    """Hold a job for longer, while its partner is still being asked. Nothing happens when the lease went to another."""
    change = Change()
    if _held(read, job_id, lease_token) is not None:
        where = (Job.id == job_id, Job.lease_token == lease_token)
        change.add(update(Job).where(*where).values(lease_until=read.now + LEASE), expect=1)
    return change


def sent(read: Reader, *, job_id: str, lease_token: str) -> Change:
    """A notification was taken by its partner; no instance waits for it."""
    job = _held(read, job_id, lease_token)
    change = Change()
    if job is not None:
        change.add(delete(Job).where(Job.id == job_id, Job.lease_token == lease_token), expect=1)
    return change


def finish(read: Reader, *, job_id: str, lease_token: str) -> Change:
    """A timer, signal or continuation is due: the instance runs on. Nothing happens when the lease went to another."""
    job = _held(read, job_id, lease_token)
    if job is None:
        return Change()
    work, snapshot = step.load(read, job.instance_id, SYSTEM)
    work.finishes = job_id

    def act(execution: Execution) -> None:
        if job.kind != "continue":
            execution.trigger(job.token, dict(job.payload.get("variables", {})))

    try:
        change = step.advance(read, work, snapshot, act, SYSTEM)
    except TokenGone:
        change = Change()
    except BatonError as error:
        return _give_up(read, job, error)
    change.writes.insert(0, Write(delete(Job).where(Job.id == job_id, Job.lease_token == lease_token), expect=1))
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
    change.add(update(Job).where(*where).values(lease_until=FREE, lease_token=None, **values), expect=1)
    return change


def retry(read: Reader, *, job_id: str, actor: Actor, reason: str) -> Change:
    """Give a failed job, or a message that could not be delivered, its tries back and let it run now; audited with the reason.

    NotFound without it; refused when it has not failed.
    """
    job = read.one(select(*Job.__table__.c).where(Job.id == job_id))
    if job is None:
        return delivery.retry(read, message_id=job_id, actor=actor, reason=reason)
    if job.retries_left > 0:
        raise Refused(
            "JOB_NOT_FAILED", {"ko": "실패한 작업이 아니에요. 스스로 다시 시도해요.", "en": "This job has not failed; it goes on by itself."}
        )
    change = Change(result=job_id, wake=True)
    where = (Job.id == job_id, Job.attempts == job.attempts, Job.retries_left == job.retries_left)
    change.add(update(Job).where(*where).values(retries_left=TRIES_AGAIN, attempts=0, due_at=read.now, error=None), expect=1)
    incidents.resolve(read, change, job.instance_id, [job_id])
    audit.note(read, change, actor, "job.retry", job_id, reason)
    return change
