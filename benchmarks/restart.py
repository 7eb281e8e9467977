"""Restarting the embedded service under load: gunicorn gets HUP again and again while customers open pages and apply.

`python -m benchmarks.restart [--json] [--seconds 30] [--restarts 3]`: every request comes on a connection of its own, as from a browser that was
idle. `failed` counts answers of 500 and more and connections that were refused or broken; `lost` the applications that were answered with 303 and
are not in the database afterwards; `longest_s` is the longest wait of all. The machine's other load counts in.
"""

import argparse
import json
import random
import secrets
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.service import Service, running

CALLERS = 2  # of each kind
PAUSE = 0.05  # seconds between two requests of somebody who looks around
PATIENCE = 240.0  # seconds that a restart may take on a busy machine
APPLYING = 0.5  # seconds between two applications of a caller: below the limit for one address


@dataclass
class Seen:
    """What the callers saw."""

    waits: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    applied: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)


def ask(seen: Seen, method: str, address: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response | None:
    """One request on its own connection; None when it failed."""
    began, answer, problem = time.monotonic(), None, ""
    try:
        answer = httpx.request(method, address, timeout=120.0, headers={"Connection": "close"} | (headers or {}), **options)
        problem = f"{method} {answer.status_code}" if answer.status_code >= 500 else ""
    except httpx.TransportError as error:
        problem = f"{method} {type(error).__name__}"
    with seen.lock:
        seen.waits.append(time.monotonic() - began)
        if problem:
            seen.failed.append(problem)
    return None if problem else answer


def open_pages(seen: Seen, address: str) -> None:
    """Somebody who looks around."""
    while not seen.over.is_set():
        ask(seen, "GET", f"{address}/s/iptv")
        ask(seen, "GET", f"{address}/s/iptv/apply")
        time.sleep(PAUSE)


def apply(seen: Seen, address: str) -> None:
    """Customers, one after the other, as a program sends them; a visit that is taken meanwhile is an answer like any other."""
    while not seen.over.is_set():
        key = {"Connection": "close", "Idempotency-Key": secrets.token_hex(8), "Accept": "application/json"}
        answer = ask(seen, "POST", f"{address}/s/iptv/apply", json=application(), headers=key)
        if answer is not None and answer.status_code < 400:
            with seen.lock:
                seen.applied += 1
        time.sleep(APPLYING)


def application() -> dict[str, object]:
    """What a customer of the demo sends."""
    day = date.today() + timedelta(days=random.randint(2, 13))
    while day.isoweekday() == 7:
        day += timedelta(days=1)
    return {
        "product_type": "BUNDLE",
        "postcode": "06236",
        "road_address": "서울 강남구 테헤란로 1",
        "visit_date": day.isoformat(),
        "visit_slot": random.choice(["AM1", "AM2", "PM1", "PM2"]),
        "applicant_name": "김하나",
        "birth_date": "1990-05-05",
        "mobile": "01000001234",
        "email": "",
        "language": "ko",
        "terms_agreed": True,
        "privacy_agreed": True,
    }


def measure(seconds: float, restarts: int) -> dict[str, float]:
    """Serve, ask, restart; the figures. It takes longer than `seconds` where the last restart does."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service:
        before = cases(Path(folder))
        began = time.monotonic()
        callers = [threading.Thread(target=work, args=(seen, service.address)) for work in (open_pages, apply) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        for number in range(restarts):
            time.sleep(max(0.0, began + seconds * (number + 0.5) / restarts - time.monotonic()))
            service.processes[-1].send_signal(signal.SIGHUP)
            wait_until(lambda number=number: booted(service) > number + 1)  # type: ignore[misc]
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        wait_until(lambda: seen.applied > 0)
        seen.over.set()
        for caller in callers:
            caller.join()
        started = cases(Path(folder)) - before
        restarted = booted(service) - 1
    lost = max(0, seen.applied - started)
    figures = {"seconds": seconds, "restarts": restarted, "requests": len(seen.waits), "failed": len(seen.failed), "lost": lost}
    return figures | {"applied": seen.applied, "longest_s": round(max(seen.waits), 3)}


def booted(service: Service) -> int:
    """How often a process of it has said that it is ready."""
    return service.log.read_text("utf-8").count("Baton is ready at")


def wait_until(holds: Callable[[], bool]) -> None:
    """As long as a busy machine needs, within bounds."""
    until = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)


def cases(folder: Path) -> int:
    """How many cases stand in the service's database."""
    with closing(sqlite3.connect(f"file:{folder / 'baton.db'}?mode=ro", uri=True)) as database:
        return int(database.execute("select count(*) from process_instance").fetchone()[0])


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--restarts", type=int, default=3)
    options = parser.parse_args()
    figures = measure(options.seconds, options.restarts)
    print(json.dumps({"name": "restart", "figures": figures}) if options.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
