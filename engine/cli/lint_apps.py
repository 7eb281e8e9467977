"""What `baton lint` says of apps, decisions and forms: loaded when there is one to check, so that checking a drawing starts at once."""

from collections.abc import Iterator
from pathlib import Path

from engine import apps, dmn
from engine.findings import Finding
from engine.forms import compile_form
from engine.forms.problems import Problems


def app(root: Path, key: str) -> Iterator[Finding]:
    """The findings of an app. Raises Refused for a folder that cannot be read."""
    yield from apps.lint(key, apps.read(root, key))


def decisions(path: Path, data: bytes) -> list[Finding]:
    """The findings of a DMN file."""
    return dmn.lint(str(path), data)


def form(path: Path, data: bytes) -> list[Finding]:
    """The findings of a form file."""
    problems = Problems()
    compile_form(path.stem, str(path), data, problems)
    return problems.found
