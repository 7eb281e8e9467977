"""The circuit breaker: shared by all workers, one probe when it is half open, and a fast answer while it is open."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import Answered
from engine.runtime import breakers
from engine.runtime.breakers import Permit, Rule
from engine.store.tables import Breaker
from tests.runtime.partner import Partner
from tests.runtime.shop import Shop, Task

RULE = Rule(3, timedelta(seconds=30))
TASK = {"path": "/payments", "breaker": "3/PT30S"}
CAUGHT = {"UNAVAILABLE": {"baton:status": "UNAVAILABLE", "baton:answer": "BUSY"}}


def ask(shop: Shop) -> Permit:
    """One more caller asks whether it may call."""
    permit: Permit = shop.baton.do(breakers.ask, key="shop/payment", rule=RULE, seconds=5.0)
    return permit


def fail(shop: Shop, permit: Permit) -> None:
    shop.baton.do(breakers.failed, key="shop/payment", rule=RULE, permit=permit)


def succeed(shop: Shop, permit: Permit) -> None:
    shop.baton.do(breakers.succeeded, key="shop/payment", permit=permit)


def wait(shop: Shop, **time: int) -> None:
    shop.baton.clock.advance(timedelta(**time))  # type: ignore[attr-defined]


def opened(shop: Shop) -> None:
    """Three failures in a row."""
    for _ in range(3):
        fail(shop, ask(shop))


def test_some_failures_in_a_row_open_it_and_others_do_not(shop: Shop) -> None:
    for _ in range(2):
        fail(shop, ask(shop))
    succeed(shop, ask(shop))
    for _ in range(2):
        fail(shop, ask(shop))
    assert ask(shop).until is None
    fail(shop, ask(shop))
    assert ask(shop).until == shop.baton.clock.now() + RULE.open


def test_after_its_time_one_caller_tries_and_closes_it(shop: Shop) -> None:
    opened(shop)
    wait(shop, seconds=30)
    probe = ask(shop)
    assert probe.until is None and probe.opened_at is not None
    assert ask(shop).until is not None
    succeed(shop, probe)
    assert ask(shop) == Permit() and not shop.rows(Breaker)


def test_a_probe_that_fails_keeps_it_open_for_another_time(shop: Shop) -> None:
    opened(shop)
    wait(shop, seconds=30)
    fail(shop, ask(shop))
    assert ask(shop).until == shop.baton.clock.now() + RULE.open


def test_a_probe_that_was_given_up_or_died_lets_another_try(shop: Shop) -> None:
    opened(shop)
    wait(shop, seconds=30)
    shop.baton.do(breakers.withdrawn, key="shop/payment", permit=ask(shop))
    assert ask(shop).until is None
    assert ask(shop).until is not None
    wait(shop, seconds=11)
    assert ask(shop).until is None


def test_late_answers_of_before_neither_close_it_nor_hold_it_open(shop: Shop) -> None:
    early = ask(shop)
    opened(shop)
    row = shop.rows(Breaker)
    succeed(shop, early)
    fail(shop, early)
    assert shop.rows(Breaker) == row
    wait(shop, seconds=30)
    probe = ask(shop)
    fail(shop, early)
    succeed(shop, probe)
    assert ask(shop) == Permit()


def at_once(count: int, work: Any) -> list[Any]:
    """What several threads get that do the same at the same time."""
    found: list[Any] = []
    gate = threading.Barrier(count)

    def run() -> None:
        gate.wait()
        found.append(work())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_many_callers_at_a_half_open_breaker_one_gets_through(shop: Shop) -> None:
    opened(shop)
    wait(shop, seconds=30)
    permits = at_once(8, lambda: ask(shop))
    assert sorted(permit.until is None for permit in permits) == [False] * 7 + [True]


def test_failures_of_many_workers_at_once_are_all_counted(shop: Shop) -> None:
    rule = Rule(8, timedelta(seconds=30))
    at_once(8, lambda: shop.baton.do(breakers.failed, key="shop/payment", rule=rule, permit=Permit()))
    assert shop.baton.do(breakers.ask, key="shop/payment", rule=rule, seconds=5.0).until is not None


def test_while_it_is_open_the_partner_is_left_alone_and_the_customer_answered_at_once(shop: Shop, partner: Partner) -> None:
    shop.baton.patience = 60.0  # a busy machine is no reason to answer later
    shop.deploy(Task(TASK, sync=True, catches=CAUGHT, retries=1))
    partner.plan = [(503, {})]
    for _ in range(5):
        with pytest.raises(Answered):
            shop.order()
    assert len(partner.asked) == 3
    wait(shop, seconds=20)
    with pytest.raises(Answered) as told:
        shop.order()
    assert told.value.details["retry_after"] == 10
    partner.plan = [(200, {})]
    wait(shop, seconds=10)
    assert shop.order().number and shop.order().number
    assert len(partner.asked) == 5


def test_a_job_that_nobody_catches_waits_until_it_may_close_and_loses_no_try(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(TASK | {"backoff": "PT1S"}, retries=4))
    partner.plan = [(503, {}), (503, {}), (503, {}), (200, {})]
    shop.order()
    shop.work()
    shop.later(seconds=1)
    shop.later(seconds=1)
    second = shop.order().number
    shop.work()
    assert len(partner.asked) == 3
    assert sorted(job.retries_left for job in shop.jobs) == [1, 4] and not shop.incidents
    shop.later(seconds=29)
    assert len(partner.asked) == 3
    shop.later(seconds=1)
    shop.later(seconds=11)
    assert shop.status(second) == "PAID" and not shop.jobs and not shop.incidents


def test_declined_payments_open_nothing(shop: Shop, partner: Partner) -> None:
    shop.deploy(Task(TASK, catches={"DECLINED": {"baton:status": "DECLINED"}}))
    partner.plan = [(402, {})]
    for _ in range(5):
        shop.order()
    shop.work()
    assert len(partner.asked) == 5 and not shop.rows(Breaker)
