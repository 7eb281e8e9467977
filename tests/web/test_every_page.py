"""What holds on every page: the list in pages.py against the checks here."""

import pytest

from tests.web.browsing import DESK, PHONE, TINY, Desk
from tests.web.pages import PAGES, Page

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)

HANGUL_OUTSIDE_KOREAN = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const hangul = /[가-힣ㄱ-ㆎ]/;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (hangul.test(node.data) && !parent.closest("[lang=ko], script, style, title, option")) found.push(node.data.trim());
  }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [alt]")) {
    if (element.closest("[lang=ko]")) continue;
    for (const name of ["aria-label", "placeholder", "alt"]) {
      if (hangul.test(element.getAttribute(name) || "")) found.push(`${name}=${element.getAttribute(name)}`);
    }
  }
  return found;
}"""
FIRST_STOP = "() => [document.activeElement.className, document.activeElement.getAttribute('href')]"


@every_page
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(desk: Desk, page: Page, dark: bool, size: dict[str, int]) -> None:
    with desk.tab(page, dark=dark, size=size) as opened:
        assert opened.axe() == []


@every_page
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_nothing_scrolls_sideways_on_a_narrow_screen(desk: Desk, page: Page, lang: str) -> None:
    with desk.tab(page, lang=lang, size=TINY) as opened:
        assert opened.tab.evaluate("() => document.documentElement.scrollWidth") <= TINY["width"]


@every_page
def test_english_pages_mark_what_is_korean(desk: Desk, page: Page) -> None:
    with desk.tab(page, lang="en") as opened:
        assert opened.tab.locator("html").get_attribute("lang") == "en"
        assert opened.tab.evaluate(HANGUL_OUTSIDE_KOREAN) == []


@every_page
def test_korean_pages_are_korean(desk: Desk, page: Page) -> None:
    with desk.tab(page) as opened:
        assert opened.tab.locator("html").get_attribute("lang") == "ko"
        assert opened.tab.locator("a[hreflang=en]").count() > 0


@every_page
def test_the_console_stays_silent(desk: Desk, page: Page) -> None:
    with desk.tab(page, size=DESK) as opened:
        opened.tab.wait_for_load_state("networkidle")
        assert opened.complaints == []


@every_page
def test_the_page_says_the_same_without_scripts(desk: Desk, page: Page) -> None:
    with desk.tab(page, scripts=False) as plain, desk.tab(page) as lively:
        assert plain.tab.locator("h1").all_inner_texts() == lively.tab.locator("h1").all_inner_texts()
        assert plain.tab.locator("main").count() == 1


@every_page
def test_the_first_stop_leads_to_the_content(desk: Desk, page: Page) -> None:
    with desk.tab(page, size=DESK) as opened:
        opened.tab.evaluate("() => { document.activeElement.blur(); getSelection().removeAllRanges(); }")
        opened.tab.locator("body").press("Tab") if opened.tab.locator("[autofocus]").count() == 0 else opened.tab.locator("a.skip").focus()
        assert opened.tab.evaluate(FIRST_STOP) == ["skip", "#main"]
