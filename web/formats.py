"""Dates, times and amounts as people read them: Korean time, Korean or English words."""

from datetime import date, datetime, timedelta
from typing import Any

from babel import numbers
from babel.dates import format_date, format_datetime, format_time

from engine.clock import KST
from engine.views.paging import COUNTED
from web.current import baton
from web.texts import language, t

LOCALES = {"ko": "ko_KR", "en": "en_GB"}
DAY = {"ko": "M월 d일(E)", "en": "E d MMM"}
MOMENT = {"ko": "M월 d일(E) aaaa h:mm", "en": "E d MMM, h:mm a"}
CLOCK = {"ko": "aaaa h:mm", "en": "h:mm a"}
SOON = timedelta(hours=1)


def now() -> datetime:
    """The present moment by Baton's clock, aware, in UTC."""
    return baton().clock.now()


def locale() -> str:
    """The Babel locale of the page."""
    return LOCALES[language()]


def day(value: date | datetime | None) -> str:
    """`11월 22일(금)` / `Fri 22 Nov`."""
    return format_date(_local(value), DAY[language()], locale=locale()) if value else ""


def moment(value: datetime | None) -> str:
    """`11월 22일(금) 오후 2:00` / `Fri 22 Nov, 2:00 pm`."""
    return format_datetime(_local(value), MOMENT[language()], locale=locale()) if value else ""


def clock(value: datetime | None) -> str:
    """`오후 2:00` / `2:00 pm`; the wide day period (`aaaa`), for CLDR abbreviates the Korean one to AM and PM."""
    return format_time(_local(value), CLOCK[language()], locale=locale()) if value else ""


def near(value: datetime | None) -> str:
    """A moment in as few words as its distance allows: `오늘 오후 3:00`, `내일 오전 10:00`, else day and time."""
    if value is None:
        return ""
    days = (_local(value).date() - now().astimezone(KST).date()).days
    words = {-1: "common.yesterday_at", 0: "common.today_at", 1: "common.tomorrow_at"}
    return t(words[days], time=clock(value)) if days in words else moment(value)


def left(due: datetime | None) -> str:
    """How a due time is said in a list: `12분 지남`, `38분 남음` within the hour or up to a day late, else `near`."""
    if due is None:
        return ""
    seconds = (due - now()).total_seconds()
    if seconds < 0:
        return t("common.late_by", span=_span(-seconds))
    return t("common.left_for", span=_span(seconds)) if seconds < SOON.total_seconds() else near(due)


def iso(value: datetime | date | None) -> str:
    """For `<time datetime>`: ISO 8601 in Korean time."""
    return _local(value).isoformat() if value else ""


def local(value: datetime | None) -> str:
    """For a `datetime-local` field: Korean time to the minute."""
    return _local(value).strftime("%Y-%m-%dT%H:%M") if value else ""


def number(value: int | float) -> str:
    """With thousands separators."""
    return numbers.format_decimal(value, locale=locale())


def counted(value: int) -> str:
    """A count that stops at COUNTED: `1,000+` beyond."""
    return f"{number(COUNTED)}+" if value > COUNTED else number(value)


def mobile(digits: str) -> str:
    """`010-1234-5678` of stored digits; anything else unchanged."""
    return f"{digits[:3]}-{digits[3:-4]}-{digits[-4:]}" if digits.isdigit() and len(digits) in (10, 11) else digits


def _local(value: date | datetime) -> Any:
    return value.astimezone(KST) if isinstance(value, datetime) else value


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return t("common.minutes", n=max(minutes, 1))
    return t("common.hours", n=minutes // 60) if minutes < 48 * 60 else t("common.days", n=minutes // (24 * 60))
