"""What a step does beside moving tokens: records, reservations, messages, events. Collected in memory, written with the step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from engine.bpmn import Element
from engine.runtime import messages, record_changes
from engine.runtime.leases import unleased
from engine.runtime.names import Names
from engine.runtime.records import RecordView, encode
from engine.store.commit import Change
from engine.store.tables import Job

TRIES = 4  # a notification is tried at once and after 10, 60 and 300 seconds (C-15)


class Effects:
    """The effects of one step on one case."""

    def __init__(self, names: Names, instance_id: str) -> None:
        self.names = names
        self.records = names.records
        self.instance_id = instance_id
        self.element: Element | None = None  # the one whose connector runs
        self.events: list[dict[str, Any]] = []
        self._messages: list[messages.Published] = []
        self._notifications: list[dict[str, Any]] = []
        self._signals: list[tuple[str, dict[str, Any]]] = []

    @property
    def now(self) -> datetime:
        """The moment of the step."""
        return self.records.read.now

    def holder(self, headers: Mapping[str, str]) -> str:
        """Under which name this case reserves."""
        case = self.names.case
        owner = case.id if case else self.instance_id
        return f"{owner}/{headers['reservation']}" if headers.get("reservation") else owner

    def update(self, record: RecordView, fields: Mapping[str, Any]) -> None:
        """Write fields of a record; a new status of the case is noted in its history."""
        states = record.kind.states
        before = record.data.get(states) if states else None
        record_changes.update_fields(self.records, record, fields)
        if states and record.data.get(states) != before:
            self.events.append({"type": "status", "record": record.kind.name, "id": record.id, "status": record.data[states]})

    def status(self, status: str) -> None:
        """The case's new status (`baton:status`)."""
        case = self.names.case
        if case is not None and case.kind.states:
            self.update(case, {case.kind.states: status})

    def event(self, name: str, payload: Mapping[str, Any]) -> None:
        """A domain event (`baton:event`)."""
        self.events.append({"type": "event", "name": f"{self.records.app.key}.{name}", "payload": encode(payload)})

    def publish(self, name: str, key: str, variables: Mapping[str, Any], ttl: str) -> None:
        """A message to another instance, sent with the step. `ttl` is an ISO 8601 duration; BAD_TTL for anything else."""
        full = messages.full_name(self.records.app.key, name)
        self._messages.append(messages.Published(full, key, encode(variables), ttl))
        self.events.append({"type": "message", "name": full, "key": key})

    def broadcast(self, name: str, variables: Mapping[str, Any]) -> None:
        """A signal to every instance of the app that waits for it, sent with the step."""
        full = messages.full_name(self.records.app.key, name)
        self._signals.append((full, encode(variables)))
        self.events.append({"type": "signal", "name": full})

    def notify(self, notification: str, inputs: Mapping[str, Any]) -> None:
        """A notification, handed to a worker with the step."""
        self._notifications.append(
            {"element": self.element.id if self.element else "", "headers": {"notification": notification}, "inputs": encode(inputs)}
        )
        self.events.append({"type": "notification", "id": notification})

    def write(self, change: Change, rev: int, linked: RecordView | None = None) -> None:
        """Add the statements of all effects; `rev` is the revision that the step makes."""
        record_changes.write(self.records, change, linked)
        self.names.capacities.write(change)
        for name, variables in self._signals:
            messages.write_signal(change, name, variables, self.now)
        if self._notifications:
            change.add(insert(Job), [self._job(f"n{rev}.{number}", payload) for number, payload in enumerate(self._notifications, 1)])
            change.wake = True
        for message in self._messages:
            messages.write(change, message, self.now)

    def _job(self, mark: str, notification: dict[str, Any]) -> dict[str, Any]:
        payload = {name: value for name, value in notification.items() if name != "element"}
        row = {"id": f"{self.instance_id}-{mark}", "instance_id": self.instance_id, "token": 0, "kind": "notification", "type": "notify"}
        row |= {"app": self.records.app.key, "element_id": notification["element"], "payload": payload, "due_at": self.now}
        return row | {"retries_left": TRIES} | unleased(self.now)
