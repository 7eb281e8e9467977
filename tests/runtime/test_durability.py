"""What a step leaves behind: one commit, a history row, work that goes on after a failure, nothing half written."""

from typing import Any

import pytest
from sqlalchemy import event, select, update

from engine.errors import BatonError
from engine.runtime import jobs
from engine.store.tables import Deployment, History, Incident, Job, ProcessInstance
from tests.runtime.story import CHOI, LEE, Story


def test_every_step_has_its_history_row(story: Story) -> None:
    started = story.apply()
    story.to("UT_Install", started.number)
    with story.baton.read() as read:
        rev = read.value(select(ProcessInstance.rev).where(ProcessInstance.id == started.instance_id))
        rows = read.all(select(History.rev).where(History.instance_id == started.instance_id).order_by(History.rev))
    assert [row.rev for row in rows] == list(range(1, rev + 1))


def test_a_completion_is_one_commit_of_few_statements(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    seen: list[str] = []
    listener = lambda conn, cursor, statement, parameters, context, many: seen.append(statement)  # noqa: E731
    event.listen(story.baton.database.engine, "before_cursor_execute", listener)
    story.baton.do(
        __import__("engine.runtime.user_tasks", fromlist=["complete"]).complete, task_id=task, actor=LEE, submission={"decision": "ACCEPT"}
    )
    event.remove(story.baton.database.engine, "before_cursor_execute", listener)
    assert sum(statement.startswith("BEGIN") for statement in seen) <= 1


@pytest.mark.parametrize("nth", range(1, 14))
def test_when_the_nth_statement_of_a_completion_fails_the_old_state_stands(story: Story, nth: int) -> None:
    number = story.apply().number
    before = picture(story)
    count = 0

    def fail(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        nonlocal count
        if statement.split()[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            count += 1
            if count == nth:
                raise OSError("the disk is gone")

    event.listen(story.baton.database.engine, "before_cursor_execute", fail)
    try:
        story.complete("UT_Receive", number, LEE)
        survived = True
    except OSError:
        survived = False
    finally:
        event.remove(story.baton.database.engine, "before_cursor_execute", fail)
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
    with story.baton.read() as read:
        assert read.value(select(Incident.kind)) == "JOB_LOST"


def test_a_running_case_stays_on_its_version(story: Story) -> None:
    from_before = story.apply().number
    with story.baton.read() as read:
        deployments = read.all(select(Deployment.version, Deployment.live))
        assert read.value(select(ProcessInstance.deployment_id).where(ProcessInstance.business_key == from_before))
    assert [(row.version, row.live) for row in deployments] == [(1, True)]


def test_an_unknown_app_is_refused(story: Story) -> None:
    with pytest.raises(BatonError):
        story.baton.do(__import__("engine.runtime.instances", fromlist=["start"]).start, app="none", door="apply", actor=LEE, submission={})
