"""Business hours, by the calendar of an app (C-16)."""

from datetime import datetime, time, timedelta

from engine.apps import Calendar
from engine.clock import KST
from engine.errors import BpmnError


def add(start: datetime, duration: timedelta, calendar: Calendar) -> datetime:
    """The moment at which `duration` of business time after `start` is over; a start outside business hours counts from the next opening."""
    moment, left = start.astimezone(KST), duration
    for _ in range(366 * 10):
        opening, closing = _at(moment, calendar.opens), _at(moment, calendar.closes)
        if moment.weekday() in calendar.days and moment.date() not in calendar.holidays and moment < closing:
            moment = max(moment, opening)
            if moment + left <= closing:
                return (moment + left).astimezone(start.tzinfo)
            left -= closing - moment
        moment = opening + timedelta(days=1)
    raise ValueError("a business time of more than ten years is a mistake in the drawing or in the list of holidays")


def _at(day: datetime, clock: time) -> datetime:
    return day.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)


def by(name: str, start: datetime, duration: timedelta, calendar: Calendar) -> datetime:
    """As `add`, by the calendar that a drawing names. BpmnError NO_CALENDAR for one that there is not."""
    if name != "business":
        raise BpmnError("NO_CALENDAR", f"`baton:calendar` knows `business` only, not {name!r}")
    return add(start, duration, calendar)
