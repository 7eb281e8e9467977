"""Submissions of the library card's forms."""

from decimal import Decimal

import pytest

from engine.forms import messages
from tests.forms.library import BRANCHES, Record, app, names, submit

CHILD = {"card_kind": "CHILD", "birth_date": "2018-05-05", "guardian_name": "홍판서"}


def wrong(**changes):
    return submit(**changes).errors


def test_a_good_application_becomes_values():
    done = submit()
    assert done.errors == {} and done.confirm == {}
    assert done.values == {
        "applicant_name": "홍길동", "birth_date": "1990-05-05", "mobile": "01012345678", "email": None, "postcode": "04524", "card_kind": "ADULT",
        "interests": ["ART"], "library": "B1", "pickup_date": "2026-12-02", "books": 3, "fee": 5000, "terms_agreed": True, "note": None,
    }  # fmt: skip


def test_json_means_the_same_as_the_page():
    as_json = {"books": 3, "terms_agreed": True, "email": None, "note": None}
    assert submit(**as_json).values == submit().values


def test_undeclared_names_are_dropped_and_underscores_refused():
    done = submit(status="ISSUED", outcome="ISSUED", fee="1")
    assert done.errors == {}
    assert "status" not in done.values and "outcome" not in done.values and done.values["fee"] == 5000
    assert wrong(_admin="1") == {"_admin": [messages.HIDDEN_KEY]}


def test_each_wrong_field_is_named_in_both_languages():
    errors = wrong(
        applicant_name=" ", mobile="12", postcode="12-345", email="no", library="B9", card_kind="GOLD", interests=["ART", "SCIENCE", "HISTORY"]
    )
    assert set(errors) == {"applicant_name", "mobile", "postcode", "email", "library", "card_kind", "interests"}
    assert errors["mobile"] == [messages.MOBILE]
    assert errors["applicant_name"][0]["ko"] == "이름을 적어 주세요."
    assert all(text["ko"] and text["en"] for texts in errors.values() for text in texts)


def test_a_hidden_field_is_dropped_and_not_asked_for():
    done = submit(guardian_name="홍판서")
    assert done.errors == {} and "guardian_name" not in done.values


def test_the_same_field_is_asked_for_once_it_shows():
    assert set(wrong(**{**CHILD, "guardian_name": ""})) == {"guardian_name"}
    assert submit(**CHILD).values["guardian_name"] == "홍판서"


def test_the_decision_is_made_on_the_server():
    assert submit(**CHILD, fee="99").values["fee"] == 0


def test_terms_must_be_ticked():
    assert wrong(terms_agreed=None) == {"terms_agreed": [messages.TICK]}
    assert set(wrong(terms_agreed=False)) == {"terms_agreed"}


def test_a_form_narrows_the_record():
    assert wrong(books="9") == {"books": [messages.too_big("8")]}
    assert wrong(note="가" * 101) == {"note": [messages.too_long(100)]}


def test_only_records_in_the_list_can_be_chosen():
    assert wrong(library="B3") == {"library": [messages.CHOICE]}


def test_a_choice_that_has_just_gone_says_so():
    assert wrong(pickup_date="2026-12-03") == {"pickup_date": [messages.taken()]}
    assert wrong(pickup_date="2026-12-09") == {"pickup_date": [messages.CHOICE]}


def test_a_check_refuses_at_its_field_with_its_code():
    errors = wrong(birth_date="2015-01-01")
    assert errors["birth_date"][0]["code"] == "TOO_YOUNG"
    assert errors["birth_date"][0]["ko"] == "14세부터 어른 회원증을 신청할 수 있어요."


def test_the_fourteenth_birthday_itself_is_old_enough():
    assert submit(birth_date="2012-12-01").errors == {}
    assert set(wrong(birth_date="2012-12-02")) == {"birth_date"}


def test_a_check_stays_silent_where_the_field_itself_is_wrong():
    assert wrong(birth_date="soon") == {"birth_date": [messages.DATE]}


def test_a_warning_passes_once_it_is_ticked():
    first = submit(books="7")
    assert set(first.errors) == set(first.confirm) == {"many_books_ack"}
    assert first.confirm["many_books_ack"]["ko"] == "한 번에 5권이 넘어요. 그래도 신청할까요?"
    second = submit(books="7", many_books_ack="true")
    assert second.errors == {} and second.values["many_books_ack"] is True


def test_a_tick_nobody_asked_for_refuses_nothing():
    assert submit(many_books_ack="true").errors == {}


CHECKING = names(member=Record(id="L-1", applicant_name="홍길동", library=BRANCHES[0], reject_reason=None), decision="REJECT")


def check(**submitted):
    return submit("library_check", with_names=CHECKING, **submitted)


def test_an_outcome_button_decides():
    assert check(decision="APPROVE").values == {"decision": "APPROVE", "visits": [], "contact": {"called": False}}


def test_without_an_outcome_nothing_is_decided():
    assert set(check().errors) == {"decision"}
    assert set(check(decision="LATER").errors) == {"decision"}


def test_a_reason_is_needed_for_that_outcome_only():
    assert set(check(decision="REJECT").errors) == {"reject_reason"}
    assert check(decision="REJECT", reject_reason="서류가 없어요").values["reject_reason"] == "서류가 없어요"
    assert "reject_reason" not in check(decision="APPROVE", reject_reason="지난번 것").values


def test_read_only_fields_are_never_taken():
    assert "applicant_name" not in check(decision="APPROVE", applicant_name="딴사람", library="B2").values


def test_rows_come_from_a_page_and_from_json_alike():
    page = {"visits.0.day": "2026-12-02", "visits.0.what": "서류", "visits.1.day": "", "visits.1.what": ""}
    assert check(decision="APPROVE", **page).values["visits"] == [{"day": "2026-12-02", "what": "서류"}]
    rows = [{"day": "2026-12-02", "what": "서류", "more": 1}]
    assert check(decision="APPROVE", visits=rows).values["visits"] == [{"day": "2026-12-02", "what": "서류"}]


def test_a_wrong_row_is_named_by_its_place():
    assert check(decision="APPROVE", visits=[{"day": "2026-12-02"}, {"what": "서류"}]).errors.keys() == {"visits.1.day"}
    assert set(check(decision="APPROVE", visits=[{"what": "x"}] * 101).errors) == {"visits"}


def test_fields_of_a_group_with_a_path_stand_in_a_context():
    assert check(decision="APPROVE", **{"contact.called": "on"}).values["contact"] == {"called": True}
    assert check(decision="APPROVE", contact={"called": True}).values["contact"] == {"called": True}


def test_a_form_without_a_record_has_its_own_rules():
    assert submit("library_withdraw", record="", reason="MOVING", reason_text="x").values == {"reason": "MOVING"}
    assert set(submit("library_withdraw", record="", reason="OTHER", reason_text="x").errors) == {"reason_text"}
    assert set(submit("library_withdraw", record="").errors) == {"reason"}
    assert submit("library_withdraw", record="", reason="OTHER", reason_text="바빠서").values == {"reason": "OTHER", "reason_text": "바빠서"}


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), Decimal("NaN"), "a\x00", "\ud800", "x" * 10_000, {"a": "b"}, [[[[]]]], object(), 10**60]
)
@pytest.mark.parametrize("key", ["applicant_name", "books", "library", "interests", "terms_agreed", "pickup_date", "card_kind", "birth_date"])
def test_no_value_breaks_a_form(key, value):
    done = submit(**{key: value})
    assert set(done.values) <= {item.key for item in app().forms["library_apply"].walk()}
    assert key in done.errors
