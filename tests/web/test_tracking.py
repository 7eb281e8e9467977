"""Following a case with the link, and acting on it."""

import pytest
from flask import Flask

from engine.runtime.baton import Baton
from tests.web.world import Visitor, visitor, words


@pytest.fixture
def token(kim: Visitor) -> str:
    return kim.apply()


def test_the_last_digits_open_the_page(kim: Visitor, token: str) -> None:
    assert "뒷자리 4개" in kim.get(f"/t/{token}").text
    assert kim.unlock(token).status_code == 303
    page = words(kim.get(f"/t/{token}").text)
    assert "6단계 중 1단계" in page and "진행 상황" in page


def test_wrong_digits_and_a_token_that_nobody_has_get_the_same_answer(app: Flask, token: str) -> None:
    stranger = visitor(app)
    wrong = stranger.unlock(token, "0000")
    unknown = stranger.unlock("A" * 22, "0000")
    assert wrong.status_code == unknown.status_code == 404
    assert words(wrong.text) == words(unknown.text)
    assert words(stranger.get(f"/t/{token}").text) == words(stranger.get("/t/" + "A" * 22).text)


def test_five_tries_then_a_rest(app: Flask, token: str) -> None:
    stranger = visitor(app)
    assert [stranger.unlock(token, f"000{n}").status_code for n in range(5)] == [404] * 5
    locked = stranger.unlock(token, "5678")
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= 900


def test_the_right_digits_forgive_earlier_mistakes(kim: Visitor, token: str) -> None:
    for _ in range(2):
        for digits in ("0000", "1111", "2222"):
            kim.unlock(token, digits)
        assert kim.unlock(token).status_code == 303


def test_opening_one_case_opens_no_other(kim: Visitor, token: str) -> None:
    other = kim.apply(mobile="010-8765-4321")
    kim.unlock(token)
    assert "뒷자리 4개" in kim.get(f"/t/{other}").text
    cookie = kim.client.get_cookie("case", path=f"/t/{token}")
    assert cookie is not None
    kim.client.set_cookie("case", cookie.value, path=f"/t/{other}")
    assert "뒷자리 4개" in kim.get(f"/t/{other}").text


def test_the_page_hides_what_is_personal(kim: Visitor, token: str) -> None:
    kim.unlock(token)
    page = kim.get(f"/t/{token}")
    assert "12345678" not in page.text.replace("-", "")
    assert "101동" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Cache-Control"] == "no-store"


