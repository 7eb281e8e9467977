"""Operator Choi holds, ends and mends instances: with a reason, audited, told in their history, and never half."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from engine import apps
from engine.errors import Refused
from engine.runtime import definitions, instance_versions, jobs, operations
from engine.runtime.suspension import Suspended
from engine.store.tables import Audit, History, Job, MessageSubscription, ProcessInstance, UserTask
from tests.runtime import lab
from tests.runtime.story import CHOI, ROOT, Story

WHY = {"actor": CHOI, "reason": "고객이 기다려 달라고 했어요"}


@pytest.fixture
def deployed(story: Story) -> Story:
    """The laboratory app is live."""
    lab.deploy(story)
    return story


def do(story: Story, command: Callable[..., Any], instance_id: str, **words: Any) -> Any:
    """Choi does something to an instance."""
    return story.baton.do(command, instance_id=instance_id, **words, **WHY)


def audited(story: Story, instance_id: str) -> list[tuple[str, str]]:
    """What was done to an instance, and why."""
    with story.baton.read() as read:
        rows = read.all(select(Audit.action, Audit.reason).where(Audit.object == instance_id).order_by(Audit.at, Audit.id))
    return [(row.action, row.reason) for row in rows]


def noted(story: Story, instance_id: str) -> list[str]:
    """The operations in its history."""
    with story.baton.read() as read:
        rows = read.all(select(History.events).where(History.instance_id == instance_id).order_by(History.rev))
    return [event["action"] for row in rows for event in row.events if event["type"] == "operation"]


def token(story: Story, instance_id: str, element: str) -> int:
    """The token that waits at an element."""
    with story.baton.read() as read:
        for table in (UserTask, Job, MessageSubscription):
            where = (table.instance_id == instance_id, table.element_id == element)
            found: int | None = read.value(select(table.token).where(*where).order_by(table.token.desc()).limit(1))
            if found is not None:
                return found
    raise AssertionError(f"nothing waits at {element}")


def test_a_suspended_instance_lets_nobody_complete_and_says_who_holds_it(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    do(deployed, operations.suspend, instance)
    with pytest.raises(Suspended) as held:
        lab.complete(deployed, instance, "UT_A")
    assert held.value.status == 409 and "최운영님이 12월 1일 오전 10:00에" in held.value.texts["ko"]
    assert "최운영 put this case on hold at 1 Dec, 10:00" in held.value.texts["en"]
    assert lab.standing(deployed, instance) == {"UT_A", "B_Late"}
    do(deployed, operations.resume, instance)
    lab.complete(deployed, instance, "UT_A")
    assert lab.standing(deployed, instance) == {"UT_B"}
    assert noted(deployed, instance) == ["instance.suspend", "instance.resume"]
    assert audited(deployed, instance) == [("instance.suspend", WHY["reason"]), ("instance.resume", WHY["reason"])]


def test_a_timer_that_comes_due_while_suspended_fires_on_resume(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    do(deployed, operations.suspend, instance)
    deployed.pass_time(hours=2)
    assert "B_Late" in lab.standing(deployed, instance)
    do(deployed, operations.resume, instance)
    deployed.work()
    assert lab.standing(deployed, instance) == {"UT_A"}


def test_a_message_to_a_suspended_instance_waits_even_beyond_its_time_and_arrives_on_resume(deployed: Story) -> None:
    instance = lab.start(deployed, "asking")
    do(deployed, operations.suspend, instance)
    deployed.baton.do(lab.publish, key="K-1001")
    deployed.pass_time(days=2)
    assert lab.standing(deployed, instance) == {"C_Answer"}
    do(deployed, operations.resume, instance)
    deployed.work()
    assert lab.standing(deployed, instance) == {"UT_C"}


def test_a_job_in_hand_when_its_instance_is_suspended_is_not_lost(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    deployed.baton.clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]
    job = deployed.baton.do(jobs.claim)
    assert job["instance_id"] == instance
    do(deployed, operations.suspend, instance)
    deployed.baton.do(jobs.finish, job_id=job["id"], lease_token=job["lease_token"])
    assert "B_Late" in lab.standing(deployed, instance)
    do(deployed, operations.resume, instance)
    deployed.work()
    assert lab.standing(deployed, instance) == {"UT_A"}


def test_a_cancelled_instance_is_over_with_everything_it_waited_for(deployed: Story) -> None:
    waiting, asking, parent = (lab.start(deployed, door) for door in ("waiting", "asking", "parent"))
    do(deployed, operations.suspend, parent)
    for instance in (waiting, asking, parent):
        do(deployed, operations.cancel, instance)
        row = lab.instance(deployed, instance)
        assert (row.state, row.suspended_at, row.ended_at is None) == ("terminated", None, False)
        assert lab.standing(deployed, instance) == set()
    with deployed.baton.read() as read:
        assert {row.state for row in read.all(select(UserTask.state).where(UserTask.instance_id == waiting))} == {"cancelled"}
    with pytest.raises(Refused) as ended:
        do(deployed, operations.resume, waiting)
    assert ended.value.code == "INSTANCE_ENDED"
    deployed.pass_time(hours=2)
    assert lab.open_incidents(deployed) == []


def test_an_instance_that_can_no_longer_be_read_can_still_be_cancelled(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    with deployed.baton.database.write() as connection:
        connection.execute(update(ProcessInstance).where(ProcessInstance.id == instance).values(snapshot=b"not a snapshot"))
    do(deployed, operations.cancel, instance)
    assert lab.instance(deployed, instance).state == "terminated"


def test_variables_are_written_within_limits(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    do(deployed, operations.set_variables, instance, variables={"amount": 5, "who": {"name": "한글"}})
    assert b'"amount":5' in lab.instance(deployed, instance).snapshot
    for wrong in ({"1a": 1}, {"_key": 1}, {"x": {"$pii": "someone/name"}}, {"x": "가" * 100_000}):
        with pytest.raises(Refused) as refused:
            do(deployed, operations.set_variables, instance, variables=wrong)
        assert refused.value.code == "BAD_VARIABLE" and refused.value.texts["ko"]
    assert [action for action, _ in audited(deployed, instance)] == ["instance.variables"]


def test_a_token_is_moved_and_the_old_task_is_gone(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    do(deployed, operations.move_token, instance, token=token(deployed, instance, "UT_A"), to="UT_B")
    assert lab.standing(deployed, instance) == {"UT_B"}
    lab.complete(deployed, instance, "UT_B")
    assert lab.instance(deployed, instance).state == "completed"


def test_elements_are_started_and_cancelled(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    do(deployed, operations.start_before, instance, element="UT_B")
    assert lab.standing(deployed, instance) == {"UT_A", "UT_B", "B_Late"}
    do(deployed, operations.cancel_element, instance, token=token(deployed, instance, "UT_A"))
    assert lab.standing(deployed, instance) == {"UT_B"}
    do(deployed, operations.start_after, instance, element="UT_A")
    assert noted(deployed, instance) == ["instance.start_before", "instance.cancel_element", "instance.start_after"]


def test_what_cannot_be_mended_is_refused_in_words_and_nothing_is_written(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    before = lab.instance(deployed, instance)
    for command, words in (
        (operations.move_token, {"token": 999, "to": "UT_B"}),
        (operations.start_before, {"element": "Nowhere"}),
        (operations.start_before, {"element": "B_Late"}),
        (operations.resume, {}),
    ):
        with pytest.raises(Refused) as refused:
            do(deployed, command, instance, **words)  # type: ignore[arg-type]
        assert refused.value.texts["ko"] and refused.value.texts["en"]
    assert lab.instance(deployed, instance) == before and audited(deployed, instance) == []


@pytest.mark.parametrize("command", [operations.suspend, operations.cancel])
def test_nothing_is_done_without_a_reason(deployed: Story, command: Callable[..., Any]) -> None:
    instance = lab.start(deployed, "waiting")
    with pytest.raises(Refused) as refused:
        deployed.baton.do(command, instance_id=instance, actor=CHOI, reason=" ")
    assert refused.value.code == "NO_REASON" and lab.instance(deployed, instance).state == "running"


def test_a_suspended_instance_can_be_mended_and_stays_suspended(deployed: Story) -> None:
    instance = lab.start(deployed, "asking")
    do(deployed, operations.suspend, instance)
    do(deployed, operations.move_token, instance, token=token(deployed, instance, "C_Answer"), to="UT_C")
    with pytest.raises(Suspended):
        lab.complete(deployed, instance, "UT_C")
    do(deployed, operations.resume, instance)
    lab.complete(deployed, instance, "UT_C")
    assert lab.instance(deployed, instance).state == "completed"


def test_every_operation_is_a_revision_with_its_history_row(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    do(deployed, operations.suspend, instance)
    do(deployed, operations.resume, instance)
    do(deployed, operations.set_variables, instance, variables={"x": 1})
    do(deployed, operations.cancel, instance)
    with deployed.baton.read() as read:
        count = read.value(select(func.count()).select_from(History).where(History.instance_id == instance))
    assert count == lab.instance(deployed, instance).rev == 5


def test_an_instance_goes_to_another_version_and_on_there(deployed: Story) -> None:
    instance, left = lab.start(deployed, "waiting"), lab.start(deployed, "waiting")
    lab.complete(deployed, left, "UT_A")
    task = lab.task_id(deployed, instance, "UT_A")
    to = lab.deploy(deployed, second="UT_B2")
    with deployed.baton.read() as read:
        first, second = instance_versions.plan(read, instance_ids=[instance, left], to=to)
        (mapped,) = instance_versions.plan(read, instance_ids=[left], to=to, mapping={"UT_B": "UT_B2"})
    assert first.possible and mapped.possible and not second.possible
    assert "UT_B" in second.problems[0]["ko"] and second.problems[0]["en"]
    do(deployed, instance_versions.migrate, instance, to=to)
    assert lab.task_id(deployed, instance, "UT_A") == task
    lab.complete(deployed, instance, "UT_A")
    assert lab.standing(deployed, instance) == {"UT_B2"}
    do(deployed, instance_versions.migrate, left, to=to, mapping={"UT_B": "UT_B2"})
    lab.complete(deployed, left, "UT_B2")
    assert {lab.instance(deployed, one).deployment_id for one in (instance, left)} == {to}
    assert noted(deployed, left) == ["instance.migrate"] and audited(deployed, left) == [("instance.migrate", WHY["reason"])]


def test_many_are_migrated_and_what_one_refuses_keeps_no_other_back(deployed: Story) -> None:
    ready, other = lab.start(deployed, "waiting"), lab.start(deployed, "waiting")
    lab.complete(deployed, other, "UT_A")
    to = lab.deploy(deployed, second="UT_B2")
    with deployed.baton.read() as read:
        ids = instance_versions.candidates(read, "lab", to)
        planned = instance_versions.plan(read, instance_ids=ids, to=to)
    assert ids == [ready, other] and lab.instance(deployed, ready).deployment_id != to  # a plan changes nothing
    moved = instance_versions.migrate_many(deployed.baton, instance_ids=ids, to=to, **WHY)
    assert [one.refused is None for one in moved] == [one.possible for one in planned] == [True, False]


def test_no_instance_goes_to_another_app(deployed: Story) -> None:
    instance = lab.start(deployed, "waiting")
    with deployed.baton.read() as read:
        to = read.live("iptv")[0]
        assert not instance_versions.plan(read, instance_ids=[instance], to=to)[0].possible
    with pytest.raises(Refused) as refused:
        do(deployed, instance_versions.migrate, instance, to=to)
    assert refused.value.code == "OTHER_APP"


def test_a_case_of_the_real_app_keeps_its_record_in_the_new_version(story: Story) -> None:
    started = story.apply()
    files = apps.read(ROOT, "iptv") | {"processes/iptv/README.md": "둘째 판".encode()}
    story.baton.do(definitions.deploy, key="iptv", files=files, actor=CHOI)
    with story.baton.read() as read:
        to = read.live("iptv")[0]
    do(story, instance_versions.migrate, started.instance_id, to=to)
    story.to("UT_TechAccept", started.number)
    assert story.record("subscription", started.number)["engineer"] == "E101"
