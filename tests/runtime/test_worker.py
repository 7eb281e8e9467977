"""The worker: no wake-up is lost, nothing poisoned holds the others up, what fails waits for an operator, stopping ends with the job in hand."""

import re
import threading
import time
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from engine import apps, worker
from engine.connectors import notify
from engine.errors import NotFound, Refused
from engine.runtime import definitions, delivery, housekeeping, jobs
from engine.runtime.bell import Bell
from engine.runtime.notifications import delivery as rendered
from engine.store.tables import Audit, Draft, Incident, Job, Message, MessageSubscription, ProcessInstance
from engine.views import operations
from tests.runtime.story import CHOI, LEE, ROOT, Story

LONG = 20.0  # seconds: only a wake-up that got lost lasts so long


def test_a_ring_between_looking_and_waiting_wakes_everybody() -> None:
    bell, began = Bell(), time.monotonic()
    known = bell.rings
    bell.ring()
    waiting = [threading.Thread(target=bell.wait, args=(known, LONG)) for _ in range(3)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    assert time.monotonic() - began < LONG


def test_a_commit_wakes_a_worker_that_sleeps(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SWEEP", LONG)
    sent = threading.Event()
    monkeypatch.setattr(notify, "send", lambda *_: sent.set())
    thread = worker.Worker(story.baton, 1)
    thread.start()
    try:
        story.apply()
        assert sent.wait(LONG / 2)
    finally:
        thread.stop()
        thread.join()


def test_stopping_finishes_the_job_in_hand_and_begins_no_other(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.apply()
    story.apply(visit_slot="PM1")
    began, go_on = threading.Event(), threading.Event()

    def hold(*_: Any) -> None:
        began.set()
        assert go_on.wait(LONG)

    monkeypatch.setattr(notify, "send", hold)
    before = len(rows(story, Job))
    thread = worker.Worker(story.baton, 1)
    thread.start()
    assert began.wait(LONG)
    thread.stop()
    go_on.set()
    thread.join()
    left = rows(story, Job)
    assert len(left) == before - 1
    assert {row.attempts for row in left} == {0}


def rows(story: Story, table: Any) -> list[Any]:
    """Everything in a table."""
    with story.baton.read() as read:
        return list(read.all(select(*table.__table__.c)))


def broken(story: Story, number: str) -> None:
    """The instance of a case can no longer be read."""
    with story.baton.database.write() as connection:
        connection.execute(update(ProcessInstance).where(ProcessInstance.business_key == number).values(snapshot=b"not a snapshot"))


def cancelled_twice(story: Story) -> tuple[str, str]:
    """Two subscriptions whose cancellations sent their messages; the first one's instance is broken."""
    first, second = story.apply().number, story.apply(visit_slot="PM1").number
    for number in (first, second):
        cancellation = story.cancel(number).number
        story.complete("UT_ReceiveCancel", str(cancellation), LEE)
    assert len(rows(story, Message)) >= 2
    broken(story, first)
    return first, second


def test_a_poisoned_message_holds_no_other_up_and_waits_for_an_operator(story: Story) -> None:
    _, second = cancelled_twice(story)
    story.work()
    assert story.record("subscription", second)["status"] == "CANCELLED"
    (held,) = [row for row in rows(story, Message) if row.error]
    with story.baton.read() as read:
        shown = [job for job in operations.failed_jobs(read, lang="ko") if job.id == held.id]
        assert [(job.state, job.type, job.instance_id) for job in shown] == [("failed", held.name, shown[0].instance_id)]
        assert shown[0].element["ko"] and shown[0].number
        assert read.value(select(Incident.kind).where(Incident.source == held.id)) == "MESSAGE_FAILED"


def test_an_operator_lets_a_held_message_go_on(story: Story) -> None:
    first, _ = story.apply().number, None
    with story.baton.read() as read:
        kept = read.value(select(ProcessInstance.snapshot).where(ProcessInstance.business_key == first))
    cancellation = story.cancel(first).number
    story.complete("UT_ReceiveCancel", str(cancellation), LEE)
    broken(story, first)
    story.work()
    (held,) = [row for row in rows(story, Message) if row.error]
    with story.baton.database.write() as connection:
        connection.execute(update(ProcessInstance).where(ProcessInstance.business_key == first).values(snapshot=kept))
    story.baton.do(jobs.retry, job_id=held.id, actor=CHOI, reason="the instance is mended")
    story.work()
    assert story.record("subscription", first)["status"] == "CANCELLED"
    assert [row for row in rows(story, Message) if row.id == held.id] == []
    assert [row for row in rows(story, Incident) if row.source == held.id and row.resolved_at is None] == []
    assert "message.retry" in {row.action for row in rows(story, Audit)}
    with pytest.raises(NotFound):
        story.baton.do(jobs.retry, job_id=held.id, actor=CHOI, reason="once more")


def test_a_poisoned_job_is_tried_again_later_and_becomes_an_incident(
    story: Story, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]]
) -> None:
    poisoned, fine = story.apply(mobile="01011112222"), story.apply(visit_slot="PM1", mobile="01033334444")
    sent: list[str] = []

    def send(prepared: notify.Delivery, _: Any) -> None:
        if prepared.phone == "01011112222":
            raise KeyError(prepared.phone)
        sent.append(prepared.phone)

    monkeypatch.setattr(notify, "send", send)
    for _ in range(5):
        story.pass_time(minutes=10)
    assert set(sent) == {"01033334444"}
    assert {row.instance_id for row in rows(story, Job) if row.retries_left == 0} == {poisoned.instance_id}
    texts = " ".join(str(row) for row in (*rows(story, Incident), *rows(story, Job), *logs))
    assert "unexpected KeyError" in texts and "01011112222" not in texts
    assert fine.instance_id not in {row.instance_id for row in rows(story, Incident)}


def test_work_that_is_always_due_does_not_spin(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BACK_OFF", (0, 0, 0))
    monkeypatch.setattr(notify, "send", lambda *_: 1 / 0)
    story.apply()
    assert worker.run_due(story.baton) <= 10


def test_only_failed_jobs_are_retried(story: Story) -> None:
    story.apply()
    (job, *_) = rows(story, Job)
    with pytest.raises(Refused) as refused:
        story.baton.do(jobs.retry, job_id=job.id, actor=CHOI, reason="impatience")
    assert refused.value.code == "JOB_NOT_FAILED"


def test_a_worker_that_died_loses_no_job(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    started = story.apply()
    sent: list[str] = []
    monkeypatch.setattr(notify, "send", lambda prepared, _: sent.append(prepared.key))
    died = story.baton.do(jobs.claim)
    others = story.work()
    assert died["id"].replace("-", ":") not in sent
    story.pass_time(seconds=31)
    assert died["id"].replace("-", ":") in sent
    assert len(sent) == others + 1 == len(set(sent))
    story.baton.do(jobs.sent, job_id=died["id"], lease_token=died["lease_token"])
    assert {row.kind for row in rows(story, Job)} == {"timer"} and started.instance_id in died["id"]


def test_a_slow_partner_is_not_asked_by_a_second_worker(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RENEWAL", 0.01)
    story.apply()
    others: list[str] = []

    def slow(prepared: notify.Delivery, _: Any) -> None:
        (before,) = [row.lease_until for row in rows(story, Job) if row.lease_token]
        story.baton.clock.advance(timedelta(seconds=20))  # type: ignore[attr-defined]
        deadline = time.monotonic() + LONG
        while before == next(row.lease_until for row in rows(story, Job) if row.lease_token) and time.monotonic() < deadline:
            time.sleep(0.01)
        story.baton.clock.advance(timedelta(seconds=20))  # type: ignore[attr-defined]
        found = story.baton.do(jobs.claim)
        others.extend([found["id"]] if found and found["id"].replace("-", ":") == prepared.key else [])

    monkeypatch.setattr(notify, "send", slow)
    assert worker.turn(story.baton) == 1
    assert others == []


def test_a_message_that_met_somebody_is_delivered_even_late(story: Story) -> None:
    number = story.apply().number
    cancellation = story.cancel(number).number
    story.complete("UT_ReceiveCancel", str(cancellation), LEE)
    story.baton.clock.advance(timedelta(days=3))  # type: ignore[attr-defined]
    story.baton.do(housekeeping.tidy)
    story.work()
    assert story.record("subscription", number)["status"] == "CANCELLED"


def test_a_message_that_nobody_waited_for_lapses(story: Story) -> None:
    number = story.apply().number
    cancellation = story.cancel(number).number
    story.complete("UT_ReceiveCancel", str(cancellation), LEE)
    with story.baton.database.write() as connection:
        (waiting,) = connection.execute(select(*MessageSubscription.__table__.c).join(Message, Message.name == MessageSubscription.name)).all()
        connection.execute(delete(MessageSubscription).where(MessageSubscription.id == waiting.id))
    story.baton.clock.advance(timedelta(days=3))  # type: ignore[attr-defined]
    late = {**waiting._mapping, "created_at": story.baton.clock.now()}
    with story.baton.database.write() as connection:
        connection.execute(insert(MessageSubscription), late)
    with story.baton.read() as read:
        assert delivery.deliverable(read) == []
    story.baton.do(housekeeping.tidy)
    assert rows(story, Message) == []


def test_forgotten_drafts_go(story: Story) -> None:
    row = {"task_id": "t", "login": "agent1", "data": b"x", "saved_at": story.baton.clock.now()}
    with story.baton.database.write() as connection:
        connection.execute(insert(Draft), row)
    story.baton.do(housekeeping.tidy)
    assert rows(story, Draft)
    story.baton.clock.advance(timedelta(days=31))  # type: ignore[attr-defined]
    story.baton.do(housekeeping.tidy)
    assert rows(story, Draft) == []


def test_a_notification_without_english_is_sent_in_korean(story: Story) -> None:
    files = apps.read(ROOT, "iptv")
    texts = files["processes/iptv/notifications.toml"].decode()
    korean = re.sub(r'^en *= *("""[\s\S]*?"""|.*)$', "", texts, flags=re.MULTILINE)
    assert korean != texts
    story.baton.do(definitions.deploy, key="iptv", files=files | {"processes/iptv/notifications.toml": korean.encode()}, actor=CHOI)
    story.apply(language="en")
    job = story.baton.do(jobs.claim)
    with story.baton.read() as read:
        assert "가입" in rendered(read, job).text
