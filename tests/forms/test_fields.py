"""What a field accepts: domain rules C-3 to C-7."""

from decimal import Decimal

import pytest

from engine.forms import Choice, Field, messages

PLAIN = {"ko": "칸", "en": "Field"}


def field(kind, **rules):
    return Field("x", kind, PLAIN, **rules)


def accepts(kind, raw, value, **rules):
    assert field(kind, **rules).parse(raw) == (value, None)


def refuses(kind, raw, message=None, **rules):
    value, error = field(kind, **rules).parse(raw)
    assert value is None and error
    assert set(error) >= {"ko", "en"}
    if message is not None:
        assert error == message


@pytest.mark.parametrize("raw", ["01012345678", "010-1234-5678", " 010 1234 5678 ", "+82 10-1234-5678", "０１０１２３４５６７８"])
def test_a_mobile_number_is_kept_as_digits(raw):
    accepts("mobile", raw, "01012345678")


@pytest.mark.parametrize("raw", ["0212345678", "010-12-5678", "010123456789", "010-1234-567a", 1012345678, "01212345678", "٠١٠١٢٣٤٥٦٧٨9"])
def test_anything_else_is_no_mobile_number_and_the_message_says_what_is(raw):
    refuses("mobile", raw, messages.MOBILE)


def test_an_old_ten_digit_mobile_number_is_fine():
    accepts("mobile", "011-234-5678", "0112345678")


def test_a_name_is_trimmed_and_otherwise_kept_as_typed():
    accepts("name", "  홍길동 ", "홍길동")
    accepts("name", "Anne-Marie O'Neill Jr.", "Anne-Marie O'Neill Jr.")
    accepts("name", "<script>alert(1)</script>", "<script>alert(1)</script>")
    accepts("name", "가" * 50, "가" * 50)


def test_a_name_of_51_letters_or_with_control_characters_is_refused():
    refuses("name", "가" * 51, messages.NAME)
    refuses("name", "홍\n길동", messages.CONTROL)
    refuses("name", "홍\x07길동", messages.CONTROL)
    refuses("name", "홍\u202e길동", messages.CONTROL)


def test_hangul_typed_in_pieces_counts_as_syllables():
    accepts("name", "홍길동", "홍길동")


@pytest.mark.parametrize("raw", ["1234", "12-345", "123456", "１２３４５", "1234a", 12345])
def test_a_postcode_is_five_digits(raw):
    refuses("postcode", raw, messages.POSTCODE)


def test_a_postcode_may_begin_with_zero():
    accepts("postcode", "00123", "00123")


@pytest.mark.parametrize("raw", ["a@b", "hong.gil+tag@example.co.kr"])
def test_an_email_has_one_at_sign(raw):
    accepts("email", raw, raw)


@pytest.mark.parametrize("raw", ["a", "a@", "@b", "a@b@c", "a b@c", "a" * 250 + "@b.co"])
def test_other_emails_are_refused(raw):
    refuses("email", raw, messages.EMAIL)


def test_money_is_whole_won():
    accepts("won", "33,000", 33000)
    accepts("won", "33,000원", 33000)
    accepts("won", 5000.0, 5000)
    accepts("won", "0", 0)
    refuses("won", "-1", messages.WON)
    refuses("won", "10.5", messages.WON)
    refuses("won", True, messages.WON)


def test_numbers_have_bounds_and_say_them():
    accepts("int", "8", 8, min=Decimal(1), max=Decimal(10))
    refuses("int", "11", messages.too_big("10"), max=Decimal(10))
    refuses("int", 0, messages.too_small("1"), min=Decimal(1))
    refuses("int", "1.5", messages.WHOLE)
    accepts("number", "1.50", Decimal("1.50"))
    refuses("number", "1e999", messages.NUMBER)
    refuses("number", "nan", messages.NUMBER)
    refuses("number", float("nan"))
    refuses("number", float("inf"))


def test_free_text_keeps_what_was_typed_up_to_500_characters():
    accepts("text", " 두 칸  띄움 ", " 두 칸  띄움 ")
    accepts("text", "a" * 500, "a" * 500)
    refuses("text", "a" * 501, messages.too_long(500))
    accepts("text", "한 줄\r\n두 줄", "한 줄\n두 줄")
    refuses("text", "서울", messages.too_short(5), min=Decimal(5))


