"""A small app `clock` that a test draws itself, and what people do with it."""

from typing import Any

from sqlalchemy import select

from engine import bpmn
from engine.runtime import definitions, messages, step, user_tasks
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import ProcessInstance, UserTask
from tests.bpmn.models import definitions as file
from tests.bpmn.models import extensions, user, zeebe
from tests.runtime.story import CHOI, Story

TOML = 'title = { ko = "시계", en = "Clock" }\nholidays = [2026-12-02]\n'


def app(*parts: str, records: str = "", toml: str = TOML) -> dict[str, bytes]:
    """An app `clock` with these drawings."""
    return {"processes/clock/app.toml": toml.encode(), "processes/clock/records.toml": records.encode(), "processes/clock/clock.bpmn": file(*parts)}


def by_hand(id: str) -> str:
    """A task of operator Choi."""
    return user(id, extensions(zeebe("userTask"), zeebe("assignmentDefinition", assignee=CHOI.id)))


def deploy(story: Story, files: dict[str, bytes]) -> None:
    story.baton.do(definitions.deploy, key="clock", files=files, actor=CHOI)


def publish(story: Story, name: str, key: str = "", ttl: str = "PT24H", **variables: Any) -> None:
    """A message from outside."""

    def command(read: Reader) -> Change:
        change = Change()
        messages.write(change, messages.Published(name, key, variables, ttl), read.now)
        return change

    story.baton.do(command)


def started(story: Story, process_id: str = "p") -> list[Any]:
    """The instances of a process, oldest first."""
    with story.baton.read() as read:
        statement = select(ProcessInstance.id, ProcessInstance.started_at, ProcessInstance.deployment_id, ProcessInstance.business_key)
        return list(read.all(statement.where(ProcessInstance.process_id == process_id).order_by(ProcessInstance.started_at, ProcessInstance.id)))


def variables(story: Story, instance_id: str) -> dict[str, Any]:
    """The root variables of an instance."""
    with story.baton.read() as read:
        work, snapshot = step.load(read, instance_id, CHOI)
        return dict(bpmn.restore(work.app.model, snapshot, step.Host(work, read)).variables)


def complete(story: Story, element_id: str) -> None:
    with story.baton.read() as read:
        task = read.value(select(UserTask.id).where(UserTask.app == "clock", UserTask.element_id == element_id, UserTask.state == "open"))
    story.baton.do(user_tasks.complete, task_id=task, actor=CHOI, submission={})
