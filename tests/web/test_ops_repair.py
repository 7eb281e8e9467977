"""Operator Choi operates an instance on its page, without JavaScript: each operation with its reason, told where it was refused."""

import re

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from engine import apps
from engine.runtime import definitions
from engine.runtime.baton import Baton
from engine.store.tables import Audit, ProcessInstance
from tests.runtime.story import CHOI, ROOT
from tests.web.staff import AGENT, ANALYST, OPERATOR, Story
from tests.web.world import words


@pytest.fixture
def story(app: Flask, baton: Baton) -> Story:
    """A case that waits to be received."""
    return Story(app, baton)


def instance_of(story: Story) -> str:
    """The id of the case's instance."""
    with story.baton.read() as read:
        found: str = read.value(select(ProcessInstance.id).where(ProcessInstance.business_key == story.number))
    return found


def do(story: Story, operation: str, reason: str = "고객이 기다려 달라고 했어요", **typed: str) -> TestResponse:
    """Choi sends one of the forms."""
    page = f"/ops/instances/{instance_of(story)}"
    return story.as_staff(OPERATOR).post(f"{page}/{operation}", {"reason": reason} | typed, page=page)


def page_of(story: Story, lang: str = "ko") -> str:
    """What Choi sees then."""
    return story.as_staff(OPERATOR).get(f"/ops/instances/{instance_of(story)}?lang={lang}").text


def token_at(story: Story, element: str) -> str:
    """The token that the page offers at an element."""
    found = re.search(rf'<option value="(\d+)"[^>]*>[^<]*· {element} ·', page_of(story))
    assert found, element
    return found.group(1)


def test_an_instance_is_suspended_and_resumed_and_staff_are_told_why_nothing_goes(story: Story, baton: Baton) -> None:
    assert do(story, "suspend").status_code == 303
    said = words(page_of(story))
    assert "최운영님이" in said and "잠시 멈췄어요" in said and "다시 시작하기" in said
    answer = story.complete(AGENT, "UT_Receive", decision="ACCEPT")
    assert answer.status_code == 409 and "최운영님이" in words(answer.text)
    assert story.number in words(story.as_staff(OPERATOR).get(f"/ops/instances?state=suspended&q={story.number}").text)
    assert do(story, "resume").status_code == 303
    assert story.complete(AGENT, "UT_Receive", decision="ACCEPT").status_code == 303
    said = words(page_of(story))
    assert "운영자가 멈춤" in said and "운영자가 다시 시작" in said


@pytest.mark.parametrize("operation", ["suspend", "cancel", "move"])
def test_without_a_reason_nothing_is_done_and_the_form_says_so(story: Story, operation: str) -> None:
    answer = do(story, operation, reason=" ", token=token_at(story, "UT_Receive"), element="UT_Receive")
    assert answer.status_code == 422 and "이유를 적어 주세요" in answer.text and 'role="alert"' in answer.text
    assert "UT_Receive" in page_of(story)


def test_what_the_engine_refuses_is_shown_beside_what_was_typed(story: Story) -> None:
    answer = do(story, "move", token="9999", element="UT_Receive", reason="실수로 눌렀어요")
    assert answer.status_code == 409 and "진행이 바뀌었어요" in words(answer.text) and "실수로 눌렀어요" in answer.text
    answer = do(story, "variables", name="amount", value="not json")
    assert answer.status_code == 422 and "JSON으로 적어 주세요" in words(answer.text) and "not json" in answer.text
    assert do(story, "before", element="").status_code == 422
    assert do(story, "nonsense").status_code == 404


def test_a_token_is_moved_and_a_variable_is_changed(story: Story, baton: Baton) -> None:
    assert do(story, "variables", name="amount", value='{"won": 5}').status_code == 303
    assert "amount" in words(page_of(story))
    inside = re.findall(r'<option value="(UT_\w+)"', page_of(story))
    assert "UT_Receive" in inside
    assert do(story, "move", token=token_at(story, "UT_Receive"), element="UT_Receive").status_code == 303
    with baton.read() as read:
        rows = read.all(select(Audit.action, Audit.reason).where(Audit.object == instance_of(story)))
    assert {row.action for row in rows} == {"instance.variables", "instance.move"} and all(row.reason for row in rows)


def test_a_cancelled_instance_offers_nothing_more(story: Story) -> None:
    assert do(story, "cancel").status_code == 303
    page = page_of(story)
    assert "중단됨" in words(page) and 'id="operate"' not in page
    assert do(story, "suspend").status_code == 409


def test_an_instance_is_previewed_and_taken_to_another_version(story: Story, baton: Baton) -> None:
    files = apps.read(ROOT, "iptv") | {"processes/iptv/README.md": story.number.encode()}
    baton.do(definitions.deploy, key="iptv", files=files, actor=CHOI)
    with baton.read() as read:
        to = read.live("iptv")[0]
    answer = do(story, "plan", to=to)
    assert answer.status_code == 200 and "옮길 수 있어요" in words(answer.text) and "고객이 기다려 달라고 했어요" in answer.text
    assert do(story, "migrate", to=to).status_code == 303
    with baton.read() as read:
        assert read.value(select(ProcessInstance.deployment_id).where(ProcessInstance.id == instance_of(story))) == to
    assert "이미 그 버전" in words(do(story, "plan", to=to).text)


def test_an_instance_that_cannot_be_read_is_shown_and_can_be_cancelled(story: Story, baton: Baton) -> None:
    with baton.database.write() as connection:
        connection.execute(update(ProcessInstance).where(ProcessInstance.id == instance_of(story)).values(snapshot=b"not a snapshot"))
    assert "인스턴스 취소하기" in words(page_of(story))
    assert do(story, "cancel").status_code == 303


def test_those_who_only_look_see_no_forms_and_may_do_nothing(story: Story) -> None:
    page = f"/ops/instances/{instance_of(story)}"
    jung = story.as_staff(ANALYST)
    assert 'id="operate"' not in jung.get(page).text
    assert jung.post(f"{page}/cancel", {"reason": "x"}, page="/ops/jobs").status_code == 403
    assert story.as_staff(AGENT).post(f"{page}/cancel", {"reason": "x"}, page="/tasks").status_code == 403


def test_the_forms_speak_english(story: Story) -> None:
    said = words(page_of(story, "en"))
    assert "Suspend" in said and "Move a token" in said and "It is kept in the audit log." in said
