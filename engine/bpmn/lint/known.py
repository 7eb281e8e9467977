"""What lint is told about the app around the drawings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

IN_STEP: Final = frozenset(
    {
        "record.create",
        "record.update",
        "record.add",
        "record.settle",
        "record.reserve",
        "record.release",
        "record.find",
        "event.publish",
        "message.publish",
        "incident.raise",
    }  # fmt: skip
)
CONNECTORS: Final = IN_STEP | {"http", "notify", "webhook"}


@dataclass(frozen=True)
class Known:
    """The app's own things, for references out of the drawings. None: not known, not checked (a file on its own).

    forms, decisions, processes, roles: their ids. lanes: the lanes that some role works in.
    fields: per form the keys that it submits. records: per collection its fields. starts: per process the variables that doors, actions and
    listeners hand in. messages: per message name the variables of those that come from outside the drawings. names: further names and
    functions that FEEL sees. job_types: those of external workers. personal: per collection its personal fields. refers: per collection the
    fields that refer to another one, and to which. "*" among variables stands for any.
    """

    forms: Collection[str] | None = None
    decisions: Collection[str] | None = None
    processes: Collection[str] | None = None
    roles: Collection[str] | None = None
    lanes: Collection[str] | None = None
    fields: Mapping[str, Collection[str]] | None = None
    records: Mapping[str, Collection[str]] | None = None
    starts: Mapping[str, Collection[str]] | None = None
    messages: Mapping[str, Collection[str]] | None = None
    names: Collection[str] = ()
    job_types: Collection[str] = ()
    personal: Mapping[str, Collection[str]] = field(default_factory=dict)
    refers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
