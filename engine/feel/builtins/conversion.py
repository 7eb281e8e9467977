"""Conversion functions (DMN 1.5, 10.3.4.1, table 72), boolean functions (table 73) and `is` (table 77)."""

import re
from collections.abc import Mapping
from decimal import DecimalException
from typing import Any

from engine.feel import temporal_text, zones
from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelAssertionError, Null
from engine.feel.numbers import Number, from_text, is_whole
from engine.feel.ranges_text import parse_range
from engine.feel.run import Run
from engine.feel.temporal import NANOS, Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration, from_instant
from engine.feel.text import to_text
from engine.feel.values import Function, Range, adopt, type_name

_DIGITS = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def _no(what: str, what_ko: str, text: Any) -> Null:
    return Null(f"'{text}' is no {what}", f"'{text}'은(는) {what_ko}이(가) 아니에요.")


@builtin("date(from: string)")
def _date_of_text(text: str) -> Date:
    found = temporal_text.parse_date(text)
    if found is None:
        raise _no("date", "날짜", text)
    return found


@builtin("date(from: date and time|date)")
def _date_of_moment(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("date(year: number, month: number, day: number)")
def _date_of_numbers(year: Number, month: Number, day: Number) -> Date:
    if not (is_whole(year) and is_whole(month) and is_whole(day)):
        raise _no("date", "날짜", f"{year}-{month}-{day}")
    found = temporal_text.make_date(int(year), int(month), int(day))
    if found is None:
        raise _no("date", "날짜", f"{year}-{month}-{day}")
    return found


@builtin("date and time(from: string)")
def _moment_of_text(text: str) -> DateTime:
    found = temporal_text.parse_date_time(text)
    if found is None:
        raise _no("date and time", "날짜와 시각", text)
    return found


@builtin("date and time(date: date|date and time, time: time)")
def _moment_of_parts(date: Date | DateTime, time: Time) -> DateTime:
    return DateTime(_date_of_moment(date), time)


@builtin("date and time(date: date and time, timezone: string)")
def _moment_in_zone(moment: DateTime, timezone: str) -> DateTime:
    """Camunda: the same moment on the clocks of another zone."""
    offset = temporal_text.read_offset(timezone) if re.fullmatch(r"[Zz]|[+-]\d\d:\d\d", timezone, re.ASCII) else None
    if offset is None and zones.find(timezone) is None:
        raise _no("time zone", "시간대", timezone)
    return from_instant(moment.instant(), Time(0, offset, None if offset is not None else timezone))


@builtin("time(from: string)")
def _time_of_text(text: str) -> Time:
    found = temporal_text.parse_time(text)
    if found is None:
        raise _no("time", "시각", text)
    return found


@builtin("time(from: time|date and time|date)")
def _time_of_moment(value: Time | DateTime | Date) -> Time:
    if isinstance(value, Date):
        return Time(0, 0)
    return value.time if isinstance(value, DateTime) else value


@builtin("time(hour: number, minute: number, second: number, offset: days and time duration|null?)")
def _time_of_numbers(hour: Number, minute: Number, second: Number, offset: DaysTimeDuration | None = None) -> Time:
    whole = is_whole(hour) and is_whole(minute)
    if not whole or not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second < 60):
        raise _no("time", "시각", f"{hour}:{minute}:{second}")
    seconds = None if offset is None else offset.nanos // NANOS
    if seconds is not None and abs(seconds) > temporal_text.MAX_OFFSET:
        raise _no("time offset", "시간대", temporal_text.format_duration(offset))  # type: ignore[arg-type]  # seconds came from it
    return Time((int(hour) * 3600 + int(minute) * 60) * NANOS + int(second * NANOS), seconds)


@builtin("number(from: string)")
def _number_of_text(text: str) -> Number:
    return _number_of_grouped_text(text, None, None)


@builtin("number(from: string, grouping separator: string|null, decimal separator: string|null)")
def _number_of_grouped_text(text: str, grouping: str | None, decimal: str | None) -> Number:
    if grouping not in (" ", ",", ".", None) or decimal not in (",", ".", None) or (grouping is not None and grouping == decimal):
        raise Null("the separators must be ' ', ',' or '.', and differ", "구분 기호는 ' ', ',', '.' 가운데 서로 다른 것이어야 해요.")
    plain = text.replace(grouping, "") if grouping else text
    if decimal == ",":
        plain = plain.replace(".", "x").replace(",", ".")
    if _DIGITS.fullmatch(plain) is None:
        raise _no("number", "숫자", text)
    try:
        return from_text(plain)
    except DecimalException:
        raise _no("number", "숫자", text) from None


@builtin("string(from: any)")
def _string(run: Run, value: Any) -> str | None:
    return None if value is None else to_text(run, value)


@builtin("duration(from: string)")
def _duration(text: str) -> DaysTimeDuration | YearsMonthsDuration:
    found = temporal_text.parse_duration(text)
    if found is None:
        raise _no("duration", "기간", text)
    return found


@builtin("duration(from: days and time duration|years and months duration)")
def _duration_itself(value: DaysTimeDuration | YearsMonthsDuration) -> DaysTimeDuration | YearsMonthsDuration:
    return value


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def _months_between(start: Date | DateTime, end: Date | DateTime) -> YearsMonthsDuration:
    backwards = _day_key(end) < _day_key(start)
    first, last = (_day_key(end), _day_key(start)) if backwards else (_day_key(start), _day_key(end))
    months = (last[0] - first[0]) * 12 + last[1] - first[1] - (last[2] < first[2])
    return YearsMonthsDuration(-months if backwards else months)


def _day_key(value: Date | DateTime) -> tuple[int, int, int]:
    day = _date_of_moment(value)
    return day.year, day.month, day.day


@builtin("range(from: string)")
def _range(text: str) -> Range:
    return parse_range(text)


@builtin("not(negand: boolean)")
def _not(negand: bool) -> bool:
    return not negand


@builtin("is(value1: any, value2: any)")
def _is(run: Run, value1: Any, value2: Any) -> bool:
    """Whether both are the same element of the semantic domain: 1 and 1.0 are, 10:00Z and 10:00 are not."""
    run.spend(1)
    if type_name(value1) != type_name(value2):
        return False
    if isinstance(value1, list):
        return len(value1) == len(value2) and all(_is(run, adopt(a), adopt(b)) for a, b in zip(value1, value2, strict=True))
    if isinstance(value1, Mapping):
        return value1.keys() == value2.keys() and all(_is(run, adopt(value1[key]), adopt(value2[key])) for key in value1)
    return bool(value1.equals(value2) if isinstance(value1, Function) else value1 == value2)


@builtin("is defined(value: any)")
def _is_defined(value: Any) -> bool:
    return value is not None


@builtin("get or else(value: any, default: any)")
def _get_or_else(value: Any, default: Any) -> Any:
    return default if value is None else value


@builtin("assert(value: any, condition: any, cause: string?)")
def _assert(value: Any, condition: Any, cause: str = "the condition of assert does not hold") -> Any:
    if condition is not True:
        raise FeelAssertionError(f"assert: {cause}", f"assert: {cause}")
    return value
