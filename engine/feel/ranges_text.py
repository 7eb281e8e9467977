"""`range("[1..10]")`: a range from its text, whose ends may only be literals (DMN 1.5, 10.3.4.1)."""

import re
from typing import Any

from engine.feel import lexer, temporal_text
from engine.feel.equality import compare
from engine.feel.errors import Null
from engine.feel.lexer import BadToken
from engine.feel.numbers import from_text
from engine.feel.values import Range

_RANGE = re.compile(r"\s*([\[(\]])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])\[])\s*", re.DOTALL)
_NUMBER = re.compile(r"-?(?:[0-9]{1,40}(?:\.[0-9]{1,40})?|\.[0-9]{1,40})")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_AT = re.compile(r'@"([^"]*)"')
_CALL = re.compile(r'(date and time|date|time|duration)\s*\(\s*"([^"]*)"\s*\)')
_PARSERS = {
    "date": temporal_text.parse_date,
    "time": temporal_text.parse_time,
    "date and time": temporal_text.parse_date_time,
    "duration": temporal_text.parse_duration,
}


def parse_range(text: str) -> Range:
    """The range, an end that is left out being open; raises Null when the text is none."""
    found = _RANGE.fullmatch(text)
    if found is None:
        raise _no_range(text)
    start, end = _end(found[2], text), _end(found[3], text)
    start_included, end_included = found[1] == "[", found[4] == "]"
    if (start is None and (end is None or start_included)) or (end is None and end_included):
        raise _no_range(text)
    if start is not None and end is not None and compare(start, end) not in (-1, 0):
        raise _no_range(text)
    return Range(start, end, start_included, end_included)


def _no_range(text: str) -> Null:
    return Null(f"'{text}' is no range", f"'{text}'은(는) 범위가 아니에요.")


def _end(text: str, whole: str) -> Any:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return from_text(text)
    value: Any = None
    if (found := _STRING.fullmatch(text)) is not None:
        try:
            value = lexer.unescape(found[1])
        except BadToken:
            value = None
    elif (found := _AT.fullmatch(text)) is not None:
        value = temporal_text.parse_any(found[1])
    elif (found := _CALL.fullmatch(text)) is not None:
        value = _PARSERS[found[1]](found[2])
    if value is None:
        raise _no_range(whole)
    return value
