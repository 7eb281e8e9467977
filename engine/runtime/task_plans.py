"""Planning a task: when it is due, when to look at it again, how urgent it is, and who does it for the one who has it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.actors import Actor
from engine.errors import Forbidden, Refused
from engine.runtime import access, audit, user_tasks
from engine.runtime.reader import Reader
from engine.runtime.waits import BY_NAME
from engine.store.commit import Change
from engine.store.tables import Account, UserTask, UserTaskCandidate

HIGHEST = 100
BAD_PRIORITY = {"ko": "우선순위는 0에서 100까지예요.", "en": "A priority is a number from 0 to 100."}
BAD_ORDER = {"ko": "다시 볼 때는 마감보다 늦을 수 없어요.", "en": "The follow-up cannot be after the due date."}
NOBODY = {"ko": "같이 일하는 분 가운데 골라 주세요.", "en": "Choose a colleague."}


def set_dates(read: Reader, *, task_id: str, actor: Actor, due: datetime | None, follow_up: datetime | None) -> Change:
    """When a task is due and when to look at it again; None takes a date away. For who has it, their lead, or their team while nobody has it."""
    task = _mine(read, task_id, actor)
    if due and follow_up and follow_up > due:
        raise Refused("BAD_ORDER", BAD_ORDER, 422)
    dates = f"due {due.isoformat() if due else '-'}, follow-up {follow_up.isoformat() if follow_up else '-'}"
    change = _changed(read, task, actor, "task.dates", dates, due=due, follow_up=follow_up)
    change.add(update(UserTaskCandidate).where(UserTaskCandidate.task_id == task_id).values(due=due))
    return change


def set_priority(read: Reader, *, task_id: str, actor: Actor, priority: int) -> Change:
    """How urgent a task is, 0 to 100; tasks begin with 50. For the same people."""
    task = _mine(read, task_id, actor)
    if not 0 <= priority <= HIGHEST:
        raise Refused("BAD_PRIORITY", BAD_PRIORITY, 422)
    change = _changed(read, task, actor, "task.priority", str(priority), priority=priority)
    change.add(update(UserTaskCandidate).where(UserTaskCandidate.task_id == task_id).values(priority=priority))
    return change


def delegate(read: Reader, *, task_id: str, actor: Actor, to: str) -> Change:
    """Let any colleague do a task, of one's team or not: it is theirs, they may see it from now on, and putting it back gives it to the team.

    For the same people. Handing over within the team is `user_tasks.assign`.
    """
    task = _mine(read, task_id, actor)
    person = read.one(select(Account.login, Account.name).where(Account.login == to, Account.active.is_(True)))
    if person is None:
        raise Refused("NOT_A_CANDIDATE", NOBODY, 422)
    change = _changed(read, task, actor, "task.delegate", f"to {person.login}", assignee=person.login, assignee_name=person.name)
    order = {"due": task.due, "priority": task.priority, "created_at": task.created_at}
    candidate = upsert(UserTaskCandidate).values(task_id=task.id, role=f"{BY_NAME}{person.login}", **order)
    change.add(candidate.on_conflict_do_nothing())
    return change


def _mine(read: Reader, task_id: str, actor: Actor) -> Row[Any]:
    task = user_tasks.find(read, task_id, actor).row
    user_tasks.need_open(task)
    if task.assignee not in (None, actor.id) and not access.is_lead(actor):
        raise user_tasks.taken_by(task)
    if actor.kind == "customer":
        raise Forbidden()
    return task


def _changed(read: Reader, task: Row[Any], actor: Actor, action: str, what: str, **values: Any) -> Change:
    change = Change(result=task.id)
    change.update(UserTask, {"id": task.id, "rev": task.rev, "state": "open"}, {"rev": task.rev + 1, **values})
    audit.note(read, change, actor, action, task.id, what)
    return change
