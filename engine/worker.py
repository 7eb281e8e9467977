"""The worker: takes due jobs one by one, does what they ask for with nothing open, and brings messages to those who wait."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from engine import watchdog
from engine.connectors import notify
from engine.connectors.contract import CALLS, ConnectorError
from engine.dispatch import events
from engine.errors import BatonError, Busy
from engine.runtime import calls, delivery, housekeeping, jobs, notices, notifications, privacy
from engine.runtime.baton import Baton
from engine.runtime.leases import LEASE
from engine.runtime.logs import place
from engine.runtime.reader import Reader
from engine.store.commit import Change

log = structlog.get_logger()
SWEEP = 1.0  # seconds between two looks without being woken
CROWD = 32  # of so many oldest jobs a worker takes any, once it has met another at the oldest
RENEWAL = LEASE.total_seconds() / 3  # seconds between two renewals of a job in hand
OUTAGES = (Busy, OperationalError, InterfaceError)  # the database's trouble: the job or message is as it was, and comes again


def run_due(baton: Baton, limit: int = 10_000) -> int:
    """Do everything that is due now, and what becomes due by it; returns how many jobs and messages were handled, `limit` or a few more at most."""
    sweep(baton)
    done = 0
    while done < limit and (handled := turn(baton)):
        done += handled
    return done


def turn(baton: Baton, job_id: str | None = None) -> int:
    """Bring messages to who waits, do one job (that one, else the oldest), and pass events on; returns how many were handled, 0 if nothing is due."""
    baton.numbers.refill()
    with baton.read() as read:
        waiting = delivery.deliverable(read)
    return sum(_deliver(baton, message_id) for message_id in waiting) + run_job(baton, job_id) + events.pass_on(baton, OUTAGES)


def sweep(baton: Baton) -> None:
    """What nobody asks for: give up lost jobs, drop what is kept for a time only, look for what cannot go on."""
    baton.do(jobs.give_up_lost)
    baton.do(housekeeping.tidy)
    if baton.do(privacy.sweep):
        baton.database.checkpoint()
    watchdog.look(baton)


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


def _claim(baton: Baton, job_id: str | None) -> dict[str, Any] | None:
    tries = count()

    def claim(read: Reader) -> Change:
        # Whoever lost the oldest job to another looks elsewhere among the oldest, instead of losing the next one too.
        return jobs.claim(read, job_id=job_id, beyond=random.randrange(CROWD) if next(tries) and not job_id else 0)

    found: dict[str, Any] | None = baton.do(claim)
    return found


def run_job(baton: Baton, job_id: str | None = None) -> int:
    """Do one job (that one, else the oldest that is due), and nothing about messages and events; 0 when none is due."""
    job = _claim(baton, job_id)
    if job is None:
        return 0
    held = {"job_id": job["id"], "lease_token": job["lease_token"]}
    facts = {"job": job["id"], "type": job["type"], "attempt": job["attempts"]}
    try:
        if job["kind"] == "notification":
            with _renewed(baton, held):
                _notify(baton, job)
            baton.do(jobs.sent, **held)
        elif job["kind"] == "service" and job["type"] in CALLS:
            with _renewed(baton, held):
                calls.perform(baton, job)
            return 1
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
    if prepared.notice:
        baton.do(notices.post, notice=prepared.notice)
    if prepared.channels:
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
