"""Messages between instances: an inbox with a time to live, correlated by (name, key); whoever adds a message or a subscription locks that pair."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, exists, insert, literal, select

from engine.errors import BpmnError
from engine.ids import new_id
from engine.runtime.leases import unleased
from engine.runtime.switches import is_held
from engine.store.commit import Change
from engine.store.tables import Job, Message, MessageSubscription, StartSubscription

SIGNAL = "signal:"
UNWAITED = timedelta(minutes=1)  # how long a message that somebody waited for may take to reach them
TTL = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


@dataclass(frozen=True)
class Published:
    """A message on its way: full name `<app>.<Name>`, correlation key, stored variables, ISO time to live (`PT0S`: only who waits now), sender."""

    name: str
    key: str
    variables: dict[str, Any]
    ttl: str
    instance_id: str | None = None
    element_id: str | None = None


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
        "instance_id": message.instance_id,
        "element_id": message.element_id,
        "fleeting": not life,
    }
    if life:
        change.add(insert(Message), {**row, "expires_at": now + life})
    else:
        caught = exists().where(MessageSubscription.name == message.name, MessageSubscription.key == message.key)
        waiting = caught | exists().where(StartSubscription.name == message.name)
        columns = {**row, "expires_at": now + UNWAITED}
        values = [literal(value, Message.__table__.c[column].type) for column, value in columns.items()]
        change.add(insert(Message).from_select(list(columns), select(*values).where(waiting)))
    change.wake = True


def starting(name: str) -> Select[Any]:
    """The query for the start subscriptions of a message, or of a signal by `signal:<name>`, one behind the other in a stable order."""
    return select(*StartSubscription.__table__.c).where(StartSubscription.name == name).order_by(StartSubscription.id)


def write_starts(change: Change, starting: Sequence[Row[Any]], kind: str, variables: dict[str, Any], now: datetime) -> None:
    """Add a job for each of these start subscriptions: a "message" or "signal" has come, and starts a new instance there."""
    rows = []
    for row in starting:
        payload = {"deployment": row.deployment_id, "process": row.process_id, "variables": variables}
        job = {"id": new_id(), "instance_id": "", "token": 0, "kind": "start", "type": kind, "app": row.app, "element_id": row.element_id}
        rows.append(job | unleased(now) | {"payload": payload, "due_at": now, "retries_left": 3})
    if rows:
        change.add(insert(Job), rows)
        change.wake = True


def write_signal(change: Change, name: str, variables: dict[str, Any], now: datetime, starting: Sequence[Row[Any]] = ()) -> None:
    """Add the statements that give every instance waiting for a signal a job to take it, and every start in `starting` one to begin."""
    write_starts(change, starting, "signal", variables, now)
    waiting = MessageSubscription
    signal_id = new_id()[-12:]
    columns: dict[str, Any] = {
        "id": waiting.id.concat(f"-{signal_id}"),
        "instance_id": waiting.instance_id,
        "token": waiting.token,
        "element_id": waiting.element_id,
    }
    fixed = {"kind": "signal", "type": name, "app": name.split(".")[0], "payload": {"variables": variables}, "due_at": now, "retries_left": 3}
    fixed |= unleased(now)
    columns["suspended"] = is_held(waiting.__table__.c.instance_id)
    columns |= {column: literal(value, Job.__table__.c[column].type) for column, value in fixed.items()}
    change.add(insert(Job).from_select(list(columns), select(*columns.values()).where(waiting.name == SIGNAL + name)))
    change.wake = True
