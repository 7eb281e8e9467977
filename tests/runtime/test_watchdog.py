"""The watchdog: each fault is planted by hand in the rows, gives exactly one incident within a minute, and goes away by itself."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event as Flag
from threading import Thread
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, func, insert, select, text, update

from engine import watchdog
from engine.errors import NotFound, Refused
from engine.runtime import faults, incidents, lapses, operations, stuck, workers
from engine.runtime.reader import Reader
from engine.runtime.workers import Activated
from engine.store.commit import Change
from engine.store.tables import (
    Audit,
    Correlation,
    Event,
    Incident,
    Job,
    Message,
    MessageSubscription,
    ProcessInstance,
    SubscriberCursor,
    UserTask,
)
from tests.runtime import lab
from tests.runtime.story import CHOI, Story

MINUTE = timedelta(minutes=1)
GATE = 4711  # an advisory lock of PostgreSQL


@pytest.fixture
def deployed(story: Story) -> Story:
    """The laboratory app is live, and the watchdog has looked once."""
    lab.deploy(story)
    story.work()
    return story


def edit(story: Story, *statements: Any) -> None:
    """Somebody breaks the rows by hand."""
    with story.baton.database.write() as connection:
        for statement in statements:
            connection.execute(statement)


def look(story: Story, passed: timedelta = timedelta()) -> list[Any]:
    """What is open a minute after that, while a worker sweeps every second."""
    story.baton.clock.advance(passed)  # type: ignore[attr-defined]
    for _ in range(60):
        story.baton.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
        watchdog.look(story.baton)
    return lab.open_incidents(story)


def take(story: Story, worker: str = "w1", **more: Any) -> list[Activated]:
    """An external worker asks for a job."""
    return workers.poll(story.baton, types=["outside.work"], worker=worker, **{"lease_seconds": 600, **more})


def kinds(found: list[Any]) -> list[tuple[str, str, str]]:
    """What an operator is told."""
    return [(row.kind, row.instance_id, row.element_id) for row in found]


def test_healthy_instances_give_no_incident(deployed: Story) -> None:
    for door in ("waiting", "asking", "joining", "parent"):
        lab.start(deployed, door)
    assert look(deployed) == []


def test_an_instance_where_nothing_waits_any_more_is_found_and_forgotten_once_mended(deployed: Story) -> None:
    instance = lab.start(deployed, "asking")
    edit(deployed, delete(MessageSubscription).where(MessageSubscription.instance_id == instance))
    (incident,) = look(deployed)
    assert (incident.kind, incident.instance_id, incident.element_id, incident.app) == ("STUCK", instance, "C_Answer", "lab")
    (same,) = look(deployed)
    assert same.id == incident.id
    deployed.baton.do(operations.start_before, instance_id=instance, element="UT_C", actor=CHOI, reason="다시 시작해요")
    assert look(deployed) == []


def test_each_of_many_instances_is_looked_at_within_a_minute_also_one_that_was_looked_at_just_now(
    deployed: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stuck, "FEW", 1)
    started = []
    for _ in range(9):
        deployed.baton.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
        started.append(lab.start(deployed, "asking"))
    for _ in range(11):  # the oldest ones were looked at in this very moment, or will be next
        deployed.baton.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
        watchdog.look(deployed.baton)
    edit(deployed, delete(MessageSubscription))
    found = look(deployed)
    assert {row.instance_id for row in found} == set(started) and len(found) == len(started)
    assert len(look(deployed)) == len(started)


def test_however_many_are_stuck_none_of_them_is_forgotten(deployed: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuck, "AT_MOST", 2)
    monkeypatch.setattr(stuck, "BATCH", 2)
    started = {lab.start(deployed, "asking") for _ in range(5)}
    edit(deployed, delete(MessageSubscription))
    assert {row.instance_id for row in look(deployed)} == started
    look(deployed)
    with deployed.baton.read() as read:
        assert read.value(select(func.count()).select_from(Incident)) == len(started)


def test_an_instance_whose_snapshot_is_broken_is_found(deployed: Story) -> None:
    instance = lab.start(deployed, "asking")
    edit(
        deployed,
        delete(MessageSubscription).where(MessageSubscription.instance_id == instance),
        update(ProcessInstance).where(ProcessInstance.id == instance).values(snapshot=b"not a snapshot"),
    )
    assert kinds(look(deployed)) == [("STUCK", instance, "lab_asking")]


@pytest.mark.parametrize("other_branch_waits", [False, True])
def test_a_join_that_can_never_fire_is_found(deployed: Story, other_branch_waits: bool) -> None:
    instance = lab.start(deployed, "joining")
    lab.complete(deployed, instance, "UT_L")
    if not other_branch_waits:
        lab.complete(deployed, instance, "UT_Aside")
    snapshot = orjson.loads(lab.instance(deployed, instance).snapshot)
    snapshot[5][0][6] = [row for row in snapshot[5][0][6] if row[1] != "UT_R"]
    gone = (UserTask.instance_id == instance, UserTask.element_id == "UT_R")
    broken = update(ProcessInstance).where(ProcessInstance.id == instance).values(snapshot=orjson.dumps(snapshot))
    edit(deployed, broken, delete(UserTask).where(*gone))
    assert kinds(look(deployed)) == [("JOIN_STUCK", instance, "G_Join")]
    deployed.baton.do(operations.start_before, instance_id=instance, element="UT_R", actor=CHOI, reason="되살려요")
    assert look(deployed) == []


def test_a_job_that_no_external_worker_asks_for_is_found_and_forgotten_once_one_does(deployed: Story) -> None:
    instance = lab.start(deployed, "calling")
    deployed.baton.clock.advance(faults.PATIENCE)  # type: ignore[attr-defined]
    watchdog.look(deployed.baton)
    assert lab.open_incidents(deployed) == []
    assert kinds(look(deployed, -faults.PATIENCE)) == [("UNSERVED", instance, "S_Outside")]
    until = deployed.baton.clock.now() + timedelta(hours=1)
    edit(deployed, update(Job).where(Job.instance_id == instance).values(lease_until=until, lease_token="t", worker="w1"))
    assert look(deployed) == []


def test_a_job_whose_worker_never_reported_is_found(deployed: Story) -> None:
    instance = lab.start(deployed, "calling")
    edit(deployed, update(Job).where(Job.instance_id == instance).values(lease_until=deployed.baton.clock.now(), lease_token="t", worker="w1"))
    (incident,) = look(deployed)
    assert (incident.kind, incident.instance_id) == ("LEASE_LOST", instance) and "w1" in incident.message


@pytest.mark.parametrize("sign_of_life", ["it asks for more", "it holds its job longer"])
def test_a_long_queue_of_a_worker_that_is_busy_is_nobodys_fault(deployed: Story, sign_of_life: str) -> None:
    lab.start(deployed, "calling")
    job = take(deployed)[0]
    lab.start(deployed, "calling")
    for _ in range(6):
        deployed.baton.clock.advance(timedelta(seconds=20))  # type: ignore[attr-defined]
        if sign_of_life == "it asks for more":
            take(deployed, limit=0)
        else:
            deployed.baton.do(workers.extend, job_id=job.id, lease_token=job.lease_token, lease_seconds=600)
        watchdog.look(deployed.baton)
    assert lab.open_incidents(deployed) == []


def test_a_worker_that_died_with_a_long_lease_leaves_what_waits_unserved_within_a_minute(deployed: Story) -> None:
    taken = lab.start(deployed, "calling")
    take(deployed, lease_seconds=3600)
    waiting = lab.start(deployed, "calling")
    assert kinds(look(deployed)) == [("UNSERVED", waiting, "S_Outside")]
    take(deployed, "w2")
    assert look(deployed, timedelta(seconds=-59)) == []
    assert {row.instance_id for row in look(deployed, timedelta(hours=1))} == {taken, waiting}


def test_jobs_of_suspended_instances_are_nobodys_fault(deployed: Story) -> None:
    instance = lab.start(deployed, "calling")
    deployed.baton.do(operations.suspend, instance_id=instance, actor=CHOI, reason="잠시")
    assert look(deployed, timedelta(hours=1)) == []


def test_a_subscriber_that_stands_still_is_found_and_forgotten_once_it_reads_on(deployed: Story) -> None:
    now = deployed.baton.clock.now()
    event = {"id": "e1", "app": "lab", "type": "lab.Happened", "instance_id": "", "occurred_at": now, "payload": {}}
    cursors = [{"subscriber": name, "position": 0, "updated_at": now} for name in ("view:slow", "app:lab")]  # lab listens to nothing
    edit(deployed, insert(Event).values(**event), *(insert(SubscriberCursor).values(**cursor) for cursor in cursors))
    (incident,) = look(deployed)
    assert (incident.kind, incident.source, incident.app) == ("SUBSCRIBER_STILL", "view:slow", "")
    edit(deployed, update(SubscriberCursor).where(SubscriberCursor.subscriber == "view:slow").values(position=10_000))
    assert look(deployed) == []


def test_however_many_workers_sweep_the_database_is_looked_at_every_ten_seconds(deployed: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    report = watchdog.report
    monkeypatch.setattr(watchdog, "report", lambda read: looks.append(1) or report(read))
    for _ in range(25):
        deployed.baton.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
        watchdog.look(deployed.baton)
        watchdog.look(deployed.baton)
    assert len(looks) in (2, 3)


def test_two_workers_that_look_at_the_same_moment_open_one_incident(deployed: Story) -> None:
    instance = lab.start(deployed, "asking")
    edit(deployed, delete(MessageSubscription).where(MessageSubscription.instance_id == instance))
    deployed.baton.clock.advance(MINUTE)  # type: ignore[attr-defined]
    both = [Thread(target=watchdog.look, args=(deployed.baton,)) for _ in range(4)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert kinds(lab.open_incidents(deployed)) == [("STUCK", instance, "C_Answer")]


def test_a_message_that_nobody_waited_for_is_an_incident_with_the_near_miss(deployed: Story) -> None:
    asking, sending = lab.start(deployed, "asking"), lab.start(deployed, "sending")
    (incident,) = look(deployed, timedelta(days=2))
    assert (incident.kind, incident.instance_id, incident.element_id, incident.app) == ("MESSAGE_LAPSED", sending, "T_Answer", "lab")
    assert "'K-1010'" in incident.message and "'K-1001'" in incident.message and asking in incident.message
    with deployed.baton.read() as read:
        (miss, *_) = lapses.near_misses(read, "lab.Answer", "K-1010")
        other_name = lapses.near_misses(read, "lab.Reply", "K-1001")
        assert lapses.near_misses(read, "lab.Answer", "zzz") == []
    assert (miss.instance_id, miss.element_id, miss.key) == (asking, "C_Answer", "K-1001") and miss.likeness > 0.8
    assert [(found.name, found.likeness) for found in other_name] == [("lab.Answer", 1.0)]


def test_a_lapsed_message_goes_to_the_right_key_and_arrives(deployed: Story) -> None:
    asking, _ = lab.start(deployed, "asking"), lab.start(deployed, "sending")
    (incident,) = look(deployed, timedelta(days=2))
    words = {"message_id": incident.source, "actor": CHOI}
    with pytest.raises(Refused):
        deployed.baton.do(lapses.redeliver, key="K-1001", reason="", **words)
    deployed.baton.do(lapses.redeliver, key="K-1001", reason="번호를 잘못 적었어요", **words)
    deployed.work()
    assert lab.standing(deployed, asking) == {"UT_C"} and lab.open_incidents(deployed) == []
    with deployed.baton.read() as read:
        assert read.value(select(Incident.resolved_by).where(Incident.id == incident.id)) == CHOI.id
        assert read.value(select(Audit.reason).where(Audit.action == "message.redeliver")) == "번호를 잘못 적었어요"
    with pytest.raises(NotFound):
        deployed.baton.do(lapses.discard, reason="늦었어요", **words)


def test_a_lapsed_message_is_discarded_with_a_reason(deployed: Story) -> None:
    lab.start(deployed, "sending")
    (incident,) = look(deployed, timedelta(days=2))
    deployed.baton.do(lapses.discard, message_id=incident.source, actor=CHOI, reason="필요 없어요")
    with deployed.baton.read() as read:
        assert read.value(select(func.count()).select_from(Message)) == 0
    assert look(deployed) == []


def test_an_announcement_lapses_in_silence(deployed: Story) -> None:
    asking = lab.start(deployed, "asking")
    deployed.baton.do(operations.suspend, instance_id=asking, actor=CHOI, reason="잠시")
    deployed.baton.do(lab.publish, key="K-1001", ttl="PT0S")
    deployed.baton.do(lab.publish, key="nobody", ttl="PT0S")
    deployed.baton.do(operations.cancel, instance_id=asking, actor=CHOI, reason="그만")
    deployed.pass_time(days=2)
    assert lab.open_incidents(deployed) == []
    with deployed.baton.read() as read:
        assert read.value(select(func.count()).select_from(Message)) == 0


def test_an_operator_writes_a_note(deployed: Story) -> None:
    instance = lab.start(deployed, "asking")
    edit(deployed, delete(MessageSubscription).where(MessageSubscription.instance_id == instance))
    (incident,) = look(deployed)
    deployed.baton.do(incidents.annotate, incident_id=incident.id, note="상대 시스템에 물어봤어요", actor=CHOI)
    assert lab.open_incidents(deployed)[0].note == "상대 시스템에 물어봤어요"
    with pytest.raises(Refused):
        deployed.baton.do(incidents.annotate, incident_id=incident.id, note=" ", actor=CHOI)


def wait_for(read: Reader, *, number: int, held: bool = False) -> Change:
    """A receiver begins to wait, as a step writes it; `held`: its commit comes once nobody has the lock GATE any more."""
    row = {"id": f"s-{number}", "instance_id": "i", "token": number, "element_id": "E", "name": "lab.Answer", "key": f"pair-{number}"}
    change = Change(pairs={("lab.Answer", f"pair-{number}")})
    change.add(insert(MessageSubscription), row | {"created_at": read.now})
    if held:
        change.add(select(func.pg_advisory_xact_lock(GATE)))
    return change


def announce(read: Reader, *, number: int, locked: bool = True) -> Change:
    """An announcement, which is kept only if its receiver waits already."""
    change = lab.publish(read, key=f"pair-{number}", ttl="PT0S")
    return change if locked else replace(change, pairs=set())


def waiting(story: Story, *events: str) -> bool:
    """Whether somebody in the database waits for such a lock."""
    asked = text("select wait_event from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
    with story.baton.database.engine.connect() as connection:
        return not set(events).isdisjoint(connection.scalars(asked))


def met(story: Story, number: int) -> bool:
    """Whether the announcement was kept for its receiver."""
    with story.baton.read() as read:
        return read.value(select(Message.id).where(Message.key == f"pair-{number}")) is not None


def announced_while_its_receiver_arrives(story: Story, number: int, locked: bool) -> bool:
    """The receiver has written but not committed when somebody announces; whether they met."""
    arriving = Thread(target=story.baton.do, args=(wait_for,), kwargs={"number": number, "held": True})
    announcing = Thread(target=story.baton.do, args=(announce,), kwargs={"number": number, "locked": locked})
    with story.baton.database.engine.begin() as gate:
        gate.execute(select(func.pg_advisory_xact_lock(GATE)))
        arriving.start()
        while not waiting(story, "advisory"):
            time.sleep(0.01)
        announcing.start()
        while announcing.is_alive() and not (locked and waiting(story, "transactionid", "tuple")):
            time.sleep(0.01)
    arriving.join()
    announcing.join()
    return met(story, number)


@pytest.fixture
def cleaned(deployed: Story) -> Iterator[Story]:
    """All the while somebody drops the pairs that nobody needs."""
    done = Flag()

    def clean() -> None:
        while not done.wait(0.005):
            deployed.baton.do(lapses.forget_pairs)

    cleaner = Thread(target=clean)
    cleaner.start()
    yield deployed
    done.set()
    cleaner.join()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_while_pairs_are_dropped_an_announcement_still_waits_for_the_receiver_that_is_just_arriving(cleaned: Story) -> None:
    for number in range(6):
        if number % 2:  # the pair stands there already, and nobody needs it
            edit(cleaned, insert(Correlation).values(name="lab.Answer", key=f"pair-{number}"))
        assert announced_while_its_receiver_arrives(cleaned, number, locked=True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_lock_on_the_pair_they_miss_each_other(cleaned: Story) -> None:
    assert not announced_while_its_receiver_arrives(cleaned, 0, locked=False)


def test_pairs_that_nobody_needs_any_more_are_gone(deployed: Story) -> None:
    for number in range(3):
        deployed.baton.do(wait_for, number=number)
        deployed.baton.do(announce, number=number)
    deployed.baton.do(lapses.forget_pairs)
    with deployed.baton.read() as read:
        assert read.value(select(func.count()).select_from(Correlation)) == 3
    edit(deployed, delete(Message), delete(MessageSubscription))
    deployed.baton.do(lapses.forget_pairs)
    with deployed.baton.read() as read:
        assert read.value(select(func.count()).select_from(Correlation)) == 0
