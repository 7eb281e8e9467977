"""What every request passes, and what every answer carries."""

import pytest
from flask import Flask

from engine.runtime.baton import Baton
from tests.web.world import Visitor, visitor, words
from web import create_app
from web.gateway import allowed_at, local_path


def test_every_view_says_who_may_use_it(app: Flask) -> None:
    with app.app_context():
        assert [rule.endpoint for rule in app.url_map.iter_rules() if not allowed_at(rule.endpoint)] == []


def test_a_view_that_does_not_say_answers_nobody(baton: Baton) -> None:
    lonely = create_app(baton)  # of its own: routes cannot be added once an app has answered
    lonely.testing = True
    lonely.add_url_rule("/forgotten", view_func=lambda: "secret")
    answer = lonely.test_client().get("/forgotten")
    assert answer.status_code == 403 and "secret" not in answer.text


def test_strangers_are_asked_to_sign_in(kim: Visitor) -> None:
    answer = kim.get("/tasks?tab=team&q=a")
    assert (answer.status_code, answer.location) == (303, "/login?next=/tasks?tab=team%26q=a")
    assert kim.get("/tasks", headers={"Accept": "application/json"}).status_code == 401


def test_the_wrong_role_is_told_so(kim: Visitor) -> None:
    kim.sign_in("E101")
    answer = kim.get("/ops/instances")
    assert answer.status_code == 403 and "권한이 없어요" in answer.text


def test_the_menu_shows_only_what_the_role_may_open(kim: Visitor) -> None:
    kim.sign_in("E101")
    page = kim.get("/tasks").text
    assert 'href="/tasks"' in page and 'href="/ops/instances"' not in page and 'href="/studio"' not in page


def test_a_form_without_its_token_is_refused(kim: Visitor) -> None:
    answer = kim.client.post("/find", data={"number": "x", "mobile": "y"})
    assert answer.status_code == 400 and "페이지가 오래되어" in answer.text


def test_json_needs_no_token_but_its_content_type(kim: Visitor) -> None:
    assert kim.client.post("/find", data='{"number": "x"}', content_type="text/plain").status_code == 400
    assert kim.post_json("/find", {"number": "x", "mobile": "y"}).status_code == 404


@pytest.mark.parametrize("path", ["/", "/s/iptv/apply", "/t/" + "A" * 22, "/nowhere"])
def test_every_page_carries_the_security_headers(kim: Visitor, path: str) -> None:
    headers = kim.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(kim: Visitor) -> None:
    cookie = kim.get("/find").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_a_foreign_host_name_is_refused(app: Flask) -> None:
    assert app.test_client().get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_body_that_is_too_large_is_refused(kim: Visitor) -> None:
    assert kim.client.post("/s/iptv/apply", data=b'{"a": "' + b"x" * 3_000_000 + b'"}', content_type="application/json").status_code == 413


def test_the_language_is_chosen_by_address_then_cookie_then_browser(app: Flask) -> None:
    reader = visitor(app, "en-US,en;q=0.9")
    assert '<html lang="en"' in reader.get("/").text
    assert '<html lang="ko"' in reader.get("/?lang=ko").text
    assert '<html lang="ko"' in reader.get("/").text
    assert '<html lang="ko"' in visitor(app, "fr").get("/").text
    assert '<html lang="ko"' in visitor(app).get("/?lang=xx").text


def test_an_unknown_page_is_said_in_the_language_of_the_page(kim: Visitor, john: Visitor) -> None:
    assert "찾는 페이지가 없어요" in kim.get("/nowhere").text
    assert "There is no such page" in words(john.get("/nowhere").text)
    assert john.get("/nowhere", headers={"Accept": "application/json"}).json["message_ko"] == "찾는 페이지가 없어요."


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", None, "/a\nb"])
def test_nobody_is_sent_elsewhere(target: str | None) -> None:
    assert local_path(target, "/home") == "/home"


def test_a_path_of_this_site_is_kept() -> None:
    assert local_path("/tasks?tab=team", "/home") == "/tasks?tab=team"


def test_the_probes_answer(kim: Visitor) -> None:
    assert kim.get("/livez").json == {"status": "ok"}
    assert kim.get("/readyz").json == {"status": "ok"}
