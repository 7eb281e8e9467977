"""The HTTP face of the simulated partners: the SMS gateway, the page that shows what came, and the switches."""

import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from jinja2 import Environment

from engine.partners.inbox import SWITCHES, Inbox

SLOW = 8.0  # seconds: longer than the gateway's callers wait
BODY_LIMIT = 1_000_000
PAGE = Environment(autoescape=True).from_string(
    """<!doctype html><html lang="{{ lang }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{ t("받은 알림", "Received notifications") }}</title><link rel="stylesheet" href="/style.css"></head><body><main>
<p class="lang"><a href="?lang={{ 'en' if lang == 'ko' else 'ko' }}">{{ 'English' if lang == 'ko' else '한국어' }}</a></p>
<h1>{{ t("받은 알림", "Received notifications") }}</h1>
<p>{{ t("시험용 문자 게이트웨이와 메일 서버가 받은 것이에요.", "What the simulated SMS gateway and mail server took.") }}</p>
{% for name, state in switches.items() %}<form method="post" action="/switch?lang={{ lang }}"><strong>{{ name }}</strong>: {{ state }}
{% for choice in choices %}<button name="{{ name }}" value="{{ choice }}"{% if choice == state %} disabled{% endif %}>{{ choice }}</button>{% endfor %}</form>{% endfor %}
{% if received %}<ul>{% for entry in received %}<li><p class="meta"><strong>{{ entry.channel }}</strong> → {{ entry.to }} · <time>{{ entry.at.isoformat() }}</time>
· {{ t("시도", "attempts") }} {{ entry.attempts }}</p>{% if entry.subject %}<p><strong>{{ entry.subject }}</strong></p>{% endif %}<p>{{ entry.text }}</p></li>{% endfor %}</ul>
{% else %}<p>{{ t("아직 받은 것이 없어요.", "Nothing received yet.") }}</p>{% endif %}</main></body></html>"""
)
STYLE = """body{font:16px/1.6 system-ui,sans-serif;margin:0;background:#f4f6f9;color:#141c28}main{max-width:44rem;margin:0 auto;padding:1rem}
ul{padding:0;list-style:none}li{background:#fff;border:1px solid #dde3ea;border-radius:10px;padding:.75rem 1rem;margin:.75rem 0;overflow-wrap:anywhere}
.meta{color:#465162;font-size:.875rem;margin:0}form{margin:.5rem 0}button{font:inherit;min-height:2rem;margin-left:.25rem}.lang{text-align:right}"""


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
            self._answer(200, "text/css", STYLE.encode())
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
