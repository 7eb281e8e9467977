"""Functions that make one value of many: min to mode, all and any (DMN 1.5, 10.3.4.4, table 75). Each takes a list, or its items as arguments."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel import arithmetic
from engine.feel.builtins.registry import builtin
from engine.feel.equality import compare
from engine.feel.errors import Null
from engine.feel.numbers import CONTEXT, Number
from engine.feel.values import type_name


def aggregate(name: str) -> Callable[[Callable[[list[Any]], Any]], Callable[[list[Any]], Any]]:
    """Declare `name(list)` and `name(item, item, ...)`."""

    def register(function: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
        builtin(f"{name}(list: list)")(function)
        builtin(f"{name}(n: any, more: any...)")(lambda *items: function(list(items)))
        return function

    return register


def _some(items: list[Any]) -> list[Any]:
    if not items:
        raise Null("the list is empty", "목록이 비어 있어요.")
    return items


def _numbers(items: list[Any]) -> list[Number]:
    for item in _some(items):
        if type_name(item) != "number":
            raise Null(f"the list must have only numbers, found {type_name(item)}", f"목록에는 숫자만 있어야 하는데 {type_name(item)}이(가) 있어요.")
    return items


def _extreme(items: list[Any], sign: int) -> Any:
    best = _some(items)[0]
    for item in items:
        order = compare(item, best)
        if order is None:
            kinds = f"{type_name(best)}, {type_name(item)}"
            raise Null(f"cannot compare {kinds}", f"{kinds}은(는) 비교할 수 없어요.")
        if order == sign:
            best = item
    return best


@aggregate("min")
def _min(items: list[Any]) -> Any:
    return _extreme(items, -1)


@aggregate("max")
def _max(items: list[Any]) -> Any:
    return _extreme(items, 1)


@aggregate("sum")
def _sum(items: list[Any]) -> Number:
    total: Number = 0
    for item in _numbers(items):
        total = arithmetic.add(total, item)
    return total


@aggregate("product")
def _product(items: list[Any]) -> Number:
    total: Number = 1
    for item in _numbers(items):
        total = arithmetic.multiply(total, item)
    return total


@aggregate("mean")
def _mean(items: list[Any]) -> Number:
    return arithmetic.divide(_sum(items), len(items))


@aggregate("median")
def _median(items: list[Any]) -> Number:
    ordered = sorted(_numbers(items))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return arithmetic.divide(arithmetic.add(ordered[middle - 1], ordered[middle]), 2)


@aggregate("stddev")
def _stddev(items: list[Any]) -> Number:
    if len(_numbers(items)) < 2:
        raise Null("one number has no standard deviation", "숫자 하나로는 표준편차를 구할 수 없어요.")
    mean = _mean(items)
    squares = _sum([arithmetic.power(arithmetic.subtract(item, mean), 2) for item in items])
    return CONTEXT.sqrt(Decimal(arithmetic.divide(squares, len(items) - 1)))


@aggregate("mode")
def _mode(items: list[Any]) -> list[Number]:
    if not items:
        return []
    counts: dict[Number, int] = {}
    for item in _numbers(items):
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values())
    return sorted(item for item, count in counts.items() if count == most)


@aggregate("all")
def _all(items: list[Any]) -> bool | None:
    return _decided(items, False)


@aggregate("any")
def _any(items: list[Any]) -> bool | None:
    return _decided(items, True)


def _decided(items: list[Any], decisive: bool) -> bool | None:
    if any(item is decisive for item in items):
        return decisive
    return (not decisive) if all(item is (not decisive) for item in items) else None
