"""Dates, times and durations from and to text: XML Schema Part 2 and, after an `@`, the IANA name of a zone (DMN 1.5, 10.3.4.1).

Beyond that, seconds may be left out, as forms write times (`09:30`). A date with an offset is no date, only a date and time has one.
"""

import re
from functools import lru_cache

from engine.feel import calendar, zones
from engine.feel.temporal import DAY, NANOS, Date, DateTime, DaysTimeDuration, Temporal, Time, YearsMonthsDuration

_OFFSET = r"(?P<offset>[Zz]|[+-]\d\d:\d\d(?::\d\d)?)"
_DATE = re.compile(r"(?P<year>-?(?:[1-9]\d{4,8}|\d{4}))-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII)
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
_TIME = re.compile(_CLOCK + "(?:" + _OFFSET + r"|@(?P<zone>[A-Za-z0-9_+\-/]+))?", re.ASCII)
_DAYS_TIME = re.compile(
    r"(?P<sign>-?)P(?=\d|T\d)(?:(?P<d>\d{1,15})D)?"
    r"(?:T(?=\d)(?:(?P<h>\d{1,15})H)?(?:(?P<m>\d{1,15})M)?(?:(?P<s>\d{1,15})(?:\.(?P<f>\d*))?S)?)?",
    re.ASCII,
)
_YEARS_MONTHS = re.compile(r"(?P<sign>-?)P(?=\d)(?:(?P<y>\d{1,15})Y)?(?:(?P<m>\d{1,15})M)?", re.ASCII)
_MIDNIGHT = re.compile("(?P<date>-?[0-9]+-[0-9]{2}-[0-9]{2})" + _OFFSET + "?", re.ASCII)
MAX_OFFSET = 14 * 3600


@lru_cache(maxsize=1024)
def parse_date(text: str) -> Date | None:
    """The date, or None when the text is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    return make_date(int(match["year"]), int(match["month"]), int(match["day"]))


def make_date(year: int, month: int, day: int) -> Date | None:
    """The date of these numbers, or None when the calendar has none."""
    if calendar.MIN_YEAR <= year <= calendar.MAX_YEAR and 1 <= month <= 12 and 1 <= day <= calendar.month_length(year, month):
        return Date(year, month, day)
    return None


@lru_cache(maxsize=1024)
def parse_time(text: str) -> Time | None:
    """The time of day, or None when the text is none."""
    found = _read_time(text)
    return None if found is None else Time(found.nanos % DAY, found.offset, found.zone)


def _read_time(text: str) -> Time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    nanos = (hour * 3600 + minute * 60 + second) * NANOS + _fraction(match["fraction"])
    if minute > 59 or second > 59 or nanos > DAY:
        return None
    offset = read_offset(match["offset"]) if match["offset"] else None
    if (match["offset"] and offset is None) or (match["zone"] and zones.find(match["zone"]) is None):
        return None
    return Time(nanos, offset, match["zone"])


@lru_cache(maxsize=1024)
def parse_date_time(text: str) -> DateTime | None:
    """The date and time; a date alone, which here may have an offset, is its midnight. None when the text is neither."""
    day_text, mark, time_text = text.partition("T")
    if not mark:
        found = _MIDNIGHT.fullmatch(text)
        day_text, time_text = (found["date"], f"00:00:00{found['offset'] or ''}") if found is not None else ("", "")
    date, time = parse_date(day_text), _read_time(time_text)
    if date is None or time is None:
        return None
    if time.nanos == DAY:  # 24:00:00 is the midnight that ends the day (XML Schema Part 2)
        following = make_date(*calendar.from_days(date.days + 1))
        return None if following is None else DateTime(following, Time(0, time.offset, time.zone))
    return DateTime(date, time)


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> DaysTimeDuration | YearsMonthsDuration | None:
    """The duration of either kind, or None."""
    match = _YEARS_MONTHS.fullmatch(text)
    if match is not None:
        months = int(match["y"] or 0) * 12 + int(match["m"] or 0)
        return YearsMonthsDuration(-months if match["sign"] else months)
    match = _DAYS_TIME.fullmatch(text)
    if match is None:
        return None
    seconds = ((int(match["d"] or 0) * 24 + int(match["h"] or 0)) * 60 + int(match["m"] or 0)) * 60 + int(match["s"] or 0)
    nanos = seconds * NANOS + _fraction(match["f"])
    return DaysTimeDuration(-nanos if match["sign"] else nanos)


def parse_any(text: str) -> Temporal | None:
    """The value of the literal `@"..."`: a date, a date and time, a time or a duration; None when it is none of them."""
    return parse_date(text) or parse_date_time(text) or parse_time(text) or parse_duration(text)


def read_offset(text: str) -> int | None:
    """Seconds east of UTC of `Z`, `+09:00`, `-02:30:15`; None past 14 hours."""
    if text in "Zz":
        return 0
    hours, minutes, *rest = (int(part) for part in text[1:].split(":"))
    seconds = hours * 3600 + minutes * 60 + (rest[0] if rest else 0)
    if minutes > 59 or (rest and rest[0] > 59) or seconds > MAX_OFFSET:
        return None
    return -seconds if text[0] == "-" else seconds


def _fraction(digits: str | None) -> int:
    return int(((digits or "") + "000000000")[:9])


def format_date(value: Date) -> str:
    """`2026-11-20`; years before 1 with a minus sign."""
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04d}-{value.month:02d}-{value.day:02d}"


def format_time(value: Time) -> str:
    """`09:30:00`, with fraction, offset or zone as far as there are any."""
    text = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{_fraction_text(value.nanos % NANOS)}"
    if value.zone is not None:
        return f"{text}@{value.zone}"
    return text if value.offset is None else text + format_offset(value.offset)


def format_offset(seconds: int) -> str:
    """`Z` or `+09:00`, with seconds where it has any."""
    if seconds == 0:
        return "Z"
    size = abs(seconds)
    text = f"{'-' if seconds < 0 else '+'}{size // 3600:02d}:{size // 60 % 60:02d}"
    return f"{text}:{size % 60:02d}" if size % 60 else text


def format_date_time(value: DateTime) -> str:
    """`2026-11-20T09:30:00+09:00`."""
    return f"{format_date(value.date)}T{format_time(value.time)}"


def format_duration(value: DaysTimeDuration | YearsMonthsDuration) -> str:
    """`P1DT2H`, `-P1Y2M`: normalized, `PT0S` and `P0M` for nothing."""
    if isinstance(value, YearsMonthsDuration):
        years, months = divmod(abs(value.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-P" if value.months < 0 else "P") + text
    size = abs(value.nanos)
    days, rest = divmod(size, DAY)
    hours, minutes, seconds = rest // (3600 * NANOS), rest // (60 * NANOS) % 60, rest // NANOS % 60
    fraction = _fraction_text(size % NANOS)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{seconds}{fraction}S" if seconds or fraction else "")
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-P" if value.nanos < 0 else "P") + (text or "T0S")


def _fraction_text(nanos: int) -> str:
    return f".{nanos:09d}".rstrip("0") if nanos else ""
