"""Conditional events that read records: whoever changes such a record, in whatever instance, wakes who waits for it."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from engine import worker
from engine.clock import KST
from engine.runtime import watches
from engine.store.tables import History, Job, MessageSubscription, ProcessInstance, Record, UserTask
from tests.bpmn.conformance import shows
from tests.bpmn.models import boundary, catch, condition, end, event, extensions, flows, io, message, process, service, start, zeebe
from tests.runtime.small import app, by_hand, complete, deploy, publish, started
from tests.runtime.story import Story

RECORDS = """
[room]
label = { ko = "온실", en = "Room" }
[room.fields]
warm = { type = "bool", ko = "따뜻함", en = "Warm" }
[plant]
label  = { ko = "식물", en = "Plant" }
[plant.fields]
tall = { type = "bool", ko = "큼", en = "Tall" }
place = { type = "ref", to = "room", ko = "온실", en = "Room" }
"""


def record(id: str, job_type: str, collection: str, inputs: dict[str, str], case: bool = False) -> str:
    """A task that writes a record."""
    headers = [zeebe("header", key="record", value=collection)] + ([zeebe("header", key="case", value="true")] if case else [])
    return service(id, job_type, mapping=zeebe("taskHeaders", *headers) + io(inputs))


def garden(expression: str, waits: str = "") -> dict[str, bytes]:
    """Each plant is a case that waits for a condition while it is cared for; a message changes a plant, another one the room."""
    about = extensions(zeebe("properties", zeebe("property", name="baton:case", value="plant")))
    plant = process(
        about,
        start("sow", event("message", "m_sow")),
        record("make", "record.create", "plant", {"id": "=no", "tall": "=false", "place": "=spot"}, case=True),
        waits or by_hand("care") + boundary("turn", "care", condition(expression)),
        by_hand("rejoice"),
        end("e1"),
        flows("sow -> make -> care -> e1", "turn -> rejoice -> e1") if not waits else flows("sow -> make -> turn -> rejoice -> e1"),
        id="plant",
    )
    grow = process(
        start("rain", event("message", "m_rain")),
        record("grow", "record.update", "plant", {"id": "=no", "tall": "=tall", "place": "=spot"}),
        end("e2"),
        flows("rain -> grow -> e2"),
        id="growing",
    )
    heat = process(
        start("sun", event("message", "m_sun")),
        record("warming", "record.update", "room", {"id": "=no", "warm": "=warm"}),
        end("e3"),
        flows("sun -> warming -> e3"),
        id="heat",
    )
    rooms = process(
        start("build", event("message", "m_build")),
        record("brick", "record.create", "room", {"id": "=no", "warm": "=false"}),
        end("e4"),
        flows("build -> brick -> e4"),
        id="rooms",
    )
    names = [message(f"m_{name}", name.title()) for name in ("sow", "rain", "sun", "build")]
    return app(*names, plant, grow, heat, rooms, records=RECORDS)


def sown(story: Story, expression: str, *plants: str, waits: str = "") -> None:
    """Plants that wait, all in the room R1."""
    deploy(story, garden(expression, waits))
    for room in ("R1", "R2"):
        publish(story, "clock.Build", no=room)
    story.work()
    for plant in plants:
        publish(story, "clock.Sow", no=plant, spot="R1")
    story.work()


def open_tasks(story: Story) -> dict[str, str]:
    """Where each plant stands."""
    with story.baton.read() as read:
        rows = read.all(select(UserTask.business_key, UserTask.element_id).where(UserTask.app == "clock", UserTask.state == "open"))
    return {row.business_key: row.element_id for row in rows}


@shows("Boundary events", "Conditional, over records")
def test_a_change_of_its_case_elsewhere_wakes_the_one_who_waits_and_nobody_else(story: Story) -> None:
    sown(story, "=plant.tall = true", "P1", "P2")
    publish(story, "clock.Rain", no="P1", tall=True, spot="R1")
    story.work()
    assert open_tasks(story) == {"P1": "rejoice", "P2": "care"}
    with story.baton.read() as read:
        revisions = {row.business_key: row.rev for row in read.all(select(ProcessInstance.business_key, ProcessInstance.rev))}
        left = {row.name for row in read.all(select(MessageSubscription.name))}
    assert revisions["P2"] == 1  # it was not even asked
    assert left == {"condition:clock.plant"}


def test_a_condition_follows_references_also_when_they_point_elsewhere(story: Story) -> None:
    sown(story, "=plant.place.warm = true", "P1")
    publish(story, "clock.Rain", no="P1", tall=False, spot="R2")
    story.work()
    publish(story, "clock.Sun", no="R1", warm=True)
    story.work()
    assert open_tasks(story) == {"P1": "care"}
    publish(story, "clock.Sun", no="R2", warm=True)
    story.work()
    assert open_tasks(story) == {"P1": "rejoice"}


def test_a_condition_over_all_records_is_woken_by_any_of_them_and_by_new_ones(story: Story) -> None:
    sown(story, "=count(room) > 2", "P1", "P2")
    publish(story, "clock.Build", no="R3")
    story.work()
    assert open_tasks(story) == {"P1": "rejoice", "P2": "rejoice"}


@shows("Events", "Conditional catch event over records")
def test_an_intermediate_event_waits_for_a_record_too(story: Story) -> None:
    sown(story, "", "P1", waits=catch("turn", condition("=plant.tall = true")))
    publish(story, "clock.Rain", no="P1", tall=True, spot="R1")
    story.work()
    assert open_tasks(story) == {"P1": "rejoice"}


def test_looking_in_vain_leaves_no_trace_and_comes_again_after_a_while(story: Story) -> None:
    sown(story, "=plant.tall = true", "P1")
    for _ in range(3):
        story.pass_time(seconds=400)
    with story.baton.read() as read:
        instance = read.one(select(ProcessInstance.id, ProcessInstance.rev).where(ProcessInstance.process_id == "plant"))
        assert instance is not None and instance.rev == 1
        assert len(read.all(select(History.rev).where(History.instance_id == instance.id))) == 1
        assert len(read.all(select(Job.id).where(Job.kind == "condition", Job.retries_left > 0))) == 1


def test_a_write_that_knew_nothing_of_the_condition_is_seen_within_a_round(story: Story) -> None:
    sown(story, "=plant.tall = true", "P1")
    with story.baton.database.write() as connection:
        connection.execute(update(Record).where(Record.id == "P1").values(data={"tall": True, "place": "R1"}, rev=9))
    story.pass_time(seconds=watches.ROUND.total_seconds())
    assert open_tasks(story) == {"P1": "rejoice"}


def test_what_no_longer_waits_leaves_no_rows_behind(story: Story) -> None:
    sown(story, "=plant.tall = true", "P1")
    complete(story, "care")
    with story.baton.read() as read:
        assert read.all(select(MessageSubscription.id)) == [] and read.all(select(Job.id).where(Job.kind == "condition")) == []
    assert {row.business_key for row in started(story, "plant")} == {"P1"}


@pytest.mark.parametrize("turn", range(5))
def test_waiting_and_writing_at_the_same_moment_always_meet(story: Story, turn: int) -> None:
    sown(story, "=plant.tall = true and count(room) > 2")
    publish(story, "clock.Sow", no="P1", spot="R1")
    story.work()
    publish(story, "clock.Rain", no="P1", tall=True, spot="R1")
    publish(story, "clock.Build", no="R3")
    threads: list[Any] = [threading.Thread(target=worker.run_due, args=(story.baton,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    story.pass_time(seconds=timedelta(seconds=40).total_seconds())
    assert open_tasks(story) == {"P1": "rejoice"}


@pytest.mark.parametrize("kind", ["boundary", "catch"])
def test_time_alone_makes_a_condition_true_within_a_round(story: Story, kind: str) -> None:
    expression = '=today() >= date("2026-12-03")'
    waits = "" if kind == "boundary" else catch("turn", condition(expression))
    sown(story, expression, "P1", waits=waits)
    midnight = datetime(2026, 12, 3, tzinfo=KST)
    story.baton.clock.set(midnight - timedelta(seconds=1))  # type: ignore[attr-defined]
    story.work()
    assert "rejoice" not in open_tasks(story).values()
    story.pass_time(seconds=watches.ROUND.total_seconds())
    assert open_tasks(story) == {"P1": "rejoice"}
    with story.baton.read() as read:
        assert read.all(select(Job.id).where(Job.kind == "condition")) == []
