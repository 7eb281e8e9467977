"""Taking running instances to another version of their app: a verdict beforehand, then one instance at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update

from engine import bpmn
from engine.actors import SYSTEM, Actor
from engine.bpmn import Execution, Problem
from engine.errors import NotFound, Refused, Text
from engine.runtime import audit, step
from engine.runtime.baton import Baton
from engine.runtime.effects import Effects
from engine.runtime.names import Names
from engine.runtime.operations import going, refused_in_words
from engine.runtime.reader import Reader
from engine.runtime.records import Records
from engine.runtime.waits import element_of, id_of
from engine.runtime.work import Work
from engine.store.commit import Change
from engine.store.tables import Deployment, Job, MessageSubscription, ProcessInstance, UserTask

ACTION = "instance.migrate"
OTHER_APP = {"ko": "같은 앱의 다른 버전으로만 옮길 수 있어요.", "en": "It can be taken to another version of the same app only."}
SAME = {"ko": "이미 그 버전이에요.", "en": "It runs on that version already."}
ROWS: dict[str, Any] = {"user_task": UserTask, "job": Job, "timer": Job, "message": MessageSubscription, "signal": MessageSubscription}


@dataclass(frozen=True)
class Planned:
    """What would become of one instance: with `problems` it stays where it is, `notes` say what changes on the way."""

    instance_id: str
    business_key: str
    problems: tuple[Text, ...]
    notes: tuple[Text, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether it can be moved."""
        return not self.problems


@dataclass(frozen=True)
class Moved:
    """What became of one instance; `refused` says why it stayed."""

    instance_id: str
    refused: Text | None


def candidates(read: Reader, app: str, to: str) -> list[str]:
    """The ids of the app's running instances that are on another version than `to`, oldest first."""
    where = (ProcessInstance.app == app, ProcessInstance.state == "running", ProcessInstance.deployment_id != to)
    return [row.id for row in read.all(select(ProcessInstance.id).where(*where).order_by(ProcessInstance.started_at, ProcessInstance.id))]


def deployment(read: Reader, app: str, version: int) -> str:
    """The id of a version of an app; NotFound without it."""
    found: str | None = read.value(select(Deployment.id).where(Deployment.app == app, Deployment.version == version))
    if found is None:
        raise NotFound("NO_DEPLOYMENT")
    return found


def plan(read: Reader, *, instance_ids: Sequence[str], to: str, mapping: Mapping[str, str] | None = None) -> list[Planned]:
    """The verdict on each instance; nothing is changed. `mapping` names elements and flows that have another id in the version `to`."""
    return [_planned(read, instance_id, to, mapping or {}) for instance_id in instance_ids]


def _planned(read: Reader, instance_id: str, to: str, mapping: Mapping[str, str]) -> Planned:
    work, snapshot = step.load(read, instance_id, SYSTEM)
    key = work.record.id if work.record else ""
    try:
        _need_movable(read, work, to)
    except Refused as refused:
        return Planned(instance_id, key, (refused.texts,))
    verdict = bpmn.verdict(work.app.model, read.app(to).model, snapshot, mapping)
    return Planned(instance_id, key, _told(verdict.problems), _told(verdict.notes))


def _told(found: Sequence[Problem]) -> tuple[Text, ...]:
    return tuple({"ko": f"{said.element_id}: {said.ko}", "en": f"{said.element_id}: {said.en}"} for said in found)


def _need_movable(read: Reader, work: Work, to: str) -> None:
    if read.app(to).key != work.app.key:
        raise Refused("OTHER_APP", OTHER_APP)
    if to == work.deployment_id:
        raise Refused("SAME_VERSION", SAME)


def migrate(read: Reader, *, instance_id: str, to: str, actor: Actor, reason: str, mapping: Mapping[str, str] | None = None) -> Change:
    """Take one instance to the deployment `to`: what waits goes on waiting with its ids, tasks keep who has them.

    Refused with what stands in the way.
    """
    old, snapshot = going(read, instance_id, actor, reason)
    _need_movable(read, old, to)
    work = _in_version(read, old, to, actor)
    work.events.append({"type": "operation", "action": ACTION, "from": old.deployment_id, "to": to})
    with refused_in_words():
        before = bpmn.restore(old.app.model, snapshot, step.Host(old, read)).waits
        execution = bpmn.migrate(old.app.model, work.app.model, snapshot, mapping or {}, step.Host(work, read))
        execution.run()
    change = step.save(read, work, execution, before, actor, deployment_id=to)
    _rename(change, work, execution, {wait.token for wait in before})
    audit.note(read, change, actor, ACTION, instance_id, reason)
    change.result = instance_id
    return change


def _in_version(read: Reader, work: Work, to: str, actor: Actor) -> Work:
    app = read.app(to)
    records = Records(read, app)
    record = records.get(work.record.kind.name, work.record.id) if work.record else None
    return replace(work, app=app, deployment_id=to, effects=Effects(Names(records, record, actor), work.id), events=[], repaired=True)


def _rename(change: Change, work: Work, execution: Execution, kept: set[int]) -> None:
    mine = (UserTask.instance_id == work.id, UserTask.state == "open")
    change.add(update(UserTask).where(*mine).values(deployment_id=work.deployment_id))
    for wait in execution.waits:
        table = ROWS.get(wait.kind)
        if wait.token in kept and table is not None:
            values: dict[str, Any] = {"element_id": wait.element_id}
            if wait.kind == "user_task":
                element = element_of(work.app.model, work.process_id, wait.element_id)
                name = element.name or element.id
                values |= {"form": wait.form, "name": {"ko": name, "en": element.label_en or name}, "rev": UserTask.rev + 1}
            change.add(update(table).where(table.id == id_of(work.id, wait)).values(**values))


def migrate_many(
    baton: Baton, *, instance_ids: Sequence[str], to: str, actor: Actor, reason: str, mapping: Mapping[str, str] | None = None
) -> list[Moved]:
    """Take each of these to `to`, one after the other: what one of them refuses keeps no other back."""
    return [_move(baton, instance_id, to, actor, reason, mapping) for instance_id in instance_ids]


def _move(baton: Baton, instance_id: str, to: str, actor: Actor, reason: str, mapping: Mapping[str, str] | None) -> Moved:
    try:
        baton.do(migrate, instance_id=instance_id, to=to, actor=actor, reason=reason, mapping=mapping)
        return Moved(instance_id, None)
    except Refused as refused:
        return Moved(instance_id, refused.texts)
