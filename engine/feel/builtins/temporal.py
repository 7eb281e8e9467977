"""Temporal functions (DMN 1.5, 10.3.4.8, table 79), `now` and `today` (table 82), and Camunda's `last day of month`."""

from engine.feel import calendar
from engine.feel.builtins.registry import builtin
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("now()")
def _now(run: Run) -> DateTime:
    return run.moment()


@builtin("today()")
def _today(run: Run) -> Date:
    return run.moment().date


@builtin("day of year(date: date|date and time)")
def _day_of_year(date: Date | DateTime) -> int:
    day = _day(date)
    return day.days - calendar.to_days(day.year, 1, 1) + 1


@builtin("day of week(date: date|date and time)")
def _day_of_week(date: Date | DateTime) -> str:
    return _WEEKDAYS[_day(date).weekday - 1]


@builtin("month of year(date: date|date and time)")
def _month_of_year(date: Date | DateTime) -> str:
    return _MONTHS[_day(date).month - 1]


@builtin("week of year(date: date|date and time)")
def _week_of_year(date: Date | DateTime) -> int:
    day = _day(date)
    return calendar.iso_week(day.year, day.month, day.day)


@builtin("last day of month(date: date|date and time)")
def _last_day_of_month(date: Date | DateTime) -> Date | DateTime:
    day = _day(date)
    last = Date(day.year, day.month, calendar.month_length(day.year, day.month))
    return DateTime(last, date.time) if isinstance(date, DateTime) else last
