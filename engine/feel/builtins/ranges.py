"""Range functions (DMN 1.5, 10.3.4.7, table 78): how points and ranges lie to each other."""

from collections.abc import Callable
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.equality import compare
from engine.feel.errors import Null
from engine.feel.values import Range, type_name

_POINT = "number|string|date|time|date and time|days and time duration|years and months duration"


def _order(left: Any, right: Any) -> int:
    found = compare(left, right)
    if found is None:
        kinds = f"{type_name(left)}, {type_name(right)}"
        raise Null(f"cannot compare {kinds}", f"{kinds}은(는) 비교할 수 없어요.")
    return found


def _starts(left: Range, right: Range) -> int:
    """-1 when `left` begins before `right`; an excluded start begins later than an included one."""
    if left.start is None or right.start is None:
        return (left.start is not None) - (right.start is not None)
    return _order(left.start, right.start) or left_flag(right.start_included, left.start_included)


def _ends(left: Range, right: Range) -> int:
    """-1 when `left` ends before `right`; an excluded end ends earlier than an included one."""
    if left.end is None or right.end is None:
        return (right.end is not None) - (left.end is not None)
    return _order(left.end, right.end) or left_flag(left.end_included, right.end_included)


def left_flag(left: bool, right: bool) -> int:
    """Order of two flags: false comes before true."""
    return left - right


def _gap(left: Range, right: Range) -> int:
    """Where `left` ends against where `right` starts: below 0 a gap, 0 they share one point, above 0 they overlap."""
    if left.end is None or right.start is None:
        return 1
    order = _order(left.end, right.start)
    return order if order else (0 if left.end_included and right.start_included else -1)


def _declare(name: str, first: str, second: str) -> Callable[[Callable[[Any, Any], bool]], Callable[[Any, Any], bool]]:
    kinds = {"point": _POINT, "range": "range"}
    return builtin(f"{name}({first}: {kinds[first.rstrip('12')]}, {second}: {kinds[second.rstrip('12')]})")


@_declare("before", "point1", "point2")
def _before_points(left: Any, right: Any) -> bool:
    return _order(left, right) < 0


@_declare("before", "point", "range")
def _before_point_range(point: Any, range_: Range) -> bool:
    return _gap(Range(point, point, True, True), range_) < 0


@_declare("before", "range", "point")
def _before_range_point(range_: Range, point: Any) -> bool:
    return _gap(range_, Range(point, point, True, True)) < 0


@_declare("before", "range1", "range2")
def _before_ranges(left: Range, right: Range) -> bool:
    return _gap(left, right) < 0


@_declare("after", "point1", "point2")
def _after_points(left: Any, right: Any) -> bool:
    return _order(left, right) > 0


@_declare("after", "point", "range")
def _after_point_range(point: Any, range_: Range) -> bool:
    return _before_range_point(range_, point)


@_declare("after", "range", "point")
def _after_range_point(range_: Range, point: Any) -> bool:
    return _before_point_range(point, range_)


@_declare("after", "range1", "range2")
def _after_ranges(left: Range, right: Range) -> bool:
    return _gap(right, left) < 0


@_declare("meets", "range1", "range2")
def _meets(left: Range, right: Range) -> bool:
    return _gap(left, right) == 0


@_declare("met by", "range1", "range2")
def _met_by(left: Range, right: Range) -> bool:
    return _gap(right, left) == 0


@_declare("overlaps", "range1", "range2")
def _overlaps(left: Range, right: Range) -> bool:
    return _gap(left, right) >= 0 and _gap(right, left) >= 0


@_declare("overlaps before", "range1", "range2")
def _overlaps_before(left: Range, right: Range) -> bool:
    return _starts(left, right) < 0 and _gap(left, right) >= 0 and _ends(left, right) <= 0


@_declare("overlaps after", "range1", "range2")
def _overlaps_after(left: Range, right: Range) -> bool:
    return _starts(right, left) < 0 and _gap(right, left) >= 0 and _ends(right, left) <= 0


@_declare("finishes", "point", "range")
def _finishes_point(point: Any, range_: Range) -> bool:
    return range_.end_included and _order(range_.end, point) == 0


@_declare("finishes", "range1", "range2")
def _finishes(left: Range, right: Range) -> bool:
    return _ends(left, right) == 0 and _starts(left, right) >= 0


@_declare("finished by", "range", "point")
def _finished_by_point(range_: Range, point: Any) -> bool:
    return _finishes_point(point, range_)


@_declare("finished by", "range1", "range2")
def _finished_by(left: Range, right: Range) -> bool:
    return _finishes(right, left)


@_declare("includes", "range", "point")
def _includes_point(range_: Range, point: Any) -> bool:
    return not _before_point_range(point, range_) and not _before_range_point(range_, point)


@_declare("includes", "range1", "range2")
def _includes(left: Range, right: Range) -> bool:
    return _starts(left, right) <= 0 and _ends(left, right) >= 0


@_declare("during", "point", "range")
def _during_point(point: Any, range_: Range) -> bool:
    return _includes_point(range_, point)


@_declare("during", "range1", "range2")
def _during(left: Range, right: Range) -> bool:
    return _includes(right, left)


@_declare("starts", "point", "range")
def _starts_point(point: Any, range_: Range) -> bool:
    return range_.start_included and _order(range_.start, point) == 0


@_declare("starts", "range1", "range2")
def _starts_ranges(left: Range, right: Range) -> bool:
    return _starts(left, right) == 0 and _ends(left, right) <= 0


@_declare("started by", "range", "point")
def _started_by_point(range_: Range, point: Any) -> bool:
    return _starts_point(point, range_)


@_declare("started by", "range1", "range2")
def _started_by(left: Range, right: Range) -> bool:
    return _starts_ranges(right, left)


@_declare("coincides", "point1", "point2")
def _coincides_points(left: Any, right: Any) -> bool:
    return _order(left, right) == 0


@_declare("coincides", "range1", "range2")
def _coincides(left: Range, right: Range) -> bool:
    return _starts(left, right) == 0 and _ends(left, right) == 0
