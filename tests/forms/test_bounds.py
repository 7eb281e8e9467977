"""Bounds of the form itself, also those that FEEL gives."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import forms
from engine.forms import Choice, Field, messages
from engine.forms.fields import TYPES
from engine.forms.problems import Problems
from tests.forms.library import NOW


def one_form(*components):
    """An app with one form of these components."""
    problems = Problems()
    data = json.dumps({"type": "default", "components": list(components)}).encode()
    form = forms.compile_form("one", "one.form", data, problems)
    assert problems.found == []
    return SimpleNamespace(forms={"one": form}, choices={}, checks={}, decisions={}, records={})


def errors(app, **submitted):
    return forms.submit(app, "one", submitted, {"plan": {"most": 5}}, now=NOW).errors


def test_bounds_may_be_feel():
    app = one_form(
        {"type": "number", "id": "a", "key": "low"},
        {"type": "number", "id": "b", "key": "high", "validate": {"min": "=low + 1", "max": "=plan.most"}},
        {"type": "textfield", "id": "c", "key": "word", "validate": {"maxLength": "=plan.most"}},
    )
    assert errors(app, low=1, high=2, word="다섯글자로") == {}
    assert errors(app, low=2, high=2) == {"high": [messages.too_small("3")]}
    assert errors(app, low=1, high=6) == {"high": [messages.too_big("5")]}
    assert errors(app, word="여섯글자예요") == {"word": [messages.too_long(5)]}


def test_numbers_written_as_text_are_bounds_too():
    app = one_form({"type": "number", "id": "a", "key": "n", "validate": {"min": "2", "max": "3"}})
    assert errors(app, n="3") == {} and set(errors(app, n="4")) == {"n"}


@pytest.mark.parametrize(("validation", "good", "bad"), [("email", "a@b.kr", "a"), ("phone", "+82 2 123 4567", "abc")])
def test_a_text_field_may_be_an_email_or_a_phone(validation, good, bad):
    app = one_form({"type": "textfield", "id": "a", "key": "x", "validate": {"validationType": validation}})
    assert errors(app, x=good) == {} and set(errors(app, x=bad)) == {"x"}


def test_days_gone_by_are_refused_where_the_form_says_so():
    app = one_form({"type": "datetime", "id": "a", "key": "day", "subtype": "date", "disallowPassedDates": True})
    assert errors(app, day="2026-12-01") == {} and errors(app, day="2026-11-30") == {"day": [messages.PAST]}


def test_a_field_inside_a_row_hides_by_its_own_row():
    app = one_form(
        {"type": "dynamiclist", "id": "l", "path": "rows", "components": [
            {"type": "checkbox", "id": "a", "key": "other", "label": "Other"},
            {"type": "textfield", "id": "b", "key": "what", "validate": {"required": True}, "conditional": {"hide": "=not(other = true)"}},
        ]}
    )  # fmt: skip
    rows = [{"other": True, "what": "x"}, {"other": "true"}, {"other": False, "what": "y"}]
    done = forms.submit(app, "one", {"rows": rows}, {}, now=NOW)
    assert set(done.errors) == {"rows.1.what"}
    assert done.values["rows"][0] == {"other": True, "what": "x"} and done.values["rows"][2] == {"other": False}
    page = forms.view(app, "one", {}, lang="ko", now=NOW, values={"rows": [{"other": True}, {"other": False}]})
    assert [[field.key for field in row.items] for row in page.fields[0].items] == [["other", "what"], ["other"]]


def test_lists_may_stand_inside_lists_and_texts_inside_rows():
    app = one_form(
        {"type": "dynamiclist", "id": "l", "path": "days", "components": [
            {"type": "text", "id": "t", "text": "{{this.day}} / {{parent.days[1].day}}"},
            {"type": "textfield", "id": "d", "key": "day"},
            {"type": "dynamiclist", "id": "m", "path": "visits", "components": [
                {"type": "number", "id": "h", "key": "hour", "validate": {"max": 24}},
            ]},
        ]}
    )  # fmt: skip
    page = {"days.0.day": "a", "days.0.visits.0.hour": "9", "days.0.visits.1.hour": "99", "days.1.day": "b"}
    done = forms.submit(app, "one", page, {}, now=NOW)
    assert done.errors == {"days.0.visits.1.hour": [messages.too_big("24")]}
    rows = [{"day": "a", "visits": [{"hour": 9}]}, {"day": "b", "visits": []}]
    assert forms.submit(app, "one", {"days": rows}, {}, now=NOW).values == {"days": rows}
    shown = forms.view(app, "one", {}, lang="ko", now=NOW, values=page, errors=done.errors)
    hours = [field for field in shown.fields if field.key == "hour"]
    assert [(field.name, field.value, bool(field.errors)) for field in hours[:2]] == [
        ("days.0.visits.0.hour", "9", False), ("days.0.visits.1.hour", "99", True),
    ]  # fmt: skip
    assert ["".join(span.text for span in field.blocks[0].lines[0]) for field in shown.fields if field.kind == "prose"] == ["a / a", "b / a"]


def test_what_editors_leave_behind_does_not_matter():
    app = one_form(
        {
            "type": "select",
            "id": "a",
            "key": "a",
            "label": None,
            "layout": {"row": "R1", "columns": None},
            "appearance": None,
            "validate": None,
            "properties": None,
            "values": [{"label": "Half", "value": 0.5}, {"label": "One", "value": 1}, {"label": "Yes", "value": True}],
            "searchable": True,
            "conditional": {"hide": None},
        },
        {
            "type": "textfield",
            "id": "b",
            "key": "b",
            "properties": [{"name": "label.en", "value": "B"}],
            "validate": {"pattern": "", "validationType": ""},
        },
    )
    assert forms.submit(app, "one", {"a": "0.5"}, {}, now=NOW).values == {"a": 0.5, "b": None}
    assert forms.submit(app, "one", {"a": 1}, {}, now=NOW).values == {"a": 1, "b": None}
    assert forms.submit(app, "one", {"a": "true"}, {}, now=NOW).values == {"a": True, "b": None}
    assert forms.view(app, "one", {}, lang="en", now=NOW).fields[1].label == "B"


def test_columns_and_addresses_may_be_feel():
    app = one_form(
        {"type": "table", "id": "t", "dataSource": "=rows", "columnsExpression": '=[{key: "a", label: "A"}]'},
        {"type": "image", "id": "i", "source": "=picture", "alt": "a cat"},
        {"type": "iframe", "id": "f", "label": "Map", "url": "https://example.org/{{place}}"},
        {"type": "iframe", "id": "g", "label": "Evil", "url": "javascript:alert(1)"},
    )
    shown = forms.view(app, "one", {"rows": [{"a": 1000}], "picture": "/cat.png", "place": "seoul"}, lang="ko", now=NOW).fields
    assert (shown[0].columns, shown[0].rows) == (("A",), (("1,000",),))
    assert [field.url for field in shown[1:]] == ["/cat.png", "https://example.org/seoul", ""]


@given(
    st.sampled_from(TYPES),
    st.one_of(
        st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.sampled_from(["01012345678", "2026-12-03", "1,000", "14:30", "a@b"])
    ),
)
def test_what_a_field_accepts_it_accepts_again(kind, raw):
    rule = Field("x", kind, {"ko": "x"}, values=(Choice("A", {"ko": "A"}),) if kind == "enum" else ())
    value, error = rule.parse(raw)
    if error is None:
        assert rule.parse(value) == (value, None)
