"""The one place that commits. A command returns a Change; this runs it: short read, step, short write, again on a failed guard.

On SQLite several changes that wait for its lock may become durable by one commit (`together`); each is still whole or not at all, and nothing
of a command stands between its guards and its commit.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError

from engine.errors import Busy, NotSaved, Refused
from engine.store import statements
from engine.store.base import Base
from engine.store.constant import Constant
from engine.store.database import Database
from engine.store.link import Link, Statement, Unmet
from engine.store.tables import Correlation

T = TypeVar("T")
ATTEMPTS = 5
CONTENTION = ("locked", "deadlock", "serialize")
UNWRITABLE = ("disk is full", "readonly database", "read-only transaction", "No space left", "could not extend file")


class Stale(Exception):
    """A guard failed: somebody else wrote first. A command that sees it while it computes may raise it too."""


class Write(NamedTuple):
    """One statement. With `expect`, exactly that many rows must be touched, or the whole change is stale."""

    statement: Statement
    parameters: dict[str, Any] | list[dict[str, Any]] | None = None
    expect: int | None = None


@dataclass
class Change:
    """What a command wants written, in order, and what it answers. `wake` asks a worker to look for due work after the commit.

    `pairs` are the (message name, key) that are locked before anything else is written (design 5.7). `sync` are the new jobs (rows of `job`)
    that the request which is being answered runs itself, and `answer` is what the drawing tells it although the change is carried out.
    """

    result: Any = None
    writes: list[Write] = field(default_factory=list)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    wake: bool = False
    sync: list[dict[str, Any]] = field(default_factory=list)
    answer: Refused | None = None

    def add(self, statement: Statement, parameters: dict[str, Any] | list[dict[str, Any]] | None = None, expect: int | None = None) -> None:
        """Append one statement."""
        self.writes.append(Write(statement, parameters, expect))

    def insert(self, table: type[Base], rows: dict[str, Any] | list[dict[str, Any]]) -> None:
        """Append the insertion of whole rows."""
        self.add(statements.inserting(table), rows)

    def update(self, table: type[Base], guards: Mapping[str, Any], values: Mapping[str, Any], computed: Mapping[str, Any] | None = None) -> None:
        """Append the update of one row: the change is stale when none has exactly these `guards` (column -> value, none of them NULL).

        `computed` are the columns whose value the database works out.
        """
        self.writes.append(updating(table, guards, values, computed))

    def update_all(self, table: type[Base], rows: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> None:
        """Append the update of several rows in the same columns, by one statement: each with its own guards and values."""
        if rows:
            guards, values = rows[0]
            statement = statements.updating(table, tuple(guards), tuple(values))
            self.add(statement, [{**statements.bound(guards), **values} for guards, values in rows], expect=len(rows))


def updating(table: type[Base], guards: Mapping[str, Any], values: Mapping[str, Any], computed: Mapping[str, Any] | None = None) -> Write:
    """The guarded update of one row, to be put where it belongs in a change."""
    shape = table, tuple(guards), tuple(values)
    statement = statements.update_of(*shape).values(computed) if computed else statements.updating(*shape)
    return Write(statement, {**statements.bound(guards), **values}, expect=1)


def deleting(table: type[Base], guards: Mapping[str, Any]) -> Write:
    """The guarded deletion of one row, to be put where it belongs in a change."""
    return Write(statements.deleting(table, tuple(guards)), statements.bound(guards), expect=1)


def run(database: Database, compute: Callable[[], Change]) -> Change:
    """Compute the change with nothing open, then write it in one short transaction; on a failed guard do both again, at most 5 times with jitter.

    Raises Busy when it never got through, NotSaved when the database takes no writes, and whatever else `compute` raises: then nothing was written.
    """

    def once() -> Change:
        change = compute()
        if change.writes:
            _apply(database, change)
        return change

    return _patiently(once)


def ask(database: Database, statement: Statement, parameters: Mapping[str, Any]) -> Any:
    """The answer of one statement that writes and returns, in a transaction of its own: the first column of its first row.

    Raises Busy and NotSaved as `run` does.
    """

    def once() -> Any:
        with database.transaction() as link:
            (row,) = link.all(statement, parameters)
        return row[0]

    return _patiently(once)


def _patiently(once: Callable[[], T]) -> T:
    failure: Exception | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0.002, 0.012) * 2**attempt)
        try:
            return once()
        except (Stale, IntegrityError) as error:
            failure = error
        except (OperationalError, InternalError) as error:
            said = str(error.orig)
            if any(word in said for word in UNWRITABLE):
                raise NotSaved() from error
            if not any(word in said for word in CONTENTION):
                raise
            failure = error
    raise Busy() from failure


def _apply(database: Database, change: Change) -> None:
    # Pairs always in the same order, so that two steps never wait for each other.
    pairs = [{"name": name, "key": key} for name, key in sorted(change.pairs)]
    writes = [Write(LOCK, pairs), *change.writes] if pairs else change.writes
    with database.transaction() as link:
        _write(link, writes)


def _write(link: Link, writes: list[Write]) -> None:
    try:
        link.write(writes)
    except Unmet as error:
        raise Stale() from error
    except DBAPIError as error:
        if link.lost and link.is_undone:  # again on another connection
            raise Stale() from error
        raise


def _lock() -> Constant:
    row = upsert(Correlation).values(name=bindparam("name"), key=bindparam("key"))
    return Constant(row.on_conflict_do_update(index_elements=["name", "key"], set_={"name": row.excluded.name}))


LOCK = _lock()  # the row is written, and so locked, whether or not it was there
