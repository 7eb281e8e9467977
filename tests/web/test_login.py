"""Signing in and out."""

import pytest
from flask import Flask

from engine.actors import SYSTEM
from engine.runtime import accounts, demo
from engine.runtime.baton import Baton
from tests.web.world import Visitor, visitor


def try_to_sign_in(who: Visitor, login: str, password: str, **more: str) -> tuple[int, str, str]:
    """Status, place to go on, page."""
    answer = who.post("/login", {"login": login, "password": password, **more})
    return answer.status_code, answer.location or "", answer.text


@pytest.mark.parametrize(("login", "home"), [("agent1", "/tasks"), ("E101", "/day"), ("operator1", "/ops/instances"), ("analyst1", "/studio")])
def test_everybody_arrives_at_the_home_of_their_role(kim: Visitor, login: str, home: str) -> None:
    assert try_to_sign_in(kim, login, demo.PASSWORD)[:2] == (303, home)


def test_an_unknown_login_and_a_wrong_password_get_the_same_answer(app: Flask) -> None:
    unknown = try_to_sign_in(visitor(app), "nobody", "wrong password")
    wrong = try_to_sign_in(visitor(app), "agent1", "wrong password")
    assert unknown[0] == wrong[0] == 422
    assert without_what_differs(unknown[2], "nobody") == without_what_differs(wrong[2], "agent1")


def without_what_differs(page: str, login: str) -> str:
    """The page without its token and the login that was typed."""
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line).replace(login, "")


def test_what_was_typed_stays_except_the_password(kim: Visitor) -> None:
    page = try_to_sign_in(kim, "agent1", "wrong password")[2]
    assert 'value="agent1"' in page and "wrong password" not in page


def test_after_five_wrong_tries_one_waits_and_others_do_not(app: Flask) -> None:
    kim, lee = visitor(app), visitor(app)
    for _ in range(5):
        assert try_to_sign_in(kim, "agent1", "wrong password")[0] == 422
    blocked = kim.post("/login", {"login": "agent1", "password": demo.PASSWORD})
    assert blocked.status_code == 429 and int(blocked.headers["Retry-After"]) > 0 and "잠시 막았어요" in blocked.text
    assert try_to_sign_in(lee, "agent2", demo.PASSWORD)[0] == 303


def test_right_passwords_are_not_counted(app: Flask) -> None:
    for _ in range(7):
        assert try_to_sign_in(visitor(app), "agent1", demo.PASSWORD)[0] == 303


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "tasks"])
def test_signing_in_leads_only_to_pages_of_this_site(kim: Visitor, elsewhere: str) -> None:
    assert try_to_sign_in(kim, "agent1", demo.PASSWORD, next=elsewhere)[1] == "/tasks"


def test_signing_in_leads_on_to_the_page_that_asked_for_it(kim: Visitor) -> None:
    asked = kim.get("/tasks?tab=done")
    page = kim.get(asked.location)
    assert 'name="next" value="/tasks?tab=done"' in page.text
    assert try_to_sign_in(kim, "agent1", demo.PASSWORD, next="/tasks?tab=done")[1] == "/tasks?tab=done"


def test_password_managers_know_the_fields(kim: Visitor) -> None:
    page = kim.get("/login").text
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page


def test_signing_out_ends_the_session_and_needs_a_form(kim: Visitor) -> None:
    kim.sign_in("agent1")
    assert kim.get("/logout").status_code == 405
    answer = kim.post("/logout", {}, page="/tasks")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert "로그아웃했어요" in kim.get("/login").text
    assert kim.get("/tasks").location == "/login?next=/tasks"


def test_an_account_that_was_switched_off_is_out_at_once(kim: Visitor, baton: Baton) -> None:
    baton.do(accounts.save, login="leaver", name="나떠남", password="a long password", roles=["cs_agent"], actor=SYSTEM)
    assert try_to_sign_in(kim, "leaver", "a long password")[0] == 303
    assert kim.get("/tasks").status_code == 200
    baton.do(accounts.deactivate, login="leaver", actor=SYSTEM)
    assert kim.get("/tasks").status_code == 303
    assert try_to_sign_in(kim, "leaver", "a long password")[0] == 422
