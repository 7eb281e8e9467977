"""What all tests share: one browser, for a process can drive only one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.find import MISSING, chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium of this machine; the session stops with the package's name where there is none."""
    path = chromium()
    if path is None:
        pytest.exit(MISSING, returncode=3)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()
