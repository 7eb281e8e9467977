"""Every scenario of every app is a test of its own, named by the scenario's id; together they reach as many flows as the app wants."""

import pytest

from engine import apps
from engine.scenarios import files_of
from engine.scenarios.report import GOAL
from tests.scenarios.conftest import ROOT, Stages

KEYS = apps.keys(ROOT)
FILES = [(key, path) for key in KEYS for path in files_of(ROOT, key)]


@pytest.mark.parametrize(("key", "path"), FILES, ids=[f"{key}/{path.stem}" for key, path in FILES])
def test_scenario(key, path, stages: Stages):
    outcome = stages.play(key, path)
    assert outcome.id == path.stem
    assert not outcome.problems, "\n".join(str(problem) for problem in outcome.problems)


@pytest.mark.parametrize("key", KEYS)
def test_the_scenarios_of_an_app_go_through_as_many_of_its_flows_as_it_wants(key, stages: Stages):
    for path in set(files_of(ROOT, key)) - stages.played:
        stages.play(key, path)
    missing = {process: part.missing for process, part in stages.coverage[key].flows.items() if part.missing}
    assert stages.coverage[key].percent_of_flows >= (stages.of(key).app.coverage or GOAL), missing
