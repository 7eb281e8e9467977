"""One task: finishing, taking, handing over, drafts, and everything that can be refused."""

import pytest
from flask import Flask

from engine.runtime.baton import Baton
from tests.web.staff import AGENT, ANALYST, COLLEAGUE, INSTALLED, OTHER_TECHNICIAN, TECHNICIAN, Story
from tests.web.world import hidden_value, words


def test_finishing_an_unclaimed_task_needs_no_claim_and_opens_the_next(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    answer = story.complete(AGENT, "UT_Receive", decision="ACCEPT")
    assert answer.status_code == 303 and story.task("UT_Assign") in answer.location
    page = story.as_staff(AGENT).get(answer.location).text
    assert f"‘가입신청 접수’ {story.number} 업무를 끝냈어요." in words(page) and 'role="status"' in page


def test_without_a_next_task_the_list_says_what_was_done(app: Flask, baton: Baton) -> None:
    story = Story(app, baton).until("UT_Assign")
    answer = story.complete(AGENT, "UT_Assign", engineer=TECHNICIAN)
    assert answer.status_code == 303 and answer.location.partition("?")[0] == "/tasks"
    assert f"‘설치기사 배정’ {story.number} 업무를 끝냈어요." in words(story.as_staff(AGENT).get(answer.location).text)


def test_the_outcome_is_the_button(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    page = story.as_staff(AGENT).get(f"/tasks/{story.task('UT_Receive')}").text
    assert 'form="f" name="decision" value="ACCEPT"' in page and 'form="f" name="decision" value="REJECT"' in page


def test_what_is_wrong_is_said_and_everything_typed_stays(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    answer = story.complete(AGENT, "UT_Receive", decision="REJECT", reject_reason="OTHER", reject_text="")
    assert answer.status_code == 422
    assert "기타를 골랐다면 사유를 적어 주세요." in answer.text and 'role="alert"' in answer.text
    assert 'value="OTHER" selected' in answer.text
    story.task("UT_Receive")


def test_what_is_wrong_is_said_in_english_too(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    story.as_staff(AGENT, "en")
    answer = story.complete(AGENT, "UT_Receive", decision="REJECT", reject_reason="OTHER", reject_text="")
    assert "Please describe the other reason." in answer.text


def test_programs_get_the_fields_in_both_languages(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    path = f"/tasks/{story.task('UT_Receive')}/complete"
    refused = story.as_staff(AGENT).post_json(path, {"decision": "REJECT", "reject_reason": "OTHER"})
    assert refused.status_code == 422 and set(refused.json["reject_text"]) == {"code", "message_ko", "message_en"}
    done = story.as_staff(AGENT).post_json(path, {"decision": "ACCEPT"})
    assert done.json == {"app": "iptv", "number": story.number, "next_task_id": story.task("UT_Assign")}


def test_a_warning_passes_once_it_is_ticked(app: Flask, baton: Baton) -> None:
    story = Story(app, baton).until("UT_Install")
    slow = INSTALLED | {"measured_mbps": "90"}
    answer = story.complete(TECHNICIAN, "UT_Install", **slow)
    assert answer.status_code == 422 and 'name="low_speed_ack"' in answer.text and 'value="90"' in answer.text
    assert story.complete(TECHNICIAN, "UT_Install", **slow, low_speed_ack="true").status_code == 303


def test_who_comes_second_sees_who_and_when_and_what_they_typed(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    late = story.as_staff(COLLEAGUE)
    page = f"/tasks/{story.task('UT_Receive')}"
    opened = late.get(page).text
    hidden = {name: hidden_value(opened, name) for name in ("csrf_token", "_key")}
    assert story.complete(AGENT, "UT_Receive", decision="ACCEPT").status_code == 303
    answer = late.client.post(f"{page}/complete", data=hidden | {"decision": "REJECT", "reject_reason": "OTHER", "reject_text": "멀어서요"})
    said = words(answer.text)
    assert answer.status_code == 409 and "이상담 님이 오늘 오전" in said and "먼저 처리했어요" in said
    assert "반려 사유 기타 자세한 사유 멀어서요" in said and "접수할까요" not in said


def test_the_same_form_sent_twice_gets_the_same_answer(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, page = story.as_staff(AGENT), f"/tasks/{story.task('UT_Receive')}"
    opened = lee.get(page).text
    typed = {name: hidden_value(opened, name) for name in ("csrf_token", "_key")} | {"decision": "ACCEPT"}
    first = lee.client.post(f"{page}/complete", data=typed)
    second = lee.client.post(f"{page}/complete", data=typed)
    assert (first.status_code, second.status_code) == (303, 303) and first.location == second.location


def test_taking_and_putting_back(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, page = story.as_staff(AGENT), f"/tasks/{story.task('UT_Receive')}"
    taken = lee.post(f"{page}/claim", {}, page=page)
    said = words(lee.get(taken.location).text)
    assert f"‘가입신청 접수’ {story.number} 업무를 맡았어요." in said and "내가 맡음" in said
    colleague = words(story.as_staff(COLLEAGUE).get(page).text)
    assert "이상담 님이 맡고 있어서 볼 수만 있어요." in colleague and "접수하기" not in colleague
    back = lee.post(f"{page}/release", {}, page=page)
    assert "업무를 내려놓았어요." in words(lee.get(back.location).text)
    assert "아직 맡은 사람 없음" in words(lee.get(page).text)


def test_handing_over_offers_those_who_may_do_it(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, page = story.as_staff(AGENT), f"/tasks/{story.task('UT_Receive')}"
    offered = lee.get(page).text.partition('id="delegate"')[0]  # before what asks colleagues of other teams
    assert f'<option value="{COLLEAGUE}">' in offered and f'<option value="{TECHNICIAN}">' not in offered
    answer = lee.post(f"{page}/assign", {"to": COLLEAGUE}, page=page)
    assert "정상담 님에게 넘겼어요" in words(lee.get(answer.location).text)
    assert "내가 맡음" in words(story.as_staff(COLLEAGUE).get(page).text)
    assert lee.post(f"{page}/assign", {"to": TECHNICIAN}, page="/tasks").status_code in (409, 422)


def test_a_draft_follows_its_writer_to_another_device_and_nobody_else(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, page = story.as_staff(AGENT), f"/tasks/{story.task('UT_Receive')}"
    answer = lee.post(f"{page}/draft", {"reject_text": "주소가 이상해요"}, page=page)
    assert answer.status_code == 303
    story.staff.clear()
    elsewhere = story.as_staff(AGENT).get(page).text
    assert "주소가 이상해요" in elsewhere and "임시 저장했어요" in elsewhere
    assert "주소가 이상해요" not in story.as_staff(COLLEAGUE).get(page).text


def test_a_script_that_saves_a_draft_gets_the_time(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, page = story.as_staff(AGENT), f"/tasks/{story.task('UT_Receive')}"
    token = hidden_value(lee.get(page).text, "csrf_token")
    answer = lee.client.post(
        f"{page}/draft", data={"csrf_token": token, "reject_text": "x"}, headers={"X-Requested-With": "draft", "Accept-Language": "ko"}
    )
    assert answer.status_code == 200 and answer.text == "오전 10:00에 임시 저장했어요"


@pytest.mark.parametrize("login", [OTHER_TECHNICIAN, ANALYST])
def test_what_is_not_theirs_is_not_there(app: Flask, baton: Baton, login: str) -> None:
    story = Story(app, baton).until("UT_TechAccept")
    page = f"/tasks/{story.task('UT_TechAccept')}"
    other = story.as_staff(login)
    assert other.get(page).status_code == 404
    assert other.get("/tasks/no-such-task").status_code == 404
    assert other.post(f"{page}/complete", {"decision": "ACCEPT"}, page="/tasks").status_code == 404
    assert other.post(f"{page}/draft", {"decision": "ACCEPT"}, page="/tasks").status_code == 404


def test_the_page_shows_where_the_case_stands_in_picture_and_words(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    page = story.as_staff(AGENT).get(f"/tasks/{story.task('UT_Receive')}").text
    assert "<svg" in page and '<li class="now" aria-current="step"><span class="sr">현재 단계: </span>가입신청 접수</li>' in page
    whole = story.as_staff(AGENT).get(f"/tasks/{story.task('UT_Receive')}/drawing").text
    assert 'role="img"' in whole and "가입완료 처리" in whole


def test_the_address_of_a_refused_form_opens_the_task(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    page = f"/tasks/{story.task('UT_Receive')}"
    answer = story.as_staff(AGENT).get(f"{page}/complete?lang=en")
    assert (answer.status_code, answer.location) == (303, f"{page}?lang=en")


def test_the_submit_button_has_the_verb_of_the_task(app: Flask, baton: Baton) -> None:
    story = Story(app, baton).until("UT_Assign")
    assert "배정하고 끝내기" in story.as_staff(AGENT).get(f"/tasks/{story.task('UT_Assign')}").text
