"""`baton lint` as people and pipelines call it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli.lint import command
from tests.bpmn.models import element, end, flows, model, start, user

ROOT = Path(__file__).parents[2]
GOOD = model(start(), user("work"), end(), flows("start -> work -> end"))["model.bpmn"]
BAD = model(start(), element("serviceTask", "work"), end(), flows("start -> work -> end"))["model.bpmn"]


def lint(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


def write(folder: Path, name: str, data: bytes) -> Path:
    """A file of the test."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_errors_end_with_one_and_warnings_with_zero(tmp_path: Path) -> None:
    good, bad = write(tmp_path, "good.bpmn", GOOD), write(tmp_path, "bad.bpmn", BAD)
    assert (lint(good).exit_code, lint(bad).exit_code, lint(good, bad).exit_code) == (0, 1, 1)


def test_json_is_one_list_of_findings(tmp_path: Path) -> None:
    bad = write(tmp_path, "bad.bpmn", BAD)
    rows = json.loads(lint("--json", bad).stdout)
    assert all(set(row) == {"file", "element", "rule", "level", "message", "mend"} for row in rows)
    (error,) = [row for row in rows if row["level"] == "error"]
    assert (error["file"], error["element"], error["rule"]) == (str(bad), "work", "missing-job-type")
    assert json.loads(lint("--json", write(tmp_path, "none.dmn", b"")).stdout)[0]["level"] == "error"


def test_people_read_one_line_for_each_finding_in_their_language(tmp_path: Path) -> None:
    bad = write(tmp_path, "bad.bpmn", BAD)
    english, korean = lint("--lang", "en", bad).stdout, lint("--lang", "ko", bad).stdout
    assert f"{bad}:work error missing-job-type — 'work' does not say what to run: it has no job type. (Choose a connector" in english
    assert "작업 유형" in korean and len(korean.splitlines()) == len(english.splitlines())


def test_a_folder_is_searched_for_drawings_decisions_and_forms(tmp_path: Path) -> None:
    write(tmp_path, "one/bad.bpmn", BAD)
    write(tmp_path, "two/bad.dmn", b"<no")
    write(tmp_path, "two/bad.form", b"{")
    write(tmp_path, "two/notes.txt", b"<no")
    files = {Path(row["file"]).name for row in json.loads(lint("--json", tmp_path).stdout) if row["level"] == "error"}
    assert files == {"bad.bpmn", "bad.dmn", "bad.form"}


def test_a_folder_of_processes_is_checked_as_an_app_with_its_forms(tmp_path: Path) -> None:
    for top in ("processes", "forms"):
        shutil.copytree(ROOT / top / "iptv", tmp_path / top / "iptv")
    assert lint(tmp_path / "processes" / "iptv").exit_code == 0
    shutil.rmtree(tmp_path / "forms")
    rows = json.loads(lint("--json", tmp_path / "processes" / "iptv").stdout)
    assert "unknown-form" in {row["rule"] for row in rows}
    assert rows == json.loads(lint("--json", tmp_path / "processes").stdout) == json.loads(lint("--json", tmp_path).stdout)


def test_fix_lays_out_what_has_no_place(tmp_path: Path) -> None:
    good = write(tmp_path, "good.bpmn", GOOD)
    assert "missing-layout" in lint(good).stdout and good.read_bytes() == GOOD
    assert "missing-layout" not in lint("--fix", good).stdout
    fixed = good.read_bytes()
    assert b"BPMNShape" in fixed
    lint("--fix", good)
    assert good.read_bytes() == fixed


def test_fix_leaves_alone_what_cannot_be_read(tmp_path: Path) -> None:
    broken = write(tmp_path, "broken.bpmn", b"<bpmn")
    assert lint("--fix", broken).exit_code == 1 and broken.read_bytes() == b"<bpmn"


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert [row["rule"] for row in json.loads(lint("--json", tmp_path / "gone.bpmn").stdout)] == ["unreadable-file"]


@pytest.mark.parametrize("name", ["x.bpmn", "x.dmn", "x.form", "x.xml", "x"])
@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"{", b"[" * 100_000, b"<a>" * 300, b"\xff\xfe<", b'{"components": [{"type": 1}]}', b"<a/>"])
def test_garbage_of_every_kind_is_a_finding(tmp_path: Path, name: str, data: bytes) -> None:
    result = lint("--json", write(tmp_path, name, data))
    assert result.exit_code == 1 and json.loads(result.stdout)
