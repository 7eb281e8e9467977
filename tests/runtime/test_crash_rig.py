"""The crash rig, for a short while: nothing is lost, doubled or stuck; and with a guard taken out, the same rig finds what went wrong."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.runtime.story import ROOT

ROUNDS = 30
RUNS = 6  # of a rig without a guard, until it shows damage: most show some at once
GOOD = {"lost": 0, "duplicated": 0, "stuck": 0, "repeats_with_other_key": 0}


def crash(*words: str) -> dict[str, Any]:
    """The figures of one run, as `python -m benchmarks.crash` prints them."""
    line = [sys.executable, "-m", "benchmarks.crash", "--rounds", str(ROUNDS), "--json", *words]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=480)
    assert done.stdout, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])["figures"]
    assert done.returncode == any(figures[name] for name in GOOD), done.stderr
    return figures


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_and_paused_at_random_nothing_is_lost_doubled_or_stuck(database: str, postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_POSTGRESQL_URL", postgresql_server)
    figures = crash("--database", database)
    assert {name: figures[name] for name in GOOD} == GOOD
    assert figures["transitions"] > 5 * ROUNDS and figures["kills"] + figures["pauses"] == ROUNDS


@pytest.mark.parametrize("guard", ["revision", "fence"])
def test_without_one_of_its_guards_the_rig_finds_what_was_lost_or_doubled(guard: str) -> None:
    found = (crash("--without", guard) for _ in range(RUNS))
    assert any(figures["lost"] + figures["duplicated"] for figures in found)
