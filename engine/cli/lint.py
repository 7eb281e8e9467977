"""`baton lint PATH...`: what is wrong or doubtful in drawings, decisions, forms and whole apps."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from engine import optional
from engine.bpmn.layout import lay_out
from engine.bpmn.lint import lint as lint_drawings
from engine.errors import Refused
from engine.findings import Finding
from engine.xml import MAX_BYTES, UnsafeXml

FORMS: Final = (".form", ".json")
KINDS: Final = (".bpmn", ".dmn", ".form")
BESIDE_DRAWINGS: Final = "engine.cli.lint_apps"


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON list.")
@click.option("--fix", is_flag=True, help="Give elements without a place in the drawing a tidy one; the files are rewritten.")
@click.option("--lang", type=click.Choice(["ko", "en"]), default=None, help="Language of the messages; else that of the environment.")
def command(paths: tuple[Path, ...], as_json: bool, fix: bool, lang: str | None) -> None:
    """Check BPMN, DMN and form files, folders of them, and apps: a folder processes/<app> is checked together with forms/<app>.

    Exit code 1 when there is an error among the findings, else 0.
    """
    lang = lang or ("ko" if (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").startswith("ko") else "en")
    found = list(dict.fromkeys(finding for path in paths for finding in _of_path(path, fix)))
    if as_json:
        click.echo(json.dumps([finding.as_dict(lang) for finding in found], ensure_ascii=False, indent=2))
    else:
        for finding in found:
            said = finding.as_dict(lang)
            click.echo(f"{finding.file}:{finding.element} {finding.level} {finding.rule} — {said['message']} ({said['mend']})")
    raise click.exceptions.Exit(1 if any(finding.level == "error" for finding in found) else 0)


def _of_path(path: Path, fix: bool) -> Iterator[Finding]:
    if not path.is_dir():
        yield from _of_file(path, fix)
        return
    folder = path.resolve()
    for root, key in _apps(folder):
        yield from _of_app(root, key, fix)
    if not list(_apps(folder)):
        for file in sorted(found for found in path.rglob("*") if found.suffix in KINDS and found.is_file()):
            yield from _of_file(file, fix)


def _apps(folder: Path) -> Iterator[tuple[Path, str]]:
    """The apps that a folder is or holds, each with the root that `processes` and `forms` stand in."""
    if folder.parent.name == "processes":
        yield folder.parent.parent, folder.name
        return
    root = folder.parent if folder.name == "processes" else folder
    yield from ((root, manifest.parent.name) for manifest in sorted((root / "processes").glob("*/app.toml")))


def _of_app(root: Path, key: str, fix: bool) -> Iterator[Finding]:
    if fix:
        for drawing in sorted((root / "processes" / key).rglob("*.bpmn")):
            _fix(drawing)
    try:
        yield from optional.load(BESIDE_DRAWINGS).app(root, key)
    except Refused as refused:
        yield _unreadable(f"processes/{key}", refused.texts["ko"], refused.texts["en"])
    except Exception as error:
        yield _failed(f"processes/{key}", error)


def _of_file(path: Path, fix: bool) -> Iterator[Finding]:
    if fix and path.suffix not in (".dmn", *FORMS):
        _fix(path)
    try:
        with path.open("rb") as file:
            # One byte more than is read anyway: enough to see that a file is too large, whatever its size.
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        yield _unreadable(str(path), f"파일을 읽을 수 없어요: {error.strerror}", f"The file cannot be read: {error.strerror}")
        return
    yield from _linted(path, data)


def _linted(path: Path, data: bytes) -> list[Finding]:
    try:
        if path.suffix == ".dmn":
            return list(optional.load(BESIDE_DRAWINGS).decisions(path, data))
        if path.suffix in FORMS:
            return list(optional.load(BESIDE_DRAWINGS).form(path, data))
        return lint_drawings({str(path): data})
    except Exception as error:
        return [_failed(str(path), error)]


def _fix(path: Path) -> None:
    try:
        before = path.read_bytes()
        after = lay_out(before)
        if after != before:
            path.write_bytes(after)
    except (OSError, UnsafeXml):
        # What cannot be read is reported when it is checked.
        return


def _failed(file: str, error: Exception) -> Finding:
    """Whatever a stranger's file provokes, the one who asks gets a finding and the other files are checked all the same."""
    return _unreadable(file, f"검사하지 못했어요({type(error).__name__}).", f"It could not be checked ({type(error).__name__}).")


def _unreadable(file: str, ko: str, en: str) -> Finding:
    return Finding(file, "", "unreadable-file", "error", ko, en, "파일과 권한을 확인해 주세요.", "Check the file and its permissions.")
