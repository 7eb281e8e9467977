"""List functions (DMN 1.5, 10.3.4.4, table 75) and `sort` (table 80), and Camunda's `duplicate values`, `is empty` and `partition`."""

import functools
from typing import Any

from engine.feel import limits
from engine.feel.builtins.registry import builtin
from engine.feel.equality import contains, equal
from engine.feel.errors import Null
from engine.feel.numbers import Number, is_whole
from engine.feel.run import Run
from engine.feel.values import Function, as_list, type_name


def position(number: Number, length: int) -> int:
    """The Python index of a position counted from 1 or, with a minus, from the end; raises Null when there is none."""
    if not is_whole(number) or not number or not -length <= number <= length:
        raise Null(f"there is no position {number} in {length} items", f"항목 {length}개 중에 {number}번째 자리는 없어요.")
    return int(number) - 1 if number > 0 else length + int(number)


def part(length: int, start: Number, count: Number | None) -> slice:
    """Which items `start position` and `length` mean; raises Null outside the domain (footnotes of tables 74 and 75)."""
    first = position(start, length)
    if count is None:
        return slice(first, length)
    if not 1 <= int(count) <= length - first:
        raise Null(f"there are not {count} from position {start} on", f"{start}번째부터 {count}개가 없어요.")
    return slice(first, first + int(count))


def bounded(run: Run, items: list[Any]) -> list[Any]:
    """The list, if it is not too long."""
    if len(items) > limits.MAX_LIST:
        raise limits.too_many_items(run.expression)
    return items


@builtin("list contains(list: list, element: any)")
def _list_contains(run: Run, items: list[Any], element: Any) -> bool:
    return contains(items, element, run)


@builtin("count(list: list)")
def _count(items: list[Any]) -> int:
    return len(items)


@builtin("is empty(list: list)")
def _is_empty(items: list[Any]) -> bool:
    return not items


@builtin("sublist(list: list, start position: number, length: number?)")
def _sublist(items: list[Any], start: Number, length: Number | None = None) -> list[Any]:
    return items[part(len(items), start, length)]


@builtin("append(list: list, item: any...)")
def _append(run: Run, items: list[Any], *more: Any) -> list[Any]:
    return bounded(run, [*items, *more])


@builtin("concatenate(list: list...)")
def _concatenate(run: Run, *lists: list[Any]) -> list[Any]:
    return bounded(run, [item for items in lists for item in items])


@builtin("insert before(list: list, position: number, newItem: any)")
def _insert_before(run: Run, items: list[Any], place: Number, new: Any) -> list[Any]:
    index = position(place, len(items))
    return bounded(run, [*items[:index], new, *items[index:]])


@builtin("remove(list: list, position: number)")
def _remove(items: list[Any], place: Number) -> list[Any]:
    index = position(place, len(items))
    return [*items[:index], *items[index + 1 :]]


@builtin("list replace(list: list, position: number, newItem: any)")
def _replace_at(items: list[Any], place: Number, new: Any) -> list[Any]:
    index = position(place, len(items))
    return [*items[:index], new, *items[index + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)")
def _replace_matching(run: Run, items: list[Any], match: Function, new: Any) -> list[Any]:
    return [new if _truth(match.apply(run, [item, new]), "match") else item for item in items]


def _truth(value: Any, parameter: str) -> bool:
    if value is True or value is False:
        return bool(value)
    raise Null(f"the function '{parameter}' must give true or false", f"함수 '{parameter}'의 결과는 true나 false여야 해요.")


@builtin("reverse(list: list)")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of(list: list, match: any)")
def _index_of(run: Run, items: list[Any], match: Any) -> list[int]:
    return [index for index, item in enumerate(items, 1) if equal(item, match, run) is True]


@builtin("union(list: list...)")
def _union(run: Run, *lists: list[Any]) -> list[Any]:
    return distinct(run, [item for items in lists for item in items])


@builtin("distinct values(list: list)")
def distinct(run: Run, items: list[Any]) -> list[Any]:
    """The items without repetitions, each where it first stood."""
    return [group[0] for group in _groups(run, items)]


@builtin("duplicate values(list: list)")
def _duplicate_values(run: Run, items: list[Any]) -> list[Any]:
    return [group[0] for group in _groups(run, items) if len(group) > 1]


def _groups(run: Run, items: list[Any]) -> list[list[Any]]:
    """Equal items together. Strings and numbers find each other at once; everything else is compared with everything else."""
    groups: list[list[Any]] = []
    quick: dict[Any, list[Any]] = {}
    slow: list[list[Any]] = []
    for item in items:
        kind = type_name(item)
        if kind in ("string", "number"):
            group = quick.setdefault((kind, item), [])
        else:
            run.spend(1 + len(slow) // 4)
            group = _equal_group(run, slow, item)
        if not group:
            groups.append(group)
        group.append(item)
    return groups


def _equal_group(run: Run, groups: list[list[Any]], item: Any) -> list[Any]:
    for group in groups:
        if equal(group[0], item, run) is True:
            return group
    groups.append([])
    return groups[-1]


@builtin("flatten(list: list)")
def _flatten(run: Run, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    stack = [iter(items)]
    while stack:
        for item in stack[-1]:
            run.spend(1)
            if isinstance(item, (list, tuple)):
                stack.append(iter(as_list(item)))
                break
            flat.append(item)
        else:
            stack.pop()
    return bounded(run, flat)


@builtin("partition(list: list, size: number)")
def _partition(items: list[Any], size: Number) -> list[list[Any]]:
    if not is_whole(size) or size < 1:
        raise Null("the size must be a whole number above 0", "크기는 0보다 큰 정수여야 해요.")
    return [items[index : index + int(size)] for index in range(0, len(items), int(size))]


@builtin("sort(list: list, precedes: function)")
def _sort(run: Run, items: list[Any], precedes: Function) -> list[Any]:
    def order(left: Any, right: Any) -> int:
        if _truth(precedes.apply(run, [left, right]), "precedes"):
            return -1
        return 1 if _truth(precedes.apply(run, [right, left]), "precedes") else 0

    return sorted(items, key=functools.cmp_to_key(order))
