"""What a step does beside moving tokens: records, reservations, messages, events. Collected in memory, written with the step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.bpmn import Element
from engine.bpmn.limits import need_small
from engine.errors import BpmnError
from engine.runtime import incidents, messages, payloads, record_changes, totals, watches
from engine.runtime.leases import unleased
from engine.runtime.names import Names
from engine.runtime.records import RecordView, encode
from engine.store.commit import Change

TRIES = 4  # a notification is tried at once and after 10, 60 and 300 seconds (C-15)


class Effects:
    """The effects of one step on one case."""

    def __init__(self, names: Names, instance_id: str) -> None:
        self.names = names
        self.records = names.records
        self.instance_id = instance_id
        self.element: Element | None = None  # the one whose connector runs
        self.scope: Mapping[str, Any] = {}  # and what its expressions see
        self.bound: RecordView | None = None  # the case that this step gave an instance which had none
        self.events: list[dict[str, Any]] = []
        self._messages: list[messages.Published] = []
        self._notifications: list[dict[str, Any]] = []
        self._signals: list[tuple[str, dict[str, Any]]] = []
        self._incidents: dict[str, str] = {}

    @property
    def now(self) -> datetime:
        """The moment of the step."""
        return self.records.read.now

    @property
    def _place(self) -> str:
        return self.element.id if self.element else ""

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

    def bind(self, record: RecordView) -> None:
        """Make a new record the case of an instance that has none: its number is the business key from now on.

        BAD_TASK unless the process is about such records (`baton:case`), or when the instance has a case already.
        """
        kind = self.records.app.case_of(self.element.process_id) if self.element else None
        if kind is not record.kind:
            raise BpmnError("BAD_TASK", f"`case = true` needs a process with `baton:case = {record.kind.name}`")
        if self.names.case is not None:
            raise BpmnError("BAD_TASK", f"this instance already is the case {self.names.case.id}")
        self.names.case = self.bound = record

    def status(self, status: str) -> None:
        """The case's new status (`baton:status`)."""
        case = self.names.case
        if case is not None and case.kind.states:
            self.update(case, {case.kind.states: status})

    def event(self, name: str, payload: Mapping[str, Any]) -> None:
        """A domain event (`baton:event`)."""
        full = f"{self.records.app.key}.{name}"
        payloads.need_impersonal(full, payload)
        stored = encode(payload)
        need_small(self._place, payloads.EVENT, full, stored)
        self.events.append({"type": "event", "name": full, "payload": stored})

    def publish(self, name: str, key: str, variables: Mapping[str, Any], ttl: str) -> None:
        """A message to another instance, sent with the step. `ttl` is an ISO 8601 duration; BAD_TTL for anything else."""
        full = messages.full_name(self.records.app.key, name)
        sender, stored = (self.instance_id or None, self.element.id if self.element else None), encode(variables)
        need_small(self._place, payloads.MESSAGE, full, stored)
        self._messages.append(messages.Published(full, key, stored, ttl, *sender))
        self.events.append({"type": "message", "name": full, "key": key})

    def broadcast(self, name: str, variables: Mapping[str, Any]) -> None:
        """A signal to every instance of the app that waits for it, sent with the step."""
        full = messages.full_name(self.records.app.key, name)
        stored = encode(variables)
        need_small(self._place, payloads.SIGNAL, full, stored)
        self._signals.append((full, stored))
        self.events.append({"type": "signal", "name": full})

    def notify(self, notification: str, inputs: Mapping[str, Any]) -> None:
        """A notification, handed to a worker with the step."""
        self._notifications.append(
            {"element": self.element.id if self.element else "", "headers": {"notification": notification}, "inputs": encode(inputs)}
        )
        self.events.append({"type": "notification", "id": notification})

    def raise_incident(self, message: str) -> None:
        """An incident that the drawing raises at its element, for an operator to look into and close."""
        self._incidents[self._place] = message

    def jobs(self, rev: int) -> list[dict[str, Any]]:
        """The rows of the jobs that send the notifications; `rev` is the revision that the step makes."""
        return [self._job(f"n{rev}.{number}", payload) for number, payload in enumerate(self._notifications, 1)]

    def write(self, change: Change, linked: RecordView | None = None) -> None:
        """Add the statements of all effects but its jobs, which are written with those that the instance waits for."""
        totals.write(self.records, change)
        record_changes.write(self.records, change, linked or self.bound)
        watches.wake(change, self.records)
        self.names.capacities.write(change)
        for name, variables in self._signals:
            starting = self.records.read.all(messages.starting(messages.SIGNAL + name))
            messages.write_signal(change, name, variables, self.now, starting)
        messages.write_all(change, self._messages, self.now)
        for element, said in self._incidents.items():
            incidents.raise_at(self.records.read, change, self.instance_id, element, said, self.records.app.key)

    def _job(self, mark: str, notification: dict[str, Any]) -> dict[str, Any]:
        payload = {name: value for name, value in notification.items() if name != "element"}
        row = {"id": f"{self.instance_id}-{mark}", "instance_id": self.instance_id, "token": 0, "kind": "notification", "type": "notify"}
        row |= {"app": self.records.app.key, "element_id": notification["element"], "payload": payload, "due_at": self.now}
        return row | {"retries_left": TRIES, "suspended": False} | unleased(self.now)
