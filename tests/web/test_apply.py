"""Applying: one page load after another as a customer does it, and as a program does it."""

from tests.web.world import Visitor, application, hidden_value, words


def test_a_customer_applies_and_gets_a_number_and_a_link(kim: Visitor) -> None:
    token = kim.apply()
    receipt = kim.get(f"/s/iptv/applied/{token}")
    assert "신청을 받았어요" in receipt.text
    assert "S-20261120-" in receipt.text
    assert f"/t/{token}" in receipt.text
    assert "5678" not in receipt.text and "김고객" not in receipt.text
    assert receipt.headers["Referrer-Policy"] == "no-referrer"


def test_the_catalogue_leads_to_the_form(kim: Visitor) -> None:
    assert 'href="/s/iptv/apply"' in kim.get("/").text
    assert 'href="/s/iptv/apply"' in kim.get("/s/iptv").text
    assert kim.get("/s/nothing").status_code == 404
    assert kim.get("/s/iptv/nothing").status_code == 404


def test_pressing_twice_makes_one_case(kim: Visitor) -> None:
    page = kim.get("/s/iptv/apply").text
    form = application() | {"csrf_token": hidden_value(page, "csrf_token"), "_key": hidden_value(page, "_key")}
    first, second = (kim.client.post("/s/iptv/apply", data=form) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location


def test_the_same_key_with_other_content_is_refused_and_the_form_stays(kim: Visitor) -> None:
    page = kim.get("/s/iptv/apply").text
    form = application() | {"csrf_token": hidden_value(page, "csrf_token"), "_key": hidden_value(page, "_key")}
    kim.client.post("/s/iptv/apply", data=form)
    again = kim.client.post("/s/iptv/apply", data=form | {"applicant_name": "김다른"})
    assert again.status_code == 409
    assert 'value="김다른"' in again.text
    assert hidden_value(again.text, "_key") not in ("", form["_key"])


def test_what_is_wrong_is_named_and_everything_typed_stays(kim: Visitor) -> None:
    answer = kim.post("/s/iptv/apply", application(mobile="02-123-4567"))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'href="#f-mobile"' in answer.text
    assert 'value="02-123-4567"' in answer.text and 'value="김고객"' in answer.text
    assert 'value="서울 강남구 테헤란로 1"' in answer.text


def test_the_reasons_are_in_the_language_of_the_page(kim: Visitor, john: Visitor) -> None:
    korean = kim.post("/s/iptv/apply", application(applicant_name="")).text
    english = john.post("/s/iptv/apply", application(applicant_name="")).text
    assert "1곳을 다시 확인해 주세요" in words(korean)
    assert "Please check 1 field" in words(english)
    assert "Everything you typed is still here." in words(english)


def test_a_long_form_comes_in_steps_and_going_back_keeps_the_values(kim: Visitor) -> None:
    first = kim.get("/s/iptv/apply").text
    assert "2단계 중 1단계" in first and 'name="mobile"' not in first
    second = kim.post("/s/iptv/apply", application() | {"_step": "1", "_go": "next"})
    assert second.status_code == 200
    assert "2단계 중 2단계" in second.text and 'value="010-1234-5678"' in second.text
    assert hidden_value(second.text, "postcode") == "06236"
    back = kim.post("/s/iptv/apply", application() | {"_step": "2", "_go": "back"})
    assert 'value="06236"' in back.text and hidden_value(back.text, "mobile") == "010-1234-5678"


def test_a_step_is_left_only_when_it_is_right(kim: Visitor) -> None:
    answer = kim.post("/s/iptv/apply", {"postcode": "1", "_step": "1", "_go": "next"})
    assert answer.status_code == 422
    assert "2단계 중 1단계" in answer.text
    assert 'href="#f-product_type"' in answer.text and "f-mobile" not in answer.text


def test_the_price_stands_beside_the_first_step(kim: Visitor) -> None:
    shown = kim.post("/s/iptv/apply", {"product_type": "BUNDLE", "_step": "1", "_go": "refresh"})
    assert shown.status_code == 200
    assert "지금까지 고른 내용 월 요금 35,200" in words(shown.text)


def test_a_program_applies_with_json(kim: Visitor) -> None:
    body = application(terms_agreed=True, privacy_agreed=True)
    made = kim.post_json("/s/iptv/apply", body, **{"Idempotency-Key": "order-1"})
    assert made.status_code == 201
    assert made.json["number"].startswith("S-20261120-")
    assert made.json["tracking_url"] == f"/t/{made.json['token']}"
    assert kim.post_json("/s/iptv/apply", body, **{"Idempotency-Key": "order-1"}).json == made.json
    other = kim.post_json("/s/iptv/apply", body | {"applicant_name": "김다른"}, **{"Idempotency-Key": "order-1"})
    assert (other.status_code, other.json["code"]) == (409, "IDEMPOTENCY_MISMATCH")


def test_a_program_learns_in_both_languages_what_is_wrong(kim: Visitor) -> None:
    answer = kim.post_json("/s/iptv/apply", application(mobile="1", terms_agreed=True, privacy_agreed=True))
    assert answer.status_code == 422
    assert set(answer.json) == {"mobile"}
    assert set(answer.json["mobile"]) == {"message_ko", "message_en"}


def test_json_that_is_none_is_refused(kim: Visitor) -> None:
    for body in (b"{", b"[]", b'{"a": NaN}', b'{"a": "\\u0000"}'):
        answer = kim.client.post("/s/iptv/apply", data=body, content_type="application/json")
        assert (answer.status_code, answer.json["code"] in ("BAD_JSON", "BAD_TEXT")) == (400, True), body
