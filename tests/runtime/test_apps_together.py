"""The café and its accounting live side by side: each can be stopped, removed, changed and rolled back without the other taking notice."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, insert, select, update

from engine import apps, worker
from engine.cli import group
from engine.runtime import definitions, subscribers, switches
from engine.store.tables import Event, History, ProcessInstance, SubscriberCursor
from tests.apps_folder import apps_folder
from tests.runtime.cafe import DAY, HAN, SEO, Cafe, opened
from tests.runtime.story import CHOI, ROOT

EVENTS = 200


@pytest.fixture
def cafe(database_url: str, tmp_path: Path) -> Iterator[Cafe]:
    """A café with its accounting."""
    with opened(tmp_path, database_url) as made:
        yield made


def a_day_of_orders(cafe: Cafe) -> dict[str, dict[str, Any]]:
    """Three orders: handed over, rejected, cancelled; what their records say, without ids and times."""
    first, second, third = cafe.at_store(3)
    cafe.accept(first)
    cafe.submit("UT_Decide", second, decision="REJECT", reject_reason="CLOSING")
    cafe.call_off(third)
    cafe.work()
    cafe.submit("UT_Make", first)
    cafe.submit("UT_PickUp", first, pickup_typed=first[-4:])
    cafe.work()
    orders = cafe.rows("order")
    return {number: {name: value for name, value in orders[number].items() if "$pii" not in str(value)} for number in (first, second, third)}


def files(key: str, **changes: tuple[str, str]) -> dict[str, bytes]:
    """The files of an app in the tree, some changed: a file's ending with what is replaced by what."""
    found = dict(apps.read(ROOT, key))
    for ending, (old, new) in changes.items():
        name = next(name for name in found if name.endswith(ending.replace("__", ".")))
        assert old.encode() in found[name]
        found[name] = found[name].replace(old.encode(), new.encode())
    return found


def command(cafe: Cafe, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """What a command at the terminal of the same installation says."""
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)
    chosen = cafe.baton.settings
    for name, value in {"DATA": str(chosen.data), "DATABASE_URL": chosen.database_url or "", "APPS": str(chosen.apps)}.items():
        if value:
            monkeypatch.setenv(f"BATON_{name}", value)
    answer = CliRunner().invoke(group, list(words))
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_removing_accounting_changes_no_order(cafe: Cafe, tmp_path: Path) -> None:
    cafe.baton.do(definitions.retire, key="cafe_accounting", actor=CHOI, reason="the team was closed")
    removed = a_day_of_orders(cafe)
    assert (cafe.day(), cafe.calls("headquarters", "POST /totals"), cafe.incidents()) == ({}, 0, [])
    with opened(tmp_path / "alone", apps=("cafe",)) as alone:
        never_there = a_day_of_orders(alone)
        assert alone.incidents() == []
    with opened(tmp_path / "both") as both:
        beside = a_day_of_orders(both)
        assert both.day()["order_count"] == 1
    assert removed == never_there == beside
    assert [order["status"] for order in removed.values()] == ["PICKED_UP", "REFUNDED", "REFUNDED"]


def test_a_new_team_comes_later_and_catches_up_on_everything(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path, database_url, ("cafe",)) as cafe:
        for number in cafe.at_store(3):
            cafe.accept(number)
        cafe.work()
        cafe.deploy("cafe_accounting", files("cafe_accounting"))
        (later,) = cafe.at_store(1)
        cafe.accept(later)
        cafe.work()
        assert cafe.day()["order_count"] == 1  # heard from its first day on
        command(cafe, monkeypatch, "replay", "cafe_accounting", "--yes")
        cafe.work()
        assert (cafe.day()["order_count"], cafe.day()["ordered_sum"]) == (4, 8000)


def test_stopped_for_three_orders_it_catches_up_with_none_lost_and_none_twice(cafe: Cafe) -> None:
    (before,) = cafe.at_store(1)
    cafe.accept(before)
    cafe.work()
    cafe.baton.do(switches.pause, app="cafe_accounting", actor=CHOI, reason="a new machine")
    for number in cafe.at_store(3, product="CafeLatte"):
        assert cafe.accept(number) == "done"
    cafe.work()
    assert cafe.day()["order_count"] == 1
    assert [order["status"] for order in cafe.rows("order").values()] == ["ORDER_RECEIVED"] * 4
    cafe.baton.do(switches.unpause, app="cafe_accounting", actor=CHOI, reason="it stands")
    cafe.work()
    assert {name: cafe.day()[name] for name in ("order_count", "sales_sum", "sales_qty")} == {"order_count": 4, "sales_sum": 11_000, "sales_qty": 4}
    assert (cafe.partners.simulation.state["headquarters"][f"92/{DAY}"]["order_count"], cafe.incidents()) == (4, [])


