"""Many want the same seats at once, and cancel while the exhibition is withdrawn: one outcome each, never a seat too many, on both databases."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from engine.actors import CUSTOMER
from engine.runtime import instances
from engine.views import case_view
from tests.runtime.museum import Museum, opened
from tests.runtime.partner import Partner
from tests.runtime.test_projections import spoil, view

PAIRS = {"postgresql": 100, "sqlite": 20}
TAKE, GIVE_BACK = "POST /items/{item}/seats", "DELETE /items/{item}/seats/{reference}"


@pytest.fixture
def museum(database_url: str, tmp_path: Path) -> Iterator[Museum]:
    """A museum with its entry confirmation."""
    with opened(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def alone(database_url: str, tmp_path: Path) -> Iterator[Museum]:
    """A museum whose entry confirmation is away."""
    with opened(tmp_path, database_url, ("museum",)) as made:
        yield made


def at_once(*attempts: Callable[[], str]) -> list[str]:
    """What each attempt came to; all at once."""
    with ThreadPoolExecutor(8) as together:
        running = [together.submit(attempt) for attempt in attempts]
        return [each.result() for each in running]


def settled(museum: Museum) -> None:
    """Everything that follows is done, and nothing went wrong."""
    museum.work()
    museum.pass_time(minutes=2)
    assert museum.incidents() == []


def test_fifty_bookings_for_twenty_places(museum: Museum) -> None:
    (exhibition,) = museum.exhibitions(1, 20)
    at_once(*(lambda visitor=visitor: museum.book(exhibition, visitor) for visitor in range(50)))
    settled(museum)
    assert museum.statuses(exhibition) == {"REQUEST_COMPLETED": 20, "FAILED": 30}
    assert (museum.seats(exhibition)["taken"], museum.seats(exhibition)["free"]) == (20, 0)
    assert (museum.rows("exhibition")[exhibition]["booked"], museum.rows("exhibition")[exhibition]["live"]) == (20, 20)
    assert len(museum.rows("confirm")) == 20


def test_two_want_the_last_place(alone: Museum, database_url: str) -> None:
    exhibitions = alone.exhibitions(PAIRS["postgresql" if database_url else "sqlite"], 1)
    at_once(*(lambda one=one, visitor=visitor: alone.book(one, visitor) for one in exhibitions for visitor in (1, 2)))
    settled(alone)
    for one in exhibitions:
        assert alone.statuses(one) == {"REQUESTED": 1, "FAILED": 1}
        assert alone.seats(one)["free"] == 0
    assert {(row["booked"], row["live"]) for key, row in alone.rows("exhibition").items() if key in exhibitions} == {(1, 1)}


def test_one_mobile_never_books_more_than_six_people(alone: Museum, database_url: str) -> None:
    exhibitions = alone.exhibitions(PAIRS["postgresql" if database_url else "sqlite"], 50)
    told = at_once(*(lambda one=one: alone.book(one, 1, 4) for one in exhibitions for _ in (1, 2)))
    settled(alone)
    live = {one: alone.statuses(one)["REQUESTED"] for one in exhibitions}  # a busy machine may refuse some: the seats must answer in time
    assert "LIMIT" in told and set(live.values()) <= {0, 1} and any(live.values())
    assert {one: alone.seats(one)["taken"] for one in exhibitions} == {one: 4 * count for one, count in live.items()}
    assert sum(alone.held("party").values()) == 4 * sum(live.values())


def test_what_is_cancelled_can_be_booked_again_by_the_same_mobile(alone: Museum) -> None:
    (exhibition,) = alone.exhibitions(1, 50)
    for _ in (1, 2):
        told = at_once(*(lambda: alone.book(exhibition) for _ in range(20)))
        settled(alone)
        live = [number for number, row in alone.rows("booking").items() if row["status"] == "REQUESTED"]
        assert 0 < len(live) == alone.seats(exhibition)["taken"] <= 6 and "LIMIT" in told
        at_once(*(lambda booking=booking: alone.cancel(booking) for booking in live))
        settled(alone)
        assert alone.seats(exhibition)["taken"] == 0
    ((key, held),) = alone.held("party").items()
    assert held == 0 and "0000001" not in key  # the mobile itself stands in no key


def test_cancelling_twice_gives_back_once(alone: Museum) -> None:
    (exhibition,) = alone.exhibitions(1, 100)
    bookings = [alone.book(exhibition, visitor, 2) for visitor in range(20)]
    told = at_once(*(lambda booking=booking: alone.cancel(booking) for booking in bookings for _ in range(2)))
    settled(alone)
    assert (told.count("done"), told.count("ALREADY_CLOSED")) == (20, 20)
    assert (alone.seats(exhibition)["taken"], alone.calls(GIVE_BACK)) == (0, 20)
    assert (alone.rows("exhibition")[exhibition]["booked"], alone.rows("exhibition")[exhibition]["live"]) == (0, 0)


def test_a_double_click_is_one_booking_and_one_place(alone: Museum, database_url: str) -> None:
    count = PAIRS["postgresql" if database_url else "sqlite"]
    (exhibition,) = alone.exhibitions(1, 2 * count)
    told = at_once(*(lambda visitor=visitor: alone.book(exhibition, visitor, key=f"click-{visitor}") for visitor in range(count) for _ in (1, 2)))
    settled(alone)
    assert told[::2] == told[1::2] and len(alone.rows("booking")) == count
    assert alone.seats(exhibition)["taken"] == alone.statuses(exhibition)["REQUESTED"] > 0


def test_two_gates_admit_one_booking_once(museum: Museum) -> None:
    (exhibition,) = museum.exhibitions(1, 50)
    bookings = [museum.book(exhibition, visitor) for visitor in range(20)]
    museum.work()
    museum.pass_time(days=19)
    told = at_once(*(lambda booking=booking: museum.admit(booking) for booking in bookings for _ in (1, 2)))
    museum.work()
    assert [sorted(pair)[0] for pair in zip(told[::2], told[1::2], strict=True)] == ["ALREADY_ENTERED"] * 20
    assert museum.statuses(exhibition) == {"ENTERED": 20} and len(museum.rows("admission")) == 20
    assert (museum.rows("exhibition")[exhibition]["live"], museum.incidents()) == (0, [])


def test_bookings_and_cancellations_while_the_exhibition_is_withdrawn(alone: Museum) -> None:
    exhibitions = alone.exhibitions(10, 20)
    bookings = {one: [alone.book(one, visitor) for visitor in range(3)] for one in exhibitions}
    attempts: list[Callable[[], str]] = []
    for one in exhibitions:
        attempts += [lambda one=one: alone.withdraw(one, 3), lambda one=one: alone.book(one, 9), lambda one=one: alone.cancel(bookings[one][0])]
    told = at_once(*attempts)
    for one, said in zip(exhibitions, told[::3], strict=True):
        if said == "WRONG_COUNT":  # a booking or cancellation was faster; the curator counts again
            alone.withdraw(one, alone.rows("exhibition")[one]["live"])
    settled(alone)
    for one in exhibitions:
        found = alone.statuses(one)
        assert found["REQUESTED"] + found["REQUEST_COMPLETED"] == 0 and found["FORCE_CANCELED"] + found["CANCELED"] >= 3, found
        exhibition = alone.rows("exhibition")[one]
        assert (exhibition["status"], exhibition["live"]) == ("DELETED", 0) and not alone.seats(one)["open"]


def test_a_place_taken_while_the_exhibition_was_withdrawn_is_called_off_at_once(alone: Museum) -> None:
    (exhibition,) = alone.exhibitions(1, 5)
    form = {"exhibition_no": exhibition, "party_size": 1, "cust_nm": "김관람", "mobile": "01000000001", "language": "ko"}
    booking = alone.baton.do(instances.start, app="museum", door="book", actor=CUSTOMER, submission=form).number
    alone.partners.simulation.switches["exhibitions"] = "down"
    alone.withdraw(exhibition, 0)
    alone.partners.simulation.switches["exhibitions"] = "ok"
    alone.work()
    assert alone.rows("booking")[booking]["status"] == "FORCE_CANCELED"
    settled(alone)
    assert alone.rows("exhibition")[exhibition]["live"] == 0


def test_of_two_hundred_bookings_those_cancelled_before_stay_cancelled(alone: Museum, database_url: str) -> None:
    count, before = (200, 20) if database_url else (20, 2)
    (exhibition,) = alone.exhibitions(1, 200)
    bookings = [alone.book(exhibition, visitor) for visitor in range(count)]
    for booking in bookings[:before]:
        alone.cancel(booking)
    alone.work()
    assert alone.withdraw(exhibition, count - before).startswith("XD-")
    settled(alone)
    assert alone.statuses(exhibition) == {"FORCE_CANCELED": count - before, "CANCELED": before}
    assert [row["status"] for row in alone.rows("removal").values()] == ["DONE"]


def test_a_slow_office_opens_the_breaker_and_one_success_closes_it(alone: Museum) -> None:
    (exhibition,) = alone.exhibitions(1, 50)
    alone.partners.simulation.patience = 2
    alone.partners.simulation.switches["exhibitions"] = "slow"
    assert [alone.book(exhibition, visitor) for visitor in (1, 2)] == ["BUSY", "BUSY"]
    before, working, waiting = alone.calls(TAKE), [], []
    for visitor in (3, 4, 5):
        began, worked = time.perf_counter(), time.thread_time()
        assert alone.book(exhibition, visitor) == "BUSY"
        working.append(time.thread_time() - worked)
        waiting.append(time.perf_counter() - began)
    assert alone.calls(TAKE) == before
    assert min(working) < 0.05 and min(waiting) < 2, (working, waiting)  # nobody waited for the office; the rest is how busy this machine is
    alone.partners.simulation.switches["exhibitions"] = "ok"
    assert alone.book(exhibition, 6) == "BUSY"
    alone.baton.clock.advance(timedelta(seconds=10))  # type: ignore[attr-defined]
    assert alone.book(exhibition, 7).startswith("B-") and alone.book(exhibition, 8).startswith("B-")
    settled(alone)
    assert alone.seats(exhibition)["taken"] == 2  # what the slow office took after all is given back


def test_an_answer_that_got_lost_is_asked_for_again(database_url: str, tmp_path: Path, partner: Partner) -> None:
    office = {"partners": {"exhibitions": {"url": partner.url, "private": True}}}
    with opened(tmp_path, database_url, ("museum",), **office) as museum:
        partner.plan = ["drop", (201, {"seat_id": "X1-1", "free": 2})]
        booking = museum.book("X1", key="once")
        assert museum.book("X1", key="once") == booking
        assert [(asked.method, asked.body["reference"]) for asked in partner.asked] == [("POST", booking)] * 2
        assert (museum.rows("booking")[booking]["seat_id"], museum.rows("exhibition")["X1"]["booked"]) == ("X1-1", 1)


def test_my_page_is_the_same_after_it_was_built_anew(museum: Museum) -> None:
    (exhibition,) = museum.exhibitions(1, 2)
    bookings = [museum.book(exhibition, visitor) for visitor in (1, 2)]
    museum.book(exhibition, 3)
    museum.work()
    museum.cancel(bookings[0])
    settled(museum)
    before = view(museum)
    spoil(museum)
    assert view(museum) != before
    case_view.rebuild(museum.baton)
    assert view(museum) == before
