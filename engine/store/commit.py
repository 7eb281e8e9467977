"""The one place that commits. A command returns a Change; this runs it: short read, step, short write, again on a failed guard."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.exc import IntegrityError, OperationalError

from engine.errors import Busy
from engine.store.database import Database

ATTEMPTS = 5


class Stale(Exception):
    """A guard failed: somebody else wrote first."""


@dataclass(frozen=True)
class Write:
    """One statement. With `expect`, exactly that many rows must be touched, or the whole change is stale."""

    statement: Executable
    parameters: dict[str, Any] | list[dict[str, Any]] | None = None
    expect: int | None = None


@dataclass
class Change:
    """What a command wants written, in order, and what it answers. `wake` asks a worker to look for due work after the commit."""

    result: Any = None
    writes: list[Write] = field(default_factory=list)
    wake: bool = False

    def add(self, statement: Executable, parameters: dict[str, Any] | list[dict[str, Any]] | None = None, expect: int | None = None) -> None:
        """Append one statement."""
        self.writes.append(Write(statement, parameters, expect))


def run(database: Database, compute: Callable[[], Change]) -> Change:
    """Compute the change with nothing open, then write it in one short transaction; on a failed guard do both again, at most 5 times with jitter.

    Raises Busy when it never got through, and whatever `compute` raises: then nothing was written.
    """
    for attempt in range(ATTEMPTS):
        change = compute()
        if not change.writes:
            return change
        try:
            _apply(database, change.writes)
            return change
        except (Stale, IntegrityError):
            pass
        except OperationalError as error:
            if "locked" not in str(error) and "deadlock" not in str(error) and "serialize" not in str(error):
                raise
        time.sleep(random.uniform(0.002, 0.012) * 2**attempt)
    raise Busy()


def _apply(database: Database, writes: list[Write]) -> None:
    with database.write() as connection:
        for write in writes:
            result = connection.execute(write.statement, write.parameters)
            if write.expect is not None and result.rowcount != write.expect:
                raise Stale()
