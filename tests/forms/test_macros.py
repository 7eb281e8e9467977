"""Forms as HTML: labels, errors and values at their places, and nothing that a person typed becomes markup."""

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from lxml import html

from tests.forms.library import APPLICATION, BRANCHES, Record, names, submit, view
from web.page_tools import fit_in_a_row
from web.texts import pick, t, tx, unbroken

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"


def page(form):
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    environment.globals |= {"t": t, "tx": tx, "pick": pick, "icon_url": lambda name: f"#{name}", "language": lambda: "ko"}
    environment.filters |= {"fit_in_a_row": fit_in_a_row, "unbroken": unbroken}
    source = '{% import "form/form.html" as forms with context %}<form>{{ forms.fields(form) }}</form>'
    return html.fromstring(environment.from_string(source).render(form=form))


MEMBER = names(member=Record(id="L-1", applicant_name="<b>홍길동</b>", library=BRANCHES[0], reject_reason=None))
FORMS = {
    "empty": lambda: view(),
    "english": lambda: view(lang="en"),
    "wrong": lambda: view(values={**APPLICATION, "mobile": "12", "card_kind": "CHILD", "books": "7"}, errors=submit(mobile="12", books="7").errors),
    "task": lambda: view("library_check", with_names=MEMBER),
    "rows": lambda: view(
        "library_check", with_names=MEMBER, values={"visits": [{"what": "a"}]}, errors=submit("library_check", visits=[{"what": "a"}]).errors
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_ids_are_unique_and_everything_that_points_arrives(name):
    tree = page(FORMS[name]())
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    pointed = [element.get("for") for element in tree.iter("label") if element.get("for")]
    pointed += [one for element in tree.iter() for one in (element.get("aria-describedby") or "").split()]
    assert pointed and set(pointed) <= set(ids)


@pytest.mark.parametrize("name", FORMS)
def test_every_input_has_a_label(name):
    tree = page(FORMS[name]())
    named = {element.get("for") for element in tree.iter("label")}
    inputs = list(tree.iter("input", "select", "textarea"))
    assert inputs
    assert all(element.get("id") in named or any(parent.tag == "label" for parent in element.iterancestors()) for element in inputs)


@pytest.mark.parametrize("name", FORMS)
def test_the_summary_of_mistakes_leads_to_inputs(name):
    form = FORMS[name]()
    tree = page(form)
    assert all(tree.get_element_by_id(mistake.id) is not None for mistake in form.mistakes if mistake.id)


def test_errors_stand_at_their_field_and_typed_values_stay():
    tree = page(FORMS["wrong"]())
    mobile = tree.get_element_by_id("f-mobile")
    assert mobile.get("value") == "12" and mobile.get("aria-invalid") == "true"
    assert "010으로 시작하는" in tree.get_element_by_id("f-mobile-error").text_content()
    assert tree.xpath('//input[@name="card_kind"][@checked]/@value') == ["CHILD"]
    assert tree.xpath('//input[@name="many_books_ack"]/@type') == ["checkbox"]


def test_optional_fields_are_marked():
    tree = page(view())
    labels = {label.get("for"): label.text_content() for label in tree.iter("label")}
    assert "(선택)" in labels["f-email"] and "(선택)" not in labels["f-applicant_name"]


def test_options_that_are_full_cannot_be_chosen_and_say_why():
    tree = page(view())
    full = tree.xpath('//input[@name="pickup_date"][@disabled]')
    assert [one.get("value") for one in full] == ["2026-12-03"]
    assert "자리가 없어요" in full[0].getparent().text_content()


def test_what_people_typed_is_never_markup():
    evil = '"><script>alert(1)</script>'
    tree = page(view(values={**APPLICATION, "applicant_name": evil, "note": evil + "</textarea>"}))
    assert tree.xpath("//script") == []
    assert tree.get_element_by_id("f-applicant_name").get("value") == evil
    assert tree.get_element_by_id("f-note").text.strip("\n") == evil + "</textarea>"
    assert "<b>홍길동</b>" in page(FORMS["task"]()).text_content()


def test_a_text_area_keeps_its_first_empty_line():
    assert page(view(values={**APPLICATION, "note": "\n둘째 줄"})).get_element_by_id("f-note").text.endswith("\n둘째 줄")


def test_a_field_for_one_button_says_so():
    assert "거절하기" in page(FORMS["task"]()).get_element_by_id("f-reject_reason-hint").text_content()
