"""Incidents by cause, their notes, lapsed messages, and the switches, as Choi uses them."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from engine.runtime import messages, switches
from engine.runtime.baton import Baton
from engine.runtime.incidents import raise_at
from engine.runtime.reader import Reader
from engine.store.commit import Change
from engine.store.tables import Incident, Job, Message
from engine.worker import run_due
from tests.web.staff import AGENT, ANALYST, OPERATOR, Story
from tests.web.world import words

PAGE = "/ops/incidents"


@pytest.fixture(scope="module")
def story(app: Flask, baton: Baton) -> Story:
    """Two cases whose first texts could not be sent, and a message that nobody waited for."""
    story, start = Story(app, baton), baton.clock.now()
    Story(app, baton)
    baton.do(lost)
    for _ in range(6):
        run_due(baton)
        baton.clock.advance(timedelta(hours=9))  # type: ignore[attr-defined]
    run_due(baton)
    baton.clock.set(start)  # type: ignore[attr-defined]
    return story


def lost(read: Reader) -> Change:
    """A message with a mistyped key."""
    change = Change()
    messages.write(change, messages.Published("iptv.Nothing", "S-0000", {}, "PT1H"), read.now)
    return change


def test_incidents_stand_by_cause_in_words(story: Story) -> None:
    said = words(story.as_staff(OPERATOR).get(PAGE).text)
    assert "바깥 시스템이 계속 실패했어요" in said and "JOB_FAILED" in said and story.number in said
    assert "메시지를 기다리는 곳이 없었어요" in said and "S-0000" in said and "비슷한 것을 기다리는 곳이 없어요" in said
    english = words(story.as_staff(OPERATOR).get(f"{PAGE}?lang=en").text)
    assert "A call to another system failed again and again" in english and "Nobody waited for a message in time" in english
    story.as_staff(OPERATOR).get(f"{PAGE}?lang=ko")


def test_a_note_is_kept_with_its_incident(story: Story, baton: Baton) -> None:
    choi = story.as_staff(OPERATOR)
    incident = re.findall(r'id="i-([0-9a-f]{32})"', choi.get(PAGE).text)[0]
    assert choi.post(f"{PAGE}/{incident}/note", {"note": "문자 회사에 물어봤어요"}, page=PAGE).status_code == 303
    assert "문자 회사에 물어봤어요" in choi.get(PAGE).text
    refused = choi.post(f"{PAGE}/{incident}/note", {"note": " "}, page=PAGE)
    assert refused.status_code == 422 and "메모를 적어 주세요" in refused.text
    assert choi.post(f"{PAGE}/{incident}/nonsense", {}, page=PAGE).status_code == 404


def test_everything_of_one_cause_is_retried_together(story: Story, baton: Baton) -> None:
    choi = story.as_staff(OPERATOR)
    cause = {"kind": "JOB_FAILED", "app": "iptv"}
    refused = choi.post(f"{PAGE}/cause/retry", cause | {"reason": ""}, page=PAGE)
    assert refused.status_code == 422 and "이유를 적어 주세요" in refused.text
    with baton.read() as read:
        failed = len(read.all(select(Job.id).where(Job.retries_left == 0)))
    assert failed >= 2
    answer = choi.post(f"{PAGE}/cause/retry", cause | {"reason": "문자 서버를 다시 켰어요"}, page=PAGE)
    assert answer.status_code == 303 and f"{failed}건을 다시 시도하고 있어요" in words(choi.get(PAGE).text)
    with baton.read() as read:
        assert read.all(select(Job.id).where(Job.retries_left == 0)) == []


def test_a_lapsed_message_is_sent_again_or_discarded(story: Story, baton: Baton) -> None:
    choi = story.as_staff(OPERATOR)
    with baton.read() as read:
        incident = read.one(select(Incident.id, Incident.source).where(Incident.kind == "MESSAGE_LAPSED", Incident.resolved_at.is_(None)))
    assert incident is not None
    refused = choi.post(f"{PAGE}/{incident.id}/discard", {"message": incident.source, "reason": ""}, page=PAGE)
    assert refused.status_code == 422
    assert choi.post(f"{PAGE}/{incident.id}/discard", {"message": incident.source, "reason": "필요 없어요"}, page=PAGE).status_code == 303
    with baton.read() as read:
        assert read.one(select(Message.id).where(Message.id == incident.source)) is None
    assert "S-0000" not in choi.get(PAGE).text


def test_an_app_is_paused_and_started_again_on_the_page(story: Story, baton: Baton) -> None:
    choi, page = story.as_staff(OPERATOR), "/ops/service"
    assert choi.post(page, {"name": "pause:iptv", "action": "pause", "reason": ""}, page=page).status_code == 422
    assert choi.post(page, {"name": "pause:iptv", "action": "pause", "reason": "점검해요"}, page=page).status_code == 303
    said = words(choi.get(page).text)
    assert "operator1님이 멈췄어요." in said and "점검해요" in said
    with baton.read() as read:
        assert switches.paused(read) == {"iptv"}
    assert choi.post(page, {"name": "pause:iptv", "action": "unpause", "reason": "끝났어요"}, page=page).status_code == 303
    assert choi.post(page, {"name": "drain", "action": "drain", "reason": "바꿔요"}, page=page).status_code == 303
    assert choi.post(page, {"name": "drain", "action": "undrain", "reason": "끝"}, page=page).status_code == 303
    assert choi.post(page, {"name": "pause:nothing", "action": "pause", "reason": "x"}, page=page).status_code == 404


def test_those_who_only_look_change_nothing(story: Story) -> None:
    jung = story.as_staff(ANALYST)
    assert '<form method="post" action="/ops' not in jung.get(PAGE).text
    for address in (f"{PAGE}/x/note", f"{PAGE}/cause/retry", "/ops/service"):
        assert jung.post(address, {"reason": "x"}, page="/ops/jobs").status_code == 403
    assert story.as_staff(AGENT).get(PAGE).status_code == 403


def raised(read: Reader) -> Change:
    """What a drawing asks an operator to look into."""
    change = Change()
    raise_at(read, change, "", "Svc_Tell", "확인되지 않았어요 / not confirmed", "iptv")
    return change


def test_what_a_drawing_raised_is_closed_by_an_operator(story: Story, baton: Baton) -> None:
    baton.do(raised)
    choi = story.as_staff(OPERATOR)
    shown = choi.get(PAGE).text
    assert "절차가 운영자에게 알렸어요" in shown and "확인되지 않았어요 / not confirmed" in shown
    (incident,) = re.findall(r"/ops/incidents/([0-9a-f]{32})/close", shown)
    assert choi.post(f"{PAGE}/{incident}/close", {}, page=PAGE).status_code == 303
    assert "not confirmed" not in choi.get(PAGE).text
