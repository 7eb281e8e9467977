"""Jobs: service calls, notifications, timers, signals and continuations, under a lease with a fencing token (design 5)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Integer, Row, bindparam, delete, or_, select, update

from engine.actors import SYSTEM, Actor
from engine.bpmn import Execution, TokenGone, TooLarge, UncaughtError
from engine.connectors.contract import CALLS
from engine.errors import BatonError, BpmnError, Refused
from engine.ids import new_id
from engine.runtime import audit, conditions, delivery, incidents, starts, step
from engine.runtime.leases import FREE, LEASE
from engine.runtime.reader import Reader
from engine.runtime.suspension import Suspended
from engine.runtime.switches import is_draining, is_paused
from engine.store import statements
from engine.store.commit import Change, Write
from engine.store.constant import Constant
from engine.store.tables import Job

ATTEMPT_LIMIT = 10  # a job whose workers die again and again becomes an incident too
BACK_OFF = (10, 60, 300)  # seconds before the next try, by failures so far (C-15)
BY_KIND = {starts.KIND: starts.fire, conditions.KIND: conditions.look}  # these see to their own rows
TRIES_AGAIN = 3  # what an operator gives a failed job

ROW = select(*Job.__table__.c)
DUE = (Job.due_at <= bindparam("now"), Job.lease_until < bindparam("now"), Job.retries_left > 0, Job.attempts < ATTEMPT_LIMIT)
OURS = (or_(Job.kind != "service", *(Job.type == call for call in sorted(CALLS))), or_(Job.kind != starts.KIND, ~is_draining()))
FREE_TO_GO = (Job.suspended.is_(False), ~is_paused(Job.__table__.c.app))
CLAIMABLE = ROW.where(*DUE, *OURS, *FREE_TO_GO)
THAT = Constant(CLAIMABLE.where(Job.id == bindparam("id")))
OLDEST = Constant(CLAIMABLE.order_by(Job.due_at, Job.id).limit(1).offset(bindparam("beyond", type_=Integer)))
SAME = ("id", "attempts", "due_at")  # of the job that was read, when it is taken
TAKE = Constant(statements.update_of(Job, SAME, ("lease_until", "lease_token", "attempts")).where(Job.lease_until < bindparam("now")))
HELD = Constant(ROW.where(Job.id == bindparam("id"), Job.lease_token == bindparam("lease_token")))


def claim(read: Reader, *, job_id: str | None = None, beyond: int = 0) -> Change:
    """Lease the oldest due job of ours, or that one if it is due; service jobs that call no partner wait for external workers.

    `beyond` passes over so many of the oldest, where there are more: of many workers not all have to want the same.

    Answers its row as a dict, with a fresh lease token, or None when nothing is due.
    """
    place = {"id": job_id} if job_id else {"beyond": beyond}
    job = read.one(THAT if job_id else OLDEST, {"now": read.now, **place})
    if job is None:
        return claim(read, job_id=job_id) if beyond else Change()
    leased = {"lease_until": read.now + LEASE, "lease_token": new_id(), "attempts": job.attempts + 1}
    change = Change(result={**job._mapping, **leased}, wake=True)
    guards = statements.bound({name: job._mapping[name] for name in SAME})
    change.add(TAKE, {**guards, **leased, "now": read.now}, expect=1)
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


def held(read: Reader, job_id: str, lease_token: str) -> Row[Any] | None:
    """The job, while the lease is held with this token."""
    return read.one(HELD, {"id": job_id, "lease_token": lease_token})


def renew(read: Reader, *, job_id: str, lease_token: str) -> Change:
    """Hold a job for longer, while its partner is still being asked. Nothing happens when the lease went to another."""
    change = Change()
    if held(read, job_id, lease_token) is not None:
        where = (Job.id == job_id, Job.lease_token == lease_token)
        change.add(update(Job).where(*where).values(lease_until=read.now + LEASE), expect=1)
    return change


def sent(read: Reader, *, job_id: str, lease_token: str) -> Change:
    """A notification was taken by its partner; no instance waits for it."""
    job = held(read, job_id, lease_token)
    change = Change()
    if job is not None:
        change.add(delete(Job).where(Job.id == job_id, Job.lease_token == lease_token), expect=1)
    return change


def finish(read: Reader, *, job_id: str, lease_token: str) -> Change:
    """A timer, signal or continuation is due: the instance runs on. Nothing happens when the lease went to another."""
    job = held(read, job_id, lease_token)
    if job is None:
        return Change()
    if job.kind in BY_KIND:
        return _by_kind(read, job)

    def act(execution: Execution) -> None:
        if job.kind == "signal":
            execution.hear(job.token, job.element_id, job.payload["variables"])
        elif job.kind != "continue":
            execution.trigger(job.token, dict(job.payload.get("variables", {})))

    return go_on(read, job, act)


def complete(read: Reader, *, job_id: str, lease_token: str, variables: Mapping[str, Any]) -> Change:
    """A service job was done: its instance runs on with the result. Answers whether the lease was still held; else nothing happens."""
    job = held(read, job_id, lease_token)
    if job is None:
        return Change(result=False)
    return go_on(read, job, lambda execution: execution.complete(job.token, variables))


def go_on(read: Reader, job: Row[Any], act: Callable[[Execution], None], retry_after: int | None = None) -> Change:
    """The instance of a job in hand takes what came of it and runs on, and the job is gone: all in one. Answers True.

    What the instance cannot do with it is an incident. `retry_after` is when trying again can help, for whoever waits for an answer.
    """
    work, snapshot = step.load(read, job.instance_id, SYSTEM)
    work.finishes, work.retry_after = job.id, retry_after
    try:
        change = step.advance(read, work, snapshot, act, SYSTEM)
    except TokenGone:
        change = Change()
    except Suspended:
        return release(job, suspended=True, attempts=job.attempts - 1)
    except BatonError as error:
        return give_up(read, job, error)
    change.writes.insert(0, Write(delete(Job).where(Job.id == job.id, Job.lease_token == job.lease_token), expect=1))
    change.result = True
    return change


def _by_kind(read: Reader, job: Row[Any]) -> Change:
    try:
        return BY_KIND[job.kind](read, job)
    except Suspended:
        return release(job, suspended=True, attempts=job.attempts - 1)
    except BatonError as error:
        return give_up(read, job, error)


def fail(read: Reader, *, job_id: str, lease_token: str, error: str, permanent: bool = False) -> Change:
    """A try failed: the next one comes after 10, 60, 300 seconds; with no retries left it is an incident."""
    job = held(read, job_id, lease_token)
    if job is None:
        return Change()
    left = 0 if permanent else job.retries_left - 1
    if left <= 0:
        return give_up(read, job, BpmnError("JOB_FAILED", error))
    wait = timedelta(seconds=BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1])
    return release(job, due_at=read.now + wait, retries_left=left, error=error[:2000])


def give_up(read: Reader, job: Row[Any], error: Exception) -> Change:
    """Leave a job in hand to an operator, with an incident."""
    code = error.code if isinstance(error, (UncaughtError, BpmnError)) else "TOO_LARGE" if isinstance(error, TooLarge) else "STEP_FAILED"
    change = release(job, retries_left=0, error=str(error)[:2000])
    incidents.open_incident(read, change, job.instance_id, job.id, job.element_id, code, str(error))
    return change


def release(job: Row[Any], **values: Any) -> Change:
    """Put a job in hand back, with these new values."""
    change = Change(wake=True)
    where = (Job.id == job.id, Job.lease_token == job.lease_token)
    change.add(update(Job).where(*where).values(lease_until=FREE, lease_token=None, worker=None, **values), expect=1)
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
