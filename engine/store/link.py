"""A kept connection: what commands and pages read through, and what the one place that commits writes through.

Statements that are `Constant` go to the driver as they are; all others go through SQLAlchemy on the same connection.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect, Engine, Executable, Row
from sqlalchemy.exc import DBAPIError

from engine import optional
from engine.store.constant import Constant, Made, Values

Statement = Executable | Constant
Parameters = Values | list[dict[str, Any]] | None
Step = tuple[Statement, Parameters, int | None]  # and how many rows it must touch
Watch = Callable[[str], None]
KEPT = 32


class Unmet(Exception):
    """A statement touched another number of rows than it had to."""


def unwatched(text: str) -> None:
    """Where nobody counts statements."""


def each(parameters: Parameters) -> Sequence[Values]:
    """The values of each time that a statement is to be run."""
    return parameters if isinstance(parameters, list) else (parameters or {},)


class Link:
    """One connection, used by one thread at a time. Outside of a transaction each statement is one of its own: nothing stays open between two.

    Raises SQLAlchemy's errors, whoever ran the statement.
    """

    begin_with = "BEGIN IMMEDIATE"  # takes SQLite's lock at once
    end_with = "COMMIT"

    def __init__(self, engine: Engine) -> None:
        self.dialect = engine.dialect
        self._written: Dialect = engine.dialect  # how constant statements are written
        self.watch: Watch = unwatched
        self.lost = False  # the connection is gone
        self.is_undone = True  # and nothing of what was open when it was lost can have become durable
        self.since = 0  # how often all connections had been closed when this one was opened
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._error: Any = self.dialect.loaded_dbapi.Error
        self._open()

    def _open(self) -> None:
        self._sql: Connection = self._engine.connect()
        self._raw: Any = self._sql.connection.driver_connection
        self.lost = self._inside = False

    def close(self) -> None:
        """Give the connection back; one that was lost is nobody's any more."""
        if self.lost:
            self._sql.invalidate()
        self._sql.close()

    def all(self, statement: Statement, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows. Outside of a transaction, a connection that was lost since it was used last is replaced."""
        try:
            return self._all(statement, parameters)
        except DBAPIError:
            if self._inside or not self.lost:
                raise
        self.close()
        self._open()
        return self._all(statement, parameters)

    def first(self, statement: Statement, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """The first row, or None."""
        rows = self.all(statement, parameters)
        return rows[0] if rows else None

    def begin(self) -> None:
        """Open a transaction."""
        self._inside = True
        self.say(self.begin_with)

    def commit(self) -> None:
        """Make it durable."""
        self.say(self.end_with)
        self._inside = False

    def rollback(self) -> None:
        """Undo what was written since `begin`; a connection that cannot is not used again."""
        self._inside = False
        try:
            self._undo()
        except self._error:
            self.lost = True

    def is_inside(self) -> bool:
        """Whether the database has the transaction still open: SQLite ends it by itself when it cannot write."""
        return bool(self._raw.in_transaction)

    def write(self, steps: Sequence[Step]) -> None:
        """Run these as the last of the open transaction, which may become durable with them. Raises Unmet when one misses its number of rows."""
        for statement, parameters, expect in steps:
            if self._write(statement, parameters) != expect is not None:
                raise Unmet()

    def say(self, text: str) -> None:
        """Run a statement that begins, marks or ends a transaction."""
        self.watch(text)
        try:
            self._command(text)
        except self._error as error:
            raise self._told(error) from error

    def _all(self, statement: Statement, parameters: Values | None) -> Sequence[Row[Any]]:
        if not isinstance(statement, Constant):
            return self._through_sqlalchemy(statement, parameters).all()
        values = parameters or {}
        made = statement.made(self._written, values)
        self.watch(made.text)
        try:
            return made.rows(self._found(made, values))
        except self._error as error:
            raise self._told(error) from error

    def _write(self, statement: Statement, parameters: Parameters) -> int:
        if not isinstance(statement, Constant):
            return self._through_sqlalchemy(statement, parameters).rowcount
        many = each(parameters)
        made = statement.made(self._written, many[0])
        self.watch(made.text)
        try:
            return self._touched(made, many)
        except self._error as error:
            raise self._told(error) from error

    def _command(self, text: str) -> None:
        self._raw.execute(text)

    def _undo(self) -> None:
        self._raw.rollback()

    def _found(self, made: Made, values: Values) -> list[Any]:
        found: list[Any] = self._raw.execute(made.text, made.bound(values)).fetchall()
        return found

    def _touched(self, made: Made, many: Sequence[Values]) -> int:
        if len(many) == 1:
            cursor = self._raw.execute(made.text, made.bound(many[0]))
        else:
            cursor = self._raw.executemany(made.text, [made.bound(values) for values in many])
        count: int = cursor.rowcount
        return count

    def _through_sqlalchemy(self, statement: Executable, parameters: Parameters) -> CursorResult[Any]:
        if self.watch is not unwatched and isinstance(statement, ClauseElement):
            self.watch(str(statement.compile(dialect=self.dialect)))
        try:
            return self._sql.execute(statement, parameters, execution_options={"preserve_rowcount": True})
        except DBAPIError as error:
            self.lost = error.connection_invalidated
            raise

    def _told(self, error: Exception) -> DBAPIError:
        """What the driver says, as SQLAlchemy says it."""
        self.lost = self.lost or self.dialect.is_disconnect(error, self._raw, None)  # type: ignore[arg-type]
        told: Any = DBAPIError.instance(None, None, error, self._error, True, self.lost, self.dialect)
        return told  # type: ignore[no-any-return]


class Links:
    """The connections that are kept open for one database: whoever asks gets the one that was used last. Thread-safe."""

    def __init__(self, engine: Engine) -> None:
        self.watch: Watch = unwatched  # told of each statement before it is run
        self._engine = engine
        self._kind: type[Link] = Link if engine.dialect.name == "sqlite" else optional.load("engine.store.pipelined").PipelinedLink
        self._idle: list[Link] = []
        self._closings = 0

    def take(self) -> Link:
        """A connection, to be given back soon."""
        try:
            link = self._idle.pop()
        except IndexError:
            link = self._kind(self._engine)
            link.since = self._closings
        link.watch = self.watch
        return link

    def give_back(self, link: Link) -> None:
        """Take back what was lent; it is closed when it was lost, or when all were closed meanwhile."""
        link.lost = link.lost or link.since != self._closings  # the pool that it came from may be gone: nobody else would close it
        if link.lost or len(self._idle) >= KEPT:
            link.close()
        else:
            self._idle.append(link)

    def close(self) -> None:
        """Close those that nobody uses now; the others follow when they are given back."""
        self._closings += 1
        while self._idle:
            self._idle.pop().close()
