"""Two people want the same visit, technician, stock or end at the same moment: one outcome each, and no capacity is ever overdrawn."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from engine.actors import Actor
from engine.errors import Invalid, Refused
from engine.store.tables import Capacity, Incident, Record, Reservation
from tests.runtime.story import JUNG, LEE, Story

BUSAN = {"postcode": "48058", "road_address": "부산 해운대구 센텀로 1"}
GYEONGGI = {"postcode": "13529", "road_address": "경기 성남시 판교역로 1"}
DAYS = ["02", "03", "04", "05", "07", "08", "09", "10", "11", "12"]
SLOTS = ["AM1", "AM2", "PM1", "PM2", "EV"]
PLACES = [{"visit_date": f"2026-12-{day}", "visit_slot": slot} for day in DAYS for slot in SLOTS]


def at_once(*runners: Callable[[], Any]) -> list[str]:
    """What each came to: "done", or the code of the refusal."""

    def one(run: Callable[[], Any]) -> str:
        try:
            run()
        except Refused as refused:
            return refused.code
        except Invalid:
            return "INVALID"
        return "done"

    with ThreadPoolExecutor(8) as together:
        return list(together.map(one, runners))


def fits(story: Story, **limits: int) -> None:
    """Nothing went wrong, each counter is the sum of its reservations, and none is above its limit."""
    with story.baton.read() as read:
        assert read.all(select(Incident.kind, Incident.message).where(Incident.kind != "JOB_FAILED")) == []
        counters = read.all(select(Capacity.name, Capacity.key, Capacity.reserved))
        held = Counter((row.name, row.key) for row in read.all(select(Reservation.name, Reservation.key)))
    assert {(row.name, row.key): row.reserved for row in counters if row.reserved} == dict(held)
    assert all(0 <= row.reserved <= limits.get(row.name, 10_000) for row in counters)


def test_the_last_visit_of_a_hundred_times_goes_to_one_of_two(story: Story) -> None:
    def apply(home: dict[str, str], place: dict[str, str]) -> Callable[[], Any]:
        return lambda: story.apply(**home, **place)

    assert at_once(*[apply(home, place) for home in (BUSAN, GYEONGGI) for place in PLACES for _ in range(2)]) == ["done"] * 200
    fits(story, visit=1)
    with story.baton.read() as read:
        assert [row.reserved for row in read.all(select(Capacity.reserved).where(Capacity.name == "visit"))] == [1] * 100
        assert read.value(select(func.count()).select_from(Record).where(Record.collection == "subscription")) == 200


def test_a_double_click_is_one_application(story: Story) -> None:
    def click(number: int) -> Callable[[], Any]:
        return lambda: story.apply(f"click-{number}", mobile=f"0101000{number:04}", **PLACES[number % 50])

    assert at_once(*[click(number) for number in range(100) for _ in range(2)]) == ["done"] * 200
    fits(story, visit=2)
    with story.baton.read() as read:
        assert read.value(select(func.count()).select_from(Record).where(Record.collection == "subscription")) == 100


def test_one_technician_is_not_at_two_places(story: Story) -> None:
    pairs = [[story.apply(**place).number for _ in range(2)] for place in PLACES[:20]]
    for number in (number for pair in pairs for number in pair):
        story.complete("UT_Receive", number, LEE)

    def assign(number: str, agent: Actor) -> Callable[[], Any]:
        return lambda: story.complete("UT_Assign", number, agent)

    at_once(*[assign(number, agent) for pair in pairs for number, agent in zip(pair, (LEE, JUNG), strict=True)])
    fits(story, visit=2, calendar=1, workday=4)
    for pair in pairs:
        states = [story.record("subscription", number)["status"] for number in pair]
        assert states.count("INSTALL_REQUESTED") <= 1


def test_cancelling_and_assigning_at_once_leave_nothing_reserved_for_a_cancelled_one(story: Story) -> None:
    numbers = [story.apply(**place).number for place in PLACES]
    cancellations = []
    for number in numbers:
        story.complete("UT_Receive", number, LEE)
        cancellations.append(story.cancel(number).number or "")

    def race(element: str, number: str) -> Callable[[], Any]:
        return lambda: story.complete(element, number, LEE)

    runners = [race(*one) for pair in zip(numbers, cancellations, strict=True) for one in (("UT_Assign", pair[0]), ("UT_ReceiveCancel", pair[1]))]
    at_once(*runners)
    story.work()
    fits(story, visit=2, calendar=1, workday=4)
    with story.baton.read() as read:
        holders = {row.holder.partition("/")[0] for row in read.all(select(Reservation.holder))}
    for number in numbers:
        record = story.record("subscription", number)
        assert (record["status"] == "CANCELLED") == (record["install_outcome"] == "CANCELLED")
        assert record["status"] != "CANCELLED" or number not in holders
