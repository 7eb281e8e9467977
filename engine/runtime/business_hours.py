"""Business hours: Monday to Friday, 09:00 to 18:00 Korean time, without the app's holidays (C-16)."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from engine.clock import KST

OPENS, CLOSES = time(9), time(18)


def add(start: datetime, duration: timedelta, holidays: Collection[date]) -> datetime:
    """The moment at which `duration` of business time after `start` is over; a start outside business hours counts from the next opening."""
    moment, left = start.astimezone(KST), duration
    for _ in range(366 * 10):
        opening = moment.replace(hour=OPENS.hour, minute=0, second=0, microsecond=0)
        closing = moment.replace(hour=CLOSES.hour, minute=0, second=0, microsecond=0)
        if moment.weekday() < 5 and moment.date() not in holidays and moment < closing:
            moment = max(moment, opening)
            if moment + left <= closing:
                return (moment + left).astimezone(start.tzinfo)
            left -= closing - moment
        moment = opening + timedelta(days=1)
    raise ValueError("a business time of more than ten years is a mistake in the drawing or in the list of holidays")
