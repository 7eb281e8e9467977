"""Events leave Baton as CloudEvents: each after the other, confirmed, and none lost when the broker is away."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from kombu import Connection, Exchange, Queue

from engine.dispatch.publisher import SUBSCRIBER, Publisher
from engine.errors import ConfigurationError
from engine.settings import load
from tests.dispatch.bakehouse import wait_for
from tests.dispatch.rabbitmq import RabbitMQ
from tests.runtime import market
from tests.runtime.story import Story, open_world


@pytest.fixture
def exchange() -> str:
    """An exchange of the test's own."""
    return f"events-{uuid4().hex[:8]}"


class Inbox:
    """A partner's queue, from now on; `most` is how many events it takes before it refuses more."""

    def __init__(self, url: str, exchange: str, binding: str = "#", most: int | None = None) -> None:
        self._url = url
        limits = {} if most is None else {"x-max-length": most, "x-overflow": "reject-publish"}
        self._queue = Queue(
            f"partner-{uuid4().hex[:8]}", Exchange(exchange, type="topic", durable=True), binding, durable=True, queue_arguments=limits
        )
        with Connection(url) as connection:
            self._queue(connection.channel()).declare()

    def take(self) -> list[dict[str, Any]]:
        """Everything that is in it: what was confirmed before is all there."""
        found: list[dict[str, Any]] = []
        with Connection(self._url) as connection:
            queue = self._queue(connection.channel())
            while message := queue.get(no_ack=True):
                routing_key = message.delivery_info["routing_key"]
                found.append(orjson.loads(message.body) | {"content_type": message.content_type, "routing_key": routing_key})
        return found


Tell = Callable[[Story, str], Publisher]


@pytest.fixture
def told(exchange: str) -> Iterator[Tell]:
    """What makes a world publish to the broker at an address, from now on. At the end its connection is given back."""
    with ExitStack() as at_the_end:

        def tell(story: Story, url: str) -> Publisher:
            settings = story.baton.settings.model_copy(update={"events_url": url, "events_exchange": exchange})
            story.baton.settings = settings
            publisher = Publisher(story.baton)
            at_the_end.callback(publisher._broker.close)
            publisher.publish()  # it begins with what happens from now on
            market.deploy(story, "bakery", market.bakery())
            return publisher

        yield tell


def test_an_event_is_a_cloud_event_with_the_payload_and_the_old_names(story: Story, rabbitmq: RabbitMQ, exchange: str, told: Tell) -> None:
    publisher = told(story, rabbitmq.url)
    inbox = Inbox(rabbitmq.url, exchange)
    number = market.order(story, "WHITE", 2)
    story.work()
    assert publisher.publish() == 1
    (event,) = inbox.take()
    row = market.told_events(story)[0]
    assert (event["content_type"], event["routing_key"]) == ("application/cloudevents+json", "bakery.OrderReceived")
    assert (event["specversion"], event["id"], event["source"]) == ("1.0", row.id, "/baton/bakery")
    assert (event["type"], event["subject"], event["time"]) == ("baton.bakery.OrderReceived", number, "2026-12-01T01:00:00+00:00")
    assert event["data"] == {"eventType": "OrderReceived", "timestamp": "20261201100000", "product": "WHITE", "qty": 2, "price": 3000}


def test_a_partner_takes_only_what_it_asks_for(story: Story, rabbitmq: RabbitMQ, exchange: str, told: Tell) -> None:
    publisher = told(story, rabbitmq.url)
    inbox = Inbox(rabbitmq.url, exchange, "bakery.OrderBaked")
    number = market.order(story)
    market.finish(story, number, "UT_Bake")
    story.work()
    assert publisher.publish() == 2
    assert [event["routing_key"] for event in inbox.take()] == ["bakery.OrderBaked"]


