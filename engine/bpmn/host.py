"""What a step hands into an execution: everything that is impure or recorded outside the snapshot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from engine.bpmn.model import Element


class Host(Protocol):
    """The surroundings of one step. Nothing here may touch the network or another clock."""

    now: datetime
    seed: int
    names: Mapping[str, Any]

    def resolve(self, reference: str) -> str:
        """The personal text behind a `{"$pii": reference}`."""

    def runs_in_step(self, job_type: str) -> bool:
        """Whether a connector serves this job type within the step."""

    def call(
        self, element: Element, job_type: str, inputs: dict[str, Any], headers: Mapping[str, str], scope: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Run an in-step connector; its result variables. May raise BpmnError."""

    def decide(self, decision_id: str, scope: Mapping[str, Any]) -> Any:
        """Evaluate a decision."""

    def publish(self, element: Element, name: str, key: str, variables: dict[str, Any], ttl: str) -> None:
        """A message goes out; `ttl` is an ISO 8601 duration."""

    def broadcast(self, element: Element, name: str, variables: dict[str, Any]) -> None:
        """A signal goes out, to this instance too."""

    def entered(self, element: Element) -> None:
        """An element began."""

    def took(self, process_id: str, flow_id: str) -> None:
        """A token left along a sequence flow."""

    def completed(self, element: Element, scope: Mapping[str, Any]) -> None:
        """An element is done. May raise BpmnError."""

    def cancelled(self, element: Element) -> None:
        """An element that had begun was cancelled."""

    def business_time(self, calendar: str, start: datetime, duration: Any) -> datetime:
        """`start` plus a duration that counts in the hours of a business calendar."""
