"""Two people want the same order at the same moment: one outcome each, counted once or paid back once, on both databases."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from engine.runtime import instances
from tests.runtime.cafe import BOTH, DAY, HAN, OH, Cafe, door, opened

PAIRS = 100


@pytest.fixture
def cafe(database_url: str, tmp_path: Path) -> Iterator[Cafe]:
    """A café with its accounting."""
    with opened(tmp_path, database_url, BOTH) as made:
        yield made


def race(numbers: list[str], *runners: Callable[[str], str]) -> list[list[str]]:
    """What each of the runners came to, for every order; all orders at once."""
    with ThreadPoolExecutor(8) as together:
        pairs = [[together.submit(runner, number) for runner in runners] for number in numbers]
        return [[future.result() for future in pair] for pair in pairs]


def settled(cafe: Cafe) -> None:
    """Everything that follows is done, and nothing went wrong."""
    cafe.work()
    assert cafe.incidents() == []


def test_a_hundred_times_accept_against_cancel(cafe: Cafe) -> None:
    numbers = cafe.at_store(PAIRS)
    results = race(numbers, cafe.accept, cafe.call_off)
    settled(cafe)
    orders = cafe.rows("order")
    assert len(orders) == PAIRS
    ends = Counter((order["outcome"], order["status"], cafe.paid()[number]) for number, order in orders.items())
    received, cancelled = ("RECEIVED", "ORDER_RECEIVED", "APPROVED"), ("CANCELLED", "REFUNDED", "REFUNDED")
    assert set(ends) <= {received, cancelled}
    for number, (accepted, called_off) in zip(numbers, results, strict=True):
        told = {"RECEIVED": ("done", "CANNOT_CANCEL"), "CANCELLED": ("ALREADY_CANCELLED", "done")}[orders[number]["outcome"]]
        assert accepted == told[0] or (accepted, told[0]) == ("TASK_GONE", "ALREADY_CANCELLED")
        assert called_off == told[1]
    count = ends[received]
    assert cafe.reserved("making") == count and cafe.reserved("stock") == count
    sums = {"order_count": count, "sales_qty": count, "sales_sum": 2000 * count, "ordered_sum": 2000 * PAIRS}
    assert {name: cafe.day()[name] for name in sums} == sums


def test_two_baristas_accept_the_same_order(cafe: Cafe) -> None:
    numbers = cafe.at_store(20)
    results = race(numbers, lambda number: cafe.accept(number, HAN), lambda number: cafe.accept(number, OH))
    settled(cafe)
    assert [sorted(pair) for pair in results] == [["TASK_GONE", "done"]] * 20
    assert (cafe.day()["order_count"], cafe.reserved("making")) == (20, 20)


def test_a_double_click_is_one_order_and_one_payment(cafe: Cafe) -> None:
    def click(key: str) -> str:
        return cafe.tried(instances.start, **door("CafeLatte", 2), key=key)

    results = race([f"click-{number}" for number in range(PAIRS)], click, click)
    settled(cafe)
    assert results == [["done", "done"]] * PAIRS
    assert (len(cafe.rows("order")), len(cafe.paid()), cafe.calls("payment", "POST /payments")) == (PAIRS, PAIRS, PAIRS)
    assert cafe.reserved("stock") == 2 * PAIRS


def test_cancelling_twice_pays_back_once(cafe: Cafe) -> None:
    numbers = cafe.at_store(20)
    results = race(numbers, cafe.call_off, cafe.call_off)
    settled(cafe)
    assert all(sorted(pair)[1] == "done" and sorted(pair)[0] in ("ALREADY_CLOSED", "BAD_STATE") for pair in results), results
    assert set(cafe.paid().values()) == {"REFUNDED"} and cafe.calls("payment", "POST /payments/{reference}/refund") == 20


def test_the_clock_rejects_while_the_customer_cancels(cafe: Cafe) -> None:
    numbers = cafe.at_store(10)
    cafe.baton.clock.advance(timedelta(minutes=10))  # type: ignore[attr-defined]
    with ThreadPoolExecutor(4) as together:
        working = together.submit(cafe.work)
        results = [together.submit(cafe.call_off, number) for number in numbers]
        told = [result.result() for result in results]
        working.result()
    settled(cafe)
    for number, said in zip(numbers, told, strict=True):
        order = cafe.rows("order")[number]
        assert (order["outcome"], order["status"]) == ("CANCELLED" if said == "done" else "REJECTED", "REFUNDED")
        assert (order.get("reject_reason") == "NO_ANSWER") == (said != "done")


def test_one_transfer_of_a_day_is_on_its_way_at_a_time(cafe: Cafe) -> None:
    cafe.partners.simulation.patience = 0.05
    cafe.partners.simulation.switches["headquarters"] = "slow"  # slow enough for others to come meanwhile
    for number in cafe.at_store(20):
        cafe.accept(number)
    with ThreadPoolExecutor(4) as together:
        for working in [together.submit(cafe.work) for _ in range(4)]:
            working.result()
    cafe.partners.simulation.switches["headquarters"] = "ok"
    for _ in range(3):  # what a busy machine left for later
        cafe.pass_time(minutes=5)
    settled(cafe)
    sent = [call.body["sequence"] for call in cafe.partners.simulation.calls if call.partner == "headquarters"]
    assert sent == sorted(sent) and sent[-1] == 20, sent
    transfer = cafe.rows("transfer")[DAY]
    assert (transfer["status"], transfer["order_count"], transfer["attempts"], cafe.reserved("sending")) == ("SENT", 20, len(sent), 0)


def test_no_more_is_sold_than_the_menu_says(cafe: Cafe) -> None:
    cafe.edit_menu("GreenTea", a_day=7)
    results = race(["GreenTea"] * 20, cafe.buy)
    settled(cafe)
    assert Counter(said for (said,) in results) == {"done": 7, "SOLD_OUT": 13}
    assert (cafe.reserved("stock"), len(cafe.rows("order"))) == (7, 7)
