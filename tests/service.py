"""A real Baton as `baton run` starts it, on a free port, with a data folder of its own, demo data, and the simulated partners beside it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import Any

import httpx2 as httpx

from engine.partners.simulation import addresses
from tests.apps_folder import apps_folder

ROOT = Path(__file__).parent.parent
PASSWORD = "baton-demo"
START = 180  # seconds at most until a service answers


@dataclass
class Service:
    """Where it answers, and what it left in its log."""

    address: str
    partners: str
    log: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def received(self) -> list[dict[str, Any]]:
        """What the simulated SMS gateway and mail server took, oldest first."""
        found: list[dict[str, Any]] = httpx.get(f"{self.partners}/received.json").json()
        return found


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, below those that the system gives away by itself: nobody takes one before the service does."""
    ports: set[int] = set()
    while len(ports) < count:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port := SystemRandom().randrange(10_000, 32_000)))
            ports.add(port)
    return list(ports)


@contextmanager
def running(data: Path, apps: Sequence[str] = ("iptv",), **settings: str) -> Iterator[Service]:
    """The service with these apps, ready to answer; stopped at the end. `settings` are further `BATON_...` variables without their prefix."""
    web, sms, smtp = free_ports(3)
    service = Service(f"http://127.0.0.1:{web}", f"http://127.0.0.1:{sms}", data / "service.log")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")} | {
        "BATON_DATA": str(data),
        "BATON_DEMO": "true",
        "BATON_PORT": str(web),
        "BATON_APPS": str(apps_folder(data, *apps)),
        "BATON_SMS_URL": service.partners,
        "BATON_SMTP_URL": f"smtp://127.0.0.1:{smtp}",
        "BATON_PARTNERS": json.dumps(addresses(service.partners)),
        "PYTHONUNBUFFERED": "1",
        **{f"BATON_{name.upper()}": value for name, value in settings.items()},
    }
    with service.log.open("wb") as log:
        for command in (["simulate-partners", "--http-port", str(sms), "--smtp-port", str(smtp), "--quiet"], ["run"]):
            line = [sys.executable, "-m", "engine.cli", *command]
            service.processes.append(subprocess.Popen(line, cwd=ROOT, env=environment, stdout=log, stderr=log))
        try:
            wait_until_ready(service)
            yield service
        finally:
            stop(service)


def wait_until_ready(service: Service) -> None:
    """Return once both answer; raise with the log when one of them stopped or took too long."""
    for address in (f"{service.partners}/received.json", f"{service.address}/readyz"):
        deadline = time.monotonic() + START
        while not answers(address):
            if time.monotonic() > deadline or any(process.poll() is not None for process in service.processes):
                raise RuntimeError(f"{address} never answered:\n{service.log.read_text('utf-8')}")
            time.sleep(0.1)


def answers(address: str) -> bool:
    """Whether this address says 200."""
    try:
        return bool(httpx.get(address, timeout=15.0).status_code == 200)
    except httpx.TransportError:
        return False


def stop(service: Service) -> None:
    """Ask both to stop, and see that they did."""
    for process in reversed(service.processes):
        process.terminate()
    for process in service.processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
