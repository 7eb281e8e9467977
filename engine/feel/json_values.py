"""Values to and from JSON types."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.feel import limits
from engine.feel.errors import FeelError
from engine.feel.numbers import from_float, whole
from engine.feel.run import Run
from engine.feel.text import scalar_text, to_text
from engine.feel.values import Function, Range, adopt

_MAX_EXACT_INT_DIGITS = 40
_SAME = (str, bool, int)  # are JSON as they are

Json = Any


def to_json(value: Any) -> Json:
    """The value as JSON types: whole numbers as int, other numbers as float where that is exact and else as Decimal, strings unchanged (also
    subclasses), dates, times, durations and ranges as their text (ISO 8601), contexts as dict, lists as list, null as None.

    Raises FeelError for functions, FeelLimitError for more than 250,000 values.
    """
    return value if value is None or type(value) in _SAME else convert(value, limits.MAX_JSON, "to_json")


def convert(value: Any, most: int, expression: str) -> Json:
    """The same with another bound, and the expression that its error names."""
    return _Converter(most, expression).convert(value)


class _Converter:
    def __init__(self, most: int, expression: str) -> None:
        self.left = most
        self.expression = expression

    def convert(self, value: Any, depth: int = 0) -> Json:
        if value is None or isinstance(value, (str, bool)):
            return value
        if isinstance(value, (dict, Mapping)):
            self._count(len(value), depth)
            return {str(key): self.convert(value[key], depth + 1) for key in value}
        if isinstance(value, (list, tuple)):
            self._count(len(value), depth)
            return [self.convert(item, depth + 1) for item in value]
        return _scalar(adopt(value))

    def _count(self, values: int, depth: int) -> None:
        self.left -= values + 1
        if self.left < 0:
            raise limits.too_many_items(self.expression)
        if depth > limits.MAX_NESTING:
            raise limits.too_nested(self.expression)


def _scalar(value: Any) -> Json:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Function):
        raise FeelError("a function cannot be stored or sent", "함수는 저장하거나 보낼 수 없어요.")
    return to_text(Run({}, "to_json"), value) if isinstance(value, Range) else scalar_text(value)


def _number(value: Decimal) -> int | float | Decimal | None:
    if not value.is_finite():
        return None
    if value == value.to_integral_value() and value.adjusted() < _MAX_EXACT_INT_DIGITS:
        return int(value)
    near = float(value)
    return near if math.isfinite(near) and Decimal(repr(near)) == value else value


def from_json(value: Json) -> Any:
    """JSON types as FEEL values: floats become the Decimal a person reads, lists and dicts likewise throughout; strings stay strings."""
    if isinstance(value, float):
        return from_float(value)
    if isinstance(value, (list, tuple)):
        return [from_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: from_json(item) for key, item in value.items()}
    return whole(value) if type(value) is int else value
