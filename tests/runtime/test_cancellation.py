"""The cancellation against the installation: one outcome, whoever is first; the messages between the two processes reach their own case only."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from engine import worker
from engine.errors import Gone, Refused
from engine.store.tables import Capacity, Incident
from tests.runtime.story import LEE, PARK, Story

PAIRS = 100


def cancel_until(story: Story, number: str, element: str) -> str:
    """Kim asks to cancel, and the cancellation walks on until it waits at an element; returns its number."""
    cancellation = story.cancel(number, fee_agreed=True).number
    assert cancellation
    if element != "UT_ReceiveCancel":
        story.complete("UT_ReceiveCancel", cancellation, LEE)
    return cancellation


def test_before_a_technician_accepted_nobody_asks_one(story: Story) -> None:
    number = story.apply().number
    story.complete("UT_Receive", number, LEE)
    cancellation = cancel_until(story, number, "UT_Notify")
    story.work()
    assert story.record("subscription", number)["status"] == "CANCELLED"
    assert story.open_tasks(number) == []
    assert "UT_TechReply" not in {event["element"] for event in story.events(cancellation, "task")}
    with story.baton.read() as read:
        assert {row.reserved for row in read.all(select(Capacity.reserved))} == {0}


def test_a_technician_answers_that_it_can_be_cancelled(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Install", number)
    cancellation = cancel_until(story, number, "UT_TechReply")
    story.complete("UT_TechReply", cancellation, PARK)
    story.work()
    record = story.record("subscription", number)
    assert (record["status"], record["install_outcome"], record["cancel_state"]) == ("CANCELLED", "CANCELLED", "CONFIRMED")


def test_completion_beats_a_cancellation_that_is_being_checked(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Install", number)
    cancellation = cancel_until(story, number, "UT_TechReply")
    story.complete("UT_Install", number, PARK)
    story.work()
    with pytest.raises(Gone):
        story.complete("UT_TechReply", cancellation, PARK)
    assert story.record("subscription", number)["install_outcome"] == "INSTALLED"
    assert story.record("cancellation", cancellation)["decision"] == "NOT_CANCELLABLE"


def test_a_confirmed_cancellation_refuses_the_completion(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Install", number)
    cancellation = cancel_until(story, number, "UT_TechReply")
    story.complete("UT_TechReply", cancellation, PARK)
    with pytest.raises(Refused) as refused:
        story.complete("UT_Install", number, PARK)
    assert (refused.value.code, refused.value.status) == ("ALREADY_CANCELLED", 409)
    assert story.record("subscription", number)["install_outcome"] == "CANCELLED"


def test_a_second_cancellation_is_a_duplicate(story: Story) -> None:
    number = story.apply().number
    story.cancel(number)
    with pytest.raises(Refused) as refused:
        story.cancel(number)
    assert refused.value.code == "DUPLICATE"


def test_messages_reach_their_own_case_only(story: Story) -> None:
    first, second = story.apply().number, story.apply().number
    story.complete("UT_Receive", first, LEE)
    story.complete("UT_Receive", second, LEE)
    cancel_until(story, first, "UT_Notify")
    story.work()
    assert story.record("subscription", first)["status"] == "CANCELLED"
    assert story.record("subscription", second)["status"] == "RECEIVED"
    assert story.open_tasks(second) == ["UT_Assign"]


def test_a_hundred_races_have_a_hundred_outcomes(story: Story) -> None:
    pairs = [ready_for_the_race(story, number) for number in range(PAIRS)]
    with ThreadPoolExecutor(8) as together:
        for number, cancellation in pairs:
            race = [together.submit(attempt, story, "UT_Install", number), together.submit(attempt, story, "UT_TechReply", cancellation)]
            results = [future.result() for future in race]
            assert results.count("done") in (1, 2), results
    worker.run_due(story.baton)
    outcomes = [story.record("subscription", number) for number, _ in pairs]
    decisions = [story.record("cancellation", cancellation)["decision"] for _, cancellation in pairs]
    for record, decision in zip(outcomes, decisions, strict=True):
        expected = {"INSTALLED": ("INSTALLED", "NOT_CANCELLABLE"), "CANCELLED": ("CANCELLED", "CANCELLED")}[record["install_outcome"]]
        assert (record["status"], decision) == expected
    with story.baton.read() as read:
        assert read.all(select(Incident.kind, Incident.message).where(Incident.kind != "JOB_FAILED")) == []


def ready_for_the_race(story: Story, number: int) -> tuple[str, str]:
    """A subscription about to be installed whose cancellation asks the technician; every pair has a visit time of its own."""
    days = ["02", "03", "04", "05", "07", "08", "09", "10", "11", "12"]
    slots, region = ["AM1", "AM2", "PM1", "PM2", "EV"], [("04524", "E101"), ("04524", "E102"), ("48058", "E201"), ("10200", "E301")]
    postcode, engineer = region[number % 4]
    place = number // 4
    when = {"visit_date": f"2026-12-{days[place % 10]}", "visit_slot": slots[place // 10 % 5]}
    product = "INTERNET" if engineer == "E102" else "BUNDLE"  # what each of them can install
    subscription = story.apply(postcode=postcode, product_type=product, **when).number
    technician = PARK.__class__("staff", engineer, engineer, frozenset({"technician"}))
    story.complete("UT_Receive", subscription, LEE)
    story.complete("UT_Assign", subscription, LEE, engineer=engineer)
    for element in ("UT_TechAccept", "UT_Depart", "UT_Arrive"):
        story.complete(element, subscription, technician)
    return subscription, cancel_until(story, subscription, "UT_TechReply")


def attempt(story: Story, element: str, number: str) -> Any:
    """Submit as the technician of the case; the code of the refusal otherwise."""
    engineer = story.record("subscription", number)["engineer"] if number.startswith("S-") else None
    if engineer is None:
        engineer = story.record("subscription", story.record("cancellation", number)["subscription"])["engineer"]
    try:
        story.complete(element, number, PARK.__class__("staff", engineer, engineer, frozenset({"technician"})))
    except Refused as refused:
        return refused.code
    return "done"
