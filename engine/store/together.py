"""SQLite: changes that wait for its one write lock share a transaction, so that one commit makes all of them durable.

Each is a part of its own, behind a savepoint: whole or not at all, and one whose guard fails is undone alone. Whoever brought a part gets its
answer only after the commit, and gets its error when the commit fails: for the caller nothing stands between its change and its commit.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from engine.store.link import Link, Links

MOST = 16  # parts of one transaction


class Together:
    """The write transactions of one SQLite database in this process. Thread-safe."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._turn = threading.Lock()  # held while a part is written
        self._counting = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None

    @contextmanager
    def transaction(self) -> Iterator[Link]:
        """Write a part; afterwards it is durable. Rolled back on any error."""
        self._count(1)
        try:
            self._turn.acquire()
        finally:
            self._count(-1)
        try:
            group = self._group = self._group or _Group(self._links)
            try:
                link = group.part()
                try:
                    yield link
                except BaseException as error:
                    group.undo(error)
                    raise
            finally:
                if group.over or not self._waiting or group.parts >= MOST:
                    self._group = None
                    group.end()
        finally:
            self._turn.release()
        group.wait()

    def _count(self, more: int) -> None:
        with self._counting:
            self._waiting += more


class _Group:
    """One transaction and its parts."""

    def __init__(self, links: Links) -> None:
        self.parts = 0
        self.over = False  # nothing is left to commit
        self._error: BaseException | None = None
        self._running = threading.Lock()  # held until it has ended
        self._running.acquire()
        self._links = links
        self._link = links.take()
        try:
            self._link.begin()
        except BaseException:
            links.give_back(self._link)
            raise

    def part(self) -> Link:
        """Where the next part is written."""
        self.parts += 1
        if self.parts > 1:
            self._link.say("SAVEPOINT part")
        return self._link

    def undo(self, error: BaseException) -> None:
        """Take the last part back."""
        if self.parts > 1 and self._link.is_inside():
            self._link.say("ROLLBACK TO part")
            return
        # It was the first; or SQLite undid everything (a full disk does that), and the parts before learn of it.
        self.over, self._error = True, error
        self._link.rollback()

    def end(self) -> None:
        """Commit, and let those go on who wait for it."""
        try:
            if not self.over:
                self._link.commit()
        except BaseException as error:
            self._error = error
            self._link.rollback()
        finally:
            self._links.give_back(self._link)
            self._running.release()

    def wait(self) -> None:
        """Until it is durable; raises what the commit failed with."""
        with self._running:
            pass
        if self._error is not None:
            raise self._error
