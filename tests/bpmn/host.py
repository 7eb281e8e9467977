"""A host for stories: a clock that stands still, connectors as plain functions, and a record of what happened."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import bpmn
from engine.bpmn import Element, Execution, Model, Wait
from engine.personal import PersonalText

NOW = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


class Desk:
    """Stands for the runtime."""

    def __init__(self, now: datetime = NOW, **connectors: Callable[..., Any]) -> None:
        self.now = now
        self.seed = 7
        self.names: dict[str, Any] = {}
        self.connectors = connectors
        self.persons: dict[str, str] = {}
        self.path: list[str] = []
        self.entries: list[str] = []
        self.taken: list[tuple[str, str]] = []
        self.stopped: list[str] = []
        self.sent: list[tuple[str, str, dict[str, Any], str]] = []
        self.signals: list[tuple[str, dict[str, Any]]] = []

    def resolve(self, reference: str) -> str:
        return PersonalText(self.persons.get(reference, ""), reference, self.seal)

    def seal(self, persons: frozenset[str], text: str) -> str:
        """Keep a text computed from personal ones."""
        reference = f"{'+'.join(sorted(persons))}/={len(self.persons)}"
        self.persons[reference] = text
        return reference

    def runs_in_step(self, job_type: str) -> bool:
        return job_type in self.connectors

    def call(
        self, element: Element, job_type: str, inputs: dict[str, Any], headers: Mapping[str, str], scope: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        return self.connectors[job_type](inputs, scope)  # type: ignore[no-any-return]

    def decide(self, decision_id: str, scope: Mapping[str, Any]) -> Any:
        return {"decision": decision_id, "for": scope["kind"]}

    def publish(self, element: Element, name: str, key: str, variables: dict[str, Any], ttl: str) -> None:
        self.sent.append((name, key, variables, ttl))

    def broadcast(self, element: Element, name: str, variables: dict[str, Any]) -> None:
        self.signals.append((name, variables))

    def entered(self, element: Element) -> None:
        self.entries.append(element.id)

    def took(self, process_id: str, flow_id: str) -> None:
        self.taken.append((process_id, flow_id))

    def completed(self, element: Element, scope: Mapping[str, Any]) -> None:
        self.path.append(element.id)

    def cancelled(self, element: Element) -> None:
        self.stopped.append(element.id)

    def business_time(self, calendar: str, start: datetime, duration: timedelta) -> datetime:
        return start + 3 * duration


class Story:
    """An instance that is dumped and loaded between any two steps, so that every story tests the snapshot too."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        variables: Mapping[str, Any] | None = None,
        desk: Desk | None = None,
        process: str = "p",
        at: str | None = None,
    ):
        self.desk = desk or Desk()
        self.model: Model = bpmn.parse(dict(files))
        self.execution: Execution = bpmn.start(self.model, process, variables or {}, self.desk, at)
        self._run()

    def _run(self) -> None:
        self.execution.run()
        self.snapshot = self.execution.dump()
        alive = set(self.execution.instance.live)
        self.execution = bpmn.restore(self.model, self.snapshot, self.desk)
        assert self.execution.dump() == self.snapshot
        assert set(self.execution.instance.live) == alive

    @property
    def state(self) -> str:
        return self.execution.state

    @property
    def waits(self) -> list[Wait]:
        return self.execution.waits

    @property
    def waiting(self) -> list[str]:
        """The elements that wait, in order."""
        return sorted(wait.element_id for wait in self.waits)

    @property
    def variables(self) -> dict[str, Any]:
        return self.execution.variables

    @property
    def path(self) -> list[str]:
        return self.desk.path

    def wait(self, element_id: str, number: int = 0) -> Wait:
        """The wait at an element (the first one unless told)."""
        return [wait for wait in self.waits if wait.element_id == element_id][number]

    def complete(self, element_id: str, variables: Mapping[str, Any] | None = None, number: int = 0) -> "Story":
        """A task or job is done."""
        self.execution.complete(self.wait(element_id, number).token, variables)
        self._run()
        return self

    def trigger(self, element_id: str, variables: Mapping[str, Any] | None = None, number: int = 0) -> "Story":
        """A timer is due, a message or signal has come."""
        wait = self.wait(element_id, number)
        if wait.kind == "timer" and wait.due:
            self.desk.now = max(self.desk.now, wait.due)
        self.execution.trigger(wait.token, variables)
        self._run()
        return self

    def fail(self, element_id: str, code: str, variables: Mapping[str, Any] | None = None) -> "Story":
        """A job reports a BPMN error."""
        self.execution.throw(self.wait(element_id).token, bpmn.BpmnError(code, "", variables))
        self._run()
        return self
