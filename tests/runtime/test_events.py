"""What an app tells others: written with the step, placed once, in order, under an id that never changes."""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engine import apps
from engine.dispatch import events as passing
from engine.errors import Refused
from engine.runtime import outbox
from engine.store.commit import Change
from engine.store.tables import Event, History
from tests.runtime import market
from tests.runtime.story import ROOT, Story


@pytest.fixture
def bakery(story: Story) -> Story:
    """A bakery is open."""
    market.deploy(story, "bakery", market.bakery())
    return story


def test_an_order_is_told_with_its_payload_and_nothing_personal(bakery: Story) -> None:
    number = market.order(bakery, "WHITE", 2)
    bakery.work()
    (event,) = market.told_events(bakery)
    assert (event.type, event.app, event.business_key, event.position) == ("bakery.OrderReceived", "bakery", number, 1)
    assert event.payload == {"product": "WHITE", "qty": 2, "price": 3000}
    assert UUID(event.id)
    market.finish(bakery, number, "UT_Bake")
    bakery.work()
    assert market.told_events(bakery)[1].payload == {"product": "WHITE", "sum": 6000}


def test_positions_have_no_gaps_and_orders_keep_their_order(bakery: Story) -> None:
    numbers = [market.order(bakery) for _ in range(5)]
    for number in reversed(numbers):
        market.finish(bakery, number, "UT_Bake")
    bakery.work()
    found = market.told_events(bakery)
    assert [event.position for event in found] == list(range(1, 11))
    for number in numbers:
        assert [event.type for event in found if event.business_key == number] == ["bakery.OrderReceived", "bakery.OrderBaked"]


def test_steps_without_news_never_reach_the_relay(bakery: Story) -> None:
    number = market.order(bakery)
    with bakery.baton.read() as read:
        waiting = read.all(select(History.instance_id).where(History.published_at.is_(None)))
    assert len(waiting) == 1
    bakery.work()
    market.finish(bakery, number, "UT_Bake")
    market.finish(bakery, number, "UT_Hand")
    bakery.work()
    with bakery.baton.read() as read:
        assert read.all(select(History.instance_id).where(History.published_at.is_(None))) == []
        assert outbox.lag(read).total_seconds() == 0


def test_many_relays_at_once_place_each_event_once(bakery: Story) -> None:
    for _ in range(20):
        market.order(bakery)

    def relay(_: int) -> int:
        return int(bakery.baton.do(outbox.relay, limit=3))

    with ThreadPoolExecutor(4) as together:
        while any(together.map(relay, range(4))):
            pass
    found = market.told_events(bakery)
    assert [event.position for event in found] == list(range(1, 21))
    assert len({event.id for event in found}) == 20


def test_an_event_that_was_told_before_keeps_its_place(bakery: Story) -> None:
    market.order(bakery)
    bakery.work()

    def again(read: object) -> Change:
        change = Change()
        change.add(update(History).where(History.app == "bakery").values(published_at=None))
        return change

    bakery.baton.do(again)
    market.order(bakery)
    bakery.work()
    assert [event.position for event in market.told_events(bakery)] == [1, 2]


def test_a_failed_relay_writes_nothing(bakery: Story) -> None:
    market.order(bakery)

    def broken(*_: object) -> None:
        raise RuntimeError("the projection is broken")

    with pytest.raises(RuntimeError):
        bakery.baton.do(outbox.relay, projections=(broken,))
    assert market.told_events(bakery) == []
    assert passing.pass_on(bakery.baton) == 0
    assert len(market.told_events(bakery)) == 1


def test_the_index_finds_an_event_by_type(bakery: Story) -> None:
    market.order(bakery)
    bakery.work()
    assert len(market.told_events(bakery, Event.type == "bakery.OrderReceived")) == 1
    assert market.told_events(bakery, Event.type == "bakery.OrderBaked") == []


@pytest.mark.parametrize(
    ("payload", "rule"),
    [
        ("product, buyer", "payload-personal"),
        ("product, prize", "payload-unknown-field"),
        ("= {who: order.buyer}", "payload-personal"),
        ("= {who: buyer}", "payload-personal"),
        ("= {qty: order.qty +}", "expression-error"),
    ],
)
def test_lint_refuses_a_payload_that_must_not_be_told(payload: str, rule: str) -> None:
    found = [finding for finding in apps.lint("bakery", market.bakery(payload)) if finding.element == "T_Ordered" and finding.level == "error"]
    assert [finding.rule for finding in found] == [rule]


def test_lint_warns_of_a_payload_that_no_event_carries() -> None:
    files = market.bakery()
    drawing = files["processes/bakery/order.bpmn"].replace(b"baton:event", b"baton:note", 1)
    found = apps.lint("bakery", files | {"processes/bakery/order.bpmn": drawing})
    assert [finding.element for finding in found if finding.rule == "payload-without-event"] == ["T_Ordered"]


def test_personal_data_that_lint_cannot_see_is_refused_in_the_step(story: Story) -> None:
    market.deploy(story, "bakery", market.bakery('= {all: [get value(order, "buyer")]}'))
    with pytest.raises(Refused) as refused:
        market.order(story)
    assert refused.value.code == "PERSONAL_EVENT"
    story.work()
    assert market.told_events(story) == []


def test_the_examples_of_the_analysts_page_work() -> None:
    page = (ROOT / "docs" / "analyst" / "events.md").read_text("utf-8")
    (listening,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    (payload,) = re.findall(r"```\n(= .*?)\n```", page, re.S)
    head = market.LEDGER.partition("[[listen]]")[0]
    found = apps.lint("ledger", market.ledger(head + listening)) + apps.lint("bakery", market.bakery(payload))
    assert [finding for finding in found if finding.level == "error"] == []
    assert re.findall(r"`baton:payload = (.*?)`", page) == ["product, qty, price"] * 2
