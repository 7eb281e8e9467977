"""Texts, dates and steps of forms: small things that every page leans on."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask, g

from engine.clock import KST
from engine.forms.page import FieldView, FormView, Group
from tests.web.world import MORNING
from web import formats
from web.portal import steps
from web.texts import TRANSLATIONS, catalogue, has_hangul, t, ts, tx

STIFF = ("하시겠습니까", "되어지", "습니다", "입니다", "됩니다")


def test_every_text_is_korean_in_korean_and_not_in_english() -> None:
    mixed = [key for key, text in catalogue().items() if has_hangul(text["en"]) and key != "common.other_language"]
    assert mixed == []


def test_both_languages_have_the_same_places() -> None:
    places = re.compile(r"\{(\w+)\}")
    unequal = [key for key, text in catalogue().items() if set(places.findall(text["ko"])) != set(places.findall(text["en"]))]
    assert unequal == []


@pytest.mark.parametrize("stiff", STIFF)
def test_the_words_are_friendly(stiff: str) -> None:
    assert [key for key, text in catalogue().items() if stiff in text["ko"]] == []


def test_every_text_that_pages_name_exists() -> None:
    web = TRANSLATIONS.parent
    sources = [path for path in web.rglob("*") if path.suffix in (".html", ".py") and "node_modules" not in path.parts]
    named = {key for path in sources for key in re.findall(r"""\bt\(\s*["'](\w+\.\w+)["']""", path.read_text("utf-8"))}
    assert {key for key in named if not key.endswith("_")} - set(catalogue()) == set()


def test_korean_words_on_an_english_page_say_so(app: Flask) -> None:
    with app.test_request_context():
        g.language = "en"
        assert tx({"ko": "설치", "en": "Install"}) == "Install"
        assert tx({"ko": "<설치>"}) == '<span lang="ko">&lt;설치&gt;</span>'
        assert ts("common.late_by", span="<김>") == '<span lang="ko">&lt;김&gt;</span> late'
        assert tx("Pay 12,000 KRW in 14 days") == "Pay 12,000\N{NO-BREAK SPACE}KRW in 14\N{NO-BREAK SPACE}days"
        assert t("common.check_fields", n=1) == "Please check 1 field"


@pytest.mark.parametrize(
    ("moment", "korean", "english"),
    [
        (datetime(2026, 11, 22, 14, 0, tzinfo=KST), "11월 22일(일) 오후 2:00", "Sun 22 Nov, 2:00 pm"),
        (datetime(2026, 11, 20, 0, 5, tzinfo=KST), "11월 20일(금) 오전 12:05", "Fri 20 Nov, 12:05 am"),
    ],
)
def test_a_moment_is_said_in_korean_time(app: Flask, moment: datetime, korean: str, english: str) -> None:
    for lang, said in (("ko", korean), ("en", english)):
        with app.test_request_context():
            g.language = lang
            assert formats.moment(moment) == said


def test_a_due_time_is_said_as_short_as_it_can_be(app: Flask) -> None:
    with app.test_request_context():
        g.language = "ko"
        assert formats.left(MORNING - timedelta(minutes=12)) == "12분 지남"
        assert formats.left(MORNING + timedelta(minutes=38)) == "38분 남음"
        assert formats.left(MORNING + timedelta(hours=5)) == "오늘 오후 3:00"
        assert formats.left(MORNING + timedelta(days=1)) == "내일 오전 10:00"
        assert formats.left(MORNING - timedelta(days=3)) == "3일 지남"


def field(name: str, kind: str = "text") -> FieldView:
    return FieldView(kind, key=name, name=name, id=f"f-{name}", label=name)


def form(*sizes: int) -> FormView:
    return FormView("f", "ko", tuple(Group(f"g{n}", f"part {n}", tuple(field(f"{n}_{i}") for i in range(size))) for n, size in enumerate(sizes)))


def test_eight_fields_stand_on_one_page() -> None:
    assert steps.step(form(4, 4), 1).count == 1


def test_a_ninth_begins_a_step_and_no_group_is_cut() -> None:
    cut = form(1, 3, 2, 4, 2)
    assert [len(steps.inputs(part)) for part in steps.parts_of(cut.groups)] == [6, 6]
    assert [len(part) for part in steps.parts_of(form(9, 1).groups)] == [1, 1]


def test_the_values_of_the_other_steps_are_carried_along() -> None:
    posted = [("0_0", "a"), ("1_0", "b"), ("1_0", "c"), ("_step", "1"), ("csrf_token", "x")]
    assert steps.step(form(8, 8), 1, posted).carried == [("1_0", "b"), ("1_0", "c")]
    assert steps.step(form(8, 8), 9, posted).number == 2


def test_what_is_worked_out_stands_beside_the_form_not_in_a_step() -> None:
    price = Group("p", "price", (field("price", "readonly"),))
    whole = FormView("f", "ko", (*form(2).groups, price))
    assert [item.key for item in steps.previews(whole)] == ["price"]
    assert [group.id for group in steps.without_previews(whole).groups] == ["g0"]


def test_an_error_opens_the_step_that_it_is_in() -> None:
    assert steps.first_wrong(form(8, 8), {"1_3": []}) == 2
    assert steps.first_wrong(form(8, 8), {"": []}) == 2
