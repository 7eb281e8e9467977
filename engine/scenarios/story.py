"""A scenario while it is played: where its world stands, and what its steps find in it."""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, select

from engine import worker
from engine.actors import Actor
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.scenarios import waiting
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Scenario
from engine.scenarios.step_spec import Crash, Doing, Step
from engine.scenarios.watched import Died
from engine.scenarios.world import World
from engine.store.tables import Record, UserTask

MOST: Final = 10_000  # turns of the worker at one moment: apps that call each other without end come to an end here


@dataclass(frozen=True)
class Refused:
    """A step that was refused: its number, its line, the code, the fields with errors, what the person read, and the codes by field."""

    number: str
    line: int
    element: str
    code: str
    fields: tuple[str, ...]
    text: str
    codes: tuple[tuple[str, str], ...] = ()


@dataclass
class Story:
    """A scenario while it is played: the cases by name, what was refused, whether the worker runs, and whether news arrives: messages and events."""

    scenario: Scenario
    world: World
    cases: dict[str, CaseRef] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    working: bool = True
    news: bool = True
    deadly: Crash | None = None

    def case(self, step: Doing) -> CaseRef:
        """The case that a step is about."""
        return self.named(step.case) or self.unknown(step, step.case)

    def named(self, name: str | None) -> CaseRef | None:
        """The case of that name, the first one without a name, or the record that `collection/id` means."""
        found = self.cases.get(name or next(iter(self.cases), ""))
        if found is None and name and "/" in name:
            collection, _, identity = name.partition("/")
            place = self.world.collection(collection)
            return CaseRef(place[0].key, place[1], identity) if place else None
        return found

    def unknown(self, step: Doing, name: str | None) -> CaseRef:
        """Raises Problem: there is no such case."""
        known = ", ".join(self.cases)
        if not name:
            raise self.problem(step, "아직 열린 신청이 없어요.", "No case is open yet.")
        en = f"There is no case {name} yet; known: {known or '-'}, or a record as collection/id."
        raise self.problem(step, f"아직 그런 신청이 없어요: {name} (있는 것: {known or '-'}, 또는 레코드/id)", en)

    def problem(self, step: Step, ko: str, en: str) -> Problem:
        """A problem at a step."""
        return Problem(self.scenario.file, step.line, step.element, ko, en)

    def settle(self) -> None:
        """Let the worker do everything that is due now, unless it is stopped; while no news arrives, only jobs."""
        while True:
            try:
                return self._work(MOST if self.working else 0)
            except Died:
                self.world.restart()

    def _work(self, turns: int) -> None:
        if not self.news:
            return self._jobs(turns)
        while turns and worker.turn(self.world.baton):
            turns -= 1

    def _jobs(self, turns: int) -> None:
        # A timer that starts again at once, because the news that would end it has not arrived, goes off once.
        timers = True
        while turns:
            with self.world.baton.read() as read:
                due = waiting.due_now(read, timers)
            if not due:
                return
            turns -= sum(worker.run_job(self.world.baton, job_id) for job_id in due) or turns
            timers = False

    def need_dead(self) -> None:
        """Raises Problem when a process should have died, and the story ended first."""
        if self.deadly and self.world.baton.doomed:
            en = "No step after this one left that element, so that nothing died there."
            raise self.problem(self.deadly, "그 뒤로 이 요소를 떠난 일이 없어서 멈추지 않았어요.", en)

    def actor(self, step: Step, name: str) -> Actor:
        """Who takes the step."""
        found = self.world.actor(name)
        if found is None:
            known = ", ".join(("customer", *self.world.people, *self.world.roles))
            raise self.problem(step, f"모르는 사람이에요: {name} (아는 사람: {known})", f"Nobody is called {name}; known: {known}.")
        return found

    def app_key(self, step: Step, name: str) -> tuple[str, str]:
        """The app and the door or element that `app/door` means; without an app it is the scenario's own."""
        key, _, rest = name.rpartition("/")
        if key and key not in self.world.apps:
            known = ", ".join(self.world.apps)
            raise self.problem(
                step, f"이 시나리오에 없는 앱이에요: {key} (있는 것: {known})", f"The app {key} is not in this scenario; there are: {known}."
            )
        return key or self.world.app.key, rest

    def opened(self, name: str | None, ref: CaseRef | None) -> None:
        """Remember a new case; one that is known already keeps its name."""
        if ref is not None and ref not in self.cases.values():
            self.cases[name or f"#{len(self.cases) + 1}"] = ref


def numbers_of(read: Reader, story: Story, case: CaseRef) -> list[str]:
    """The number of a case, and those of the records that refer to it (a cancellation of a subscription)."""
    refs: dict[str, list[str]] = {}
    for kind in story.world.apps[case.app].records.values():
        for name, found in kind.fields.items():
            if found.type == "ref" and found.to == case.collection:
                refs.setdefault(kind.name, []).append(name)
    there = select(Record.collection, Record.id, Record.data).where(Record.app == case.app, Record.collection.in_(refs))
    rows = read.all(there) if refs else ()
    return [case.number, *(row.id for row in rows if any(row.data.get(name) == case.number for name in refs[row.collection]))]


def tasks_of(read: Reader, app: str, numbers: list[str] | None = None) -> list[Row[Any]]:
    """All tasks of an app, or of these cases of it, oldest first."""
    where = [UserTask.app == app] + ([UserTask.business_key.in_(numbers)] if numbers is not None else [])
    return list(read.all(select(*UserTask.__table__.c).where(*where).order_by(UserTask.created_at, UserTask.token)))
