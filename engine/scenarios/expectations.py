"""Whether what a scenario expects came true. Each check yields the problems it finds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from engine import feel
from engine.apps import ProcessApp
from engine.partners.inbox import Received
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.runtime.records import Records, RecordView
from engine.scenarios import refusals
from engine.scenarios.history import Happening, delivery_key, everything, notices, notifications
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Expected, Then, Told
from engine.scenarios.story import Story, numbers_of, tasks_of
from engine.store.tables import Capacity, Deployment, Incident, ProcessInstance
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
        yield from self._version()
        yield from self._tasks()
        yield from self._path()
        yield from self._events()
        yield from self._statuses()
        yield from self._notifications()
        yield from self._page()
        yield from self._calls()
        yield from self._partner()

    def _case(self) -> CaseRef | None:
        name = self.expected.case
        found = self.story.named(name)
        if name and found is None:
            known = ", ".join(self.story.cases) or "-"
            raise self._problem(f"그런 신청이 없어요: {name} (있는 것: {known})", f"There is no case {name}; known: {known}.", key="case")
        return found

    @cached_property
    def _numbers(self) -> list[str]:
        case = self._case()
        return numbers_of(self.read, self.story, case) if case else []

    def _mine(self) -> list[Happening]:
        case, numbers = self._case(), self._numbers
        return [one for one in self.happened if case and one.app == case.app and one.number in numbers]

    def _problem(self, ko: str, en: str, element: str = "", line: int = 0, key: str = "") -> Problem:
        return Problem(self.story.scenario.file, line or self.expected.at(key) or self.story.scenario.line, element, ko, en)

    def _differs(self, key: str, what: str, wanted: Any, there: Any, element: str = "", line: int = 0) -> Problem:
        return self._problem(f"{what}: 예상 {wanted}, 실제 {there}", f"{what}: expected {wanted}, got {there}", element, line, key)

    def _incidents(self) -> Iterator[Problem]:
        rows = self.read.all(select(Incident.element_id, Incident.kind, Incident.message).where(Incident.resolved_at.is_(None)))
        if len(rows) != self.expected.incidents:
            told = "; ".join(f"{row.kind} {row.message}" for row in rows[:3])
            yield self._differs("incidents", "incidents", self.expected.incidents, f"{len(rows)} ({told})", rows[0].element_id if rows else "")

    def _counts(self) -> Iterator[Problem]:
        for collection, wanted in self.expected.count.items():
            there = len(self._all(collection))
            if there != wanted:
                yield self._differs("count", f"count {collection}", wanted, there)

    def _reserved(self) -> Iterator[Problem]:
        for name, keys in self.expected.reserved.items():
            app, _, capacity = name.rpartition(".")
            for key, wanted in keys.items():
                where = (Capacity.app == (app or self.story.world.app.key), Capacity.name == capacity, Capacity.key == key)
                there = self.read.value(select(Capacity.reserved).where(*where)) or 0
                if there != wanted:
                    yield self._differs("reserved", f"reserved {name} {key}", wanted, there)

    def _all(self, collection: str) -> list[RecordView]:
        place = self.story.world.collection(collection)
        if place is None:
            known = ", ".join(self.story.world.app.records)
            raise self._problem(
                f"그런 레코드가 없어요: {collection} (있는 것: {known})", f"There is no record `{collection}`; known: {known}.", key="record"
            )
        return list(Records(self.read, place[0]).all(place[1]))

    def _records(self) -> Iterator[Problem]:
        for name, fields in self.expected.record.items():
            collection, _, identity = name.partition("/")
            record = self._record(collection, identity)
            if record is None:
                yield self._problem(f"이 신청의 {name} 레코드가 없어요.", f"There is no record `{name}` of this case.", key="record")
                continue
            for field, wanted in fields.items():
                yield from self._field(record, field, wanted)

    def _record(self, collection: str, identity: str) -> RecordView | None:
        """The record by its id; without one the newest that belongs to the case, or the only one there is."""
        there = self._all(collection)
        if identity:
            return next((record for record in there if record.id == identity), None)
        mine = [record for record in there if record.id in self._numbers]
        return mine[-1] if mine else there[0] if len(there) == 1 else None

    def _field(self, record: RecordView, name: str, wanted: Any) -> Iterator[Problem]:
        if name not in record:
            raise self._problem(f"{record.kind.name}에 {name} 항목이 없어요.", f"`{record.kind.name}` has no field `{name}`.", key="record")
        there = comparable(record[name])
        if there != comparable(wanted):
            yield self._differs("record", f"{record.kind.name}.{name}", repr(wanted), repr(there))

    def _version(self) -> Iterator[Problem]:
        case = self._case()
        if self.expected.version is None or case is None:
            return
        of_case = select(Deployment.version).join(ProcessInstance, ProcessInstance.deployment_id == Deployment.id)
        rows = self.read.all(of_case.where(ProcessInstance.app == case.app, ProcessInstance.business_key == case.number).distinct())
        there = sorted(row.version for row in rows)
        if there != [self.expected.version]:
            yield self._differs("version", "version", self.expected.version, ", ".join(map(str, there)) or "-")

    def _tasks(self) -> Iterator[Problem]:
        wanted = self.expected.tasks
        if wanted is None:
            return
        cases = [self._case()] if isinstance(wanted, list) else list(self.story.cases.values())
        rows = [row for case in cases if case for row in tasks_of(self.read, case.app, numbers_of(self.read, self.story, case))]
        there = Counter(row.element_id for row in rows if row.state == "open")
        if there != Counter(wanted):
            yield self._differs("tasks", "tasks", _list(Counter(wanted)), _list(there))

    def _path(self) -> Iterator[Problem]:
        done = [one.element for one in self._mine() if one.kind == "done"]
        if missed := _not_in_order(self.expected.path, done):
            yield self._differs("path", "path", ", ".join(self.expected.path), ", ".join(done), missed)
        reached = {one.element for one in self._mine() if one.kind in ("done", "task")}
        for element in self.expected.never:
            if element in reached:
                yield self._problem("지나가면 안 되는 곳을 지나갔어요.", "It was reached, and should not have been.", element, key="never")

    def _events(self) -> Iterator[Problem]:
        app, wanted = self.story.world.app.key, self.expected.events
        there = [str(one.event["name"]).removeprefix(f"{app}.") for one in self._mine() if one.kind == "event"]
        if isinstance(wanted, list):
            if _not_in_order(wanted, there):
                yield self._differs("events", "events", ", ".join(wanted), ", ".join(there))
            return
        everywhere = [str(one.event["name"]) for one in self.happened if one.kind == "event"]
        for name, times in wanted.items():
            found = (everywhere if "." in name else there).count(name)
            if found != times:
                yield self._differs("events", f"event {name}", times, found)

    def _statuses(self) -> Iterator[Problem]:
        case = self._case()
        if self.expected.statuses is None or case is None:
            return
        there = [one.event["status"] for one in self._mine() if one.kind == "status" and one.event["id"] == case.number]
        if there != self.expected.statuses:
            yield self._differs("statuses", "statuses", ", ".join(self.expected.statuses), ", ".join(there))

    def _notifications(self) -> Iterator[Problem]:
        with self.story.world.baton.read() as read:
            received = [*self.story.world.partners.received, *notices(read)]
        for told in self.expected.notifications:
            times = sum(self._is(told, one) for one in received)
            if times != told.times and not (told.times is None and times):
                there = "; ".join(f"{self._notification(one)} -> {one.to}: {one.text}" for one in received)
                yield self._differs(
                    "notifications", f"notification {told.id}", "1+" if told.times is None else told.times, f"{times} ({there})", line=told.line
                )

    def _is(self, told: Told, one: Received) -> bool:
        if self._notification(one) != told.id or (told.text or "") not in one.text or (told.channel or one.channel) != one.channel:
            return False
        return told.to is None or one.to in self._addresses(told)

    def _notification(self, one: Received) -> str:
        return self.sent.get(delivery_key(one.key.strip("<>").removesuffix("@baton")), "?")

    def _addresses(self, told: Told) -> list[str]:
        if str(told.to).startswith(("role:", "@")):
            return [str(told.to)]
        case = self._case()
        wanted = case.number if told.to == "customer" and case else str(told.to)
        record = next((found for app in self.story.world.apps.values() if (found := self._known(app, wanted))), None)
        if record is None:
            en = f"Nobody is known as {told.to}; write customer or a record's id."
            raise self._problem(f"{told.to}이(가) 누구인지 몰라요. customer나 레코드의 id를 적어 주세요.", en, line=told.line)
        return [str(record[name]) for name, field in record.kind.fields.items() if field.type in ("mobile", "email") and record[name]]

    def _known(self, app: ProcessApp, identity: str) -> RecordView | None:
        records = Records(self.read, app)
        return next((found for kind in app.records if (found := records.get(kind, identity))), None)

    def _page(self) -> Iterator[Problem]:
        case = self._case()
        if case is None:
            return
        for language, wanted in self.expected.page.items():
            page = tracking.page(self.read, case, lang=language)
            there = " / ".join(part for part in (page.headline, page.when, page.next) if part)
            if wanted not in there:
                yield self._differs("page", f"page {language}", f"“{wanted}”", f"“{there}”")

    def _calls(self) -> Iterator[Problem]:
        calls = self.story.world.partners.simulation.calls
        for partner, routes in self.expected.calls.items():
            mine = [call for call in calls if call.partner == partner]
            for route, wanted in routes.items():
                times = sum(route in (call.route, f"{call.method} {call.path}") for call in mine)
                if times != wanted:
                    there = "; ".join(f"{call.method} {call.path} {call.status or '-'}" for call in mine) or "-"
                    yield self._differs("calls", f"calls {partner} {route}", wanted, f"{times} ({there})")

    def _partner(self) -> Iterator[Problem]:
        state = self.story.world.partners.simulation.state
        for partner, things in self.expected.partner.items():
            if partner not in state:
                known = ", ".join(state)
                raise self._problem(
                    f"그런 파트너가 없어요: {partner} (있는 것: {known})", f"There is no partner {partner}; known: {known}.", key="partner"
                )
            for reference, wanted in things.items():
                yield from self._kept(f"{partner} {self._reference(reference)}", wanted, state[partner].get(self._reference(reference)))

    def _reference(self, name: str) -> str:
        """The reference that the partner knows; a case's name stands for its number."""
        return self.story.cases[name].number if name in self.story.cases else name

    def _kept(self, what: str, wanted: dict[str, Any], there: dict[str, Any] | None) -> Iterator[Problem]:
        if there is None:
            yield self._problem(f"파트너에게 없어요: {what}", f"The partner does not have {what}.", key="partner")
            return
        for name, value in wanted.items():
            if there.get(name) != value:
                yield self._differs("partner", f"{what} {name}", value, there.get(name))


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
