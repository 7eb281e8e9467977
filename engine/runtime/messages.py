"""Messages between instances: an inbox with a time to live, correlated by (name, key); whoever adds a message or a subscription locks that pair."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, insert, literal, select, true

from engine.errors import BpmnError
from engine.ids import new_id
from engine.runtime.leases import unleased
from engine.runtime.switches import is_held
from engine.store.commit import Change
from engine.store.constant import Constant
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
    """Add the statement that puts a message into the inbox; one without time to live only if somebody waits for it now. May raise BAD_TTL."""
    write_all(change, [message], now)


def write_all(change: Change, messages: Sequence[Published], now: datetime) -> None:
    """The same for several, by one statement for each of the two kinds."""
    rows = [_row(message, now) for message in messages]
    change.pairs |= {(message.name, message.key) for message in messages}
    if lasting := [row for row in rows if not row["fleeting"]]:
        change.insert(Message, lasting)
    if fleeting := [row for row in rows if row["fleeting"]]:
        change.add(IF_WAITED_FOR, fleeting)
    change.wake = change.wake or bool(rows)


def _row(message: Published, now: datetime) -> dict[str, Any]:
    life = lifetime(message.ttl)
    row: dict[str, Any] = {"id": new_id(), "name": message.name, "key": message.key, "variables": message.variables, "dedupe": None}
    row |= {"published_at": now, "expires_at": now + (life or UNWAITED), "fleeting": not life, "error": None}
    return row | {"instance_id": message.instance_id, "element_id": message.element_id}


def _if_waited_for() -> Constant:
    columns: dict[str, Any] = {name: bindparam(name, type_=column.type) for name, column in Message.__table__.c.items()}
    caught = exists().where(MessageSubscription.name == columns["name"], MessageSubscription.key == columns["key"])
    waiting = caught | exists().where(StartSubscription.name == columns["name"])
    return Constant(insert(Message).from_select(list(columns), select(*(columns | {"fleeting": true()}).values()).where(waiting)))


IF_WAITED_FOR = _if_waited_for()


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
        change.insert(Job, rows)
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
