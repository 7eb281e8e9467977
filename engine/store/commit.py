"""The one place that commits. A command returns a Change; this runs it: short read, step, short write, again on a failed guard."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError, OperationalError

from engine.errors import Busy
from engine.store.database import Database
from engine.store.tables import Correlation

ATTEMPTS = 5
CONTENTION = ("locked", "deadlock", "serialize")


class Stale(Exception):
    """A guard failed: somebody else wrote first. A command that sees it while it computes may raise it too."""


@dataclass(frozen=True)
class Write:
    """One statement. With `expect`, exactly that many rows must be touched, or the whole change is stale."""

    statement: Executable
    parameters: dict[str, Any] | list[dict[str, Any]] | None = None
    expect: int | None = None


@dataclass
class Change:
    """What a command wants written, in order, and what it answers. `wake` asks a worker to look for due work after the commit.

    `pairs` are the (message name, key) that are locked before anything else is written (design 5.7).
    """

    result: Any = None
    writes: list[Write] = field(default_factory=list)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    wake: bool = False

    def add(self, statement: Executable, parameters: dict[str, Any] | list[dict[str, Any]] | None = None, expect: int | None = None) -> None:
        """Append one statement."""
        self.writes.append(Write(statement, parameters, expect))


def run(database: Database, compute: Callable[[], Change]) -> Change:
    """Compute the change with nothing open, then write it in one short transaction; on a failed guard do both again, at most 5 times with jitter.

    Raises Busy when it never got through, and whatever else `compute` raises: then nothing was written.
    """
    failure: Exception | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0.002, 0.012) * 2**attempt)
        try:
            change = compute()
            if change.writes:
                _apply(database, change)
            return change
        except (Stale, IntegrityError) as error:
            failure = error
        except OperationalError as error:
            if not any(word in str(error.orig) for word in CONTENTION):
                raise
            failure = error
    raise Busy() from failure


def _apply(database: Database, change: Change) -> None:
    with database.write() as connection:
        if change.pairs:  # always in the same order, so that two steps never wait for each other
            connection.execute(LOCK, [{"name": name, "key": key} for name, key in sorted(change.pairs)])
        for write in change.writes:
            result = connection.execute(write.statement, write.parameters, execution_options={"preserve_rowcount": write.expect is not None})
            if write.expect is not None and result.rowcount != write.expect:
                raise Stale()


def _lock() -> Executable:
    row = upsert(Correlation)
    return row.on_conflict_do_update(index_elements=["name", "key"], set_={"name": row.excluded.name})


LOCK = _lock()  # the row is written, and so locked, whether or not it was there
