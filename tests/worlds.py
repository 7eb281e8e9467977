"""Worlds are made once in a process of a test run; each story gets a copy: its own data folder, its own rows, nothing done again."""

import atexit
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import psycopg

from engine.clock import FixedClock
from engine.runtime import demo
from engine.settings import Settings
from engine.start import deploy_new, prepare
from engine.store.base import Base
from tests.apps_folder import apps_folder
from tests.postgresql import plain


@dataclass(frozen=True)
class Made:
    """A world to be copied: its data folder, in which SQLite keeps its database, and on PostgreSQL what stands in each table."""

    folder: Path
    tables: Mapping[str, bytes]


_made: dict[tuple[bool, datetime, tuple[str, ...] | None], Made] = {}


def copy(folder: Path, database_url: str, now: datetime, apps: tuple[str, ...] | None = None) -> None:
    """Fill a data folder and an empty database with these apps, their seed records and the demo accounts; without `apps`, with the schema alone."""
    key = (bool(database_url), now, apps)
    if key not in _made:
        _made[key] = _make(_place() / str(len(_made)), database_url, now, apps)
    elif database_url:
        _fill(database_url, _made[key].tables)
    copytree(_made[key].folder, folder, dirs_exist_ok=True)


@cache
def _place() -> Path:
    place = TemporaryDirectory(prefix="baton-worlds-")
    atexit.register(place.cleanup)
    return Path(place.name)


def _make(folder: Path, database_url: str, now: datetime, apps: tuple[str, ...] | None) -> Made:
    baton = prepare(Settings(data=folder, apps=apps_folder(folder, *apps or ()), database_url=database_url))
    baton.clock = FixedClock(now)
    if apps is not None:
        deploy_new(baton)
        demo.seed(baton)
    baton.database.close()
    return Made(folder, _tables(database_url) if database_url else {})


def _tables(database_url: str) -> dict[str, bytes]:
    found = {}
    with psycopg.connect(plain(database_url)) as connection, connection.cursor() as cursor:
        for table in Base.metadata.sorted_tables:
            if cursor.execute(f"select 1 from {table.name} limit 1").fetchone():
                with cursor.copy(f"copy {table.name} to stdout (format binary)") as rows:
                    found[table.name] = b"".join(rows)
    return found


def _fill(database_url: str, tables: Mapping[str, bytes]) -> None:
    with psycopg.connect(plain(database_url)) as connection, connection.cursor() as cursor:
        for name, rows in tables.items():
            with cursor.copy(f"copy {name} from stdin (format binary)") as into:
                into.write(rows)
