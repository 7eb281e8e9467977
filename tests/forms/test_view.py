"""Forms as pages see them."""

from pathlib import Path

from engine import apps, forms
from tests.forms.library import APPLICATION, BRANCHES, NOW, Record, names, submit, view

REPOSITORY = Path(__file__).parents[2]


def fields(page):
    return {field.key: field for field in page.fields if field.key}


MEMBER = names(
    member=Record(id="L-1", applicant_name="홍길동", birth_date="1990-05-05", mobile="01012345678", library=BRANCHES[1], reject_reason=None, books=4)
)


def test_groups_are_steps_with_labels():
    assert [group.label for group in view().groups] == ["신청하는 분", "회원증", ""]
    assert [group.label for group in view(lang="en").groups] == ["You", "Card", ""]


def test_labels_come_from_the_record_in_both_languages():
    assert fields(view())["mobile"].label == "휴대폰 번호"
    assert fields(view(lang="en"))["mobile"].label == "Mobile"
    assert fields(view(lang="en"))["birth_date"].label == "Date of birth"
    assert fields(view(lang="en"))["email"].hint == "Leave empty if you have none."


def test_optional_fields_are_marked_and_required_ones_are_not():
    shown = fields(view())
    assert shown["email"].optional and not shown["applicant_name"].optional
    assert shown["applicant_name"].required


def test_inputs_fit_their_type():
    shown = fields(view())
    assert (shown["mobile"].input_type, shown["mobile"].autocomplete, shown["mobile"].inputmode) == ("tel", "tel", "tel")
    assert shown["birth_date"].input_type == "date" and shown["birth_date"].kind == "date"
    assert shown["postcode"].inputmode == "numeric" and shown["postcode"].maxlength == 5
    assert shown["applicant_name"].autocomplete == "name"
    assert shown["note"].maxlength == 100


def test_options_say_what_they_are():
    kinds = fields(view())["card_kind"].options
    assert [(option.value, option.label, option.detail) for option in kinds] == [("ADULT", "어른", "한 해 5,000원"), ("CHILD", "어린이", "")]
    kinds = fields(view(lang="en"))["card_kind"].options
    assert [(option.label, option.detail) for option in kinds] == [("Adult", "5,000 won a year"), ("Child", "")]
    assert [option.label for option in fields(view(lang="en"))["interests"].options] == ["Art", "Science", "History"]


def test_choices_from_records_are_sorted_filtered_and_detailed():
    options = fields(view())["library"].options
    assert [(option.value, option.label, option.detail) for option in options] == [("B2", "가람도서관", "5명"), ("B1", "한빛도서관", "20명")]


def test_full_days_are_shown_switched_off():
    options = fields(view())["pickup_date"].options
    assert [(option.value, option.off, option.off_text) for option in options] == [
        ("2026-12-02", False, ""), ("2026-12-03", True, "자리가 없어요"), ("2026-12-04", False, ""),
    ]  # fmt: skip
    assert options[0].label == "12월 2일(수)"


def test_an_empty_form_shows_defaults_and_hides_what_does_not_apply():
    shown = fields(view())
    assert shown["books"].value == "2"
    assert "guardian_name" not in shown
    assert view().submit_label == "신청하기" and view(lang="en").submit_label == "Apply"


def test_what_was_typed_is_kept_right_or_wrong():
    typed = {**APPLICATION, "mobile": "12", "books": "many", "card_kind": "CHILD", "interests": ["ART", "NONE"]}
    refused = submit(**typed)
    shown = fields(view(values=typed, errors=refused.errors))
    assert shown["mobile"].value == "12" and shown["books"].value == "many"
    assert shown["card_kind"].chosen == {"CHILD"} and shown["interests"].value == ["ART", "NONE"]
    assert shown["mobile"].errors == ("휴대폰 번호는 010으로 시작하는 10~11자리 숫자로 적어 주세요.",)
    assert shown["guardian_name"].errors == ("보호자 이름을 적어 주세요.",)
    assert shown["mobile"].described_by == "f-mobile-error"


def test_fields_of_a_later_step_hold_what_is_known():
    first_step = {"applicant_name": "홍길동", "mobile": "12"}
    shown = fields(view(values=first_step, with_names=MEMBER))
    assert shown["books"].value == "4" and shown["library"].value == "B2"
    assert shown["mobile"].value == "12"
    assert fields(view(values=first_step))["books"].value == "2"


def test_a_box_that_was_not_ticked_stays_so():
    typed = {"card_kind": "ADULT"}
    member = names(member=Record(id="L-1", interests=["ART"]))
    assert fields(view(values=typed, with_names=member))["interests"].value == []
    assert fields(view(values={"applicant_name": "홍"}, with_names=member))["interests"].value == ["ART"]


def test_the_summary_leads_to_each_field():
    refused = submit(mobile="12", email="no")
    page = view(values={**APPLICATION, "mobile": "12", "email": "no"}, errors=refused.errors, lang="en")
    assert [(mistake.id, mistake.label) for mistake in page.mistakes] == [("f-mobile", "Mobile"), ("f-email", "E-mail")]
    assert page.groups[0].errors == 2


