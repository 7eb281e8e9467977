"""What a loop walks over: lists, ranges, and `first..last`."""

from typing import Any

from engine.feel import calendar, limits
from engine.feel.errors import Null
from engine.feel.numbers import is_whole
from engine.feel.run import Run
from engine.feel.scope import items_of
from engine.feel.temporal import Date
from engine.feel.values import Range, type_name


def items_from(run: Run, value: Any) -> list[Any]:
    """The items of a list or of a range of whole numbers or dates; a single value is a list of one. Raises Null for null."""
    if isinstance(value, (list, tuple)):
        return items_of(value)
    if isinstance(value, Range):
        return _range_items(run, value)
    if value is None:
        raise Null("cannot walk through null", "null은 하나씩 꺼낼 수 없어요.")
    return [value]


def _range_items(run: Run, value: Range) -> list[Any]:
    if value.start is None or value.end is None:
        raise Null("cannot walk through a range without an end", "끝이 없는 범위는 하나씩 꺼낼 수 없어요.")
    items = items_upto(run, value.start, value.end)
    if items and not value.start_included:
        items = items[1:]
    return items if value.end_included else items[:-1]


def items_upto(run: Run, first: Any, last: Any) -> list[Any]:
    """Whole numbers or dates from `first` to `last`, upwards or downwards; raises Null for anything else."""
    if isinstance(first, Date) and isinstance(last, Date):
        return [Date(*calendar.from_days(day)) for day in _whole_numbers(run, first.days, last.days)]
    if type_name(first) == type_name(last) == "number" and is_whole(first) and is_whole(last):
        return list(_whole_numbers(run, int(first), int(last)))
    kinds = f"{type_name(first)} .. {type_name(last)}"
    raise Null(f"cannot walk through {kinds}: only whole numbers and dates", f"{kinds}은(는) 하나씩 꺼낼 수 없어요. 정수와 날짜만 돼요.")


def _whole_numbers(run: Run, first: int, last: int) -> range:
    if abs(last - first) >= limits.MAX_LIST:
        raise limits.too_many_items(run.expression)
    run.spend(1 + abs(last - first) // 8)
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)
