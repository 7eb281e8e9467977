"""What a `notify` job has to say, and to whom: rendered from fresh records right before it is sent, so that no text with personal data is kept."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from engine import feel
from engine.actors import SYSTEM
from engine.apps import Notification, RecordType
from engine.connectors.contract import ConnectorError
from engine.connectors.notify import Delivery
from engine.personal import from_stored
from engine.runtime import notices, step
from engine.runtime.reader import Reader
from engine.runtime.records import RecordView
from engine.runtime.work import Work
from engine.store.tables import Record

LANGUAGES = {"ko", "en"}


def delivery(read: Reader, job: Mapping[str, Any]) -> Delivery:
    """The delivery of a `notify` job (a row of `job` as a dict).

    Raises ConnectorError, permanent, when the app's files do not say whom to tell what.
    """
    work, _ = step.load(read, job["instance_id"], SYSTEM)
    name = job["payload"]["headers"].get("notification", "")
    notification = work.app.notifications.get(name)
    if notification is None:
        raise ConnectorError(f"notifications.toml has no [{name}]", permanent=True)
    names = _names(read, work, job)
    recipient = notification.to(names, read.now) if callable(notification.to) else notification.to
    notice = notices.row(read, work, notification, recipient, names, job["id"]) if notices.CHANNEL in notification.channels else None
    if notice and set(notification.channels) == {notices.CHANNEL}:
        return Delivery(job["id"], "", "", [], "", "", notice=notice)
    if not isinstance(recipient, RecordView):
        raise ConnectorError(f"`to` of [{name}] names no record with a phone or an e-mail address", permanent=True, code="NO_ADDRESS")
    chosen = replace(notification, channels=_from(notification.channels, job["payload"]["inputs"].get("channel")))
    return replace(_delivery(read, job, chosen, recipient, names), notice=notice)


def _from(channels: tuple[str, ...], chosen: object) -> tuple[str, ...]:
    """The channels to try when a person chose one of them: that one first, then those behind it."""
    return channels[channels.index(chosen) :] if chosen in channels else channels


def _delivery(read: Reader, job: Mapping[str, Any], notification: Notification, recipient: RecordView, names: Mapping[str, Any]) -> Delivery:
    language = language_of(recipient) if language_of(recipient) in notification.texts else "ko"
    phone, email = (recipient.kind.phone or _field(recipient.kind, "mobile")), _field(recipient.kind, "email")
    return Delivery(
        key=job["id"].replace("-", ":"),
        phone=str(recipient[phone] or "") if phone else "",
        email=str(recipient[email] or "") if email else "",
        channels=[channel for channel in notification.channels if channel != notices.CHANNEL],
        subject=(notification.subjects.get(language) or notification.texts[language]).render(names, read.now, language)[:120],
        text=notification.texts[language].render(names, read.now, language),
        last_try=job["retries_left"] <= 1,
    )


def language_of(record: RecordView) -> str:
    """The recipient's language: the record's field that chooses between Korean and English, else Korean."""
    choosing = (name for name, field in record.kind.fields.items() if field.values and {choice.id for choice in field.values} <= LANGUAGES)
    return next((str(record[name]) for name in choosing if record[name]), "ko")


def _field(kind: RecordType, field_type: str) -> str | None:
    return next((name for name, field in kind.fields.items() if field.type == field_type), None)


def _names(read: Reader, work: Work, job: Mapping[str, Any]) -> Mapping[str, Any]:
    inputs = feel.from_json(from_stored(job["payload"]["inputs"], work.effects.records.resolve))
    links = {"status_url": status_url(read, work), "worklist_url": f"{read.settings.address}/tasks"}
    return ChainMap(inputs, links, work.effects.names)  # type: ignore[arg-type]


def status_url(read: Reader, work: Work) -> str:
    """The tracking page of the case, or of the case that it is about."""
    case = work.record
    if case is None:
        return read.settings.address
    referred = (case[name] for name, field in case.kind.fields.items() if field.type == "ref")
    for record in (case, *(found for found in referred if isinstance(found, RecordView))):
        if _link(read, work.app.key, record):
            token = read.vault.link_token(work.app.key, record.kind.name, record.id)
            return f"{read.settings.address}/t/{token}"
    return read.settings.address


def _link(read: Reader, app: str, record: RecordView) -> Row[Any] | None:
    where = (Record.app == app, Record.collection == record.kind.name, Record.id == record.id, Record.link.is_not(None))
    return read.one(select(Record.id).where(*where))
