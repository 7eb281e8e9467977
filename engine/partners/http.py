"""The HTTP face of the simulated partners: the SMS gateway, the page that shows what came, and the switches."""

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from jinja2 import Environment

from engine.partners.inbox import SWITCHES, Inbox

SLOW = 8.0  # seconds: longer than the gateway's callers wait
BODY_LIMIT = 1_000_000
HERE = Path(__file__).parent
PAGE = Environment(autoescape=True).from_string((HERE / "page.html").read_text())
STYLE = (HERE / "style.css").read_bytes()


def server(inbox: Inbox, host: str, port: int) -> ThreadingHTTPServer:
    """The server, bound and ready for `serve_forever`."""

    class Handler(_Handler):
        partners = inbox

    made = ThreadingHTTPServer((host, port), Handler)
    made.daemon_threads = True
    return made


class _Handler(BaseHTTPRequestHandler):
    partners: Inbox
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/received.json":
            self._answer(200, "application/json", orjson.dumps(self.partners.as_json()))
        elif address.path == "/style.css":
            self._answer(200, "text/css", STYLE)
        elif address.path == "/":
            self._answer(200, "text/html; charset=utf-8", self._page(parse_qs(address.query).get("lang", ["ko"])[0]).encode())
        else:
            self._answer(404, "text/plain", b"not found")

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_LIMIT))
        paths: dict[str, Callable[[bytes], None]] = {"/messages": self._message, "/switch": self._switch}
        handler = paths.get(urlsplit(self.path).path)
        if handler is None:
            self._answer(404, "text/plain", b"not found")
        else:
            handler(body)

    def _message(self, body: bytes) -> None:
        state = self.partners.switches["sms"]
        if state == "down":
            self._answer(503, "text/plain", b"down")
            return
        if state == "decline":
            self._answer(400, "text/plain", b"declined")
            return
        text = orjson.loads(body)
        self.partners.text(text["channels"][0], text["to"], text["text"], self.headers.get("Idempotency-Key", ""))
        if state == "slow":
            time.sleep(SLOW)
        if state == "lost":
            self.close_connection = True
            return
        self._answer(202, "application/json", b'{"accepted": true}')

    def _switch(self, body: bytes) -> None:
        for name, values in parse_qs(body.decode()).items():
            if name in self.partners.switches and values[0] in SWITCHES:
                self.partners.switches[name] = values[0]
        self.send_response(303)
        self.send_header("Location", f"/?{urlsplit(self.path).query}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _page(self, lang: str) -> str:
        chosen = "en" if lang == "en" else "ko"

        def pick(ko: str, en: str) -> str:
            return en if chosen == "en" else ko

        return PAGE.render(lang=chosen, t=pick, received=self.partners.newest_first(), switches=self.partners.switches, choices=SWITCHES)

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: they carry phone numbers."""
