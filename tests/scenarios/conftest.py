"""The partners and the deployed apps that all scenarios of a run share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.scenarios import Coverage, Outcome, Partners, Stage, load, play

ROOT = Path(__file__).parents[2]


class Stages:
    """Each app is deployed once; `coverage` collects what its scenarios went through, `played` which of them were."""

    def __init__(self, partners: Partners) -> None:
        self.partners = partners
        self.stages: dict[str, Stage] = {}
        self.coverage: dict[str, Coverage] = {}
        self.played: set[Path] = set()

    def of(self, key: str) -> Stage:
        if key not in self.stages:
            self.stages[key] = Stage(ROOT, key, self.partners)
            self.coverage[key] = Coverage(self.stages[key].app)
        return self.stages[key]

    def play(self, key: str, path: Path) -> Outcome:
        outcome = play(load(path, path.relative_to(ROOT).as_posix()), self.of(key))
        self.coverage[key].add(outcome.reached)
        self.played.add(path)
        return outcome

    def close(self) -> None:
        for stage in self.stages.values():
            stage.close()


@pytest.fixture(scope="session")
def stages() -> Iterator[Stages]:
    with Partners() as partners:
        found = Stages(partners)
        yield found
        found.close()
