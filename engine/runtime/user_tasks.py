"""What people do with their work: claim, release, hand over, keep a draft, complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine import forms
from engine.actors import Actor
from engine.bpmn import Element, Execution, TokenGone
from engine.errors import Forbidden, Gone, Invalid, NotFound, Refused
from engine.runtime import access, audit, requests, step
from engine.runtime.instances import variables_of
from engine.runtime.reader import Reader
from engine.runtime.record_changes import of_type
from engine.runtime.records import RecordView
from engine.runtime.refusals import told
from engine.runtime.waits import element_of
from engine.runtime.work import Work
from engine.store.commit import Change, Stale, updating
from engine.store.constant import Constant
from engine.store.database import dump_json
from engine.store.tables import Account, Draft, Person, ProcessInstance, Record, UserTask, UserTaskCandidate

HAS_DRAFTS = exists().where(Draft.task_id == UserTask.id).correlate(UserTask).label("has_drafts")
FIND_ROW = (
    select(*UserTask.__table__.c, UserTaskCandidate.role, HAS_DRAFTS)
    .select_from(UserTask)
    .outerjoin(UserTaskCandidate, UserTaskCandidate.task_id == UserTask.id)
    .where(UserTask.id == bindparam("task_id"))
)
FIND = Constant(FIND_ROW)
FIND_WITH_INSTANCE = Constant(
    FIND_ROW.add_columns(*step.STATE, *step.CASE)
    .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    .outerjoin(Record, step.OF_CASE)
    .outerjoin(Person, Person.id == Record.person_id)
)
TAKEN = {"ko": "{name}님이 맡은 업무예요. 먼저 넘겨받아 주세요.", "en": "{name} has this task. Ask for it to be handed over first."}


@dataclass(frozen=True)
class Completed:
    """A finished task, and the next one of the same case that is the same person's turn."""

    app: str
    number: str | None
    next_task_id: str | None


@dataclass(frozen=True)
class Found:
    """A task's row, the candidates who share it, and whether somebody began to type into it."""

    row: Row[Any]
    candidates: frozenset[str]
    has_drafts: bool


def find(read: Reader, task_id: str, actor: Actor, statement: Constant = FIND) -> Found:
    """The task, if this actor may see it; NotFound otherwise."""
    rows = read.all(statement, {"task_id": task_id})
    candidates = frozenset(role for row in rows for role in (row.team, row.role) if role)
    if not rows or not access.may_see(rows[0], candidates, actor):
        raise NotFound("NO_TASK")
    return Found(rows[0], candidates, rows[0].has_drafts)


def need_open(task: Row[Any]) -> None:
    """Raise Gone, with who and when, unless the task is open."""
    if task.state != "open":
        raise Gone(task.done_by_name, task.done_at, access.when(task.done_at))


def claim(read: Reader, *, task_id: str, actor: Actor) -> Change:
    """Take a task of one's team. Claiming one's own task again changes nothing; another's is refused with who has it."""
    task = find(read, task_id, actor).row
    need_open(task)
    if task.assignee == actor.id:
        return Change(result=task_id)
    if task.assignee is not None:
        raise taken_by(task)
    return _assign(read, task, actor.id, actor.name)


def taken_by(task: Row[Any]) -> Refused:
    """The refusal for a task that another person holds."""
    name = task.assignee_name or task.assignee
    return Refused("TASK_TAKEN", {language: text.replace("{name}", name) for language, text in TAKEN.items()})


def release(read: Reader, *, task_id: str, actor: Actor) -> Change:
    """Put one's task back to the team."""
    found = find(read, task_id, actor)
    task = found.row
    need_open(task)
    if task.assignee != actor.id and not access.is_lead(actor):
        raise Forbidden()
    if not found.candidates:
        raise Refused(
            "NO_TEAM", {"ko": "이 업무는 받을 팀이 없어요. 다른 분께 넘겨 주세요.", "en": "No team shares this task. Hand it to somebody instead."}
        )
    return _assign(read, task, None, None)


def assign(read: Reader, *, task_id: str, actor: Actor, to: str) -> Change:
    """Hand a task to another member of staff who may do it."""
    found = find(read, task_id, actor)
    task = found.row
    need_open(task)
    if task.assignee not in (None, actor.id) and not access.is_lead(actor):
        raise taken_by(task)
    person = read.one(select(Account.login, Account.name, Account.roles).where(Account.login == to, Account.active.is_(True)))
    if person is None or access.holders(read, task, found.candidates).isdisjoint(access.shares(person.login, person.roles)):
        raise Refused("NOT_A_CANDIDATE", {"ko": "이 업무를 할 수 있는 분을 골라 주세요.", "en": "Choose somebody who may do this task."}, 422)
    change = _assign(read, task, person.login, person.name)
    audit.note(read, change, actor, "task.assign", task_id, f"to {person.login}")
    return change


