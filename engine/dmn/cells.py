"""Input cells that are plain enough to be understood without evaluating them: constants, comparisons, ranges, lists of these, `not(...)`, `-`.

Tables run these cells without the expression language, and the table checks reason about them. Every other cell is opaque (`None`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from engine import feel
from engine.feel.values import type_name

_CONSTANT: Final = (
    r'(?:-?\d+(?:\.\d+)?|-?\.\d+|"[^"\\]*"|true|false|null|@"[^"\\]*"'
    r'|(?:date|time|date and time|duration)\(\s*"[^"\\]*"\s*\))'
)
_PIECE: Final = re.compile(
    rf"\s*(?:(?P<point>{_CONSTANT})"
    rf"|(?P<operator><=|>=|<|>|=)\s*(?P<bound>{_CONSTANT})"
    rf"|(?P<open>[\[(\]])\s*(?P<low>{_CONSTANT})\s*\.\.\s*(?P<high>{_CONSTANT})\s*(?P<close>[\])\[]))\s*(?P<next>,|$)"
)
_WORDS: Final = {"true": True, "false": False, "null": None}
_WHOLE: Final = re.compile(_CONSTANT)
_NOT: Final = re.compile(r"^\s*not\s*\((?P<inside>.*)\)\s*$", re.DOTALL)


@dataclass(frozen=True)
class Span:
    """Every value from `low` to `high` (None: without end), the ends included or not. A constant is a span from itself to itself."""

    low: Any
    high: Any
    low_included: bool = True
    high_included: bool = True

    @property
    def is_point(self) -> bool:
        return self.low_included and self.high_included and bool(self.low == self.high)


@dataclass(frozen=True)
class Cell:
    """What a cell accepts: one of `spans`, or none of them when `negated`. `anything` is `-`. All ends are of one `kind`, a FEEL type name."""

    spans: tuple[Span, ...]
    kind: str
    negated: bool = False
    anything: bool = False


ANYTHING: Final = Cell((), "Any", anything=True)


@lru_cache(maxsize=4096)
def read_cell(text: str) -> Cell | None:
    """The meaning of a cell's text; None when only the expression language can tell."""
    stripped = text.strip()
    if stripped in ("", "-"):
        return ANYTHING
    negation = _NOT.match(stripped)
    spans = _spans(negation["inside"] if negation else stripped)
    kinds = {type_name(end) for span in spans for end in (span.low, span.high) if end is not None}
    if not spans or len(kinds) != 1:
        return None
    return Cell(tuple(spans), kinds.pop(), negated=negation is not None)


@lru_cache(maxsize=4096)
def read_constant(text: str) -> Any:
    """The value of an output cell that is nothing but a constant; None for null and for every other text."""
    return _constant(text) if _WHOLE.fullmatch(text) else None


def _spans(text: str) -> Sequence[Span]:
    """The spans of a comma-separated text; empty when one part is not plain."""
    spans: list[Span] = []
    position, more = 0, True
    while more:
        piece = _PIECE.match(text, position)
        span = _span(piece) if piece else None
        if piece is None or span is None:
            return ()
        spans.append(span)
        position, more = piece.end(), piece["next"] == ","
    return spans


def _span(piece: re.Match[str]) -> Span | None:
    if piece["point"]:
        value = _constant(piece["point"])
        return None if value is None else Span(value, value)
    if piece["operator"]:
        return _comparison(piece["operator"], _constant(piece["bound"]))
    low, high = _constant(piece["low"]), _constant(piece["high"])
    if low is None or type_name(low) != type_name(high) or isinstance(low, bool) or feel.less(high, low) is not False:
        return None
    return Span(low, high, piece["open"] == "[", piece["close"] == "]")


def _comparison(operator: str, value: Any) -> Span | None:
    if value is None or (isinstance(value, bool) and operator != "="):
        return None
    included = "=" in operator
    if operator == "=":
        return Span(value, value)
    return Span(None, value, False, included) if operator[0] == "<" else Span(value, None, included, False)


def _constant(text: str) -> Any:
    """The value of a constant's text; None for null and for what is no valid constant (such as the 31st of February)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == '"':
        return text[1:-1]
    if text[0] in "-.0123456789" and len(text) <= 30:
        return Decimal(text) if "." in text else int(text)
    return feel.evaluate(text, {})
