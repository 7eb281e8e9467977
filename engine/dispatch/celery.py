"""Celery: workers on many machines are woken through RabbitMQ or Redis. A message holds the id of a job's row and nothing else.

The row is the truth: a message that is lost costs one look of a worker's own, and one that comes twice finds the job taken.
"""

import time
from typing import Any

import structlog
from celery import Celery
from sqlalchemy import Insert

from engine import worker
from engine.runtime.baton import Baton
from engine.runtime.logs import place
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.tables import History, Job, Message, MessageSubscription

log = structlog.get_logger()
TASK = "baton.turn"
QUEUE = "baton"
PATIENCE = 0.5  # seconds that a wake-up may take
PAUSE = 5.0  # seconds without further tries after one that failed
KEPT = 60.0  # seconds after which a message wakes nobody any more
IN_HAND = 8  # messages that a worker takes from the broker at a time
CONSUMER: dict[str, Any] = {
    "accept_content": ["json"],
    "broker_connection_max_retries": None,
    "broker_connection_retry_on_startup": True,
    "task_acks_late": True,
    "task_default_delivery_mode": "transient",
    "task_default_queue": QUEUE,
    "task_ignore_result": True,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_enable_prefetch_count_reduction": False,
    "worker_enable_remote_control": False,
    "worker_hijack_root_logger": False,
    "worker_prefetch_multiplier": IN_HAND,
}
PRODUCER: dict[str, Any] = CONSUMER | {
    "broker_connection_timeout": PATIENCE,
    "broker_transport_options": {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "max_retries": 0},
    "task_publish_retry": False,
}


def application(url: str, settings: dict[str, Any]) -> Celery:
    """A Celery application of our own, on this broker."""
    app = Celery("baton", broker=url, set_as_current=False)
    app.conf.update(settings)
    return app


class Waker:
    """Tells the broker after a commit what came up. Never raises and never waits long; `sent` and `failed` are counted."""

    def __init__(self, url: str) -> None:
        self._app = application(url, PRODUCER)
        self._quiet_until = 0.0
        self.sent = 0
        self.failed = 0

    def __call__(self, change: Change) -> None:
        """Wake a worker for each new job that is due, or one for everything else that is new."""
        jobs: list[str | None] = list(due_jobs(change))
        for job_id in jobs or ([None] if has_news(change) else []):
            self._send(job_id)

    def _send(self, job_id: str | None) -> None:
        if time.monotonic() < self._quiet_until:
            self.failed += 1
            return
        try:
            self._app.send_task(TASK, (job_id,), expires=KEPT)
            self.sent += 1
        except Exception as error:  # whatever a broker's trouble is: the row is there
            self.failed += 1
            self._quiet_until = time.monotonic() + PAUSE
            log.warning("nobody was woken", action="wake.fail", error=type(error).__name__, at=place(error))

    def close(self) -> None:
        """Give the connections back."""
        self._app.close()


def due_jobs(change: Change) -> list[str]:
    """The ids of the jobs that a change adds and that nobody holds yet and that are due at once."""
    return [row["id"] for row in _added(change, Job) if row["lease_token"] is None and row["due_at"] <= row["created_at"]]


def has_news(change: Change) -> bool:
    """Whether a change adds a message, somebody who waits for one, or history that is to be relayed."""
    return bool(_added(change, Message) or _added(change, MessageSubscription)) or any(not row["published_at"] for row in _added(change, History))


def _added(change: Change, table: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for write in change.writes:
        statement = write.statement.statement if isinstance(write.statement, Constant) else write.statement
        if isinstance(statement, Insert) and statement.table.name == table.__tablename__ and write.parameters:
            found += write.parameters if isinstance(write.parameters, list) else [write.parameters]
    return found


def consume(baton: Baton) -> None:
    """Work off what the broker says, one after the other, until SIGTERM or Ctrl-C; what is in hand is finished first. In the main thread only.

    Not in threads of Celery's: they would acknowledge through one connection at once, which its library does not allow.
    """
    app = application(baton.settings.broker_url, CONSUMER)

    def turn(job_id: str | None) -> None:
        _turn(baton, job_id)

    app.task(turn, name=TASK)
    app.Worker(pool="solo", quiet=True, without_gossip=True, without_mingle=True, without_heartbeat=True).start()
    app.close()


def _turn(baton: Baton, job_id: str | None) -> None:
    try:
        worker.turn(baton, job_id)
    except Exception as error:  # the job is as it was, and comes again with the next look
        log.warning("a turn failed", action="worker.turn_failed", job=job_id, error=type(error).__name__, at=place(error))
