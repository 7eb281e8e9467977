"""The properties of dates, times, durations and ranges (DMN 1.5, tables 65 to 67)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.errors import Null
from engine.feel.numbers import Number
from engine.feel.temporal import NANOS, Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from engine.feel.values import Range, type_name


def property_of(value: Any, name: str) -> Any:
    """The property of that name; raises Null when values of this kind have none."""
    read = _PROPERTIES.get(type(value), {}).get(name)
    if read is not None:
        return read(value)
    if value is None:
        raise Null(f"cannot read '{name}' of null", f"null에서는 '{name}'을(를) 읽을 수 없어요.")
    kind = type_name(value)
    raise Null(f"a {kind} has no property '{name}'", f"{kind}에는 '{name}'(이)라는 속성이 없어요.")


def _seconds(nanos: int) -> Number:
    seconds, rest = divmod(nanos, NANOS)
    return seconds if not rest else Decimal(nanos) / NANOS


def _offset(seconds: int | None) -> DaysTimeDuration | None:
    return None if seconds is None else DaysTimeDuration(seconds * NANOS)


def _part(total: int, size: int, modulus: int) -> int:
    """A normalized component: with the sign of the whole."""
    part = abs(total) // size % modulus
    return -part if total < 0 else part


def _fraction_part(nanos: int) -> Number:
    part = _seconds(abs(nanos) % (60 * NANOS))
    return -part if nanos < 0 else part


_DATE: dict[str, Callable[[Any], Any]] = {
    "year": lambda date: date.year,
    "month": lambda date: date.month,
    "day": lambda date: date.day,
    "weekday": lambda date: date.weekday,
}
_TIME: dict[str, Callable[[Any], Any]] = {
    "hour": lambda time: time.hour,
    "minute": lambda time: time.minute,
    "second": lambda time: _seconds(time.nanos % (60 * NANOS)),
    "timezone": lambda time: time.zone,
}


def _of_date(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda moment: read(moment.date)


def _of_time(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda moment: read(moment.time)


_PROPERTIES: dict[type, dict[str, Callable[[Any], Any]]] = {
    Date: _DATE,
    Time: {**_TIME, "time offset": lambda time: _offset(time.utc_offset)},
    DateTime: {
        **{name: _of_date(read) for name, read in _DATE.items()},
        **{name: _of_time(read) for name, read in _TIME.items()},
        "time offset": lambda moment: _offset(moment.utc_offset),
    },
    DaysTimeDuration: {
        "days": lambda duration: _part(duration.nanos, 86_400 * NANOS, 10**30),
        "hours": lambda duration: _part(duration.nanos, 3600 * NANOS, 24),
        "minutes": lambda duration: _part(duration.nanos, 60 * NANOS, 60),
        "seconds": lambda duration: _fraction_part(duration.nanos),
    },
    YearsMonthsDuration: {
        "years": lambda duration: _part(duration.months, 12, 10**30),
        "months": lambda duration: _part(duration.months, 1, 12),
    },
    Range: {
        "start": lambda range_: range_.start,
        "end": lambda range_: range_.end,
        "start included": lambda range_: range_.start_included,
        "end included": lambda range_: range_.end_included,
    },
}
