"""Baton itself: what one process holds, and the one way for every write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec

from engine.clock import Clock, SystemClock
from engine.runtime.bell import Bell
from engine.runtime.deployed import Deployed
from engine.runtime.numbers import Numbers
from engine.runtime.reader import Reader
from engine.settings import Settings
from engine.store import commit
from engine.store.database import Database
from engine.vault import Vault

P = ParamSpec("P")


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

    def do(self, command: Callable[Concatenate[Reader, P], commit.Change], *args: P.args, **kwargs: P.kwargs) -> Any:
        """Carry out a command: read, compute, write in one short transaction; its answer is returned.

        Raises what the command refuses with (then nothing was written), and Busy when too many wrote the same at once.
        """

        def compute() -> commit.Change:
            with self.read() as read:
                return command(read, *args, **kwargs)

        change = commit.run(self.database, compute)
        if change.wake:
            self.bell.ring()
        return change.result

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A reader for one page or one command: every query is a short read of its own."""
        with self.database.read() as connection:
            yield Reader(connection, self.clock.now(), self.vault, self.deployed, self.numbers, self.settings)
