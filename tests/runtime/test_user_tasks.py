"""What people do with a task beside completing it: dates, urgency, delegating, and words between colleagues."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.errors import Gone, NotFound, Refused
from engine.runtime import comments, task_plans, user_tasks
from engine.store.tables import Audit, Comment, UserTask
from tests.runtime.story import JUNG, LEE, OTHER_TECHNICIAN, PARK, TUESDAY, Story

DUE, LOOK = TUESDAY + timedelta(days=2), TUESDAY + timedelta(days=1)


def row_of(story: Story, task: str) -> object:
    """A task's row."""
    with story.baton.read() as read:
        return read.one(select(*UserTask.__table__.c).where(UserTask.id == task))


def test_dates_and_urgency_are_set_by_who_has_the_task(story: Story) -> None:
    task = story.task("UT_Receive", story.apply().number)
    story.baton.do(task_plans.set_dates, task_id=task, actor=LEE, due=DUE, follow_up=LOOK)
    story.baton.do(task_plans.set_priority, task_id=task, actor=LEE, priority=90)
    row = row_of(story, task)
    assert (row.due, row.follow_up, row.priority) == (DUE, LOOK, 90)  # type: ignore[attr-defined]
    story.baton.do(user_tasks.claim, task_id=task, actor=LEE)
    with pytest.raises(Refused) as taken:
        story.baton.do(task_plans.set_priority, task_id=task, actor=JUNG, priority=1)
    assert taken.value.code == "TASK_TAKEN"
    story.baton.do(task_plans.set_dates, task_id=task, actor=LEE, due=None, follow_up=None)
    assert row_of(story, task).due is None  # type: ignore[attr-defined]
    with story.baton.read() as read:
        assert [row.action for row in read.all(select(Audit.action).where(Audit.object == task).order_by(Audit.at, Audit.id))] == [
            "task.dates",
            "task.priority",
            "task.dates",
        ]


def test_what_makes_no_sense_is_refused(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    for command, words in (
        (task_plans.set_dates, {"due": LOOK, "follow_up": DUE}),
        (task_plans.set_priority, {"priority": 101}),
        (task_plans.delegate, {"to": "nobody"}),
        (comments.comment, {"text": "  "}),
        (comments.comment, {"text": "가" * 2001}),
    ):
        with pytest.raises(Refused) as refused:
            story.baton.do(command, task_id=task, actor=LEE, **words)  # type: ignore[arg-type]
        assert refused.value.status == 422 and refused.value.texts["ko"] and refused.value.texts["en"]
    with pytest.raises(NotFound):
        story.baton.do(task_plans.set_priority, task_id=task, actor=PARK, priority=1)
    story.complete("UT_Receive", number, LEE)
    with pytest.raises(Gone):
        story.baton.do(task_plans.set_priority, task_id=task, actor=LEE, priority=1)


def test_a_delegated_task_is_done_by_a_colleague_of_another_team(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    with pytest.raises(Refused):
        story.baton.do(user_tasks.assign, task_id=task, actor=LEE, to=OTHER_TECHNICIAN.id)  # handing over stays within the team
    story.baton.do(task_plans.delegate, task_id=task, actor=LEE, to=OTHER_TECHNICIAN.id)
    with pytest.raises(Refused):
        story.complete("UT_Receive", number, JUNG)
    story.complete("UT_Receive", number, OTHER_TECHNICIAN)
    assert story.open_tasks(number) == ["UT_Assign"]


def test_of_two_who_plan_at_the_same_moment_nobody_is_lost(story: Story) -> None:
    task = story.task("UT_Receive", story.apply().number)
    with ThreadPoolExecutor(4) as together:
        futures = [together.submit(story.baton.do, task_plans.set_priority, task_id=task, actor=LEE, priority=n) for n in range(4)]
        assert {future.result() for future in futures} == {task}
    assert row_of(story, task).rev == 5  # type: ignore[attr-defined]


def test_colleagues_read_each_others_words_and_the_database_does_not(story: Story) -> None:
    number = story.apply().number
    task = story.task("UT_Receive", number)
    story.baton.do(comments.comment, task_id=task, actor=LEE, text="홍길동 고객님이 다시 전화하신대요")
    story.complete("UT_Receive", number, LEE)
    later = story.task("UT_Assign", number)
    story.baton.do(comments.comment, task_id=later, actor=JUNG, text="네, 오후에요")
    with story.baton.read() as read:
        said = comments.of_task(read, later, LEE)
        assert [(one.author_name, one.text) for one in said] == [("이상담", "홍길동 고객님이 다시 전화하신대요"), ("정상담", "네, 오후에요")]
        assert all("홍길동".encode() not in row.text for row in read.all(select(Comment.text)))
        with pytest.raises(NotFound):
            comments.of_task(read, later, PARK)
    with pytest.raises(NotFound):
        story.baton.do(comments.comment, task_id=task, actor=PARK, text="안녕하세요")
