"""What a step leaves behind: one commit, a history row, work that goes on after a failure, nothing half written."""

from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from engine import apps
from engine.actors import Actor
from engine.bpmn import StepFailed
from engine.errors import Busy, Gone, NotFound, Refused
from engine.runtime import definitions, incidents, instances, jobs, step, user_tasks
from engine.runtime.names import Names
from engine.runtime.reader import Reader
from engine.runtime.records import Records
from engine.store.commit import Change, Stale
from engine.store.tables import Capacity, Deployment, History, Incident, Job, ProcessInstance, Reservation
from tests.runtime.counting import counted
from tests.runtime.story import CHOI, JUNG, LEE, PARK, ROOT, Story


def test_every_step_has_its_history_row(story: Story) -> None:
    started = story.apply()
    story.to("UT_Install", started.number)
    with story.baton.read() as read:
        rev = read.value(select(ProcessInstance.rev).where(ProcessInstance.id == started.instance_id))
        rows = read.all(select(History.rev).where(History.instance_id == started.instance_id).order_by(History.rev))
    assert [row.rev for row in rows] == list(range(1, rev + 1))


def test_a_completion_is_one_commit_of_few_statements(story: Story) -> None:
    number = story.apply().number
    story.to("UT_Arrive", number)
    task = story.task("UT_Arrive", number)
    with counted(story.baton) as seen:
        story.baton.do(user_tasks.complete, task_id=task, actor=PARK, submission={"arrival_result": "ARRIVED"})
    assert seen.commits == 1
    assert len(seen.statements) <= 9, seen.statements  # two records change, by one statement: the application and its job


