"""Values as text: what `string()` and templates show."""

import json
from collections.abc import Mapping
from typing import Any

from engine.feel import limits, names
from engine.feel.numbers import format_number
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, Time
from engine.feel.temporal_text import format_date, format_date_time, format_duration, format_time
from engine.feel.values import Function, Range, adopt, type_name


def to_text(run: Run, value: Any) -> str:
    """The value as `string(value)` gives it: strings bare, inside lists and contexts quoted."""
    if isinstance(value, str):
        return value
    return _Writer(run).write(value)


def scalar_text(value: Any) -> str:
    """A number, boolean, date, time or duration as text."""
    kind = type_name(value)
    if kind == "number":
        return format_number(value)
    if kind == "boolean":
        return "true" if value else "false"
    if isinstance(value, Date):
        return format_date(value)
    if isinstance(value, Time):
        return format_time(value)
    return format_date_time(value) if isinstance(value, DateTime) else format_duration(value)


class _Writer:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.length = 0

    def write(self, value: Any) -> str:
        value = adopt(value)
        if isinstance(value, list):
            text = "[" + ", ".join([self.write(item) for item in value]) + "]"
        elif isinstance(value, Mapping):
            text = "{" + ", ".join([f"{_key(key)}: {self.write(value[key])}" for key in value]) + "}"
        else:
            text = self._leaf(value)
        self.run.spend(1 + len(text) // 16)
        self.length += len(text)
        if self.length > limits.MAX_STRING * 8 or len(text) > limits.MAX_STRING:
            raise limits.too_many_characters(self.run.expression)
        return text

    def _leaf(self, value: Any) -> str:
        if value is None:
            return "null"
        if isinstance(value, str):
            return quoted(value)
        if isinstance(value, Range):
            return self._range(value)
        if isinstance(value, Function):
            return f"function({', '.join(value.parameters)})"
        return scalar_text(value)

    def _range(self, value: Range) -> str:
        """The range as `range()` reads it (grammar rule 66): `[1..10)`, `(..10]`, `[@"2026-11-20"..)`."""
        opening, closing = "[" if value.start_included else "(", "]" if value.end_included else ")"
        return f"{opening}{self._end(value.start)}..{self._end(value.end)}{closing}"

    def _end(self, value: Any) -> str:
        if value is None:
            return ""
        text = self.write(value)
        return text if type_name(value) in ("number", "string") else f'@"{text}"'


def quoted(text: str) -> str:
    """The text as a string literal."""
    return json.dumps(text, ensure_ascii=False)


def _key(key: str) -> str:
    return key if names.is_plain(key) or all(names.is_plain(word) for word in key.split()) and key else quoted(key)
