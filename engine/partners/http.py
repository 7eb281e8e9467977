"""The HTTP face of the simulated partners: each under its name, the SMS gateway, the page that shows what came, and the switches."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import orjson
from jinja2 import Environment

from engine.partners.simulation import SWITCHES, Simulation

BODY_LIMIT = 1_000_000
HERE = Path(__file__).parent
PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string((HERE / "page.html").read_text())
STYLE = (HERE / "style.css").read_bytes()


def server(simulation: Simulation, host: str, port: int) -> ThreadingHTTPServer:
    """The server, bound and ready for `serve_forever`."""

    class Handler(_Handler):
        partners = simulation

    made = ThreadingHTTPServer((host, port), Handler)
    made.daemon_threads = True
    return made


class _Handler(BaseHTTPRequestHandler):
    partners: Simulation
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body leave in two writes; the second would wait for the caller's delayed receipt

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path in ("/received.json", "/calls.json", "/state.json"):
            self._answer(200, "application/json", orjson.dumps(self._shown(address.path)))
        elif address.path == "/style.css":
            self._answer(200, "text/css", STYLE)
        elif address.path == "/":
            self._answer(200, "text/html; charset=utf-8", self._page(parse_qs(address.query).get("lang", ["ko"])[0]).encode())
        else:
            self._partner(address.path, dict(parse_qsl(address.query)))

    def do_POST(self) -> None:
        body = self._body()
        path = urlsplit(self.path).path
        if path == "/messages":
            self._message(body)
        elif path == "/switch":
            self._switch(body)
        else:
            self._json(path, body)

    def do_PUT(self) -> None:
        self._json(urlsplit(self.path).path, self._body())

    def do_DELETE(self) -> None:
        self._json(urlsplit(self.path).path, self._body())

    def _body(self) -> bytes:
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_LIMIT))

    def _json(self, path: str, body: bytes) -> None:
        try:
            found = orjson.loads(body or b"{}")
        except orjson.JSONDecodeError:
            found = None
        if isinstance(found, dict):
            self._partner(path, found)
        else:
            self._answer(400, "application/json", b'{"code": "BAD_REQUEST"}')

    def _partner(self, path: str, body: dict[str, Any]) -> None:
        name, _, rest = unquote(path).strip("/").partition("/")
        if not self.partners.knows(name):
            self._answer(404, "text/plain", b"not found")
            return
        answer = self.partners.ask(name, self.command, f"/{rest}", self.headers.get("Idempotency-Key", ""), body)
        if answer is None:
            self.close_connection = True
        else:
            self._answer(answer.status, "application/json", orjson.dumps(answer.body))

    def _message(self, body: bytes) -> None:
        state = self.partners.switches["sms"]
        if state == "down":
            self._answer(503, "text/plain", b"down")
            return
        if state == "decline":
            self._answer(400, "text/plain", b"declined")
            return
        text = orjson.loads(body)
        self.partners.inbox.text(text["channels"][0], text["to"], text["text"], self.headers.get("Idempotency-Key", ""))
        if state == "slow":
            time.sleep(self.partners.patience)
        if state == "lost" or (state == "slow" and not self.partners.patience):
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

    def _shown(self, path: str) -> Any:
        if path == "/state.json":
            return self.partners.state
        return self.partners.inbox.as_json() if path == "/received.json" else self.partners.calls_as_json()

    def _page(self, lang: str) -> str:
        chosen = "en" if lang == "en" else "ko"

        def pick(ko: str, en: str) -> str:
            return en if chosen == "en" else ko

        values = {"received": self.partners.inbox.newest_first(), "calls": self.partners.calls_as_json()}
        return PAGE.render(lang=chosen, t=pick, switches=self.partners.switches, choices=SWITCHES, **values)

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: they carry phone numbers."""
