"""Finds the browser of this machine. `python -m tests.browser.find` says what to install where there is none, and stops."""

import sys
from pathlib import Path
from shutil import which

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
MISSING = "The browser tests need Chromium, which Python packages cannot bring. On Debian: apt-get install chromium"


def chromium() -> str | None:
    """The path of Chromium or Chrome, None if this machine has neither."""
    on_path = next((path for path in map(which, NAMES) if path), None)
    return on_path or next((str(path) for path in APPLICATIONS if path.is_file()), None)


if __name__ == "__main__":
    if chromium() is None:
        sys.exit(MISSING)
