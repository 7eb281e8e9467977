"""The worker: takes due jobs one by one, does what they ask for with nothing open, and brings messages to those who wait."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from engine.connectors import notify
from engine.connectors.contract import ConnectorError
from engine.errors import BatonError, Busy
from engine.runtime import delivery, housekeeping, jobs, notifications
from engine.runtime.baton import Baton
from engine.runtime.leases import LEASE
from engine.runtime.logs import place

log = structlog.get_logger()
SWEEP = 1.0  # seconds between two looks without being woken
RENEWAL = LEASE.total_seconds() / 3  # seconds between two renewals of a job in hand
OUTAGES = (Busy, OperationalError, InterfaceError)  # the database's trouble: the job or message is as it was, and comes again


def run_due(baton: Baton, limit: int = 10_000) -> int:
    """Do everything that is due now, and what becomes due by it; returns how many jobs and messages were handled, `limit` or a few more at most."""
    sweep(baton)
    done = 0
    while done < limit and (handled := turn(baton)):
        done += handled
    return done


def turn(baton: Baton) -> int:
    """Bring messages to who waits, and do one job; returns how many of both were handled: 0 when nothing is due."""
    with baton.read() as read:
        waiting = delivery.deliverable(read)
    return sum(_deliver(baton, message_id) for message_id in waiting) + _run_job(baton)


def sweep(baton: Baton) -> None:
    """What nobody asks for: give up lost jobs, drop what is kept for a time only."""
    baton.do(jobs.give_up_lost)
    baton.do(housekeeping.tidy)


def _deliver(baton: Baton, message_id: str) -> int:
    try:
        delivered: bool = baton.do(delivery.deliver, message_id=message_id)
    except Busy:
        return 0
    except OUTAGES:
        raise
    except Exception as error:
        log.error("message failed", action="message.fail", message=message_id, error=type(error).__name__, at=place(error))
        baton.do(delivery.hold, message_id=message_id, error=f"unexpected {type(error).__name__} at {place(error)}")
        return 1
    if delivered:
        log.info("message delivered", action="message.deliver", message=message_id)
    return int(delivered)


def _run_job(baton: Baton) -> int:
    job = baton.do(jobs.claim)
    if job is None:
        return 0
    held = {"job_id": job["id"], "lease_token": job["lease_token"]}
    facts = {"job": job["id"], "type": job["type"], "attempt": job["attempts"]}
    try:
        if job["kind"] == "notification":
            with _renewed(baton, held):
                _notify(baton, job)
            baton.do(jobs.sent, **held)
        else:
            baton.do(jobs.finish, **held)
    except OUTAGES:
        raise
    except ConnectorError as error:
        log.warning("job failed", action="job.fail", error=str(error), **facts)
        baton.do(jobs.fail, error=str(error), permanent=error.permanent, **held)
    except Exception as error:
        log.error("job failed", action="job.fail", error=type(error).__name__, at=place(error), **facts)
        reason = str(error) if isinstance(error, BatonError) else f"unexpected {type(error).__name__} at {place(error)}"
        baton.do(jobs.fail, error=reason, **held)
    else:
        log.info("job finished", action="job.finish", **facts)
    return 1


def _notify(baton: Baton, job: dict[str, Any]) -> None:
    with baton.read() as read:
        prepared = notifications.delivery(read, job)
    notify.send(prepared, baton.settings)


@contextmanager
def _renewed(baton: Baton, held: dict[str, str]) -> Iterator[None]:
    """Keep the lease of a job while its partner takes its time."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(RENEWAL):
            try:
                baton.do(jobs.renew, **held)
            except OUTAGES:  # the next round may get through; until then the lease lasts
                log.warning("lease not renewed", action="job.renew_failed", job=held["job_id"])

    thread = threading.Thread(target=renew, name="baton-renewal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


class Worker(threading.Thread):
    """One worker thread: wakes when a commit of this process rings, and looks by itself every second."""

    def __init__(self, baton: Baton, number: int) -> None:
        super().__init__(name=f"baton-worker-{number}", daemon=True)
        self._baton = baton
        self._asked_to_stop = threading.Event()
        self._next_sweep = 0.0

    def run(self) -> None:
        """Work until asked to stop. An unexpected error is logged and the loop goes on."""
        while not self._asked_to_stop.is_set():
            rings = self._baton.bell.rings
            if not self._turn():
                self._baton.bell.wait(rings, SWEEP)

    def _turn(self) -> int:
        try:
            if time.monotonic() >= self._next_sweep:
                self._next_sweep = time.monotonic() + SWEEP
                sweep(self._baton)
            return turn(self._baton)
        except Busy:
            log.info("too many writers, trying again", action="worker.busy")
        except Exception as error:
            log.error("the worker met an unexpected error", action="worker.error", error=type(error).__name__, at=place(error))
        return 0

    def stop(self) -> None:
        """Ask it to stop after the job in hand."""
        self._asked_to_stop.set()
        self._baton.bell.ring()
