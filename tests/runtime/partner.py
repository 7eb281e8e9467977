"""A partner of one test: a real HTTP server on this machine that answers as it is told and keeps what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG = 120.0  # seconds, unless the test lets it go on


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    raw: bytes


@dataclass
class Partner:
    """`plan` says how the next requests are answered, the last entry for all that follow: (status, JSON or bytes), "drop", "hang" or "trickle"."""

    plan: list[Any] = field(default_factory=lambda: [(200, {"ok": True})])
    asked: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)  # of its answers
    go_on: threading.Event = field(default_factory=threading.Event)  # ends every "hang"
    port: int = 0

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def keys(self) -> list[str]:
        """The idempotency keys that came."""
        return [one.headers["Idempotency-Key"] for one in self.asked]

    def next(self) -> Any:
        """How to answer now."""
        return self.plan.pop(0) if len(self.plan) > 1 else self.plan[0]


@contextmanager
def listening() -> Iterator[Partner]:
    """A partner that answers until the test is over."""
    partner = Partner()

    class Handler(_Handler):
        told = partner

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    partner.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield partner
    finally:
        partner.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    told: Partner
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_json = raw and "json" in self.headers.get("Content-Type", "")
        self.told.asked.append(Asked(self.command, self.path, dict(self.headers), json.loads(raw) if is_json else None, raw))
        how = self.told.next()
        if how == "hang":
            self.told.go_on.wait(HANG)
        if how in ("drop", "hang"):
            self.close_connection = True
            return
        if how == "trickle":
            how = (200, b" " * int(HANG / 0.05))
            self._answer(*how, pause=0.05)
            return
        self._answer(*how)

    def _answer(self, status: int, body: Any, pause: float = 0.0) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **self.told.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for piece in [content[at : at + 1] for at in range(len(content))] if pause else [content]:
                self.wfile.write(piece)
                self.told.go_on.wait(pause)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""
