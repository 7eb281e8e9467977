"""Workers killed and paused at random while cases with timers, messages and calls to a partner run: what was lost, done twice, or stands still.

`python -m benchmarks.crash --database sqlite|postgresql [--rounds 200] [--without revision|fence|both] [--json]`: transitions, kills, pauses, lost,
duplicated, stuck, repeats_with_other_key. One round kills one of the processes after 5 to 90 ms; each tenth pauses one beyond its lease.
`--without` takes a guard out, to show that the rig can fail: without the revision check steps of one instance overwrite each other, and without
the fence one message starts two cases. Exits 1 when something was lost, doubled or stuck.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from benchmarks import partner
from benchmarks.databases import fresh
from benchmarks.unguarded import take_out
from engine import worker
from engine.actors import CUSTOMER, SYSTEM
from engine.apps import read as read_app
from engine.errors import Busy
from engine.runtime import definitions, deployed, instances, jobs
from engine.runtime.baton import Baton
from engine.settings import Settings
from engine.start import prepare
from engine.store.database import Database
from engine.store.tables import History, Incident, Job, Message, MessageSubscription, ProcessInstance
from engine.vault import Vault, master_secret

APP = "relay"
LEASE = 1.0  # seconds; the product's own is 30
WORKERS, STARTERS = 3, 1
KILL_AFTER = (0.005, 0.090)  # seconds
PAUSE_EVERY = 10  # rounds
PATIENCE = 400.0  # seconds at most for everything to come to its end after the last kill
QUIET = 5.0  # seconds in which nothing happens and no job is left to do: nothing will any more
CALLS = {"relay_order": ("book", "charge", "reserve"), "relay_receipt": ("confirm",)}  # what each process asks of the partner


@dataclass
class Rig:
    """The processes and the places of one run."""

    settings: Settings
    folder: Path
    pairs: int
    without: str
    children: dict[int, str] = field(default_factory=dict)  # process id -> role
    kills: int = 0
    pauses: int = 0
    paused: dict[int, float] = field(default_factory=dict)  # process id -> when it goes on

    @property
    def acknowledged(self) -> Path:
        """A line for each start that was answered: process, ref, instance."""
        return self.folder / "acknowledged"


def fork(act: Callable[[], None]) -> int:
    """A process of its own that does this and ends without tidying up after its parent."""
    child = os.fork()
    if child:
        return child
    try:
        act()
    except BaseException as error:  # whatever it is, the parent's code must not run on in here
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    os._exit(0)


def open_here(settings: Settings) -> Baton:
    """A Baton of this process, its lease short."""
    jobs.LEASE, jobs.ATTEMPT_LIMIT = timedelta(seconds=LEASE), 100_000
    worker.RENEWAL = LEASE / 3
    return Baton(settings, Database(settings.database), Vault(master_secret(settings.data / "secret")))


def work(rig: Rig) -> None:
    """A worker."""
    take_out(rig.without)
    baton = open_here(rig.settings)
    while True:
        try:
            if not worker.turn(baton):
                time.sleep(0.005)
        except (Busy, SQLAlchemyError):
            time.sleep(0.005)


def begin(rig: Rig) -> None:
    """Somebody who starts pairs of cases until there are enough."""
    take_out(rig.without)
    baton = open_here(rig.settings)
    answered = os.open(rig.acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while len(rig.acknowledged.read_bytes().splitlines()) < 2 * rig.pairs:
        ref = uuid4().hex
        for door in ("order", "receipt"):
            started = insist(lambda door=door, ref=ref: baton.do(instances.start, app=APP, door=door, actor=CUSTOMER, submission={"ref": ref}))  # type: ignore[misc]
            os.write(answered, f"relay_{door} {ref} {started.instance_id}\n".encode())
        time.sleep(0.01)


def insist(call: Callable[[], Any]) -> Any:
    """Again while it is busy."""
    while True:
        try:
            return call()
        except (Busy, SQLAlchemyError):
            time.sleep(0.005)


def keep_up(rig: Rig) -> None:
    """Who was killed comes back, and whose pause is over goes on."""
    for child, until in list(rig.paused.items()):
        if time.monotonic() >= until:
            with suppress(ProcessLookupError):  # it was killed while it was paused
                os.kill(child, signal.SIGCONT)
            del rig.paused[child]
    ended = {child for child in rig.children if os.waitpid(child, os.WNOHANG)[0]}
    for child in ended:
        del rig.children[child]
    standing = Counter(rig.children.values())
    for role, wanted, act in (("worker", WORKERS, work), ("starter", STARTERS, begin)):
        for _ in range(wanted - standing[role]):
            rig.children[fork(lambda act=act: act(rig))] = role  # type: ignore[misc]


def kill(rig: Rig, child: int) -> None:
    """At once, whatever it is doing."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    del rig.children[child]
    rig.paused.pop(child, None)


