"""The worker: takes due jobs one by one, does what they ask for with nothing open, and brings messages to those who wait."""

import threading
from typing import Any

import structlog

from engine.connectors import notify
from engine.connectors.contract import ConnectorError
from engine.errors import Busy
from engine.runtime import delivery, housekeeping, jobs, notifications
from engine.runtime.baton import Baton

log = structlog.get_logger()
SWEEP = 1.0  # seconds between two looks without being woken


def run_due(baton: Baton, limit: int = 10_000) -> int:
    """Do everything that is due now, and what becomes due by it; returns how many jobs and messages were handled."""
    done = 0
    while done < limit:
        handled = _deliver(baton) + _run_one(baton)
        if not handled:
            break
        done += handled
    return done


def _deliver(baton: Baton) -> int:
    with baton.read() as read:
        waiting = delivery.deliverable(read)
    return sum(1 for message_id in waiting if baton.do(delivery.deliver, message_id=message_id))


def _run_one(baton: Baton) -> int:
    job = baton.do(jobs.claim)
    if job is None:
        return 0
    log.info("job started", action="job.start", job=job["id"], type=job["type"], attempt=job["attempts"])
    held = {"job_id": job["id"], "lease_token": job["lease_token"]}
    try:
        if job["kind"] == "notification":
            _notify(baton, job)
            baton.do(jobs.sent, **held)
        else:
            baton.do(jobs.finish, result={}, **held)
    except ConnectorError as error:
        log.warning("job failed", action="job.fail", job=job["id"], type=job["type"], attempt=job["attempts"], error=str(error))
        baton.do(jobs.fail, error=str(error), permanent=error.permanent, **held)
        return 1
    log.info("job finished", action="job.finish", job=job["id"], type=job["type"])
    return 1


def _notify(baton: Baton, job: dict[str, Any]) -> None:
    with baton.read() as read:
        prepared = notifications.delivery(read, job)
    notify.send(prepared, baton.settings)


class Worker(threading.Thread):
    """One worker thread: wakes when a commit says so, and looks by itself every second."""

    def __init__(self, baton: Baton, number: int) -> None:
        super().__init__(name=f"baton-worker-{number}", daemon=True)
        self._baton = baton
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Work until asked to stop; an unexpected error is logged and the loop goes on."""
        while not self._stop_asked.is_set():
            self._baton.work.clear()
            try:
                run_due(self._baton, limit=50)
                self._baton.do(housekeeping.tidy)
            except Busy:
                log.info("too many writers, trying again", action="worker.busy")
            except Exception:
                log.exception("the worker met an unexpected error", action="worker.error")
            self._baton.work.wait(SWEEP)

    def stop(self) -> None:
        """Ask it to stop after the job in hand."""
        self._stop_asked.set()
        self._baton.work.set()
