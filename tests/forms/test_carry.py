"""What a page carries along unseen (`carry`): the values that the person looks at, compared with what holds when they send it."""

import json
from functools import cache

import pytest

from engine import apps, forms
from tests.forms.library import APPLICATION, BRANCHES, NOW, ROOT, Record, names

SEATS = {
    "type": "number",
    "id": "f_seen",
    "key": "seen",
    "label": "자리",
    "properties": {"label.en": "Seats", "carry": "=branch[item.id = library][1].seats"},
}
CHECK = """
[[library_apply]]
when = "= form.seen != null and form.seen != branch[item.id = form.library][1].seats"
field = "library"
code = "SEATS_CHANGED"
ko = "자리 수가 바뀌었어요."
en = "The number of seats has changed."
"""


@cache
def app(component=None):
    files = dict(apps.read(ROOT, "library"))
    name = next(file for file in files if file.endswith("library_apply.form"))
    form = json.loads(files[name])
    form["components"].append(json.loads(component) if component else SEATS)
    checks = next(file for file in files if file.endswith("checks.toml"))
    return apps.load("library", files | {name: json.dumps(form).encode(), checks: files[checks] + CHECK.encode()})


def page(seats, **typed):
    there = names(branch=[Record(id="B1", name="한빛도서관", active=True, seats=seats), *BRANCHES[1:]])
    record = app().records["member"]
    return forms.view(app(), "library_apply", there, lang="en", now=NOW, values=APPLICATION | typed, record=record)


def carried(view):
    return next(field for field in view.fields if field.key == "seen")


def test_the_page_carries_what_the_person_looks_at():
    field = carried(page(20))
    assert (field.kind, field.name, field.value) == ("carried", "seen", "20")
    assert next(other for other in page(20).fields if other.key == "library").triggers  # choosing another one renders it anew


def test_every_page_carries_what_holds_then_whatever_an_earlier_one_said():
    assert carried(page(7, seen="20")).value == "7"
    assert carried(page(7, library="")).value == ""


def test_a_submission_is_checked_against_what_the_person_saw():
    record = app().records["member"]
    sent = [forms.submit(app(), "library_apply", APPLICATION | {"seen": seen}, names(), now=NOW, record=record) for seen in ("20", 20, "7", None)]
    assert [{key: [text["code"] for text in texts] for key, texts in one.errors.items()} for one in sent] == [
        {},
        {},
        {"library": ["SEATS_CHANGED"]},
        {},
    ]


def test_only_texts_and_numbers_can_be_carried():
    with pytest.raises(apps.AppRefused) as caught:
        app(json.dumps({**SEATS, "type": "checkbox"}))
    assert "form-carry" in {finding.rule for finding in caught.value.findings}
