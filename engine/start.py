"""Bringing a Baton up in this process: settings checked, database opened, secret read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from engine import apps, optional, settings
from engine.actors import SYSTEM
from engine.clock import Clock
from engine.errors import ConfigurationError
from engine.heartbeat import Heartbeat
from engine.runtime import definitions
from engine.runtime.baton import Baton
from engine.settings import Settings
from engine.store import migrate
from engine.store.database import Database
from engine.store.tables import Deployment
from engine.vault import Vault, master_secret
from engine.worker import Worker


def open_baton(chosen: Settings | None = None, clock: Clock | None = None) -> Baton:
    """A Baton on the configured database.

    Raises ConfigurationError for wrong settings, a database that cannot be used, or a schema that does not fit.
    """
    found = chosen or settings.load()
    with mended(found):
        found.data.mkdir(parents=True, exist_ok=True)
        baton = Baton(found, Database(found.database), Vault(master_secret(found.data / "secret")), clock)
        if problem := migrate.problem(baton.database):
            baton.database.close()
            raise ConfigurationError(problem)
    if found.broker_url:
        baton.waker = optional.load("engine.dispatch.celery").Waker(found.broker_url)
    return baton


def working(baton: Baton, number: int) -> list[Any]:
    """The threads that work in this process, to be started, stopped and joined: workers, one that says that they are there, and one that
    publishes events where a broker is set."""
    found: list[Any] = [Worker(baton, each) for each in range(number)]
    if number:
        found.append(Heartbeat(baton, number))
    if number and baton.settings.events_url:
        found.append(optional.load("engine.dispatch.publisher").Publisher(baton))
    return found


@contextmanager
def at_work() -> Iterator[Baton]:
    """A Baton for one command at a terminal."""
    baton = open_baton()
    try:
        yield baton
    finally:
        baton.database.close()


def prepare(chosen: Settings) -> Baton:
    """As `open_baton`, after migrating: for the embedded start, in the parent, before any fork."""
    migrated(chosen)
    return open_baton(chosen)


def migrated(chosen: Settings, *, post: bool = False) -> bool:
    """Bring the configured database to this version's schema; answers whether `baton migrate --post` is left to do."""
    with mended(chosen):
        chosen.data.mkdir(parents=True, exist_ok=True)
        database = Database(chosen.database)
        try:
            migrate.upgrade(database, post=post)
            return migrate.unfinished(database)
        finally:
            database.close()


@contextmanager
def mended(chosen: Settings) -> Iterator[None]:
    """Say what to mend when the data folder or the database cannot be used."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"BATON_DATA: {chosen.data} cannot be used: {error.strerror}") from error
    except OperationalError as error:
        raise ConfigurationError(f"BATON_DATABASE_URL: the database cannot be used: {str(error.orig).strip()}") from error


def deploy_new(baton: Baton) -> list[str]:
    """Deploy the apps of the processes folder that were never deployed; returns their keys."""
    with baton.read() as read:
        known = {row.app for row in read.all(select(Deployment.app).distinct())}
    fresh = [key for key in apps.keys(baton.settings.apps) if key not in known]
    for key in fresh:
        baton.do(definitions.deploy, key=key, files=apps.read(baton.settings.apps, key), actor=SYSTEM)
    return fresh
