"""Whether what a scenario expects came true. Each check yields the problems it finds."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import feel

from engine.partners.inbox import Received

from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.runtime.records import Records, RecordView
from engine.scenarios.history import Happening, delivery_key, everything, notifications
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Expected, Refusal, Then, Told
from engine.scenarios.steps import Story, numbers_of, tasks_of
from engine.store.tables import Capacity, Incident
from engine.views import tracking


def judge(story: Story, read: Reader) -> list[Problem]:
    """Everything that did not come true, refusals that nobody expected included."""
    then = story.scenario.then
    found = list(_refusals(story, then)) + _hold(story, read, then)
    if then.either:
        found += _either(story, read, then.either)
    return found


def _either(story: Story, read: Reader, branches: list[Then]) -> list[Problem]:
    tried = [list(_refusals(story, branch)) + _hold(story, read, branch) for branch in branches]
    return [] if not all(tried) else min(tried, key=len)


def _hold(story: Story, read: Reader, then: Then) -> list[Problem]:
    happened, sent = everything(read), notifications(read)
    parts: list[Expected] = [then, *then.cases]
    return [problem for part in parts for problem in _Judge(story, read, part, happened, sent).problems()]


def _refusals(story: Story, then: Then) -> Iterator[Problem]:
    if then.either:
        return
    open_ones = list(story.refused)
    for wanted in then.refused:
        met = next((one for one in open_ones if one.number == str(wanted.step) and _same(wanted, one.code, one.fields)), None)
        if met is None:
            yield _missing(story, wanted)
        else:
            open_ones.remove(met)
    for one in open_ones:
        ko = f"{one.number}번째 단계가 거절됐어요: {one.code} {one.text}"
        yield Problem(story.scenario.file, one.line, one.element, ko, f"Step {one.number} was refused with {one.code} ({one.text or ', '.join(one.fields)}).")


def _same(wanted: Refusal, code: str, fields: tuple[str, ...]) -> bool:
    return wanted.code == code and (wanted.field is None or wanted.field in fields)


def _missing(story: Story, wanted: Refusal) -> Problem:
    there = next((f"{one.code} {', '.join(one.fields)}".strip() for one in story.refused if one.number == str(wanted.step)), "")
    ko = f"{wanted.step}번째 단계가 {wanted.code}(으)로 거절되어야 해요. 실제: {there or '받아들여짐'}"
    en = f"Step {wanted.step} should be refused with {wanted.code}{f' at {wanted.field}' if wanted.field else ''}; it was {there or 'accepted'}."
    return Problem(story.scenario.file, wanted.line, "", ko, en)


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
        yield from self._notifications()
        yield from self._page()

    def _case(self) -> CaseRef | None:
        name = self.expected.case or next(iter(self.story.cases), "")
        if self.expected.case and name not in self.story.cases:
            raise self._problem("", f"그런 신청이 없어요: {name}", f"There is no case {name}; known: {', '.join(self.story.cases) or 'none'}.")
        return self.story.cases.get(name)

    def _numbers(self) -> list[str]:
        case = self._case()
        return numbers_of(self.read, case) if case else []

    def _mine(self) -> list[Happening]:
        numbers = self._numbers()
        return [one for one in self.happened if one.number in numbers]

    def _problem(self, element: str, ko: str, en: str, line: int = 0) -> Problem:
        return Problem(self.story.scenario.file, line or self.expected.line or self.story.scenario.line, element, ko, en)

    def _incidents(self) -> Iterator[Problem]:
        rows = self.read.all(select(Incident.element_id, Incident.kind, Incident.message).where(Incident.resolved_at.is_(None)))
        if len(rows) != self.expected.incidents:
            first = f"{rows[0].kind} {rows[0].message}" if rows else ""
            ko = f"문제가 {len(rows)}건 있어요(예상 {self.expected.incidents}건): {first}"
            yield self._problem(rows[0].element_id if rows else "", ko, f"{len(rows)} incidents instead of {self.expected.incidents}: {first}")

    def _counts(self) -> Iterator[Problem]:
        for collection, wanted in self.expected.count.items():
            there = len(self._all(collection))
            if there != wanted:
                yield self._problem("", f"{collection} 레코드가 {wanted}건이어야 하는데 {there}건이에요.", f"{there} records `{collection}` instead of {wanted}.")

    def _reserved(self) -> Iterator[Problem]:
        for name, keys in self.expected.reserved.items():
            for key, wanted in keys.items():
                where = (Capacity.app == self.story.world.app.key, Capacity.name == name, Capacity.key == key)
                there = self.read.value(select(Capacity.reserved).where(*where)) or 0
                if there != wanted:
                    yield self._problem("", f"{name} {key} 예약이 {wanted}이어야 하는데 {there}이에요.", f"{name} {key}: {there} reserved instead of {wanted}.")

    def _all(self, collection: str) -> list[RecordView]:
        app = self.story.world.app
        if collection not in app.records:
            known = ", ".join(app.records)
            raise self._problem("", f"그런 레코드가 없어요: {collection} (있는 것: {known})", f"There is no record `{collection}`; known: {known}.")
        return Records(self.read, app).all(collection)

    def _records(self) -> Iterator[Problem]:
        for collection, fields in self.expected.record.items():
            record = self._record(collection)
            if record is None:
                yield self._problem("", f"{collection} 레코드가 없어요.", f"There is no record `{collection}` of this case.")
                continue
            for name, wanted in fields.items():
                yield from self._field(record, name, wanted)

    def _record(self, collection: str) -> RecordView | None:
        numbers = self._numbers()
        return next((record for record in reversed(self._all(collection)) if record.id in numbers), None)

    def _field(self, record: RecordView, name: str, wanted: Any) -> Iterator[Problem]:
        if name not in record:
            raise self._problem("", f"{record.kind.name}에 {name} 항목이 없어요.", f"`{record.kind.name}` has no field `{name}`.")
        there = comparable(record[name])
        if there != comparable(wanted):
            ko = f"{record.kind.name}.{name}: 예상 {wanted!r}, 실제 {there!r}"
            yield self._problem("", ko, f"{record.kind.name}.{name} is {there!r} instead of {wanted!r}.")

    def _tasks(self) -> Iterator[Problem]:
        wanted = self.expected.tasks
        if wanted is None:
            return
        numbers = self._numbers() if isinstance(wanted, list) else [number for ref in self.story.cases.values() for number in numbers_of(self.read, ref)]
        there = Counter(row.element_id for row in tasks_of(self.read, numbers) if row.state == "open")
        if there != Counter(wanted):
            ko = f"열린 업무: 예상 {_list(Counter(wanted))}, 실제 {_list(there)}"
            yield self._problem("", ko, f"Open tasks are {_list(there)} instead of {_list(Counter(wanted))}.")

    def _path(self) -> Iterator[Problem]:
        done = [one.element for one in self._mine() if one.kind in ("done", "task")]
        missed = _not_in_order(self.expected.path, [one.element for one in self._mine() if one.kind == "done"])
        if missed:
            ko = f"이 순서로 지나가지 않았어요: {', '.join(self.expected.path)}"
            yield self._problem(missed, ko, f"{missed} was not passed in this order; passed were {', '.join(done)}.")
        for element in self.expected.never:
            if element in done:
                yield self._problem(element, "지나가면 안 되는 곳을 지나갔어요.", "It was reached, and should not have been.")

    def _events(self) -> Iterator[Problem]:
        app = self.story.world.app.key
        there = [str(one.event["name"]).removeprefix(f"{app}.") for one in self._mine() if one.kind == "event"]
        if isinstance(self.expected.events, Mapping):
            for name, times in self.expected.events.items():
                if there.count(name) != times:
                    yield self._problem("", f"사건 {name}: 예상 {times}번, 실제 {there.count(name)}번", f"Event {name}: {there.count(name)} instead of {times}.")
        elif missed := _not_in_order(self.expected.events, there):
            yield self._problem("", f"사건 {missed}이(가) 이 순서로 없었어요: {', '.join(there)}", f"Event {missed} is missing in this order: {', '.join(there)}.")
        yield from self._statuses()

    def _statuses(self) -> Iterator[Problem]:
        case = self._case()
        if self.expected.statuses is None or case is None:
            return
        there = [one.event["status"] for one in self._mine() if one.kind == "status" and one.event["id"] == case.number]
        if there != self.expected.statuses:
            yield self._problem("", f"상태: 예상 {self.expected.statuses}, 실제 {there}", f"Statuses were {there} instead of {self.expected.statuses}.")

    def _notifications(self) -> Iterator[Problem]:
        for told in self.expected.notifications:
            matching = [one for one in self.story.world.partners.received if self._is(told, one)]
            wrong = not matching if told.times is None else len(matching) != told.times
            if wrong:
                wanted = "1+" if told.times is None else str(told.times)
                there = ", ".join(f"{self._notification(one)} -> {one.to}: {one.text}" for one in self.story.world.partners.received)
                ko = f"알림 {told.id}: 예상 {wanted}번, 실제 {len(matching)}번. 보낸 것: {there or '없음'}"
                yield self._problem("", ko, f"Notification {told.id}: {len(matching)} instead of {wanted}; sent were: {there or 'none'}.", told.line)

    def _is(self, told: Told, one: Received) -> bool:
        if self._notification(one) != told.id or (told.text or "") not in one.text or (told.channel or one.channel) != one.channel:
            return False
        return told.to is None or one.to in self._addresses(told)

    def _notification(self, one: Received) -> str:
        return self.sent.get(delivery_key(one.key.strip("<>").removesuffix("@baton")), "?")

    def _addresses(self, told: Told) -> list[str]:
        case = self._case()
        records = Records(self.read, self.story.world.app)
        wanted = case.number if told.to == "customer" and case else str(told.to)
        found = (records.get(kind, wanted) for kind in self.story.world.app.records)
        record = next((one for one in found if one is not None), None)
        if record is None:
            raise self._problem("", f"{told.to}이(가) 누구인지 몰라요.", f"Nobody is known as {told.to}; write customer or a record's id.", told.line)
        return [str(record[name]) for name, field in record.kind.fields.items() if field.type in ("mobile", "email") and record[name]]

    def _page(self) -> Iterator[Problem]:
        case = self._case()
        for language, wanted in self.expected.page.items():
            if case is None:
                continue
            page = tracking.page(self.read, case, lang=language)
            there = " / ".join(part for part in (page.headline, page.when, page.next) if part)
            if wanted not in there:
                yield self._problem("", f"고객 화면({language}): 예상 “{wanted}”, 실제 “{there}”", f'The page ({language}) says "{there}" instead of "{wanted}".')


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
