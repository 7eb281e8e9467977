"""Messages through the whole runtime: early, late, twice, for another, and only for who waits now."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from engine.ids import new_id
from engine.runtime import delivery
from engine.store.tables import History, Message, MessageSubscription, UserTask
from tests.bpmn.conformance import shows
from tests.bpmn.models import boundary, catch, end, event, event_sub, extensions, flows, io, message, process, start, throw
from tests.runtime.small import app, by_hand, complete, deploy, publish, started, variables
from tests.runtime.story import Story

ORDER, PAID = message("m_order", "Order"), message("m_paid", "Paid", "=order")


def payment() -> str:
    """An order is made by a message, looked at by a person, and then waits for its payment."""
    wait = catch("paid", event("message", "m_paid"), extensions(io(None, {"amount": "=amount"})))
    path = flows("made -> look -> paid -> last -> end")
    return process(start("made", event("message", "m_order")), by_hand("look"), wait, by_hand("last"), end(), path)


def order(story: Story, *numbers: str, files: dict[str, bytes] | None = None) -> None:
    """Orders that a person looks at."""
    deploy(story, files or app(ORDER, PAID, payment()))
    for number in numbers:
        publish(story, "clock.Order", order=number)
    story.work()


def paid(story: Story) -> dict[str, Any]:
    """What was paid for each order so far."""
    found = (variables(story, row.id) for row in started(story))
    return {each["order"]: each.get("amount") for each in found}


def open_elements(story: Story) -> list[str]:
    """Where tasks are open."""
    with story.baton.read() as read:
        rows = read.all(select(UserTask.element_id).where(UserTask.app == "clock", UserTask.state == "open").order_by(UserTask.element_id))
    return [row.element_id for row in rows]


def inbox(story: Story) -> list[str]:
    """The keys of the messages that wait."""
    with story.baton.read() as read:
        return [row.key for row in read.all(select(Message.key).order_by(Message.key))]


@shows("Events", "Early message")
def test_an_early_message_waits_for_its_receiver(story: Story) -> None:
    order(story, "O-1")
    publish(story, "clock.Paid", key="O-1", amount=5000)
    story.work()
    assert paid(story) == {"O-1": None} and inbox(story) == ["O-1"]
    complete(story, "look")
    story.work()
    assert paid(story) == {"O-1": 5000} and inbox(story) == []


@shows("Events", "Message for another key or name")
def test_a_message_never_reaches_another_key_or_another_name(story: Story) -> None:
    order(story, "O-1")
    complete(story, "look")
    publish(story, "clock.Paid", key="O-2", amount=1)
    publish(story, "clock.Payed", key="O-1", amount=2)
    publish(story, "other.Paid", key="O-1", amount=3)
    publish(story, "clock.Paid", key="", amount=4)
    story.work()
    assert paid(story) == {"O-1": None} and len(inbox(story)) == 4


@shows("Events", "Message without time to live")
def test_a_message_without_time_to_live_reaches_only_who_waits_now(story: Story) -> None:
    order(story, "O-1")
    publish(story, "clock.Paid", key="O-1", ttl="PT0S", amount=1)
    assert inbox(story) == []
    complete(story, "look")
    story.work()
    publish(story, "clock.Paid", key="O-1", ttl="0", amount=2)
    story.work()
    assert paid(story) == {"O-1": 2}


def test_a_lapsed_message_is_not_delivered_but_one_that_was_met_in_time_is(story: Story) -> None:
    order(story, "O-1", "O-2")
    publish(story, "clock.Paid", key="O-1", ttl="PT1H", amount=1)
    publish(story, "clock.Paid", key="O-2", ttl="PT3H", amount=2)
    story.baton.clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    complete(story, "look")
    complete(story, "look")
    story.baton.clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    story.work()
    assert paid(story) == {"O-1": None, "O-2": 2}


def test_the_same_message_again_is_for_the_next_who_waits(story: Story) -> None:
    again = catch("again", event("message", "m_paid"), extensions(io(None, {"second": "=amount"})))
    path = flows("made -> look -> paid -> again -> last -> end")
    wait = catch("paid", event("message", "m_paid"), extensions(io(None, {"amount": "=amount"})))
    drawn = process(start("made", event("message", "m_order")), by_hand("look"), wait, again, by_hand("last"), end(), path)
    order(story, "O-1", files=app(ORDER, PAID, drawn))
    publish(story, "clock.Paid", key="O-1", amount=1)
    publish(story, "clock.Paid", key="O-1", amount=2)
    complete(story, "look")
    story.work()
    (only,) = started(story)
    assert {name: variables(story, only.id)[name] for name in ("amount", "second")} == {"amount": 1, "second": 2}


def test_a_message_with_the_same_dedupe_key_is_published_once(story: Story) -> None:
    row = {"name": "clock.Paid", "key": "O-1", "variables": {}, "dedupe": "bank-77", "published_at": story.baton.clock.now()}
    with story.baton.database.write() as connection:
        connection.execute(insert(Message), {**row, "id": new_id(), "expires_at": story.baton.clock.now(), "error": None})
    with pytest.raises(IntegrityError), story.baton.database.write() as connection:
        connection.execute(insert(Message), {**row, "id": new_id(), "expires_at": story.baton.clock.now(), "error": None})


def test_delivering_twice_applies_once(story: Story) -> None:
    order(story, "O-1")
    complete(story, "look")
    publish(story, "clock.Paid", key="O-1", amount=1)
    with story.baton.read() as read:
        (message_id,) = delivery.deliverable(read)
    assert story.baton.do(delivery.deliver, message_id=message_id) is True
    assert story.baton.do(delivery.deliver, message_id=message_id) is False
    with story.baton.read() as read:
        instance = started(story)[0].id
        done = [entry for row in read.all(select(History.events).where(History.instance_id == instance)) for entry in row.events]
    assert sum(1 for entry in done if entry.get("element") == "paid" and entry["type"] == "done") == 1


def test_a_message_that_does_not_interrupt_is_heard_each_time(story: Story) -> None:
    beside = event_sub("S", event("message", "m_paid"), by_hand("note"), end("noted"), flows("S_start -> note -> noted"), interrupting=False)
    drawn = process(start("made", event("message", "m_order")), by_hand("look"), end(), flows("made -> look -> end"), beside)
    order(story, "O-1", files=app(ORDER, PAID, drawn))
    for amount in (1, 2, 3):
        publish(story, "clock.Paid", key="O-1", amount=amount)
    story.work()
    assert open_elements(story) == ["look", "note", "note", "note"]


def test_two_instances_speak_to_each_other_by_name_and_key(story: Story) -> None:
    mapping = extensions(io({"amount": "=7 * 1000"}))
    bank = process(
        start("asked", event("message", "m_bank")),
        throw("pay", event("message", "m_paid"), mapping),
        end("e2"),
        flows("asked -> pay -> e2"),
        id="bank",
    )
    order(story, "O-1", "O-2", files=app(ORDER, PAID, message("m_bank", "Bank"), payment(), bank))
    complete(story, "look")
    complete(story, "look")
    publish(story, "clock.Bank", order="O-2")
    story.work()
    assert paid(story) == {"O-1": None, "O-2": 7000}


@shows("Events", "Signal within one instance")
def test_a_signal_reaches_who_waits_when_it_is_thrown_in_the_same_step_too(story: Story) -> None:
    signal = '<bpmn:signal id="s" name="Bell" />'
    fork = "<bpmn:parallelGateway id='fork' />"
    hears = catch("hear", event("signal", "s"))
    rings = throw("ring", event("signal", "s")) + catch("late", event("signal", "s"))
    path = flows("made -> fork -> hear -> e1", "fork -> ring -> late -> e2")
    drawn = process(start("made", event("message", "m_order")), fork, hears, rings, end("e1"), end("e2"), path)
    order(story, "O-1", files=app(signal, ORDER, drawn))
    with story.baton.read() as read:
        waiting = [row.element_id for row in read.all(select(MessageSubscription.element_id))]
    assert waiting == ["late"]  # who began to wait after it was thrown has missed it


@shows("Boundary events", "Signal, not interrupting: two at once")
def test_what_a_signal_does_not_interrupt_hears_each_of_two_that_come_at_once(story: Story) -> None:
    signal = '<bpmn:signal id="s" name="Bell" />'
    rings = boundary("bell", "look", event("signal", "s"), False) + by_hand("note")
    hearing = process(
        start("made", event("message", "m_order")), by_hand("look"), end(), end("noted"), rings, flows("made -> look -> end", "bell -> note -> noted")
    )
    twice = throw("one", event("signal", "s")) + throw("two", event("signal", "s")) + end("rung")
    ringing = process(start("rope", event("message", "m_rope")), twice, flows("rope -> one -> two -> rung"), id="ringing")
    order(story, "O-1", files=app(signal, ORDER, message("m_rope", "Rope"), hearing, ringing))
    publish(story, "clock.Rope")
    story.work()
    assert open_elements(story) == ["look", "note", "note"]
