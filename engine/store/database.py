"""The connection: one SQLAlchemy engine, short reads that hold nothing open, and write transactions that take their lock at once."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from typing import Any
from weakref import finalize

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import StaticPool

from engine.store.link import Link, Links
from engine.store.together import Together

PATIENCE = 60.0  # seconds for others who open a new file at the same moment
PRAGMAS = (
    "busy_timeout=5000",
    "synchronous=FULL",
    "secure_delete=ON",
    "foreign_keys=ON",
    "cache_size=-16000",  # 16 MB of pages for a connection
    "wal_autocheckpoint=4000",  # pages: what is written again and again goes into the file less often
)


class Database:
    """Where rows are kept. `url` is an SQLAlchemy address (`sqlite:///file` or `postgresql+psycopg://...`)."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = create_engine(self.url, **engine_options(url))
        listen(self.engine)
        self.links = Links(self.engine)
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writing = self.engine.execution_options(write=True)
        # SQLite has one writer at a time, and those who wait for its lock sleep longer and longer: in one process they queue here instead.
        self._together = Together(self.links) if self.is_sqlite else None
        finalize(self, _close, self.links, self.engine)  # one that is forgotten leaves no connection open

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """SQLAlchemy's connection, for those in no hurry; every statement is a read of its own."""
        with self._reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction on it, committed at the end, rolled back on any error. For what fills an empty database, past all commands."""
        with self._writing.begin() as connection:
            yield connection

    def transaction(self) -> AbstractContextManager[Link]:
        """One write transaction, committed at the end, rolled back on any error. Only `engine.store.commit` calls this."""
        return self._together.transaction() if self._together else self._alone()

    @contextmanager
    def _alone(self) -> Iterator[Link]:
        link = self.links.take()
        try:
            link.begin()
            yield link
            link.commit()
        except BaseException:
            link.rollback()
            raise
        finally:
            self.links.give_back(link)

    def checkpoint(self) -> None:
        """SQLite: empty the write-ahead log, so that what was overwritten stands nowhere any more. Another writer at work keeps it until later."""
        if self.is_sqlite:
            with self._reading.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give all connections back."""
        _close(self.links, self.engine)


def _close(links: Links, engine: Engine) -> None:
    links.close()
    engine.dispose()


def engine_options(url: str) -> dict[str, Any]:
    """The options every engine on this address needs, here and in the web. Errors leave the parameters out."""
    options: dict[str, Any] = {"json_serializer": dump_json, "json_deserializer": orjson.loads, "hide_parameters": True}
    # A thread that computes holds a connection and may need another for a number: with a bound they would all wait for one another.
    options["max_overflow"] = -1
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        options["connect_args"] = {"check_same_thread": False}
        if not address.database:
            options["poolclass"] = StaticPool
            del options["max_overflow"]
    else:
        options |= {"pool_pre_ping": True, "pool_size": 20}
    return options


def dump_json(value: Any) -> str:
    """JSON text for a JSON column; decimals become numbers as design 2.1 says."""
    return orjson.dumps(value, default=_number).decode()


def _number(value: Any) -> int | float | str:
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if len(value.as_tuple().digits) <= 17 else str(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _write_ahead(connection: Any) -> None:
    """Switch the file to its write-ahead log: SQLite itself waits for nobody here."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def listen(engine: Engine) -> None:
    """SQLite only: set the pragmas on connect, and begin write transactions with their lock (`BEGIN IMMEDIATE`)."""
    if engine.dialect.name != "sqlite":
        return

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        _write_ahead(connection)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
