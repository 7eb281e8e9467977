"""Whether what a scenario expects came true. Each check yields the problems it finds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import feel
from engine.partners.inbox import Received
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.runtime.records import Records, RecordView
from engine.scenarios import refusals
from engine.scenarios.history import Happening, delivery_key, everything, notifications
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Expected, Then, Told
from engine.scenarios.steps import Story, numbers_of, tasks_of
from engine.store.tables import Capacity, Incident
from engine.views import tracking


def judge(story: Story, read: Reader) -> list[Problem]:
    """Everything that did not come true, refusals that nobody expected included."""
    then = story.scenario.then
    return _hold(story, read, then) + (_either(story, read, then.either) if then.either else [])


def _either(story: Story, read: Reader, branches: list[Then]) -> list[Problem]:
    # The branch that comes closest tells best what went wrong.
    return min((_hold(story, read, branch) for branch in branches), key=len)


def _hold(story: Story, read: Reader, then: Then) -> list[Problem]:
    happened, sent = everything(read), notifications(read)
    parts: list[Expected] = [then, *then.cases]
    found = [problem for part in parts for problem in _Judge(story, read, part, happened, sent).problems()]
    return [*refusals.check(story, then), *found]


@dataclass
class _Judge:
    story: Story
    read: Reader
    expected: Expected
    happened: list[Happening]
    sent: dict[str, str]

    def problems(self) -> Iterator[Problem]:
        yield from self._incidents()
        yield from self._counts()
        yield from self._reserved()
        yield from self._records()
        yield from self._tasks()
        yield from self._path()
        yield from self._events()
        yield from self._statuses()
        yield from self._notifications()
        yield from self._page()

    def _case(self) -> CaseRef | None:
        name = self.expected.case or next(iter(self.story.cases), "")
        if self.expected.case and name not in self.story.cases:
            known = ", ".join(self.story.cases) or "-"
            raise self._problem(f"그런 신청이 없어요: {name} (있는 것: {known})", f"There is no case {name}; known: {known}.")
        return self.story.cases.get(name)

    def _numbers(self) -> list[str]:
        case = self._case()
        return numbers_of(self.read, case) if case else []

    def _mine(self) -> list[Happening]:
        numbers = self._numbers()
        return [one for one in self.happened if one.number in numbers]

    def _problem(self, ko: str, en: str, element: str = "", line: int = 0) -> Problem:
        return Problem(self.story.scenario.file, line or self.expected.line or self.story.scenario.line, element, ko, en)

    def _differs(self, what: str, wanted: Any, there: Any, element: str = "", line: int = 0) -> Problem:
        return self._problem(f"{what}: 예상 {wanted}, 실제 {there}", f"{what}: expected {wanted}, got {there}", element, line)

    def _incidents(self) -> Iterator[Problem]:
        rows = self.read.all(select(Incident.element_id, Incident.kind, Incident.message).where(Incident.resolved_at.is_(None)))
        if len(rows) != self.expected.incidents:
            told = "; ".join(f"{row.kind} {row.message}" for row in rows[:3])
            yield self._differs("incidents", self.expected.incidents, f"{len(rows)} ({told})", rows[0].element_id if rows else "")

    def _counts(self) -> Iterator[Problem]:
        for collection, wanted in self.expected.count.items():
            there = len(self._all(collection))
            if there != wanted:
                yield self._differs(f"count {collection}", wanted, there)

    def _reserved(self) -> Iterator[Problem]:
        for name, keys in self.expected.reserved.items():
            for key, wanted in keys.items():
                where = (Capacity.app == self.story.world.app.key, Capacity.name == name, Capacity.key == key)
                there = self.read.value(select(Capacity.reserved).where(*where)) or 0
                if there != wanted:
                    yield self._differs(f"reserved {name} {key}", wanted, there)

    def _all(self, collection: str) -> list[RecordView]:
        app = self.story.world.app
        if collection not in app.records:
            known = ", ".join(app.records)
            raise self._problem(f"그런 레코드가 없어요: {collection} (있는 것: {known})", f"There is no record `{collection}`; known: {known}.")
        return Records(self.read, app).all(collection)

    def _records(self) -> Iterator[Problem]:
        for collection, fields in self.expected.record.items():
            numbers = self._numbers()
            record = next((record for record in reversed(self._all(collection)) if record.id in numbers), None)
            if record is None:
                yield self._problem(f"이 신청의 {collection} 레코드가 없어요.", f"There is no record `{collection}` of this case.")
                continue
            for name, wanted in fields.items():
                yield from self._field(record, name, wanted)

    def _field(self, record: RecordView, name: str, wanted: Any) -> Iterator[Problem]:
        if name not in record:
            raise self._problem(f"{record.kind.name}에 {name} 항목이 없어요.", f"`{record.kind.name}` has no field `{name}`.")
        there = comparable(record[name])
        if there != comparable(wanted):
            yield self._differs(f"{record.kind.name}.{name}", repr(wanted), repr(there))

    def _tasks(self) -> Iterator[Problem]:
        wanted = self.expected.tasks
        if wanted is None:
            return
        cases = [self._case()] if isinstance(wanted, list) else list(self.story.cases.values())
        numbers = [number for case in cases if case for number in numbers_of(self.read, case)]
        there = Counter(row.element_id for row in tasks_of(self.read, numbers) if row.state == "open")
        if there != Counter(wanted):
            yield self._differs("tasks", _list(Counter(wanted)), _list(there))

    def _path(self) -> Iterator[Problem]:
        done = [one.element for one in self._mine() if one.kind == "done"]
        if missed := _not_in_order(self.expected.path, done):
            yield self._differs("path", ", ".join(self.expected.path), ", ".join(done), missed)
        reached = {one.element for one in self._mine() if one.kind in ("done", "task")}
        for element in self.expected.never:
            if element in reached:
                yield self._problem("지나가면 안 되는 곳을 지나갔어요.", "It was reached, and should not have been.", element)

    def _events(self) -> Iterator[Problem]:
        app, wanted = self.story.world.app.key, self.expected.events
        there = [str(one.event["name"]).removeprefix(f"{app}.") for one in self._mine() if one.kind == "event"]
        if isinstance(wanted, list):
            if _not_in_order(wanted, there):
                yield self._differs("events", ", ".join(wanted), ", ".join(there))
            return
        for name, times in wanted.items():
            if there.count(name) != times:
                yield self._differs(f"event {name}", times, there.count(name))

    def _statuses(self) -> Iterator[Problem]:
        case = self._case()
        if self.expected.statuses is None or case is None:
            return
        there = [one.event["status"] for one in self._mine() if one.kind == "status" and one.event["id"] == case.number]
        if there != self.expected.statuses:
            yield self._differs("statuses", ", ".join(self.expected.statuses), ", ".join(there))

    def _notifications(self) -> Iterator[Problem]:
        received = self.story.world.partners.received
        for told in self.expected.notifications:
            times = sum(self._is(told, one) for one in received)
            if times != told.times and not (told.times is None and times):
                there = "; ".join(f"{self._notification(one)} -> {one.to}: {one.text}" for one in received)
                yield self._differs(f"notification {told.id}", "1+" if told.times is None else told.times, f"{times} ({there})", line=told.line)

    def _is(self, told: Told, one: Received) -> bool:
        if self._notification(one) != told.id or (told.text or "") not in one.text or (told.channel or one.channel) != one.channel:
            return False
        return told.to is None or one.to in self._addresses(told)

    def _notification(self, one: Received) -> str:
        return self.sent.get(delivery_key(one.key.strip("<>").removesuffix("@baton")), "?")

    def _addresses(self, told: Told) -> list[str]:
        case = self._case()
        wanted = case.number if told.to == "customer" and case else str(told.to)
        records = Records(self.read, self.story.world.app)
        record = next((found for kind in self.story.world.app.records if (found := records.get(kind, wanted))), None)
        if record is None:
            en = f"Nobody is known as {told.to}; write customer or a record's id."
            raise self._problem(f"{told.to}이(가) 누구인지 몰라요. customer나 레코드의 id를 적어 주세요.", en, line=told.line)
        return [str(record[name]) for name, field in record.kind.fields.items() if field.type in ("mobile", "email") and record[name]]

    def _page(self) -> Iterator[Problem]:
        case = self._case()
        if case is None:
            return
        for language, wanted in self.expected.page.items():
            page = tracking.page(self.read, case, lang=language)
            there = " / ".join(part for part in (page.headline, page.when, page.next) if part)
            if wanted not in there:
                yield self._differs(f"page {language}", f"“{wanted}”", f"“{there}”")


def comparable(value: Any) -> Any:
    """A field's value as a scenario writes it: records by their id, dates in ISO 8601, whole numbers without a point."""
    if isinstance(value, RecordView):
        return value.id
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    return feel.to_json(value)


def _not_in_order(wanted: list[str], there: list[str]) -> str:
    place = iter(there)
    return next((name for name in wanted if name not in place), "")


def _list(counted: Counter[str]) -> str:
    return ", ".join(f"{name} x{times}" if times > 1 else name for name, times in sorted(counted.items())) or "-"
