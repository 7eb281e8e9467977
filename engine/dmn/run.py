"""One evaluation of a model: the inputs, the clock, and what it leaves behind for people who ask why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.dmn.errors import DecisionError
from engine.feel.run import OUTER, Budget
from engine.feel.run import Run as FeelRun

Scope = dict[str, Any]
Evaluator = Callable[[Scope, "Run"], Any]


@dataclass(frozen=True)
class MatchedRule:
    """A rule that matched: the table's name, the rule's number from 1, and its id in the file."""

    table: str
    rule: int
    rule_id: str


@dataclass(frozen=True)
class DecisionWarning:
    """Why a decision, or a part of it, is null: in English and Korean, with the name of the decision, table or function."""

    message: str
    ko: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass
class Journal:
    """What all parts of one evaluation share: the clock, the seed of random numbers, warnings, matched rules, broken hit policies, and one budget
    of FEEL steps and time."""

    now: datetime | None
    seed: int | None
    warnings: list[Any] = field(default_factory=list)
    trace: list[MatchedRule] = field(default_factory=list)
    violations: list[DecisionError] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)

    @contextmanager
    def shared_budget(self, name: str) -> Iterator[None]:
        """While this is open, all expressions together stay within the bounds of one."""
        outer = FeelRun({}, name)
        outer.budget = self.budget
        token = OUTER.set(outer)
        try:
            yield
        finally:
            OUTER.reset(token)


class Run:
    """The values of one model's nodes within an evaluation. Imported models have runs of their own that share the journal."""

    __slots__ = ("inputs", "journal", "now", "seed", "warnings", "values", "_imported")

    def __init__(self, inputs: Mapping[str, Any], journal: Journal) -> None:
        self.inputs = inputs
        self.journal = journal
        self.now = journal.now
        self.seed = journal.seed
        self.warnings = journal.warnings
        self.values: dict[str, Any] = {}
        self._imported: dict[str, Run] = {}

    def imported(self, name: str) -> Run:
        """The run of the model imported under `name`: its inputs are those given under that name, then those of this model."""
        if not name:
            return self
        if name not in self._imported:
            given = self.inputs.get(name)
            inputs = {**self.inputs, **given} if isinstance(given, Mapping) else self.inputs
            self._imported[name] = Run(inputs, self.journal)
        return self._imported[name]

    def afresh(self, inputs: Mapping[str, Any]) -> Run:
        """A run with other inputs and no values yet, within the same evaluation."""
        return Run(inputs, self.journal)

    def warn(self, where: str, en: str, ko: str) -> None:
        """Note why something is null."""
        self.warnings.append(DecisionWarning(en, ko, where))

    def step(self, name: str) -> None:
        """Count one turn of a boxed loop; raises FeelLimitError past the bound."""
        self.journal.budget.spend(1, name)
