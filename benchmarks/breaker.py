"""A partner of 400 ms plus or minus 220 ms, a limit of 610 ms, 100 callers, and a time in the middle in which the partner does not answer.

`python -m benchmarks.breaker [--json] [--seconds 60]`: every second caller tries up to 3 times, the others once. Per phase (before, down, after)
the availability with and without retry; `refused_p95_ms` how fast a caller is refused while the breaker is open; `order_p95_ms` how long an
order took meanwhile that needs no partner, in the same process; `asked_while_down` calls that reached the partner while it was down, of
`wanted_while_down`; `recovered_s` from the partner's recovery to the first answer.
"""

import argparse
import asyncio
import json
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import Event, Process, Queue
from pathlib import Path
from statistics import quantiles
from typing import Any

from structlog.testing import capture_logs

from engine.connectors.contract import ConnectorError
from engine.connectors.http import Call
from engine.runtime import calls
from engine.runtime.baton import Baton
from engine.runtime.breakers import Rule
from engine.runtime.calls import BreakerOpen
from engine.runtime.prepared import Prepared
from engine.settings import Settings
from engine.start import prepare
from tests.runtime.shop import Shop, Task

CALLERS = 100
MIDDLE, SPREAD, LIMIT = 0.400, 0.220, 0.610  # seconds
THINK = 0.5  # seconds between two requests of a caller
TRIES, PAUSE = 3, 0.05
PHASES = ("before", "down", "after")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class Figures:
    """What happened, by phase: (phase, kind) -> count, and how long refusals took."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.refusals: list[float] = []
        self.orders: list[float] = []
        self.answered_at: list[float] = []
        self.lock = threading.Lock()

    def note(self, phase: str, retries: bool, good: bool) -> None:
        """One request of a caller is over."""
        kind = "with_retry" if retries else "without_retry"
        with self.lock:
            self.counts[phase, kind] += 1
            self.counts[phase, f"{kind}_good"] += good
            if good:
                self.answered_at.append(time.monotonic())

    def availability(self, phase: str, kind: str) -> float:
        """The share of good answers."""
        return round(self.counts[phase, f"{kind}_good"] / max(1, self.counts[phase, kind]), 4)


def partner(port: "Queue[int]", down: Any, asked: "Queue[int]", ended: Any) -> None:
    """The partner's process: answers in its time, and not at all while it is down."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            counts[down.is_set()] += 1
            await asyncio.sleep(random.uniform(MIDDLE - SPREAD, MIDDLE + SPREAD) + (10 if down.is_set() else 0))
            writer.write(ANSWER)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
        port.put(server.sockets[0].getsockname()[1])
        while not ended.is_set():
            await asyncio.sleep(0.05)
        server.close()

    counts = {False: 0, True: 0}
    asyncio.run(main())
    asked.put(counts[True])


@contextmanager
def world() -> Iterator[Baton]:
    """A Baton on SQLite in a folder of its own, with a shop whose orders wait for somebody else."""
    with tempfile.TemporaryDirectory() as folder:
        baton = prepare(Settings(data=Path(folder), apps=Path(__file__).parents[1]))
        Shop(baton).deploy(Task(job_type="nobody.yet"))
        yield baton
        baton.database.close()


def ask(baton: Baton, prepared: Prepared, figures: Figures, tries: int) -> bool:
    """One request: tried again unless the breaker is open."""
    for attempt in range(tries):
        if attempt:
            time.sleep(PAUSE)
        began = time.monotonic()
        try:
            calls.guarded(baton, prepared)
            return True
        except BreakerOpen:
            figures.refusals.append((time.monotonic() - began) * 1000)
            return False
        except ConnectorError:
            continue
    return False


def run(seconds: float) -> dict[str, Any]:
    """The whole story; its figures."""
    port, asked, down, ended = Queue(), Queue(), Event(), Event()
    process = Process(target=partner, args=(port, down, asked, ended), daemon=True)
    process.start()
    call = Call("payment", "POST", f"http://127.0.0.1:{port.get()}/", {"Host": "127.0.0.1", "Content-Length": "0"}, b"", LIMIT, True)
    prepared, figures = Prepared(call, "shop/payment", Rule(5, timedelta(seconds=seconds / 20)), ""), Figures()
    with world() as baton, capture_logs():
        recovered = _play(baton, prepared, figures, seconds, down)
    ended.set()
    down_asked = asked.get()
    process.join()
    return _told(figures, seconds, down_asked, recovered)


def _play(baton: Baton, prepared: Prepared, figures: Figures, seconds: float, down: Any) -> float:
    began, phase, stop = time.monotonic(), ["before"], threading.Event()

    def caller(number: int) -> None:
        stop.wait(random.uniform(0, THINK))
        while not stop.is_set():
            now, retries = phase[0], bool(number % 2)
            figures.note(now, retries, ask(baton, prepared, figures, TRIES if retries else 1))
            stop.wait(THINK)

    def shopper() -> None:
        while not stop.wait(0.25):
            start = time.monotonic()
            Shop(baton).order()
            figures.orders.append((time.monotonic() - start) * 1000)

    threads = [threading.Thread(target=caller, args=(number,)) for number in range(CALLERS)] + [threading.Thread(target=shopper)]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 3)
    phase[0] = "down"
    down.set()
    time.sleep(seconds / 3)
    down.clear()
    phase[0], back = "after", time.monotonic()
    time.sleep(max(0.0, seconds - (back - began)))
    stop.set()
    for thread in threads:
        thread.join()
    return next((at - back for at in sorted(figures.answered_at) if at > back), -1.0)


def _told(figures: Figures, seconds: float, asked: int, recovered: float) -> dict[str, Any]:
    found: dict[str, Any] = {"callers": CALLERS, "seconds": seconds}
    found["requests"] = sum(figures.counts[phase, kind] for phase in PHASES for kind in ("with_retry", "without_retry"))
    for kind in ("with_retry", "without_retry"):
        found[f"availability_{kind}"] = {phase: figures.availability(phase, kind) for phase in PHASES}
    found |= {"refused": len(figures.refusals), "refused_p95_ms": _p95(figures.refusals), "order_p95_ms": _p95(figures.orders)}
    wanted = figures.counts["down", "with_retry"] + figures.counts["down", "without_retry"]
    return found | {"orders": len(figures.orders), "asked_while_down": asked, "wanted_while_down": wanted, "recovered_s": round(recovered, 2)}


def _p95(times: list[float]) -> float:
    return round(quantiles(times, n=20)[-1], 2) if len(times) > 1 else 0.0


def main() -> None:
    """Print the figures, as one JSON object on the last line with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    figures = run(options.seconds)
    if options.json:
        print(json.dumps({"name": "breaker", "figures": figures}))
        return
    for name, value in figures.items():
        print(f"{name:28} {value}")


if __name__ == "__main__":
    main()
