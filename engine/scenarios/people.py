"""Steps that people take, through the same commands that pages use."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Row, select, text

from engine import errors
from engine.runtime import cases, instances, messages, publishing, record_lists, sync, user_tasks
from engine.runtime.cases import CaseRef
from engine.scenarios.step_spec import Act, Complete, Save, Send, Start, Step
from engine.scenarios.story import Story, numbers_of, tasks_of
from engine.scenarios.watched import Died
from engine.store.tables import ProcessInstance


def _start(story: Story, step: Start) -> None:
    app, door = story.app_key(step, step.start)
    who = story.actor(step, step.who)
    for turn in range(step.times):
        name = f"{step.case or f'#{len(story.cases) + 1}'}.{turn + 1}" if step.times > 1 else step.case
        try:
            made: instances.Started = sync.perform(
                story.world.baton, instances.start, app=app, door=door, actor=who, submission=step.form, key=step.key
            )
        except (errors.Answered, Died):
            story.opened(name, _newest(story, app))
            raise
        story.opened(name, CaseRef(made.app, made.collection, made.number))


def _newest(story: Story, app: str) -> CaseRef | None:
    """The case that was opened last: a door that answers something else than that it worked, or nothing, does not tell its number."""
    columns = (ProcessInstance.collection, ProcessInstance.business_key, ProcessInstance.id)
    with story.world.baton.read() as read:
        row = read.one(select(*columns).where(ProcessInstance.app == app).order_by(text("process_instance.rowid DESC")))
    return CaseRef(app, row.collection or "", row.business_key or row.id) if row else None


def _complete(story: Story, step: Complete) -> None:
    task = _task(story, step)
    who = story.actor(step, step.who)
    sync.perform(story.world.baton, user_tasks.complete, task_id=task.id, actor=who, submission=step.form, key=step.key)


def _task(story: Story, step: Complete) -> Row[Any]:
    app, element = story.app_key(step, step.complete)
    with story.world.baton.read() as read:
        case = story.case(step) if step.case else story.named(None)
        numbers = numbers_of(read, story, case) if case and app == case.app else []
        rows = tasks_of(read, app, numbers)
        found = [row for row in rows if row.element_id == element]
        if not found and not step.case:  # of an instance that no step of the story started
            rows = tasks_of(read, app)
            found = [row for row in rows if row.element_id == element]
    if not found:
        there = ", ".join(sorted({row.element_id for row in rows if row.state == "open"})) or "-"
        raise story.problem(step, f"이 업무가 아직 없어요. 지금 열린 업무: {there}", f"There is no such task yet; open now: {there}.")
    return next((row for row in found if row.state == "open"), found[-1])


def _act(story: Story, step: Act) -> None:
    who, case = story.actor(step, step.who), _followed(story, step)
    try:
        acted: cases.Acted = sync.perform(story.world.baton, cases.act, case=case, action=step.action, actor=who, submission=step.form, key=step.key)
    except (errors.Answered, Died):
        if step.new:
            story.opened(step.new, _newest(story, case.app))
        raise
    if step.new and acted.number:
        story.opened(step.new, _made_by(story, step, case, acted.number))


def _followed(story: Story, step: Act) -> CaseRef:
    """The case of the step; a customer comes to it by the link of its tracking page. Raises NotFound for the link of another case."""
    case = story.case(step)
    if step.who != "customer":
        return case
    link = story.named(step.with_token_of) or story.unknown(step, step.with_token_of) if step.with_token_of else case
    with story.world.baton.read() as read:
        reached = cases.by_token(read, read.vault.link_token(link.app, link.collection, link.number))
    if step.with_token_of and reached != case:
        raise errors.NotFound()
    if not reached:
        en = f"{case.collection} {case.number} has no tracking page; there must be such a record, with `number` and `phone` in records.toml."
        raise story.problem(step, f"고객이 볼 화면이 없어요: {case.collection} {case.number} (그런 레코드가 있고 number와 phone이 있어야 해요)", en)
    return case


def _made_by(story: Story, step: Act, case: CaseRef, number: str) -> CaseRef:
    app = story.world.apps[case.app]
    kind = app.case_of(str(app.actions[step.action].start))
    return CaseRef(case.app, kind.name if kind else case.collection, number)


def _send(story: Story, step: Send) -> None:
    key = step.key if step.key is not None else story.case(step).number
    name = messages.full_name(story.world.app.key, step.message)
    for _ in range(step.times):
        story.world.baton.do(publishing.publish, name=name, key=key, variables=step.variables, ttl=step.time_to_live, dedupe=step.id)


def _save(story: Story, step: Save) -> None:
    row = step.save
    app, name = story.app_key(step, row.list)
    who = story.actor(step, row.who)
    story.world.baton.do(record_lists.save, app=app, name=name, actor=who, fields=row.fields, id=row.id, new=row.new)


PEOPLE: Final[dict[type[Step], Callable[[Story, Any], None]]] = {Start: _start, Complete: _complete, Act: _act, Send: _send, Save: _save}
