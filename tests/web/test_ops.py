"""Operators: instances, one instance, failed jobs and their retry."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from engine.runtime.baton import Baton
from engine.store.tables import Audit
from engine.worker import run_due
from tests.web.staff import AGENT, ANALYST, OPERATOR, Story
from tests.web.world import words


@pytest.fixture
def stuck(app: Flask, baton: Baton) -> Story:
    """A case whose first text could not be sent: no gateway is set."""
    story, start = Story(app, baton), baton.clock.now()
    for _ in range(6):
        run_due(baton)
        baton.clock.advance(timedelta(minutes=10))  # type: ignore[attr-defined]
    baton.clock.set(start)  # type: ignore[attr-defined]
    return story


def instance_of(story: Story) -> str:
    """The id of the case's instance, as the list links it."""
    page = story.as_staff(OPERATOR).get("/ops/instances?q=" + story.number).text
    return re.findall(r'href="/ops/instances/([0-9a-z]+)"', page)[0]


def test_instances_can_be_filtered(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    choi = story.as_staff(OPERATOR)
    said = words(choi.get(f"/ops/instances?app=iptv&state=running&q={story.number}").text)
    assert story.number in said and "가입신청 접수" in said and "인스턴스 1건" in said
    assert "조건에 맞는 인스턴스가 없어요" in choi.get(f"/ops/instances?state=completed&q={story.number}").text


def test_an_instance_shows_drawing_words_variables_and_history(app: Flask, baton: Baton) -> None:
    story = Story(app, baton, applicant_name="홍길동")
    page = story.as_staff(OPERATOR).get(f"/ops/instances/{instance_of(story)}").text
    said = words(page)
    assert 'role="img"' in page and "현재 단계: 가입신청 접수" in re.sub(r"<[^>]+>", "", page)
    assert "product_type" in said and "BUNDLE" in said and "가입 신청하기" in said
    assert "홍길동" not in said


def test_what_failed_says_why_and_is_retried_with_a_reason(app: Flask, baton: Baton, stuck: Story) -> None:
    choi = stuck.as_staff(OPERATOR)
    page = choi.get("/ops/jobs").text
    assert "SMS gateway" in page and stuck.number in page
    job = re.findall(rf'id="j-([^"]+)"(?:(?!<li).)*?{stuck.number}', page, re.DOTALL)[0]
    answer = choi.post(f"/ops/jobs/{job}/retry", {"reason": "문자 서버를 다시 켰어요", "back": "/ops/jobs"}, page="/ops/jobs")
    assert (answer.status_code, answer.location) == (303, "/ops/jobs")
    said = words(choi.get("/ops/jobs").text)
    assert f"{stuck.number} ‘신청 확인 보내기’" in said and "다시 시도하고 있어요" in said
    with baton.read() as read:
        assert read.value(select(Audit.reason).where(Audit.object == job)) == "문자 서버를 다시 켰어요"


def test_a_retry_without_reason_is_refused_where_it_was_asked(app: Flask, baton: Baton, stuck: Story) -> None:
    choi, page = stuck.as_staff(OPERATOR), f"/ops/instances/{instance_of(stuck)}"
    opened = choi.get(page).text
    assert "문제 있음" in re.sub(r"<[^>]+>", "", opened)
    job = re.findall(r'id="j-([^"]+)"', opened)[0]
    answer = choi.post(f"/ops/jobs/{job}/retry", {"reason": " ", "back": page}, page=page)
    assert answer.status_code == 422 and "다시 시도하는 이유를 적어 주세요." in answer.text and stuck.number in answer.text


def test_those_who_only_look_cannot_retry(app: Flask, baton: Baton, stuck: Story) -> None:
    jung = stuck.as_staff(ANALYST)
    page = jung.get("/ops/jobs").text
    assert stuck.number in page and "/retry" not in page
    assert jung.post("/ops/jobs/x/retry", {"reason": "x"}, page="/ops/jobs").status_code == 403
    assert stuck.as_staff(AGENT).get("/ops/jobs").status_code == 403


def test_an_unknown_instance_is_not_found(app: Flask, baton: Baton) -> None:
    choi = Story(app, baton).as_staff(OPERATOR)
    assert choi.get("/ops/instances/nothing").status_code == 404
    assert choi.post("/ops/jobs/nothing/retry", {"reason": "x"}, page="/ops/jobs").status_code in (404, 409)
