"""Fresh databases for measuring, each with a Baton on it: SQLite as embedded (WAL, FULL), and the PostgreSQL of the tests."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.runtime.baton import Baton
from engine.settings import Settings
from engine.start import deploy_new, prepare
from tests import postgresql

APPS = Path(__file__).parent / "apps"
KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh(kind: str) -> Iterator[Settings]:
    """Settings of a Baton on an empty database that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="baton-benchmark-") as folder:
        if kind == "sqlite":
            yield Settings(data=Path(folder), apps=APPS)
            return
        with postgresql.fresh(postgresql.start()) as url:
            yield Settings(data=Path(folder), apps=APPS, database_url=url)


@contextmanager
def opened(kind: str) -> Iterator[Baton]:
    """A Baton on such a database, with the apps of the benchmarks deployed."""
    with fresh(kind) as settings:
        baton = prepare(settings)
        try:
            deploy_new(baton)
            yield baton
        finally:
            baton.database.close()
