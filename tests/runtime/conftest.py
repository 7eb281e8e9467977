"""A world for each test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator, MutableMapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from engine.clock import FixedClock
from engine.settings import Settings
from engine.start import open_baton
from tests import postgresql, worlds
from tests.runtime.partner import Partner, listening
from tests.runtime.shop import Shop
from tests.runtime.story import ROOT, TUESDAY, Story, open_world

DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, kept from the screen."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without rows; "" for the embedded default."""
    return "" if request.param == "sqlite" else request.getfixturevalue("reused_postgresql").emptied()


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without even a schema; "" for the embedded default."""
    with nullcontext("") if request.param == "sqlite" else postgresql.fresh(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture
def story(database_url: str, tmp_path: Path) -> Iterator[Story]:
    """A fresh world."""
    baton = open_world(tmp_path, database_url)
    yield Story(baton)
    baton.database.close()


@pytest.fixture
def partner() -> Iterator[Partner]:
    """A partner on this machine."""
    with listening() as found:
        yield found


@pytest.fixture
def shop(database_url: str, tmp_path: Path, partner: Partner) -> Iterator[Shop]:
    """A world whose shop is to be deployed, and whose partner `payment` is on this machine."""
    door = {"url": partner.url, "private": True, "headers": {"Authorization": "Bearer secret-of-the-partner"}}
    worlds.copy(tmp_path, database_url, TUESDAY)
    baton = open_baton(Settings(data=tmp_path, apps=ROOT, database_url=database_url, partners={"payment": door}), FixedClock(TUESDAY))
    yield Shop(baton)
    baton.database.close()
