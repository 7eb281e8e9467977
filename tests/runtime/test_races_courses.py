"""Many students want the same place at the same moment, or one student wants two things: one outcome each, on both databases."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.courses import MATHS, PAIRS, PHYSICS, Courses, applying, at_once, opened

STUDENTS = 100
FEATURES = {"waitlist": False, "time_conflict": True, "credit_limit": True, "approve_classes": False}


@pytest.fixture
def term(database_url: str, tmp_path: Path) -> Iterator[Courses]:
    """A term in which students may apply."""
    with opened(tmp_path, database_url) as made:
        yield made


@pytest.fixture
def pairs(term: Courses) -> int:
    """How many pairs meet; both classes have places for all of them."""
    count = PAIRS[term.baton.database.engine.dialect.name]
    assert (term.resize(MATHS, count + 2), term.resize(PHYSICS, count + 2)) == ("done", "done")
    return count


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_hundred_students_want_thirty_places(term: Courses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_COURSES_FEATURES", json.dumps(FEATURES))
    assert set(at_once(applying(term, range(STUDENTS), PHYSICS))) == {"done"}
    term.settle()
    assert term.statuses() == {"REGISTERED": 30, "REJECTED": 70}
    registered = {number for number, row in term.rows("application").items() if row["status"] == "REGISTERED"}
    assert set(term.seats(PHYSICS)) == registered == {row["application"] for row in term.rows("registration").values()}
    assert {row["reject_reason"] for row in term.rows("application").values() if row["status"] == "REJECTED"} == {"FULL"}
    assert term.record("lecture", PHYSICS)["remaining"] == 0
    assert Counter(term.credits().values()) == {3: 30, 0: 70}


def test_those_who_find_no_place_wait_in_order(term: Courses) -> None:
    at_once(applying(term, range(45), PHYSICS))
    term.settle()
    assert term.statuses() == {"REGISTERED": 30, "WAITLISTED": 15}
    waiting = [row["position"] for row in term.rows("application").values() if row["status"] == "WAITLISTED"]
    assert waiting == list(range(1, 16))
    lecture = term.record("lecture", PHYSICS)
    assert (lecture["remaining"], lecture["waiting"]) == (0, 15)


def test_one_student_in_two_tabs(term: Courses, pairs: int) -> None:
    told = at_once(applying(term, [student for student in range(pairs) for _ in range(2)], PHYSICS))
    term.settle()
    ends = Counter((row["status"], row.get("reject_reason")) for row in term.rows("application").values())
    ends["REJECTED", "DUPLICATE"] += told.count("DUPLICATE")  # told at once, and nothing was written
    assert ends == {("REGISTERED", None): pairs, ("REJECTED", "DUPLICATE"): pairs}
    assert len({row["student_id"] for row in term.rows("application").values() if row["status"] == "REGISTERED"}) == pairs
    assert len(term.seats(PHYSICS)) == pairs
    assert set(term.credits().values()) == {3}


def test_one_student_wants_two_classes_at_the_same_time(term: Courses, pairs: int) -> None:
    students = range(pairs // 4)
    at_once([runner for pair in zip(applying(term, students, MATHS), applying(term, students, PHYSICS), strict=True) for runner in pair])
    term.settle()
    assert term.statuses() == {"REGISTERED": len(students), "REJECTED": len(students)}
    assert len({row["student_id"] for row in term.rows("application").values() if row["status"] == "REGISTERED"}) == len(students)
    assert {row["reject_reason"] for row in term.rows("application").values() if row["status"] == "REJECTED"} == {"CONFLICT"}


def test_pressing_apply_twice_registers_once(term: Courses, pairs: int) -> None:
    keys = [(student, f"press-{student}") for student in range(pairs) for _ in range(2)]
    assert set(at_once([lambda student=student, key=key: term.sign_up(student, PHYSICS, key) for student, key in keys])) == {"done"}  # type: ignore[misc]
    term.settle()
    assert term.statuses() == {"REGISTERED": pairs}
    assert (len(term.seats(PHYSICS)), term.record("lecture", PHYSICS)["remaining"]) == (pairs, 2)
