"""Offsets of named time zones (IANA), also for years outside those that Python's datetime can hold."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=256)
def find(name: str) -> tzinfo | None:
    """The zone of that name, or None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def offset_at_local(zone: str, year: int, month: int, day: int, seconds: int) -> int:
    """Seconds east of UTC when clocks there show that date and that second of the day."""
    moment = datetime(_representable(year), month, day) + timedelta(seconds=seconds)
    return _seconds(moment.replace(tzinfo=find(zone)).utcoffset())


def offset_at_utc(zone: str, year: int, month: int, day: int, seconds: int) -> int:
    """Seconds east of UTC in that zone at that date and second of the day in UTC."""
    found = find(zone)
    if found is None:
        return 0
    moment = (datetime(_representable(year), month, day) + timedelta(seconds=seconds)).replace(tzinfo=found)
    return _seconds(found.fromutc(moment).utcoffset())


def _seconds(offset: timedelta | None) -> int:
    return round(offset.total_seconds()) if offset is not None else 0


def _representable(year: int) -> int:
    """A year with the same calendar that Python can hold; rules of zones repeat every 400 years as far as anybody can say."""
    return year if 2 <= year <= 9998 else year % 400 + 2000
