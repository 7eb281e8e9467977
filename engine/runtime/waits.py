"""What an instance waits for, as rows: user tasks, jobs, timers and subscriptions follow the snapshot by difference."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from engine.bpmn import Element, Execution, Model, Wait
from engine.clock import KST
from engine.connectors.contract import CALLS
from engine.personal import PersonalText, to_stored
from engine.runtime import incidents, messages, watches
from engine.runtime.leases import unleased
from engine.runtime.reader import Reader
from engine.runtime.records import encode
from engine.runtime.work import Work
from engine.store import statements
from engine.store.base import Base
from engine.store.commit import Change
from engine.store.constant import Constant
from engine.store.tables import Account, Draft, Job, MessageSubscription, UserTask, UserTaskCandidate
from engine.texts import for_people

TRIES_OF_OURS = 3  # timers, signals and continuations: the step either works or is an incident
BY_NAME = "@"  # marks a candidate that is a login, no role
Rows = dict[type[Base], list[dict[str, Any]]]
TASK = {name: bindparam(name, type_=column.type) for name, column in UserTask.__table__.c.items() if not name.startswith("done_")}
NAME = select(Account.name).where(Account.login == bindparam("login")).scalar_subquery()
NEW_TASK = Constant(insert(UserTask).values({**TASK, "assignee_name": NAME}))
UNFAILED = Constant(delete(Job).where(Job.id == bindparam(f"{statements.IS}id"), Job.retries_left > 0))


def write(read: Reader, work: Work, change: Change, execution: Execution, before: list[Wait]) -> None:
    """Add the statements: what no longer waits goes, what waits anew comes, one statement for all rows of a kind."""
    after = execution.waits
    kept = {_key(wait) for wait in before if wait.kind != "continue"} & {_key(wait) for wait in after}
    _remove(read, work, change, [wait for wait in before if _key(wait) not in kept])
    rows: Rows = {UserTask: [], UserTaskCandidate: [], Job: work.effects.jobs(work.rev + 1), MessageSubscription: []}
    for wait in after:
        if _key(wait) not in kept:
            _add(read, work, rows, execution, wait)
    change.pairs |= {(row["name"], row["key"]) for row in rows[MessageSubscription] if row["key"]}
    watches.write(read, work, change, execution, before, rows[MessageSubscription], rows[Job])
    if tasks := rows.pop(UserTask):
        change.add(NEW_TASK, tasks)
    for table, found in rows.items():
        if found:
            change.insert(table, found)
    change.sync += [row for row in rows[Job] if row["lease_token"]]
    change.wake = change.wake or bool(rows[Job] or rows[MessageSubscription])


def _key(wait: Wait) -> tuple[Any, ...]:
    return (wait.kind, wait.token, wait.due if wait.kind == "timer" else None, wait.turn)


def id_of(instance_id: str, wait: Wait) -> str:
    """The id of a wait's row: a token's second job has another one than its first."""
    return f"{instance_id}-{wait.token}.{wait.turn}" if wait.turn else f"{instance_id}-{wait.token}"


def idempotency_key(instance_id: str, job_id: str) -> str:
    """What whoever does a job knows it by, the same at each try: the instance, and which of its jobs."""
    return f"{instance_id}:{job_id.removeprefix(f'{instance_id}-')}"


def _remove(read: Reader, work: Work, change: Change, gone: list[Wait]) -> None:
    tasks = [id_of(work.id, wait) for wait in gone if wait.kind == "user_task" and id_of(work.id, wait) != work.finishes]
    jobs = [id_of(work.id, wait) for wait in gone if wait.kind in ("job", "timer", "continue") and id_of(work.id, wait) != work.finishes]
    subscriptions = [id_of(work.id, wait) for wait in gone if wait.kind in ("message", "signal")]
    if tasks:
        of_tasks = [statements.bound({"task_id": found}) for found in tasks]
        still_open = [statements.bound({"id": found, "state": "open"}) for found in tasks]
        cancelled = {"state": "cancelled", "done_at": read.now}
        change.add(statements.updating(UserTask, ("id", "state"), tuple(cancelled)), [row | cancelled for row in still_open])
        change.add(statements.updating(UserTaskCandidate, ("task_id",), ("open",)), [row | {"open": False} for row in of_tasks])
        change.add(statements.deleting(Draft, ("task_id",)), of_tasks)
    if jobs:
        _remove_jobs(read, work, change, jobs)
    if subscriptions:
        change.add(statements.deleting(MessageSubscription, ("id",)), [statements.bound({"id": found}) for found in subscriptions])


def _remove_jobs(read: Reader, work: Work, change: Change, jobs: list[str]) -> None:
    ids = [statements.bound({"id": found}) for found in jobs]
    if read.again:
        change.add(statements.deleting(Job, ("id",)), ids)
        incidents.resolve(read, change, work.id, jobs)
    else:  # none has failed, as nearly always: otherwise the guard says so, and the incident is seen to when all this is done again
        change.add(UNFAILED, ids, expect=len(ids))


def _add(read: Reader, work: Work, rows: Rows, execution: Execution, wait: Wait) -> None:
    row = {"id": id_of(work.id, wait), "instance_id": work.id, "token": wait.token, "element_id": wait.element_id, "created_at": read.now}
    if wait.kind == "user_task":
        _add_task(read, work, rows, execution, wait, row)
    elif wait.kind == "message":
        rows[MessageSubscription].append(row | {"name": messages.full_name(work.app.key, wait.name), "key": wait.key})
    elif wait.kind == "signal":
        rows[MessageSubscription].append(row | {"name": messages.SIGNAL + messages.full_name(work.app.key, wait.name), "key": ""})
    elif wait.kind == "job":
        payload = {"inputs": to_stored(encode(wait.inputs)), "headers": dict(wait.headers), "retries": wait.retries}
        lease = read.slot.lease(read.now) if read.slot and _sync(work, wait) else {}
        rows[Job].append(row | _job(read, work, "service", wait.job_type, payload, read.now, wait.retries) | lease)
    elif wait.kind in ("timer", "continue"):
        rows[Job].append(row | _job(read, work, wait.kind, wait.kind, {}, wait.due or read.now, TRIES_OF_OURS))


def _sync(work: Work, wait: Wait) -> bool:
    return wait.job_type in CALLS and element_of(work.app.model, work.process_id, wait.element_id).properties.get("baton:sync") == "true"


def _job(read: Reader, work: Work, kind: str, job_type: str, payload: dict[str, Any], due: datetime, tries: int) -> dict[str, Any]:
    row = {"kind": kind, "type": job_type, "app": work.app.key, "payload": payload, "due_at": due, "retries_left": tries}
    return row | unleased(read.now) | {"suspended": work.suspended_at is not None}


def _add_task(read: Reader, work: Work, rows: Rows, execution: Execution, wait: Wait, row: dict[str, Any]) -> None:
    element = element_of(work.app.model, work.process_id, wait.element_id)
    scope = execution.scope(wait.token)
    record = work.record
    row |= {"rev": 1, "state": "open", "app": work.app.key, "deployment_id": work.deployment_id, "process_id": work.process_id, "form": wait.form}
    row |= {"collection": record.kind.name if record else None, "business_key": record.id if record else None}
    row |= {"name": {"ko": element.name or element.id, "en": element.label_en or element.name or element.id}, "users": list(wait.users)}
    row |= {"subject": subject(read, work, scope), "facts": facts(read, work, scope), "due": wait.due, "follow_up": wait.follow_up}
    row |= {"assignee": wait.assignee, "login": wait.assignee, "priority": wait.priority}
    roles = candidates(work, element, wait)
    rows[UserTask].append(row | {"team": roles[0] if len(roles) == 1 else None})
    if len(roles) > 1:
        order = {"due": wait.due, "priority": wait.priority, "created_at": read.now}
        rows[UserTaskCandidate] += [{"task_id": row["id"], "role": role, "open": True, **order} for role in roles]
    work.new_tasks.append((row["id"], wait.assignee, roles))
    work.events.append({"type": "task", "element": element.id, "id": row["id"]})


def element_of(model: Model, process_id: str, element_id: str) -> Element:
    """An element of the process, or of one that it calls; a process itself too (its listeners)."""
    if element_id in model.processes[process_id].elements:
        return model.processes[process_id].elements[element_id]
    found = next((process.elements[element_id] for process in model.processes.values() if element_id in process.elements), None)
    return found or next(node.element for node in model.processes[element_id].nodes.values() if node.element.id == element_id)


def candidates(work: Work, element: Element, wait: Wait) -> list[str]:
    """Who may take the task: its candidate groups, and its candidate users by name; a task for nobody in particular is for the role of its lane."""
    if wait.groups or wait.assignee or wait.users:
        return sorted({*wait.groups, *(f"{BY_NAME}{login}" for login in wait.users)})
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
