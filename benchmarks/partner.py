"""A partner for the crash rig: over HTTP, a little slow, it writes every request down before it answers, and now and then drops the line."""

import os
import random
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SLOWEST = 0.03  # seconds
DROPPED = 0.03  # of all requests: done, but never answered


def listen(folder: Path) -> tuple[int, ThreadingHTTPServer]:
    """The port, and the server that another process is to serve."""
    (folder / "asked").touch()
    server = Partner(("127.0.0.1", 0), Handler)
    return server.server_address[1], server


def serve(server: ThreadingHTTPServer, folder: Path) -> None:
    """Answer for ever."""
    Handler.log = os.open(folder / "asked", os.O_WRONLY | os.O_APPEND)
    server.serve_forever()


def asked(folder: Path) -> list[tuple[str, str, str]]:
    """Every request that came: action, ref, idempotency key."""
    return [(action, ref, key) for action, ref, key in (line.split() for line in (folder / "asked").read_text().splitlines())]


class Partner(ThreadingHTTPServer):
    """Its callers die in the middle."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing on the screen."""


class Handler(BaseHTTPRequestHandler):
    """`POST /<action>/<ref>`."""

    log = -1
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        _, action, ref = self.path.split("/")
        time.sleep(random.uniform(0, SLOWEST))
        os.write(self.log, f"{action} {ref} {self.headers['Idempotency-Key']}\n".encode())
        if random.random() < DROPPED:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen."""
