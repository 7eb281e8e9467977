"""Snapshots written by every version so far still load and finish."""

from pathlib import Path

import pytest

from engine import bpmn
from engine.bpmn.snapshot import VERSION
from tests.bpmn.host import Desk, Story
from tests.bpmn.kept_snapshots import FOLDER, stories
from tests.bpmn.models import element, end, extensions, flow, flows, gateway, model, start, user, zeebe

FILES = sorted(FOLDER.glob("*.json"))
WAITS = {
    "joins": ["b"],
    "scopes": ["ask", "call", "h_start", "late", "note"],
    "loops": ["a"],
    "calls": ["deep"],
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_kept_snapshot_loads_waits_and_finishes(file: Path) -> None:
    desk, model = Desk(), bpmn.parse({"model.bpmn": file.with_suffix(".bpmn").read_bytes()})
    execution = bpmn.restore(model, file.read_bytes(), desk)
    assert sorted(wait.element_id for wait in execution.waits) == WAITS[file.stem.partition("-")[2]]
    for _ in range(20):
        wait = next((wait for wait in execution.waits if wait.kind in ("user_task", "job")), None)
        if wait is not None:
            execution.complete(wait.token, {"y": 2})
            execution.run()
            execution = bpmn.restore(model, execution.dump(), desk)
    assert execution.state == "completed"


def test_the_present_version_is_among_the_kept_ones_and_writes_the_same_again() -> None:
    for name, story in stories().items():
        assert (FOLDER / f"v{VERSION}-{name}.json").read_bytes() == story.snapshot


def test_a_process_that_calls_itself_comes_back_from_its_snapshot() -> None:
    again = element("callActivity", "again", extensions(zeebe("calledElement", processId="p")))
    files = model(
        start(), user("a"), gateway("exclusive", "more", default="more_end"), again, end(),
        flows("start->a->more->end", "again->end"), flow("more", "again", "=more"),
    )  # fmt: skip
    story = Story(files).complete("a", {"more": True}).complete("a", {"more": True}).complete("a", {"more": False})
    assert story.state == "completed"
