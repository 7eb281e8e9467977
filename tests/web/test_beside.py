"""Beside a task: agent Lee and her colleagues leave each other words, plan when it is due, and ask one another for help; without JavaScript."""

from datetime import datetime

from flask import Flask
from sqlalchemy import select

from engine.clock import KST
from engine.runtime.baton import Baton
from engine.store.tables import UserTask
from tests.web.staff import AGENT, COLLEAGUE, OTHER_TECHNICIAN, TECHNICIAN, Story
from tests.web.world import visitor, words


def due_of(baton: Baton, task_id: str) -> tuple[datetime | None, datetime | None]:
    """When a task is due and to be looked at again."""
    with baton.read() as read:
        row = read.one(select(UserTask.due, UserTask.follow_up).where(UserTask.id == task_id))
    assert row is not None
    return row.due, row.follow_up


def test_a_word_to_colleagues_stands_on_every_task_of_the_case_and_nowhere_else(app: Flask, baton: Baton) -> None:
    story, other = Story(app, baton), Story(app, baton)
    page = f"/tasks/{story.task('UT_Receive')}"
    lee = story.as_staff(AGENT)
    answer = lee.post(f"{page}/comment", {"text": "고객이 <b>오후</b>를 원해요.\n전화했어요."}, page=page)
    assert f"{story.number}에 말을 남겼어요." in words(lee.get(answer.location).text)
    story.until("UT_TechAccept")
    park = story.as_staff(TECHNICIAN)
    stop = f"/day/{story.task('UT_TechAccept')}"
    said = park.get(stop).text
    assert "이상담" in words(said) and "고객이 &lt;b&gt;오후&lt;/b&gt;를 원해요." in said
    answer = park.post(f"/tasks/{story.task('UT_TechAccept')}/comment?at=day", {"text": "세 시에 갈게요."}, page=stop)
    assert answer.location.endswith(stop) and "세 시에 갈게요." in words(park.get(answer.location).text)
    assert "원해요" not in other.as_staff(AGENT).get(f"/tasks/{other.task('UT_Receive')}").text
    kim = visitor(app)
    kim.unlock(story.token)
    seen = kim.get(f"/t/{story.token}").text
    assert story.number in seen and "전화했어요" not in seen


def test_a_word_too_many_is_refused_and_kept(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, page = story.as_staff(AGENT), f"/tasks/{story.task('UT_Receive')}"
    empty, long = lee.post(f"{page}/comment", {"text": " "}, page=page), lee.post(f"{page}/comment", {"text": "가" * 2001}, page=page)
    assert (empty.status_code, long.status_code) == (422, 422)
    assert "댓글을 적어 주세요." in empty.text and "2,000자까지" in long.text and "가" * 2001 in long.text
    assert lee.get(f"{page}/comment").status_code == 303  # the address of a refused change, opened again
    assert story.as_staff(OTHER_TECHNICIAN).post(f"{page}/comment", {"text": "안녕"}, page="/tasks").status_code == 404


def test_dates_are_set_in_korean_time_and_taken_away(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    task = story.task("UT_Receive")
    lee, page = story.as_staff(AGENT), f"/tasks/{task}"
    answer = lee.post(f"{page}/dates", {"due": "2026-11-24T15:30", "follow_up": "2026-11-23T09:00"}, page=page)
    shown = lee.get(answer.location).text
    assert "기한을 저장했어요." in words(shown) and 'value="2026-11-24T15:30"' in shown and 'value="2026-11-23T09:00"' in shown
    assert due_of(baton, task) == (datetime(2026, 11, 24, 15, 30, tzinfo=KST), datetime(2026, 11, 23, 9, 0, tzinfo=KST))
    wrong = lee.post(f"{page}/dates", {"due": "2026-11-24T15:30", "follow_up": "2026-11-25T09:00"}, page=page)
    assert wrong.status_code == 422 and "다시 볼 때는" in wrong.text and 'value="2026-11-25T09:00"' in wrong.text
    assert lee.post(f"{page}/dates", {"due": "soon"}, page=page).status_code == 422
    lee.post(f"{page}/dates", {"due": "", "follow_up": ""}, page=page)
    assert due_of(baton, task) == (None, None)


def test_who_only_looks_on_plans_nothing(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    page = f"/tasks/{story.task('UT_Receive')}"
    lee, jung = story.as_staff(AGENT), story.as_staff(COLLEAGUE)
    lee.post(f"{page}/claim", {}, page=page)
    seen = jung.get(page).text
    assert 'name="follow_up"' not in seen and 'id="delegate"' not in seen and 'name="text"' in seen
    assert jung.post(f"{page}/dates", {"due": ""}, page=page).status_code == 409


def test_a_colleague_of_another_team_is_asked_and_has_it_then(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, page = story.as_staff(AGENT), f"/tasks/{story.task('UT_Receive')}"
    offered = lee.get(page).text
    assert f'<option value="{OTHER_TECHNICIAN}">' in offered.partition('id="delegate"')[2]
    answer = lee.post(f"{page}/delegate", {"to": OTHER_TECHNICIAN}, page=page)
    assert "업무를 부탁했어요." in words(lee.get(answer.location).text)
    park = story.as_staff(OTHER_TECHNICIAN)
    assert "내가 맡음" in words(park.get(page).text)
    park.post(f"{page}/release", {}, page=page)
    assert "아직 맡은 사람 없음" in words(lee.get(page).text)
    assert lee.post(f"{page}/delegate", {"to": "nobody"}, page=page).status_code == 422
