"""The waits of an execution as others see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from engine.bpmn.token import Token

Kind = Literal["user_task", "job", "timer", "message", "signal", "condition", "continue"]


@dataclass(slots=True)
class Wait:
    """Something that waits with its own wake-up. `token` names it for complete, trigger and throw; the other fields depend on the kind.
    `turn` tells the jobs of one token apart, which it waits for one after the other: its listeners' and its own."""

    kind: Kind
    token: int
    element_id: str
    form: str | None = None
    assignee: str | None = None
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    due: datetime | None = None
    follow_up: datetime | None = None
    priority: int = 50
    job_type: str = ""
    retries: int = 3
    turn: int = 0
    inputs: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    key: str = ""


def wait_of(token: Token) -> Wait:
    """What a waiting token waits for."""
    entries, element = dict(token.wait or {}), token.task_spec.element
    entries.pop("left", None)
    for moment in ("due", "follow_up"):
        if moment in entries:
            entries[moment] = datetime.fromisoformat(entries[moment])
    for several in ("groups", "users"):
        if several in entries:
            entries[several] = tuple(entries[several])
    if entries["kind"] == "user_task":
        entries["form"] = element.form
    elif entries["kind"] == "job":
        entries["headers"] = element.headers
    return Wait(token=token.id, element_id=element.id, **entries)
