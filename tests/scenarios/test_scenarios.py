"""Every scenario of every app is a test of its own, named by the scenario's id; together they reach nearly every sequence flow."""

import pytest

from engine import apps
from engine.scenarios import files_of, load, play
from tests.scenarios.conftest import ROOT, Stages

KEYS = apps.keys(ROOT)
FILES = [(key, path) for key in KEYS for path in files_of(ROOT, key)]


@pytest.mark.parametrize(("key", "path"), FILES, ids=[path.stem for _, path in FILES])
def test_scenario(key, path, stages: Stages):
    stage = stages.of(key)
    outcome = play(load(path, path.relative_to(ROOT).as_posix()), stage)
    for happened in outcome.happened:
        stages.coverage[key].add(happened)
    assert outcome.id == path.stem
    assert not outcome.problems, "\n".join(str(problem) for problem in outcome.problems)


@pytest.mark.parametrize("key", KEYS)
def test_the_scenarios_of_an_app_reach_at_least_95_percent_of_its_sequence_flows(key, stages: Stages, request):
    played = {item.callspec.params["path"] for item in request.session.items if item.name.startswith("test_scenario[")}
    stage = stages.of(key)
    coverage = stages.coverage[key]
    for path in files_of(ROOT, key):
        if path not in played:
            for happened in play(load(path), stage).happened:
                coverage.add(happened)
    missing = {process: part.missing for process, part in coverage.flows.items() if part.missing}
    assert coverage.percent_of_flows >= 95, missing
