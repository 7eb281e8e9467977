"""External workers: they take jobs of types that Baton does not serve itself, under a lease, and say what came of them.

Whoever lost the lease is told so (JOB_LOST) and changes nothing; somebody else has the job by then.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from engine import bpmn
from engine.actors import SYSTEM
from engine.bpmn import TokenGone
from engine.connectors.contract import CALLS
from engine.connectors.http import LARGEST_BODY
from engine.errors import BpmnError, Busy, Refused
from engine.ids import new_id
from engine.personal import from_stored
from engine.runtime import jobs, presence, step
from engine.runtime.baton import Baton
from engine.runtime.reader import Reader
from engine.runtime.switches import is_paused
from engine.runtime.waits import idempotency_key
from engine.store.commit import Change
from engine.store.database import dump_json
from engine.store.tables import Job

LOOK = 0.5  # seconds between two looks of one that waits
LONGEST_WAIT = 30.0  # seconds that a long poll may take
MOST = 100  # jobs at once
LOST = {"ko": "다른 작업자가 맡은 작업이에요. 이 결과는 쓰지 않았어요.", "en": "Another worker has this job by now; the result was not used."}
TOO_LARGE = {"ko": "변수 {name}이(가) 너무 커요. 256 KB까지 돼요.", "en": "The variable {name} is too large: 256 KB at most."}


@dataclass(frozen=True, repr=False)
class Activated:
    """A job that was handed to a worker. `lease_token` fences everything that it says about it; `key` is the same on each try.

    `variables` are the task's mapped inputs, or all variables that it sees when none are mapped; personal values stand in clear.
    """

    id: str
    lease_token: str
    lease_until: datetime
    type: str
    app: str
    instance_id: str
    element_id: str
    key: str
    headers: dict[str, str]
    variables: dict[str, Any]
    retries_left: int


def poll(baton: Baton, *, types: Collection[str], worker: str, limit: int = 1, lease_seconds: float = 30.0, wait: float = 0.0) -> list[Activated]:
    """Take up to `limit` jobs; when there are none, wait for some for up to `wait` seconds (30 at most)."""
    end = time.monotonic() + min(wait, LONGEST_WAIT)
    while True:
        rings = baton.bell.rings
        found = _taken(baton, types, worker, limit, lease_seconds)
        left = end - time.monotonic()
        if found or left <= 0:
            return found
        baton.bell.wait(rings, min(LOOK, left))


def _taken(baton: Baton, types: Collection[str], worker: str, limit: int, lease_seconds: float) -> list[Activated]:
    try:
        found: list[Activated] = baton.do(activate, types=types, worker=worker, limit=limit, lease_seconds=lease_seconds)
    except Busy:  # others took the same jobs at the same moment
        return []
    return found


def activate(read: Reader, *, types: Collection[str], worker: str, limit: int, lease_seconds: float) -> Change:
    """Lease the oldest due jobs of these types to a worker. Answers Activated jobs, none when nothing is due."""
    wanted = (Job.kind == "service", Job.type.in_(set(types) - CALLS), Job.due_at <= read.now, Job.lease_until < read.now)
    takable = (Job.retries_left > 0, Job.attempts < jobs.ATTEMPT_LIMIT, Job.suspended.is_(False), ~is_paused(Job.__table__.c.app))
    change = Change(result=[])
    for job in read.all(select(*Job.__table__.c).where(*wanted, *takable).order_by(Job.due_at, Job.id).limit(min(limit, MOST))):
        leased: dict[str, Any] = {"lease_until": read.now + timedelta(seconds=lease_seconds), "lease_token": new_id()}
        try:
            variables = _variables(read, job)
        except TokenGone:
            continue
        where = (Job.id == job.id, Job.attempts == job.attempts, Job.due_at == job.due_at, Job.lease_until < read.now)
        change.add(update(Job).where(*where).values(**leased, attempts=job.attempts + 1, worker=worker[:80]), expect=1)
        key = idempotency_key(job.instance_id, job.id)
        fixed: dict[str, Any] = {name: getattr(job, name) for name in ("id", "type", "app", "instance_id", "element_id", "retries_left")}
        change.result.append(Activated(**fixed, **leased, key=key, headers=job.payload["headers"], variables=variables))
    presence.seen(read, change, worker[:80], set(types) - CALLS)
    return change


def _variables(read: Reader, job: Row[Any]) -> dict[str, Any]:
    inputs = job.payload["inputs"]
    if not inputs:
        work, snapshot = step.load(read, job.instance_id, SYSTEM)
        inputs = bpmn.restore(work.app.model, snapshot, step.Host(work, read)).scope(job.token).scope.visible()
    found: dict[str, Any] = from_stored(inputs, read.resolve)
    return found


def complete(read: Reader, *, job_id: str, lease_token: str, variables: Mapping[str, Any]) -> Change:
    """The job is done; its instance runs on with these variables. Raises JOB_LOST, and TOO_LARGE for more than 256 KB in one of them."""
    job = _held(read, job_id, lease_token)
    _sized(variables)
    return jobs.go_on(read, job, lambda execution: execution.complete(job.token, variables))


def throw(read: Reader, *, job_id: str, lease_token: str, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> Change:
    """The job ended with a BPMN error; one that the drawing does not catch is an incident. Raises JOB_LOST and TOO_LARGE."""
    job = _held(read, job_id, lease_token)
    _sized(variables or {})
    return jobs.go_on(read, job, lambda execution: execution.throw(job.token, BpmnError(code, message, variables)))


def fail(read: Reader, *, job_id: str, lease_token: str, error: str, retries: int | None = None, backoff: timedelta = timedelta()) -> Change:
    """A try failed: the job may be taken again after `backoff`, `retries` more times (default: one fewer than before); with none it is an
    incident. Raises JOB_LOST."""
    job = _held(read, job_id, lease_token)
    left = job.retries_left - 1 if retries is None else retries
    if left <= 0:
        return jobs.give_up(read, job, BpmnError("JOB_FAILED", error))
    return jobs.release(job, due_at=read.now + backoff, retries_left=left, attempts=0, error=error[:2000])


def extend(read: Reader, *, job_id: str, lease_token: str, lease_seconds: float) -> Change:
    """Hold a job for `lease_seconds` from now. Answers until when. Raises JOB_LOST.

    A worker that is silent for longer than 40 seconds, whatever it holds, counts as gone: jobs of its type that wait are an incident then.
    """
    job = _held(read, job_id, lease_token)
    until = read.now + timedelta(seconds=lease_seconds)
    change = Change(result=until)
    change.add(update(Job).where(Job.id == job.id, Job.lease_token == lease_token).values(lease_until=until), expect=1)
    presence.seen(read, change, job.worker or "", [job.type])
    return change


def _held(read: Reader, job_id: str, lease_token: str) -> Row[Any]:
    job = jobs.held(read, job_id, lease_token)
    if job is None or job.kind != "service" or job.type in CALLS:
        raise Refused("JOB_LOST", LOST, 409)
    return job


def _sized(variables: Mapping[str, Any]) -> None:
    for name, value in variables.items():
        if len(dump_json(value)) > LARGEST_BODY:
            raise Refused("TOO_LARGE", {language: text.replace("{name}", name[:80]) for language, text in TOO_LARGE.items()}, 422)
