"""The inputs of a table cut into the pieces that its cells tell apart: every value of a piece is treated alike by every rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, Final

from engine import feel
from engine.dmn.cells import Cell, Span

_SHIFT: Final = feel.compile("a + step", ("a", "step"))
_STEPS: Final = {
    "date": 'duration("P1D")',
    "time": 'duration("PT1S")',
    "date and time": 'duration("PT1S")',
    "days and time duration": 'duration("PT1S")',
    "years and months duration": 'duration("P1M")',
}
OTHER_TEXT: Final = "…"


@dataclass(frozen=True)
class Axis:
    """One input. `samples` has an example value for each piece; `allowed` and the masks of cells have one bit for each piece.

    `places` numbers the constants of the cells; on an ordered axis piece 2n + 1 is the n-th constant and the even pieces lie between them.
    """

    expression: str
    kind: str
    samples: tuple[Any, ...]
    allowed: int
    places: Mapping[Any, int] = field(default_factory=dict)
    ordered: bool = False

    def understands(self, cell: Cell) -> bool:
        """Whether `mask` can tell what the cell accepts."""
        return cell.anything or cell.kind == self.kind

    def mask(self, cell: Cell) -> int:
        """The pieces that a cell accepts, among the allowed ones."""
        if cell.anything:
            return self.allowed
        bits = 0
        for span in cell.spans:
            bits |= self._span(span)
        return (~bits if cell.negated else bits) & self.allowed

    def _span(self, span: Span) -> int:
        if not self.ordered:
            return 1 << self.places[span.low]
        low = 0 if span.low is None else 2 * self.places[span.low] + (1 if span.low_included else 2)
        high = len(self.samples) - 1 if span.high is None else 2 * self.places[span.high] + (1 if span.high_included else 0)
        return ((1 << (high - low + 1)) - 1) << low if high >= low else 0


def make_axis(expression: str, cells: Iterable[Cell], allowed: Cell | None, whole_numbers: bool) -> Axis:
    """The axis of an input whose understood cells are these; one that understands no cell when they are of several kinds or compare texts."""
    known = [cell for cell in cells if not cell.anything]
    limits = [] if allowed is None or allowed.anything else [allowed]
    kinds = {cell.kind for cell in known + limits}
    if len(kinds) > 1:
        return _closed(expression)
    kind = kinds.pop() if kinds else "Any"
    spans = [span for cell in known + limits for span in cell.spans]
    if kind in ("number", *_STEPS):
        axis = _ordered(expression, kind, spans, whole_numbers)
    elif all(span.is_point for span in spans):
        axis = _categories(expression, kind, spans)
    else:
        return _closed(expression)
    return replace(axis, allowed=axis.mask(limits[0])) if limits else axis


def _closed(expression: str) -> Axis:
    return Axis(expression, "", (None,), 1)


def _categories(expression: str, kind: str, spans: Sequence[Span]) -> Axis:
    points = tuple(dict.fromkeys(span.low for span in spans))
    if kind == "boolean":
        points = (True, False)
    others = () if kind == "boolean" else (OTHER_TEXT if kind == "string" else None,)
    samples = points + others
    return Axis(expression, kind, samples, (1 << len(samples)) - 1, {point: place for place, point in enumerate(points)})


def _ordered(expression: str, kind: str, spans: Sequence[Span], whole_numbers: bool) -> Axis:
    ends = [end for span in spans for end in (span.low, span.high) if end is not None]
    bounds: list[Any] = []
    places: dict[Any, int] = {}
    for end in sorted(ends, key=cmp_to_key(_compare)):
        if not bounds or _compare(bounds[-1], end):
            bounds.append(end)
        places[end] = len(bounds) - 1
    samples: list[Any] = []
    for low, high in zip([None, *bounds], [*bounds, None], strict=True):
        samples += [_inside(low, high, kind, whole_numbers), high]
    samples.pop()
    # A piece without an example holds no value, such as what lies between one day and the next.
    allowed = sum(1 << place for place, sample in enumerate(samples) if sample is not None)
    return Axis(expression, kind, tuple(samples), allowed, places, ordered=True)


def _compare(first: Any, second: Any) -> int:
    if feel.less(first, second) is True:
        return -1
    return 1 if feel.less(second, first) is True else 0


def _inside(low: Any, high: Any, kind: str, whole_numbers: bool) -> Any:
    """A value strictly between two bounds (None: no bound on that side); None when there is none."""
    if kind == "number":
        return _number_inside(low, high, whole_numbers)
    step = feel.evaluate(_STEPS[kind], {})
    if low is None:
        return _SHIFT({"a": high, "step": feel.evaluate(f"-{_STEPS[kind]}", {})})
    after = _SHIFT({"a": low, "step": step})
    return after if high is None or feel.less(after, high) is True else None


def _number_inside(low: Any, high: Any, whole_numbers: bool) -> Any:
    if low is None:
        return high - 1
    after = Decimal(low).to_integral_value(rounding="ROUND_FLOOR") + 1
    if high is None or after < high:
        return after
    return None if whole_numbers else (Decimal(low) + Decimal(high)) / 2
