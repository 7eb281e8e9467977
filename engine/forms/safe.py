"""What may come in at all: plain JSON of bounded depth and size, without NaN, NUL or broken characters."""

import math
from decimal import Decimal
from typing import Any, Final

from engine.errors import Text
from engine.forms import messages

MAX_DEPTH: Final = 8
MAX_ITEMS: Final = 1_000
MAX_TEXT: Final = 100_000


def problem(value: Any, depth: int = 0) -> Text | None:
    """Why the value cannot be taken, or None when it is plain JSON."""
    if value is None or isinstance(value, (bool, int)):
        return None if value is None or abs(int(value)) < 10**40 else messages.NUMBER
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return None if math.isfinite(value) else messages.NUMBER
    if isinstance(value, Decimal):
        return None if value.is_finite() else messages.NUMBER
    if isinstance(value, (list, tuple, dict)):
        return _nested(value, depth)
    return messages.NOT_JSON


def _text(value: str) -> Text | None:
    if len(value) > MAX_TEXT:
        return messages.too_long(MAX_TEXT)
    try:
        value.encode()
    except UnicodeEncodeError:  # a lone surrogate is a Python str that no database and no JSON reader takes
        return messages.CONTROL
    return messages.CONTROL if "\x00" in value else None


def _nested(value: Any, depth: int) -> Text | None:
    if depth >= MAX_DEPTH or len(value) > MAX_ITEMS:
        return messages.TOO_DEEP
    inside = list(value) if not isinstance(value, dict) else [*value, *value.values()]
    if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
        return messages.NOT_JSON
    return next((found for item in inside if (found := problem(item, depth + 1)) is not None), None)