def test_a_broker_that_is_away_holds_nothing_up_and_gets_everything_in_order(story: Story, rabbitmq: RabbitMQ, exchange: str, told: Tell) -> None:
    publisher = told(story, rabbitmq.url)
    inbox = Inbox(rabbitmq.url, exchange)
    numbers = [market.order(story)]
    story.work()
    assert publisher.publish() == 1
    rabbitmq.stop()
    numbers += [market.order(story) for _ in range(4)]
    story.work()
    assert publisher.publish() == 0
    (incident,) = market.incidents(story)
    assert incident.kind == "EVENT_FAILED" and "기다려요" in incident.message
    assert market.cursor(story, SUBSCRIBER).position == 1
    rabbitmq.start()
    assert publisher.publish() == 0  # not before its time
    story.pass_time(seconds=1)
    assert publisher.publish() == 4
    assert market.incidents(story) == []
    assert [event["subject"] for event in inbox.take()] == numbers


def test_what_a_full_queue_refuses_comes_once_there_is_room(story: Story, rabbitmq: RabbitMQ, exchange: str, told: Tell) -> None:
    publisher = told(story, rabbitmq.url)
    inbox = Inbox(rabbitmq.url, exchange, most=1)
    numbers = [market.order(story) for _ in range(2)]
    story.work()
    assert publisher.publish() == 0
    assert [incident.kind for incident in market.incidents(story)] == ["EVENT_FAILED"]
    assert market.cursor(story, SUBSCRIBER).position == 1
    assert [event["subject"] for event in inbox.take()] == numbers[:1]
    story.pass_time(seconds=1)
    assert publisher.publish() == 1
    assert market.incidents(story) == []
    assert [event["subject"] for event in inbox.take()] == numbers[1:]


def test_two_publishers_never_publish_at_the_same_time(story: Story, rabbitmq: RabbitMQ, told: Tell) -> None:
    first = told(story, rabbitmq.url)
    second = Publisher(story.baton)
    market.order(story)
    story.work()
    real = first._broker.publish

    def meanwhile(event: Any, routing_key: str) -> None:
        assert second.publish() == 0
        real(event, routing_key)

    first._broker.publish = meanwhile  # type: ignore[method-assign]
    assert first.publish() == 1
    assert second.publish() == 0


def test_the_thread_publishes_by_itself(tmp_path: Path, rabbitmq: RabbitMQ, exchange: str, told: Tell) -> None:
    baton = open_world(tmp_path, events_url=rabbitmq.url, events_exchange=exchange)
    with closing(baton.database):
        story = Story(baton)
        publisher = told(story, rabbitmq.url)
        inbox = Inbox(rabbitmq.url, exchange)
        publisher.start()
        try:
            market.order(story)
            story.work()
            wait_for(lambda: market.cursor(story, SUBSCRIBER).position == 1)
        finally:
            publisher.stop()
            publisher.join()
        assert len(inbox.take()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BATON_EVENTS_URL", "redis://localhost"),
        ("BATON_BROKER_URL", "localhost:5672"),
        ("BATON_BROKER_URL", "kafka://x"),
        ("BATON_EVENTS_EXCHANGE", "a b"),
    ],
)
def test_a_wrong_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        load()


def test_a_broker_that_never_was_is_an_incident_and_no_error(story: Story, nobody: str, told: Tell) -> None:
    publisher = told(story, nobody)
    market.order(story)
    story.work()
    assert publisher.publish() == 0
    assert len(market.incidents(story)) == 1


def test_a_reader_keeps_a_view_in_a_store_of_its_own(story: Story, rabbitmq: RabbitMQ, exchange: str, told: Tell) -> None:
    """Another team's totals, in a database that Baton knows nothing of; an event that comes again is counted once."""
    publisher = told(story, rabbitmq.url)
    inbox = Inbox(rabbitmq.url, exchange, "bakery.OrderReceived")
    for product, quantity in (("WHITE", 2), ("RYE", 1), ("WHITE", 3)):
        market.order(story, product, quantity)
    story.work()
    publisher.publish()
    found = inbox.take()
    with closing(sqlite3.connect(":memory:")) as view:
        view.execute("create table sold (event text primary key, product text, qty integer)")
        for event in [*found, *found]:
            view.execute("insert or ignore into sold values (?, ?, ?)", (event["id"], event["data"]["product"], event["data"]["qty"]))
        totals = dict(view.execute("select product, sum(qty) from sold group by product").fetchall())
    assert totals == {"WHITE": 5, "RYE": 1}
