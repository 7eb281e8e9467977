"""A process app, checked and ready to run. Everything here is immutable and shared by all threads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from engine import bpmn, feel
from engine.errors import Text
from engine.forms import Check, ChoiceList, Field, Form
from engine.texts import Template

Texts = Mapping[str, Template]


@dataclass(frozen=True)
class Calendar:
    """When the business is open, in Korean time: from `opens` to `closes` on `days` (0 is Monday), not on `holidays`."""

    opens: time = time(9)
    closes: time = time(18)
    days: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Role:
    """Who works in which lanes; `home` is the first page ("" is the worklist)."""

    id: str
    title: Text
    lanes: tuple[str, ...]
    home: str


@dataclass(frozen=True)
class Door:
    """A way into a process. `access` is "public", "customer", or role ids joined by commas; `start` the start event (None: the process's own)."""

    id: str
    process: str
    access: str
    form: str | None
    label: Text
    start: str | None

    @property
    def roles(self) -> tuple[str, ...]:
        """The ids of the roles that may enter; none for public and customer doors."""
        return () if self.access in ("public", "customer") else tuple(self.access.split(","))


@dataclass(frozen=True)
class Refusal:
    """When an action is refused, and with which code."""

    when: feel.Expression
    code: str


@dataclass(frozen=True)
class Action:
    """A button: starts a process, or publishes a message with a correlation key. Without roles it stands on the tracking page.

    With `record` it is there for cases of that record only.
    """

    id: str
    label: Text
    when: feel.Expression
    form: str | None
    start: str | None
    message: str | None
    key: feel.Expression | None
    refusals: tuple[Refusal, ...]
    roles: tuple[str, ...]
    record: str | None = None

    def is_about(self, collection: str | None) -> bool:
        """Whether it is for cases of this collection."""
        return self.record in (None, collection)


@dataclass(frozen=True)
class Listener:
    """What an event of another app does here."""

    event: str
    start: str | None
    message: str | None
    key: feel.Expression | None


@dataclass(frozen=True)
class ErrorText:
    """What people read for an error code."""

    texts: Text
    status: int


@dataclass(frozen=True)
class Number:
    """Which field holds a record's number, and its format, such as `S-{yyyymmdd}-{nnnn}`."""

    field: str
    format: str


@dataclass(frozen=True)
class Unique:
    """Fields that together may occur once, among the records for which `while_` holds; `error` is the code."""

    fields: tuple[str, ...]
    while_: feel.Expression | None
    error: str


@dataclass(frozen=True)
class RecordType:
    """A collection of business records."""

    name: str
    label: Text
    number: Number | None
    phone: str | None
    search: tuple[str, ...]
    states: str | None
    fields: Mapping[str, Field]
    transitions: Mapping[str, tuple[str, ...]]
    unique: tuple[Unique, ...]


@dataclass(frozen=True)
class Capacity:
    """Something limited, counted per key: `limit` sees the key's parts as `key`; `full` is the error code."""

    name: str
    key: tuple[str, ...]
    limit: feel.Expression
    full: str


@dataclass(frozen=True)
class RecordList:
    """A page made from records. Those with a role in `roles` see it, those in `editors` may change `edit` and, with `add`, make new rows."""

    name: str
    source: str
    label: Text
    roles: tuple[str, ...]
    columns: tuple[str, ...]
    filter: tuple[str, ...]
    edit: tuple[str, ...]
    editors: tuple[str, ...]
    add: bool


@dataclass(frozen=True)
class Fact:
    """A labelled value; `field` is the record field it comes from, if it is one (its type says how to mask it)."""

    label: Text
    expression: feel.Expression
    field: Field | None


@dataclass(frozen=True)
class Milestone:
    """A step of the customer's timeline, reached when a status in `at` was."""

    id: str
    text: Texts
    at: tuple[str, ...]


@dataclass(frozen=True)
class Status:
    """A headline: the first whose `when` holds, with `record` for cases of that record only.

    `time` says when, `next` what the customer does now, `actions` which buttons stand there.
    """

    when: feel.Expression
    text: Texts
    time: Texts
    next: Texts
    actions: tuple[str, ...]
    record: str | None = None


@dataclass(frozen=True)
class Tracking:
    """The customer's page."""

    milestones: tuple[Milestone, ...] = ()
    statuses: tuple[Status, ...] = ()
    details: tuple[Fact, ...] = ()

    def milestones_of(self, kind: RecordType) -> list[Milestone]:
        """The steps that a case of this record can reach: those with one of its statuses."""
        states = kind.fields[kind.states].values if kind.states else ()
        return [milestone for milestone in self.milestones if not {choice.id for choice in states}.isdisjoint(milestone.at)]

    def statuses_of(self, kind: RecordType) -> list[Status]:
        """The headlines for cases of this record."""
        return [status for status in self.statuses if status.record in (None, kind.name)]


@dataclass(frozen=True)
class Notification:
    """A text for somebody. `to` is an expression (a record or a user) or a name such as `role:cs_agent`."""

    id: str
    to: feel.Expression | str
    channels: tuple[str, ...]
    texts: Texts
    subjects: Texts


@dataclass(frozen=True)
class Retention:
    """Personal data of a case goes so many days after it ended with one of these statuses."""

    days: int
    after: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ProcessApp:
    """Everything an app says, at one content digest."""

    key: str
    digest: str
    files: Mapping[str, bytes]
    title: Text
    description: Text
    domain: str
    roles: Mapping[str, Role]
    doors: Mapping[str, Door]
    actions: Mapping[str, Action]
    listeners: tuple[Listener, ...]
    errors: Mapping[str, ErrorText]
    settings: Mapping[str, Any]
    calendar: Calendar
    model: bpmn.Model
    decisions: Mapping[str, Any]
    forms: Mapping[str, Form]
    records: Mapping[str, RecordType]
    capacities: Mapping[str, Capacity]
    choices: Mapping[str, ChoiceList]
    lists: Mapping[str, RecordList]
    checks: Mapping[str, tuple[Check, ...]]
    tracking: Tracking
    notifications: Mapping[str, Notification]
    seed: Mapping[str, Any]
    subjects: Mapping[str, Template] = field(default_factory=dict)
    process_facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    retention: Retention | None = None
    coverage: float | None = None  # percent of the flows that the app's scenarios must go through

    def process_of(self, door: Door) -> bpmn.Process:
        """The process behind a door."""
        return self.model.processes[door.process]

    def case_of(self, process_id: str) -> RecordType | None:
        """The record type that the process is about (`baton:case`), if any."""
        return self.records.get(self.model.processes[process_id].properties.get("baton:case", ""))

    def role_of_lane(self, lane_id: str | None) -> str | None:
        """The id of the role that works in that lane."""
        return next((role.id for role in self.roles.values() if lane_id in role.lanes), None)

    def subject(self, process_id: str) -> Template | None:
        """The line of the worklist (`baton:subject`)."""
        return self.subjects.get(process_id)

    def facts(self, process_id: str) -> list[tuple[Text, feel.Expression]]:
        """The facts strip of the process's tasks (`baton:facts`), with labels from the record fields."""
        return [(fact.label, fact.expression) for fact in self.process_facts.get(process_id, ())]

    def saves(self, element: bpmn.Element) -> RecordType | None:
        """The record type whose fields a submission at this element writes (`baton:saves`)."""
        return self.records.get(element.properties.get("baton:saves", ""))
