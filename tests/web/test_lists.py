"""The keeper opens the menu, sorts it, takes a cake off it, and adds a tea; the clerk only reads."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from engine.runtime import record_lists
from tests.runtime.teahouse import KANG
from tests.web.browsing import DESK, PHONE, TINY, Desk, serving
from tests.web.pages import Page
from tests.web.teahouse import baton_of, opened, signed_in
from tests.web.test_every_page import HANGUL_OUTSIDE_KOREAN

LIST = "/lists/teahouse/products"
PAGES = [
    Page("/lists", "keeper1"),
    Page(LIST, "keeper1"),
    Page(f"{LIST}?f.kind=TEA&sort=-price", "keeper1"),
    Page(f"{LIST}?f.kind=NOTHING", "keeper1"),
    Page(f"{LIST}/new", "keeper1"),
    Page(f"{LIST}/row/TEA1", "keeper1"),
    Page("/lists/teahouse/sales", "keeper1"),
    Page(LIST, "agent1"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with opened(tmp_path_factory.mktemp("teahouse")) as made:
        yield made


@pytest.fixture(scope="module")
def desk(app: Flask, browser: Browser) -> Iterator[Desk]:
    with serving(app) as base:
        yield Desk(browser, app, base, {})


def test_the_menu_shows_what_each_may_open(app: Flask) -> None:
    keeper, clerk = signed_in(app, "keeper1"), signed_in(app, "agent1")
    assert 'href="/lists"' in keeper.get("/tasks").text
    assert all(name in keeper.get("/lists").text for name in ("상품", "하루 합계", "주문"))
    assert "하루 합계" not in clerk.get("/lists").text
    assert clerk.get("/lists/teahouse/days").status_code == 404
    assert f"{LIST}/new" not in clerk.get(LIST).text
    assert clerk.get(f"{LIST}/row/TEA1").status_code == 403
    assert clerk.post(f"{LIST}/row/TEA1", {"price": "1"}, page="/tasks").status_code == 403


def test_rows_are_filtered_and_sorted_and_personal_values_masked(app: Flask) -> None:
    keeper = signed_in(app, "keeper1")
    text = keeper.get(f"{LIST}?f.kind=TEA&sort=-price").text
    assert text.index("홍차") < text.index("녹차")
    assert "치즈케이크" not in text
    assert "김*나" in text and "김하나" not in text


def test_a_row_is_changed_and_a_box_that_is_not_ticked_is_off(app: Flask) -> None:
    keeper = signed_in(app, "keeper1")
    assert 'value="6500"' in keeper.get(f"{LIST}/row/CAKE1").text
    sent = {"_rev": "1", "name": "치즈케이크", "price": "7,000", "kind": "CAKE", "supplier": "김하나"}
    answer = keeper.post(f"{LIST}/row/CAKE1", sent)
    assert (answer.status_code, answer.location) == (303, LIST)
    text = keeper.get(f"{LIST}?f.on_sale=false").text
    assert "CAKE1을(를) 저장했어요." in text and "7,000" in text and "녹차" not in text


def test_a_mistake_keeps_everything_typed(app: Flask) -> None:
    keeper = signed_in(app, "keeper1")
    answer = keeper.post(f"{LIST}/new", {"id": "TEA1", "name": "우롱차", "price": "10", "kind": "TEA"})
    assert answer.status_code == 422
    assert 'value="우롱차"' in answer.text and 'value="10"' in answer.text
    assert "100 이상" in answer.text
    answer = keeper.post(f"{LIST}/new", {"id": "TEA1", "name": "우롱차", "price": "4000", "kind": "TEA"})
    assert answer.status_code == 422 and "이미 있는 아이디예요." in answer.text and 'id="f-id-error"' in answer.text


def test_somebody_was_faster(app: Flask) -> None:
    keeper = signed_in(app, "keeper1")
    page = keeper.get(f"{LIST}/row/TEA2").text
    seen = page.split('name="_rev" value="')[1].split('"')[0]
    baton_of(app).do(record_lists.save, app="teahouse", name="products", actor=KANG, fields={"price": 5500}, id="TEA2")
    sent = {"_rev": seen, "name": "얼그레이", "price": "5100", "kind": "TEA", "on_sale": "true"}
    answer = keeper.post(f"{LIST}/row/TEA2", sent)
    assert answer.status_code == 409
    assert "보는 사이에 다른 사람이 바꿨어요" in answer.text and 'value="얼그레이"' in answer.text
    again = answer.text.split('name="_rev" value="')[1].split('"')[0]
    assert keeper.post(f"{LIST}/row/TEA2", sent | {"_rev": again}).status_code == 303
    assert "얼그레이" in keeper.get(LIST).text


def test_programs_get_json(app: Flask) -> None:
    keeper = signed_in(app, "keeper1", "en")
    answer = keeper.post_json(f"{LIST}/row/TEA1", {"price": 1})
    assert answer.status_code == 422 and answer.json and "100" in answer.json["price"]["message_en"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
@pytest.mark.parametrize(("size", "dark", "lang"), [(PHONE, False, "ko"), (DESK, True, "en")], ids=["phone", "dark desk"])
def test_every_list_page_is_sound(desk: Desk, page: Page, size: dict[str, int], dark: bool, lang: str) -> None:
    with desk.tab(page, dark=dark, size=size, lang=lang) as opened_tab:
        assert opened_tab.axe() == []
        assert opened_tab.complaints == []
    with desk.tab(page, size=TINY, lang="en", scripts=False) as opened_tab:
        assert opened_tab.tab.evaluate("() => document.documentElement.scrollWidth") <= TINY["width"]
        assert opened_tab.tab.locator("main h1:visible").count() == 1
    with desk.tab(page, lang="en") as opened_tab:
        assert opened_tab.tab.evaluate(HANGUL_OUTSIDE_KOREAN) == []
