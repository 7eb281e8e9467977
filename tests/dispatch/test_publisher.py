"""Events leave Baton as CloudEvents: each after the other, confirmed, and none lost when the broker is away."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import orjson
import pytest
from kombu import Connection, Consumer, Exchange, Queue

from engine.dispatch.publisher import SUBSCRIBER, Publisher
from engine.errors import ConfigurationError
from engine.settings import load
from tests.dispatch.rabbitmq import RabbitMQ, free_port
from tests.runtime import market
from tests.runtime.story import Story, open_world


@pytest.fixture
def exchange() -> str:
    """An exchange of the test's own."""
    return f"events-{uuid4().hex[:8]}"


@contextmanager
def published(url: str, exchange: str, binding: str = "#") -> Iterator[list[dict[str, Any]]]:
    """A partner's queue; what was in it is there when the block ends."""
    found: list[dict[str, Any]] = []

    def take(body: Any, message: Any) -> None:
        found.append(orjson.loads(message.body) | {"content_type": message.content_type, "routing_key": message.delivery_info["routing_key"]})
        message.ack()

    queue = Queue(f"partner-{uuid4().hex[:8]}", Exchange(exchange, type="topic", durable=True), binding, durable=True)
    with Connection(url) as connection:
        queue(connection.channel()).declare()
    yield found
    with Connection(url) as connection, Consumer(connection.channel(), [queue], callbacks=[take], accept=None):
        while True:
            try:
                connection.drain_events(timeout=0.5)
            except TimeoutError:
                break


def told(story: Story, url: str, exchange: str) -> Publisher:
    """A world that publishes to this broker, from now on."""
    settings = story.baton.settings.model_copy(update={"events_url": url, "events_exchange": exchange})
    story.baton.settings = settings
    publisher = Publisher(story.baton)
    publisher.publish()  # it begins with what happens from now on
    market.deploy(story, "bakery", market.bakery())
    return publisher


def test_an_event_is_a_cloud_event_with_the_payload_and_the_old_names(story: Story, rabbitmq: RabbitMQ, exchange: str) -> None:
    publisher = told(story, rabbitmq.url, exchange)
    with published(rabbitmq.url, exchange) as found:
        number = market.order(story, "WHITE", 2)
        story.work()
        assert publisher.publish() == 1
    (event,) = found
    row = market.told_events(story)[0]
    assert (event["content_type"], event["routing_key"]) == ("application/cloudevents+json", "bakery.OrderReceived")
    assert (event["specversion"], event["id"], event["source"]) == ("1.0", row.id, "/baton/bakery")
    assert (event["type"], event["subject"], event["time"]) == ("baton.bakery.OrderReceived", number, "2026-12-01T01:00:00+00:00")
    assert event["data"] == {"eventType": "OrderReceived", "timestamp": "20261201100000", "product": "WHITE", "qty": 2, "price": 3000}
    publisher._broker.close()


def test_a_partner_takes_only_what_it_asks_for(story: Story, rabbitmq: RabbitMQ, exchange: str) -> None:
    publisher = told(story, rabbitmq.url, exchange)
    with published(rabbitmq.url, exchange, "bakery.OrderBaked") as found:
        number = market.order(story)
        market.finish(story, number, "UT_Bake")
        story.work()
        assert publisher.publish() == 2
    assert [event["routing_key"] for event in found] == ["bakery.OrderBaked"]
    publisher._broker.close()


def test_a_broker_that_is_away_holds_nothing_up_and_gets_everything_in_order(story: Story, rabbitmq: RabbitMQ, exchange: str) -> None:
    publisher = told(story, rabbitmq.url, exchange)
    with published(rabbitmq.url, exchange) as found:
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
    assert [event["subject"] for event in found] == numbers
    publisher._broker.close()


def test_two_publishers_never_publish_at_the_same_time(story: Story, rabbitmq: RabbitMQ, exchange: str) -> None:
    first = told(story, rabbitmq.url, exchange)
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
    first._broker.close()


def test_the_thread_publishes_by_itself(tmp_path: Any, rabbitmq: RabbitMQ, exchange: str) -> None:
    baton = open_world(tmp_path, events_url=rabbitmq.url, events_exchange=exchange)
    story = Story(baton)
    publisher = told(story, rabbitmq.url, exchange)
    publisher.start()
    with published(rabbitmq.url, exchange) as found:
        market.order(story)
        story.work()
        while market.cursor(story, SUBSCRIBER).position == 0:
            publisher.join(0.05)
    publisher.stop()
    publisher.join()
    assert len(found) == 1
    baton.database.close()


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


def test_a_broker_that_never_was_is_an_incident_and_no_error(story: Story, exchange: str) -> None:
    publisher = told(story, f"amqp://guest:guest@127.0.0.1:{free_port()}//", exchange)
    market.order(story)
    story.work()
    assert publisher.publish() == 0
    assert len(market.incidents(story)) == 1


def test_a_reader_keeps_a_view_in_a_store_of_its_own(story: Story, rabbitmq: RabbitMQ, exchange: str) -> None:
    """Another team's totals, in a database that Baton knows nothing of; an event that comes again is counted once."""
    publisher = told(story, rabbitmq.url, exchange)
    with published(rabbitmq.url, exchange, "bakery.OrderReceived") as found:
        for product, quantity in (("WHITE", 2), ("RYE", 1), ("WHITE", 3)):
            market.order(story, product, quantity)
        story.work()
        publisher.publish()
    with closing(sqlite3.connect(":memory:")) as view:
        view.execute("create table sold (event text primary key, product text, qty integer)")
        for event in [*found, *found]:
            view.execute("insert or ignore into sold values (?, ?, ?)", (event["id"], event["data"]["product"], event["data"]["qty"]))
        totals = dict(view.execute("select product, sum(qty) from sold group by product").fetchall())
    assert totals == {"WHITE": 5, "RYE": 1}
    publisher._broker.close()