def test_each_app_is_deployed_and_rolled_back_alone_while_cases_of_the_other_run(cafe: Cafe) -> None:
    cafe.partners.simulation.switches["headquarters"] = "decline"
    first, second = cafe.at_store(2)
    cafe.accept(first)
    cafe.work()
    before = cafe.live()
    assert cafe.deploy("cafe", files("cafe", app__toml=("바통카페", "새바통카페"))) == before["cafe"] + 1
    assert cafe.live()["cafe_accounting"] == before["cafe_accounting"]
    assert cafe.accept(second) == "done"  # begun before
    cafe.work()
    cafe.deploy("cafe_accounting", files("cafe_accounting", app__toml=("cafe_id  = 92", "cafe_id  = 93")))
    (third,) = cafe.at_store(1)
    cafe.accept(third)
    cafe.work()
    assert cafe.day()["order_count"] == 3
    for key in ("cafe", "cafe_accounting"):  # the same files as before go live again
        cafe.deploy(key, files(key))
    (fourth,) = cafe.at_store(1)
    for number in (first, second, third, fourth):
        cafe.accept(number)
        cafe.work()
        assert cafe.submit("UT_Make", number) == "done"
    cafe.partners.simulation.switches["headquarters"] = "ok"
    for _ in range(3):
        cafe.pass_time(minutes=5)
    assert (cafe.day()["order_count"], cafe.rows("transfer")[DAY]["status"]) == (4, "SENT")
    assert (cafe.partners.simulation.state["headquarters"][f"92/{DAY}"]["order_count"], cafe.incidents()) == (4, [])


