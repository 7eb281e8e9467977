"""Instances that start by themselves: timers, messages and signals at the start events of what is deployed."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import worker
from engine.apps import AppRefused
from engine.clock import KST, SystemClock
from engine.errors import NotFound
from engine.runtime import definitions, jobs, switches, user_tasks
from engine.store.tables import Audit, History, Incident, Job, Message, ProcessInstance, Record, StartSubscription, UserTask
from tests.bpmn.conformance import shows
from tests.bpmn.models import (
    catch,
    element,
    end,
    event,
    extensions,
    flow,
    flows,
    gateway,
    io,
    message,
    process,
    script,
    service,
    start,
    throw,
    timer,
    zeebe,
)
from tests.runtime.small import TOML, app, by_hand, complete, deploy, publish, started, variables
from tests.runtime.story import CHOI, TUESDAY, Story

RECORDS = """
[report]
label  = { ko = "보고", en = "Report" }
number = { field = "no", format = "R-{yyyymmdd}-{nnnn}" }
states = "status"
[report.fields]
no     = { type = "text", ko = "번호", en = "Number" }
topic  = { type = "text", ko = "주제", en = "Topic" }
status = { type = "enum", ko = "상태", en = "Status", values = [{ id = "NEW", ko = "새로", en = "New" }, { id = "READ", ko = "읽음", en = "Read" }] }
[report.transitions]
NEW = ["READ"]
"""


def ticking(text: str, kind: str = "timeCycle", inside: str = "", after: str = "") -> dict[str, bytes]:
    """A process whose timer start event leads to a task."""
    return app(process(start("tick", inside, timer(kind, text)), by_hand("look"), end(), flows("tick -> look -> end"), after))


def retire(story: Story) -> Any:
    return story.baton.do(definitions.retire, key="clock", actor=CHOI, reason="no longer needed")


def due(story: Story) -> list[datetime]:
    """When the timer starts are due, as Korean time."""
    with story.baton.read() as read:
        rows = read.all(select(Job.due_at).where(Job.app == "clock", Job.kind == "start").order_by(Job.due_at))
    return [row.due_at.astimezone(KST) for row in rows]


@shows("Start", "Timer start event: a cycle")
def test_each_firing_of_a_cycle_starts_an_instance_and_the_last_one_ends_it(story: Story) -> None:
    deploy(story, ticking("R3/PT1H"))
    assert due(story) == [TUESDAY + timedelta(hours=1)]
    story.pass_time(minutes=59)
    assert started(story) == []
    story.pass_time(minutes=1)
    assert len(started(story)) == 1 and due(story) == [TUESDAY + timedelta(hours=2)]
    story.pass_time(hours=1)
    story.pass_time(hours=5)
    assert len(started(story)) == 3 and due(story) == []


def test_what_was_due_while_nobody_worked_is_made_up_for(story: Story) -> None:
    deploy(story, ticking("R/PT1H"))
    story.pass_time(hours=3, minutes=20)
    assert len(started(story)) == 3
    assert due(story) == [TUESDAY + timedelta(hours=4)]  # and the cycle does not drift


@shows("Start", "Timer start event: cron")
def test_cron_starts_count_in_korean_time(story: Story) -> None:
    deploy(story, ticking("0 30 8 * * MON-FRI"))
    assert due(story) == [datetime(2026, 12, 2, 8, 30, tzinfo=KST)]
    story.pass_time(days=1)
    assert len(started(story)) == 1 and due(story) == [datetime(2026, 12, 3, 8, 30, tzinfo=KST)]


@shows("Start", "Timer start event: business hours")
def test_a_cycle_in_business_hours_skips_nights_and_holidays(story: Story) -> None:
    calendar = extensions(zeebe("properties", zeebe("property", name="baton:calendar", value="business")))
    deploy(story, ticking("R/PT9H", inside=calendar))
    assert due(story) == [datetime(2026, 12, 3, 10, 0, tzinfo=KST)]  # Tuesday 10 to 18, not on the holiday, Thursday 9 to 10


def test_the_business_hours_are_those_of_the_app(story: Story) -> None:
    calendar = extensions(zeebe("properties", zeebe("property", name="baton:calendar", value="business")))
    open_late = TOML + 'hours = { opens = 12:30:00, closes = 22:00:00, days = ["TUE", "SAT"] }\n'
    clock = process(start("tick", calendar, timer("timeCycle", "R/PT10H")), by_hand("look"), end(), flows("tick -> look -> end"))
    deploy(story, app(clock, toml=open_late))
    assert due(story) == [datetime(2026, 12, 5, 13, 0, tzinfo=KST)]  # Tuesday 12:30 to 22, Saturday 12:30 to 13


@shows("Start", "Timer start event: a date")
def test_a_date_in_the_past_fires_once_and_not_again_with_the_next_version(story: Story) -> None:
    deploy(story, ticking("2026-11-01T09:00:00+09:00", "timeDate"))
    story.work()
    assert len(started(story)) == 1
    story.work()
    deploy(story, ticking("2026-11-01T09:00:00+09:00", "timeDate", after=element("textAnnotation", "note")))
    story.work()
    assert len(started(story)) == 1


def test_a_new_version_keeps_a_schedule_that_it_draws_as_before_and_starts_its_own_instances(story: Story) -> None:
    deploy(story, ticking("R/PT1H"))
    story.pass_time(minutes=40)
    deploy(story, ticking("R/PT1H", after=element("textAnnotation", "note")))
    assert due(story) == [TUESDAY + timedelta(hours=1)]
    story.pass_time(minutes=20)
    with story.baton.read() as read:
        live, _ = read.live("clock")
    assert [row.deployment_id for row in started(story)] == [live]


def test_a_new_version_with_another_timer_or_none_ends_the_old_one(story: Story) -> None:
    deploy(story, ticking("R/PT1H"))
    deploy(story, ticking("R/PT5H"))
    assert due(story) == [TUESDAY + timedelta(hours=5)]
    deploy(story, app(process(start(), by_hand("look"), end(), flows("start -> look -> end"))))
    assert due(story) == []


def test_a_start_timer_that_gives_no_time_is_refused_with_its_element(story: Story) -> None:
    with pytest.raises(AppRefused) as refused:
        deploy(story, ticking("=settings.when"))
    assert [(finding.element, finding.rule) for finding in refused.value.findings] == [("tick", "timer-value")]
    with pytest.raises(NotFound), story.baton.read() as read:
        read.live("clock")


def test_a_start_timer_reads_the_settings_of_the_app(story: Story) -> None:
    deploy(
        story,
        app(process(start("tick", timer("timeDuration", "=settings.when")), end(), flows("tick -> end")), toml=TOML + '[settings]\nwhen = "PT2H"\n'),
    )
    assert due(story) == [TUESDAY + timedelta(hours=2)]


def test_a_firing_that_fails_is_an_incident_of_its_own_and_the_schedule_goes_on(story: Story) -> None:
    failing = process(
        start("tick", timer("timeCycle", "R/PT1H")), gateway("exclusive", "g"), end(), flows("tick -> g"), flow("g", "end", "=settings.on")
    )
    deploy(story, app(failing, toml=TOML + "[settings]\non = false\n"))
    story.pass_time(hours=2)
    assert started(story) == []
    with story.baton.read() as read:
        incidents = read.all(select(Incident.element_id, Incident.kind, Incident.source))
        held = read.all(select(Job.id, Job.retries_left).where(Job.kind == "start").order_by(Job.retries_left, Job.id))
    assert {(row.element_id, row.kind) for row in incidents} == {("tick", "START_FAILED")} and len(incidents) == 2
    assert [row.retries_left for row in held] == [0, 0, 3]
    story.baton.do(jobs.retry, job_id=held[0].id, actor=CHOI, reason="mended")


def test_taking_an_app_out_of_service_ends_its_starts_and_lets_its_cases_go_on(story: Story) -> None:
    deploy(story, app(process(start("tick", timer("timeCycle", "R/PT1H")), by_hand("look"), end(), flows("tick -> look -> end")), *by_message()))
    story.pass_time(hours=1)
    assert retire(story) == 1
    story.pass_time(hours=3)
    publish(story, "clock.Hello")
    story.work()
    assert len(started(story)) == 1 and started(story, "m") == []
    with story.baton.read() as read:
        assert read.all(select(StartSubscription.id)) == [] and due(story) == []
        assert read.value(select(Audit.reason).where(Audit.action == "app.undeploy")) == "no longer needed"
        task = read.value(select(UserTask.id).where(UserTask.app == "clock"))
    story.baton.do(user_tasks.complete, task_id=task, actor=CHOI, submission={})
    with pytest.raises(NotFound):
        retire(story)


def test_timers_start_instances_on_the_real_clock_too(story: Story) -> None:
    story.baton.clock = SystemClock()
    began = story.baton.clock.now()
    deploy(story, ticking("R2/PT1S"))
    until = time.monotonic() + 120
    while len(started(story)) < 2 and time.monotonic() < until:
        worker.run_due(story.baton)
        time.sleep(0.2)
    first, second = (row.started_at for row in started(story))
    assert first - began >= timedelta(seconds=1) and second - began >= timedelta(seconds=2)


def by_message() -> tuple[str, str]:
    """A process `m` that a message starts."""
    begun = start("hear", event("message", "hello"))
    return message("hello", "Hello"), process(begun, by_hand("greet"), end("done"), flows("hear -> greet -> done"), id="m")


@shows("Start", "Message start event: each message a new instance")
def test_a_message_starts_an_instance_with_its_variables_once(story: Story) -> None:
    deploy(story, app(*by_message()))
    publish(story, "clock.Hello", key="whatever", who="Kim")
    story.work()
    story.work()
    (only,) = started(story, "m")
    assert variables(story, only.id) == {"who": "Kim"}
    with story.baton.read() as read:
        assert read.all(select(Message.id)) == []
        assert [entry for row in read.all(select(History.events)) for entry in row.events if entry["type"] == "started"] == [
            {"type": "started", "element": "hear", "by": "message"}
        ]


def test_a_message_published_before_the_deployment_starts_when_it_has_not_lapsed(story: Story) -> None:
    publish(story, "clock.Hello", ttl="PT1H", who="late")
    publish(story, "clock.Hello", ttl="PT1M", who="lapsed")
    publish(story, "clock.Hello", ttl="PT0S", who="unheard")
    story.pass_time(minutes=30)
    deploy(story, app(*by_message()))
    story.work()
    assert [variables(story, row.id)["who"] for row in started(story, "m")] == ["late"]
    publish(story, "clock.Hello", ttl="PT0S", who="now")
    story.work()
    assert len(started(story, "m")) == 2


@shows("Start", "Message start event beside an instance that waits")
def test_an_instance_that_waits_for_the_message_wins_over_a_new_one(story: Story) -> None:
    waits = catch("more", event("message", "again", id="e")), message("again", "Hello", "=who")
    first = start("hear", event("message", "hello", id="d"))
    drawn = process(first, waits[0], end(), flows("hear -> more -> end"), id="m")
    deploy(story, app(message("hello", "Hello"), waits[1], drawn))
    publish(story, "clock.Hello", key="Kim", who="Kim")
    story.work()
    publish(story, "clock.Hello", key="Kim", who="Kim")
    story.work()
    publish(story, "clock.Hello", key="Lee", who="Lee")
    story.work()
    assert [variables(story, row.id)["who"] for row in started(story, "m")] == ["Kim", "Lee"]
    with story.baton.read() as read:
        assert sorted(row.state for row in read.all(select(ProcessInstance.state).where(ProcessInstance.process_id == "m"))) == [
            "completed",
            "running",
        ]


def test_one_message_starts_every_process_that_it_can(story: Story) -> None:
    other = process(start("listen", event("message", "hello", id="f")), end("over"), flows("listen -> over"), id="n")
    deploy(story, app(*by_message(), other))
    publish(story, "clock.Hello")
    story.work()
    assert len(started(story, "m")) == len(started(story, "n")) == 1


@shows("Start", "Signal start event: a new instance in every process")
def test_a_signal_starts_an_instance_in_every_process_that_waits_for_it(story: Story) -> None:
    signal = '<bpmn:signal id="s" name="Bell" />'
    throws = process(
        start("tick", timer("timeDuration", "PT1H")),
        script("say", '="3"', "n"),
        throw("ring", event("signal", "s"), extensions(io({"n": "=n"}))),
        end(),
        flows("tick -> say -> ring -> end"),
    )
    hears = [
        process(
            start(f"hear_{name}", event("signal", "s")),
            by_hand(f"do_{name}"),
            end(f"end_{name}"),
            flows(f"hear_{name} -> do_{name} -> end_{name}"),
            id=name,
        )
        for name in ("a", "b")
    ]
    deploy(story, app(signal, throws, *hears))
    story.pass_time(hours=1)
    assert [variables(story, row.id) for name in ("a", "b") for row in started(story, name)] == [{"n": "3"}, {"n": "3"}]


@shows("Start", "Event-based gateway that instantiates: by a message")
def test_the_first_of_the_events_behind_an_instantiating_gateway_starts_the_instance(story: Story) -> None:
    drawn = process(
        element("eventBasedGateway", "g", instantiate="true"),
        catch("by_hello", event("message", "hello")),
        catch("by_bye", event("message", "bye")),
        by_hand("after"),
        end(),
        flows("g -> by_hello -> after -> end", "g -> by_bye -> after"),
    )
    deploy(story, app(message("hello", "Hello"), message("bye", "Bye"), drawn))
    publish(story, "clock.Bye", who="Lee")
    story.work()
    (only,) = started(story)
    assert variables(story, only.id) == {"who": "Lee"}
    with story.baton.read() as read:
        assert [row.element_id for row in read.all(select(UserTask.element_id).where(UserTask.app == "clock"))] == ["after"]


@shows("Start", "Receive task that instantiates: by a message")
def test_an_instantiating_receive_task_starts_the_instance(story: Story) -> None:
    drawn = process(element("receiveTask", "get", messageRef="hello", instantiate="true"), by_hand("after"), end(), flows("get -> after -> end"))
    deploy(story, app(message("hello", "Hello"), drawn))
    publish(story, "clock.Hello", who="Park")
    story.work()
    (only,) = started(story)
    assert variables(story, only.id) == {"who": "Park"}


def reporting(before: str = "") -> dict[str, bytes]:
    """A message leads to a report: the record is made in the drawing and becomes the case."""
    case = extensions(
        zeebe("properties", zeebe("property", name="baton:case", value="report"), zeebe("property", name="baton:subject", value="{{report.topic}}"))
    )
    headers = zeebe("taskHeaders", zeebe("header", key="record", value="report"), zeebe("header", key="case", value="true"))
    make = service("make", "record.create", mapping=headers + io({"topic": "=topic", "status": '="NEW"'}))
    status = throw("read", "", extensions(zeebe("properties", zeebe("property", name="baton:status", value="READ"))))
    path = flows(f"hear -> {'first -> ' if before else ''}make -> look -> read -> last -> end")
    drawn = process(
        case, start("hear", event("message", "hello", id="d")), before, make, by_hand("look"), status, by_hand("last"), end(), path, id="m"
    )
    return app(message("hello", "Hello"), drawn, records=RECORDS)


def test_a_record_made_in_the_drawing_becomes_the_case(story: Story) -> None:
    deploy(story, reporting())
    publish(story, "clock.Hello", topic="Rain")
    story.work()
    (only,) = started(story, "m")
    assert only.business_key == "R-20261201-0001"
    complete(story, "look")
    with story.baton.read() as read:
        record = read.one(select(Record.data, Record.link).where(Record.collection == "report"))
        tasks = read.all(select(UserTask.business_key, UserTask.collection, UserTask.subject).where(UserTask.app == "clock"))
        keys = {row.business_key for row in read.all(select(History.business_key).where(History.instance_id == only.id))}
    assert record is not None and record.data["status"] == "READ" and record.link
    assert {(row.business_key, row.collection) for row in tasks} == {(only.business_key, "report")} and keys == {only.business_key}


def test_what_an_instance_did_before_it_had_a_case_belongs_to_the_case(story: Story) -> None:
    deploy(story, reporting(by_hand("first")))
    publish(story, "clock.Hello", topic="Snow")
    story.work()
    assert [row.business_key for row in started(story, "m")] == [None]
    complete(story, "first")
    (only,) = started(story, "m")
    assert only.business_key == "R-20261201-0001"
    with story.baton.read() as read:
        tasks = {row.business_key for row in read.all(select(UserTask.business_key).where(UserTask.instance_id == only.id))}
        keys = {row.business_key for row in read.all(select(History.business_key).where(History.instance_id == only.id))}
    assert tasks == keys == {only.business_key}
    complete(story, "look")
    assert story.record("report", only.business_key)["status"] == "READ"


def test_a_record_can_only_become_the_case_of_a_process_about_such_records(story: Story) -> None:
    files = reporting()
    name = "processes/clock/clock.bpmn"
    files[name] = files[name].replace(b'name="baton:case" value="report"', b'name="baton:facts" value=""')
    with pytest.raises(AppRefused) as refused:
        deploy(story, files)
    assert ("make", "case-without-process") in [(finding.element, finding.rule) for finding in refused.value.findings]


def test_after_a_long_standstill_a_clock_makes_up_for_it_once(story: Story) -> None:
    deploy(story, ticking("R/PT5M"))
    story.pass_time(days=30)
    assert len(started(story)) == 1
    story.pass_time(minutes=5)
    assert len(started(story)) == 2


def test_no_case_starts_by_itself_while_the_service_drains_and_none_is_forgotten(story: Story) -> None:
    deploy(story, app(process(start("tick", timer("timeCycle", "R/PT1H")), by_hand("look"), end(), flows("tick -> look -> end")), *by_message()))
    story.baton.do(switches.drain, actor=CHOI, reason="a new version of the program")
    publish(story, "clock.Hello")
    story.pass_time(hours=1)
    assert started(story) == [] and started(story, "m") == []
    story.baton.do(switches.undrain, actor=CHOI, reason="it is there")
    story.work()
    assert len(started(story)) == len(started(story, "m")) == 1


def test_a_paused_app_starts_nothing_until_it_goes_on(story: Story) -> None:
    deploy(story, app(process(start("tick", timer("timeCycle", "R/PT1H")), by_hand("look"), end(), flows("tick -> look -> end")), *by_message()))
    story.baton.do(switches.pause, app="clock", actor=CHOI, reason="a mistake in it")
    publish(story, "clock.Hello", ttl="PT1H")
    story.pass_time(hours=2)
    assert started(story) == [] and started(story, "m") == []
    story.baton.do(switches.unpause, app="clock", actor=CHOI, reason="mended")
    story.work()
    assert len(started(story)) == 2 and len(started(story, "m")) == 1
