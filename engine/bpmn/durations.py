"""ISO 8601 durations and moments, read strictly and with a cap: nothing here can loop for long or mean something else than it says."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.clock import KST

MAX_MONTHS: Final = 120
MAX_SECONDS: Final = 3660 * 86400
MAX_TEXT: Final = 200
_DURATION: Final = re.compile(
    r"P(?:(?P<y>\d{1,9})Y)?(?:(?P<m>\d{1,9})M)?(?:(?P<w>\d{1,9})W)?(?:(?P<d>\d{1,9})D)?"
    r"(?:T(?=\d)(?:(?P<h>\d{1,9})H)?(?:(?P<min>\d{1,9})M)?(?:(?P<s>\d{1,9})(?:[.,](?P<f>\d{1,9}))?S)?)?"
)


class TimerError(ValueError):
    """A timer text that cannot be used, in both languages."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.ko = ko
        self.en = en


@dataclass(frozen=True, slots=True)
class Duration:
    """Months (calendar) and the rest as a timedelta; never negative, at most ten years."""

    months: int
    rest: timedelta

    def after(self, start: datetime) -> datetime:
        """`start` plus the duration; the day is cut to the month's last one."""
        if not self.months:
            return start + self.rest
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        return start.replace(year=year, month=month + 1, day=day) + self.rest


def parse_duration(text: str) -> Duration:
    """Read `P1DT2H` and the like. Raises TimerError for anything else, for a minus sign and for more than ten years."""
    text = text.strip()
    if text.startswith("-"):
        raise TimerError(f"기간 '{text[:40]}'은 음수예요.", f"the duration '{text[:40]}' is negative")
    match = _DURATION.fullmatch(text[:MAX_TEXT])
    if match is None or not any(match.groups()):
        raise TimerError(f"'{text[:40]}'은 ISO 8601 기간이 아니에요.", f"'{text[:40]}' is not an ISO 8601 duration")
    part = {name: int(found or 0) for name, found in match.groupdict().items() if name != "f"}
    months = part["y"] * 12 + part["m"]
    seconds = ((part["w"] * 7 + part["d"]) * 24 + part["h"]) * 3600 + part["min"] * 60 + part["s"]
    if months > MAX_MONTHS or seconds > MAX_SECONDS:
        raise TimerError(f"기간 '{text[:40]}'이 10년보다 길어요.", f"the duration '{text[:40]}' is longer than ten years")
    return Duration(months, timedelta(seconds=seconds, microseconds=int((match["f"] or "0").ljust(6, "0")[:6])))


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 date or date and time, as UTC; without an offset it is Korean time. Raises TimerError."""
    body, _, zone = text.strip()[:MAX_TEXT].partition("@")
    try:
        if "T" not in body:
            return datetime.combine(date.fromisoformat(body), time(), KST).astimezone(UTC)
        moment = datetime.fromisoformat(re.sub(r"\[.*\]$", "", body))
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone) if zone else KST)).astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError) as error:
        raise TimerError(f"'{text[:40]}'은 ISO 8601 날짜·시각이 아니에요.", f"'{text[:40]}' is not an ISO 8601 date and time") from error
