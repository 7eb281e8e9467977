"""Two want the same parcel, or many the last kits, at the same moment: one outcome each, on both databases."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.runtime.mealkit import KO, NA, Kitchen, opened

PAIRS = {"postgresql": 100, "sqlite": 20}


@pytest.fixture
def kitchen(database_url: str, tmp_path: Path) -> Iterator[Kitchen]:
    """A kitchen that takes orders."""
    with opened(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def pairs(kitchen: Kitchen) -> int:
    """How many pairs meet; there is enough in stock for all of them."""
    count = PAIRS[kitchen.baton.database.engine.dialect.name]
    kitchen.stock(count)
    return count


def at_once(*attempts: tuple[Callable[..., str], Sequence[object]]) -> list[str]:
    """What each attempt came to; all at once."""
    with ThreadPoolExecutor(8) as together:
        running = [together.submit(what, *how) for what, how in attempts]
        return [each.result() for each in running]


def race(numbers: list[str], *runners: Callable[[str], str]) -> list[tuple[str, ...]]:
    """What each of the runners came to, for every order; all orders at once."""
    said = iter(at_once(*((runner, (number,)) for number in numbers for runner in runners)))
    return list(zip(*[said] * len(runners), strict=True))


def test_a_hundred_times_shipped_against_cancelled(kitchen: Kitchen, pairs: int) -> None:
    numbers = kitchen.orders(pairs)
    told = race(numbers, kitchen.ship, kitchen.call_off)
    kitchen.settle()
    orders, paid = kitchen.rows(), kitchen.paid()
    for number, (shipped, called_off) in zip(numbers, told, strict=True):
        end = (orders[number]["outcome"], orders[number]["status"], paid[number])
        if shipped == "done":
            assert end == ("SHIPPED", "SHIPPING", "APPROVED") and called_off == "ALREADY_SHIPPED"
        else:
            assert end == ("CANCELLED", "SHIP_CANCELLED", "REFUNDED") and called_off == "done"
            assert shipped in ("ALREADY_CANCELLED", "TASK_GONE")
    count = sum(order["outcome"] == "SHIPPED" for order in orders.values())
    assert kitchen.sold() == count
    assert kitchen.calls("POST /payments/{reference}/refund") == pairs - count


def test_two_of_the_warehouse_ship_the_same_order(kitchen: Kitchen, pairs: int) -> None:
    numbers = kitchen.orders(pairs)
    told = race(numbers, lambda number: kitchen.ship(number, KO), lambda number: kitchen.ship(number, NA))
    kitchen.settle()
    assert [sorted(pair) for pair in told] == [["TASK_GONE", "done"]] * pairs
    assert Counter(order["status"] for order in kitchen.rows().values()) == {"SHIPPING": pairs}


def test_cancelling_twice_gives_back_once(kitchen: Kitchen, pairs: int) -> None:
    numbers = kitchen.orders(pairs)
    told = race(numbers, kitchen.call_off, kitchen.call_off)
    kitchen.settle()
    assert [sorted(pair) for pair in told] == [["ALREADY_CLOSED", "done"]] * pairs
    assert Counter(order["status"] for order in kitchen.rows().values()) == {"SHIP_CANCELLED": pairs}
    assert (kitchen.sold(), kitchen.calls("POST /payments/{reference}/refund")) == (0, pairs)


def test_pressing_order_twice_orders_once(kitchen: Kitchen, pairs: int) -> None:
    told = at_once(*((kitchen.order, (1, f"press-{n}")) for n in range(pairs) for _ in range(2)))
    kitchen.settle()
    assert told[::2] == told[1::2]
    assert (len(set(told)), len(kitchen.rows()), kitchen.sold(), kitchen.calls("POST /payments")) == (pairs,) * 4


def test_the_last_kits(kitchen: Kitchen, pairs: int) -> None:
    kitchen.stock(pairs // 2)
    told = at_once(*((kitchen.order, (qty,)) for _ in range(pairs // 2) for qty in (1, 2)))
    kitchen.settle()
    ordered = sum(order["qty"] for order in kitchen.rows().values())
    assert pairs // 2 - 1 <= ordered == kitchen.sold() <= pairs // 2
    assert {said for said in told if not said.startswith("M-")} == {"SOLD_OUT"}
    assert len(kitchen.paid()) == len(kitchen.rows())
