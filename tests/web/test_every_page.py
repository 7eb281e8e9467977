"""What holds on every page: the list in pages.py against the checks here."""

import pytest

from tests.web.browsing import DESK, PHONE, TINY, Desk, OpenTab
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
FIRST_STOP = """() => {
  document.activeElement.blur();
  const stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
  const first = stops.find((stop) => stop.tabIndex >= 0 && !stop.disabled);
  return [first.className, first.getAttribute("href"), document.querySelector("main").id];
}"""


def width(opened: OpenTab) -> int:
    """How wide the page wants to be."""
    found: int = opened.tab.evaluate("() => document.documentElement.scrollWidth")
    return found


@every_page
@pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (DESK, True)], ids=["phone", "dark desk"])
def test_axe_finds_nothing(desk: Desk, page: Page, size: dict[str, int], dark: bool) -> None:
    with desk.tab(page, dark=dark, size=size) as opened:
        assert opened.axe() == []


@every_page
def test_english_fits_a_narrow_screen_and_marks_what_is_korean(desk: Desk, page: Page) -> None:
    with desk.tab(page, lang="en", size=TINY) as opened:
        assert opened.tab.locator("html").get_attribute("lang") == "en"
        assert opened.tab.evaluate(HANGUL_OUTSIDE_KOREAN) == []
        assert width(opened) <= TINY["width"]


@every_page
def test_korean_fits_a_narrow_screen_and_offers_english(desk: Desk, page: Page) -> None:
    with desk.tab(page, size=TINY) as opened:
        assert opened.tab.locator("html").get_attribute("lang") == "ko"
        assert opened.tab.locator("a[hreflang=en]").count() > 0
        assert width(opened) <= TINY["width"]


@every_page
def test_the_console_stays_silent_and_the_first_stop_leads_to_the_content(desk: Desk, page: Page) -> None:
    with desk.tab(page, size=DESK) as opened:
        opened.tab.wait_for_load_state("networkidle")
        assert opened.complaints == []
        assert opened.tab.evaluate(FIRST_STOP) == ["skip", "#main", "main"]


@every_page
def test_the_page_stands_without_scripts(desk: Desk, page: Page) -> None:
    with desk.tab(page, scripts=False) as opened:
        assert opened.tab.locator("main h1:visible").count() == 1
        assert opened.tab.locator("main").count() == 1
