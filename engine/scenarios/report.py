"""All scenarios of some apps, spread over processes, with what they covered."""

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog

from engine import apps
from engine.apps import AppRefused
from engine.runtime import deployed
from engine.scenarios.coverage import Coverage
from engine.scenarios.loading import load
from engine.scenarios.partners import Partners
from engine.scenarios.play import Outcome, play
from engine.scenarios.problem import Problem
from engine.scenarios.world import Stage

GOAL: Final = 95.0  # percent of the sequence flows, for an app that says nothing else
WORTH: Final = 12  # scenarios for which another process is worth its start
Task = tuple[str, Path]
Played = Outcome | Problem


@dataclass
class AppReport:
    """What `baton test` says about one app. `goal` is the percentage of sequence flows that its scenarios should go through."""

    app: str
    goal: float = GOAL
    outcomes: list[Outcome] = field(default_factory=list)
    coverage: Coverage | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every scenario could be read and passed."""
        return not self.problems and all(outcome.passed for outcome in self.outcomes)

    @property
    def covered(self) -> bool:
        """Whether the scenarios went through enough of the sequence flows."""
        return self.coverage is not None and self.coverage.percent_of_flows >= self.goal

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "app": self.app,
            "passed": self.passed,
            "problems": [problem.as_dict() for problem in self.problems],
            "scenarios": [outcome.as_dict() for outcome in self.outcomes],
            "goal": self.goal,
            "covered": self.covered,
            "coverage": self.coverage.as_dict() if self.coverage else None,
        }

    def take(self, played: Played) -> None:
        """Add a scenario that was played, or why it could not be."""
        if isinstance(played, Problem):
            self.problems.append(played)
            return
        twin = next((outcome.file for outcome in self.outcomes if outcome.id == played.id), None)
        if twin:
            en = f"The id {played.id} is used by {twin} too."
            self.problems.append(Problem(played.file, 1, "", f"id {played.id}을(를) {twin}에서도 써요.", en))
        self.outcomes.append(played)
        if self.coverage:
            self.coverage.add(played.reached)


def files_of(root: Path, key: str) -> list[Path]:
    """The scenario files of an app, in the order of their names."""
    return sorted((root / "processes" / key / "scenarios").glob("*.yaml"))


def run(root: Path, keys: Sequence[str], processes: int | None = None) -> Iterator[AppReport]:
    """Play all scenarios of these apps of the folder `root`, in as many processes as the machine has cores; a report for each app, in order."""
    reports = [_opened(root, key) for key in keys]
    tasks = [(report.app, path) for report in reports if report.coverage for path in files_of(root, report.app)]
    count = processes or min(os.cpu_count() or 1, len(tasks) // WORTH)
    with _quiet(), _players(root, count) as played:
        results = iter(played(tasks))
        for report in reports:
            for _ in (key for key, _ in tasks if key == report.app):
                report.take(next(results))
            yield report


def _opened(root: Path, key: str) -> AppReport:
    try:
        app = deployed.load(key, apps.read(root, key))  # here once: the processes that are forked from this one have it too
    except AppRefused as refused:
        return AppReport(key, problems=_findings(refused))
    return AppReport(key, GOAL if app.coverage is None else app.coverage, coverage=Coverage(app))


def _findings(refused: AppRefused) -> list[Problem]:
    return [Problem(one.file, 1, one.element, one.ko, one.en) for one in refused.findings if one.level == "error"]


@contextmanager
def _players(root: Path, count: int) -> Iterator[Callable[[Sequence[Task]], Iterable[Played]]]:
    if count < 2:
        with _Player(root) as player:
            yield lambda tasks: map(player.play, tasks)
        return
    fork = multiprocessing.get_context("fork")  # nothing runs beside this thread yet, and loaded apps are shared
    with ProcessPoolExecutor(count, fork, _begin, (root,)) as pool:
        yield lambda tasks: pool.map(_play, tasks)


class _Player:
    """Plays scenarios one after the other: partners and deployed apps are there once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._partners = Partners()
        self._stages: dict[str, Stage] = {}

    def __enter__(self) -> "_Player":
        self._partners.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._partners.__exit__()
        for stage in self._stages.values():
            stage.close()

    def play(self, task: Task) -> Played:
        """Play one file. What goes wrong in Baton itself is a problem of this scenario, and not the end of the run."""
        key, path = task
        file = path.relative_to(self._root).as_posix()
        try:
            return play(load(path, file), self._stage(key))
        except Problem as problem:
            return problem
        except AppRefused as refused:
            return _findings(refused)[0]
        except Exception as error:
            return Problem(file, 1, "", f"예상하지 못한 오류: {error!r}", f"An unexpected error: {error!r}")

    def _stage(self, key: str) -> Stage:
        if key not in self._stages:
            self._stages[key] = Stage(self._root, key, self._partners)
        return self._stages[key]


_player: list[_Player] = []  # the one of this process


def _begin(root: Path) -> None:
    _player.append(_Player(root).__enter__())


def _play(task: Task) -> Played:
    return _player[0].play(task)


@contextmanager
def _quiet() -> Iterator[None]:
    # What the worker logs is of no interest here, and would stand between the lines of a report.
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
