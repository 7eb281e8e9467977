"""Cron expressions as Camunda 8 takes them: six fields from seconds to weekday (five without seconds), in Korean time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from engine.bpmn.durations import TimerError
from engine.clock import KST

MACROS: Final = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
BOUNDS: Final = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
MONTHS: Final = {
    name: str(number) for number, name in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}
DAYS: Final = {name: str(number) for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])}
HORIZON: Final = 366 * 8


@dataclass(frozen=True, slots=True)
class Cron:
    """The values that each field allows."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def after(self, moment: datetime) -> datetime | None:
        """The first match later than `moment`, as UTC; None when there is none within eight years."""
        start = moment.astimezone(KST).replace(microsecond=0) + timedelta(seconds=1)
        for offset in range(HORIZON):
            day = start.date() + timedelta(days=offset)
            if day.month in self.months and day.day in self.days and day.isoweekday() % 7 in self.weekdays:
                earliest = (start.hour, start.minute, start.second) if offset == 0 else (0, 0, 0)
                found = self._time_from(earliest)
                if found:
                    return datetime(day.year, day.month, day.day, *found, tzinfo=KST).astimezone(UTC)
        return None

    def _time_from(self, earliest: tuple[int, int, int]) -> tuple[int, int, int] | None:
        times = ((hour, minute, second) for hour in self.hours if hour >= earliest[0] for minute in self.minutes for second in self.seconds)
        return next((found for found in times if found >= earliest), None)


def parse_cron(text: str) -> Cron:
    """Read a cron expression. Raises TimerError, also when it can never match."""
    fields = MACROS.get(text.strip(), text.strip()).upper().split()
    fields = ["0", *fields] if len(fields) == 5 else fields
    if len(fields) != 6:
        raise _bad(text)
    seconds, minutes, hours, days, months, weekdays = (_field(fields[index], index, text) for index in range(6))
    cron = Cron(
        tuple(sorted(seconds)),
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        frozenset(days),
        frozenset(months),
        frozenset(day % 7 for day in weekdays),
    )
    if cron.after(datetime(2024, 1, 1, tzinfo=UTC)) is None:
        raise _bad(text)
    return cron


def _field(field: str, index: int, text: str) -> set[int]:
    low, high = BOUNDS[index]
    names = MONTHS if index == 4 else DAYS if index == 5 else {}
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("*" if span == "?" else span).partition("-")
        try:
            begin = low if first == "*" else int(names.get(first, first))
            end = high if first == "*" or (step and not last) else int(names.get(last, last) or begin)
            stride = int(step or 1)
        except ValueError as error:
            raise _bad(text) from error
        if not (low <= begin <= end <= high) or stride < 1:
            raise _bad(text)
        found.update(range(begin, end + 1, stride))
    return found


def _bad(text: str) -> TimerError:
    return TimerError(f"'{text[:60]}'은 쓸 수 없는 cron 식이에요.", f"'{text[:60]}' is not a usable cron expression")