def test_an_error_without_a_field_stands_in_the_summary_alone():
    page = view(values=APPLICATION, errors={"": [{"ko": "방금 자리가 찼어요.", "en": "Just filled."}]})
    assert [(mistake.id, mistake.message) for mistake in page.mistakes] == [("", "방금 자리가 찼어요.")]


def test_a_warning_becomes_a_tick_beside_its_field():
    refused = submit(books="7")
    page = view(values={**APPLICATION, "books": "7"}, errors=refused.errors)
    keys = [field.key for field in page.fields]
    tick = fields(page)["many_books_ack"]
    assert keys.index("many_books_ack") == keys.index("books") + 1
    assert tick.confirm and tick.kind == "checkbox" and tick.label == "한 번에 5권이 넘어요. 그래도 신청할까요?" and tick.value is False


def test_the_preview_follows_what_was_typed():
    assert fields(view(values=APPLICATION))["fee"].text == "5,000원"
    assert fields(view(values={**APPLICATION, "card_kind": "CHILD"}, lang="en"))["fee"].text == "₩0"
    assert fields(view())["fee"].text == ""


def test_texts_hold_values_and_a_little_markdown():
    prose = next(field for field in view(values=APPLICATION).fields if field.kind == "prose")
    assert [block.kind for block in prose.blocks] == ["h2", "p", "ul"]
    assert [(span.text, span.strong) for span in prose.blocks[1].lines[0]] == [("5,000", True), ("원을 창구에서 내요.", False)]


def test_markdown_in_a_value_stays_text():
    page = view("library_check", with_names=names(member=Record(id="L-1", applicant_name="**홍**", library=None)))
    assert fields(page)["applicant_name"].text == "**홍**"


def test_a_task_is_filled_from_the_record():
    shown = fields(view(with_names=MEMBER))
    assert shown["applicant_name"].value == "홍길동" and shown["birth_date"].value == "1990-05-05"
    assert shown["library"].value == "B2" and shown["library"].chosen == {"B2"}
    assert shown["mobile"].value == "010-1234-5678"
    assert shown["books"].value == "4"


def test_read_only_fields_show_labels_not_ids():
    shown = fields(view("library_check", with_names=MEMBER))
    assert (shown["applicant_name"].kind, shown["applicant_name"].text) == ("readonly", "홍길동")
    assert (shown["library"].kind, shown["library"].text) == ("readonly", "가람도서관")


def test_outcomes_are_buttons_and_no_field():
    page = view("library_check", with_names=MEMBER)
    assert [(outcome.key, outcome.value, outcome.label) for outcome in page.outcomes] == [
        ("decision", "APPROVE", "발급하기"), ("decision", "REJECT", "거절하기"),
    ]  # fmt: skip
    assert [outcome.label for outcome in view("library_check", with_names=MEMBER, lang="en").outcomes] == ["Issue the card", "Reject"]
    assert "decision" not in fields(page)


def test_a_field_of_one_outcome_says_which():
    reason = fields(view("library_check", with_names=MEMBER))["reject_reason"]
    assert reason.only_for == ("거절하기",) and not reason.required


def test_rows_and_tables():
    page = view("library_check", with_names=MEMBER)
    visits = fields(page)["visits"]
    assert visits.kind == "list" and [row.key for row in visits.items] == ["visits.0", "visits.1"]
    assert [field.name for field in visits.items[1].items] == ["visits.1.day", "visits.1.what"]
    table = next(field for field in page.fields if field.kind == "table")
    assert table.columns == ("이름", "접수") and table.rows[0] == ("한빛도서관", "20")


def test_there_is_room_for_more_rows_and_nothing_is_required_in_a_blank_one():
    visits = fields(view("library_check", with_names=MEMBER, values={"visits": [{"day": "2026-12-02"}]}))["visits"]
    assert [row.items[0].required for row in visits.items] == [True, False, False]


def test_blank_rows_that_come_back_do_not_grow():
    typed = {"visits.0.day": "2026-12-02", "visits.1.day": "", "visits.1.what": "", "visits.2.day": ""}
    visits = fields(view("library_check", with_names=MEMBER, values=typed))["visits"]
    assert [row.items[0].value for row in visits.items] == ["2026-12-02", "", ""]


def test_typed_rows_come_back_with_their_errors():
    typed = {"decision": "APPROVE", "visits.0.day": "2026-12-02", "visits.0.what": "a", "visits.1.day": "", "visits.1.what": "b"}
    refused = submit("library_check", with_names=MEMBER, **typed)
    visits = fields(view("library_check", with_names=MEMBER, values=typed, errors=refused.errors))["visits"]
    assert [[field.value for field in row.items] for row in visits.items[:2]] == [["2026-12-02", "a"], ["", "b"]]
    assert visits.items[1].items[0].errors == ("날짜를 골라 주세요.",)


def test_fields_that_change_the_form_are_marked():
    shown = fields(view())
    assert shown["card_kind"].triggers and not shown["applicant_name"].triggers


def test_who_reads_a_page_in_a_language_is_written_to_in_it():
    cafe = apps.load("cafe", apps.read(REPOSITORY, "cafe"))

    def shown(lang):
        return fields(forms.view(cafe, "cafe_order", {"menu": []}, lang=lang, now=NOW, record=cafe.records["order"]))

    assert (shown("ko")["language"].value, shown("en")["language"].value) == ("ko", "en")
    assert shown("ko")["qty"].value == "1"