def _assign(read: Reader, task: Row[Any], login: str | None, name: str | None) -> Change:
    change = Change(result=task.id)
    where = (UserTask.id == task.id, UserTask.rev == task.rev, UserTask.state == "open")
    change.add(update(UserTask).where(*where).values(rev=task.rev + 1, assignee=login, assignee_name=name), expect=1)
    return change


def save_draft(read: Reader, *, task_id: str, actor: Actor, values: Mapping[str, Any]) -> Change:
    """Keep what was typed so far, for this person only."""
    need_open(find(read, task_id, actor).row)
    data = read.vault.seal(dump_json(dict(values)).encode())
    change = Change(result=read.now)
    row = upsert(Draft).values(task_id=task_id, login=actor.id, data=data, saved_at=read.now)
    change.add(row.on_conflict_do_update(index_elements=["task_id", "login"], set_={"data": data, "saved_at": read.now}))
    return change


def draft(read: Reader, task_id: str, actor: Actor) -> tuple[dict[str, Any], Any]:
    """The person's draft and when it was saved; ({}, None) without one."""
    row = read.one(select(Draft.data, Draft.saved_at).where(Draft.task_id == task_id, Draft.login == actor.id))
    return (orjson.loads(read.vault.open(row.data)), row.saved_at) if row else ({}, None)


def complete(read: Reader, *, task_id: str, actor: Actor, submission: Mapping[str, Any], key: str | None = None) -> Change:
    """Submit a task's form. Answers Completed.

    An unclaimed task of one's team need not be claimed first. Raises Gone when it is finished already (who, when), Invalid with field errors,
    TASK_TAKEN when another has it, and Refused with the app's text for an error that the drawing does not catch; then nothing was written.
    """
    found = find(read, task_id, actor, FIND_WITH_INSTANCE)
    task = found.row
    request = requests.Request.of(read, f"complete/{task_id}/{actor.id}", key, submission)
    if request and request.key == task.done_request:
        return Change(result=Completed(**request.again(task.done_body, task.done_answer)))
    need_open(task)
    if task.assignee not in (None, actor.id) and not access.is_lead(actor):
        raise taken_by(task)
    work, snapshot = step.opened(read, task, actor)
    work.finishes = task_id
    try:
        change = _submit(read, work, snapshot, task, actor, submission)
    except TokenGone:
        raise Stale() from None  # somebody else completed it since its row was read
    change.result = Completed(work.app.key, task.business_key, _next_task(work, actor))
    _mark_done(read, change, found, actor, request)
    return change


def _submit(read: Reader, work: Work, snapshot: bytes, task: Row[Any], actor: Actor, submission: Mapping[str, Any]) -> Change:
    element = element_of(work.app.model, work.process_id, task.element_id)

    def act(execution: Execution) -> None:
        values = checked(read, work, task, element, execution, submission)
        record = saved_record(work, element)
        if record:
            work.effects.update(record, of_type(record.kind, values))
        work.events.append({"type": "completed", "element": element.id, "id": task.id})
        execution.complete(task.token, variables_of(record, values))

    with told(work.app):
        return step.advance(read, work, snapshot, act, actor)


def saved_record(work: Work, element: Element) -> RecordView | None:
    """The record that the element's submission is written to (`baton:saves`)."""
    kind = work.app.saves(element)
    return work.effects.names.bound(kind.name) if kind else None


def checked(read: Reader, work: Work, task: Row[Any], element: Element, execution: Execution, submission: Mapping[str, Any]) -> dict[str, Any]:
    """The submission's values by form and checks; Invalid with everything that is wrong."""
    if task.form is None:
        return {}
    kind = work.app.saves(element) or work.app.case_of(work.process_id)
    found = forms.submit(work.app, task.form, submission, execution.scope(task.token), now=read.now, record=kind)
    if found.errors or found.confirm:
        raise Invalid(found.errors, found.confirm)
    return found.values


def _mark_done(read: Reader, change: Change, found: Found, actor: Actor, request: requests.Request | None) -> None:
    task = found.row
    values: dict[str, Any] = {"rev": task.rev + 1, "state": "done", "done_at": read.now, "done_by": actor.id, "done_by_name": actor.name}
    if request:
        values |= {"done_request": request.key, "done_body": request.body, "done_answer": requests.told(change, dict(vars(change.result)))}
        if read.slot:
            read.slot.remembered = lambda answer: update(UserTask).where(UserTask.id == task.id).values(done_answer=answer)
    change.writes.insert(0, updating(UserTask, {"id": task.id, "rev": task.rev, "state": "open"}, values))
    if task.role:
        change.add(update(UserTaskCandidate).where(UserTaskCandidate.task_id == task.id).values(open=False))
    if found.has_drafts:
        change.add(delete(Draft).where(Draft.task_id == task.id))


def _next_task(work: Work, actor: Actor) -> str | None:
    shared = access.shares(actor.id, actor.roles)
    mine = (task_id for task_id, assignee, candidates in work.new_tasks if (assignee == actor.id if assignee else not shared.isdisjoint(candidates)))
    return next(mine, None)