def test_nul_and_lone_surrogates_are_refused():
    refuses("text", "a\x00b", messages.CONTROL)
    refuses("text", "a\ud800b", messages.CONTROL)


def test_a_pattern_must_fit_the_whole_text():
    accepts("text", "MDM20260001", "MDM20260001", pattern="[A-Z0-9]{8,20}")
    refuses("text", "MDM2026000!", messages.PATTERN, pattern="[A-Z0-9]{8,20}")


def test_a_pattern_cannot_run_away():
    for pattern in ("(a+)+", "(.{1,50}){1,20}b"):  # the second takes more than an evaluation may
        refuses("text", "a" * 400 + "!", messages.PATTERN, pattern=pattern)


def test_dates_and_times_are_iso():
    accepts("date", "2026-12-03", "2026-12-03")
    refuses("date", "2026-02-30", messages.DATE)
    refuses("date", "20261203", messages.DATE)
    refuses("date", "2026-W49-4", messages.DATE)
    accepts("time", "14:30", "14:30:00")
    accepts("datetime", "2026-12-03T14:30", "2026-12-03T14:30:00+09:00")
    accepts("datetime", "2026-12-03T05:30:00Z", "2026-12-03T05:30:00+00:00")
    refuses("datetime", "tomorrow", messages.DATETIME)


def test_yes_and_no_come_from_boxes_and_from_json():
    accepts("bool", "on", True)
    accepts("bool", "true", True)
    accepts("bool", False, False)
    refuses("bool", "perhaps", messages.YES_NO)
    refuses("bool", 1, messages.YES_NO)


def test_an_enumeration_takes_its_own_values_only():
    values = (Choice("0", PLAIN), Choice("12", PLAIN))
    accepts("enum", "12", "12", values=values)
    accepts("enum", 12, "12", values=values)
    refuses("enum", "13", messages.CHOICE, values=values)
    refuses("enum", ["12"], messages.CHOICE, values=values)


def test_a_list_of_choices_has_bounds_and_no_repeats():
    values = (Choice("A", PLAIN), Choice("B", PLAIN))
    accepts("list", "A", ["A"], values=values)
    accepts("list", ["A", "B", "A"], ["A", "B"], values=values)
    refuses("list", ["A", "C"], messages.CHOICE, values=values)
    refuses("list", ["A", "B"], messages.too_many(1), values=values, max=Decimal(1))
    refuses("list", {"A": 1}, messages.LIST, values=values)


def test_json_is_bounded_in_depth_and_size():
    accepts("json", '{"a": [1, 2.5]}', {"a": [1, Decimal("2.5")]})
    accepts("json", {"a": 1}, {"a": 1})
    deep: object = 1
    for _ in range(20):
        deep = [deep]
    refuses("json", deep, messages.TOO_DEEP)
    refuses("json", list(range(2000)), messages.TOO_DEEP)
    refuses("json", "[" * 100_000, messages.NOT_JSON)
    refuses("json", {"a": {1: 2}}, messages.NOT_JSON)


def test_nothing_is_null_unless_it_is_required():
    accepts("text", "   ", None)
    accepts("date", "", None)
    assert field("name", required=True).parse("  ")[1] == {"ko": "칸을 적어 주세요.", "en": "Please fill in: Field."}
    assert field("enum", required=True).parse(None)[1] == {"ko": "칸을 골라 주세요.", "en": "Please choose: Field."}


def test_a_label_that_is_a_sentence_is_not_put_into_another_one():
    question = {"ko": "어떤 상품을 쓰고 싶으세요?", "en": "Which product would you like?"}
    assert Field("x", "enum", question, required=True).parse("")[1] == {"ko": "하나를 골라 주세요.", "en": "Please choose one."}
    assert Field("x", "text", {"ko": "왜 그만두세요?"}, required=True).parse("")[1] == {
        "ko": "이 칸을 적어 주세요.",
        "en": "Please fill in this field.",
    }


def test_files_come_as_references():
    document = {"document": "d1", "name": "a.jpg", "type": "image/jpeg", "size": 10}
    accepts("file", document, [document])
    refuses("file", "a.jpg", messages.FILE)
    refuses("file", [{"document": "d1"}], messages.FILE)
