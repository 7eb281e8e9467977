"""A place is offered, given up or withdrawn while somebody else wants it: one outcome each, on both databases."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.runtime.courses import MATHS, PAIRS, PHYSICS, Courses, applying, at_once, opened

PT30S, PT24H = timedelta(seconds=30), timedelta(hours=24)


@pytest.fixture
def term(database_url: str, tmp_path: Path) -> Iterator[Courses]:
    """A term in which students may apply."""
    with opened(tmp_path, database_url) as made:
        yield made


def offers(term: Courses, count: int) -> list[str]:
    """Applications of the full class that a place was offered to."""
    at_once(applying(term, range(count + 2), MATHS))
    term.settle()
    assert term.resize(MATHS, count + 2) == "done"
    term.settle()
    found = [number for number, row in term.rows("application").items() if row["status"] == "OFFERED"]
    assert len(found) == count
    return found


def test_an_offer_is_accepted_at_the_second_it_expires(term: Courses) -> None:
    count = PAIRS[term.baton.database.engine.dialect.name]
    numbers = offers(term, count)
    term.baton.clock.advance(PT24H)  # type: ignore[attr-defined]
    worker = threading.Thread(target=term.work)
    worker.start()
    answers = dict(zip(numbers, at_once([lambda number=number: term.accept_it(number) for number in numbers]), strict=True))  # type: ignore[misc]
    worker.join()
    term.settle()
    applications = term.rows("application")
    for number in numbers:
        row = applications[number]
        told = {"ACCEPTED": ("REGISTERED", "done"), "EXPIRED": ("EXPIRED", "OFFER_OVER")}[row["offer_answer"]]
        assert (row["status"], answers[number]) == told
    taken = sum(row["status"] == "REGISTERED" for row in applications.values())
    assert len(term.seats(MATHS)) == taken
    assert term.record("lecture", MATHS)["remaining"] == count + 2 - taken


def test_an_offer_is_accepted_and_cancelled_at_once(term: Courses) -> None:
    count = 12
    numbers = offers(term, count)
    answers = at_once([lambda number=number, press=press: press(number) for number in numbers for press in (term.accept_it, term.cancel_it)])  # type: ignore[misc]
    term.settle()
    assert answers[1::2] == ["done"] * count  # whoever accepted may still cancel
    assert set(answers[::2]) <= {"done", "ALREADY_CLOSED"}
    assert Counter(term.statuses()) == {"REGISTERED": 2, "CANCELLED": count}
    assert (len(term.seats(MATHS)), term.record("lecture", MATHS)["remaining"]) == (2, count)
    assert Counter(term.credits().values()) == {3: 2, 0: count}


def test_cancelled_while_the_office_is_being_asked(term: Courses) -> None:
    term.office("down")
    assert term.sign_up(1) == "BUSY"
    [number] = term.rows("application")
    assert term.record("application", number)["status"] == "PENDING_RETRY"
    term.office("slow", patience=0.8)
    term.baton.clock.advance(PT30S)  # type: ignore[attr-defined]
    worker = threading.Thread(target=term.work)
    worker.start()
    term.until_office_was_asked(2)
    assert term.cancel_it(number) == "done"
    worker.join()
    term.office("ok")
    term.settle()
    assert term.record("application", number)["status"] == "CANCELLED"
    term.pass_time(seconds=10)
    term.settle()
    assert term.seats(PHYSICS) == {}
    assert term.record("lecture", PHYSICS)["remaining"] == 30
    assert set(term.credits().values()) == {0}


def test_cancelling_twice_frees_one_place(term: Courses) -> None:
    pairs = PAIRS[term.baton.database.engine.dialect.name]
    assert term.resize(PHYSICS, pairs + 2) == "done"
    at_once(applying(term, range(pairs), PHYSICS))
    term.settle()
    numbers = [number for number in term.rows("application") for _ in range(2)]
    answers = at_once([lambda number=number: term.cancel_it(number) for number in numbers])  # type: ignore[misc]
    term.settle()
    assert Counter(answers) == {"done": pairs, "ALREADY_CLOSED": pairs}
    assert term.statuses() == {"CANCELLED": pairs}
    assert term.record("lecture", PHYSICS)["remaining"] == pairs + 2
    assert term.seats(PHYSICS) == {}


def test_a_class_is_withdrawn_while_students_apply(term: Courses) -> None:
    runners = applying(term, range(40), PHYSICS)
    answers = at_once([*runners[:20], lambda: term.withdraw(PHYSICS), *runners[20:]])
    term.settle()
    term.pass_time(seconds=10)
    term.settle()
    assert set(answers) <= {"done", "INVALID"}
    assert set(term.statuses()) <= {"CLASS_WITHDRAWN", "REJECTED"}
    assert set(term.credits().values()) <= {0}
    assert {row["status"] for row in term.rows("registration").values()} <= {"CANCELLED"}
