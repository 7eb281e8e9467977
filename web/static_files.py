"""Static files: every address carries a digest of the content, so browsers may keep them; the built script is used only if it is there."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

STATIC = Path(__file__).parent / "static"
BUILT = "built/page.js"
YEAR = 365 * 24 * 3600


@cache
def _digest(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def version(filename: str) -> str | None:
    """A short digest of a static file, None if there is no such file."""
    path = STATIC / filename
    return _digest(path, path.stat().st_mtime_ns) if path.is_file() else None


def page_script() -> str | None:
    """The script of customer and staff pages, None where the assets were not built: pages work without it."""
    return BUILT if (STATIC / BUILT).is_file() else None


def init_app(app: Flask) -> None:
    """Put the digest into every static address, and let browsers keep what carries one."""
    app.jinja_env.globals["page_script"] = page_script
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", version(values["filename"]))
