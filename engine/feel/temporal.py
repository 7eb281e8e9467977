"""Dates, times and durations of FEEL (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8): immutable, exact to the nanosecond, years up to nine digits.

Python's own classes stop at the year 9999 and cannot give a time of day a named zone, hence these. Python equality is identity of the
value ("is" in DMN 1.5, 10.3.2.2); FEEL's `=` stands in `operators/equality.py`.
"""

import datetime as python
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.feel import calendar, zones

NANOS = 1_000_000_000
DAY = 86_400 * NANOS


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the calendar."""

    year: int
    month: int
    day: int

    @property
    def days(self) -> int:
        """Days since 1970-01-01."""
        return calendar.to_days(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return calendar.weekday(self.days)

    def to_python(self) -> python.date:
        """The same day as Python's date; ValueError outside the years 1 to 9999."""
        return python.date(self.year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day: `nanos` since midnight, and either an `offset` in seconds east of UTC, or a `zone` name, or neither (local)."""

    nanos: int
    offset: int | None = None
    zone: str | None = None

    @property
    def hour(self) -> int:
        """0 to 23."""
        return self.nanos // (3600 * NANOS)

    @property
    def minute(self) -> int:
        """0 to 59."""
        return self.nanos // (60 * NANOS) % 60

    @property
    def second(self) -> int:
        """0 to 59, without the fraction."""
        return self.nanos // NANOS % 60

    @property
    def utc_offset(self) -> int | None:
        """Seconds east of UTC, None for a local time. A named zone counts at the reference date of XPath comparisons, 1972-12-31."""
        if self.zone is not None:
            return zones.offset_at_local(self.zone, 1972, 12, 31, self.nanos // NANOS)
        return self.offset


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date with a time of day, which may carry an offset or a zone."""

    date: Date
    time: Time

    @property
    def utc_offset(self) -> int | None:
        """Seconds east of UTC at that moment, None for a local date and time."""
        if self.time.zone is not None:
            return zones.offset_at_local(self.time.zone, self.date.year, self.date.month, self.date.day, self.time.nanos // NANOS)
        return self.time.offset

    def instant(self, offset: int = 0) -> int:
        """Nanoseconds since 1970-01-01T00:00:00Z, taking `offset` for a local one (`valuedt` of DMN 1.5, 10.3.2.3.6)."""
        own = self.utc_offset
        return self.date.days * DAY + self.time.nanos - (offset if own is None else own) * NANOS

    def to_python(self) -> python.datetime:
        """The same moment as Python's datetime (aware when it has an offset or zone; cut to microseconds); ValueError outside the years 1 to 9999."""
        moment = python.datetime.combine(self.date.to_python(), python.time()) + python.timedelta(microseconds=self.time.nanos // 1000)
        return moment.replace(tzinfo=_python_zone(self.time))


@dataclass(frozen=True, slots=True)
class DaysTimeDuration:
    """A days and time duration, in nanoseconds."""

    nanos: int

    def to_python(self) -> python.timedelta:
        """The same length as Python's timedelta, cut to microseconds."""
        return python.timedelta(microseconds=self.nanos // 1000)


@dataclass(frozen=True, slots=True)
class YearsMonthsDuration:
    """A years and months duration, in months."""

    months: int


Temporal = Date | Time | DateTime | DaysTimeDuration | YearsMonthsDuration


def from_python(value: python.date | python.time | python.timedelta) -> Temporal:
    """The FEEL value of a Python datetime, date, time or timedelta."""
    if isinstance(value, python.datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value, value.utcoffset()))
    if isinstance(value, python.date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, python.time):
        return _time(value, value.utcoffset())
    return DaysTimeDuration((value.days * 86_400 + value.seconds) * NANOS + value.microseconds * 1000)


def at_midnight(date: Date) -> DateTime:
    """The date as a date and time at midnight UTC (DMN 1.5, 10.3.2.9.4)."""
    return DateTime(date, Time(0, 0))


def from_instant(nanos: int, like: Time) -> DateTime:
    """The date and time at that instant, shown in the offset or zone of `like` (local ones count as UTC)."""
    offset = like.offset or 0
    if like.zone is not None:
        days, rest = divmod(nanos, DAY)
        offset = zones.offset_at_utc(like.zone, *calendar.from_days(days), rest // NANOS)
    days, rest = divmod(nanos + offset * NANOS, DAY)
    return DateTime(Date(*calendar.from_days(days)), Time(rest, like.offset, like.zone))


def _time(value: python.datetime | python.time, offset: python.timedelta | None) -> Time:
    nanos = (value.hour * 3600 + value.minute * 60 + value.second) * NANOS + value.microsecond * 1000
    if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key != "UTC":
        return Time(nanos, None, value.tzinfo.key)
    return Time(nanos, None if offset is None else round(offset.total_seconds()))


def _python_zone(time: Time) -> python.tzinfo | None:
    if time.zone is not None:
        return zones.find(time.zone)
    return None if time.offset is None else python.timezone(python.timedelta(seconds=time.offset))
