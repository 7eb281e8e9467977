"""Notifications: one text to one person through the first of its channels that works (C-15)."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from engine.connectors import mail, sms
from engine.connectors.contract import ConnectorError
from engine.settings import Settings

PHONE = ("ALIMTALK", "SMS")


@dataclass(frozen=True, repr=False)
class Delivery:
    """A rendered notification. `key` is stable over retries; `last_try` lets the next channel take over from one that is only down."""

    key: str
    phone: str
    email: str
    channels: list[str]
    subject: str
    text: str
    last_try: bool = False
    notice: dict[str, Any] | None = None  # what is told inside Baton, as a row of `notice`


def send(delivery: Delivery, settings: Settings) -> str:
    """Send it; returns the channel that took it (`PHONE` or `EMAIL`). Raises ConnectorError when no channel did."""
    groups = [(kind, list(names)) for kind, names in groupby(delivery.channels, key=lambda name: "PHONE" if name in PHONE else name)]
    usable = [(kind, names) for kind, names in groups if (kind == "PHONE" and delivery.phone) or (kind == "EMAIL" and delivery.email)]
    if not usable:
        raise ConnectorError("the recipient has no address for any of its channels", permanent=True, code="NO_ADDRESS")
    for number, (kind, names) in enumerate(usable, 1):
        try:
            _send(kind, names, delivery, settings)
            return kind
        except ConnectorError as error:
            if number == len(usable) or not (error.permanent or delivery.last_try):
                raise
    raise AssertionError("unreachable: the last channel either returns or raises")


def _send(kind: str, names: list[str], delivery: Delivery, settings: Settings) -> None:
    if kind == "PHONE":
        sms.send(settings.sms_url, delivery.key, delivery.phone, delivery.text, names)
    else:
        mail.send(settings.smtp_url, settings.mail_from, delivery.key, delivery.email, delivery.subject, delivery.text)
