"""What all tests share: a place in memory, one browser, for a process can drive only one, and one PostgreSQL."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests import postgresql
from tests.browser.find import MISSING, chromium

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3  # bytes that all tests together never need


def pytest_configure(config: pytest.Config) -> None:
    """What tests write goes into memory where there is plenty: no test ends the machine, and none needs to wait for its disk.

    Modules stay compiled for the many processes that tests start, also where the environment keeps them from the tree.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", "") and os.access(sys.prefix, os.W_OK):
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(sys.prefix) / "compiled")
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """The address of a PostgreSQL; the session stops with what to do where none can be had."""
    try:
        return postgresql.start()
    except postgresql.CannotStart as error:
        pytest.exit(str(error), returncode=3)


@pytest.fixture(scope="session")
def reused_postgresql(postgresql_server: str) -> Iterator[postgresql.Reused]:
    """The database that the tests of this process use one after the other."""
    database = postgresql.Reused(postgresql_server)
    yield database
    database.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium of this machine; the session stops with the package's name where there is none."""
    path = chromium()
    if path is None:
        pytest.exit(MISSING, returncode=3)
    expect.set_options(timeout=30_000)  # a test machine may be busy; what holds is seen at once
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()
