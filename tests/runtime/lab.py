"""A small app for stories about operators: one process for each way to wait."""

from typing import Any

from sqlalchemy import select

from engine.actors import Actor
from engine.runtime import definitions, instances, messages, user_tasks
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Incident, Job, MessageSubscription, ProcessInstance, UserTask
from tests.bpmn import models as m
from tests.runtime.story import CHOI, Story

CLERK = Actor("staff", "agent1", "이상담", frozenset({"clerk"}))
DOORS = ("waiting", "asking", "sending", "calling", "joining", "parent")


def app_toml() -> str:
    """The app's doors: each process has one, for the clerk."""
    lines = ['title = { ko = "실험", en = "Laboratory" }', 'domain = "core"', "[roles]", 'clerk = { ko = "담당자", en = "Clerk" }']
    for door in DOORS:
        lines += ["[[start]]", f'id = "{door}"', f'process = "lab_{door}"', 'access = "clerk"', f'label = {{ ko = "{door}", en = "{door}" }}']
    return "\n".join(lines)


def task(id: str) -> str:
    """A task for the clerk."""
    return m.element("userTask", id, m.extensions(m.zeebe("userTask"), m.zeebe("assignmentDefinition", candidateGroups="clerk")), name=id)


def process(id: str, *parts: str) -> str:
    """One process of the app."""
    return m.process(m.start(f"Start_{id}"), m.end(f"End_{id}"), *parts, id=f"lab_{id}")


def drawing(second: str = "UT_B") -> bytes:
    """All processes. `second` is the id of the second task of `waiting`, for another version."""
    late = m.boundary("B_Late", "UT_A", m.timer("timeDuration", "PT1H"), interrupting=False)
    path = m.flows(f"Start_waiting->UT_A->{second}->End_waiting", "B_Late->End_late")
    aside = task("UT_Aside") + m.end("End_aside")
    called = m.extensions(m.zeebe("calledElement", processId="lab_waiting"))
    sides = m.flows("Start_joining->G_Split->UT_L->G_Join->End_joining", "G_Split->UT_R->G_Join", "G_Split->UT_Aside->End_aside")
    return m.definitions(
        m.message("M_Wanted", "Answer", '="K-1001"'),
        m.message("M_Sent", "Answer", '="K-1010"'),
        process("waiting", task("UT_A"), task(second), late, m.end("End_late"), path),
        process("asking", m.catch("C_Answer", m.event("message", "M_Wanted")), task("UT_C"), m.flows("Start_asking->C_Answer->UT_C->End_asking")),
        process("sending", m.throw("T_Answer", m.event("message", "M_Sent")), task("UT_D"), m.flows("Start_sending->T_Answer->UT_D->End_sending")),
        process("calling", m.service("S_Outside", "outside.work"), m.flows("Start_calling->S_Outside->End_calling")),
        process("joining", m.gateway("parallel", "G_Split"), task("UT_L"), task("UT_R"), m.gateway("parallel", "G_Join"), aside, sides),
        process("parent", m.element("callActivity", "CA_Inner", called), m.flows("Start_parent->CA_Inner->End_parent")),
    )


def deploy(story: Story, second: str = "UT_B") -> str:
    """Deploy the app; the id of the new deployment."""
    files = {"processes/lab/app.toml": app_toml().encode(), "processes/lab/lab.bpmn": drawing(second)}
    story.baton.do(definitions.deploy, key="lab", files=files, actor=CHOI)
    with story.baton.read() as read:
        return read.live("lab")[0]


def start(story: Story, door: str) -> str:
    """The clerk starts one; the instance's id."""
    found: str = story.baton.do(instances.start, app="lab", door=door, actor=CLERK, submission={}).instance_id
    return found


def complete(story: Story, instance_id: str, element: str) -> Any:
    """The clerk submits a task of an instance."""
    return story.baton.do(user_tasks.complete, task_id=task_id(story, instance_id, element), actor=CLERK, submission={})


def task_id(story: Story, instance_id: str, element: str) -> str:
    """The open task at an element."""
    with story.baton.read() as read:
        where = (UserTask.instance_id == instance_id, UserTask.element_id == element, UserTask.state == "open")
        found: str | None = read.value(select(UserTask.id).where(*where))
    assert found, f"no open task {element}"
    return found


def standing(story: Story, instance_id: str) -> set[str]:
    """Where an instance waits: elements of open tasks, jobs and subscriptions."""
    with story.baton.read() as read:
        tasks = read.all(select(UserTask.element_id).where(UserTask.instance_id == instance_id, UserTask.state == "open"))
        jobs = read.all(select(Job.element_id).where(Job.instance_id == instance_id))
        waiting = read.all(select(MessageSubscription.element_id).where(MessageSubscription.instance_id == instance_id))
    return {row.element_id for row in (*tasks, *jobs, *waiting)}


def instance(story: Story, instance_id: str) -> Any:
    """The row of an instance."""
    with story.baton.read() as read:
        return read.one(select(*ProcessInstance.__table__.c).where(ProcessInstance.id == instance_id))


def open_incidents(story: Story) -> list[Any]:
    """The incidents that wait for an operator."""
    with story.baton.read() as read:
        return list(read.all(select(*Incident.__table__.c).where(Incident.resolved_at.is_(None)).order_by(Incident.created_at)))


def publish(read: Reader, *, key: str, ttl: str = "PT24H") -> Change:
    """A message from outside."""
    change = Change()
    messages.write(change, messages.Published("lab.Answer", key, {}, ttl), read.now)
    return change
