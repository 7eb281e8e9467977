"""The instance that a step works on, as its row says, with everything that expressions can see and every effect so far."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.apps import ProcessApp
from engine.runtime.effects import Effects
from engine.runtime.records import RecordView


@dataclass
class Work:
    """One instance in one step. `events` become its history row."""

    id: str
    rev: int
    app: ProcessApp
    deployment_id: str
    process_id: str
    effects: Effects
    state: str
    events: list[dict[str, Any]] = field(default_factory=list)
    finishes: str | None = None  # the user task or job that this step completes; its row is seen to by the command that does
    new_tasks: list[tuple[str, str | None, list[str]]] = field(default_factory=list)  # (task id, assignee, candidates)
    suspended_at: datetime | None = None
    repaired: bool = False  # an operator mends it, suspended or not
    answer: str | None = None  # the code with which the request that led here is answered (`baton:answer`)
    retry_after: int | None = None  # seconds, where it is known when trying again can help

    @property
    def record(self) -> RecordView | None:
        """The case record."""
        return self.effects.names.case
