"""A RabbitMQ of the tests' own, on ports of its own, that may be stopped and started again."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on PATH is a wrapper that changes the user
PATIENCE = 240.0  # seconds for a start, on a busy machine
MISSING = "RabbitMQ is not installed; on Debian: apt install rabbitmq-server"


def program() -> str | None:
    """Where the server is; None where it is not installed."""
    return str(PROGRAM) if PROGRAM.exists() else shutil.which("rabbitmq-server")


def free_port() -> int:
    """A port that nobody uses, and that no outgoing connection will be given while the server is down."""
    while True:
        port = 15_000 + secrets.randbelow(15_000)
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class RabbitMQ:
    """One server with a folder, ports, a name service and a cookie of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self._names = free_port(), free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        for name in ("data", "log"):
            (folder / name).mkdir(parents=True)
        (folder / "plugins").write_text("[].")
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.default = 127.0.0.1:{self.port}\nloopback_users = none\n")
        self._environment = os.environ | {
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._names),
            "RABBITMQ_NODENAME": f"baton{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._epmd = subprocess.Popen(["epmd", "-port", str(self._names)], env=self._environment)  # else the server leaves one behind

    def start(self) -> None:
        """Start it unless it runs, and wait until it takes connections."""
        if self._process is None:
            self._process = subprocess.Popen(
                [str(program())], env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < until, "RabbitMQ did not start"
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it at once, as a machine that lost its power."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stop it and its name service for good."""
        self.stop()
        self._epmd.terminate()
        self._epmd.wait()
