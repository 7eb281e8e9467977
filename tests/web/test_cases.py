"""Cases for staff: finding, seeing, acting, starting for a customer."""

import re

import pytest
from flask import Flask

from engine.runtime.baton import Baton
from tests.web.staff import AGENT, TECHNICIAN, Story
from tests.web.world import application, words


@pytest.mark.parametrize("how", ["number", "name", "mobile", "digits"])
def test_a_case_is_found_however_it_is_asked_for(app: Flask, baton: Baton, how: str) -> None:
    story = Story(app, baton, applicant_name="나찾아", mobile="010-7777-1234")
    sought = {"number": story.number, "name": "나찾아", "mobile": "010-7777-1234", "digits": "01077771234"}[how]
    page = story.as_staff(AGENT).get("/cases", query_string={"q": sought}).text
    assert f'href="/cases/iptv/{story.number}"' in page and "가입신청됨" in page and "가입신청 접수" in page


def test_nothing_found_says_how_to_ask(app: Flask, baton: Baton) -> None:
    page = Story(app, baton).as_staff(AGENT).get("/cases?q=없는사람").text
    assert "없는사람" in page and "맞는 신청이 없어요" in page


def test_the_list_says_how_far_every_case_has_come_and_whose_turn_it_is(app: Flask, baton: Baton) -> None:
    story = Story(app, baton).until("UT_TechAccept")
    said = words(story.as_staff(AGENT).get("/cases?q=" + story.number).text)
    assert "3/6" in said and "설치요청 접수" in said and "김기사" in said


def test_a_case_shows_what_happened_and_masks_personal_data(app: Flask, baton: Baton) -> None:
    story = Story(app, baton, applicant_name="홍길동", mobile="010-1234-5678").until("UT_Assign")
    page = story.as_staff(AGENT).get(f"/cases/iptv/{story.number}").text
    said = words(page)
    assert "가입신청 접수: 끝냄" in said and "이상담" in said and "설치기사 배정" in said
    assert "홍*동" in said and "010-****-5678" in said and "01012345678" not in said
    assert f'href="/tasks/{story.task("UT_Assign")}"' in page


def test_an_agent_takes_a_cancellation_by_telephone(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, case = story.as_staff(AGENT), f"/cases/iptv/{story.number}"
    act = f"{case}/cancel_by_agent"
    assert act in lee.get(case).text
    wrong = lee.post(act, {"reason_code": "OTHER", "caller_verified": "true"})
    assert wrong.status_code == 422 and "기타를 골랐다면 이유를 적어 주세요." in wrong.text
    answer = lee.post(act, {"reason_code": "MOVING", "caller_verified": "true"})
    assert (answer.status_code, answer.location) == (303, case)
    said = words(lee.get(case).text)
    assert f"{story.number}: ‘취소 신청 대신 받기’ 처리했어요." in said and "취소신청 접수" in said


def test_a_second_cancellation_is_refused_with_the_app_s_words(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    lee, act = story.as_staff(AGENT), f"/cases/iptv/{story.number}/cancel_by_agent"
    assert lee.post(act, {"reason_code": "MOVING", "caller_verified": "true"}).status_code == 303
    for answer in (lee.get(act), lee.post(act, {"reason_code": "MOVING", "caller_verified": "true"}, page="/cases")):
        assert answer.status_code == 409 and "이미 취소 신청을 확인하고 있어요." in answer.text


def test_technicians_are_not_offered_what_agents_do(app: Flask, baton: Baton) -> None:
    story = Story(app, baton)
    for action in ("cancel_by_agent", "cancel"):
        path = f"/cases/iptv/{story.number}/{action}"
        assert story.as_staff(TECHNICIAN).get(path).status_code == 404
        assert story.as_staff(TECHNICIAN).post(path, {"reason_code": "MOVING"}, page="/cases").status_code == 404
    assert story.as_staff(AGENT).get(f"/cases/iptv/{story.number}/cancel").status_code == 404


def test_an_application_by_telephone_becomes_a_case(app: Flask, baton: Baton) -> None:
    lee = Story(app, baton).as_staff(AGENT)
    assert 'href="/cases/start/iptv/apply"' in lee.get("/cases").text
    wrong = lee.post("/cases/start/iptv/apply", application(applicant_name="나전화", postcode="12"))
    assert wrong.status_code == 422 and "나전화" in wrong.text
    answer = lee.post("/cases/start/iptv/apply", application(applicant_name="나전화"))
    number = re.fullmatch(r"/cases/iptv/(S-\d{8}-\d{4})", answer.location)
    assert answer.status_code == 303 and number
    assert f"{number[1]} 신청을 넣었어요." in words(lee.get(answer.location).text)


@pytest.mark.parametrize(
    "path", ["/cases/iptv/S-20200101-0001", "/cases/nothing/S-20200101-0001", "/cases/start/iptv/nothing", "/cases/start/nothing/apply"]
)
def test_what_is_not_there_is_not_found(app: Flask, baton: Baton, path: str) -> None:
    assert Story(app, baton).as_staff(AGENT).get(path).status_code == 404
