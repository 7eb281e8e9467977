"""Baton itself: what one process holds, and the one way for every write."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Concatenate, ParamSpec

from engine.clock import KST, Clock, SystemClock
from engine.connectors import http
from engine.runtime.bell import Bell
from engine.runtime.deployed import Deployed
from engine.runtime.leases import PATIENCE, Slot
from engine.runtime.numbers import Numbers
from engine.runtime.reader import Reader
from engine.settings import Settings
from engine.store import commit
from engine.store.database import Database
from engine.vault import Vault

P = ParamSpec("P")


def _nobody(change: commit.Change) -> None:
    """Where all workers are in this process, its bell is enough."""


def _unmeasured(command: str, seconds: float) -> None:
    """Where nobody asks for figures."""


class Baton:
    """The engine of one process: database, clock, secrets, and the apps it has in memory. Thread-safe."""

    def __init__(self, settings: Settings, database: Database, vault: Vault, clock: Clock | None = None) -> None:
        self.settings = settings
        self.database = database
        self.vault = vault
        self.clock = clock or SystemClock()
        self.deployed = Deployed()
        self.numbers = Numbers(database)
        self.bell = Bell()
        self.waker: Callable[[commit.Change], None] = _nobody  # wakes workers on other machines too
        self.timed: Callable[[str, float], None] = _unmeasured  # told of each command: its name, and the seconds it took
        self.patience = PATIENCE  # seconds that a request gives to the calls that it makes itself
        self.overrides: dict[str, dict[str, Any]] = {}  # app -> settings that win over everything: a scenario's own
        self.relaying = threading.Lock()  # held by the one thread of this process that gives events their places

    def do(self, command: Callable[Concatenate[Reader, P], commit.Change], *args: P.args, **kwargs: P.kwargs) -> Any:
        """Carry out a command: read, compute, write in one short transaction; its answer is returned.

        Raises what the command refuses with (then nothing was written), and Busy when too many wrote the same at once.
        """
        return self.carry_out(None, command, *args, **kwargs).result

    def carry_out(
        self, slot: Slot | None, command: Callable[Concatenate[Reader, P], commit.Change], *args: P.args, **kwargs: P.kwargs
    ) -> commit.Change:
        """As `do`, within a request that may run jobs itself; returns the change with the jobs that are leased to it (`sync`)."""

        tries = count()

        def compute() -> commit.Change:
            with self.read(slot) as read:
                read.again = next(tries) > 0
                return command(read, *args, **kwargs)

        began = time.perf_counter()
        change = commit.run(self.database, compute)
        self.timed(f"{command.__module__.removeprefix('engine.')}.{command.__name__}", time.perf_counter() - began)
        if change.wake:
            self.bell.ring()
            self.waker(change)
        return change

    def send(self, call: http.Call, limit: float | None = None) -> http.Answer:
        """Make a call to a partner: every call goes through here."""
        return http.send(call, limit)

    @contextmanager
    def read(self, slot: Slot | None = None) -> Iterator[Reader]:
        """A reader for one page or one command: every query is a short read of its own."""
        link = self.database.links.take()
        try:
            now = self.clock.now().astimezone(KST)  # `today()` in expressions is the day in Korea
            read = Reader(link, now, self.vault, self.deployed, self.numbers, self.settings, slot)
            read.overrides = self.overrides
            yield read
        finally:
            self.database.links.give_back(link)