@pytest.mark.parametrize("nth", range(1, 14))
def test_when_the_nth_statement_of_a_completion_fails_the_old_state_stands(story: Story, nth: int) -> None:
    number = story.apply().number
    before = picture(story)
    count = 0

    def fail(statement: str) -> None:
        nonlocal count
        if statement.split()[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            count += 1
            if count == nth:
                raise OSError("the disk is gone")

    links = story.baton.database.links
    before_that, links.watch = links.watch, fail
    try:
        story.complete("UT_Receive", number, LEE)
        survived = True
    except OSError:
        survived = False
    finally:
        links.watch = before_that
    assert survived == (count < nth)
    assert (picture(story) == before) != survived


def picture(story: Story) -> list[Any]:
    """What stands in the tables that a completion writes."""
    with story.baton.read() as read:
        instances = [(row.id, row.rev) for row in read.all(select(ProcessInstance.id, ProcessInstance.rev).order_by(ProcessInstance.id))]
        histories = [
            (row.instance_id, row.rev) for row in read.all(select(History.instance_id, History.rev).order_by(History.instance_id, History.rev))
        ]
        found = [row.id for row in read.all(select(Job.id).order_by(Job.id))]
    return [instances, histories, found, *[story.open_tasks(row[0]) for row in instances]]


def test_a_dead_channel_holds_nobody_up_and_becomes_an_incident(story: Story) -> None:
    number = story.apply().number
    story.work()
    story.to("UT_Install", number)
    with story.baton.read() as read:
        incident = read.one(select(Incident.kind, Incident.message, Incident.source))
    assert incident is not None and incident.kind == "JOB_FAILED"
    assert "BATON_S" in incident.message


def test_an_operator_lets_a_failed_job_run_again(story: Story) -> None:
    story.apply()
    story.work()
    with story.baton.read() as read:
        job = read.value(select(Job.id).where(Job.retries_left == 0))
    story.baton.do(jobs.retry, job_id=job, actor=CHOI, reason="the gateway is back")
    with story.baton.read() as read:
        assert read.value(select(Job.retries_left).where(Job.id == job)) > 0
        assert read.value(select(Incident.resolved_at).where(Incident.source == job)) is not None


def test_a_lease_that_went_to_another_finishes_nothing(story: Story) -> None:
    story.apply()
    job = story.baton.do(jobs.claim)
    with story.baton.database.write() as connection:
        connection.execute(update(Job).where(Job.id == job["id"]).values(lease_token="somebody else"))
    story.baton.do(jobs.sent, job_id=job["id"], lease_token=job["lease_token"])
    with story.baton.read() as read:
        assert read.value(select(Job.id).where(Job.id == job["id"])) == job["id"]


def test_a_job_whose_workers_never_report_becomes_an_incident(story: Story) -> None:
    story.apply()
    for _ in range(jobs.ATTEMPT_LIMIT):
        assert story.baton.do(jobs.claim) is not None
        story.baton.clock.advance(jobs.LEASE * 2)  # type: ignore[attr-defined]
    assert story.baton.do(jobs.claim) is None
    story.baton.do(jobs.give_up_lost)
    with story.baton.read() as read:
        assert read.value(select(Incident.kind)) == "JOB_LOST"
        assert read.value(select(Job.retries_left).join(Incident, Incident.source == Job.id)) == 0


def test_a_running_case_stays_on_its_version(story: Story) -> None:
    before = story.apply().number
    files = apps.read(ROOT, "iptv") | {"processes/iptv/README.md": "둘째 판".encode()}
    assert story.baton.do(definitions.deploy, key="iptv", files=files, actor=CHOI).version == 2
    after = story.apply().number
    story.complete("UT_Receive", before, LEE)
    cancellation = story.cancel(before).number
    assert [version_of(story, number) for number in (before, cancellation, after)] == [1, 1, 2]


def version_of(story: Story, number: str | None) -> int:
    """The version that the process instance of a case runs on."""
    with story.baton.read() as read:
        joined = select(Deployment.version).join(ProcessInstance, ProcessInstance.deployment_id == Deployment.id)
        found: int = read.value(joined.where(ProcessInstance.business_key == number))
    return found


def test_an_unknown_app_is_refused(story: Story) -> None:
    with pytest.raises(NotFound):
        story.baton.do(instances.start, app="none", door="apply", actor=LEE, submission={})


def test_two_agents_at_the_same_moment_one_completes_and_the_other_sees_who(story: Story) -> None:
    for day in ("03", "04", "05", "07", "08", "09", "10", "11"):
        number = story.apply(visit_date=f"2026-12-{day}").number
        task = story.task("UT_Receive", number)
        with ThreadPoolExecutor(2) as together:
            both = [together.submit(attempt, story, task, actor) for actor in (LEE, JUNG)]
            assert sorted(future.result() for future in both) == ["TASK_GONE", "done"]


def attempt(story: Story, task: str, actor: Actor) -> str:
    try:
        story.baton.do(user_tasks.complete, task_id=task, actor=actor, submission={"decision": "ACCEPT"})
        return "done"
    except Refused as refused:
        return refused.code


def test_a_command_that_reads_an_older_row_than_its_instance_starts_again(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    with story.baton.read() as read:
        old = read.all(user_tasks.FIND_WITH_INSTANCE, {"task_id": task})
    story.complete("UT_Receive", number, LEE)
    read_all, stale = Reader.all, [old]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "all", lambda self, *words: stale.pop() if stale else read_all(self, *words))
        with pytest.raises(Gone):
            story.baton.do(user_tasks.complete, task_id=task, actor=LEE, submission={"decision": "ACCEPT"})
    assert stale == []


def test_a_reservation_made_twice_in_one_step_is_one(story: Story) -> None:
    key = {"engineer": "E101", "date": "2026-12-03", "slot": "AM1"}

    def reserve_twice(read: Reader) -> Change:
        with_names = Names(Records(read, read.live("iptv")[1]), None, LEE)
        for slot in ("AM1", "AM2", "AM1", "AM1"):
            with_names.capacities.reserve("calendar", key | {"slot": slot}, "S-1")
        change = Change()
        with_names.capacities.write(change)
        return change

    story.baton.do(reserve_twice)
    story.baton.do(reserve_twice)
    with story.baton.read() as read:
        assert [(row.key, row.reserved) for row in read.all(select(Capacity.key, Capacity.reserved).where(Capacity.reserved > 0))] == [
            ("E101/2026-12-03/AM1", 1)
        ]
        assert read.value(select(func.count()).select_from(Reservation)) == 1


def test_what_cannot_get_through_says_busy_and_why(story: Story) -> None:
    def always_stale(read: Reader) -> Change:
        raise Stale()

    with pytest.raises(Busy) as busy:
        story.baton.do(always_stale)
    assert isinstance(busy.value.__cause__, Stale)


def test_a_step_that_cannot_run_is_told_to_the_person_and_to_the_log(
    story: Story, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]]
) -> None:
    number = story.apply().number

    def fail(*_: Any) -> None:
        raise StepFailed("UT_Receive", "nothing waits", "기다리는 것이 없어요")

    monkeypatch.setattr(step, "advance", fail)
    with pytest.raises(Refused) as refused:
        story.complete("UT_Receive", number, LEE)
    assert refused.value.code == "STEP_FAILED" and refused.value.texts["ko"] and refused.value.texts["en"]
    assert [(line["action"], line["element"]) for line in logs if line["log_level"] == "error"] == [("step.fail", "UT_Receive")]


def test_incidents_of_a_job_that_nobody_needs_any_more_are_closed(story: Story) -> None:
    started = story.apply()
    row = {"instance_id": started.instance_id, "element_id": "UT_Receive", "kind": "JOB_LOST", "message": "", "created_at": story.baton.clock.now()}

    def resolve(read: Reader) -> Change:
        change = Change()
        incidents.resolve(read, change, started.instance_id, ["first"])
        return change

    with story.baton.database.write() as connection:
        for source in ("first", "second"):
            connection.execute(insert(Incident), row | {"id": source, "source": source})
    story.baton.do(resolve)
    with story.baton.read() as read:
        assert [found.id for found in read.all(select(Incident.id).where(Incident.resolved_at.is_(None)))] == ["second"]
