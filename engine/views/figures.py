"""What a monitoring system asks for: how much waits and how long, what is broken. Numbers only, by app, state or kind; never by case or person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine.runtime import presence, switches
from engine.runtime.reader import Reader
from engine.runtime.subscribers import end
from engine.store.tables import Breaker, Incident, Job, Message, Presence, ProcessInstance, SubscriberCursor, UserTask

Counted = dict[tuple[str, ...], int]


@dataclass(frozen=True)
class Figures:
    """One look. Keys are (app, state), (kind, app) and so on as their names say; lags are seconds, 0 when nothing waits."""

    instances_by_app_state: Counted
    tasks_by_app: Counted
    jobs_ready_by_kind: Counted
    jobs_failed_by_kind: Counted
    job_lag_seconds: float
    messages_waiting: int
    incidents_by_kind_app: Counted
    breakers_by_key: dict[str, str]
    events_behind_by_subscriber: dict[str, int]
    paused_apps: set[str]
    draining: bool
    workers_by_kind: Counted
    threads_by_worker: Counted
    silence_by_worker_type: dict[tuple[str, ...], float]
    jobs_held_by_worker: Counted


def figures(read: Reader) -> Figures:
    """Count everything; a few aggregate queries."""
    ready = (Job.due_at <= read.now, Job.lease_until < read.now, Job.retries_left > 0, Job.suspended.is_(False))
    newest = end(read)
    cursors = read.all(select(SubscriberCursor.subscriber, SubscriberCursor.position))
    return Figures(
        instances_by_app_state=_counted(read, (ProcessInstance.app, ProcessInstance.state)),
        tasks_by_app=_counted(read, (UserTask.app,), UserTask.state == "open"),
        jobs_ready_by_kind=_counted(read, (Job.kind,), *ready),
        jobs_failed_by_kind=_counted(read, (Job.kind,), Job.retries_left <= 0),
        job_lag_seconds=_seconds(read.now, read.value(select(func.min(Job.due_at)).where(*ready))),
        messages_waiting=read.value(select(func.count()).select_from(Message).where(Message.error.is_(None))),
        incidents_by_kind_app=_counted(read, (Incident.kind, Incident.app), Incident.resolved_at.is_(None)),
        breakers_by_key={row.key: breaker_state(row, read.now) for row in read.all(select(*Breaker.__table__.c))},
        events_behind_by_subscriber={row.subscriber: max(0, newest - row.position) for row in cursors},
        paused_apps=switches.paused(read),
        draining=switches.draining(read),
        **_workers(read),
    )


def _workers(read: Reader) -> dict[str, Any]:
    """Who takes jobs: there are those seen within three beats. Jobs that Baton's own hold are counted together, under no name."""
    rows = read.all(select(*Presence.__table__.c))
    there = {(row.type == presence.OWN, row.worker) for row in rows if read.now - row.seen_at < 3 * presence.EVERY}
    return {
        "workers_by_kind": {("own",): sum(own for own, _ in there), ("external",): sum(not own for own, _ in there)},
        "threads_by_worker": {(row.worker,): row.threads for row in rows if (row.type == presence.OWN, row.worker) in there and row.threads},
        "silence_by_worker_type": {(row.worker, row.type): _seconds(read.now, row.seen_at) for row in rows},
        "jobs_held_by_worker": _counted(read, (func.coalesce(Job.worker, ""),), Job.lease_until >= read.now),
    }


def _counted(read: Reader, by: tuple[Any, ...], *where: Any) -> Counted:
    rows = read.all(select(*by, func.count().label("number")).where(*where).group_by(*by))
    return {tuple(row)[:-1]: row.number for row in rows}


def _seconds(now: datetime, earliest: datetime | None) -> float:
    return max(0.0, (now - earliest).total_seconds()) if earliest else 0.0


def breaker_state(row: Any, now: datetime) -> str:
    """`closed`, `open`, or `probing` while one caller tries."""
    if row.opened_at is None:
        return "closed"
    return "probing" if row.probe_until is not None and row.probe_until > now else "open"