def test_a_percentage_a_time_and_a_text_that_are_changed_in_files_hold_for_new_cases_only(
    cafe: Cafe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejected, waiting = cafe.at_store(2)
    changed = apps_folder(tmp_path / "changed", "cafe")
    for name, old, new in (
        ("cafe_reject_refund.dmn", "<text>100</text>", "<text>50</text>"),
        ("app.toml", '= "PT10M"', '= "PT5M"'),
        ("notifications.toml", "원이 환불돼요.", "원을 돌려드려요."),
    ):
        file = changed / "processes" / "cafe" / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
    assert "is live" in command(cafe, monkeypatch, "deploy", str(changed / "processes" / "cafe"))
    new_rejected, new_waiting = cafe.at_store(2)
    for number in (rejected, new_rejected):
        cafe.submit("UT_Decide", number, decision="REJECT", reject_reason="CLOSING")
    cafe.work()
    cafe.pass_time(minutes=5)
    assert (cafe.open_tasks(waiting), cafe.open_tasks(new_waiting)) == (["UT_Decide"], [])
    orders = cafe.rows("order")
    assert [orders[number]["refund_amount"] for number in (rejected, new_rejected)] == [2000, 1000]
    texts = [message.text for message in cafe.partners.received if "매장 사정(마감)" in message.text]
    assert [text.rpartition("취소되고 ")[2] for text in texts] == ["2,000원이 환불돼요.", "1,000원을 돌려드려요."]
    cafe.pass_time(minutes=5)
    assert cafe.rows("order")[waiting]["outcome"] == "REJECTED"


def test_a_price_that_staff_change_holds_for_new_orders_only(cafe: Cafe) -> None:
    (old,) = cafe.at_store(1)
    cafe.edit_menu("IceAmericano", price=2200)
    assert cafe.buy() == "PRICE_CHANGED"
    (new,) = cafe.at_store(1, price=2200)
    for number in (old, new):
        cafe.accept(number)
    cafe.work()
    assert [cafe.rows("order")[number]["amount"] for number in (old, new)] == [2000, 2200]
    assert cafe.day()["sales_sum"] == 4200


def test_while_accounting_rests_customers_see_their_orders_and_nothing_is_doubled_afterwards(cafe: Cafe) -> None:
    cafe.baton.do(switches.pause, app="cafe_accounting", actor=CHOI, reason="closing the month")
    for number in cafe.at_store(3):
        cafe.accept(number)
    cafe.work()
    for _ in range(3):
        cafe.baton.do(switches.unpause, app="cafe_accounting", actor=CHOI, reason="go on")
        cafe.work()
    assert (cafe.day()["order_count"], len(cafe.rows("day"))) == (3, 1)
    with cafe.baton.read() as read:
        assert read.value(select(func.count()).where(ProcessInstance.process_id == "cafe_sales_accounting")) == 3


def test_news_that_is_delivered_three_times_is_counted_once(cafe: Cafe) -> None:
    (number,) = cafe.at_store(1)
    cafe.accept(number)
    for _ in range(3):
        cafe.work()
        with cafe.baton.database.engine.begin() as connection:
            connection.execute(update(History).values(published_at=None))  # the relay forgets what it has told
    cafe.work()
    assert {name: cafe.day()[name] for name in ("order_count", "sales_sum", "ordered_sum")} == {
        "order_count": 1,
        "sales_sum": 2000,
        "ordered_sum": 2000,
    }


def test_what_was_paid_while_the_store_was_away_waits_for_it(tmp_path: Path, database_url: str) -> None:
    with opened(tmp_path, database_url) as before:
        numbers = [before.order() for _ in range(3)]  # paid at once; nothing behind it runs
        assert {order["status"] for order in before.rows("order").values()} == {"PAY_SUCCESS"}
    with opened(tmp_path, database_url) as after:  # the service comes back ten minutes later
        after.baton.clock.advance(timedelta(minutes=10))  # type: ignore[attr-defined]
        after.work()
        assert [after.open_tasks(number) for number in numbers] == [["UT_Decide"]] * 3
        after.pass_time(minutes=9)
        assert [after.accept(number) for number in numbers] == ["done"] * 3
        after.work()
        assert (after.day()["order_count"], after.incidents()) == (3, [])


def test_two_workers_take_two_hundred_events_to_two_hundred_effects(cafe: Cafe) -> None:
    cafe.partners.simulation.switches["headquarters"] = "decline"  # one snapshot waits instead of two hundred calls
    cafe.at_store(1)  # where the events begin
    with cafe.baton.database.engine.begin() as connection:
        first = connection.scalar(select(func.max(Event.position))) + 1
        connection.execute(insert(Event), [sold(cafe, number) | {"position": first + number} for number in range(EVENTS)])
        relay = SubscriberCursor.subscriber == subscribers.RELAY
        connection.execute(update(SubscriberCursor).where(relay).values(position=first + EVENTS - 1))
    workers = [worker.Worker(cafe.baton, number) for number in (1, 2)]
    for each in workers:
        each.start()
    try:
        wait_for(cafe, EVENTS)
    finally:
        for each in workers:
            each.stop()
        for each in workers:
            each.join()
    cafe.work()
    assert (cafe.day()["order_count"], cafe.day()["sales_sum"], cafe.incidents()) == (EVENTS, 2000 * EVENTS, [])
    with cafe.baton.read() as read:
        assert read.value(select(func.count()).where(ProcessInstance.process_id == "cafe_sales_accounting")) == EVENTS


def sold(cafe: Cafe, number: int) -> dict[str, Any]:
    """An event as the relay hands it on: an order that the store accepted."""
    payload = {"order_no": f"O-{number}", "product": "IceAmericano", "qty": 1, "price": 2000, "amount": 2000, "status": "ORDER_RECEIVED"}
    event = {"id": f"sold-{number}", "app": "cafe", "type": "cafe.OrderReceived", "business_key": f"O-{number}", "payload": payload}
    return {**event, "instance_id": "", "occurred_at": cafe.baton.clock.now()}


def wait_for(cafe: Cafe, count: int) -> None:
    """Return once accounting has added up so many orders; fail after two minutes."""
    patience = threading.Event()
    for _ in range(600):
        if cafe.day().get("order_count") == count:
            return
        patience.wait(0.2)
    raise AssertionError(f"only {cafe.day()} after two minutes")


def test_a_rebuild_adds_up_the_same_and_headquarters_keep_the_same(cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in cafe.at_store(4, product="GreenTea", qty=2):
        cafe.accept(number)
    cafe.work()
    day, kept = cafe.day(), dict(cafe.partners.simulation.state["headquarters"][f"92/{DAY}"])
    assert (day["order_count"], day["sales_sum"]) == (4, 20_000)
    assert "8 events were taken" in command(cafe, monkeypatch, "replay", "cafe_accounting", "--yes")
    cafe.work()
    assert (cafe.day(), cafe.incidents()) == (day, [])
    assert cafe.partners.simulation.state["headquarters"][f"92/{DAY}"] == kept
    with cafe.baton.read() as read:
        assert read.value(select(SubscriberCursor.error).where(SubscriberCursor.subscriber == "app:cafe_accounting")) is None


def test_an_accountant_settles_what_headquarters_never_took_while_orders_go_on(cafe: Cafe) -> None:
    cafe.partners.simulation.switches["headquarters"] = "down"
    (number,) = cafe.at_store(1)
    cafe.accept(number)
    cafe.work()
    for _ in range(135):
        cafe.pass_time(minutes=5)
    task = cafe.task_anywhere("UT_TransferReview")
    assert cafe.complete_task(task, HAN, decision="RETRY_NOW") == "NO_TASK"
    assert cafe.complete_task(task, SEO, decision="MARK_SENT_MANUALLY", reference="HQ-1") == "done"
    assert cafe.rows("transfer")[DAY]["status"] == "SENT"
    assert cafe.buy() == "done"
