"""Notices: what members of staff are told inside Baton, by role or by name. Personal values stand in them by reference only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert

from engine.actors import Actor
from engine.apps import Notification
from engine.connectors.contract import ConnectorError
from engine.runtime.reader import Reader
from engine.runtime.records import RecordView
from engine.runtime.waits import BY_NAME, piece
from engine.runtime.work import Work
from engine.store.commit import Change
from engine.store.tables import Notice, NoticeSeen

CHANNEL = "INAPP"
ROLE = "role:"


def recipient(notification: Notification, value: Any) -> str:
    """Whom a notice is for: a role id, or `@login` of one person. `value` is what the `to` of notifications.toml comes to: `role:x`, a login,
    `user`, or a record whose id is a login. Raises ConnectorError for anything else."""
    if isinstance(value, str) and value.startswith(ROLE):
        return value.removeprefix(ROLE)
    login = value.id if isinstance(value, RecordView) else value.get("id") if isinstance(value, Mapping) else value
    if not isinstance(login, str) or not login:
        raise ConnectorError(f"`to` of [{notification.id}] names no role and nobody who signs in", permanent=True, code="NO_ADDRESS")
    return f"{BY_NAME}{login}"


def row(read: Reader, work: Work, notification: Notification, to: Any, names: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The row of a notice; `key` is the same each time that its job is tried."""
    texts = {lang: [piece(part, read.now) for part in template.parts(names, read.now)] for lang, template in notification.texts.items()}
    link = f"/cases/{work.app.key}/{work.record.id}" if work.record else ""
    return {"id": key, "app": work.app.key, "recipient": recipient(notification, to), "text": texts, "link": link, "at": read.now}


def post(read: Reader, *, notice: dict[str, Any]) -> Change:
    """Put a notice up, once however often it is tried."""
    change = Change()
    change.add(upsert(Notice).values(**notice).on_conflict_do_nothing())
    return change


def read_until(read: Reader, *, actor: Actor, until: datetime) -> Change:
    """Somebody has read their notices up to this moment."""
    change = Change()
    made = upsert(NoticeSeen).values(login=actor.id, until=until)
    change.add(made.on_conflict_do_update(index_elements=["login"], set_={"until": until}, where=NoticeSeen.until < until))
    return change
