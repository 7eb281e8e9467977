"""Texts for people."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from engine import feel
from engine.forms import Choice, Field, words
from engine.personal import PersonalText
from engine.texts import Coded, compile_template, for_people, mask, mobile, particle, pick

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def render(text, lang="ko", **names):
    return compile_template(text).render(names, NOW, lang)


def test_a_template_mixes_text_and_values():
    assert render("{{name}}님, {{n}}원", name="홍길동", n=35200) == "홍길동님, 35,200원"


def test_what_is_missing_is_empty():
    assert render("[{{nobody.here}}]") == "[]"


def test_expressions_may_hold_braces_and_strings():
    assert render('{{ {a: {b: "}}"}}.a.b }}!') == "}}!"


def test_braces_that_never_close_are_text():
    assert render("a {{b") == "a {{b"


def test_a_text_that_begins_with_an_equals_sign_is_one_expression():
    assert render('= "A" + name', name="b") == "Ab"


def test_a_wrong_expression_is_refused():
    with pytest.raises(feel.FeelSyntaxError):
        compile_template("{{ 1 + }}")


def test_dates_are_written_as_people_write_them():
    assert render('{{date("2026-11-22")}}') == "11월 22일(일)"
    assert render('{{date("2026-11-22")}}', "en") == "Sun 22 Nov"
    assert render('{{date("2029-12-03")}}') == "2029년 12월 3일(월)"
    assert render('{{date("2029-12-03")}}', "en") == "Mon 3 Dec 2029"
    assert render('{{date and time("2026-11-22T05:00:00Z")}}') == "11월 22일(일) 오후 2:00"
    assert render('{{date and time("2026-11-22T05:00:00Z")}}', "en") == "Sun 22 Nov, 2:00 pm"
    assert render('{{time("09:05:00")}}', "en") == "9:05 am"
    assert render('{{duration("P1DT2H30M")}}') == "1일 2시간 30분"
    assert render('{{duration("P1Y2M")}}') == "1년 2개월"


def test_python_values_are_written_the_same_way():
    assert for_people(date(2026, 11, 22), "ko", 2026) == "11월 22일(일)"
    assert for_people(datetime(2026, 11, 22, 5, tzinfo=UTC), "en", 2026) == "Sun 22 Nov, 2:00 pm"
    assert for_people(time(0, 5)) == "오전 12:05"
    assert for_people(timedelta(minutes=90), "en") == "1 h 30 min"


def test_numbers_have_thousands_separators():
    assert [for_people(value) for value in (1234567, Decimal("1234.50"), 0.1, Decimal("100"), -5000)] == [
        "1,234,567",
        "1,234.5",
        "0.1",
        "100",
        "-5,000",
    ]


def test_yes_no_lists_and_contexts():
    assert for_people(True) == "예" and for_people(False, "en") == "No"
    assert for_people(["가", 1000]) == "가, 1,000"
    assert for_people(None) == ""


def test_personal_texts_pass_through_as_they_are():
    name = PersonalText("홍길동", "p1/name")
    parts = compile_template("{{name}}님").parts({"name": name}, NOW)
    assert parts[0] is name and parts == ["홍길동", "님"]


def test_english_falls_back_to_korean():
    assert pick({"ko": "가"}, "en") == "가" and pick({"ko": "가", "en": "a"}, "en") == "a" and pick(None, "ko") == ""


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("name", "홍길동", "홍*동"), ("name", "이산", "이*"), ("name", "남궁민수", "남**수"), ("name", "김", "*"),
        ("mobile", "01012345678", "010-****-5678"), ("mobile", "010", "****"),
        ("email", "abc@example.com", "a***@example.com"), ("email", "abc", "****"),
        ("address", "서울 중구 세종대로 110", "서울 중구 세종대로 ***"), ("text", "비밀", "****"), ("name", None, ""),
    ],
)  # fmt: skip
def test_public_pages_mask_personal_values(kind, value, shown):
    assert mask(value, kind) == shown


def test_particles_follow_the_last_letter():
    assert particle("이름", "을/를") == "이름을" and particle("주소", "을/를") == "주소를" and particle("Mbps", "을/를") == "Mbps을(를)"


def test_the_value_of_a_field_is_read_by_its_type():
    kind = Field("k", "enum", values=(Choice("A", {"ko": "가", "en": "a"}),))
    assert words(Field("f", "won"), 35200, "ko") == "35,200원" and words(Field("f", "won"), 35200, "en") == "₩35,200"
    assert words(Field("m", "mobile"), "01012345678", "ko") == "010-1234-5678"
    assert words(Field("d", "date"), "2026-12-02", "en", 2026) == "Wed 2 Dec"
    assert words(kind, "A", "en") == "a" and words(kind, ["A"], "ko") == "가" and words(kind, None, "ko") == ""
    assert words(None, 1000, "ko") == "1,000"


def test_mobiles_are_shown_with_hyphens():
    assert mobile("01012345678") == "010-1234-5678" and mobile("0112345678") == "011-234-5678" and mobile("12") == "12"


def test_an_enumeration_in_a_text_is_read_by_its_label() -> None:
    slot = Coded("AM1", {"ko": "오전", "en": "morning"})
    assert compile_template("{{slot}}에 와요").render({"slot": slot}, lang="ko") == "오전에 와요"
    assert compile_template("In the {{slot}}").render({"slot": slot}, lang="en") == "In the morning"
