"""What all tests share: one browser, for a process can drive only one, and one PostgreSQL."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests import postgresql
from tests.browser.find import MISSING, chromium


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """The address of a PostgreSQL; the session stops with what to do where none can be had."""
    try:
        return postgresql.start()
    except postgresql.CannotStart as error:
        pytest.exit(str(error), returncode=3)


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
