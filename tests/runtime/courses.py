"""Class registration with the people in it: students, a professor, the registrar, and the simulated registration office."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.actors import CUSTOMER, Actor
from engine.errors import Refused
from engine.runtime import cases, instances, sync
from engine.runtime.cases import CaseRef
from engine.scenarios import Partners
from engine.store.tables import Capacity, Incident, Record
from tests.runtime.story import Story, open_world

HAN = Actor("staff", "prof1", "한교수", frozenset({"professor"}))
PAIRS = {"postgresql": 100, "sqlite": 12}  # how many pairs meet in a race
MATHS, PHYSICS = "L1", "L2"  # of the seed: 2 places and 30, on Mondays, at overlapping times


@dataclass
class Courses(Story):
    """One world, and the office that it calls."""

    partners: Partners

    def sign_up(self, student: int, course: str = PHYSICS, key: str | None = None) -> str:
        """A student applies; "done", or the code of the refusal."""
        form = {"course": course, "student_id": f"{20260000 + student}", "student_name": "김하나", "mobile": "01000000001", "language": "ko"}
        return self.tried(instances.start, app="courses", door="apply", actor=CUSTOMER, submission=form, key=key)

    def cancel_it(self, number: str) -> str:
        """The student cancels."""
        return self.press("cancel", CaseRef("courses", "application", number), reason_code="OTHER")

    def accept_it(self, number: str) -> str:
        """The student takes the place that is offered."""
        return self.press("accept", CaseRef("courses", "application", number), sure=True)

    def resize(self, course: str, places: int) -> str:
        """The professor changes the places of a class."""
        return self.press("change_class", CaseRef("courses", "lecture", course), HAN, maximum_student=places)

    def withdraw(self, course: str) -> str:
        """The professor withdraws a class."""
        return self.press("withdraw_class", CaseRef("courses", "lecture", course), HAN, reason="폐강")

    def press(self, action: str, case: CaseRef, actor: Actor = CUSTOMER, **form: Any) -> str:
        """Somebody presses a button of a case; "done", or the code of the refusal."""
        return self.tried(cases.act, case=case, action=action, actor=actor, submission=form)

    def tried(self, command: Any, **arguments: Any) -> str:
        """Whether a command was carried out ("done"), else its code."""
        try:
            sync.perform(self.baton, command, **arguments)
        except Refused as refused:
            return refused.code
        return "done"

    def office(self, state: str, patience: float = 0.0) -> None:
        """How the office behaves from now on; a slow one takes `patience` seconds for an answer."""
        self.partners.simulation.patience = patience
        self.partners.simulation.switches["registration"] = state

    def until_office_was_asked(self, times: int) -> None:
        """Wait for the call that makes it so many."""
        deadline = time.monotonic() + 120
        while len(self.partners.simulation.calls) < times:
            assert time.monotonic() < deadline, "the office was not asked"
            time.sleep(0.01)

    def seats(self, course: str) -> dict[str, Any]:
        """What the office has given out of a class, by application."""
        found: dict[str, Any] = self.partners.simulation.state["registration"].get(course, {}).get("seats", {})
        return found

    def rows(self, collection: str) -> dict[str, dict[str, Any]]:
        """All records of a collection by id, oldest first."""
        with self.baton.read() as read:
            rows = read.all(select(Record.id, Record.data).where(Record.collection == collection).order_by(Record.created_at, Record.id))
        return {row.id: row.data for row in rows}

    def statuses(self) -> Counter[str]:
        """How many applications stand where."""
        return Counter(row["status"] for row in self.rows("application").values())

    def credits(self) -> dict[str, int]:
        """The credits that each student holds."""
        with self.baton.read() as read:
            rows = read.all(select(Capacity.key, Capacity.reserved).where(Capacity.name == "credits"))
        return {row.key: row.reserved for row in rows}

    def settle(self) -> None:
        """Everything that follows is done, and nothing went wrong."""
        self.work()
        with self.baton.read() as read:
            assert read.all(select(Incident.kind, Incident.message).where(Incident.resolved_at.is_(None))) == []


@contextmanager
def opened(folder: Path, database_url: str = "") -> Iterator[Courses]:
    """A term in which students may apply."""
    with Partners() as partners:
        baton = open_world(folder, database_url, ("courses",), **partners.settings())
        try:
            yield Courses(baton, partners)
        finally:
            baton.database.close()


def at_once(runners: Iterable[Callable[[], str]]) -> list[str]:
    """What each came to."""
    with ThreadPoolExecutor(8) as together:
        return [future.result() for future in [together.submit(runner) for runner in runners]]


def applying(term: Courses, students: Iterable[int], course: str) -> list[Callable[[], str]]:
    """One runner for each student."""
    return [lambda student=student: term.sign_up(student, course) for student in students]  # type: ignore[misc]
