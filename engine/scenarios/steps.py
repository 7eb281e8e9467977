"""Playing the steps of a scenario through the same commands that pages use."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, func, select

from engine import errors, worker
from engine.actors import SYSTEM, Actor
from engine.runtime import business_hours, cases, instances, messages, user_tasks
from engine.runtime.cases import CaseRef
from engine.runtime.reader import Reader
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Act, Complete, Doing, Partner, Scenario, Send, Start, Step, Together, Wait, Worker
from engine.scenarios.world import World, moment
from engine.store.commit import Change
from engine.store.tables import Job, UserTask

UNITS: Final = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
SPAN: Final = re.compile(r"(\d+)\s*(business\s+)?(s|sec|second|min|minute|h|hour|d|day)s?")
ISO_SPAN: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True)
class Refused:
    """A step that was refused: its number, its line, the code, the fields with errors, and what the person read."""

    number: str
    line: int
    element: str
    code: str
    fields: tuple[str, ...]
    text: str


@dataclass
class Story:
    """A scenario while it is played: the cases by name, what was refused, and whether the worker runs."""

    scenario: Scenario
    world: World
    cases: dict[str, CaseRef] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    working: bool = True

    def play(self, order: tuple[tuple[int, ...], ...]) -> None:
        """Play every step; `order` says for each together-block in which order. Raises Problem for a step that cannot be played at all."""
        blocks = iter(order)
        for number, step in enumerate(self.scenario.when, 1):
            for name, part in _parts(step, number, blocks):
                self._one(name, part)
            self._settle()

    def case(self, step: Doing) -> CaseRef:
        """The case that a step is about."""
        name = step.case or next(iter(self.cases), "")
        if name not in self.cases:
            known = ", ".join(self.cases) or "-"
            raise self.problem(step, f"아직 그런 신청이 없어요: {name} (있는 것: {known})", f"There is no case {name} yet; known: {known}.")
        return self.cases[name]

    def problem(self, step: Step, ko: str, en: str) -> Problem:
        """A problem at a step."""
        return Problem(self.scenario.file, step.line, step.element, ko, en)

    def _one(self, number: str, step: Step) -> None:
        try:
            PLAYERS[type(step)](self, step)
        except errors.Refused as refusal:
            fields = tuple(refusal.errors) if isinstance(refusal, errors.Invalid) else ()
            self.refused.append(Refused(number, step.line, step.element, refusal.code, fields, _told(refusal)))

    def _settle(self) -> None:
        if self.working:
            worker.run_due(self.world.baton)

    def actor(self, step: Doing) -> Actor:
        """Who takes the step."""
        found = self.world.actor(step.who)
        if found is None:
            known = ", ".join(("customer", *self.world.people, *self.world.app.roles))
            raise self.problem(step, f"모르는 사람이에요: {step.who} (아는 사람: {known})", f"Nobody is called {step.who}; known: {known}.")
        return found


def _parts(step: Step, number: int, blocks: Iterator[tuple[int, ...]]) -> list[tuple[str, Step]]:
    if not isinstance(step, Together):
        return [(str(number), step)]
    return [(f"{number}.{place + 1}", step.together[place]) for place in next(blocks)]


def _told(refusal: errors.Refused) -> str:
    if isinstance(refusal, errors.Invalid):
        found = [f"{field}: {text.get('ko', '')}" for field, texts in refusal.errors.items() for text in texts]
        return "; ".join(found or [f"{field}?" for field in refusal.confirm])
    return str(refusal.texts.get("ko", ""))


def _start(story: Story, step: Start) -> None:
    for turn in range(step.times):
        who, app = story.actor(step), story.world.app.key
        made: instances.Started = story.world.baton.do(instances.start, app=app, door=step.start, actor=who, submission=step.form, key=step.key)
        name = step.case or f"#{len(story.cases) + 1}"
        if step.times > 1:
            name = f"{name}.{turn + 1}"
        ref = CaseRef(made.app, made.collection, made.number)
        if ref not in story.cases.values():
            story.cases[name] = ref


def _complete(story: Story, step: Complete) -> None:
    task = _task(story, step)
    story.world.baton.do(user_tasks.complete, task_id=task.id, actor=story.actor(step), submission=step.form, key=step.key)


def _task(story: Story, step: Complete) -> Row[Any]:
    with story.world.baton.read() as read:
        rows = [row for row in tasks_of(read, numbers_of(read, story.case(step))) if row.element_id == step.complete]
        open_now = sorted({row.element_id for row in tasks_of(read, numbers_of(read, story.case(step))) if row.state == "open"})
    if not rows:
        there = ", ".join(open_now) or "-"
        raise story.problem(step, f"이 업무가 아직 없어요. 지금 열린 업무: {there}", f"There is no such task yet; open now: {there}.")
    return next((row for row in rows if row.state == "open"), rows[-1])


def _act(story: Story, step: Act) -> None:
    who, case = story.actor(step), story.case(step)
    story.world.baton.do(cases.act, case=case, action=step.action, actor=who, submission=step.form, key=step.key)


def _send(story: Story, step: Send) -> None:
    key = step.key if step.key is not None else story.case(step).number
    name = messages.full_name(story.world.app.key, step.message)
    story.world.baton.do(_publish, message=messages.Published(name, key, step.variables, step.time_to_live))


def _publish(read: Reader, *, message: messages.Published) -> Change:
    change = Change()
    messages.write(change, message, read.now)
    return change


def _wait(story: Story, step: Wait) -> None:
    target = _target(story, step)
    if target < story.world.clock.now():
        raise story.problem(step, f"이미 지난 때예요: {step.wait}", f"That moment has passed already: {step.wait}.")
    while story.working and (due := _next_due(story.world)) is not None and due <= target:
        story.world.clock.set(max(due, story.world.clock.now()))
        worker.run_due(story.world.baton)
    story.world.clock.set(target)


def _next_due(world: World) -> datetime | None:
    with world.baton.read() as read:
        later = (Job.kind != "service", Job.retries_left > 0, Job.due_at > world.clock.now())
        found: datetime | None = read.value(select(func.min(Job.due_at)).where(*later))
        return found


def _target(story: Story, step: Wait) -> datetime:
    now, text = story.world.clock.now(), step.wait.strip()
    if text.startswith("until "):
        try:
            return moment(text.removeprefix("until ").strip())
        except ValueError:
            text = ""
    if span := SPAN.fullmatch(text):
        length = timedelta(seconds=int(span[1]) * UNITS[span[3]])
        return business_hours.add(now, length, story.world.app.holidays) if span[2] else now + length
    if (iso := ISO_SPAN.fullmatch(text)) and text not in ("", "P", "PT"):
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    forms = "30 min, 4 business hours, PT2H, until 2026-12-03T08:40"
    en = f"Cannot read the waiting time {step.wait}; write for example {forms}."
    raise story.problem(step, f"기다리는 시간을 읽을 수 없어요: {step.wait} (예: {forms})", en)


def _switch_worker(story: Story, step: Worker) -> None:
    story.working = step.worker == "start"


def _switch_partner(story: Story, step: Partner) -> None:
    story.world.partners.inbox.switches.update(step.partner)


PLAYERS: Final[dict[type[Step], Callable[[Story, Any], None]]] = {
    Start: _start, Complete: _complete, Act: _act, Send: _send, Wait: _wait, Worker: _switch_worker, Partner: _switch_partner,
}  # fmt: skip


def numbers_of(read: Reader, case: CaseRef) -> list[str]:
    """The number of a case, and those of the records that refer to it (a cancellation of a subscription)."""
    _, _, names = cases.opened(read, case, SYSTEM)
    referring = [
        record.id
        for kind in names.records.app.records.values()
        for name, field in kind.fields.items()
        if field.type == "ref" and field.to == case.collection
        for record in names.records.all(kind.name)
        if record.data.get(name) == case.number
    ]
    return [case.number, *referring]


def tasks_of(read: Reader, numbers: list[str]) -> list[Row[Any]]:
    """All tasks of these cases, oldest first."""
    return list(read.all(select(*UserTask.__table__.c).where(UserTask.business_key.in_(numbers)).order_by(UserTask.created_at, UserTask.token)))
