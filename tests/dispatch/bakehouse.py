"""Work for workers: orders of a small app that each bring jobs, and worker processes that do them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.actors import CUSTOMER, SYSTEM
from engine.runtime import definitions, instances
from engine.runtime.baton import Baton
from engine.settings import Settings
from engine.start import open_baton, prepare
from engine.store.tables import History, Job, ProcessInstance
from tests.bpmn import models as m

PATIENCE = 240.0  # seconds at most, on a busy machine
WITHOUT_LOOKS = "from engine import cli, worker; worker.SWEEP = 86400.0; cli.main()"
APP = """
title = { ko = "오븐", en = "Oven" }
[[start]]
id = "bake"
process = "oven_bake"
access = "public"
label = { ko = "굽기", en = "Bake" }
"""


def oven(jobs: int = 1) -> dict[str, bytes]:
    """The files of an app whose process waits for so many timers that are due at once."""
    timers = [f"C_{number}" for number in range(jobs)]
    drawn = m.process(
        m.start("start"),
        *(m.catch(name, m.timer("timeDuration", "PT0S")) for name in timers),
        m.end("end"),
        m.flows("->".join(["start", *timers, "end"])),
        id="oven_bake",
    )
    return {"processes/oven/app.toml": APP.encode(), "processes/oven/oven.bpmn": m.definitions(drawn)}


@contextmanager
def place(folder: Path, database_url: str, broker_url: str, jobs: int = 1) -> Iterator[Baton]:
    """A Baton whose commits wake workers through the broker, with the app live."""
    (folder / "processes").mkdir(parents=True, exist_ok=True)
    settings = Settings(data=folder / "data", apps=folder, database_url=database_url, broker_url=broker_url)
    prepare(settings.model_copy(update={"broker_url": ""})).database.close()
    baton = open_baton(settings)
    try:
        baton.do(definitions.deploy, key="oven", files=oven(jobs), actor=SYSTEM)
        yield baton
    finally:
        baton.waker.close()  # type: ignore[attr-defined]
        baton.database.close()


def bake(baton: Baton, number: int) -> None:
    """So many new cases."""
    for _ in range(number):
        baton.do(instances.start, app="oven", door="bake", actor=CUSTOMER, submission={})


@contextmanager
def working(baton: Baton, number: int = 1, threads: int = 2, looks: bool = True) -> Iterator[list[subprocess.Popen[Any]]]:
    """So many `baton worker` processes, stopped by SIGTERM at the end; each must end well. Without `looks` they only work when they are woken."""
    chosen = baton.settings
    own = {"DATA": chosen.data, "APPS": chosen.apps, "DATABASE_URL": chosen.database_url, "BROKER_URL": chosen.broker_url}
    environment = {name: text for name, text in os.environ.items() if not name.startswith("BATON_")}
    environment["PYTHONFAULTHANDLER"] = "1"
    environment |= {f"BATON_{name}": str(value) for name, value in own.items() if value}
    program = ["-m", "engine.cli"] if looks else ["-c", WITHOUT_LOOKS]
    command = [sys.executable, *program, "worker", "--threads", str(threads)]
    logs = chosen.data / "workers.log"
    with logs.open("ab") as log:
        found = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log) for _ in range(number)]
        try:
            for process in found:
                assert process.stdout is not None
                assert b"at work" in process.stdout.readline(), logs.read_text()
            yield found
            for process in found:
                process.terminate()
            codes = [process.wait(PATIENCE) for process in found]
        finally:
            for process in found:
                process.send_signal(signal.SIGABRT)  # one that did not end says where it hangs
                process.wait()
                assert process.stdout is not None
                process.stdout.close()
    assert codes == [0] * number, logs.read_text()[-2000:]


def left(baton: Baton) -> int:
    """How many cases are not finished."""
    with baton.read() as read:
        found: int = read.value(select(func.count()).select_from(ProcessInstance).where(ProcessInstance.state == "running"))
    return found


def wait_for(reached: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Look again until it is so."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def until_done(baton: Baton, seconds: float = PATIENCE) -> None:
    """Wait until every case is finished."""
    wait_for(lambda: left(baton) == 0, seconds)


def jobs_left(baton: Baton) -> int:
    """How many jobs are left."""
    with baton.read() as read:
        found: int = read.value(select(func.count()).select_from(Job))
    return found


def steps(baton: Baton) -> dict[str, int]:
    """How many steps each case took."""
    with baton.read() as read:
        rows = read.all(select(History.instance_id, func.count().label("number")).group_by(History.instance_id))
    return {row.instance_id: row.number for row in rows}
