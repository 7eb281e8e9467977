"""Pausing an app and draining the service: what stands still, what goes on, and what comes back."""

import pytest
from sqlalchemy import select

from engine.errors import Busy, NotFound
from engine.runtime import switches
from engine.store.tables import Audit, Job, Message
from tests.runtime.story import CHOI, LEE, Story


def pause(story: Story) -> None:
    story.baton.do(switches.pause, app="iptv", actor=CHOI, reason="문자 서버를 바꿔요")


def unpause(story: Story) -> None:
    story.baton.do(switches.unpause, app="iptv", actor=CHOI, reason="바꿨어요")


def count(story: Story, table: type) -> int:
    with story.baton.read() as read:
        return len(read.all(select(table.id)))  # type: ignore[attr-defined]


def test_jobs_of_a_paused_app_wait_and_run_afterwards(story: Story) -> None:
    story.apply()
    waiting = count(story, Job)
    pause(story)
    assert waiting and story.work() == 0 and count(story, Job) == waiting
    with story.baton.read() as read:
        assert switches.paused(read) == {"iptv"}
    unpause(story)
    assert story.work() > 0


def test_messages_of_a_paused_app_wait_and_arrive_afterwards(story: Story) -> None:
    number = story.apply().number
    story.work()
    cancellation = story.cancel(number).number
    pause(story)
    story.complete("UT_ReceiveCancel", str(cancellation), LEE)
    assert count(story, Message) > 0
    story.work()
    assert count(story, Message) > 0 and story.record("subscription", number)["status"] != "CANCELLED"
    unpause(story)
    story.work()
    assert story.record("subscription", number)["status"] == "CANCELLED"


def test_the_doors_of_a_paused_app_say_when_to_come_again(story: Story) -> None:
    pause(story)
    with pytest.raises(Busy) as busy:
        story.apply()
    assert (busy.value.code, busy.value.status, busy.value.retry_after) == ("BUSY", 503, switches.TRY_AGAIN)
    unpause(story)
    assert story.apply().number


def test_a_draining_service_takes_no_new_cases_and_finishes_the_running_ones(story: Story) -> None:
    number = story.apply(key="k").number
    story.baton.do(switches.drain, actor=CHOI, reason="장비를 바꿔요")
    with pytest.raises(Busy):
        story.apply()
    assert story.apply(key="k").number == number  # an answer that was given already stays
    story.complete("UT_Receive", number, LEE)
    assert story.work() > 0
    story.baton.do(switches.undrain, actor=CHOI, reason="끝났어요")
    assert story.apply(visit_slot="PM1").number


def test_switching_twice_keeps_who_was_first_and_every_switch_is_audited(story: Story) -> None:
    pause(story)
    story.baton.do(switches.pause, app="iptv", actor=LEE, reason="again")
    unpause(story)
    unpause(story)
    with story.baton.read() as read:
        rows = read.all(select(Audit.action, Audit.actor_id).where(Audit.action.like("app.%pause")))
        assert switches.paused(read) == set()
    assert sorted((row.action, row.actor_id) for row in rows) == [("app.pause", "agent1"), ("app.pause", "operator1"), ("app.unpause", "operator1")]


def test_an_app_that_is_not_there_cannot_be_paused(story: Story) -> None:
    with pytest.raises(NotFound):
        story.baton.do(switches.pause, app="nothing", actor=CHOI, reason="x")
