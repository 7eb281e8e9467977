"""Jobs that call a partner: prepared from a fresh read, called with nothing open, finished in one transaction (design 5)."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row

from engine.bpmn import Execution, TokenGone
from engine.connectors import http
from engine.connectors.contract import DECLINED, TIMEOUT, UNAVAILABLE, ConnectorError
from engine.connectors.http import Answer
from engine.errors import BpmnError
from engine.runtime import breakers, jobs
from engine.runtime.baton import Baton
from engine.runtime.breakers import Permit
from engine.runtime.leases import Slot
from engine.runtime.prepared import Prepared, back_off, prepare
from engine.runtime.reader import Reader
from engine.store.commit import Change

log = structlog.get_logger()
CODE = re.compile(r"[A-Z][A-Z0-9_]{0,79}")
SHORTEST = 0.05  # seconds: a request that has less left leaves its job to a worker


def perform(baton: Baton, job: Mapping[str, Any], slot: Slot | None = None) -> Change:
    """Make the call of a job in hand and let its instance go on with what came of it; returns the change that was carried out.

    Within a web request (`slot`) the call gets the time that the request has left; when that is too short, the job becomes an ordinary one.
    """
    held = {"job_id": job["id"], "lease_token": job["lease_token"]}
    try:
        with baton.read() as read:
            prepared = prepare(read, job)
        answer = guarded(baton, prepared, slot)
        variables = {prepared.wants: answer.json()} if prepared.wants else {}
    except TokenGone:
        return Change()
    except _OutOfTime:
        return baton.carry_out(None, hand_over, **held)
    except ConnectorError as error:
        log.warning("call failed", action="job.fail", job=job["id"], type=job["type"], code=error.code, error=str(error))
        return baton.carry_out(slot, failed, error=error, **held)
    log.info("call answered", action="job.finish", job=job["id"], type=job["type"], status=answer.status)
    return baton.carry_out(slot, jobs.complete, variables=variables, **held)


class _OutOfTime(Exception):
    """The request that makes the call has no time left for it."""


class BreakerOpen(ConnectorError):
    """The partner is left alone until `until`."""

    def __init__(self, partner: str, until: datetime) -> None:
        super().__init__(f"{partner} failed several times and is left alone for a while")
        self.until = until


def guarded(baton: Baton, prepared: Prepared, slot: Slot | None = None) -> Answer:
    """Make a call if its breaker lets it, and tell the breaker what came of it. Raises ConnectorError, BreakerOpen among them."""
    if slot and slot.left < SHORTEST:
        raise _OutOfTime()
    call, key, rule = prepared.call, prepared.key, prepared.rule
    if rule is None:
        return _send(baton, call, slot)
    permit: Permit = baton.do(breakers.ask, key=key, rule=rule, seconds=call.timeout)
    if permit.until is not None:
        raise BreakerOpen(call.partner, permit.until)
    try:
        answer = _send(baton, call, slot)
    except _OutOfTime:
        baton.do(breakers.withdrawn, key=key, permit=permit)
        raise
    except ConnectorError as error:
        if error.permanent and "status" not in error.details:
            baton.do(breakers.withdrawn, key=key, permit=permit)
        elif error.permanent:
            baton.do(breakers.succeeded, key=key, permit=permit)
        else:
            baton.do(breakers.failed, key=key, rule=rule, permit=permit)
        raise
    baton.do(breakers.succeeded, key=key, permit=permit)
    return answer


def _send(baton: Baton, call: http.Call, slot: Slot | None) -> Answer:
    left = slot.left if slot else None
    try:
        return baton.send(call, left)
    except ConnectorError as error:
        if slot and left is not None and left < call.timeout and slot.left <= 0 and not error.permanent:
            raise _OutOfTime() from error
        raise


def hand_over(read: Reader, *, job_id: str, lease_token: str) -> Change:
    """A request had no time for its job: a worker takes it at once, and it has lost no try."""
    job = jobs.held(read, job_id, lease_token)
    return jobs.release(job, attempts=0) if job is not None else Change()


def failed(read: Reader, *, job_id: str, lease_token: str, error: ConnectorError) -> Change:
    """A call failed: tried again later while it can help and tries are left, else thrown where the drawing catches it, else an incident."""
    job = jobs.held(read, job_id, lease_token)
    if job is None:
        return Change()
    left = job.retries_left - 1
    if not error.permanent and left > 0 and not isinstance(error, BreakerOpen):
        tries = max(1, job.payload.get("retries", 3) - left)
        due = read.now + back_off(job.payload["headers"], tries)
        return jobs.release(job, due_at=due, retries_left=left, attempts=0, error=str(error)[:2000])
    try:
        return _throw(read, job, error)
    except _Uncaught:
        pass
    if isinstance(error, BreakerOpen):
        return jobs.release(job, due_at=error.until, attempts=0, error=str(error)[:2000])
    return jobs.give_up(read, job, BpmnError(error.code, str(error)))


class _Uncaught(Exception):
    """The drawing catches none of the codes."""


def _throw(read: Reader, job: Row[Any], error: ConnectorError) -> Change:
    codes = codes_of(error)
    told = {"code": codes[0], "status": error.details.get("status"), "body": error.details.get("body")}

    def act(execution: Execution) -> None:
        code = next((code for code in codes if execution.catches(job.token, code)), None)
        if code is None:
            raise _Uncaught()
        execution.throw(job.token, BpmnError(code, str(error), {"error": told}))

    retry_after = max(1, math.ceil((error.until - read.now) / timedelta(seconds=1))) if isinstance(error, BreakerOpen) else None
    return jobs.go_on(read, job, act, retry_after)


def codes_of(error: ConnectorError) -> list[str]:
    """The codes under which the drawing may catch it, the most telling first."""
    body = error.details.get("body")
    own = body.get("code") if error.code == DECLINED and isinstance(body, dict) else None
    codes = [own] if isinstance(own, str) and CODE.fullmatch(own) else []
    codes += [error.code] + ([UNAVAILABLE] if error.code == TIMEOUT else [])
    return list(dict.fromkeys(codes))
