"""A world for each test: on SQLite always, on PostgreSQL too where `TEST_POSTGRESQL_URL` names one (CI does)."""

import os
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from structlog.testing import capture_logs

from tests.runtime.story import Story, open_world

POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "")
DATABASES = ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"]


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, kept from the screen."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture(params=DATABASES)
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Story]:
    """A fresh world."""
    if request.param == "sqlite":
        yield from _world(tmp_path, "")
        return
    url, name = make_url(POSTGRESQL), f"baton_{uuid4().hex[:12]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    try:
        yield from _world(tmp_path, url.set(database=name).render_as_string(hide_password=False))
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))
        admin.dispose()


def _world(folder: Path, database_url: str) -> Iterator[Story]:
    baton = open_world(folder, database_url)
    yield Story(baton)
    baton.database.close()
