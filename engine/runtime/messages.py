"""Messages between instances: an inbox with a time to live, correlated by (name, key); whoever adds a message or a subscription locks that pair."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.errors import BpmnError
from engine.ids import new_id
from engine.runtime.leases import unleased
from engine.store.commit import Change
from engine.store.tables import Job, Message, MessageSubscription

SIGNAL = "signal:"
UNWAITED = timedelta(minutes=1)  # how long a message that somebody waited for may take to reach them
TTL = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


@dataclass(frozen=True)
class Published:
    """A message on its way: full name `<app>.<Name>`, correlation key, stored variables, ISO time to live (`PT0S`: only who waits now)."""

    name: str
    key: str
    variables: dict[str, Any]
    ttl: str


def full_name(app: str, name: str) -> str:
    """A message's name across apps; a name with a dot names its app already."""
    return name if "." in name else f"{app}.{name}"


def lifetime(ttl: str) -> timedelta:
    """A time to live as a duration; `0` and `PT0S` are none at all. BAD_TTL for what is no ISO 8601 duration of days to seconds."""
    if ttl == "0":
        return timedelta()
    found = TTL.match(ttl)
    if not found or ttl in ("P", "PT"):
        raise BpmnError("BAD_TTL", f"{ttl!r} is no time to live; write an ISO 8601 duration such as PT24H")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def write(change: Change, message: Published, now: datetime) -> None:
    """Add the statements that put a message into the inbox; one without time to live only if somebody waits for it now. May raise BAD_TTL."""
    life = lifetime(message.ttl)
    change.pairs.add((message.name, message.key))
    row = {
        "id": new_id(),
        "name": message.name,
        "key": message.key,
        "variables": message.variables,
        "dedupe": None,
        "published_at": now,
        "error": None,
    }
    if life:
        change.add(insert(Message), {**row, "expires_at": now + life})
    else:
        waiting = exists().where(MessageSubscription.name == message.name, MessageSubscription.key == message.key)
        columns = {**row, "expires_at": now + UNWAITED}
        values = [literal(value, Message.__table__.c[column].type) for column, value in columns.items()]
        change.add(insert(Message).from_select(list(columns), select(*values).where(waiting)))
    change.wake = True


def write_signal(change: Change, name: str, variables: dict[str, Any], now: datetime) -> None:
    """Add the statement that gives every instance waiting for a signal a job to take it."""
    waiting = MessageSubscription
    columns: dict[str, Any] = {"id": waiting.id, "instance_id": waiting.instance_id, "token": waiting.token, "element_id": waiting.element_id}
    fixed = {"kind": "signal", "type": name, "app": name.split(".")[0], "payload": {"variables": variables}, "due_at": now, "retries_left": 3}
    fixed |= unleased(now)
    columns |= {column: literal(value, Job.__table__.c[column].type) for column, value in fixed.items()}
    change.add(upsert(Job).from_select(list(columns), select(*columns.values()).where(waiting.name == SIGNAL + name)).on_conflict_do_nothing())
    change.wake = True
