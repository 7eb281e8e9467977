"""A real browser on real sockets, for what only a browser can say."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage
from playwright.sync_api import Page as Tab
from werkzeug.serving import make_server

from tests.web.pages import CUSTOMER, Page
from tests.web.world import Visitor, visitor

AXE = Path(__file__).parents[2] / "web" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
PHONE, DESK, TINY = {"width": 390, "height": 844}, {"width": 1440, "height": 900}, {"width": 320, "height": 700}


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a free port; its address."""
    server = make_server("127.0.0.1", 0, closed_at_once(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_at_once(app: Any) -> Any:
    """The application with each answer read to its end: this server forgets to close a file when the browser hangs up in the middle."""

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            getattr(body, "close", bool)()

    return answer


class Desk:
    """Opens pages in fresh tabs, signed in as the page wants it, and listens to the console."""

    def __init__(self, browser: Browser, app: Flask, base: str, known: dict[str, str]) -> None:
        self.browser = browser
        self.app = app
        self.base = base
        self.known = known
        self._cookies: dict[str, list[dict[str, Any]]] = {}

    @contextmanager
    def tab(self, page: Page, *, lang: str = "ko", dark: bool = False, size: dict[str, int] = PHONE, scripts: bool = True) -> Iterator["OpenTab"]:
        """The page, opened."""
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale={"ko": "ko-KR", "en": "en-GB"}[lang],
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.add_cookies(self.cookies(page))  # type: ignore[arg-type]
        opened = OpenTab(context.new_page())
        answer = opened.tab.goto(self.base + page.address(self.known))
        assert answer is not None and answer.status == page.status, f"{page.id}: {answer and answer.status}"
        try:
            yield opened
        finally:
            context.close()

    def cookies(self, page: Page) -> list[dict[str, Any]]:
        """The cookies of somebody who may open the page."""
        if page.who is None:
            return []
        who = page.who if page.who != CUSTOMER else page.address(self.known).split("/")[2]
        if who not in self._cookies:
            person = visitor(self.app)
            self._cookies[who] = self._unlocked(person, who) if page.who == CUSTOMER else self._signed_in(person, who)
        return self._cookies[who]

    def _unlocked(self, person: Visitor, token: str) -> list[dict[str, Any]]:
        person.unlock(token)
        cookie = person.client.get_cookie("case", path=f"/t/{token}")
        assert cookie is not None
        return [{"name": "case", "value": cookie.value, "domain": "127.0.0.1", "path": f"/t/{token}"}]

    def _signed_in(self, person: Visitor, login: str) -> list[dict[str, Any]]:
        person.sign_in(login)
        cookie = person.client.get_cookie("session")
        assert cookie is not None
        return [{"name": "session", "value": cookie.value, "url": self.base}]


class OpenTab:
    """One open tab and what its console said."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.complaints: list[str] = []
        tab.on("console", self._hear)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        itself = message.text.startswith("Failed to load resource") and (message.location or {}).get("url") == self.tab.url
        if message.type in ("error", "warning") and not itself:
            self.complaints.append(message.text)

    def axe(self) -> list[str]:
        """What axe-core finds wrong, one line each."""
        if not AXE.is_file():
            pytest.fail("axe-core is missing: npm ci --ignore-scripts in web/assets (make setup does it)", pytrace=False)
        self.tab.evaluate(AXE.read_text("utf-8"))
        found = self.tab.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})",
        )
        return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]
