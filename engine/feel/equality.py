"""When values are equal and how they are ordered (DMN 1.5, 10.3.2.15, tables 52 to 54)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.feel import limits
from engine.feel.numbers import from_float
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from engine.feel.values import Range, adopt, type_name

_MAX_PAIRS = 250_000


def equal(left: Any, right: Any, run: Run | None = None) -> bool | None:
    """True, false, or null when the values are of different kinds. Null equals only null."""
    try:
        return _Comparison(run).equal(left, right)
    except RecursionError:
        raise limits.too_deep(run.expression if run is not None else "=") from None


class _Comparison:
    """Counts the pairs looked at, so that values that share parts cannot make it endless."""

    def __init__(self, run: Run | None) -> None:
        self.run = run
        self.left = _MAX_PAIRS

    def equal(self, left: Any, right: Any) -> bool | None:
        if left is None or right is None:
            return left is right
        kind = type_name(left)
        if kind != type_name(right):
            return None
        if kind == "list":
            return self._lists(left, right)
        if kind == "context":
            return self._contexts(left, right)
        if kind == "range":
            return self._ranges(left, right)
        return _scalars(kind, adopt(left), adopt(right))

    def _count(self, pairs: int) -> None:
        if self.run is not None:
            self.run.spend(pairs)
        self.left -= pairs
        if self.left < 0:
            raise limits.too_much(self.run.expression if self.run is not None else "=")

    def _lists(self, left: Any, right: Any) -> bool:
        if len(left) != len(right):
            return False
        self._count(len(left) + 1)
        return all(self.equal(a, b) is True for a, b in zip(left, right, strict=True))

    def _contexts(self, left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
        if type(left) is not dict or type(right) is not dict:
            if left is right:
                return True
            if type(left) is not dict and type(right) is not dict:
                return bool(left == right)
        self._count(len(left) + 1)
        return left.keys() == right.keys() and all(self.equal(left[key], right[key]) is True for key in left)

    def _ranges(self, left: Range, right: Range) -> bool:
        flags = (left.start_included, left.end_included) == (right.start_included, right.end_included)
        return flags and self.equal(left.start, right.start) is True and self.equal(left.end, right.end) is True


def _scalars(kind: str, left: Any, right: Any) -> bool | None:
    if kind in ("date and time", "time"):
        return compare(left, right) == 0
    if kind == "function":
        return bool(left.equals(right))
    return bool(left == right)


def compare(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; null when the values have no order between them."""
    a, b = order_keys(left, right)
    if a is None:
        return None
    return int(a > b) - int(a < b)


def less(left: Any, right: Any) -> bool | None:
    """Whether `left` comes before `right`; null when they have no order between them."""
    found = compare(left, right)
    return None if found is None else found < 0


def order_keys(left: Any, right: Any) -> tuple[Any, Any]:
    """Two Python values in the order of the two FEEL values; (None, None) when they have none."""
    kind = type_name(left)
    if kind != type_name(right):
        return None, None
    if kind == "number":
        a, b = plain_number(left), plain_number(right)
        return (None, None) if a is None or b is None else (a, b)
    if kind == "string":
        return left, right
    left, right = adopt(left), adopt(right)
    if isinstance(left, Date):
        return (left.year, left.month, left.day), (right.year, right.month, right.day)
    if isinstance(left, (DateTime, Time)):
        return _moments(left, right)
    if isinstance(left, DaysTimeDuration):
        return left.nanos, right.nanos
    return (left.months, right.months) if isinstance(left, YearsMonthsDuration) else (None, None)


def plain_number(value: Any) -> int | Decimal | None:
    """The number behind an int, Decimal or float from outside; None for NaN."""
    if isinstance(value, float):
        return from_float(value)
    return None if isinstance(value, Decimal) and not value.is_finite() else value


def _moments(left: Any, right: Any) -> tuple[int, int]:
    """Instants; where only one side has an offset, the other takes it (DMN 1.5, table 54)."""
    a, b = left.utc_offset, right.utc_offset
    shared = a if a is not None else b if b is not None else 0
    if isinstance(left, DateTime):
        return left.instant(shared), right.instant(shared)
    nanos = 1_000_000_000
    return left.nanos - (shared if a is None else a) * nanos, right.nanos - (shared if b is None else b) * nanos


def includes(test: Range, value: Any) -> bool | None:
    """Whether the value lies in the range; null when it cannot be compared with its ends."""
    if test.start is not None:
        found = compare(value, test.start)
        if found is None:
            return None
        if found < 0 or (found == 0 and not test.start_included):
            return False
    if test.end is not None:
        found = compare(value, test.end)
        if found is None:
            return None
        if found > 0 or (found == 0 and not test.end_included):
            return False
    return True if test.start is not None or test.end is not None else None


def contains(values: Any, wanted: Any, run: Run | None = None) -> bool:
    """Whether a list has an item equal to the value, null included."""
    return any(equal(value, wanted, run) is True for value in values)
