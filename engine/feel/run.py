"""One evaluation: what it may read, what it noted, what it may still spend."""

import random
import time
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from engine.feel import limits
from engine.feel.errors import FeelWarning, Null
from engine.feel.temporal import DateTime, from_python

_CHECK_EVERY = 2_000  # steps between two looks at the clock


class Place:
    """Where a part of an expression stands: the whole text, and from where to where."""

    __slots__ = ("end", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end

    def line_and_column(self) -> tuple[int, int]:
        """Both counted from 1."""
        before = self.text[: self.start]
        return before.count("\n") + 1, self.start - (before.rfind("\n") + 1) + 1


class Budget:
    """Steps and processor time left; shared by evaluations inside one another."""

    __slots__ = ("calls", "check_at", "started", "steps")

    def __init__(self) -> None:
        self.steps = limits.MAX_STEPS
        self.check_at = limits.MAX_STEPS - _CHECK_EVERY
        self.calls = 0
        self.started = time.thread_time()

    def spend(self, steps: int, expression: str) -> None:
        """Take steps away; raises FeelLimitError when there are none left or time is up."""
        self.steps -= steps
        if self.steps < self.check_at:
            self.check_at = self.steps - _CHECK_EVERY
            if self.steps < 0 or time.thread_time() - self.started > limits.MAX_SECONDS:
                raise limits.too_much(expression)


class Run:
    """State of one evaluation. `slots` holds the local variables (loops, parameters), `context` the names from outside."""

    budget: Budget | None = None
    now: datetime | None = None
    seed: int | None = None
    warnings: list[Any] | None = None
    slots: list[Any] = []
    _random: random.Random | None = None

    def __init__(self, context: Mapping[str, Any], expression: str) -> None:
        self.context = context
        self.expression = expression

    def spend(self, steps: int) -> None:
        """Count steps of repeated work."""
        budget = self.budget
        if budget is None:
            budget = self.budget = Budget()
        budget.spend(steps, self.expression)

    def warn(self, place: Place, en: str, ko: str) -> None:
        """Note why something became null, if anybody listens."""
        if self.warnings is not None and len(self.warnings) < 100:
            line, column = place.line_and_column()
            self.warnings.append(FeelWarning(en, ko, place.text[place.start : place.end], line, column))

    def warn_null(self, place: Place, reason: Null) -> None:
        """Note the reason that an operator or function gave."""
        self.warn(place, reason.en, reason.ko)

    def enter(self) -> None:
        """One function call deeper."""
        self.spend(2)
        budget = self.budget
        assert budget is not None
        budget.calls += 1
        if budget.calls > limits.MAX_CALLS:
            raise limits.too_deep(self.expression)

    def leave(self) -> None:
        """Back from a function call."""
        if self.budget is not None:
            self.budget.calls -= 1

    def moment(self) -> DateTime:
        """The time handed in, or the machine's in UTC; the same during the whole evaluation."""
        if self.now is None:
            self.now = datetime.now(UTC)
        value = from_python(self.now)
        assert isinstance(value, DateTime)
        return value

    def randomness(self) -> random.Random:
        """Random numbers that the seed decides; without a seed, any."""
        if self._random is None:
            self._random = random.Random(self.seed)
        return self._random


OUTER: ContextVar[Run | None] = ContextVar("feel_outer_run", default=None)