def test_asking_again_without_news_brings_304(kim: Visitor, token: str) -> None:
    kim.unlock(token)
    first = kim.get(f"/t/{token}", headers={"HX-Request": "true"})
    assert "<html" not in first.text and 'id="now"' in first.text
    again = kim.get(f"/t/{token}", headers={"HX-Request": "true", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")


def test_asking_again_does_not_keep_the_page_open_for_ever(kim: Visitor, token: str) -> None:
    kim.unlock(token)
    assert "Set-Cookie" not in kim.get(f"/t/{token}", headers={"HX-Request": "true"}).headers
    assert "case=" in kim.get(f"/t/{token}").headers["Set-Cookie"]


def test_without_scripts_the_page_refreshes_itself(kim: Visitor, token: str) -> None:
    kim.unlock(token)
    assert '<noscript><meta http-equiv="refresh" content="120"></noscript>' in kim.get(f"/t/{token}").text


def test_locking_asks_for_the_digits_again(kim: Visitor, token: str) -> None:
    kim.unlock(token)
    kim.post(f"/t/{token}/lock", {}, page=f"/t/{token}")
    assert "뒷자리 4개" in kim.get(f"/t/{token}").text


def test_cancelling_takes_one_confirmation(kim: Visitor, token: str) -> None:
    kim.unlock(token)
    assert f'href="/t/{token}/cancel"' in kim.get(f"/t/{token}").text
    page = kim.get(f"/t/{token}/cancel").text
    assert "가입 취소하기" in page and "돌아가기" in page
    done = kim.post(f"/t/{token}/cancel", {"reason_code": "CHANGE_OF_MIND"})
    assert (done.status_code, done.location) == (303, f"/t/{token}")
    shown = words(kim.get(f"/t/{token}").text)
    assert "접수번호는 C-20261120-" in shown
    assert "취소 요청을 확인하고 있어요" in shown


def test_an_action_that_is_over_says_why(kim: Visitor, token: str) -> None:
    kim.unlock(token)
    kim.post(f"/t/{token}/cancel", {"reason_code": "CHANGE_OF_MIND"})
    again = kim.get(f"/t/{token}/cancel")
    assert again.status_code == 409
    assert "진행 상황 보기" in again.text


def test_nobody_acts_without_the_digits(app: Flask, kim: Visitor, token: str) -> None:
    stranger = visitor(app)
    assert stranger.get(f"/t/{token}/cancel").location == f"/t/{token}"
    for some in (token, "A" * 22):
        answer = stranger.post_json(f"/t/{some}/cancel", {"reason_code": "CHANGE_OF_MIND"})
        assert (answer.status_code, answer.json["code"]) == (404, "NOT_FOUND")
    kim.unlock(token)
    assert kim.get(f"/t/{token}/nothing").status_code == 404


def test_a_program_opens_and_cancels_with_json(kim: Visitor, token: str) -> None:
    assert kim.post_json(f"/t/{token}", {"digits": "0000"}).json["code"] == "NOT_FOUND"
    opened = kim.post_json(f"/t/{token}", {"digits": "5678"})
    assert opened.json["step"] == 1 and opened.json["actions"] == [{"id": "cancel", "label": "가입 취소하기"}]
    done = kim.post_json(f"/t/{token}/cancel", {"reason_code": "CHANGE_OF_MIND"}, **{"Idempotency-Key": "c-1"})
    assert done.status_code == 201 and done.json["number"].startswith("C-20261120-")


def test_number_and_phone_find_the_case_again(app: Flask, baton: Baton, token: str, kim: Visitor) -> None:
    kim.unlock(token)
    number = words(kim.get(f"/t/{token}").text).partition("신청번호 ")[2].split()[0]
    stranger = visitor(app)
    found = stranger.post("/find", {"number": number.lower(), "mobile": "010 1234 5678"})
    assert (found.status_code, found.location) == (303, f"/t/{token}")
    assert "진행 상황" in stranger.get(f"/t/{token}").text


def test_finding_is_not_for_guessing(app: Flask) -> None:
    stranger = visitor(app)
    answers = [stranger.post_json("/find", {"number": f"S-20261120-{n:04}", "mobile": "01000000000"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_finding_says_no_in_one_way(app: Flask, token: str, kim: Visitor) -> None:
    kim.unlock(token)
    number = words(kim.get(f"/t/{token}").text).partition("신청번호 ")[2].split()[0]
    stranger = visitor(app)
    wrong_phone = stranger.post("/find", {"number": number, "mobile": "010-0000-0000"})
    wrong_number = stranger.post("/find", {"number": "S-20261120-9999", "mobile": "010-1234-5678"})
    assert wrong_phone.status_code == wrong_number.status_code == 404
    assert words(wrong_phone.text) == words(wrong_number.text)


def test_a_customer_sees_no_action_of_the_staff(kim: Visitor, token: str) -> None:
    kim.unlock(token)
    assert kim.get(f"/t/{token}/cancel_by_agent").status_code == 404


def test_an_amount_has_its_unit_once(kim: Visitor, john: Visitor) -> None:
    token = kim.apply()
    for who in (kim, john):
        who.unlock(token)
    assert "지금 취소 수수료 0원 왜" in words(kim.get(f"/t/{token}/cancel").text)
    assert "Fee for cancelling now ₩0 Why" in words(john.get(f"/t/{token}/cancel").text)
