"""Choi at the command line: pausing, draining, and operating instances, in real processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.runtime import switches
from engine.store.tables import Audit, ProcessInstance
from tests.runtime import lab
from tests.runtime.story import ROOT, Story, open_world


@pytest.fixture
def world(tmp_path: Path) -> Story:
    """The laboratory app on SQLite."""
    story = Story(open_world(tmp_path))
    lab.deploy(story)
    return story


def baton(story: Story, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one command on the same data."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    environment |= {"BATON_DATA": str(story.baton.settings.data), "BATON_APPS": str(ROOT), "LANG": "en_US.UTF-8"}
    line = [sys.executable, "-m", "engine.cli", *words]
    return subprocess.run(line, capture_output=True, text=True, env=environment, cwd=ROOT, timeout=300)


def test_an_app_is_paused_and_the_service_drained(world: Story) -> None:
    assert baton(world, "pause", "lab", "--reason", "점검").returncode == 0
    assert baton(world, "drain", "--reason", "점검").returncode == 0
    with world.baton.read() as read:
        assert switches.paused(read) == {"lab"} and switches.draining(read)
    assert baton(world, "resume", "lab", "--reason", "끝").returncode == 0
    assert baton(world, "undrain", "--reason", "끝").returncode == 0
    with world.baton.read() as read:
        assert switches.paused(read) == set() and not switches.draining(read)
    assert baton(world, "pause", "lab").returncode == 2  # no reason
    world.baton.database.close()


def test_an_instance_is_operated_and_a_refusal_is_a_sentence(world: Story) -> None:
    instance = lab.start(world, "waiting")
    for words in (["suspend", instance], ["resume", instance], ["set", instance, "x", "[1]"], ["cancel", instance]):
        done = baton(world, "instance", *words, "--reason", "고쳐요")
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    refused = baton(world, "instance", "resume", instance, "--reason", "고쳐요")
    assert refused.returncode == 1 and "Traceback" not in refused.stderr and refused.stderr.strip()
    with world.baton.read() as read:
        assert len(read.all(select(Audit.id).where(Audit.object == instance, Audit.reason == "고쳐요"))) == 4
    world.baton.database.close()


def test_many_are_migrated_after_a_dry_run(world: Story) -> None:
    ready, other = lab.start(world, "waiting"), lab.start(world, "waiting")
    lab.complete(world, other, "UT_A")
    to = lab.deploy(world, second="UT_B2")
    dry = baton(world, "instance", "migrate", "lab", "2", "--dry-run")
    assert dry.returncode == 1 and f"{ready}: can move" in dry.stdout and "1 can move, 1 stay" in dry.stdout
    assert baton(world, "instance", "migrate", "lab", "2").returncode == 2  # no reason
    moved = baton(world, "instance", "migrate", "lab", "2", "--map", "UT_B=UT_B2", "--reason", "새 판")
    assert moved.returncode == 0 and "2 moved, 0 stay" in moved.stdout
    with world.baton.read() as read:
        assert {row.deployment_id for row in read.all(select(ProcessInstance.deployment_id).where(ProcessInstance.app == "lab"))} == {to}
    world.baton.database.close()
