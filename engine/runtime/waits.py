"""What an instance waits for, as rows: user tasks, jobs, timers and subscriptions follow the snapshot by difference."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from engine.bpmn import Element, Execution, Model, Wait
from engine.clock import KST
from engine.personal import PersonalText, to_stored
from engine.runtime import messages
from engine.runtime.messages import EPOCH
from engine.runtime.reader import Reader
from engine.runtime.records import encode
from engine.runtime.work import Work
from engine.store.commit import Change
from engine.store.tables import Account, Job, MessageSubscription, UserTask, UserTaskCandidate
from engine.texts import for_people

ATTEMPTS_OF_OURS = 3  # timers, signals and continuations: the step either works or is an incident


def write(read: Reader, work: Work, change: Change, execution: Execution, before: list[Wait]) -> None:
    """Add the statements: what no longer waits goes, what waits anew comes."""
    after = execution.waits
    kept = {key for key in _keys(before) if key in _keys(after) and key[0] != "continue"}
    gone = [wait for wait in before if _key(wait) not in kept]
    for kind, table in (("job", Job), ("message", MessageSubscription), ("user_task", UserTask)):
        ids = [f"{work.id}-{wait.token}" for wait in gone if _table(wait) == kind]
        if ids and table is UserTask:
            change.add(update(UserTask).where(UserTask.id.in_(ids), UserTask.state == "open").values(state="cancelled", done_at=read.now))
        elif ids:
            change.add(delete(table).where(table.id.in_(ids)))
    for wait in after:
        if _key(wait) not in kept:
            _insert(read, work, change, execution, wait)


def _key(wait: Wait) -> tuple[Any, ...]:
    return (wait.kind, wait.token, getattr(wait, "due", None) if wait.kind == "timer" else None)


def _keys(waits: list[Wait]) -> list[tuple[Any, ...]]:
    return [_key(wait) for wait in waits]


def _table(wait: Wait) -> str:
    return {"user_task": "user_task", "message": "message", "signal": "message"}.get(wait.kind, "job")


def _insert(read: Reader, work: Work, change: Change, execution: Execution, wait: Wait) -> None:
    row = {"id": f"{work.id}-{wait.token}", "instance_id": work.id, "token": wait.token, "element_id": wait.element_id, "created_at": read.now}
    if wait.kind == "user_task":
        _insert_task(read, work, change, execution, wait, row)
    elif wait.kind == "message":
        messages.subscribe(change, row | {"name": messages.full_name(work.app.key, wait.name), "key": wait.key})
    elif wait.kind == "signal":
        change.add(insert(MessageSubscription), row | {"name": messages.SIGNAL + messages.full_name(work.app.key, wait.name), "key": ""})
    elif wait.kind in ("job", "timer", "continue"):
        _insert_job(read, work, change, wait, row)


def _insert_job(read: Reader, work: Work, change: Change, wait: Wait, row: dict[str, Any]) -> None:
    service = wait.kind == "job"
    row |= {"kind": "service" if service else wait.kind, "type": wait.job_type if service else wait.kind, "app": work.app.key}
    row |= {"payload": {"inputs": to_stored(encode(wait.inputs)), "headers": dict(wait.headers)} if service else {}}
    row |= {"due_at": wait.due if wait.kind == "timer" else read.now, "lease_until": EPOCH, "lease_token": None, "attempts": 0}
    change.add(insert(Job), row | {"retries_left": wait.retries if service else ATTEMPTS_OF_OURS, "error": None})
    change.wake = True


def _insert_task(read: Reader, work: Work, change: Change, execution: Execution, wait: Wait, row: dict[str, Any]) -> None:
    element = element_of(work.app.model, work.process_id, wait.element_id)
    scope = execution.scope(wait.token)
    record = work.record
    row |= {"rev": 1, "state": "open", "app": work.app.key, "deployment_id": work.deployment_id, "process_id": work.process_id, "form": wait.form}
    row |= {"collection": record.kind.name if record else None, "business_key": record.id if record else None}
    row |= {"name": {"ko": element.name or element.id, "en": element.label_en or element.name or element.id}, "users": list(wait.users)}
    row |= {"subject": subject(read, work, scope), "facts": facts(read, work, scope), "due": wait.due, "follow_up": wait.follow_up}
    row |= {
        "assignee": wait.assignee,
        "assignee_name": _name_of(read, wait.assignee),
        "priority": wait.priority,
        "done_at": None,
        "done_by": None,
        "done_by_name": None,
    }
    change.add(insert(UserTask), row)
    roles = candidates(work, element, wait)
    if roles:
        change.add(insert(UserTaskCandidate), [{"task_id": row["id"], "role": role} for role in roles])
    work.new_tasks.append((row["id"], wait.assignee, roles))
    work.events.append({"type": "task", "element": element.id, "id": row["id"]})


def _name_of(read: Reader, login: str | None) -> str | None:
    found: str | None = read.value(select(Account.name).where(Account.login == login)) if login else None
    return found


def element_of(model: Model, process_id: str, element_id: str) -> Element:
    """An element of the process, or of one that it calls."""
    if element_id in model.processes[process_id].elements:
        return model.processes[process_id].elements[element_id]
    return next(process.elements[element_id] for process in model.processes.values() if element_id in process.elements)


def candidates(work: Work, element: Element, wait: Wait) -> list[str]:
    """The roles that may take the task: its candidate groups; a task for nobody in particular is for the role of its lane."""
    if wait.groups or wait.assignee or wait.users:
        return sorted(set(wait.groups))
    role = work.app.role_of_lane(element.lane) if element.lane else None
    return [role] if role else []


def subject(read: Reader, work: Work, scope: Mapping[str, Any]) -> list[Any]:
    """The line in the worklist, in pieces that `engine.views.pieces` shows: personal ones by reference."""
    template = work.app.subject(work.process_id)
    return [piece(part, read.now) for part in template.parts(scope, read.now)] if template else []


def facts(read: Reader, work: Work, scope: Mapping[str, Any]) -> list[Any]:
    """The facts strip: [[label, piece], ...]; personal values by reference."""
    return [[dict(label), piece(expression(scope, read.now), read.now)] for label, expression in work.app.facts(work.process_id)]


def piece(value: Any, now: datetime) -> Any:
    """A value to be shown later, in either language: a text, a reference to a personal one, or {"ko", "en"} as people write it."""
    if isinstance(value, PersonalText) or type(value) is str:
        return to_stored(value)
    year = now.astimezone(KST).year
    return {language: for_people(value, language, year) for language in ("ko", "en")}
