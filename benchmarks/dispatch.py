"""Celery on a RabbitMQ of its own: throughput of 1, 2 and 4 workers, and what a broker that is killed and started again in the middle loses.

`python -m benchmarks.dispatch [--json] [--jobs 10000] [--sample 2000]`: database, per number of workers jobs_per_s; and of the run with the restart,
with two workers: jobs (as many were asked for), once, twice, lost, left (rows that are still there) and seconds. wakes_unsent counts messages and no
jobs: the broker was not there to take them, and a worker found the job by its own look. Jobs are timers that are due at once, four in each case; each
is one durable step. The database is PostgreSQL.
"""

import json
import signal
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any

from structlog.testing import capture_logs

from benchmarks.databases import fresh
from engine.runtime.baton import Baton
from tests.dispatch import bakehouse
from tests.dispatch.rabbitmq import MISSING, RabbitMQ, program

DATABASE = "postgresql"
TIMERS = 4  # jobs in each case
WARM = 20  # cases for each worker before the clock runs
STARTERS = 4  # threads that open cases
WORKERS = (1, 2, 4)
PATIENCE = 60.0  # seconds in which some job must be done; else no more are waited for


@contextmanager
def place(url: str) -> Iterator[Baton]:
    """A Baton with the app of the jobs, on a database of its own."""
    with (
        fresh(DATABASE) as settings,
        tempfile.TemporaryDirectory(prefix="baton-dispatch-") as folder,
        bakehouse.place(Path(folder), settings.database_url, url, jobs=TIMERS) as baton,
    ):
        yield baton


def open_cases(baton: Baton, jobs: int) -> int:
    """Cases for so many jobs; returns how many."""
    cases = jobs // TIMERS
    with ThreadPoolExecutor(STARTERS) as together:
        list(together.map(lambda _: bakehouse.bake(baton, cases // STARTERS), range(STARTERS)))
    return cases // STARTERS * STARTERS


def done_by(baton: Baton) -> list[int]:
    """How many jobs of each case were done: each is a step, and the first step is the case's beginning."""
    return [number - 1 for number in bakehouse.steps(baton).values()]


def until_done(baton: Baton) -> None:
    """Wait until every case is finished, or nothing moves any more."""
    before: list[int] | None = None
    while (done := done_by(baton)) != before:
        before, end = done, monotonic() + PATIENCE
        while monotonic() < end:
            if bakehouse.left(baton) == 0:
                return
            sleep(0.1)


def throughput(url: str, workers: int, jobs: int) -> float:
    """Jobs per second of so many workers that have warmed up, and for whom everything is there when they go on."""
    with place(url) as baton, bakehouse.working(baton, workers) as processes:
        open_cases(baton, WARM * workers * TIMERS)
        until_done(baton)
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        cases = open_cases(baton, jobs)
        begun = perf_counter()
        for process in processes:
            process.send_signal(signal.SIGCONT)
        until_done(baton)
        took = perf_counter() - begun
        assert bakehouse.left(baton) == 0, "jobs are left"
        return cases * TIMERS / took


def restarted(server: RabbitMQ, jobs: int) -> dict[str, Any]:
    """Two workers, while cases are opened, with the broker killed when a third is there and started again."""
    with place(server.url) as baton:
        begun = perf_counter()
        with bakehouse.working(baton, 2), ThreadPoolExecutor(1) as beside:
            opening = beside.submit(open_cases, baton, jobs)
            while len(bakehouse.steps(baton)) < jobs / TIMERS / 3 and not opening.done():
                sleep(0.2)
            server.stop()
            sleep(1)
            server.start()
            asked = opening.result() * TIMERS
            until_done(baton)
        return {"jobs": asked, **accounts(baton, asked), "seconds": round(perf_counter() - begun, 1)}


def accounts(baton: Baton, asked: int) -> dict[str, int]:
    """What became of every job that was asked for."""
    done = done_by(baton)
    once = sum(min(number, TIMERS) for number in done)
    unsent = baton.waker.failed  # type: ignore[attr-defined]
    return {"once": once, "twice": sum(done) - once, "lost": asked - once, "left": bakehouse.jobs_left(baton), "wakes_unsent": unsent}


def figures(jobs: int, sample: int) -> dict[str, Any]:
    """All figures."""
    if program() is None:
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory(prefix="baton-rabbitmq-") as folder, capture_logs():
        server = RabbitMQ(Path(folder) / "server")
        try:
            server.start()
            speeds = {f"jobs_per_s_{workers}": round(throughput(server.url, workers, sample)) for workers in WORKERS} if sample else {}
            return {"database": DATABASE, **speeds, **(restarted(server, jobs) if jobs else {})}
        finally:
            server.close()


def main() -> None:
    """Measure and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs of the run with the restart; 0: leave it out")
    parser.add_argument("--sample", type=int, default=2_000, help="jobs of each run for throughput; 0: leave them out")
    chosen = parser.parse_args()
    found = figures(chosen.jobs, chosen.sample)
    if not chosen.json:
        for name, value in found.items():
            print(f"{name:>16}  {value}", file=sys.stderr)
    print(json.dumps({"name": "dispatch", "figures": found}))


if __name__ == "__main__":
    main()