def torment(rig: Rig, rounds: int) -> None:
    """Kill one after a few milliseconds, again and again; pause one now and then for longer than it holds its lease."""
    for number in range(rounds):
        keep_up(rig)
        time.sleep(random.uniform(*KILL_AFTER))
        victim = random.choice([child for child in rig.children if child not in rig.paused] or list(rig.children))
        if number % PAUSE_EVERY == PAUSE_EVERY - 1:
            os.kill(victim, signal.SIGSTOP)
            rig.paused[victim] = time.monotonic() + LEASE * 1.5
            rig.pauses += 1
        else:
            kill(rig, victim)
            rig.kills += 1


def settle(rig: Rig, baton: Baton) -> None:
    """Let everything come to its end."""
    until, (last, since) = time.monotonic() + PATIENCE, (-1, time.monotonic())
    while time.monotonic() < min(until, since + QUIET):
        keep_up(rig)
        time.sleep(0.2)
        with baton.read() as read:
            running = read.value(select(func.count()).select_from(ProcessInstance).where(ProcessInstance.state == "running"))
            steps = read.value(select(func.count()).select_from(History))
            jobs_left = read.value(select(func.count()).select_from(Job).where(Job.retries_left > 0))
        if steps != last or (jobs_left and not rig.without):  # without a guard a job may be left that nothing can come of
            last, since = steps, time.monotonic()
        if not running and not jobs_left and not rig.paused and len(rig.acknowledged.read_bytes().splitlines()) >= 2 * rig.pairs:
            return


def judge(rig: Rig, baton: Baton) -> dict[str, int]:
    """What the database and the partner say together."""
    with baton.read() as read:
        rows = {row.id: row for row in read.all(select(ProcessInstance.id, ProcessInstance.process_id, ProcessInstance.state))}
        history = read.all(select(History.instance_id, History.events))
        incidents = read.value(select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None)))
        messages = {row.key for row in read.all(select(Message.key))}
        woken = {row.instance_id for table in (Job, MessageSubscription) for row in read.all(select(table.instance_id))}
    done: Counter[tuple[str, str]] = Counter()
    for row in history:
        done.update((row.instance_id, event["element"]) for event in row.events if event["type"] == "done")
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for action, ref, key in partner.asked(rig.folder):
        keys[action, ref].add(key)
    lost = sum(row.state == "running" and row.id not in woken for row in rows.values())  # nothing can wake it: a step's work was overwritten
    for line in rig.acknowledged.read_text().splitlines():
        process, ref, instance = line.split()
        if instance not in rows:
            lost += 1
        elif rows[instance].state == "completed":
            lost += sum((action, ref) not in keys for action in CALLS[process])
            lost += process == "relay_receipt" and ref in messages
    notes = sum(row.process_id == "relay_note" for row in rows.values())  # one message, one note
    sent = sum(times for (_, element), times in done.items() if element == "done")
    other_key = sum(len(found) - 1 for found in keys.values())
    return {
        "transitions": len(history),
        "kills": rig.kills,
        "pauses": rig.pauses,
        "lost": lost + max(0, sent - notes),
        "duplicated": sum(times - 1 for times in done.values()) + other_key + max(0, notes - sent),
        "stuck": sum(row.state == "running" for row in rows.values()) + incidents,
        "repeats_with_other_key": other_key,
    }


def run(kind: str, rounds: int, without: str = "", pairs: int | None = None) -> dict[str, int]:
    """One run on a fresh database. `pairs` of cases: about three for each two rounds, if not said."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with fresh(kind) as plain, tempfile.TemporaryDirectory(prefix="baton-crash-") as place:
        folder = Path(place)
        port, told = partner.listen(folder)
        settings = plain.model_copy(update={"partners": Settings(partners={"ledger": {"url": f"http://127.0.0.1:{port}", "private": True}}).partners})
        rig = Rig(settings, folder, pairs or max(20, rounds * 3 // 2), without)
        baton = prepare(settings)
        files = read_app(settings.apps, APP)
        baton.do(definitions.deploy, key=APP, files=files, actor=SYSTEM)
        baton.database.close()  # nothing is open when processes fork
        deployed.load(APP, files)
        rig.acknowledged.touch()
        served = fork(lambda: partner.serve(told, folder))
        try:
            torment(rig, rounds)
            settle(rig, baton)
        finally:
            for child in [*rig.children]:
                kill(rig, child)
            os.kill(served, signal.SIGKILL)
            os.waitpid(served, 0)
        figures = judge(rig, baton)
        baton.database.close()
        return figures


def main() -> None:
    """Run it and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crash")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--pairs", type=int, help="how many pairs of cases; not said: three for each two rounds")
    parser.add_argument("--without", choices=["revision", "fence", "both"], default="")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = run(asked.database, asked.rounds, asked.without, asked.pairs)
    if not asked.json:
        print("\n".join(f"{name:24}{value}" for name, value in figures.items()))
    print(json.dumps({"name": "crash", "figures": figures}))
    sys.exit(any(figures[name] for name in ("lost", "duplicated", "stuck", "repeats_with_other_key")))


if __name__ == "__main__":
    main()
