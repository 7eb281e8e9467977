"""The keeper sees in the menu that something came, reads it, and goes to the case."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from engine import worker
from tests.runtime import teahouse
from tests.runtime.test_notices import MORE, TELL
from tests.web.browsing import DESK, PHONE, TINY, Desk, serving
from tests.web.pages import Page
from tests.web.teahouse import baton_of, opened, signed_in


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with opened(tmp_path_factory.mktemp("teahouse")) as made:
        teahouse.deploy(baton_of(made), TELL, form="order", more=MORE)
        yield made


def test_a_notice_is_counted_read_and_leads_to_its_case(app: Flask) -> None:
    keeper = signed_in(app, "keeper1")
    assert "알림이 없어요" in keeper.get("/notices").text
    number = teahouse.sell(baton_of(app), buyer="홍길동", qty="2").number
    worker.run_due(baton_of(app))
    assert '<span class="badge bad unread">1' in keeper.get("/tasks").text
    page = keeper.get("/notices").text
    assert f'href="/cases/teahouse/{number}"' in page and "홍길동 님이 2개 주문했어요." in page
    until = page.split('name="until" value="')[1].split('"')[0]
    assert keeper.post("/notices", {"until": until}).status_code == 303
    assert "unread" not in keeper.get("/notices").text
    assert "홍길동" not in signed_in(app, "agent1").get("/notices").text


@pytest.mark.parametrize(("size", "dark", "lang"), [(PHONE, False, "ko"), (DESK, True, "en")], ids=["phone", "dark desk"])
def test_the_page_is_sound(app: Flask, browser: Browser, size: dict[str, int], dark: bool, lang: str) -> None:
    teahouse.sell(baton_of(app), buyer="김하나", qty="2")
    worker.run_due(baton_of(app))
    with serving(app) as base:
        desk = Desk(browser, app, base, {})
        with desk.tab(Page("/notices", "keeper1"), dark=dark, size=size, lang=lang) as tab:
            assert tab.axe() == []
        with desk.tab(Page("/notices", "keeper1"), size=TINY, scripts=False) as tab:
            assert tab.tab.evaluate("() => document.documentElement.scrollWidth") <= TINY["width"]
            assert tab.tab.locator("main h1:visible").count() == 1
