"""Time in a scenario: how long a `wait` is, and when the next thing becomes due."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from engine.connectors.contract import CALLS
from engine.runtime import business_hours
from engine.runtime.reader import Reader
from engine.scenarios.world import World, datetime_of
from engine.store.tables import Job, SubscriberCursor

UNITS: Final = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
SPAN: Final = re.compile(r"(\d+)\s*(business\s+)?(s|sec|second|min|minute|h|hour|d|day)s?")
ISO_SPAN: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
FORMS: Final = "30 min, 4 business hours, PT2H, until 2026-12-03T08:40"

OURS: Final = (or_(Job.kind != "service", Job.type.in_(CALLS)), Job.retries_left > 0, Job.suspended.is_(False))


def target(world: World, wait: str) -> datetime | None:
    """The moment that a `wait` leads to; None for what is none of FORMS."""
    now, text = world.clock.now(), wait.strip()
    if text.startswith("until "):
        try:
            return datetime_of(text.removeprefix("until ").strip())
        except ValueError:
            return None
    if span := SPAN.fullmatch(text):
        length = timedelta(seconds=int(span[1]) * UNITS[span[3]])
        if not span[2]:
            return now + length
        open_hours = _day(world) if UNITS[span[3]] == UNITS["day"] else timedelta(days=1)
        return business_hours.add(now, length * (open_hours / timedelta(days=1)), world.app.calendar)
    if (iso := ISO_SPAN.fullmatch(text)) and text not in ("", "P", "PT"):
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return None


def _day(world: World) -> timedelta:
    """How long the business is open on a day."""
    calendar = world.app.calendar
    return datetime.combine(date.min, calendar.closes) - datetime.combine(date.min, calendar.opens)


def next_due(read: Reader) -> datetime | None:
    """When the next timer, try or event becomes due after now; None when nothing will."""
    jobs = select(func.min(Job.due_at)).where(*OURS, Job.due_at > read.now)
    held = select(func.min(Job.lease_until)).where(*OURS, Job.due_at <= read.now, Job.lease_until >= read.now)  # by a process that died
    lapses = read.value(held)
    events = select(func.min(SubscriberCursor.due_at)).where(SubscriberCursor.due_at > read.now)
    moments = (read.value(jobs), read.value(events), lapses + timedelta(seconds=1) if lapses else None)
    return min((moment for moment in moments if moment is not None), default=None)


def due_now(read: Reader, timers: bool) -> list[str]:
    """The ids of the jobs that are due, in their order; with or without `timers`."""
    kinds = () if timers else (Job.kind != "timer",)
    return [row.id for row in read.all(select(Job.id).where(*OURS, *kinds, Job.due_at <= read.now).order_by(Job.due_at, Job.id))]
