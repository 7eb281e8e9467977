"""Playing one scenario: every order of its together-blocks, each from the beginning in a world of its own."""

import time
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Text
from engine.scenarios import known, refusals
from engine.scenarios.coverage import Reached
from engine.scenarios.expectations import judge
from engine.scenarios.history import everything
from engine.scenarios.problem import Problem
from engine.scenarios.spec import Scenario
from engine.scenarios.step_spec import Together
from engine.scenarios.steps import play as play_steps
from engine.scenarios.story import Story
from engine.scenarios.world import Stage


@dataclass
class Outcome:
    """How a scenario ended: without problems it passed. `reached` is what it went through, in all orders that were played."""

    id: str
    title: Text
    file: str
    problems: list[Problem] = field(default_factory=list)
    orders: int = 0
    seconds: float = 0.0
    reached: Reached = field(default_factory=Reached)

    @property
    def passed(self) -> bool:
        """Whether everything came true."""
        return not self.problems

    def as_dict(self) -> dict[str, Any]:
        """The outcome as JSON."""
        told = {"id": self.id, "title": dict(self.title), "file": self.file, "passed": self.passed, "orders": self.orders}
        return {**told, "seconds": round(self.seconds, 3), "problems": [problem.as_dict() for problem in self.problems]}


def play(scenario: Scenario, stage: Stage) -> Outcome:
    """Play it on the stage; the first order that goes wrong ends it."""
    outcome = Outcome(scenario.id, {"ko": scenario.title.ko, "en": scenario.title.en or scenario.title.ko}, scenario.file)
    begun = time.perf_counter()
    try:
        for order in scenario.orders():
            outcome.problems = _once(scenario, stage, order, outcome)
            if outcome.problems:
                break
    except Problem as problem:
        outcome.problems.append(problem)
    outcome.seconds = time.perf_counter() - begun
    return outcome


def _once(scenario: Scenario, stage: Stage, order: tuple[tuple[int, ...], ...], outcome: Outcome) -> list[Problem]:
    outcome.orders += 1
    with stage.world(scenario) as world:
        if outcome.orders == 1 and (unknown := list(known.check(scenario, world))):
            return unknown
        story = Story(scenario, world)
        try:
            play_steps(story, order)
        except Problem as problem:
            found = [*refusals.surprises(story), problem]
        else:
            with world.baton.read() as read:
                outcome.reached.add(everything(read), world.baton.seen)
                found = judge(story, read)
        hints = known.unasked(scenario, world) if found else ()
        return [_ordered(scenario, order, one) for one in (*found, *hints)]


def _ordered(scenario: Scenario, order: tuple[tuple[int, ...], ...], problem: Problem) -> Problem:
    """The problem with the order in which it came up, where there is more than one."""
    blocks = [number for number, step in enumerate(scenario.when, 1) if isinstance(step, Together)]
    told = "; ".join(" -> ".join(f"{number}.{place + 1}" for place in places) for number, places in zip(blocks, order, strict=True))
    if not told:
        return problem
    return Problem(problem.file, problem.line, problem.element, f"[순서 {told}] {problem.ko}", f"[order {told}] {problem.en}")
