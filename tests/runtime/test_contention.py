"""Many at the same moment: one winner for each task, one application of each message, no pair that misses each other."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from engine import worker
from engine.actors import Actor
from engine.errors import Busy, Gone
from engine.runtime import definitions, instances, publishing, user_tasks
from engine.runtime.baton import Baton
from engine.settings import Settings
from engine.start import open_baton
from engine.store.tables import History, Message, MessageSubscription, ProcessInstance, UserTask
from tests import worlds
from tests.bpmn import models as m
from tests.runtime.story import ROOT, TUESDAY

TASKS, PAIRS, AT_ONCE = 300, 400, 8
CLERK = Actor("staff", "clerk1", "이담당", frozenset({"clerk"}))
TOML = """
title = { ko = "붐비는 곳", en = "Crowd" }
[roles]
clerk = { ko = "담당자", en = "Clerk" }
[[start]]
id = "work"
process = "work"
access = "clerk"
label = { ko = "일", en = "Work" }
[[start]]
id = "wait"
process = "wait"
access = "clerk"
form = "crowd_wait"
label = { ko = "기다림", en = "Wait" }
"""
FORM = {
    "type": "default",
    "id": "crowd_wait",
    "schemaVersion": 18,
    "components": [{"type": "textfield", "id": "f", "key": "parcel", "label": "소포"}],
}
TASK = m.element("userTask", "UT", m.extensions(m.zeebe("userTask"), m.zeebe("assignmentDefinition", candidateGroups="clerk")), name="UT")
DRAWING = m.definitions(
    m.message("M_Arrived", "Arrived", key="=parcel"),
    m.process(m.start("S1"), TASK, m.end("E1"), m.flows("S1->UT->E1"), id="work"),
    m.process(m.start("S2"), m.catch("C", m.event("message", "M_Arrived")), m.end("E2"), m.flows("S2->C->E2"), id="wait"),
)
FILES = {
    "processes/crowd/app.toml": TOML.encode(),
    "processes/crowd/crowd.bpmn": DRAWING,
    "forms/crowd/crowd_wait.form": orjson.dumps(FORM),
}


@pytest.fixture
def crowd(database_url: str, tmp_path: Path) -> Iterator[Baton]:
    """The app, deployed on a fresh database."""
    worlds.copy(tmp_path, database_url, TUESDAY)
    baton = open_baton(Settings(data=tmp_path, apps=ROOT, database_url=database_url))
    baton.do(definitions.deploy, key="crowd", files=FILES, actor=CLERK)
    yield baton
    baton.database.close()


def together(calls: list[Callable[[], Any]]) -> list[Any]:
    """All at the same time, eight at once; what each answered."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]


def insist(call: Callable[[], Any]) -> Any:
    """As a person who is told that it is busy: once more."""
    while True:
        try:
            return call()
        except Busy:
            continue


def start(baton: Baton, door: str, **form: Any) -> Any:
    return insist(lambda: baton.do(instances.start, app="crowd", door=door, actor=CLERK, submission=form))


def publish(baton: Baton, parcel: str, dedupe: str | None = None) -> bool:
    """A message from outside; whether it was new."""
    new: bool = insist(lambda: baton.do(publishing.publish, name="crowd.Arrived", key=parcel, variables={}, dedupe=dedupe))
    return new


def complete(baton: Baton, task: str) -> str:
    """`done`, or the code of the refusal."""
    try:
        insist(lambda: baton.do(user_tasks.complete, task_id=task, actor=CLERK, submission={}))
    except Gone as gone:
        return f"{gone.status} {gone.code}"
    return "done"


def states(baton: Baton, process: str) -> Counter[str]:
    with baton.read() as read:
        return Counter(row.state for row in read.all(select(ProcessInstance.state).where(ProcessInstance.process_id == process)))


def left(baton: Baton) -> tuple[int, int]:
    """Messages and subscriptions that still stand."""
    with baton.read() as read:
        return read.value(select(func.count()).select_from(Message)), read.value(select(func.count()).select_from(MessageSubscription))


def test_of_eight_who_complete_one_task_at_once_one_wins_and_seven_are_told(crowd: Baton) -> None:
    for _ in range(TASKS):
        start(crowd, "work")
    with crowd.read() as read:
        tasks = [row.id for row in read.all(select(UserTask.id))]
    for task in tasks:
        answers = Counter(together([lambda task=task: complete(crowd, task)] * AT_ONCE))  # type: ignore[misc]
        assert answers == {"done": 1, "409 TASK_GONE": AT_ONCE - 1}
    assert states(crowd, "work") == {"completed": TASKS}
    with crowd.read() as read:
        assert read.value(select(func.count()).select_from(History).where(History.rev == 2)) == TASKS
        assert read.value(select(func.max(History.rev))) == 2


def test_the_same_message_eight_times_is_applied_once(crowd: Baton) -> None:
    for _ in range(2):
        start(crowd, "wait", parcel="P-1")
    answers = together([lambda: publish(crowd, "P-1", dedupe="mail-77")] * AT_ONCE)
    assert sorted(answers) == [False] * (AT_ONCE - 1) + [True]
    together([lambda: worker.run_due(crowd)] * 2)
    assert publish(crowd, "P-1", dedupe="mail-77") is False
    worker.run_due(crowd)
    assert states(crowd, "wait") == {"completed": 1, "running": 1}
    assert left(crowd) == (0, 1)


def test_a_message_before_its_receiver_waits_is_delivered_and_one_with_another_key_never(crowd: Baton) -> None:
    publish(crowd, "P-1")
    publish(crowd, "P-2")
    worker.run_due(crowd)
    assert left(crowd) == (2, 0)
    start(crowd, "wait", parcel="P-1")
    worker.run_due(crowd)
    assert states(crowd, "wait") == {"completed": 1}
    with crowd.read() as read:
        assert [row.key for row in read.all(select(Message.key))] == ["P-2"]


def test_of_four_hundred_messages_and_receivers_that_come_together_all_meet(crowd: Baton) -> None:
    calls: list[Callable[[], Any]] = []
    for number in range(PAIRS):
        calls.append(lambda number=number: publish(crowd, f"P-{number}"))  # type: ignore[misc]
        calls.append(lambda number=number: start(crowd, "wait", parcel=f"P-{number}"))  # type: ignore[misc]
    together(calls)
    together([lambda: worker.run_due(crowd)] * 2)
    worker.run_due(crowd)
    assert states(crowd, "wait") == {"completed": PAIRS}
    assert left(crowd) == (0, 0)
