"""Jobs that one token waits for one after the other: listeners and the task's own, or a worker that is asked again and again. None is lost."""

from typing import Any

import pytest

from engine.runtime import definitions, instances, user_tasks, workers
from engine.store.tables import Incident, Job, ProcessInstance, UserTask
from tests.bpmn import models as m
from tests.runtime.lab import CLERK, task
from tests.runtime.story import CHOI, Story, open_world

APP = b"""title = { ko = "\xec\x9d\xbc", en = "Turns" }
domain = "core"
[roles]
clerk = { ko = "\xeb\x8b\xb4\xeb\x8b\xb9", en = "Clerk" }
[[start]]
id = "go"
process = "p"
access = "clerk"
label = { ko = "\xec\x8b\x9c\xec\x9e\x91", en = "Go" }
"""


@pytest.fixture
def story(tmp_path: Any) -> Any:
    """A world without apps."""
    baton = open_world(tmp_path, apps=())
    yield Story(baton)
    baton.database.close()


def begin(story: Story, *parts: str) -> None:
    """Deploy this drawing and start it."""
    files = {"processes/turns/app.toml": APP, "processes/turns/turns.bpmn": m.model(*parts)["model.bpmn"]}
    story.baton.do(definitions.deploy, key="turns", files=files, actor=CHOI)
    story.baton.do(instances.start, app="turns", door="go", actor=CLERK, submission={})


def waiting(story: Story) -> list[str]:
    """The job types that wait, and the elements of open tasks."""
    with story.baton.read() as read:
        assert not read.all(Incident.__table__.select())
        jobs = [job.type for job in read.all(Job.__table__.select())]
        return jobs + [row.element_id for row in read.all(UserTask.__table__.select().where(UserTask.state == "open"))]


def work(story: Story, job_type: str, **variables: Any) -> str:
    """An external worker does the job of this type. Answers the job's idempotency key."""
    (job,) = workers.poll(story.baton, types=[job_type], worker="w1")
    story.baton.do(workers.complete, job_id=job.id, lease_token=job.lease_token, variables=variables)
    return job.key


def state(story: Story) -> str:
    with story.baton.read() as read:
        return str(read.value(ProcessInstance.__table__.select().with_only_columns(ProcessInstance.state)))


def listener(kind: str, event: str, job_type: str) -> str:
    return m.zeebe(f"{kind}Listener", eventType=event, type=job_type)


def test_each_listener_and_the_task_itself_have_a_job_of_their_own(story: Story) -> None:
    heard = [listener("execution", event, name) for event, name in (("start", "one"), ("start", "two"), ("end", "four"), ("end", "five"))]
    own = m.extensions(m.zeebe("taskDefinition", type="three"), m.zeebe("executionListeners", *heard))
    begin(story, m.start(), m.element("serviceTask", "S", own), task("UT"), m.end(), m.flows("start->S->UT->end"))
    keys = []
    for job_type in ("one", "two", "three", "four", "five"):
        assert waiting(story) == [job_type]
        keys.append(work(story, job_type))
    assert waiting(story) == ["UT"] and len(set(keys)) == 5


def test_a_persons_task_has_its_listeners_before_and_after(story: Story) -> None:
    heard = [
        listener("task", event, name) for event, name in (("creating", "one"), ("creating", "two"), ("completing", "three"), ("completing", "four"))
    ]
    own = m.extensions(m.zeebe("userTask"), m.zeebe("assignmentDefinition", candidateGroups="clerk"), m.zeebe("taskListeners", *heard))
    begin(story, m.start(), m.element("userTask", "UT", own), m.end(), m.flows("start->UT->end"))
    keys = [work(story, "one"), work(story, "two")]
    assert waiting(story) == ["UT"]
    with story.baton.read() as read:
        task_id = read.value(UserTask.__table__.select().with_only_columns(UserTask.id))
    from_person = {"task_id": task_id, "actor": CLERK, "submission": {}}
    story.baton.do(user_tasks.complete, **from_person)
    keys += [work(story, "three"), work(story, "four")]
    assert state(story) == "completed" and len(set(keys)) == 4


def test_a_worker_that_leads_is_asked_again_after_each_branch(story: Story) -> None:
    inside = m.extensions(m.zeebe("taskDefinition", type="lead"))
    led = m.element("adHocSubProcess", "X", inside, m.service("A", "tool"), m.service("B", "tool"))
    begin(story, m.start(), led, m.end(), m.flows("start->X->end"))
    keys = [work(story, "lead", activateElements=[{"elementId": "A", "variables": {"call": 1}}])]
    assert waiting(story) == ["tool"]
    work(story, "tool")
    keys.append(work(story, "lead", activateElements=["B"]))
    work(story, "tool")
    keys.append(work(story, "lead", isCompletionConditionFulfilled=True))
    assert state(story) == "completed" and len(set(keys)) == 3
