"""Timers: from what is drawn to the moment they are due (BPMN 2.0 section 10.5.5; cycles also as cron, as in Camunda 8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import Any, Final, Protocol

from engine import feel
from engine.bpmn.cron import Cron, parse_cron
from engine.bpmn.durations import Duration, TimerError, parse_duration, parse_moment
from engine.bpmn.model import TimerDefinition
from engine.clock import KST

MAX_REPEATS: Final = 1000
_CYCLE: Final = re.compile(r"R(?P<count>\d{0,9})/(?:(?P<start>[^/P][^/]*)/)?(?P<duration>P[^/]*)")


class Hours(Protocol):
    """Who knows the time and the business calendars: the host of a step."""

    now: datetime

    def business_time(self, calendar: str, start: datetime, duration: Any) -> datetime:
        """`start` plus a timedelta that counts business hours only."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a timer is due, and how many times after that (None: for ever, 0: never again)."""

    at: datetime
    left: int | None


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating timer: every `every` (a duration or cron), `count` times in all (None: for ever), not before `start`."""

    every: Duration | Cron
    count: int | None
    start: datetime | None


def parse_cycle(text: str) -> Cycle:
    """Read `R3/PT1H`, `R/2026-12-01T09:00Z/P1D` or a cron expression.

    Raises TimerError, also for intervals under a second and for more than 1,000 repeats.
    """
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        if text.strip().startswith("R"):
            raise TimerError(f"'{text[:40]}'은 반복 타이머가 아니에요. 예: R3/PT1H", f"'{text[:40]}' is not a cycle such as R3/PT1H")
        return Cycle(parse_cron(text), None, None)
    every = parse_duration(match["duration"])
    count = int(match["count"]) if match["count"] else None
    if not every.months and every.rest < timedelta(seconds=1):
        raise TimerError("반복 간격은 1초보다 짧을 수 없어요.", "a cycle cannot repeat faster than once a second")
    if count is not None and not 1 <= count <= MAX_REPEATS:
        raise TimerError(f"반복 횟수는 1에서 {MAX_REPEATS:,} 사이여야 해요.", f"a cycle repeats between 1 and {MAX_REPEATS:,} times")
    return Cycle(every, count, parse_moment(match["start"]) if match["start"] else None)


def check(timer: TimerDefinition) -> None:
    """Raise TimerError if a timer drawn as a constant can never work; an expression is only known when it runs."""
    if timer.value.expression is None:
        _read(timer.kind, timer.value.text)


def first_due(timer: TimerDefinition, scope: Mapping[str, Any], host: Hours, seed: int | None = None) -> Due:
    """When a timer that starts to count now is due. Raises TimerError when its expression gives nothing usable."""
    text = _text(timer, scope, host.now, seed)
    found = _read(timer.kind, text)
    if isinstance(found, datetime):
        return Due(found, 0)
    if isinstance(found, Duration):
        return Due(_add(found, timer.calendar, host), 0)
    left = None if found.count is None else found.count - 1
    if found.start is not None and found.start > host.now:
        return Due(found.start, left)
    return Due(_next(found, timer, host), left)


def next_due(timer: TimerDefinition, left: int | None, scope: Mapping[str, Any], host: Hours, seed: int | None = None) -> Due | None:
    """When a repeating timer that has just fired is due again; None when it was the last time."""
    if left == 0 or timer.kind != "cycle":
        return None
    found = parse_cycle(_text(timer, scope, host.now, seed))
    return Due(_next(found, timer, host), None if left is None else left - 1)


def moment_of(value: Any, calendar: str | None, host: Hours) -> datetime | None:
    """A due date as drawn: a moment, or a duration from now (in business hours with a calendar). None for null. Raises TimerError."""
    if isinstance(value, feel.DateTime) and MINYEAR < value.date.year < MAXYEAR:
        moment = value.to_python()
        return (moment if moment.tzinfo else moment.replace(tzinfo=KST)).astimezone(UTC)
    text = feel.to_json(value)
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise TimerError(f"{text!r}은(는) 날짜가 아니에요.", f"{text!r} is not a date")
    if text.lstrip("-").startswith("P"):
        return _add(parse_duration(text), calendar, host)
    return parse_moment(text)


def _text(timer: TimerDefinition, scope: Mapping[str, Any], now: datetime, seed: int | None) -> str:
    found = feel.to_json(timer.value.evaluate(scope, now, seed))
    if not isinstance(found, str):
        raise TimerError(f"타이머 '{timer.value.text}'의 값이 {found!r}이에요.", f"the timer '{timer.value.text}' gave {found!r}")
    return found


def _read(kind: str, text: str) -> datetime | Duration | Cycle:
    if kind == "cycle":
        return parse_cycle(text)
    # An expression may give a duration where a date is drawn, and the other way round: both say when.
    return parse_duration(text) if text.lstrip("-").startswith("P") else parse_moment(text)


def _next(cycle: Cycle, timer: TimerDefinition, host: Hours) -> datetime:
    if isinstance(cycle.every, Duration):
        return _add(cycle.every, timer.calendar, host)
    found = cycle.every.after(host.now)
    if found is None:
        raise TimerError("다음 실행 시각이 없어요.", "the cron expression has no next time")
    return found


def _add(duration: Duration, calendar: str | None, host: Hours) -> datetime:
    if calendar:
        return host.business_time(calendar, host.now, duration.rest + timedelta(days=30 * duration.months))
    return duration.after(host.now)
