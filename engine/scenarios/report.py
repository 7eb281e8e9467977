"""All scenarios of an app, played one after the other, with what they covered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import apps
from engine.scenarios.coverage import Coverage
from engine.scenarios.loading import load
from engine.scenarios.play import Outcome, play
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Scenario
from engine.scenarios.world import Partners, Stage


@dataclass
class AppReport:
    """What `baton test` says about one app."""

    app: str
    outcomes: list[Outcome] = field(default_factory=list)
    coverage: Coverage | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every scenario could be read and passed."""
        return not self.problems and all(outcome.passed for outcome in self.outcomes)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "app": self.app,
            "passed": self.passed,
            "problems": [problem.as_dict() for problem in self.problems],
            "scenarios": [_as_dict(outcome) for outcome in self.outcomes],
            "coverage": self.coverage.as_dict() if self.coverage else None,
        }


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    problems = [problem.as_dict() for problem in outcome.problems]
    told = {"id": outcome.id, "title": dict(outcome.title), "file": outcome.file, "passed": outcome.passed}
    return {**told, "orders": outcome.orders, "seconds": round(outcome.seconds, 3), "problems": problems}


def files_of(root: Path, key: str) -> list[Path]:
    """The scenario files of an app, in the order of their names."""
    return sorted((root / "processes" / key / "scenarios").glob("*.yaml"))


def run_app(root: Path, key: str, partners: Partners) -> AppReport:
    """Play all scenarios of the app in the folder `root`. Raises AppRefused when the app cannot be deployed."""
    report = AppReport(key)
    stage = Stage(key, apps.read(root, key), partners)
    report.coverage = Coverage(stage.app)
    try:
        for scenario in _readable(root, key, report):
            outcome = play(scenario, stage)
            report.outcomes.append(outcome)
            for happened in outcome.happened:
                report.coverage.add(happened)
            outcome.happened.clear()
    finally:
        stage.close()
    return report


def _readable(root: Path, key: str, report: AppReport) -> Iterator[Scenario]:
    known: dict[str, str] = {}
    for path in files_of(root, key):
        try:
            scenario = load(path, path.relative_to(root).as_posix())
            if scenario.id in known:
                en = f"The id {scenario.id} is used by {known[scenario.id]} too."
                raise Problem(scenario.file, 1, "", f"id {scenario.id}을(를) {known[scenario.id]}에서도 써요.", en)
            known[scenario.id] = scenario.file
            yield scenario
        except Problem as problem:
            report.problems.append(problem)
